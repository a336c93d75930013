//! All SQL of market days.

mod days;
mod offerings;
mod schedules;

pub use days::{
    DayFilters, day as find_day, days_of_cooperative, due_to_close, due_to_open, insert_day, insert_planned,
    latest_before, locked_day, planned_of, update_day,
};
pub use offerings::{
    ProductRow, delete_offering, insert_offering, offering_of_product, offerings_of, offerings_of_group, product_rows,
    update_offering,
};
pub use schedules::{active_schedules, insert_schedule, schedule, schedules_of, update_schedule};
