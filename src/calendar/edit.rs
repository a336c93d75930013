//! What an administrator does to the calendar: adding, changing and removing what is known.

use std::ops::RangeInclusive;

use chrono::Datelike;

use super::hijri::year_near;
use super::occasion::{Kept, Names, Occasion, OccasionKind, Origin};
use super::store;
use crate::db::{self, Tx, violated};
use crate::kernel::ids::OccasionId;
use crate::kernel::{Day, Instant};

/// How many occasions a day has at most, beside what is computed.
pub const MOST_ON_A_DAY: i64 = 5;

/// The years for which anything is written down.
const YEARS: RangeInclusive<i32> = 2000..=2100;

/// An occasion to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOccasion {
    /// Its id, when the client made it.
    pub id: Option<OccasionId>,
    /// What it is.
    pub kind: OccasionKind,
    /// When it is. The Hijri year follows from it.
    pub day: Day,
    /// What it is called; by its kind and year, when it is not said.
    pub names: Option<Names>,
    /// Whether people are off; by its kind, when it is not said.
    pub day_off: Option<bool>,
}

/// What is to be changed of an occasion.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edit {
    /// When it is, within the same Hijri year.
    pub day: Option<Day>,
    /// What it is called.
    pub names: Option<Names>,
    /// Whether people are off.
    pub day_off: Option<bool>,
}

/// Why the calendar was not changed.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// There is no such occasion, or not any more.
    #[error("there is no such occasion")]
    NotFound,
    /// The day lies in no year for which anything is written down.
    #[error("the day lies too far off")]
    OutOfReach,
    /// An occasion of this kind, or of its Hijri year, does not fall anywhere near that day.
    #[error("no such occasion falls near that day")]
    NotNear,
    /// What does not follow the Hijri year needs a name.
    #[error("the occasion needs a name")]
    Nameless,
    /// It is there already: of a kind and Hijri year there is one, and a day has a name once.
    #[error("the occasion is known already")]
    Known,
    /// The day has as many occasions as a day may have.
    #[error("the day has enough occasions")]
    DayFull,
    /// Someone else has changed it.
    #[error("the version is stale, the current one is {current}")]
    Stale {
        /// The version that is there now.
        current: i64,
    },
    /// The database failed.
    #[error(transparent)]
    Db(db::Error),
}

impl From<db::Error> for EditError {
    fn from(error: db::Error) -> Self {
        let rules: [&[&str]; 2] = [&["kind", "hijri_year"], &["day", "kind", "name_indonesian"]];
        if rules.iter().any(|columns| violated(&error, "occasions", columns)) {
            EditError::Known
        } else {
            EditError::Db(error)
        }
    }
}

fn check_room(tx: &mut Tx<'_>, day: Day, id: OccasionId) -> Result<(), EditError> {
    if !YEARS.contains(&day.year()) {
        Err(EditError::OutOfReach)
    } else if store::others_on(tx, day, id)? >= MOST_ON_A_DAY {
        Err(EditError::DayFull)
    } else {
        Ok(())
    }
}

/// Adds an occasion. A Hijri one takes the place of what is computed of its year.
pub fn add(tx: &mut Tx<'_>, now: Instant, new: &NewOccasion) -> Result<Occasion, EditError> {
    let kept = Kept { id: new.id.unwrap_or_else(|| tx.id(now)), version: 1 };
    check_room(tx, new.day, kept.id)?;
    let hijri_year = match new.kind.hijri_date() {
        Some(_) => Some(year_near(new.kind, new.day).ok_or(EditError::NotNear)?),
        None => None,
    };
    let by_kind = || hijri_year.and_then(|year| new.kind.names(year));
    let occasion = Occasion {
        kept: Some(kept),
        kind: new.kind,
        day: new.day,
        hijri_year,
        names: new.names.clone().or_else(by_kind).ok_or(EditError::Nameless)?,
        day_off: new.day_off.unwrap_or_else(|| new.kind.is_day_off()),
        origin: Origin::Edited,
    };
    store::insert(tx, &occasion, kept)?;
    Ok(occasion)
}

/// Changes an occasion on the version that the administrator saw. From then on it is theirs, and no longer brought up to
/// date with the program.
pub fn change(tx: &mut Tx<'_>, id: OccasionId, version: i64, edit: &Edit) -> Result<Occasion, EditError> {
    let (occasion, kept) = at_version(tx, id, version)?;
    let changed = Occasion {
        kept: Some(Kept { version: kept.version.saturating_add(1), ..kept }),
        day: edit.day.unwrap_or(occasion.day),
        names: edit.names.clone().unwrap_or(occasion.names),
        day_off: edit.day_off.unwrap_or(occasion.day_off),
        origin: Origin::Edited,
        ..occasion
    };
    if changed.day != occasion.day {
        check_room(tx, changed.day, id)?;
        if changed.hijri_year.is_some() && year_near(changed.kind, changed.day) != changed.hijri_year {
            return Err(EditError::NotNear);
        }
    }
    match changed.kept {
        Some(kept) if store::update(tx, &changed, kept)? => Ok(changed),
        _ => Err(overtaken(tx, id)?),
    }
}

/// Removes an occasion on the version that the administrator saw. Of a Hijri one the computed date shows again.
pub fn remove(tx: &mut Tx<'_>, id: OccasionId, version: i64) -> Result<Occasion, EditError> {
    let (occasion, kept) = at_version(tx, id, version)?;
    if store::remove(tx, kept)? { Ok(occasion) } else { Err(overtaken(tx, id)?) }
}

fn at_version(tx: &mut Tx<'_>, id: OccasionId, version: i64) -> Result<(Occasion, Kept), EditError> {
    let occasion = store::find(tx, id)?.ok_or(EditError::NotFound)?;
    match occasion.kept {
        Some(kept) if kept.version == version => Ok((occasion, kept)),
        Some(Kept { version: current, .. }) => Err(EditError::Stale { current }),
        None => Err(EditError::NotFound),
    }
}

/// What to tell whom somebody overtook between reading and writing.
fn overtaken(tx: &mut Tx<'_>, id: OccasionId) -> Result<EditError, EditError> {
    let there = store::find(tx, id)?.and_then(|occasion| occasion.kept);
    Ok(there.map_or(EditError::NotFound, |kept| EditError::Stale { current: kept.version }))
}
