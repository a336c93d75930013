//! Standing orders: recurring orders managed by their buyers.
//!
//! A `StandingOrder` is due on weekdays every n weeks, or on every market day. Each due day yields at most one order
//! (`Occurrence`), or shortfalls with reasons, of which the buyer is notified. Standing orders claim before anyone
//! else: for a market day in the transaction that opens it (`place_market_day_orders`), for daily goods one day before the
//! day is open to everyone (`place_due_orders`). Their goods are promised by the group's capacity, so that no group
//! needs to accept them.

mod api;
mod cancel;
mod confirm;
mod create;
mod error;
pub(crate) mod events;
mod occurrence;
mod open_day;
mod place;
mod privacy;
mod settings;
mod skip;
mod standing_order;
mod store;
mod sync_group_pauses;
mod tasks;
mod transition;
mod update;

pub use api::routes;
pub use confirm::{confirm, process_confirmations};
pub use create::{NewStandingLine, NewStandingOrder, create};
pub use error::StandingOrderError;
pub use occurrence::{Occurrence, OccurrenceStatus, Shortfall, ShortfallReason};
pub use open_day::open_day;
pub use place::{place_due_orders, place_market_day_orders};
pub use privacy::{export, forget};
pub use settings::{Rules, Settings};
pub use skip::{skip, unskip};
pub use standing_order::{StandingAction, StandingLine, StandingOrder, StandingStatus};
pub use store::find_standing_order;
pub use sync_group_pauses::sync_group_pauses;
pub use tasks::{periodic_tasks, process_due};
pub use transition::transition;
pub use update::{StandingOrderChange, update};
