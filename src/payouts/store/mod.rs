//! SQL of payouts.

mod earnings;
mod needs;
mod payables;
mod payouts;
mod receipts;

pub(super) use earnings::{EarningPageKey, find_unpaid_earning, list_earnings, list_shares_of_account};
pub(super) use needs::{find_planned_batch, list_planned_batches, sum_deposits};
pub(super) use payables::{
    PayablePageKey, list_group_balances, list_payable_postings, list_payables, list_payout_items, list_unpaid_work,
};
pub(super) use payouts::{
    PayoutPageKey, count_items, find_payout, find_voucher_number, insert_payout, list_payouts, list_shares,
    set_reversed,
};
pub(super) use receipts::{
    ReceiptPageKey, find_member_name, find_receipt, insert_receipt, list_open_receipts, list_receipts,
    list_receipts_of_account, load_rule, set_rule, void_receipt,
};
