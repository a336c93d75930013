//! Payouts: what the cooperative owes its groups, how it pays them, and what each member has earned.
//!
//! Every sale posts the group's share as payable to the group. A payout settles such postings, each of them once,
//! deducts ingredient advances, and divides the rest inside the group: members' receipts are repaid, a percentage goes
//! to the group's fund, and the rest goes to the members by their work for the batches.

mod api;
mod divide;
mod earning;
mod error;
pub(crate) mod events;
mod needs;
mod payable;
mod payout;
mod plan;
mod print;
mod privacy;
mod receipt;
mod record_receipt;
mod reverse;
mod rule;
mod store;

use crate::web::Routes;

pub use divide::{Division, MemberShare, MemberWork, OpenReceipt, divide};
pub use error::PayoutError;
pub use payout::{PaidFrom, Payout, PayoutAction, PayoutStatus};
pub use plan::{PayoutPlan, PayoutRequest, pay, plan_payout};
pub use privacy::export;
pub use receipt::{NewReceipt, Receipt, ReceiptStatus};
pub use record_receipt::record_receipt;
pub use reverse::reverse;
pub use rule::{EarningRule, set_rule};

/// The routes of this slice.
pub fn routes() -> Routes {
    api::routes()
}
