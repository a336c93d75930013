//! Enqueueing of letters.

use lettre::Address;

use super::letter::{Letter, is_one_line};
use super::store;
use crate::db::{Result, Tx};
use crate::kernel::Instant;

/// Adds a letter to the outbox, in the caller's transaction. A second one for the same event, recipient and kind has no
/// effect.
///
/// A letter with an unsafe subject or invalid address is stored as dead: the transaction continues and nothing is sent.
pub fn enqueue(tx: &mut Tx<'_>, now: Instant, letter: &Letter) -> Result<()> {
    let error = if !is_one_line(&letter.subject) {
        Some("the subject holds control characters")
    } else if !is_one_line(&letter.recipient) || letter.recipient.parse::<Address>().is_err() {
        Some("the address is none")
    } else {
        None
    };
    if let Some(error) = error {
        tracing::warn!(kind = letter.kind, fault = error, "a letter cannot be sent");
    }
    store::insert(tx, now, letter, error)
}
