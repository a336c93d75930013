//! Accounts that a cooperative adds to the standard chart of accounts.

use diesel::prelude::*;

use super::account::LedgerAccount;
use super::error::LedgerError;
use super::events::{self, LedgerEvent};
use super::store;
use crate::cooperatives::CooperativePermit;
use crate::db::Tx;
use crate::db::schema::ledger_accounts;
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, CooperativeId};

/// Opens an account with this number and name.
pub(super) fn open_account(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    account: LedgerAccount,
    name: &str,
) -> Result<CustomAccount, LedgerError> {
    let custom = CustomAccount {
        cooperative: permit.cooperative,
        account,
        name: name.to_owned(),
        opened_at: now,
        opened_by: permit.account,
    };
    store::lock_cooperative(tx, permit.cooperative)?;
    if store::list_custom_accounts(tx, permit.cooperative)?.iter().any(|other| other.account == account) {
        return Err(LedgerError::AccountNumberTaken);
    }
    store::insert_custom_account(tx, &custom)?;
    let event = LedgerEvent::AccountOpened { account }.about(permit.cooperative);
    events::record(tx, now, &event.by(permit.account).in_cooperative(permit.cooperative))?;
    Ok(custom)
}

/// An account that a cooperative added to the standard chart of accounts.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = ledger_accounts)]
pub struct CustomAccount {
    /// The cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The number.
    pub account: LedgerAccount,
    /// The name.
    pub name: String,
    /// When it was opened.
    pub opened_at: Instant,
    /// The account of the treasurer who opened it.
    pub opened_by: AccountId,
}
