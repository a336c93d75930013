//! Putting a letter into the outbox, in the transaction of what it tells of.

use lettre::Address;

use super::letter::{Letter, is_one_line};
use super::store;
use crate::db::{Result, Tx};
use crate::kernel::Instant;

/// Puts a letter into the outbox. A second one for the same event, recipient and kind changes nothing.
///
/// One that could not be sent safely is kept as given up: what it tells of goes on, and nothing leaves.
pub fn enqueue(tx: &mut Tx<'_>, now: Instant, letter: &Letter) -> Result<()> {
    let fault = if !is_one_line(&letter.subject) {
        Some("the subject holds control characters")
    } else if !is_one_line(&letter.recipient) || letter.recipient.parse::<Address>().is_err() {
        Some("the address is none")
    } else {
        None
    };
    if let Some(fault) = fault {
        tracing::warn!(kind = letter.kind, fault, "a letter cannot be sent");
    }
    store::insert(tx, now, letter, fault)
}
