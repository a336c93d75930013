//! Administrators' changes of the calendar, with an event for each. The calendar itself is a lower slice.

use super::events::{self, CooperativeEvent, OccasionPayload};
use super::extract::Admin;
use crate::calendar::{self, CalendarError, MAX_PER_DAY, NewOccasion, Occasion, OccasionChange};
use crate::db::{self, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::OccasionId;
use crate::web::{Code, FieldError, Problem, Rule, StaleVersion};

impl From<CalendarError> for Problem {
    fn from(error: CalendarError) -> Self {
        match error {
            CalendarError::NotFound => Problem::not_found(),
            CalendarError::OutOfRange => Problem::invalid_field("/day", Rule::DayOutOfReach),
            CalendarError::NotNear => Problem::invalid_field("/day", Rule::NoSuchDay),
            CalendarError::NameRequired => Problem::invalid_field("/names", FieldError::Required),
            CalendarError::AlreadyExists => Problem::new(Code::OccasionKnown),
            CalendarError::DayFull => Problem::new(Code::CalendarDayFull).with("limit", MAX_PER_DAY),
            CalendarError::Stale { current } => StaleVersion { current }.into(),
            CalendarError::Db(error) => error.into(),
        }
    }
}

/// Adds an occasion.
pub fn add_occasion(
    tx: &mut Tx<'_>,
    now: Instant,
    admin: &Admin,
    new: &NewOccasion,
) -> Result<Occasion, CalendarError> {
    let added = calendar::add(tx, new)?;
    record_event(tx, now, admin, CooperativeEvent::OccasionAdded, &added)?;
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
    record_event(tx, now, admin, CooperativeEvent::OccasionChanged, &changed)?;
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
    Ok(record_event(tx, now, admin, CooperativeEvent::OccasionRemoved, &removed)?)
}

fn record_event(
    tx: &mut Tx<'_>,
    now: Instant,
    admin: &Admin,
    kind: fn(OccasionPayload) -> CooperativeEvent,
    occasion: &Occasion,
) -> db::Result<()> {
    let Some(stored) = occasion.stored else { return Ok(()) };
    let Occasion { kind: occasion_kind, day, hijri_year, day_off, .. } = *occasion;
    let event = kind(OccasionPayload { kind: occasion_kind, day, hijri_year, day_off });
    events::record(tx, now, &event.about(stored.id).by(admin.person.account)).map(drop)
}
