//! Notifications: stored, acknowledged, and applied by a job.

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
struct NotificationJob {
    notification: GatewayNotificationId,
}

/// Stores a notification and enqueues the job that applies it; repeated ones have no effect.
pub(super) fn receive_notification(
    tx: &mut Tx<'_>,
    now: Instant,
    gateway: &str,
    notification: &WebhookNotification,
    body: &str,
) -> Result<(), db::Error> {
    if let Some(notification) = store::insert_notification(tx, now, gateway, notification, body)? {
        jobs::enqueue(tx, now, &Job::new(KIND, &NotificationJob { notification }))?;
    }
    Ok(())
}

/// The job that applies a stored notification.
pub fn notification_handler() -> Handler {
    Handler::new(KIND, |db, now, payload| {
        let NotificationJob { notification } = payload.read()?;
        Ok(db.write_blocking::<_, PaymentError, _>(move |tx| apply_notification(tx, now, notification))?)
    })
}

fn apply_notification(tx: &mut Tx<'_>, now: Instant, id: GatewayNotificationId) -> Result<(), PaymentError> {
    let Some((gateway, reference, update)) = store::find_unapplied(tx, id)? else { return Ok(()) };
    match (store::find_charge_by_reference(tx, &gateway, &reference)?, update.read::<ChargeUpdate>()) {
        (Some(charge), Ok(update)) => apply(tx, now, charge, &update)?,
        // Another program may use the same merchant account.
        _ => tracing::warn!(notification = %id, gateway, "a gateway tells of what was not asked for here"),
    }
    store::mark_applied(tx, now, id)?;
    Ok(())
}
