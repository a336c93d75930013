//! The SQL of capital.

mod dues;
mod earnings;
mod needs;
mod payouts;
mod receipts;

pub(super) use dues::{DueKey, accounts, dues, items_of, unpaid_items, unpaid_work};
pub(super) use earnings::{EarningKey, earned_by, earnings, open_work};
pub(super) use needs::{batch_to_make, batches_to_make, deposits_on};
pub(super) use payouts::{Payee, PayoutKey, count_items, insert, payout, payouts_of, set_reversed, shares_of};
pub(super) use receipts::{
    ReceiptKey, insert_receipt, is_member, laid_out_by, member_name, open_receipts, receipt, receipts_of, rule,
    set_rule, void_receipt,
};
