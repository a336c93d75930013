//! Hearing what a gateway tells by itself: kept first, answered, and applied by a job.

use serde::{Deserialize, Serialize};

use super::apply::apply;
use super::charge_update::ChargeUpdate;
use super::provider::WebhookNotification;
use super::store;
use crate::db::{self, Tx};
use crate::jobs::{self, Handler, Job};
use crate::kernel::Instant;
use crate::kernel::ids::GatewayNotificationId;
use crate::payments::error::PaymentError;

const KIND: &str = "payments.gateway_heard";

#[derive(Debug, Serialize, Deserialize)]
struct Heard {
    notification: GatewayNotificationId,
}

/// Keeps what a gateway told; told again, it changes nothing.
pub(super) fn hear(
    tx: &mut Tx<'_>,
    now: Instant,
    gateway: &str,
    told: &WebhookNotification,
    body: &str,
) -> Result<(), db::Error> {
    if let Some(notification) = store::keep(tx, now, gateway, told, body)? {
        jobs::enqueue(tx, now, &Job::new(KIND, &Heard { notification }))?;
    }
    Ok(())
}

/// Applies what was kept.
pub(super) fn listener() -> Handler {
    Handler::new(KIND, |db, now, payload| {
        let Heard { notification } = payload.read()?;
        Ok(db.write_blocking::<_, PaymentError, _>(move |tx| take_in(tx, now, notification))?)
    })
}

fn take_in(tx: &mut Tx<'_>, now: Instant, id: GatewayNotificationId) -> Result<(), PaymentError> {
    let Some((gateway, reference, news)) = store::unapplied(tx, id)? else { return Ok(()) };
    match (store::charge_with(tx, &gateway, &reference)?, news.read::<ChargeUpdate>()) {
        (Some(charge), Ok(news)) => apply(tx, now, charge, &news)?,
        // Another program may use the same account at the gateway.
        _ => tracing::warn!(notification = %id, gateway, "a gateway tells of what was not asked for here"),
    }
    store::applied(tx, now, id)?;
    Ok(())
}
