//! An occasion: a day that has a name, and what is known of it.

use crate::kernel::ids::OccasionId;
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Language};

text_enum! {
    /// What an occasion is.
    OccasionKind {
        /// The first day of Ramadan, the month of fasting.
        Ramadan = "ramadan",
        /// The feast at the end of the fast, also Lebaran.
        Idulfitri = "idulfitri",
        /// The feast of sacrifice.
        Iduladha = "iduladha",
        /// The first day of the Hijri year, and of Suro.
        HijriNewYear = "hijri_new_year",
        /// The Prophet's birthday.
        Maulid = "maulid",
        /// Another national holiday.
        Holiday = "holiday",
        /// A day that the government adds to a holiday.
        JointLeave = "joint_leave",
    }
}

text_enum! {
    /// Where a date comes from.
    #[schema(as = OccasionOrigin)]
    Origin {
        /// Announced by the government, and known to the program.
        Official = "official",
        /// Entered by an administrator.
        Edited = "edited",
        /// Computed, since none is known: it may miss by a day or two.
        Computed = "computed",
    }
}

/// What an occasion is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// In Indonesian.
    pub indonesian: String,
    /// In English.
    pub english: String,
}

impl Names {
    /// The name in this language.
    pub fn told_in(&self, language: Language) -> &str {
        match language {
            Language::Indonesian => &self.indonesian,
            Language::English => &self.english,
        }
    }
}

/// What is written down of an occasion that is not computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Its id.
    pub id: OccasionId,
    /// Counts its changes.
    pub version: i64,
}

/// A day that has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    /// Its id and version; none when it is computed.
    pub kept: Option<Kept>,
    /// What it is.
    pub kind: OccasionKind,
    /// When it is.
    pub day: Day,
    /// Of which Hijri year, for those that follow it.
    pub hijri_year: Option<i32>,
    /// What it is called.
    pub names: Names,
    /// Whether people are off that day.
    pub day_off: bool,
    /// Where its date comes from.
    pub origin: Origin,
}

impl OccasionKind {
    /// The month and day of the Hijri year on which it falls; none for what does not follow it.
    pub fn hijri_date(self) -> Option<(u8, u8)> {
        match self {
            OccasionKind::HijriNewYear => Some((1, 1)),
            OccasionKind::Maulid => Some((3, 12)),
            OccasionKind::Ramadan => Some((9, 1)),
            OccasionKind::Idulfitri => Some((10, 1)),
            OccasionKind::Iduladha => Some((12, 10)),
            OccasionKind::Holiday | OccasionKind::JointLeave => None,
        }
    }

    /// Whether people are off that day, unless it is said otherwise: always but when fasting begins.
    pub fn is_day_off(self) -> bool {
        self != OccasionKind::Ramadan
    }

    /// What it is called in this Hijri year; what does not follow it has names of its own.
    pub fn names(self, year: i32) -> Option<Names> {
        let (indonesian, english) = match self {
            OccasionKind::Ramadan => ("Awal Ramadan", "Beginning of Ramadan"),
            OccasionKind::Idulfitri => ("Hari Raya Idulfitri", "Eid al-Fitr"),
            OccasionKind::Iduladha => ("Hari Raya Iduladha", "Eid al-Adha"),
            OccasionKind::HijriNewYear => ("Tahun Baru Islam", "Islamic New Year"),
            OccasionKind::Maulid => ("Maulid Nabi Muhammad", "The Prophet's Birthday"),
            OccasionKind::Holiday | OccasionKind::JointLeave => return None,
        };
        Some(Names { indonesian: format!("{indonesian} {year} H"), english: format!("{english} {year} AH") })
    }
}
