//! Everything that is kept about a person, for themselves.

use serde_json::{Value, json};

use crate::db::{Conn, Result};
use crate::kernel::Instant;
use crate::kernel::ids::AccountId;
use crate::{accounts, cooperatives, market, orders, payments};

/// What every slice keeps about this person, as of one moment.
pub fn export(conn: &mut Conn, now: Instant, account: AccountId) -> Result<Value> {
    Ok(json!({
        "exported_at": now,
        "currency": "IDR",
        "account": accounts::export(conn, now, account)?,
        "participation": cooperatives::export(conn, account)?,
        "buying": orders::export(conn, account)?,
        "asking": market::export(conn, account)?,
        "payments": payments::export(conn, account)?,
    }))
}
