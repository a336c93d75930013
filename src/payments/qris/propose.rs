//! Setting the code of a cooperative; one that pays someone else needs a second person.
//!
//! A sticker pasted over the cooperative's own is a known fraud, and a code set by one person alone would allow the
//! same. The first code is pinned; a change of who is paid needs another person of board or treasury, who reads the end
//! of the merchant id off the sticker.

use super::code::{QrisAction, QrisCode, QrisDifference, QrisStatus, differences};
use super::error::QrisError;
use super::payload::Payload;
use super::store;
use crate::cooperatives::{AccessError, CooperativePermit};
use crate::db::Tx;
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, QrisCodeId};
use crate::ledger;
use crate::payments::events::{self, PaymentEvent, QrisPayload};
use crate::web::StaleVersion;

/// The differences between a code and the active one.
pub(super) fn differences_from_active(
    active: Option<&QrisCode>,
    payload: &Payload,
) -> Result<Vec<QrisDifference>, QrisError> {
    Ok(match active {
        Some(active) => differences(&Payload::parse(&active.payload)?, payload),
        None => Vec::new(),
    })
}

/// Proposes a code. It is active at once if it pays the same merchant as the active code, or if it is the first.
pub fn propose(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: QrisCodeId,
    text: &str,
) -> Result<QrisCode, QrisError> {
    let payload = Payload::of_merchant(text)?;
    ledger::lock_cooperative(tx, permit.cooperative)?;
    let active = store::find_by_status(tx, permit.cooperative, QrisStatus::Active)?;
    let written = payload.text()?;
    if let Some(same) = active.as_ref().filter(|active| active.payload == written) {
        return Ok(same.clone());
    }
    let is_unchanged = differences_from_active(active.as_ref(), &payload)?.is_empty();
    if let Some(waiting) = store::find_by_status(tx, permit.cooperative, QrisStatus::Proposed)? {
        store::update_status(tx, now, &waiting, QrisStatus::Refused, permit.account)?;
    }
    if is_unchanged && let Some(active) = &active {
        store::update_status(tx, now, active, QrisStatus::Replaced, permit.account)?;
    }
    let code = QrisCode {
        id,
        cooperative: permit.cooperative,
        merchant_id: payload.merchant_id().unwrap_or_default(),
        merchant_name: payload.name().to_owned(),
        payload: written,
        status: if is_unchanged { QrisStatus::Active } else { QrisStatus::Proposed },
        proposed_at: now,
        proposed_by: permit.account,
        decided_at: is_unchanged.then_some(now),
        decided_by: is_unchanged.then_some(permit.account),
        version: 1,
    };
    store::insert(tx, &code)?;
    let kind = if is_unchanged { PaymentEvent::QrisSet } else { PaymentEvent::QrisProposed };
    record_event(tx, now, kind, &code, permit.account)?;
    Ok(code)
}

/// A second person's decision on a proposed code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrisDecision {
    /// The decision.
    pub action: QrisAction,
    /// The end of the merchant id, as they read it off the sticker.
    pub ends: Option<String>,
    /// The version the caller read, if sent.
    pub expected_version: Option<i64>,
}

/// Decides a proposed code: it is approved by another person than its proposer, or refused by anyone of board and
/// treasury.
pub fn decide(
    tx: &mut Tx<'_>,
    now: Instant,
    by: AccountId,
    id: QrisCodeId,
    decision: &QrisDecision,
) -> Result<QrisCode, QrisError> {
    let code = store::find_code(tx, id)?.ok_or(AccessError::Hidden)?;
    ledger::lock_cooperative(tx, code.cooperative)?;
    let code = store::find_code(tx, id)?.ok_or(AccessError::Hidden)?;
    StaleVersion::check(decision.expected_version, code.version)?;
    if code.status != QrisStatus::Proposed {
        return Err(QrisError::WrongStatus(code.status));
    }
    let (to, kind): (_, fn(QrisPayload) -> PaymentEvent) = match decision.action {
        QrisAction::Refuse => (QrisStatus::Refused, PaymentEvent::QrisRefused),
        QrisAction::Approve => {
            if code.proposed_by == by {
                return Err(QrisError::SecondPerson);
            }
            if decision.ends.as_deref() != Some(code.merchant_id_suffix()) {
                return Err(QrisError::SuffixMismatch);
            }
            if let Some(active) = store::find_by_status(tx, code.cooperative, QrisStatus::Active)? {
                store::update_status(tx, now, &active, QrisStatus::Replaced, by)?;
            }
            (QrisStatus::Active, PaymentEvent::QrisSet)
        }
    };
    let decided = store::update_status(tx, now, &code, to, by)?;
    record_event(tx, now, kind, &decided, by)?;
    Ok(decided)
}

fn record_event(
    tx: &mut Tx<'_>,
    now: Instant,
    kind: fn(QrisPayload) -> PaymentEvent,
    code: &QrisCode,
    by: AccountId,
) -> Result<(), QrisError> {
    let event = kind(QrisPayload { code: code.id, merchant_id: code.merchant_id.clone() }).about(code.id);
    events::record(tx, now, &event.by(by).in_cooperative(code.cooperative))?;
    Ok(())
}
