//! The calendar: national holidays, and the occasions of the Hijri year on which so much of what people buy turns.
//!
//! The official dates that are known come with the program (`bring_in_official`); an administrator adds others,
//! changes and removes them (`add`, `change`, `remove`). Where a Hijri year has no date, it is computed and marked
//! so: what is computed only fills gaps, and is gone as soon as a date is known. `occasions` tells all that falls on
//! some days, `holidays` and `is_holiday` the days off among them; `hijri_year_before`
//! which day of the Hijri year before a day is held against.

mod edit;
mod hijri;
mod occasion;
mod occasions;
mod official;
mod store;
mod year_before;

pub use edit::{Edit, EditError, MOST_ON_A_DAY, NewOccasion, add, change, remove};
pub use occasion::{Kept, Names, Occasion, OccasionKind, Origin};
pub use occasions::{holidays, is_holiday, occasions};
pub use official::bring_in_official;
pub use store::find;
pub use year_before::hijri_year_before;
