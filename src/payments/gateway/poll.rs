//! Jobs that create charges and poll their status.

use super::apply::apply;
use super::charge::{CHARGE_TTL, Charge, ChargeStatus, POLL_TIMEOUT, SILENCE_TIMEOUT};
use super::charge_update::ChargeUpdate;
use super::provider::{ChargeRequest, ConfiguredGateway, Gateway, GatewayError};
use super::request_charge::{CHARGE, ChargeJob};
use super::store;
use crate::db::{self, Db};
use crate::jobs::{self, Handler, Job, TaskError};
use crate::kernel::Instant;
use crate::kernel::ids::GatewayChargeId;
use crate::payments::error::PaymentError;

/// Kind of the job that polls a charge.
const POLL: &str = "payments.gateway_ask";
/// Maximum number of charges polled in one run.
const BATCH_SIZE: i64 = 100;

/// The job that creates queued charges at the gateway.
pub(super) fn charge_handler(gateway_config: ConfiguredGateway) -> Handler {
    Handler::new(CHARGE, move |db, now, payload| charge(db, now, &gateway_config, payload.read::<ChargeJob>()?.charge))
}

/// The job that polls a charge.
pub(super) fn status_handler(gateway_config: ConfiguredGateway) -> Handler {
    Handler::new(POLL, move |db, now, payload| {
        poll_charge(db, now, &gateway_config, payload.read::<ChargeJob>()?.charge)
    })
}

/// Creates a charge at the gateway. The attempt is committed before the call, so a repeated run first asks for the
/// status, and creates the charge only if the gateway does not know it.
fn charge(db: &Db, now: Instant, gateway_config: &ConfiguredGateway, id: GatewayChargeId) -> Result<(), TaskError> {
    let queued_charge = db.write_blocking::<_, db::Error, _>(move |tx| {
        let queued = store::find_charge(tx, id)?.filter(|charge| charge.status == ChargeStatus::Queued);
        if let Some(charge) = &queued {
            store::increment_tries(tx, charge)?;
        }
        Ok(queued)
    })?;
    let Some(charge) = queued_charge else { return Ok(()) };
    let update = create_or_find_charge(gateway_config.find_by_name(&charge.gateway)?, now, &charge)?;
    apply_update(db, now, id, update)
}

/// Creates a queued charge, or finds it at the gateway.
fn create_or_find_charge(gateway: &dyn Gateway, now: Instant, charge: &Charge) -> Result<ChargeUpdate, GatewayError> {
    if charge.tries > 0
        && let Some(update) = gateway.status(&charge.reference)?
    {
        return Ok(update);
    }
    if now >= charge.expires_at {
        return Ok(ChargeUpdate::of_status(ChargeStatus::Expired));
    }
    let request = ChargeRequest {
        reference: charge.reference.clone(),
        amount: charge.amount,
        from: charge.created_at,
        minutes: CHARGE_TTL.num_minutes(),
    };
    match gateway.charge(&request) {
        // A reference known before our first attempt was created by someone else: it is not this order's payment.
        Err(GatewayError::AlreadyKnown) if charge.tries == 0 => {
            tracing::warn!(charge = %charge.id, "the gateway knows a reference that was never used here");
            Ok(ChargeUpdate::of_status(ChargeStatus::Failed))
        }
        Err(GatewayError::Refused(why)) => {
            tracing::warn!(charge = %charge.id, why, "the gateway refuses a charge");
            Ok(ChargeUpdate::of_status(ChargeStatus::Failed))
        }
        other => other,
    }
}

fn poll_charge(
    db: &Db,
    now: Instant,
    gateway_config: &ConfiguredGateway,
    id: GatewayChargeId,
) -> Result<(), TaskError> {
    let open = db.read_blocking::<_, db::Error>(move |conn| store::find_charge(conn, id))?;
    let Some(charge) = open.filter(|charge| charge.status.is_open()) else { return Ok(()) };
    let update = match gateway_config.find_by_name(&charge.gateway)?.status(&charge.reference)? {
        Some(update) => update,
        None if now >= charge.expires_at => ChargeUpdate::of_status(ChargeStatus::Expired),
        None => ChargeUpdate::of_status(charge.status),
    };
    apply_update(db, now, id, update)
}

fn apply_update(db: &Db, now: Instant, id: GatewayChargeId, update: ChargeUpdate) -> Result<(), TaskError> {
    db.write_blocking::<_, PaymentError, _>(move |tx| apply(tx, now, id, &update))?;
    Ok(())
}

/// Enqueues polls of charges without updates, and expires those without updates for too long. Queued charges have their
/// own job, which asks for the status when it runs again.
pub(super) fn poll_silent_charges(db: &Db, now: Instant) -> Result<usize, TaskError> {
    let (since, expired_before) = (now.before(SILENCE_TIMEOUT), now.before(POLL_TIMEOUT));
    let silent =
        db.read_blocking::<_, db::Error>(move |conn| store::list_silent(conn, since, expired_before, BATCH_SIZE))?;
    jobs::for_each_in_tx(db, silent, move |tx, charge: &Charge| {
        if charge.expires_at <= expired_before {
            apply(tx, now, charge.id, &ChargeUpdate::of_status(ChargeStatus::Expired))?;
            return Ok::<_, PaymentError>(1);
        }
        store::record_poll(tx, now, charge.id)?;
        let job = Job::new(POLL, &ChargeJob { charge: charge.id }).unique(charge.id.to_string());
        Ok(usize::from(jobs::enqueue(tx, now, &job)?))
    })
}
