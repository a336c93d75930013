//! The routes of capital.

mod bodies;
mod earnings;
mod needs;
mod pages;
mod payables;
mod payouts;
mod receipts;
mod rules;
mod views;

use crate::cooperatives::{self, Denied, Group, Office, Standing};
use crate::db::Conn;
use crate::kernel::ids::{CooperativeId, GroupId};
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

/// Whether somebody sees the money of a cooperative's groups by an office that keeps, governs, supervises or mentors.
fn by_office(standing: &Standing, cooperative: CooperativeId) -> bool {
    let offices = [Office::Board, Office::Treasurer, Office::Supervisor, Office::Companion];
    offices.into_iter().any(|office| standing.holds(office, cooperative))
}

/// The group, for those who see its money from inside: its members, and those who do so by their office.
fn inside(conn: &mut Conn, standing: &Standing, id: GroupId) -> Result<Group, CapitalError> {
    let group = cooperatives::find_group(conn, id)?.ok_or(Denied::NotThere)?;
    if standing.role_in(id).is_some() || by_office(standing, group.cooperative_id) {
        Ok(group)
    } else if standing.oversees(group.cooperative_id) {
        Err(Denied::NotAllowed.into())
    } else {
        Err(Denied::NotThere.into())
    }
}
