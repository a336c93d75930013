//! Shutting a group for a day, and opening it again. Orders that stand for the day stay; from now on nothing more can be
//! had.

use super::closed_days::ClosedDay;
use super::store;
use crate::cooperatives::GroupPermit;
use crate::db::{self, Tx};
use crate::events::{self, Event, Kind};
use crate::kernel::{Day, Duration, Instant};
use crate::web::{Code, Problem};

/// How many days ahead a day can be closed: a year.
pub const CLOSED_AHEAD: i64 = 366;

/// Why a day was neither closed nor opened.
#[derive(Debug, thiserror::Error)]
pub enum CloseDayError {
    /// The group is gone.
    #[error("there is no such group")]
    NotFound,
    /// The day is over.
    #[error("the day is over")]
    PastDay,
    /// The day is more than a year ahead.
    #[error("the day is too far ahead")]
    TooFarAhead,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<CloseDayError> for Problem {
    fn from(error: CloseDayError) -> Self {
        match error {
            CloseDayError::NotFound => Problem::not_found(),
            CloseDayError::PastDay => Problem::new(Code::DayPast),
            CloseDayError::TooFarAhead => Problem::new(Code::ClosedDayTooFar).with("limit", CLOSED_AHEAD),
            CloseDayError::Db(error) => error.into(),
        }
    }
}

/// Shuts the officer's group on a day, or says another reason why it is shut. Tells whether it was open.
pub fn close_day(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    closing: &ClosedDay,
) -> Result<bool, CloseDayError> {
    check_day(tx, now, permit, closing.day)?;
    let known = store::closed_day(tx, permit.group, closing.day)?;
    if known.as_ref() == Some(closing) {
        return Ok(false);
    }
    store::keep_closed_day(tx, permit, closing)?;
    tell(tx, now, permit, "group.closed_day", closing.day)?;
    Ok(known.is_none())
}

/// Opens the officer's group on a day again. One that is open stays open.
pub fn open_day(tx: &mut Tx<'_>, now: Instant, permit: &GroupPermit, day: Day) -> Result<(), CloseDayError> {
    check_day(tx, now, permit, day)?;
    if store::remove_closed_day(tx, permit, day)? {
        tell(tx, now, permit, "group.opened_day", day)?;
    }
    Ok(())
}

fn check_day(tx: &mut Tx<'_>, now: Instant, permit: &GroupPermit, day: Day) -> Result<(), CloseDayError> {
    let zone = store::zone_of(tx, permit.group)?.ok_or(CloseDayError::NotFound)?;
    let ahead = day.signed_duration_since(zone.day_of(now));
    if ahead < Duration::zero() {
        Err(CloseDayError::PastDay)
    } else if ahead > Duration::days(CLOSED_AHEAD) {
        Err(CloseDayError::TooFarAhead)
    } else {
        Ok(())
    }
}

fn tell(tx: &mut Tx<'_>, now: Instant, permit: &GroupPermit, kind: Kind, day: Day) -> db::Result<()> {
    let event = Event::new(kind, permit.group)
        .by(permit.account)
        .in_cooperative(permit.cooperative)
        .of_group(permit.group)
        .with("day", day);
    events::record(tx, now, &event).map(drop)
}
