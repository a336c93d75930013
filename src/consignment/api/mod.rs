//! HTTP API of outlets, consignments, counts and payments.

mod bodies;
mod consignments;
mod counts;
mod outlets;
mod views;

use super::access::GoodsAccess;
use super::outlet::Outlet;
use super::store;
use crate::cooperatives::{AccessError, Roles};
use crate::db::Conn;
use crate::kernel::ids::OutletId;
use crate::web::{Problem, Routes};

/// HTTP API of outlets, consignments, counts and payments.
pub fn routes() -> Routes {
    outlets::routes().and(consignments::routes()).and(counts::routes())
}

/// Finds an outlet and which groups' goods the caller may see there; 403 or 404 when none.
fn find_visible_outlet(conn: &mut Conn, roles: &Roles, id: OutletId) -> Result<(Outlet, GoodsAccess), Problem> {
    let outlet = store::find_outlet(conn, id)?.ok_or(AccessError::Hidden)?;
    let sight = GoodsAccess::of(roles, outlet.cooperative)?;
    Ok((outlet, sight))
}
