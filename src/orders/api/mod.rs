//! The routes of orders and their JSON.

mod batches;
mod closed_days;
mod fulfilments;
mod lists;
mod notes;
mod place;
mod quotes;
mod show;
mod track;
mod views;
mod web_page;

use crate::web::Routes;

pub use quotes::remember;
pub use views::{OrderView, QuoteView};

/// The routes of this slice.
pub fn routes() -> Routes {
    quotes::routes()
        .and(place::routes())
        .and(lists::routes())
        .and(show::routes())
        .and(fulfilments::routes())
        .and(notes::routes())
        .and(track::routes())
        .and(batches::routes())
        .and(closed_days::routes())
}
