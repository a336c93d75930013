//! The routes of consignment.

mod ageing;
mod bodies;
mod consignments;
mod counts;
mod outlets;
mod payments;
mod views;

use super::outlet::Outlet;
use super::store;
use super::viewer::Sight;
use crate::cooperatives::{AccessError, Roles};
use crate::db::Conn;
use crate::kernel::ids::OutletId;
use crate::web::{Problem, Routes};

/// The routes of consignment.
pub fn routes() -> Routes {
    outlets::routes().and(consignments::routes()).and(counts::routes()).and(payments::routes()).and(ageing::routes())
}

/// The outlet and whose goods the caller sees there; to those to whom it is nothing, it is not there.
fn seen(conn: &mut Conn, roles: &Roles, id: OutletId) -> Result<(Outlet, Sight), Problem> {
    let outlet = store::outlet(conn, id)?.ok_or(AccessError::Hidden)?;
    let sight = Sight::of(roles, outlet.cooperative)?;
    Ok((outlet, sight))
}
