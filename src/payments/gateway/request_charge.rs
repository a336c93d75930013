//! Beginning to pay, or to give back, through the gateway: written down, and left to a job.

use serde::{Deserialize, Serialize};

use super::charge::{Charge, ChargeStatus, LIVES};
use super::provider::ConfiguredGateway;
use super::store;
use crate::db::Tx;
use crate::jobs::{self, Job};
use crate::kernel::Instant;
use crate::kernel::ids::{GatewayChargeId, PaymentId};
use crate::payments::access::PaymentAccess;
use crate::payments::error::PaymentError;
use crate::payments::payment::{Payment, Purpose};
use crate::payments::record::{Recording, record};
use crate::payments::store::OrderMoney;

/// The job that has the gateway collect.
pub(super) const CHARGE: &str = "payments.gateway_charge";
/// The job that has the gateway give back.
pub(super) const REFUND: &str = "payments.gateway_refund";

/// What a job is told of a charge.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct OfCharge {
    pub(super) charge: GatewayChargeId,
}

/// What a job is told of a payment that gives back.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct OfRefund {
    pub(super) payment: PaymentId,
}

/// Writes down that this is paid, or given back, through the gateway. Whoever writes it, it waits for the gateway.
pub(in crate::payments) fn begin(
    tx: &mut Tx<'_>,
    now: Instant,
    gateways: &ConfiguredGateway,
    order: &OrderMoney,
    access: &PaymentAccess,
    recording: &Recording,
) -> Result<Payment, PaymentError> {
    access.records()?;
    let gateway = gateways.offered().ok_or(PaymentError::NoGateway)?;
    if recording.purpose == Some(Purpose::Refund) {
        return refund(tx, now, order, access, recording);
    }
    // The treasurer's word confirms at once; here it is the gateway's that does.
    let payer = PaymentAccess { buyer: true, treasurer: false, ..access.clone() };
    let payment = record(tx, now, order, &payer, recording)?;
    if payment.amount > gateway.most() {
        return Err(PaymentError::MoreThanGatewayTakes(gateway.most()));
    }
    let attempt = store::attempts(tx, order.id)?.saturating_add(1);
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
        needs_review: None,
        reviewed_by: None,
        reviewed_at: None,
        created_at: now,
        expires_at: now.after(LIVES),
        heard_at: now,
    };
    store::insert(tx, &charge)?;
    jobs::enqueue(tx, now, &Job::new(CHARGE, &OfCharge { charge: charge.id }))?;
    Ok(payment)
}

/// Writes down that the gateway shall give back what it collected.
fn refund(
    tx: &mut Tx<'_>,
    now: Instant,
    order: &OrderMoney,
    access: &PaymentAccess,
    recording: &Recording,
) -> Result<Payment, PaymentError> {
    let payment = record(tx, now, order, access, recording)?;
    let original = payment.refunds.ok_or(PaymentError::NothingToRefund)?;
    store::charge_of(tx, original)?.filter(|charge| charge.status.was_paid()).ok_or(PaymentError::NothingToRefund)?;
    jobs::enqueue(tx, now, &Job::new(REFUND, &OfRefund { payment: payment.id }))?;
    Ok(payment)
}
