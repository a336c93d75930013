//! The job that refunds through the gateway.

use super::apply::{apply, transition};
use super::charge::Charge;
use super::charge_update::ChargeUpdate;
use super::provider::{ConfiguredGateway, GatewayError, RefundRequest};
use super::request_charge::{REFUND, RefundJob};
use super::store;
use crate::cooperatives::AccessError;
use crate::db::{Db, Tx};
use crate::jobs::{Handler, TaskError};
use crate::kernel::Instant;
use crate::kernel::ids::{GatewayChargeId, PaymentId};
use crate::payments::error::PaymentError;
use crate::payments::payment::{Payment, PaymentAction, Status};
use crate::payments::store::{self as money, lock_order};

/// The job that requests pending refunds.
pub(super) fn refund_handler(gateway_config: ConfiguredGateway) -> Handler {
    Handler::new(REFUND, move |db, now, payload| {
        refund_payment(db, now, &gateway_config, payload.read::<RefundJob>()?.payment)
    })
}

/// Requests a refund. The status is asked first, so a lost response is recovered and nothing is refunded twice.
fn refund_payment(db: &Db, now: Instant, gateway_config: &ConfiguredGateway, id: PaymentId) -> Result<(), TaskError> {
    let refund_and_charge = db.read_blocking::<_, PaymentError>(move |conn| {
        let Some(refund) = money::find_payment(conn, id)?.filter(|refund| refund.status == Status::Pending) else {
            return Ok(None);
        };
        let Some(original) = refund.refund_of else { return Ok(None) };
        Ok(store::find_charge_of_payment(conn, original)?.map(|charge| (refund, charge)))
    })?;
    let Some((refund, charge)) = refund_and_charge else { return Ok(()) };
    let update = request_refund(gateway_config, &refund, &charge)?;
    let charge_id = charge.id;
    db.write_blocking::<_, PaymentError, _>(move |tx| finish_refund(tx, now, id, charge_id, update.as_ref()))?;
    Ok(())
}

/// The update of the charge; `None` if the gateway refuses the refund.
fn request_refund(
    gateway_config: &ConfiguredGateway,
    refund: &Payment,
    charge: &Charge,
) -> Result<Option<ChargeUpdate>, GatewayError> {
    let (gateway, key) = (gateway_config.find_by_name(&charge.gateway)?, refund.id.to_string());
    let status = gateway.status(&charge.reference)?;
    if let Some(update) = status.filter(|update| update.refund_keys.contains(&key)) {
        return Ok(Some(update));
    }
    match gateway.refund(&RefundRequest { reference: charge.reference.clone(), key, amount: refund.amount }) {
        Ok(update) => Ok(Some(update)),
        Err(GatewayError::Refused(why)) => {
            tracing::warn!(payment = %refund.id, why, "the gateway refuses to give back");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn finish_refund(
    tx: &mut Tx<'_>,
    now: Instant,
    id: PaymentId,
    charge: GatewayChargeId,
    update: Option<&ChargeUpdate>,
) -> Result<(), PaymentError> {
    let order = money::find_payment(tx, id)?.ok_or(AccessError::Hidden)?.order;
    lock_order(tx, order)?;
    let refund = money::find_payment(tx, id)?.ok_or(AccessError::Hidden)?;
    // A notification may have been applied in the meantime.
    if refund.status == Status::Pending {
        let (action, reason) = match update {
            Some(_) => (PaymentAction::Confirm, None),
            None => (PaymentAction::Reject, Some("Penyedia pembayaran menolak pengembalian ini.")),
        };
        transition(tx, now, &refund, None, action, reason)?;
    }
    update.map_or(Ok(()), |update| apply(tx, now, charge, update))
}
