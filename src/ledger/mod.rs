//! The books: double entry, vouchers, balances, statements, periods.
//!
//! Whatever moves money or creates a debt posts an [`Entry`] in its own transaction: postings that sum to zero, filed
//! under a voucher number without gaps, never changed and never deleted. Errors are corrected by a reversal. [`rules`]
//! has one pure function for each kind of entry. Deposits are a liability until delivery; a sale is recognised at
//! delivery, and then the group's share is payable to it. Every figure of a statement is a sum of postings.

mod account;
mod api;
mod closing;
mod custom_accounts;
mod entry;
mod error;
pub(crate) mod events;
mod manual_entry;
mod post;
mod print;
mod reverse;
pub mod rules;
mod statements;
mod store;

use crate::web::Routes;

pub use account::{AccountClass, LedgerAccount};
pub use closing::{PeriodAction, close_or_reopen};
pub use entry::{Dimensions, Draft, Entry, EntryKind, NewPosting, Posting, VoucherSeries, month_of};
pub use error::LedgerError;
pub use manual_entry::{ManualEntry, ManualEntryKind, ManualLine, enter};
pub use post::{PostingContext, post};
pub use reverse::reverse;
pub use rules::{OrderBalance, Purse};
pub use statements::{BalanceSheet, IncomeStatement, TrialBalance};
pub use store::{
    find_entry_by_source, load_balance, load_balances, load_cooperative_name, load_group_balance, lock_cooperative,
};

/// The routes of this slice.
pub fn routes() -> Routes {
    api::routes()
}
