//! The bundled official dates: those of the joint decrees of three ministers (SKB 3 Menteri) for 2025 to 2027, and the
//! beginning of Ramadan as the government announced it.

use uuid::Uuid;

use super::occasion::{Occasion, OccasionKind, OccasionOrigin, StoredVersion};
use super::store;
use crate::db::{Result, Tx};
use crate::kernel::Day;
use crate::kernel::ids::{Id, OccasionId};

/// An official date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Official {
    pub(super) kind: OccasionKind,
    pub(super) hijri_year: i32,
    /// Year, month and day.
    date: (i32, u32, u32),
}

const fn official(kind: OccasionKind, hijri_year: i32, year: i32, month: u32, day: u32) -> Official {
    Official { kind, hijri_year, date: (year, month, day) }
}

/// All official dates. Entries are never removed; their dates may be corrected.
pub(super) const OFFICIAL: &[Official] = {
    use OccasionKind::{HijriNewYear, Iduladha, Idulfitri, Maulid, Ramadan};
    &[
        official(Ramadan, 1446, 2025, 3, 1),
        official(Ramadan, 1447, 2026, 2, 19),
        official(Idulfitri, 1446, 2025, 3, 31),
        official(Idulfitri, 1447, 2026, 3, 21),
        official(Idulfitri, 1448, 2027, 3, 10),
        official(Iduladha, 1446, 2025, 6, 6),
        official(Iduladha, 1447, 2026, 5, 27),
        official(Iduladha, 1448, 2027, 5, 17),
        official(HijriNewYear, 1447, 2025, 6, 27),
        official(HijriNewYear, 1448, 2026, 6, 16),
        official(HijriNewYear, 1449, 2027, 6, 6),
        official(Maulid, 1447, 2025, 9, 5),
        official(Maulid, 1448, 2026, 8, 25),
        official(Maulid, 1449, 2027, 8, 15),
    ]
};

/// The ids of official dates are fixed, so that an import recognizes them. They have the timestamp of 1 January 2025,
/// followed by kind and Hijri year.
const FIRST_ID: u128 = 0x0194_1f29_7c00_7000_8000_0000_0000_0000;

impl Official {
    fn id(self) -> OccasionId {
        let kind: u128 = match self.kind {
            OccasionKind::Ramadan => 1,
            OccasionKind::Idulfitri => 2,
            OccasionKind::Iduladha => 3,
            OccasionKind::HijriNewYear => 4,
            OccasionKind::Maulid => 5,
            OccasionKind::Holiday => 6,
            OccasionKind::JointLeave => 7,
        };
        let year = u128::from(self.hijri_year.unsigned_abs());
        OccasionId::from_uuid(Uuid::from_u128(FIRST_ID | (kind << 32) | year))
    }

    pub(super) fn day(self) -> Option<Day> {
        let (year, month, day) = self.date;
        Day::from_ymd_opt(year, month, day)
    }

    fn occasion(self) -> Option<Occasion> {
        Some(Occasion {
            stored: Some(StoredVersion { id: self.id(), version: 1 }),
            kind: self.kind,
            day: self.day()?,
            hijri_year: Some(self.hijri_year),
            names: self.kind.names(self.hijri_year)?,
            day_off: self.kind.is_day_off(),
            origin: OccasionOrigin::Official,
        })
    }
}

/// Imports and updates the official dates and returns the number of new ones. Dates that an administrator has changed,
/// removed or entered for the same year are left alone.
pub fn import_official(tx: &mut Tx<'_>) -> Result<usize> {
    let mut inserted = 0_usize;
    for occasion in OFFICIAL.iter().filter_map(|official| official.occasion()) {
        if store::upsert_official(tx, &occasion)? {
            inserted = inserted.saturating_add(1);
        }
    }
    Ok(inserted)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::calendar::hijri::find_year_near;

    #[test]
    fn every_official_date_is_in_its_hijri_year_and_has_a_unique_id() {
        for official in OFFICIAL {
            let occasion = official.occasion().unwrap();
            assert_eq!(find_year_near(official.kind, occasion.day), Some(official.hijri_year), "{official:?}");
        }
        let ids: BTreeSet<OccasionId> = OFFICIAL.iter().map(|official| official.id()).collect();
        assert_eq!(ids.len(), OFFICIAL.len());
        assert!(ids.iter().all(|id| id.uuid().get_version_num() == 7));
    }
}
