//! Market days: a cooperative's groups sell together on one day; buyers order ahead.
//!
//! A `Schedule` says when markets are held; `plan_days` creates its days in advance. Each group sets its offerings
//! (`set_offering`). When a day opens (`open_day`), each offering becomes a batch of kind `market`. When it closes,
//! each batch is decided by its minimum in its own transaction (`orders::decide`), and the day is closed once no batch
//! is undecided (`close_day`). All of this depends on stored state only: any instance may run it, each change happens
//! once, and a scheduler that was down for days catches up in the order in which things were due.

mod api;
mod cancel;
mod close_day;
mod day;
mod error;
pub(crate) mod events;
mod offering;
mod open_day;
mod plan_days;
mod proposal;
mod reschedule;
mod schedule;
mod set_offering;
mod set_schedule;
mod store;
mod tasks;

pub use api::routes;
pub use cancel::cancel;
pub use close_day::{ClosePreview, close_day, close_due, close_now, preview_close};
pub use day::{DayAction, DayStatus, MarketDay};
pub use error::MarketError;
pub use offering::MarketOffering;
pub use open_day::{OpenDayOutcome, open_day};
pub use plan_days::{create_day, plan_days};
pub use proposal::{Proposal, list_proposals};
pub use reschedule::{MarketDayChange, reschedule};
pub use schedule::{Hours, Schedule, is_nth_week};
pub use set_offering::{OfferingTerms, set_offering, withdraw_offering};
pub use set_schedule::{create_schedule, end_schedule, update_schedule};
pub use store::{find_day, list_due_to_open, list_offerings};
pub use tasks::periodic_tasks;
