//! HTTP API of standing orders, for their buyers.

mod bodies;
mod days;
mod manage;
mod views;

use super::standing_order::StandingOrder;
use super::store;
use crate::accounts::SignedIn;
use crate::db::Conn;
use crate::kernel::ids::StandingOrderId;
use crate::web::{ApiResponse, Problem, Routes};

use views::StandingOrderView;

/// The routes of standing orders.
pub fn routes() -> Routes {
    manage::routes().and(days::routes())
}

fn respond(conn: &mut Conn, standing_order: &StandingOrder) -> Result<ApiResponse, Problem> {
    let view = StandingOrderView::load(conn, standing_order)?;
    Ok(ApiResponse::ok(&view).with_version(standing_order.version))
}

/// Finds a standing order of the caller; 404 otherwise.
fn find_own(conn: &mut Conn, person: &SignedIn, id: StandingOrderId) -> Result<StandingOrder, Problem> {
    store::find_standing_order(conn, id)?
        .filter(|standing_order| standing_order.buyer == person.account)
        .ok_or_else(Problem::not_found)
}
