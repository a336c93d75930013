//! Starting payments and refunds through the gateway: they are recorded and a job is enqueued.

use serde::{Deserialize, Serialize};

use super::charge::{CHARGE_TTL, Charge, ChargeStatus};
use super::provider::ConfiguredGateway;
use super::store;
use crate::db::Tx;
use crate::jobs::{self, Job};
use crate::kernel::Instant;
use crate::kernel::ids::{GatewayChargeId, PaymentId};
use crate::payments::access::PaymentAccess;
use crate::payments::error::PaymentError;
use crate::payments::new_payment::NewPayment;
use crate::payments::payment::{Payment, PaymentPurpose};
use crate::payments::record::record_locked;
use crate::payments::store::PayableOrder;
use crate::web::Code;

/// Kind of the job that creates a charge.
pub(super) const CHARGE: &str = "payments.gateway_charge";
/// Kind of the job that requests a refund.
pub(super) const REFUND: &str = "payments.gateway_refund";

/// Payload of jobs about a charge.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ChargeJob {
    pub(super) charge: GatewayChargeId,
}

/// Payload of the refund job.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RefundJob {
    pub(super) payment: PaymentId,
}

/// Records a payment or refund through the gateway, whoever records it; it is pending until the gateway reports it.
pub(in crate::payments) fn record_charge(
    tx: &mut Tx<'_>,
    now: Instant,
    gateway_config: &ConfiguredGateway,
    order: &PayableOrder,
    access: &PaymentAccess,
    new_payment: &NewPayment,
) -> Result<Payment, PaymentError> {
    access.require_record()?;
    let gateway = gateway_config.active().ok_or(PaymentError::NoGateway)?;
    if new_payment.purpose == Some(PaymentPurpose::Refund) {
        return refund(tx, now, order, access, new_payment);
    }
    // Payments of the treasurer are confirmed at once; this one is confirmed by the gateway.
    let payer = PaymentAccess { is_buyer: true, is_treasurer: false, ..access.clone() };
    let payment = record_locked(tx, now, order, &payer, new_payment)?;
    if payment.amount > gateway.max_amount() {
        return Err(PaymentError::MoreThanMethodTakes(Code::MoreThanGatewayTakes, gateway.max_amount()));
    }
    let attempt = store::count_attempts(tx, order.id)?.saturating_add(1);
    let charge = Charge {
        id: tx.id(now),
        cooperative: order.cooperative,
        payment: payment.id,
        gateway: gateway.name().to_owned(),
        reference: format!("{}-{attempt}", order.number),
        amount: payment.amount,
        status: ChargeStatus::Queued,
        tries: 0,
        transaction: None,
        qr_text: None,
        qr_url: None,
        paid_amount: None,
        review_reason: None,
        reviewed_by: None,
        reviewed_at: None,
        created_at: now,
        expires_at: now.after(CHARGE_TTL),
        heard_at: now,
    };
    store::insert(tx, &charge)?;
    jobs::enqueue(tx, now, &Job::new(CHARGE, &ChargeJob { charge: charge.id }))?;
    Ok(payment)
}

/// Records a refund of a gateway payment and enqueues its job.
fn refund(
    tx: &mut Tx<'_>,
    now: Instant,
    order: &PayableOrder,
    access: &PaymentAccess,
    new_payment: &NewPayment,
) -> Result<Payment, PaymentError> {
    let payment = record_locked(tx, now, order, access, new_payment)?;
    let original = payment.refund_of.ok_or(PaymentError::NothingToRefund)?;
    store::find_charge_of_payment(tx, original)?
        .filter(|charge| charge.status.was_paid())
        .ok_or(PaymentError::NothingToRefund)?;
    jobs::enqueue(tx, now, &Job::new(REFUND, &RefundJob { payment: payment.id }))?;
    Ok(payment)
}
