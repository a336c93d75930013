//! All SQL of market days.

mod days;
mod offerings;
mod schedules;

pub use days::*;
pub use offerings::*;
pub use schedules::*;
