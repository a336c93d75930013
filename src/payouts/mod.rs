//! Capital: what the cooperative owes its groups, how it pays them, and what of it each member has earned.
//!
//! Every sale leaves its group's share in the books as a debt. A payout settles such postings, each of them once, keeps
//! back what the group owes for ingredients, and says how the rest divides inside the group: members get back what they laid
//! out by receipt, a part goes to the group's fund, and the rest to the members by what they did for the batches.

mod api;
mod divide;
mod earning;
mod error;
mod needs;
mod payable;
mod payout;
mod plan;
mod print;
mod privacy;
mod receipt;
mod reverse;
mod rule;
mod store;

use crate::web::Routes;

pub use divide::{Division, LaidOut, Share, Work, divide};
pub use error::CapitalError;
pub use payout::{PaidFrom, Payout, PayoutAction, PayoutStatus};
pub use plan::{Asked, Plan, pay, plan};
pub use privacy::export;
pub use receipt::{Receipt, ReceiptStatus, Spent, note_receipt};
pub use reverse::reverse;
pub use rule::{EarningRule, set_rule};

/// The routes of this slice.
pub fn routes() -> Routes {
    api::routes()
}
