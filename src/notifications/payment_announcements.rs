//! Announcements of QRIS codes: everyone who could notice that a code is not the cooperative's is notified.

use super::announcement::{Announcement, AnnouncementKind, TemplateValues};
use super::store;
use crate::cooperatives::{self, Office};
use crate::db::{Conn, Result};
use crate::events::RecordedEvent;
use crate::kernel::ids::QrisCodeId;
use crate::payments;

/// Builds the announcements of an event.
pub(super) fn build_announcements(conn: &mut Conn, event: &RecordedEvent) -> Result<Vec<Announcement>> {
    let kind = match event.kind.as_str() {
        "qris.proposed" => AnnouncementKind::QrisProposed,
        "qris.set" => AnnouncementKind::QrisSet,
        _ => return Ok(Vec::new()),
    };
    let code = event.payload.get("code").and_then(|id| id.as_str()).and_then(|id| id.parse::<QrisCodeId>().ok());
    let Some(code) = code else { return Ok(Vec::new()) };
    let Some(code) = payments::find_qris(conn, code)? else { return Ok(Vec::new()) };
    let (cooperative, _) = store::load_cooperative(conn, code.cooperative)?;
    let mut holders = cooperatives::list_office_holders(conn, Office::Board, code.cooperative)?;
    holders.extend(cooperatives::list_office_holders(conn, Office::Treasurer, code.cooperative)?);
    let mut notified = Vec::new();
    let mut announcements = Vec::new();
    for holder in holders {
        // Not the actor, and each person once even with two offices.
        if event.actor == Some(holder.account) || notified.contains(&holder.account) {
            continue;
        }
        notified.push(holder.account);
        let Some(recipient) = store::find_recipient(conn, holder.account)? else { continue };
        announcements.push(Announcement {
            kind,
            values: TemplateValues::from([("what", code.merchant_name.clone())]),
            cooperative: cooperative.clone(),
            recipient,
            link: None,
        });
    }
    Ok(announcements)
}
