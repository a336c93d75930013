//! HTTP API of market days, their schedules and offerings.

mod bodies;
mod days;
mod offerings;
mod schedules;
mod views;

use crate::web::Routes;

/// The routes of market days, schedules and offerings.
pub fn routes() -> Routes {
    days::routes().and(offerings::routes()).and(schedules::routes())
}
