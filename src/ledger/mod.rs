//! The books: double entry, vouchers, balances, statements, periods.
//!
//! Whatever moves money or makes a debt posts an [`Entry`] in its own transaction: postings that balance to zero, kept
//! under a voucher number that has no gaps, never changed and never deleted. What is wrong is reversed. What each thing
//! that happens does to the books stands in [`rules`], pure functions one and all; deposits are owed until hand-over, a
//! sale is recognised at hand-over, and then the groups' share is owed to them. Every figure of a statement is a sum of
//! postings.

mod account;
mod api;
mod by_hand;
mod closing;
mod entry;
mod error;
mod own_accounts;
mod post;
mod print;
mod reverse;
pub mod rules;
mod statements;
mod store;

use crate::web::Routes;

pub use account::{Account, Class};
pub use by_hand::{ByHand, ByHandKind, Line, enter};
pub use closing::{PeriodAction, close_or_reopen};
pub use entry::{About, Draft, Entry, EntryKind, Leg, Posting, Voucher, month_of};
pub use error::LedgerError;
pub use post::{Booking, post};
pub use reverse::reverse;
pub use rules::{Purse, Standing};
pub use statements::{BalanceSheet, IncomeStatement, TrialBalance};
pub use store::{balance, balance_of_group, balances, entry_of_source, hold_cooperative as hold, zone_of};

/// The routes of this slice.
pub fn routes() -> Routes {
    api::routes()
}
