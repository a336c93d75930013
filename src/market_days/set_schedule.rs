//! Setting when a cooperative holds its markets.

use super::cancel::cancel_planned;
use super::error::MarketError;
use super::plan_days::plan_of;
use super::schedule::Schedule;
use super::store;
use crate::calendar;
use crate::cooperatives::{self, CooperativePermit};
use crate::db::Tx;
use crate::events::{self, Event, Kind};
use crate::kernel::ids::ScheduleId;
use crate::kernel::{Instant, Zone};
use crate::web::{FieldError, FieldErrors, StaleVersion};

/// How many single days, and how many skipped ones, a schedule names at most.
pub const MOST_DATES: usize = 100;

/// Makes a schedule, and the days that it names within its reach.
pub fn add_schedule(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    schedule: Schedule,
) -> Result<Schedule, MarketError> {
    check(tx, &schedule)?;
    store::insert_schedule(tx, &schedule)?;
    tell(tx, now, permit, "market_schedule.added", &schedule)?;
    plan_of(tx, now, &schedule)?;
    Ok(schedule)
}

/// Changes a schedule on the version that the board saw. Days that it created stay as they are, except that those which
/// it no longer names and nobody can order for yet are called off; those that it names anew are created.
pub fn change_schedule(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: ScheduleId,
    version: i64,
    change: impl FnOnce(&mut Schedule),
) -> Result<Schedule, MarketError> {
    let mut schedule = own(tx, permit, id)?;
    StaleVersion::check(Some(version), schedule.version)?;
    change(&mut schedule);
    schedule.version = version.saturating_add(1);
    check(tx, &schedule)?;
    save(tx, now, permit, &schedule, version)?;
    let zone = zone_of(tx, &schedule)?;
    let today = zone.day_of(now);
    for day in store::planned_of(tx, schedule.id)? {
        let Some(said) = day.scheduled_on.filter(|said| *said >= today) else { continue };
        let holidays = calendar::holidays(tx, said, said)?;
        if schedule.days(said, said, &holidays).is_empty() {
            cancel_planned(tx, now, Some(permit.account), day)?;
        }
    }
    plan_of(tx, now, &schedule)?;
    Ok(schedule)
}

/// Lets a schedule create no more days. Those that are there stay.
pub fn end_schedule(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: ScheduleId,
    version: i64,
) -> Result<(), MarketError> {
    let mut schedule = own(tx, permit, id)?;
    StaleVersion::check(Some(version), schedule.version)?;
    schedule.active = false;
    schedule.version = version.saturating_add(1);
    save(tx, now, permit, &schedule, version)
}

fn save(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    schedule: &Schedule,
    from: i64,
) -> Result<(), MarketError> {
    if !store::update_schedule(tx, schedule, from)? {
        return Err(StaleVersion { current: schedule.version }.into());
    }
    tell(tx, now, permit, "market_schedule.changed", schedule)
}

fn own(tx: &mut Tx<'_>, permit: &CooperativePermit, id: ScheduleId) -> Result<Schedule, MarketError> {
    store::schedule(tx, id)?
        .filter(|schedule| schedule.cooperative == permit.cooperative && schedule.active)
        .ok_or(MarketError::NotFound)
}

pub(super) fn zone_of(tx: &mut Tx<'_>, schedule: &Schedule) -> Result<Zone, MarketError> {
    Ok(cooperatives::find_cooperative(tx, schedule.cooperative)?.ok_or(MarketError::NotFound)?.zone)
}

/// Everything about a schedule that does not hold together.
fn check(tx: &mut Tx<'_>, schedule: &Schedule) -> Result<(), MarketError> {
    let mut errors = FieldErrors::default();
    let (dates, skipped) = (schedule.dates(), schedule.skipped());
    errors.require(!schedule.weekdays.is_empty() || !dates.is_empty(), "/weekdays", NO_DAY);
    errors.length("/dates", dates.len(), 0..=MOST_DATES);
    errors.length("/skipped", skipped.len(), 0..=MOST_DATES);
    errors.require(schedule.ends_on.is_none_or(|end| end >= schedule.starts_on), "/ends_on", ENDS_BEFORE);
    let hours = schedule.hours(Zone::Jakarta, schedule.starts_on);
    errors.require(hours.opens_at < hours.closes_at, "/closes_at", CLOSES_BEFORE);
    let end = Zone::Jakarta.end_of(schedule.starts_on);
    errors.require(hours.extends_to.unwrap_or(hours.closes_at) <= end, "/extension_hours", TOO_LATE);
    errors.require(schedule.from < schedule.until, "/until", ENDS_BEFORE);
    if let Some(point) = schedule.pickup_point {
        let known = cooperatives::pickup_point(tx, point)?;
        let own = known.is_some_and(|point| point.active && point.cooperative_id == schedule.cooperative);
        errors.require(own, "/pickup_point", NOT_THERE);
    }
    if errors.is_empty() { Ok(()) } else { Err(MarketError::Invalid(errors)) }
}

fn tell(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    kind: Kind,
    schedule: &Schedule,
) -> Result<(), MarketError> {
    let event = Event::new(kind, schedule.id)
        .by(permit.account)
        .in_cooperative(schedule.cooperative)
        .with("active", schedule.active);
    events::record(tx, now, &event)?;
    Ok(())
}

const NO_DAY: FieldError = FieldError::Rule {
    code: "no-day",
    id: "Pilih hari dalam seminggu atau tanggal tertentu.",
    en: "Choose weekdays or single dates.",
};
pub(super) const ENDS_BEFORE: FieldError =
    FieldError::Rule { code: "ends-before", id: "Akhirnya mendahului awalnya.", en: "It ends before it begins." };
pub(super) const CLOSES_BEFORE: FieldError = FieldError::Rule {
    code: "closes-before",
    id: "Pesanan harus dibuka sebelum ditutup.",
    en: "Orders must open before they close.",
};
pub(super) const TOO_LATE: FieldError = FieldError::Rule {
    code: "closes-too-late",
    id: "Batas pesan tidak boleh lewat dari hari pasarnya.",
    en: "Orders must end by the end of the market day.",
};
pub(super) const NOT_THERE: FieldError =
    FieldError::Rule { code: "not-there", id: "Yang disebut di sini tidak ada.", en: "What this names is not there." };
