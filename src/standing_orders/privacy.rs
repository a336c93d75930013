//! A person's standing orders: export of their data, and erasure.

use serde_json::{Value, json};

use super::store;
use crate::db::{Conn, Result, Tx};
use crate::kernel::Json;
use crate::kernel::ids::AccountId;
use crate::orders::DeliveryChoice;

/// Exports a person's standing orders as JSON.
pub fn export(conn: &mut Conn, account: AccountId) -> Result<Value> {
    let mut standing_orders = Vec::new();
    for standing_order in store::list_all_by_buyer(conn, account)? {
        let lines: Vec<Value> = store::list_lines(conn, standing_order.id)?
            .iter()
            .map(|line| json!({ "product": line.product, "quantity": line.quantity, "at_least": line.at_least }))
            .collect();
        standing_orders.push(json!({
            "id": standing_order.id,
            "status": standing_order.status,
            "weekdays": standing_order.weekdays,
            "every_weeks": standing_order.every_weeks,
            "every_market_day": standing_order.every_market_day,
            "starts_on": standing_order.starts_on,
            "ends_on": standing_order.ends_on,
            "contract": standing_order.contract,
            "delivery": standing_order.delivery(),
            "note": standing_order.note,
            "lines": lines,
        }));
    }
    Ok(json!(standing_orders))
}

/// Ends a person's standing orders and erases their personal data.
pub fn forget(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    store::forget(tx, account, &Json::new(&DeliveryChoice::pickup()))
}
