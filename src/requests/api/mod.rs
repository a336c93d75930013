//! HTTP API of requests and offers.

mod acceptances;
mod offers;
mod requests;
mod views;

use crate::cooperatives::{AccessError, Roles};
use crate::db::Conn;
use crate::kernel::ids::RequestId;
use crate::requests::access::RequestRelation;
use crate::requests::request::Request;
use crate::requests::store;
use crate::web::{Problem, Routes};

/// The routes of requests and offers.
pub fn routes() -> Routes {
    requests::routes().and(offers::routes()).and(acceptances::routes())
}

/// Finds the request and the caller's relation to it; 404 when the caller has none.
fn find_visible(conn: &mut Conn, roles: &Roles, id: RequestId) -> Result<(Request, RequestRelation), Problem> {
    let request = store::find_request(conn, id)?.ok_or(AccessError::Hidden)?;
    let relation = RequestRelation::of(&request, roles).ok_or(AccessError::Hidden)?;
    Ok((request, relation))
}
