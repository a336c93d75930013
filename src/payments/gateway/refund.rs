//! Having the gateway give back what it collected.

use super::apply::{apply, step};
use super::charge::Charge;
use super::charge_update::ChargeUpdate;
use super::provider::{ConfiguredGateway, GatewayError, RefundRequest};
use super::request_charge::{OfRefund, REFUND};
use super::store;
use crate::db::{Db, Tx};
use crate::jobs::{Handler, TaskError};
use crate::kernel::Instant;
use crate::kernel::ids::{GatewayChargeId, PaymentId};
use crate::payments::error::PaymentError;
use crate::payments::payment::{Action, Payment, Status};
use crate::payments::store::{self as money, locked_order};

/// Has the gateway give back what waits for it.
pub(super) fn refunder(gateways: ConfiguredGateway) -> Handler {
    Handler::new(REFUND, move |db, now, payload| give_back(db, now, &gateways, payload.read::<OfRefund>()?.payment))
}

/// What came of asking.
#[derive(Debug, Clone)]
enum Outcome {
    Given(ChargeUpdate),
    Refused,
}

/// The gateway is asked first what it has given back: an answer that was lost is found again, and nothing goes twice.
fn give_back(db: &Db, now: Instant, gateways: &ConfiguredGateway, id: PaymentId) -> Result<(), TaskError> {
    let found = db.read_blocking::<_, PaymentError>(move |conn| {
        let Some(refund) = money::payment(conn, id)?.filter(|it| it.status == Status::Pending) else { return Ok(None) };
        let Some(original) = refund.refunds else { return Ok(None) };
        Ok(store::charge_of(conn, original)?.map(|charge| (refund, charge)))
    })?;
    let Some((refund, charge)) = found else { return Ok(()) };
    let outcome = asked(gateways, &refund, &charge)?;
    let of = charge.id;
    db.write_blocking::<_, PaymentError, _>(move |tx| settled(tx, now, id, of, &outcome))?;
    Ok(())
}

fn asked(gateways: &ConfiguredGateway, refund: &Payment, charge: &Charge) -> Result<Outcome, GatewayError> {
    let (gateway, key) = (gateways.named(&charge.gateway)?, refund.id.to_string());
    let known = gateway.status(&charge.reference)?;
    if let Some(news) = known.filter(|news| news.refund_keys.contains(&key)) {
        return Ok(Outcome::Given(news));
    }
    match gateway.refund(&RefundRequest { reference: charge.reference.clone(), key, amount: refund.amount }) {
        Ok(news) => Ok(Outcome::Given(news)),
        Err(GatewayError::Refused(why)) => {
            tracing::warn!(payment = %refund.id, why, "the gateway refuses to give back");
            Ok(Outcome::Refused)
        }
        Err(error) => Err(error),
    }
}

fn settled(
    tx: &mut Tx<'_>,
    now: Instant,
    id: PaymentId,
    charge: GatewayChargeId,
    outcome: &Outcome,
) -> Result<(), PaymentError> {
    let order = money::payment(tx, id)?.ok_or(PaymentError::NotFound)?.order;
    locked_order(tx, order)?;
    let refund = money::payment(tx, id)?.ok_or(PaymentError::NotFound)?;
    // The gateway may have told of it by itself in the meantime.
    if refund.status == Status::Pending {
        match outcome {
            Outcome::Given(_) => step(tx, now, &refund, Action::Confirm, None)?,
            Outcome::Refused => {
                let why = "Penyedia pembayaran menolak pengembalian ini.";
                step(tx, now, &refund, Action::Reject, Some(why))?
            }
        };
    }
    match outcome {
        Outcome::Given(news) => apply(tx, now, charge, news),
        Outcome::Refused => Ok(()),
    }
}
