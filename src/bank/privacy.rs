//! Anonymization of bank statements.

use super::store;
use crate::db::{Result, Tx};
use crate::kernel::ids::AccountId;

/// Clears the bank's descriptions of the payments of a person's orders; amounts and days are kept, because the
/// cooperative must account for its money.
pub fn forget(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    store::blank_descriptions(tx, account)
}
