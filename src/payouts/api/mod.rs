//! Routes of payouts.

mod bodies;
mod earnings;
mod needs;
pub(super) mod payouts;
mod receipts;
mod views;

use crate::cooperatives::{self, AccessError, Group, Roles};
use crate::db::Conn;
use crate::kernel::ids::GroupId;
use crate::web::Routes;

use super::error::PayoutError;

/// The routes of this slice.
pub(super) fn routes() -> Routes {
    needs::routes().and(payouts::routes()).and(receipts::routes()).and(earnings::routes())
}

/// Finds the group. Only for its members, and those whose office lets them see its money.
fn find_accessible_group(conn: &mut Conn, roles: &Roles, id: GroupId) -> Result<Group, PayoutError> {
    let group = cooperatives::find_group(conn, id)?.ok_or(AccessError::Hidden)?;
    roles.require_money_access(id, group.cooperative_id)?;
    Ok(group)
}
