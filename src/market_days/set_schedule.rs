//! Creates, updates and ends the schedules of markets.

use super::cancel::mark_cancelled;
use super::error::MarketError;
use super::events::{self, MarketEvent};
use super::plan_days::create_schedule_days;
use super::schedule::Schedule;
use super::store;
use crate::calendar;
use crate::cooperatives::{self, CooperativePermit};
use crate::db::Tx;
use crate::kernel::ids::ScheduleId;
use crate::kernel::{Instant, Zone};
use crate::web::{FieldErrors, Rule, StaleVersion};

/// Maximum number of `dates`, and of `skipped` days, of a schedule.
pub const MAX_DATES: usize = 100;

/// Creates a schedule and its days within `days_ahead`.
pub fn create_schedule(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    schedule: Schedule,
) -> Result<Schedule, MarketError> {
    validate(tx, &schedule)?;
    store::insert_schedule(tx, &schedule)?;
    record_event(tx, now, permit, MarketEvent::ScheduleAdded { active: schedule.active }, &schedule)?;
    create_schedule_days(tx, now, &schedule)?;
    Ok(schedule)
}

/// Updates a schedule at the given version. Planned days that it no longer includes are cancelled, days that it newly
/// includes are created, all others stay as they are.
pub fn update_schedule(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: ScheduleId,
    version: i64,
    change: impl FnOnce(&mut Schedule),
) -> Result<Schedule, MarketError> {
    let mut schedule = find_own(tx, permit, id)?;
    StaleVersion::check(Some(version), schedule.version)?;
    change(&mut schedule);
    schedule.version = version.saturating_add(1);
    validate(tx, &schedule)?;
    save(tx, now, permit, &schedule, version)?;
    let today = cooperatives::load_zone(tx, schedule.cooperative)?.day_of(now);
    for day in store::list_planned_days(tx, schedule.id)? {
        let Some(date) = day.scheduled_on.filter(|date| *date >= today) else { continue };
        let holidays = calendar::list_holidays(tx, date, date)?;
        if schedule.days(date, date, &holidays).is_empty() {
            mark_cancelled(tx, now, Some(permit.account), day, None)?;
        }
    }
    create_schedule_days(tx, now, &schedule)?;
    Ok(schedule)
}

/// Ends a schedule: it creates no more days. Existing days stay.
pub fn end_schedule(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: ScheduleId,
    version: i64,
) -> Result<(), MarketError> {
    let mut schedule = find_own(tx, permit, id)?;
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
    version: i64,
) -> Result<(), MarketError> {
    if !store::update_schedule(tx, schedule, version)? {
        return Err(StaleVersion { current: schedule.version }.into());
    }
    record_event(tx, now, permit, MarketEvent::ScheduleChanged { active: schedule.active }, schedule)
}

fn find_own(tx: &mut Tx<'_>, permit: &CooperativePermit, id: ScheduleId) -> Result<Schedule, MarketError> {
    store::find_schedule(tx, id)?
        .filter(|schedule| schedule.cooperative == permit.cooperative && schedule.active)
        .ok_or(MarketError::NotFound)
}

/// Validates a schedule: its days, times and pickup point.
fn validate(tx: &mut Tx<'_>, schedule: &Schedule) -> Result<(), MarketError> {
    let mut errors = FieldErrors::default();
    let (dates, skipped) = (schedule.dates(), schedule.skipped());
    errors.require(!schedule.weekdays.is_empty() || !dates.is_empty(), "/weekdays", Rule::NoDay);
    errors.check_length("/dates", dates.len(), 0..=MAX_DATES);
    errors.check_length("/skipped", skipped.len(), 0..=MAX_DATES);
    errors.require(schedule.ends_on.is_none_or(|end| end >= schedule.starts_on), "/ends_on", Rule::EndsBefore);
    let hours = schedule.hours(Zone::Jakarta, schedule.starts_on);
    errors.require(hours.opens_at < hours.closes_at, "/closes_at", Rule::ClosesBefore);
    let end = Zone::Jakarta.end_of(schedule.starts_on);
    errors.require(hours.extends_to.unwrap_or(hours.closes_at) <= end, "/extension_hours", Rule::ClosesTooLate);
    errors.require(schedule.from < schedule.until, "/until", Rule::EndsBefore);
    let has_point = cooperatives::can_use_pickup_point(tx, schedule.cooperative, schedule.pickup_point)?;
    errors.require(has_point, "/pickup_point", Rule::UnknownReference);
    if errors.is_empty() { Ok(()) } else { Err(MarketError::Invalid(errors)) }
}

fn record_event(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    event: MarketEvent,
    schedule: &Schedule,
) -> Result<(), MarketError> {
    events::record(tx, now, &event.about(schedule.id).by(permit.account).in_cooperative(schedule.cooperative))?;
    Ok(())
}
