//! What the administrator does to the calendar, which is everybody's: each change is on the record.

use super::access::Admin;
use crate::calendar::{self, Edit, EditError, MOST_ON_A_DAY, NewOccasion, Occasion};
use crate::db::{self, Tx};
use crate::events::{self, Event, Kind};
use crate::kernel::Instant;
use crate::kernel::ids::OccasionId;
use crate::web::{Code, FieldError, FieldErrors, Problem, StaleVersion};

impl From<EditError> for Problem {
    fn from(error: EditError) -> Self {
        let body = |pointer: &str, fault| Problem::new(Code::BodyInvalid).with_faults(FieldErrors::one(pointer, fault));
        match error {
            EditError::NotFound => Problem::not_found(),
            EditError::OutOfReach => body("/day", OUT_OF_REACH),
            EditError::NotNear => body("/day", NOT_NEAR),
            EditError::Nameless => body("/names", FieldError::Required),
            EditError::Known => Problem::new(Code::OccasionKnown),
            EditError::DayFull => Problem::new(Code::CalendarDayFull).with("limit", MOST_ON_A_DAY),
            EditError::Stale { current } => StaleVersion { current }.into(),
            EditError::Db(error) => error.into(),
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
pub fn add_occasion(tx: &mut Tx<'_>, now: Instant, admin: &Admin, new: &NewOccasion) -> Result<Occasion, EditError> {
    let added = calendar::add(tx, now, new)?;
    tell(tx, now, admin, "calendar.added", &added)?;
    Ok(added)
}

/// Changes an occasion on the version that the administrator saw.
pub fn change_occasion(
    tx: &mut Tx<'_>,
    now: Instant,
    admin: &Admin,
    id: OccasionId,
    version: i64,
    edit: &Edit,
) -> Result<Occasion, EditError> {
    let changed = calendar::change(tx, id, version, edit)?;
    tell(tx, now, admin, "calendar.changed", &changed)?;
    Ok(changed)
}

/// Removes an occasion on the version that the administrator saw.
pub fn remove_occasion(
    tx: &mut Tx<'_>,
    now: Instant,
    admin: &Admin,
    id: OccasionId,
    version: i64,
) -> Result<(), EditError> {
    let removed = calendar::remove(tx, id, version)?;
    Ok(tell(tx, now, admin, "calendar.removed", &removed)?)
}

fn tell(tx: &mut Tx<'_>, now: Instant, admin: &Admin, kind: Kind, occasion: &Occasion) -> db::Result<()> {
    let Some(kept) = occasion.kept else { return Ok(()) };
    let event = Event::new(kind, kept.id)
        .by(admin.person.account)
        .with("kind", occasion.kind)
        .with("day", occasion.day)
        .with("hijri_year", occasion.hijri_year)
        .with("day_off", occasion.day_off);
    events::record(tx, now, &event).map(drop)
}
