//! The calendar: national holidays and occasions of the Hijri year, which shape demand.
//!
//! Official dates are bundled with the program (`import_official`); an administrator adds, changes and removes dates
//! (`add`, `change`, `remove`). An occasion without a known date in a Hijri year is computed and marked as such, until
//! a date is stored. `list_occasions` returns the occasions of a period, `list_holidays` and `is_holiday` the days off;
//! `hijri_counterparts` maps days to those of the previous Hijri year for comparison.

mod edit;
mod hijri;
mod occasion;
mod occasions;
mod official;
mod store;
mod year_before;

pub use edit::{CalendarError, MAX_PER_DAY, NewOccasion, OccasionChange, add, change, remove};
pub use occasion::{LocalizedName, Occasion, OccasionKind, OccasionOrigin, StoredVersion};
pub use occasions::{is_holiday, list_holidays, list_occasions};
pub use official::import_official;
pub use store::find;
pub use year_before::hijri_counterparts;
