//! What a person earned, and what they laid out: taken out with their data.

use serde_json::{Value, json};

use super::store;
use crate::db::{Conn, Result};
use crate::kernel::ids::AccountId;

/// A person's earnings and receipts in all their groups, as JSON.
pub fn export(conn: &mut Conn, account: AccountId) -> Result<Value> {
    let earned: Vec<Value> = store::earned_by(conn, account)?
        .into_iter()
        .map(|(group, payout, share)| {
            json!({
                "group": group, "until": payout.until, "paid_at": payout.paid_at, "status": payout.status,
                "basis": payout.basis, "work": share.work, "share": share.share, "receipts": share.receipts,
            })
        })
        .collect();
    let laid_out: Vec<Value> = store::laid_out_by(conn, account)?
        .into_iter()
        .map(|it| json!({ "bought_on": it.bought_on, "what": it.what, "amount": it.amount, "status": it.status }))
        .collect();
    Ok(json!({ "earned": earned, "laid_out": laid_out }))
}
