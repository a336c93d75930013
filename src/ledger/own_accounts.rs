//! Accounts that a cooperative keeps beside those that all have.

use super::account::Account;
use super::error::LedgerError;
use super::store::{self, OwnAccount};
use crate::cooperatives::CooperativePermit;
use crate::db::Tx;
use crate::events::{self, Event};
use crate::kernel::Instant;

/// Opens an account of this number and name.
pub(super) fn open_account(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    account: Account,
    name: &str,
) -> Result<OwnAccount, LedgerError> {
    let own = OwnAccount {
        cooperative: permit.cooperative,
        account,
        name: name.to_owned(),
        opened_at: now,
        opened_by: permit.account,
    };
    store::hold_cooperative(tx, permit.cooperative)?;
    if store::own_accounts(tx, permit.cooperative)?.iter().any(|other| other.account == account) {
        return Err(LedgerError::AccountTaken);
    }
    store::insert_own_account(tx, &own)?;
    let event = Event::new("ledger.account_opened", permit.cooperative).by(permit.account);
    events::record(tx, now, &event.in_cooperative(permit.cooperative).with("account", account))?;
    Ok(own)
}
