//! Standing orders: what a buyer wants again and again, managed by themselves.
//!
//! A `StandingOrder` comes round on weekdays every n weeks, or on every market day. Each time it gives at most one order
//! (`Occurrence`), or reasons why there is less or none, which its buyer is told. It claims before anyone else: for a
//! market day in the transaction that opens it (`claim_for_market`), for daily goods a day before the day is open to
//! everyone (`come_round`). What it claims is promised by its group's capacity, so that nobody needs to accept it.

mod api;
mod change;
mod claim;
mod confirm;
mod error;
mod groups;
mod occurrence;
mod person;
mod skip;
mod standing_order;
mod step;
mod store;
mod subscribe;
mod withdraw;

pub use api::routes;
pub use change::{Change, change};
pub use claim::{claim_for_market, come_round};
pub use confirm::{confirm, see_to_confirmations};
pub use error::StandingError;
pub use groups::follow_groups;
pub use occurrence::{Occurrence, OccurrenceStatus, Shortfall, Why};
pub use person::{export, forget};
pub use skip::{skip, unskip};
pub use standing_order::{StandingAction, StandingLine, StandingOrder, StandingStatus};
pub use step::step;
pub use store::standing_order as find;
pub use subscribe::{LineWanted, Subscribing, subscribe};
