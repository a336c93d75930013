//! The routes of capital.

mod bodies;
mod earnings;
mod pages;
mod payables;
mod payouts;
mod receipts;
mod rules;
mod views;

use crate::cooperatives::{self, Denied, Group, Office, Standing};
use crate::db::Conn;
use crate::kernel::ids::GroupId;
use crate::web::Routes;

use super::error::CapitalError;

/// The routes of this slice.
pub(super) fn routes() -> Routes {
    payables::routes().and(payouts::routes()).and(receipts::routes()).and(rules::routes()).and(earnings::routes())
}

/// The group, for those who see its money from inside: its members, and the offices that keep, govern, supervise or mentor.
fn inside(conn: &mut Conn, standing: &Standing, id: GroupId) -> Result<Group, CapitalError> {
    let group = cooperatives::find_group(conn, id)?.ok_or(Denied::NotThere)?;
    let holds = |office| standing.holds(office, group.cooperative_id);
    let offices = [Office::Board, Office::Treasurer, Office::Supervisor, Office::Companion];
    if standing.role_in(id).is_some() || offices.into_iter().any(holds) {
        Ok(group)
    } else if standing.oversees(group.cooperative_id) {
        Err(Denied::NotAllowed.into())
    } else {
        Err(Denied::NotThere.into())
    }
}
