//! What bank statements hold about a person, and how it is forgotten.

use super::store;
use crate::db::{Result, Tx};
use crate::kernel::ids::AccountId;

/// Blanks what the bank wrote about the payments of a person's orders; amounts and days stay, for the cooperative must
/// account for its money.
pub fn forget(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    store::blank_descriptions(tx, account)
}
