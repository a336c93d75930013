//! Events of payments.

use super::error::PaymentError;
use super::payment::{Direction, Method, Payment, PaymentPurpose, Status};
use crate::db::Tx;
use crate::events::events;
use crate::kernel::ids::{AccountId, OrderId, PaymentId, QrisCodeId};
use crate::kernel::{Instant, Rupiah};

events! {
    /// What happened to a payment or a QRIS code.
    PaymentEvent {
        "payment.recorded" => Recorded(PaymentPayload),
        "payment.confirmed" => Confirmed(PaymentPayload),
        "payment.rejected" => Rejected(PaymentPayload),
        "payment.reversed" => Reversed(PaymentPayload),
        "payment.expired" => Expired(PaymentPayload),
        "payment.proof_attached" => ProofAttached(PaymentPayload),
        "qris.proposed" => QrisProposed(QrisPayload),
        "qris.set" => QrisSet(QrisPayload),
        "qris.refused" => QrisRefused(QrisPayload),
    }
    PaymentPayload {
        payment: PaymentId, order: OrderId, direction: Direction, method: Method, purpose: PaymentPurpose, amount: Rupiah,
        status: Status,
    }
    QrisPayload { code: QrisCodeId, merchant_id: String }
}

/// Records an event about a payment.
pub(super) fn record_event(
    tx: &mut Tx<'_>,
    now: Instant,
    kind: fn(PaymentPayload) -> PaymentEvent,
    payment: &Payment,
    by: Option<AccountId>,
) -> Result<(), PaymentError> {
    let Payment { id, order, direction, method, purpose, amount, status, .. } = *payment;
    let event = kind(PaymentPayload { payment: id, order, direction, method, purpose, amount, status }).about(id);
    record(tx, now, &event.by(by).in_cooperative(payment.cooperative))?;
    Ok(())
}
