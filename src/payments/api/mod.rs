//! Routes of payments.

mod bodies;
mod order_payments;
mod payments;
mod quick_sale;
mod tracked_payments;
pub(super) mod views;
mod web_page;

use crate::web::Routes;

/// The routes of payments.
pub(super) fn routes() -> Routes {
    order_payments::routes().and(payments::routes()).and(tracked_payments::routes()).and(quick_sale::routes())
}
