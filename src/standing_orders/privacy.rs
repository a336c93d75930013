//! A person's own standing orders: taken out with their data, and over when they go.

use serde_json::{Value, json};

use super::store;
use crate::db::{Conn, Result, Tx};
use crate::kernel::Json;
use crate::kernel::ids::AccountId;
use crate::orders::DeliveryWish;

/// A person's standing orders, as JSON.
pub fn export(conn: &mut Conn, account: AccountId) -> Result<Value> {
    let mut all = Vec::new();
    for it in store::all_of_buyer(conn, account)? {
        let lines: Vec<Value> = store::lines_of(conn, it.id)?
            .iter()
            .map(|line| json!({ "product": line.product, "quantity": line.quantity, "at_least": line.at_least }))
            .collect();
        all.push(json!({
            "id": it.id, "status": it.status, "weekdays": it.weekdays, "every_weeks": it.every_weeks,
            "every_market_day": it.every_market_day, "starts_on": it.starts_on, "ends_on": it.ends_on,
            "contract": it.contract, "delivery": it.delivery(), "note": it.note, "lines": lines,
        }));
    }
    Ok(json!(all))
}

/// Ends a person's standing orders and takes the person out of them.
pub fn forget(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    store::forget(tx, account, &Json::of(&DeliveryWish::pickup()))
}
