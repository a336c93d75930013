//! Routes of orders and their JSON.

mod batches;
mod closed_days;
mod fulfilments;
mod lists;
mod notes;
mod order;
mod place;
mod quotes;
mod track;
mod views;
mod web_page;

use crate::web::Routes;

pub use quotes::{QuoteView, record_unmet};
pub use views::OrderView;

/// The routes of this slice.
pub fn routes() -> Routes {
    quotes::routes()
        .and(place::routes())
        .and(lists::routes())
        .and(order::routes())
        .and(fulfilments::routes())
        .and(notes::routes())
        .and(track::routes())
        .and(batches::routes())
        .and(closed_days::routes())
}
