//! All SQL of market days.

mod days;
mod offerings;
mod schedules;

pub use days::{
    DayFilters, find_day, find_latest_before, insert_day, insert_planned, list_days, list_due_to_close,
    list_due_to_open, list_planned_days, lock_day, update_day,
};
pub use offerings::{
    OfferedProduct, delete_offering, find_offering, insert_offering, list_group_offerings, list_offerings,
    list_products, update_offering,
};
pub use schedules::{find_schedule, insert_schedule, list_active_schedules, list_schedules, update_schedule};
