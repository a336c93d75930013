//! Asking the gateway: to collect, and what became of what it was asked to collect.

use super::apply::apply;
use super::charge::{Charge, ChargeStatus, LIVES, PATIENCE, SILENCE};
use super::charge_update::ChargeUpdate;
use super::provider::{ChargeRequest, ConfiguredGateway, Gateway, GatewayError};
use super::request_charge::{CHARGE, OfCharge};
use super::store;
use crate::db::{self, Db};
use crate::jobs::{self, Handler, Job, TaskError};
use crate::kernel::Instant;
use crate::kernel::ids::GatewayChargeId;
use crate::payments::error::PaymentError;

/// The job that asks what became of a charge.
const ASK: &str = "payments.gateway_ask";
/// How many silent charges are looked after at once.
const BATCH_SIZE: i64 = 100;

/// Has the gateway collect what is queued.
pub(super) fn charger(gateways: ConfiguredGateway) -> Handler {
    Handler::new(CHARGE, move |db, now, payload| charge(db, now, &gateways, payload.read::<OfCharge>()?.charge))
}

/// Asks what became of a charge.
pub(super) fn asker(gateways: ConfiguredGateway) -> Handler {
    Handler::new(ASK, move |db, now, payload| ask(db, now, &gateways, payload.read::<OfCharge>()?.charge))
}

/// That the gateway may know the charge is committed before it is asked to make it: whoever finds it so later asks first
/// what the gateway knows, and charges only when that is nothing.
fn charge(db: &Db, now: Instant, gateways: &ConfiguredGateway, id: GatewayChargeId) -> Result<(), TaskError> {
    let begun = db.write_blocking::<_, db::Error, _>(move |tx| {
        let queued = store::charge(tx, id)?.filter(|charge| charge.status == ChargeStatus::Queued);
        if let Some(charge) = &queued {
            store::note_try(tx, charge)?;
        }
        Ok(queued)
    })?;
    let Some(charge) = begun else { return Ok(()) };
    let news = made(gateways.named(&charge.gateway)?, now, &charge)?;
    note(db, now, id, news)
}

/// What becomes of a charge that is queued.
fn made(gateway: &dyn Gateway, now: Instant, charge: &Charge) -> Result<ChargeUpdate, GatewayError> {
    if charge.tries > 0
        && let Some(news) = gateway.status(&charge.reference)?
    {
        return Ok(news);
    }
    if now >= charge.expires_at {
        return Ok(ChargeUpdate::that(ChargeStatus::Expired));
    }
    let wanted = ChargeRequest {
        reference: charge.reference.clone(),
        amount: charge.amount,
        from: charge.created_at,
        minutes: LIVES.num_minutes(),
    };
    match gateway.charge(&wanted) {
        // What is known before we asked was made by somebody else: it is not this order's money.
        Err(GatewayError::Known) if charge.tries == 0 => {
            tracing::warn!(charge = %charge.id, "the gateway knows a reference that was never used here");
            Ok(ChargeUpdate::that(ChargeStatus::Failed))
        }
        Err(GatewayError::Refused(why)) => {
            tracing::warn!(charge = %charge.id, why, "the gateway refuses a charge");
            Ok(ChargeUpdate::that(ChargeStatus::Failed))
        }
        other => other,
    }
}

fn ask(db: &Db, now: Instant, gateways: &ConfiguredGateway, id: GatewayChargeId) -> Result<(), TaskError> {
    let open = db.read_blocking::<_, db::Error>(move |conn| store::charge(conn, id))?;
    let Some(charge) = open.filter(|charge| charge.status.is_open()) else { return Ok(()) };
    let news = match gateways.named(&charge.gateway)?.status(&charge.reference)? {
        Some(news) => news,
        None if now >= charge.expires_at => ChargeUpdate::that(ChargeStatus::Expired),
        None => ChargeUpdate::that(charge.status),
    };
    note(db, now, id, news)
}

fn note(db: &Db, now: Instant, id: GatewayChargeId, news: ChargeUpdate) -> Result<(), TaskError> {
    db.write_blocking::<_, PaymentError, _>(move |tx| apply(tx, now, id, &news))?;
    Ok(())
}

/// Has the gateway asked about charges of which nothing was heard, and gives those up that stayed silent too long. What is
/// queued has a job of its own, which asks first when it runs again.
pub(super) fn look_after_silent(db: &Db, now: Instant) -> Result<usize, TaskError> {
    let (since, over) = (now.before(SILENCE), now.before(PATIENCE));
    let silent = db.read_blocking::<_, db::Error>(move |conn| store::silent(conn, since, over, BATCH_SIZE))?;
    jobs::for_each_in_tx(db, silent, move |tx, charge: &Charge| {
        if charge.expires_at <= over {
            apply(tx, now, charge.id, &ChargeUpdate::that(ChargeStatus::Expired))?;
            return Ok::<_, PaymentError>(1);
        }
        store::note_asking(tx, now, charge.id)?;
        let job = Job::new(ASK, &OfCharge { charge: charge.id }).unique(charge.id.to_string());
        Ok(usize::from(jobs::enqueue(tx, now, &job)?))
    })
}
