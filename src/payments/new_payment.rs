//! A payment to record.

use super::access::PaymentAccess;
use super::payment::{Direction, Method, Payment, PaymentPurpose, Status};
use super::store::PayableOrder;
use crate::kernel::ids::{OrderId, PaymentId};
use crate::kernel::{Instant, Rupiah};
use crate::ledger::Purse;

/// The input of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPayment {
    /// Id of the new payment.
    pub id: PaymentId,
    /// Payment method.
    pub method: Method,
    /// The purpose; derived from the amount if absent.
    pub purpose: Option<PaymentPurpose>,
    /// The amount; the owed amount if absent.
    pub amount: Option<Rupiah>,
    /// The payment that is refunded.
    pub refund_of: Option<PaymentId>,
    /// The payer's name, if it is not the buyer.
    pub payer: Option<String>,
    /// The order that the credit is taken from.
    pub from: Option<OrderId>,
}

impl NewPayment {
    /// A payment of the whole owed amount, by this method.
    pub fn in_full(id: PaymentId, method: Method) -> NewPayment {
        NewPayment { id, method, purpose: None, amount: None, refund_of: None, payer: None, from: None }
    }
}

/// Drafts the pending, incoming payment of this order that the input describes.
pub(super) fn draft_payment(
    now: Instant,
    order: &PayableOrder,
    access: &PaymentAccess,
    new_payment: &NewPayment,
) -> Payment {
    Payment {
        id: new_payment.id,
        cooperative: order.cooperative,
        order: order.id,
        direction: Direction::In,
        method: new_payment.method,
        purpose: new_payment.purpose.unwrap_or(PaymentPurpose::Full),
        amount: new_payment.amount.unwrap_or_default(),
        status: Status::Pending,
        refund_of: None,
        proof: None,
        recorded_by: access.account,
        held_by: None,
        decided_by: None,
        recorded_at: now,
        expires_at: None,
        decided_at: None,
        reason: None,
        version: 1,
        unique_code: None,
        transfer_amount: None,
        payer: new_payment.payer.as_deref().map(str::trim).filter(|payer| !payer.is_empty()).map(str::to_owned),
        handover: None,
        credit_of: None,
        code_returned: Rupiah::ZERO,
    }
}

/// The payment, confirmed by the caller.
pub(super) fn as_confirmed(payment: Payment, now: Instant, access: &PaymentAccess) -> Payment {
    Payment {
        status: Status::Confirmed,
        decided_by: access.account,
        decided_at: Some(now),
        // Cash taken by the treasurer is in the cash box already.
        held_by: access.account.filter(|_| {
            !access.is_treasurer && payment.method.terms().purse == Purse::Cash && payment.direction == Direction::In
        }),
        ..payment
    }
}
