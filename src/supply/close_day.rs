//! Closes a group on a day, and reopens it. Existing orders for a closed day remain; no new ones are accepted.

use super::closed_days::ClosedDay;
use super::events::{self, SupplyEvent};
use super::store;
use crate::cooperatives::GroupPermit;
use crate::db::{self, Tx};
use crate::kernel::{Day, Duration, Instant};
use crate::web::verb_errors;

/// How many days ahead a day can be closed: a year.
pub const MAX_DAYS_AHEAD: i64 = 366;

verb_errors! {
    /// Why a day was not closed or reopened.
    pub enum CloseDayError {
        /// There is no such group.
        NotFound => NotFound,
        /// The day has passed.
        PastDay => DayPast,
        /// The day is more than a year ahead.
        TooFarAhead => ClosedDayTooFar ["limit" = MAX_DAYS_AHEAD],
    }
    + Db(db::Error)
}

/// Closes the officer's group on a day, or changes the reason. Returns whether the day was open before.
pub fn close_day(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    closed_day: &ClosedDay,
) -> Result<bool, CloseDayError> {
    check_day(tx, now, permit, closed_day.day)?;
    let current = store::find_closed_day(tx, permit.group, closed_day.day)?;
    if current.as_ref() == Some(closed_day) {
        return Ok(false);
    }
    store::upsert_closed_day(tx, permit, closed_day)?;
    record_event(tx, now, permit, SupplyEvent::DayClosed { day: closed_day.day })?;
    Ok(current.is_none())
}

/// Reopens the officer's group on a day. An open day stays open.
pub fn reopen_day(tx: &mut Tx<'_>, now: Instant, permit: &GroupPermit, day: Day) -> Result<(), CloseDayError> {
    check_day(tx, now, permit, day)?;
    if store::delete_closed_day(tx, permit, day)? {
        record_event(tx, now, permit, SupplyEvent::DayOpened { day })?;
    }
    Ok(())
}

fn check_day(tx: &mut Tx<'_>, now: Instant, permit: &GroupPermit, day: Day) -> Result<(), CloseDayError> {
    let zone = store::find_zone(tx, permit.group)?.ok_or(CloseDayError::NotFound)?;
    let distance = day.signed_duration_since(zone.day_of(now));
    if distance < Duration::zero() {
        Err(CloseDayError::PastDay)
    } else if distance > Duration::days(MAX_DAYS_AHEAD) {
        Err(CloseDayError::TooFarAhead)
    } else {
        Ok(())
    }
}

fn record_event(tx: &mut Tx<'_>, now: Instant, permit: &GroupPermit, event: SupplyEvent) -> db::Result<()> {
    let event = event.about(permit.group).by(permit.account).in_group(permit.cooperative, permit.group);
    events::record(tx, now, &event).map(drop)
}
