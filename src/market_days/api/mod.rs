//! The routes of market days, and their JSON.

mod days;
mod offerings;
mod schedules;
mod views;

use crate::web::Routes;

/// The routes of this slice.
pub fn routes() -> Routes {
    days::routes().and(offerings::routes()).and(schedules::routes())
}
