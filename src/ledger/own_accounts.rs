//! A cooperative's own accounts.

use super::account::LedgerAccount;
use super::error::LedgerError;
use super::store::{self, OwnAccount};
use crate::cooperatives::CooperativePermit;
use crate::db::Tx;
use crate::events::{self, Event};
use crate::kernel::Instant;

/// Opens an account with this number and name.
pub(super) fn open_account(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    account: LedgerAccount,
    name: &str,
) -> Result<OwnAccount, LedgerError> {
    let own = OwnAccount {
        cooperative: permit.cooperative,
        account,
        name: name.to_owned(),
        opened_at: now,
        opened_by: permit.account,
    };
    store::lock_cooperative(tx, permit.cooperative)?;
    if store::list_own_accounts(tx, permit.cooperative)?.iter().any(|other| other.account == account) {
        return Err(LedgerError::AccountNumberTaken);
    }
    store::insert_own_account(tx, &own)?;
    let event = Event::new("ledger.account_opened", permit.cooperative).by(permit.account);
    events::record(tx, now, &event.in_cooperative(permit.cooperative).with("account", account))?;
    Ok(own)
}
