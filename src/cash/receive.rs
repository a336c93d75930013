//! Receiving and refusing handovers.

use super::error::CashError;
use super::events::{self, CashEvent, DecidedHandover};
use super::handover::{Handover, HandoverStatus};
use super::store;
use crate::cooperatives::{self, AccessError, CooperativePermit};
use crate::db::Tx;
use crate::kernel::ids::{AccountId, HandoverId};
use crate::kernel::{Instant, Rupiah};
use crate::ledger::rules::{self, CountedCash};
use crate::ledger::{self, PostingContext};
use crate::payments;
use crate::web::StaleVersion;

/// Receives a handover: the treasurer has the cash, and a shortfall is posted as a difference.
pub fn receive(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: HandoverId,
    counted: Rupiah,
    expected_version: Option<i64>,
) -> Result<Handover, CashError> {
    let (cooperative, by) = (permit.cooperative, permit.account);
    let before = store::find_handover(tx, id)?.filter(|handover| handover.cooperative == cooperative);
    let received = decide(tx, now, by, before, Some(counted), expected_version)?;
    payments::receive_handover(tx, id)?;
    let on = cooperatives::load_zone(tx, cooperative)?.day_of(now);
    let cash = CountedCash { expected: received.expected, counted };
    let draft = rules::draft_cash_handover(received.holder, cash)?.with_source(id);
    ledger::post(tx, now, &PostingContext { cooperative, on, by: Some(by) }, &draft)?;
    Ok(received)
}

/// Refuses a handover: the cash stays with its holder, because the treasurer has not received it or the holder
/// withdraws it.
pub fn refuse(
    tx: &mut Tx<'_>,
    now: Instant,
    by: AccountId,
    id: HandoverId,
    expected_version: Option<i64>,
) -> Result<Handover, CashError> {
    let before = store::find_handover(tx, id)?;
    let refused = decide(tx, now, by, before, None, expected_version)?;
    payments::release_handover(tx, id)?;
    Ok(refused)
}

/// Writes the decision on an open handover: received when it was counted. Of two concurrent decisions one fails.
fn decide(
    tx: &mut Tx<'_>,
    now: Instant,
    by: AccountId,
    before: Option<Handover>,
    counted: Option<Rupiah>,
    expected_version: Option<i64>,
) -> Result<Handover, CashError> {
    let before = before.ok_or(AccessError::Hidden)?;
    StaleVersion::check(expected_version, before.version)?;
    let decided = Handover {
        status: if counted.is_some() { HandoverStatus::Received } else { HandoverStatus::Refused },
        counted,
        decided_at: Some(now),
        decided_by: Some(by),
        version: before.version.saturating_add(1),
        ..before
    };
    if !store::update_decision(tx, &decided, before.version)? {
        let current = store::find_handover(tx, decided.id)?.ok_or(AccessError::Hidden)?;
        return Err(CashError::WrongStatus(current.status));
    }
    let event = DecidedHandover { handover: decided.id, expected: decided.expected, counted };
    let event = if counted.is_some() { CashEvent::Received(event) } else { CashEvent::Refused(event) };
    events::record(tx, now, &event.about(decided.id).by(by).in_cooperative(decided.cooperative))?;
    Ok(decided)
}
