//! Occasions: named days of the calendar.

use crate::kernel::ids::OccasionId;
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Language};

text_enum! {
    /// The kind of an occasion.
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
        /// Any other national holiday.
        Holiday = "holiday",
        /// A day off that the government adds to a holiday.
        JointLeave = "joint_leave",
    }
}

text_enum! {
    /// The source of an occasion's date.
    OccasionOrigin {
        /// Announced by the government and bundled with the program.
        Official = "official",
        /// Entered by an administrator.
        Edited = "edited",
        /// Computed, because no date is known; it may be off by a day or two.
        Computed = "computed",
    }
}

/// A name in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalizedName {
    /// In Indonesian.
    pub indonesian: String,
    /// In English.
    pub english: String,
}

impl LocalizedName {
    /// The name in this language.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Indonesian => &self.indonesian,
            Language::English => &self.english,
        }
    }
}

/// The id and version of a stored occasion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredVersion {
    /// The id.
    pub id: OccasionId,
    /// The version, increased by each change.
    pub version: i64,
}

/// A named day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    /// Id and version; `None` when it is computed.
    pub stored: Option<StoredVersion>,
    /// The kind.
    pub kind: OccasionKind,
    /// The day.
    pub day: Day,
    /// The Hijri year, for occasions of the Hijri calendar.
    pub hijri_year: Option<i32>,
    /// The name.
    pub names: LocalizedName,
    /// Whether it is a day off.
    pub day_off: bool,
    /// The source of the date.
    pub origin: OccasionOrigin,
}

impl OccasionKind {
    /// The Hijri month and day; `None` for occasions of the Gregorian calendar.
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

    /// Whether it is a day off by default: all but the beginning of Ramadan.
    pub fn is_day_off(self) -> bool {
        self != OccasionKind::Ramadan
    }

    /// The name in this Hijri year; `None` for occasions of the Gregorian calendar, which have names of their own.
    pub fn names(self, year: i32) -> Option<LocalizedName> {
        let (indonesian, english) = match self {
            OccasionKind::Ramadan => ("Awal Ramadan", "Beginning of Ramadan"),
            OccasionKind::Idulfitri => ("Hari Raya Idulfitri", "Eid al-Fitr"),
            OccasionKind::Iduladha => ("Hari Raya Iduladha", "Eid al-Adha"),
            OccasionKind::HijriNewYear => ("Tahun Baru Islam", "Islamic New Year"),
            OccasionKind::Maulid => ("Maulid Nabi Muhammad", "The Prophet's Birthday"),
            OccasionKind::Holiday | OccasionKind::JointLeave => return None,
        };
        Some(LocalizedName { indonesian: format!("{indonesian} {year} H"), english: format!("{english} {year} AH") })
    }
}
