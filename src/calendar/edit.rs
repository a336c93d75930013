//! Adding, changing and removing occasions.

use std::ops::RangeInclusive;

use chrono::Datelike;

use super::hijri::find_year_near;
use super::occasion::{LocalizedName, Occasion, OccasionKind, OccasionOrigin, StoredVersion};
use super::store;
use crate::db::{self, Tx, is_unique_violation};
use crate::kernel::Day;
use crate::kernel::ids::OccasionId;

/// Stored occasions per day.
pub const MAX_PER_DAY: i64 = 5;

/// The years in which occasions can be stored.
const ALLOWED_YEARS: RangeInclusive<i32> = 2000..=2100;

/// An occasion to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOccasion {
    /// The id.
    pub id: OccasionId,
    /// The kind.
    pub kind: OccasionKind,
    /// The day, which determines the Hijri year.
    pub day: Day,
    /// The name; by default that of the kind and Hijri year.
    pub names: Option<LocalizedName>,
    /// Whether it is a day off; by default that of the kind.
    pub day_off: Option<bool>,
}

/// Changes of an occasion; `None` leaves a field unchanged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OccasionChange {
    /// The day, within the same Hijri year.
    pub day: Option<Day>,
    /// The name.
    pub names: Option<LocalizedName>,
    /// Whether it is a day off.
    pub day_off: Option<bool>,
}

/// Why the calendar could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    /// The occasion does not exist or was removed.
    #[error("there is no such occasion")]
    NotFound,
    /// The day is outside the allowed years.
    #[error("the day lies too far off")]
    OutOfRange,
    /// No occasion of this kind or Hijri year falls near that day.
    #[error("no such occasion falls near that day")]
    NotNear,
    /// An occasion of the Gregorian calendar needs a name.
    #[error("the occasion needs a name")]
    NameRequired,
    /// The occasion exists: one per kind and Hijri year, and one of each name per day.
    #[error("the occasion exists already")]
    AlreadyExists,
    /// The day has [`MAX_PER_DAY`] occasions.
    #[error("the day has enough occasions")]
    DayFull,
    /// The version is stale.
    #[error("the version is stale, the current one is {current}")]
    Stale {
        /// The current version.
        current: i64,
    },
    /// The database failed.
    #[error(transparent)]
    Db(db::Error),
}

impl From<db::Error> for CalendarError {
    fn from(error: db::Error) -> Self {
        let constraints: [&[&str]; 2] = [&["kind", "hijri_year"], &["day", "kind", "name_indonesian"]];
        if constraints.iter().any(|columns| is_unique_violation(&error, "occasions", columns)) {
            CalendarError::AlreadyExists
        } else {
            CalendarError::Db(error)
        }
    }
}

fn check_day(tx: &mut Tx<'_>, day: Day, id: OccasionId) -> Result<(), CalendarError> {
    if !ALLOWED_YEARS.contains(&day.year()) {
        Err(CalendarError::OutOfRange)
    } else if store::count_others_on(tx, day, id)? >= MAX_PER_DAY {
        Err(CalendarError::DayFull)
    } else {
        Ok(())
    }
}

/// Adds an occasion. One of the Hijri calendar replaces the computed date of its year.
pub fn add(tx: &mut Tx<'_>, new: &NewOccasion) -> Result<Occasion, CalendarError> {
    let stored = StoredVersion { id: new.id, version: 1 };
    check_day(tx, new.day, stored.id)?;
    let hijri_year = match new.kind.hijri_date() {
        Some(_) => Some(find_year_near(new.kind, new.day).ok_or(CalendarError::NotNear)?),
        None => None,
    };
    let default_name = || hijri_year.and_then(|year| new.kind.names(year));
    let occasion = Occasion {
        stored: Some(stored),
        kind: new.kind,
        day: new.day,
        hijri_year,
        names: new.names.clone().or_else(default_name).ok_or(CalendarError::NameRequired)?,
        day_off: new.day_off.unwrap_or_else(|| new.kind.is_day_off()),
        origin: OccasionOrigin::Edited,
    };
    store::insert(tx, &occasion, stored)?;
    Ok(occasion)
}

/// Changes an occasion at this version. From then on its origin is `Edited`, and new releases no longer update it.
pub fn change(tx: &mut Tx<'_>, id: OccasionId, version: i64, edit: &OccasionChange) -> Result<Occasion, CalendarError> {
    let (occasion, stored) = load_version(tx, id, version)?;
    let changed = Occasion {
        stored: Some(StoredVersion { version: stored.version.saturating_add(1), ..stored }),
        day: edit.day.unwrap_or(occasion.day),
        names: edit.names.clone().unwrap_or(occasion.names),
        day_off: edit.day_off.unwrap_or(occasion.day_off),
        origin: OccasionOrigin::Edited,
        ..occasion
    };
    if changed.day != occasion.day {
        check_day(tx, changed.day, id)?;
        if changed.hijri_year.is_some() && find_year_near(changed.kind, changed.day) != changed.hijri_year {
            return Err(CalendarError::NotNear);
        }
    }
    match changed.stored {
        Some(stored) if store::update(tx, &changed, stored)? => Ok(changed),
        _ => Err(stale_error(tx, id)?),
    }
}

/// Removes an occasion at this version. The computed date of a Hijri occasion applies again.
pub fn remove(tx: &mut Tx<'_>, id: OccasionId, version: i64) -> Result<Occasion, CalendarError> {
    let (occasion, stored) = load_version(tx, id, version)?;
    if store::remove(tx, stored)? { Ok(occasion) } else { Err(stale_error(tx, id)?) }
}

fn load_version(tx: &mut Tx<'_>, id: OccasionId, version: i64) -> Result<(Occasion, StoredVersion), CalendarError> {
    let occasion = store::find(tx, id)?.ok_or(CalendarError::NotFound)?;
    match occasion.stored {
        Some(stored) if stored.version == version => Ok((occasion, stored)),
        Some(StoredVersion { version: current, .. }) => Err(CalendarError::Stale { current }),
        None => Err(CalendarError::NotFound),
    }
}

/// The error for a concurrent change between reading and writing.
fn stale_error(tx: &mut Tx<'_>, id: OccasionId) -> Result<CalendarError, CalendarError> {
    let stored = store::find(tx, id)?.and_then(|occasion| occasion.stored);
    Ok(stored.map_or(CalendarError::NotFound, |stored| CalendarError::Stale { current: stored.version }))
}
