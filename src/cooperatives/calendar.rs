//! Administrators' changes of the calendar, with an event for each. The calendar itself is a lower slice.

use super::extract::Admin;
use crate::calendar::{self, CalendarError, MAX_PER_DAY, NewOccasion, Occasion, OccasionChange};
use crate::db::{self, Tx};
use crate::events::{self, Event, Kind};
use crate::kernel::Instant;
use crate::kernel::ids::OccasionId;
use crate::web::{Code, FieldError, FieldErrors, Problem, StaleVersion};

impl From<CalendarError> for Problem {
    fn from(error: CalendarError) -> Self {
        let body = |pointer: &str, field_error| {
            Problem::new(Code::BodyInvalid).with_field_errors(FieldErrors::single(pointer, field_error))
        };
        match error {
            CalendarError::NotFound => Problem::not_found(),
            CalendarError::OutOfRange => body("/day", OUT_OF_REACH),
            CalendarError::NotNear => body("/day", NOT_NEAR),
            CalendarError::NameRequired => body("/names", FieldError::Required),
            CalendarError::AlreadyExists => Problem::new(Code::OccasionKnown),
            CalendarError::DayFull => Problem::new(Code::CalendarDayFull).with("limit", MAX_PER_DAY),
            CalendarError::Stale { current } => StaleVersion { current }.into(),
            CalendarError::Db(error) => error.into(),
        }
    }
}

const OUT_OF_REACH: FieldError = FieldError::Rule {
    code: "day-out-of-reach",
    id: "Tanggalnya harus antara tahun 2000 dan 2100.",
    en: "The day must lie between the years 2000 and 2100.",
};
const NOT_NEAR: FieldError = FieldError::Rule {
    code: "no-such-day",
    id: "Menurut kalender Hijriah, peringatan ini tidak jatuh di sekitar tanggal itu.",
    en: "By the Hijri calendar this occasion does not fall near that day.",
};

/// Adds an occasion.
pub fn add_occasion(
    tx: &mut Tx<'_>,
    now: Instant,
    admin: &Admin,
    new: &NewOccasion,
) -> Result<Occasion, CalendarError> {
    let added = calendar::add(tx, now, new)?;
    record_event(tx, now, admin, "calendar.added", &added)?;
    Ok(added)
}

/// Updates an occasion of this version.
pub fn update_occasion(
    tx: &mut Tx<'_>,
    now: Instant,
    admin: &Admin,
    id: OccasionId,
    version: i64,
    edit: &OccasionChange,
) -> Result<Occasion, CalendarError> {
    let changed = calendar::change(tx, id, version, edit)?;
    record_event(tx, now, admin, "calendar.changed", &changed)?;
    Ok(changed)
}

/// Removes an occasion of this version.
pub fn remove_occasion(
    tx: &mut Tx<'_>,
    now: Instant,
    admin: &Admin,
    id: OccasionId,
    version: i64,
) -> Result<(), CalendarError> {
    let removed = calendar::remove(tx, id, version)?;
    Ok(record_event(tx, now, admin, "calendar.removed", &removed)?)
}

fn record_event(tx: &mut Tx<'_>, now: Instant, admin: &Admin, kind: Kind, occasion: &Occasion) -> db::Result<()> {
    let Some(stored) = occasion.stored else { return Ok(()) };
    let event = Event::new(kind, stored.id)
        .by(admin.person.account)
        .with("kind", occasion.kind)
        .with("day", occasion.day)
        .with("hijri_year", occasion.hijri_year)
        .with("day_off", occasion.day_off);
    events::record(tx, now, &event).map(drop)
}
