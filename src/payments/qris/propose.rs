//! A treasurer sets the code that buyers pay by; one that pays someone else needs a second person.
//!
//! A sticker pasted over the cooperative's own is a known fraud, and so would be a code put in by one person alone. The
//! first code is pinned; whatever changes who is paid waits for another person of board or treasury, who reads the end of
//! the merchant id off the sticker.

use super::code::{QrisAction, QrisCode, QrisDifference, QrisStatus, differences};
use super::error::QrisError;
use super::payload::Payload;
use super::store;
use crate::cooperatives::{AccessError, CooperativePermit};
use crate::db::Tx;
use crate::events::{self, Event, Kind};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, QrisCodeId};
use crate::ledger;
use crate::web::StaleVersion;

/// In what a code differs from the one that buyers pay by now.
pub(super) fn differs(active: Option<&QrisCode>, payload: &Payload) -> Result<Vec<QrisDifference>, QrisError> {
    Ok(match active {
        Some(active) => differences(&Payload::parse(&active.payload)?, payload),
        None => Vec::new(),
    })
}

/// Proposes a code. It is active at once when it pays whom the one before paid, or when it is the first.
pub fn propose(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: QrisCodeId,
    text: &str,
) -> Result<QrisCode, QrisError> {
    let payload = Payload::of_merchant(text)?;
    ledger::hold(tx, permit.cooperative)?;
    let active = store::standing(tx, permit.cooperative, QrisStatus::Active)?;
    let written = payload.text()?;
    if let Some(same) = active.as_ref().filter(|active| active.payload == written) {
        return Ok(same.clone());
    }
    let at_once = differs(active.as_ref(), &payload)?.is_empty();
    if let Some(waiting) = store::standing(tx, permit.cooperative, QrisStatus::Proposed)? {
        store::decide(tx, now, &waiting, QrisStatus::Refused, permit.account)?;
    }
    if at_once && let Some(active) = &active {
        store::decide(tx, now, active, QrisStatus::Replaced, permit.account)?;
    }
    let code = QrisCode {
        id,
        cooperative: permit.cooperative,
        merchant_id: payload.merchant_id().unwrap_or_default(),
        merchant_name: payload.name().to_owned(),
        payload: written,
        status: if at_once { QrisStatus::Active } else { QrisStatus::Proposed },
        proposed_at: now,
        proposed_by: permit.account,
        decided_at: at_once.then_some(now),
        decided_by: at_once.then_some(permit.account),
        version: 1,
    };
    store::insert(tx, &code)?;
    tell(tx, now, if at_once { "qris.set" } else { "qris.proposed" }, &code, permit.account)?;
    Ok(code)
}

/// What a second person says to a proposed code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What they do.
    pub action: QrisAction,
    /// How its merchant id ends, as they read it.
    pub ends: Option<String>,
    /// The version that they saw.
    pub expected: Option<i64>,
}

/// Decides a proposed code: approved by another person than who proposed it, or refused by anyone of board and treasury.
pub fn decide(
    tx: &mut Tx<'_>,
    now: Instant,
    by: AccountId,
    id: QrisCodeId,
    decision: &Decision,
) -> Result<QrisCode, QrisError> {
    let code = store::code(tx, id)?.ok_or(AccessError::Hidden)?;
    ledger::hold(tx, code.cooperative)?;
    let code = store::code(tx, id)?.ok_or(AccessError::Hidden)?;
    StaleVersion::check(decision.expected, code.version)?;
    if code.status != QrisStatus::Proposed {
        return Err(QrisError::NotPossible(code.status));
    }
    let (to, kind) = match decision.action {
        QrisAction::Refuse => (QrisStatus::Refused, "qris.refused"),
        QrisAction::Approve => {
            if code.proposed_by == by {
                return Err(QrisError::SecondPerson);
            }
            if decision.ends.as_deref() != Some(code.ends()) {
                return Err(QrisError::EndsOtherwise);
            }
            if let Some(active) = store::standing(tx, code.cooperative, QrisStatus::Active)? {
                store::decide(tx, now, &active, QrisStatus::Replaced, by)?;
            }
            (QrisStatus::Active, "qris.set")
        }
    };
    let decided = store::decide(tx, now, &code, to, by)?;
    tell(tx, now, kind, &decided, by)?;
    Ok(decided)
}

fn tell(tx: &mut Tx<'_>, now: Instant, kind: Kind, code: &QrisCode, by: AccountId) -> Result<(), QrisError> {
    let event = Event::new(kind, code.id)
        .by(by)
        .in_cooperative(code.cooperative)
        .with("code", code.id)
        .with("merchant_id", &code.merchant_id);
    events::record(tx, now, &event)?;
    Ok(())
}
