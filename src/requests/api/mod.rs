//! The routes of requests and their JSON.

mod acceptances;
mod asked;
mod lists;
mod offers;
mod offers_shown;
mod views;

use crate::cooperatives::Roles;
use crate::db::Conn;
use crate::kernel::ids::RequestId;
use crate::requests::request::Request;
use crate::requests::store;
use crate::requests::viewer::Relation;
use crate::web::{Problem, Routes};

/// The routes of requests.
pub fn routes() -> Routes {
    asked::routes().and(lists::routes()).and(offers::routes()).and(offers_shown::routes()).and(acceptances::routes())
}

/// The request, and what it is to this caller; to those to whom it is nothing, it is not there.
fn seen(conn: &mut Conn, roles: &Roles, id: RequestId) -> Result<(Request, Relation), Problem> {
    let request = store::request(conn, id)?.ok_or_else(Problem::not_found)?;
    let relation = Relation::of(&request, roles).ok_or_else(Problem::not_found)?;
    Ok((request, relation))
}
