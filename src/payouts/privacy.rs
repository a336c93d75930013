//! Export of personal data: earnings and receipts.

use serde_json::{Value, json};

use super::store;
use crate::db::{Conn, Result};
use crate::kernel::ids::AccountId;

/// Exports an account's earnings and receipts in all groups as JSON.
pub fn export(conn: &mut Conn, account: AccountId) -> Result<Value> {
    let earnings: Vec<Value> = store::list_shares_of_account(conn, account)?
        .into_iter()
        .map(|(group, payout, share)| {
            json!({
                "group": group, "until": payout.until, "paid_at": payout.paid_at, "status": payout.status,
                "basis": payout.basis, "work": share.work, "share": share.share, "receipts": share.receipts,
            })
        })
        .collect();
    let receipts: Vec<Value> = store::list_receipts_of_account(conn, account)?
        .into_iter()
        .map(|receipt| {
            json!({
                "bought_on": receipt.bought_on, "what": receipt.what, "amount": receipt.amount, "status": receipt.status,
            })
        })
        .collect();
    Ok(json!({ "earned": earnings, "laid_out": receipts }))
}
