//! Standing orders: what a buyer wants again and again, managed by themselves.
//!
//! A `StandingOrder` comes round on weekdays every n weeks, or on every market day. Each time it gives at most one order
//! (`Occurrence`), or reasons why there is less or none, which its buyer is told. It claims before anyone else: for a
//! market day in the transaction that opens it (`claim_for_market`), for daily goods a day before the day is open to
//! everyone (`create_due`). What it claims is promised by its group's capacity, so that nobody needs to accept it.

mod api;
mod change;
mod claim;
mod confirm;
mod error;
mod groups;
mod occurrence;
mod open_day;
mod privacy;
mod settings;
mod skip;
mod standing_order;
mod step;
mod store;
mod subscribe;
mod tasks;
mod withdraw;

pub use api::routes;
pub use change::{StandingOrderChange, change};
pub use claim::{claim_for_market, create_due};
pub use confirm::{confirm, process_confirmations};
pub use error::StandingError;
pub use groups::follow_groups;
pub use occurrence::{Occurrence, OccurrenceStatus, Shortfall, Why};
pub use open_day::open_day;
pub use privacy::{export, forget};
pub use settings::{Rules, Settings};
pub use skip::{skip, unskip};
pub use standing_order::{StandingAction, StandingLine, StandingOrder, StandingStatus};
pub use step::step;
pub use store::standing_order as find;
pub use subscribe::{LineWanted, Subscribing, subscribe};
pub use tasks::process_due;

use crate::jobs::PeriodicTask;
use crate::kernel::Duration;

/// The work that comes round by itself and needs no settings.
pub fn periodic_tasks() -> Vec<PeriodicTask> {
    vec![PeriodicTask { name: "market.follow_groups", every: Duration::minutes(1), run: follow_groups }]
}
