//! Letters about QRIS codes: everyone who could notice that a code is not the cooperative's is notified.

use serde_json::json;

use super::error::DispatchError;
use super::store;
use crate::cooperatives::{self, Office};
use crate::db::Conn;
use crate::events::RecordedEvent;
use crate::mail::{self, Letter, letter_kind};
use crate::payments::{self, events::PaymentEvent};

/// Composes the letters about an event.
pub(super) fn compose_letters(conn: &mut Conn, event: &RecordedEvent) -> Result<Vec<Letter>, DispatchError> {
    let (kind, code) = match event.read() {
        Some(PaymentEvent::QrisProposed(of)) => (letter_kind!("qris-proposed"), of.code),
        Some(PaymentEvent::QrisSet(of)) => (letter_kind!("qris-set"), of.code),
        _ => return Ok(Vec::new()),
    };
    let Some(code) = payments::find_qris(conn, code)? else { return Ok(Vec::new()) };
    let (cooperative, _) = store::load_cooperative(conn, code.cooperative)?;
    let mut holders = cooperatives::list_office_holders(conn, Office::Board, code.cooperative)?;
    holders.extend(cooperatives::list_office_holders(conn, Office::Treasurer, code.cooperative)?);
    let mut notified = Vec::new();
    let mut letters = Vec::new();
    for holder in holders {
        // Not the actor, and each person once even with two offices.
        if event.actor == Some(holder.account) || notified.contains(&holder.account) {
            continue;
        }
        notified.push(holder.account);
        let Some(recipient) = store::find_recipient(conn, holder.account)? else { continue };
        let values = json!({ "cooperative": cooperative, "what": code.merchant_name });
        letters.push(mail::compose(kind, Some(event.id), recipient, values)?);
    }
    Ok(letters)
}
