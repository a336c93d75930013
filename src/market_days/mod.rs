//! Market days: what a cooperative's groups bring together on one day, ordered ahead by many.
//!
//! A `Schedule` says when a market is held; `plan_days` creates its days ahead. Each group says what it `set_offering`s.
//! When a day opens (`open_day`), each of its offerings becomes a batch of kind `market`; when it closes, each batch is
//! decided by its minimum, in a transaction of its own, by the rules of `orders::decide`, and the day is over when none is
//! left undecided (`close_day`). All of it is decided by stored state: whichever instance comes first does it, once,
//! and a scheduler that slept for two days catches up in the order in which things would have happened.

mod api;
mod cancel;
mod close_day;
mod day;
mod error;
mod offering;
mod open_day;
mod plan_days;
mod propose;
mod reschedule;
mod schedule;
mod set_offering;
mod set_schedule;
mod store;
mod tasks;

pub use api::routes;
pub use cancel::cancel;
pub use close_day::{BatchForeseen, close_day, close_due, close_now, foresee};
pub use day::{DayAction, DayStatus, MarketDay};
pub use error::MarketError;
pub use offering::MarketOffering;
pub use open_day::{Opening, list_due_to_open, open_day};
pub use plan_days::{NewDay, add_day, plan_days};
pub use propose::{Proposal, proposals};
pub use reschedule::{Rescheduling, reschedule};
pub use schedule::{Hours, Schedule, is_nth_week};
pub use set_offering::{OfferingTerms, leave_out, set_offering};
pub use set_schedule::{add_schedule, change_schedule, end_schedule};
pub use store::{find_day, offerings_of};
pub use tasks::periodic_tasks;
