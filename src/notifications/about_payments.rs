//! Who is told when somebody wants buyers to pay by another QRIS code: everyone who could find that it is not theirs.

use super::announcement::{Announcement, Facts, News};
use super::store;
use crate::cooperatives::{self, Office};
use crate::db::{Conn, Result};
use crate::events::RecordedEvent;
use crate::kernel::ids::QrisCodeId;
use crate::payments;

/// What this event makes necessary.
pub(super) fn bulletins(conn: &mut Conn, event: &RecordedEvent) -> Result<Vec<Announcement>> {
    let news = match event.kind.as_str() {
        "qris.proposed" => News::QrisProposed,
        "qris.set" => News::QrisSet,
        _ => return Ok(Vec::new()),
    };
    let code = event.payload.get("code").and_then(|id| id.as_str()).and_then(|id| id.parse::<QrisCodeId>().ok());
    let Some(code) = code else { return Ok(Vec::new()) };
    let Some(code) = payments::find_qris(conn, code)? else { return Ok(Vec::new()) };
    let (cooperative, _) = store::cooperative(conn, code.cooperative)?;
    let mut holders = cooperatives::holders_of(conn, Office::Board, code.cooperative)?;
    holders.extend(cooperatives::holders_of(conn, Office::Treasurer, code.cooperative)?);
    let mut told = Vec::new();
    let mut bulletins = Vec::new();
    for holder in holders {
        // Who did it knows; who holds two offices hears it once.
        if event.actor == Some(holder.account) || told.contains(&holder.account) {
            continue;
        }
        told.push(holder.account);
        let Some(to) = store::person(conn, holder.account)? else { continue };
        bulletins.push(Announcement {
            news,
            facts: Facts::from([("what", code.merchant_name.clone())]),
            cooperative: cooperative.clone(),
            to,
            link: None,
        });
    }
    Ok(bulletins)
}
