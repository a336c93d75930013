//! Everything that is kept about a person, for themselves: one document, told in pieces, so that neither a life of
//! orders nor a slow phone takes memory or a connection to the database.

use serde::Serialize;
use serde_json::json;

use crate::db::{Conn, Result};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, NoteId, OrderId, PaymentId};
use crate::{accounts, contracts, cooperatives, orders, payments, payouts, requests, standing_orders, supply};

/// How many rows a piece tells at most.
const A_PIECE: i64 = 50;

/// What is still to be told, behind what was told last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untold {
    /// Orders, and all that follows.
    Orders(Option<OrderId>),
    /// What they wrote under orders, and all that follows.
    Notes(Option<NoteId>),
    /// Payments, which are the last.
    Payments(Option<PaymentId>),
}

/// The beginning of the document: who the person is and what they hold. What follows is read by [`export_more`].
pub fn export(conn: &mut Conn, now: Instant, account: AccountId) -> Result<(Vec<u8>, Untold)> {
    let mut told = json!({
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
    told.pop();
    told.extend(b",\"buying\":{\"orders\":[");
    Ok((told, Untold::Orders(None)))
}

/// The next piece, and what is to be told after it. Each is of its own moment.
pub fn export_more(conn: &mut Conn, account: AccountId, untold: Untold) -> Result<(Vec<u8>, Option<Untold>)> {
    Ok(match untold {
        Untold::Orders(after) => {
            let (rows, last) = orders::export_orders(conn, account, after, A_PIECE)?;
            let then = (b"],\"notes\":[", Some(Untold::Notes(None)));
            piece(&rows, after.is_none(), last.map(|last| Untold::Orders(Some(last))), then.0, then.1)
        }
        Untold::Notes(after) => {
            let (rows, last) = orders::export_notes(conn, account, after, A_PIECE)?;
            let then = (b"]},\"payments\":[", Some(Untold::Payments(None)));
            piece(&rows, after.is_none(), last.map(|last| Untold::Notes(Some(last))), then.0, then.1)
        }
        Untold::Payments(after) => {
            let (rows, last) = payments::export(conn, account, after, A_PIECE)?;
            piece(&rows, after.is_none(), last.map(|last| Untold::Payments(Some(last))), b"]}", None)
        }
    })
}

/// These rows of a list, and its end when nothing follows them.
fn piece<T: Serialize>(
    rows: &[T],
    is_first: bool,
    more: Option<Untold>,
    end: &[u8],
    then: Option<Untold>,
) -> (Vec<u8>, Option<Untold>) {
    let mut told = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        if place > 0 || !is_first {
            told.push(b',');
        }
        // What slices export always serialises.
        told.extend(serde_json::to_vec(row).unwrap_or_default());
    }
    if more.is_none() {
        told.extend(end);
    }
    (told, more.or(then))
}
