//! Events of payments.

use super::error::PaymentError;
use super::payment::Payment;
use crate::db::Tx;
use crate::events::{self, Event};
use crate::kernel::Instant;
use crate::kernel::ids::AccountId;

/// Records an event about a payment.
pub(super) fn record_event(
    tx: &mut Tx<'_>,
    now: Instant,
    kind: events::Kind,
    payment: &Payment,
    by: Option<AccountId>,
) -> Result<(), PaymentError> {
    let event = Event::new(kind, payment.id)
        .by(by)
        .in_cooperative(payment.cooperative)
        .with("payment", payment.id)
        .with("order", payment.order)
        .with("direction", payment.direction)
        .with("method", payment.method)
        .with("purpose", payment.purpose)
        .with("amount", payment.amount)
        .with("status", payment.status);
    events::record(tx, now, &event)?;
    Ok(())
}
