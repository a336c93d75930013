//! Consignment: outlets sell goods of the groups, which own them until they are sold.
//!
//! The board creates [`Outlet`]s with their terms: a commission, or a fixed price per unit. An officer delivers goods
//! of a batch (`create_consignment`), which claims them, and later counts what is left (`record_count`): goods neither
//! left nor returned nor damaged count as sold. `delivered` always equals `sold` + `returned` + `damaged` + `on_hand`.
//! Sold goods become an order of the outlet, handed over at once, so the ledger, payouts and reports need no special
//! case, and the outlet pays like any buyer (`pay` splits payments over its orders). A wrong count is reversed
//! (`reverse`). `ageing` reports unsold goods and debts; `print` renders notes for both sides to sign.

mod access;
mod ageing;
mod api;
mod create_consignment;
mod error;
pub(crate) mod events;
mod goods;
mod outlet;
mod pay;
mod print;
mod record_count;
mod reverse;
mod store;

pub use ageing::{Ageing, ConsignmentAge, OutstandingItem};
pub use api::routes;
pub use create_consignment::{NewConsignment, create_consignment};
pub use error::ConsignmentError;
pub use goods::{Consignment, CountLine, OutletCount};
pub use outlet::{Outlet, OutletTerms, create_outlet, update_outlet};
pub use pay::{compute_owed, record_payment};
pub use record_count::{NewCount, NewCountLine, record_count};
pub use reverse::reverse_count;
