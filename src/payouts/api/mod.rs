//! The routes of capital.

mod bodies;
mod earnings;
mod needs;
mod payables;
pub(super) mod payouts;
mod receipts;
mod rules;
mod views;

use crate::cooperatives::{self, AccessError, Group, Roles};
use crate::db::Conn;
use crate::kernel::ids::GroupId;
use crate::web::Routes;

use super::error::CapitalError;

/// The routes of this slice.
pub(super) fn routes() -> Routes {
    needs::routes()
        .and(payables::routes())
        .and(payouts::routes())
        .and(receipts::routes())
        .and(rules::routes())
        .and(earnings::routes())
}

/// The group, for those who see its money from inside: its members, and those who do so by their office.
fn inside(conn: &mut Conn, roles: &Roles, id: GroupId) -> Result<Group, CapitalError> {
    let group = cooperatives::find_group(conn, id)?.ok_or(AccessError::Hidden)?;
    roles.sees_money_of(id, group.cooperative_id)?;
    Ok(group)
}
