//! The routes of standing orders, for their buyers.

mod bodies;
mod days;
mod manage;
mod views;

use super::standing_order::{StandingLine, StandingOrder};
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

fn answer(it: &StandingOrder, lines: &[StandingLine]) -> ApiResponse {
    ApiResponse::ok(&StandingOrderView::of(it, lines)).version(it.version)
}

/// The caller's own standing order.
fn own(conn: &mut Conn, person: &SignedIn, id: StandingOrderId) -> Result<StandingOrder, Problem> {
    store::standing_order(conn, id)?.filter(|it| it.buyer == person.account).ok_or_else(Problem::not_found)
}
