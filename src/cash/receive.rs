//! Receiving and refusing hand-overs.

use super::error::CashError;
use super::handover::{Handover, HandoverStatus};
use super::store;
use crate::cooperatives::{AccessError, CooperativePermit};
use crate::db::Tx;
use crate::events::{self, Event, Kind};
use crate::kernel::ids::{AccountId, HandoverId};
use crate::kernel::{Instant, Rupiah};
use crate::ledger::rules::{self, CountedCash};
use crate::ledger::{self, Booking};
use crate::payments;
use crate::web::StaleVersion;

/// Receives a hand-over: the treasurer has the cash, and a shortfall is posted as a difference.
pub fn receive(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: HandoverId,
    counted: Rupiah,
    expected_version: Option<i64>,
) -> Result<Handover, CashError> {
    let before = open(tx, permit, id, expected_version)?;
    let received = decide(tx, now, &before, HandoverStatus::Received, Some(counted), permit.account)?;
    payments::receive_handover(tx, id)?;
    let on = ledger::load_zone(tx, before.cooperative)?.day_of(now);
    let cash = CountedCash { expected: before.expected, counted };
    let draft = rules::draft_hand_in(before.holder, cash)?.from_source(id);
    ledger::post(tx, now, &Booking { cooperative: before.cooperative, on, by: Some(permit.account) }, &draft)?;
    record_event(tx, now, "handover.received", &received, permit.account)?;
    Ok(received)
}

/// Refuses a hand-over: the cash stays with its holder, because the treasurer has not received it or the holder
/// withdraws it.
pub fn refuse(
    tx: &mut Tx<'_>,
    now: Instant,
    by: AccountId,
    id: HandoverId,
    expected_version: Option<i64>,
) -> Result<Handover, CashError> {
    let before = store::find_handover(tx, id)?.ok_or(AccessError::Hidden)?;
    check(&before, expected_version)?;
    let refused = decide(tx, now, &before, HandoverStatus::Refused, None, by)?;
    payments::release_handover(tx, id)?;
    record_event(tx, now, "handover.refused", &refused, by)?;
    Ok(refused)
}

fn open(
    tx: &mut Tx<'_>,
    permit: &CooperativePermit,
    id: HandoverId,
    expected: Option<i64>,
) -> Result<Handover, CashError> {
    let before = store::find_handover(tx, id)?.filter(|handover| handover.cooperative == permit.cooperative);
    let before = before.ok_or(AccessError::Hidden)?;
    check(&before, expected)?;
    Ok(before)
}

fn check(before: &Handover, expected: Option<i64>) -> Result<(), CashError> {
    StaleVersion::check(expected, before.version)?;
    if before.status == HandoverStatus::Declared { Ok(()) } else { Err(CashError::WrongStatus(before.status)) }
}

/// Writes the decision; of two concurrent ones one fails.
fn decide(
    tx: &mut Tx<'_>,
    now: Instant,
    before: &Handover,
    status: HandoverStatus,
    counted: Option<Rupiah>,
    by: AccountId,
) -> Result<Handover, CashError> {
    let decided = Handover {
        status,
        counted,
        decided_at: Some(now),
        decided_by: Some(by),
        version: before.version.saturating_add(1),
        ..before.clone()
    };
    if !store::update_decision(tx, &decided, before.version)? {
        let now = store::find_handover(tx, before.id)?.ok_or(AccessError::Hidden)?;
        return Err(CashError::WrongStatus(now.status));
    }
    Ok(decided)
}

fn record_event(
    tx: &mut Tx<'_>,
    now: Instant,
    kind: Kind,
    handover: &Handover,
    by: AccountId,
) -> Result<(), CashError> {
    let event = Event::new(kind, handover.id)
        .by(by)
        .in_cooperative(handover.cooperative)
        .with("handover", handover.id)
        .with("expected", handover.expected)
        .with("counted", handover.counted);
    events::record(tx, now, &event)?;
    Ok(())
}
