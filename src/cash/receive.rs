//! Receiving and refusing hand-overs.

use super::error::CashError;
use super::events::{self, CashEvent, DecidedHandover};
use super::handover::{Handover, HandoverStatus};
use super::store;
use crate::cooperatives::{AccessError, CooperativePermit};
use crate::db::Tx;
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
    let before = find_open_handover(tx, permit, id, expected_version)?;
    let received = update_status(tx, now, &before, HandoverStatus::Received, Some(counted), permit.account)?;
    payments::receive_handover(tx, id)?;
    let on = ledger::load_zone(tx, before.cooperative)?.day_of(now);
    let cash = CountedCash { expected: before.expected, counted };
    let draft = rules::draft_cash_handover(before.holder, cash)?.from_source(id);
    ledger::post(tx, now, &Booking { cooperative: before.cooperative, on, by: Some(permit.account) }, &draft)?;
    record_event(tx, now, CashEvent::Received, &received, permit.account)?;
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
    require_open(&before, expected_version)?;
    let refused = update_status(tx, now, &before, HandoverStatus::Refused, None, by)?;
    payments::release_handover(tx, id)?;
    record_event(tx, now, CashEvent::Refused, &refused, by)?;
    Ok(refused)
}

/// The hand-over with this id, which must be declared to the permitted cooperative and not be received or refused yet.
fn find_open_handover(
    tx: &mut Tx<'_>,
    permit: &CooperativePermit,
    id: HandoverId,
    expected: Option<i64>,
) -> Result<Handover, CashError> {
    let before = store::find_handover(tx, id)?.filter(|handover| handover.cooperative == permit.cooperative);
    let before = before.ok_or(AccessError::Hidden)?;
    require_open(&before, expected)?;
    Ok(before)
}

fn require_open(before: &Handover, expected: Option<i64>) -> Result<(), CashError> {
    StaleVersion::check(expected, before.version)?;
    if before.status == HandoverStatus::Declared { Ok(()) } else { Err(CashError::WrongStatus(before.status)) }
}

/// Writes the new status; of two concurrent changes one fails.
fn update_status(
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
    kind: fn(DecidedHandover) -> CashEvent,
    handover: &Handover,
    by: AccountId,
) -> Result<(), CashError> {
    let Handover { id, cooperative, expected, counted, .. } = *handover;
    let event = kind(DecidedHandover { handover: id, expected, counted });
    events::record(tx, now, &event.about(id).by(by).in_cooperative(cooperative))?;
    Ok(())
}
