//! Events of notifications.

use crate::events::events;
use crate::kernel::ids::EventId;

events! {
    /// What happened to notifications.
    NotificationEvent { "notification.skipped" => Skipped { event: EventId, seq: i64 }, }
}
