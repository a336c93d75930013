//! The treasurer receives cash, or it does not come about.

use super::error::CashError;
use super::handover::{Handover, HandoverStatus};
use super::store;
use crate::cooperatives::{AccessError, CooperativePermit};
use crate::db::Tx;
use crate::events::{self, Event, Kind};
use crate::kernel::ids::{AccountId, HandoverId};
use crate::kernel::{Instant, Rupiah};
use crate::ledger::rules::{self, Counted};
use crate::ledger::{self, Booking};
use crate::payments;
use crate::web::StaleVersion;

/// The treasurer has counted the cash and keeps it from now on; what is missing is posted as a difference.
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
    let on = ledger::zone_of(tx, before.cooperative)?.day_of(now);
    let cash = Counted { expected: before.expected, counted };
    let draft = rules::hand_in(before.holder, cash)?.from_source(id);
    ledger::post(tx, now, &Booking { cooperative: before.cooperative, on, by: Some(permit.account) }, &draft)?;
    tell(tx, now, "handover.received", &received, permit.account)?;
    Ok(received)
}

/// The cash stays with its holder: the treasurer has not got it, or the holder takes back what they declared.
pub fn refuse(
    tx: &mut Tx<'_>,
    now: Instant,
    by: AccountId,
    id: HandoverId,
    expected_version: Option<i64>,
) -> Result<Handover, CashError> {
    let before = store::handover(tx, id)?.ok_or(AccessError::Hidden)?;
    check(&before, expected_version)?;
    let refused = decide(tx, now, &before, HandoverStatus::Refused, None, by)?;
    payments::release_handover(tx, id)?;
    tell(tx, now, "handover.refused", &refused, by)?;
    Ok(refused)
}

fn open(
    tx: &mut Tx<'_>,
    permit: &CooperativePermit,
    id: HandoverId,
    expected: Option<i64>,
) -> Result<Handover, CashError> {
    let before = store::handover(tx, id)?.filter(|it| it.cooperative == permit.cooperative);
    let before = before.ok_or(AccessError::Hidden)?;
    check(&before, expected)?;
    Ok(before)
}

fn check(before: &Handover, expected: Option<i64>) -> Result<(), CashError> {
    StaleVersion::check(expected, before.version)?;
    if before.status == HandoverStatus::Declared { Ok(()) } else { Err(CashError::NotPossible(before.status)) }
}

/// Of two who decide at once, one does.
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
    if !store::decide(tx, &decided, before.version)? {
        let now = store::handover(tx, before.id)?.ok_or(AccessError::Hidden)?;
        return Err(CashError::NotPossible(now.status));
    }
    Ok(decided)
}

fn tell(tx: &mut Tx<'_>, now: Instant, kind: Kind, it: &Handover, by: AccountId) -> Result<(), CashError> {
    let event = Event::new(kind, it.id)
        .by(by)
        .in_cooperative(it.cooperative)
        .with("handover", it.id)
        .with("expected", it.expected)
        .with("counted", it.counted);
    events::record(tx, now, &event)?;
    Ok(())
}
