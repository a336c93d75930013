//! Export of a person's data as one JSON document, read and sent in chunks, so that neither many orders nor a slow client
//! occupy memory or a database connection.

use serde::Serialize;
use serde_json::json;

use crate::db::{Conn, Result};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, NoteId, OrderId, PaymentId};
use crate::{accounts, contracts, cooperatives, orders, payments, payouts, requests, standing_orders, supply};

/// Rows per chunk.
const BATCH_SIZE: i64 = 50;

/// Where the export continues: after the last row of the previous chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportCursor {
    /// In the orders.
    Orders(Option<OrderId>),
    /// In the notes on orders.
    Notes(Option<NoteId>),
    /// In the payments, the last list.
    Payments(Option<PaymentId>),
}

/// The beginning of the document: everything but orders, notes and payments. [`export_more`] reads those.
pub fn export(conn: &mut Conn, now: Instant, account: AccountId) -> Result<(Vec<u8>, ExportCursor)> {
    let mut bytes = json!({
        "exported_at": now,
        "currency": "IDR",
        "account": accounts::export(conn, now, account)?,
        "participation": cooperatives::export(conn, account)?,
        "wished_in_vain": supply::export(conn, account)?,
        "standing_orders": standing_orders::export(conn, account)?,
        "earnings": payouts::export(conn, account)?,
        "contracts": contracts::export(conn, account)?,
        "asking": requests::export(conn, account)?,
    })
    .to_string()
    .into_bytes();
    bytes.pop();
    bytes.extend(b",\"buying\":{\"orders\":[");
    Ok((bytes, ExportCursor::Orders(None)))
}

/// The next chunk, and the cursor of the one after it. Each chunk is read in its own transaction.
pub fn export_more(
    conn: &mut Conn,
    account: AccountId,
    cursor: ExportCursor,
) -> Result<(Vec<u8>, Option<ExportCursor>)> {
    Ok(match cursor {
        ExportCursor::Orders(after) => {
            let (rows, last) = orders::export_orders(conn, account, after, BATCH_SIZE)?;
            let more = last.map(|last| ExportCursor::Orders(Some(last)));
            render_chunk(&rows, after.is_none(), more, b"],\"notes\":[", Some(ExportCursor::Notes(None)))
        }
        ExportCursor::Notes(after) => {
            let (rows, last) = orders::export_notes(conn, account, after, BATCH_SIZE)?;
            let more = last.map(|last| ExportCursor::Notes(Some(last)));
            render_chunk(&rows, after.is_none(), more, b"]},\"payments\":[", Some(ExportCursor::Payments(None)))
        }
        ExportCursor::Payments(after) => {
            let (rows, last) = payments::export(conn, account, after, BATCH_SIZE)?;
            render_chunk(&rows, after.is_none(), last.map(|last| ExportCursor::Payments(Some(last))), b"]}", None)
        }
    })
}

/// Renders rows of a JSON list, and `end` when they are the last.
fn render_chunk<T: Serialize>(
    rows: &[T],
    is_first: bool,
    more: Option<ExportCursor>,
    end: &[u8],
    next_list: Option<ExportCursor>,
) -> (Vec<u8>, Option<ExportCursor>) {
    let mut bytes = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        if index > 0 || !is_first {
            bytes.push(b',');
        }
        // Exported rows always serialize.
        bytes.extend(serde_json::to_vec(row).unwrap_or_default());
    }
    if more.is_none() {
        bytes.extend(end);
    }
    (bytes, more.or(next_list))
}
