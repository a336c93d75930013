//! Creates market days: in advance from schedules, and single days by the board.

use super::day::{DayStatus, MarketDay};
use super::error::MarketError;
use super::events::{self, MarketEvent};
use super::offering::MarketOffering;
use super::schedule::Schedule;
use super::store;
use crate::calendar;
use crate::catalogue::{self, ProductStatus};
use crate::cooperatives::{self, CooperativePermit};
use crate::db::{self, Db, Tx};
use crate::jobs::{self, TaskError};
use crate::kernel::ids::AccountId;
use crate::kernel::{Duration, Instant};
use crate::web::{FieldErrors, Rule};

/// Creates the missing days of every active schedule within its `days_ahead`, with the repeating offerings of groups.
/// Returns how many days were created.
pub fn plan_days(db: &Db, now: Instant) -> Result<usize, TaskError> {
    let schedules = db.read_blocking::<_, db::Error>(|conn| store::list_active_schedules(conn, None))?;
    jobs::for_each_in_tx(db, schedules, move |tx, schedule| create_schedule_days(tx, now, schedule))
}

/// Creates the missing days of one schedule. Returns how many.
pub(super) fn create_schedule_days(tx: &mut Tx<'_>, now: Instant, schedule: &Schedule) -> Result<usize, MarketError> {
    let zone = cooperatives::load_zone(tx, schedule.cooperative)?;
    let today = zone.day_of(now);
    let last = today.checked_add_signed(Duration::days(schedule.days_ahead.into())).unwrap_or(today);
    let holidays = calendar::list_holidays(tx, today, last)?;
    let mut planned = 0_usize;
    for held_on in schedule.days(today, last, &holidays) {
        let hours = schedule.hours(zone, held_on);
        if hours.closes_at <= now {
            continue;
        }
        let day = MarketDay {
            id: tx.id(now),
            cooperative: schedule.cooperative,
            schedule: Some(schedule.id),
            scheduled_on: Some(held_on),
            name: schedule.name.clone(),
            held_on,
            opens_at: hours.opens_at,
            closes_at: hours.closes_at,
            extends_to: hours.extends_to,
            from: schedule.from,
            until: schedule.until,
            pickup_point: schedule.pickup_point,
            status: DayStatus::Planned,
            reason: None,
            created_at: now,
            version: 1,
        };
        if store::insert_planned(tx, &day)? {
            record_event(tx, now, None, &day)?;
            copy_repeating_offerings(tx, now, &day)?;
            planned = planned.saturating_add(1);
        }
    }
    Ok(planned)
}

/// Copies the repeating offerings of the schedule's previous day to a new day. Products that are no longer published
/// are skipped.
fn copy_repeating_offerings(tx: &mut Tx<'_>, now: Instant, day: &MarketDay) -> Result<(), MarketError> {
    let Some(schedule) = day.schedule else { return Ok(()) };
    let Some(last) = store::find_latest_before(tx, schedule, day.held_on)? else { return Ok(()) };
    for offering in store::list_offerings(tx, last.id)?.into_iter().filter(|offering| offering.repeats) {
        let product = catalogue::find_of_any_status(tx, offering.product)?;
        if product.is_none_or(|product| product.status != ProductStatus::Published) {
            continue;
        }
        let copy = MarketOffering {
            id: tx.id(now),
            market_day: day.id,
            batch: None,
            left_out: None,
            created_at: now,
            version: 1,
            ..offering
        };
        store::insert_offering(tx, &copy)?;
    }
    Ok(())
}

/// Creates a single market day.
pub fn create_day(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    day: MarketDay,
) -> Result<MarketDay, MarketError> {
    validate(tx, now, &day)?;
    store::insert_day(tx, &day)?;
    record_event(tx, now, Some(permit.account), &day)?;
    Ok(day)
}

/// Validates a market day: its dates, times and pickup point.
pub(super) fn validate(tx: &mut Tx<'_>, now: Instant, day: &MarketDay) -> Result<(), MarketError> {
    let mut errors = FieldErrors::default();
    let zone = cooperatives::load_zone(tx, day.cooperative)?;
    let today = zone.day_of(now);
    let last = today.checked_add_signed(Duration::days(366)).unwrap_or(today);
    errors.require((today..=last).contains(&day.held_on), "/held_on", Rule::NotAheadWithinYear);
    errors.require(day.opens_at < day.closes_at, "/closes_at", Rule::ClosesBefore);
    let end = zone.end_of(day.held_on);
    errors.require(day.closes_at <= end, "/closes_at", Rule::ClosesTooLate);
    errors.require(day.closes_at > now || day.status == DayStatus::Closed, "/closes_at", Rule::NotAheadWithinYear);
    let extends = day.extends_to.is_none_or(|to| to > day.closes_at && to <= end);
    errors.require(extends, "/extends_to", Rule::ClosesTooLate);
    errors.require(day.from < day.until, "/until", Rule::EndsBefore);
    let has_point = cooperatives::can_use_pickup_point(tx, day.cooperative, day.pickup_point)?;
    errors.require(has_point, "/pickup_point", Rule::UnknownReference);
    if errors.is_empty() { Ok(()) } else { Err(MarketError::Invalid(errors)) }
}

fn record_event(tx: &mut Tx<'_>, now: Instant, by: Option<AccountId>, day: &MarketDay) -> Result<(), MarketError> {
    let MarketDay { id, cooperative, held_on, opens_at, closes_at, .. } = *day;
    let event = MarketEvent::DayPlanned { held_on, opens_at, closes_at };
    events::record(tx, now, &event.about(id).by(by).in_cooperative(cooperative))?;
    Ok(())
}
