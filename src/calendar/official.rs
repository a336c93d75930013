//! The official dates that come with the program: those that the joint decrees of three ministers (SKB 3 Menteri) name
//! for 2025 to 2027, and the beginning of the fast as the government announced it.

use uuid::Uuid;

use super::occasion::{Kept, Occasion, OccasionKind, Origin};
use super::store;
use crate::db::{Result, Tx};
use crate::kernel::Day;
use crate::kernel::ids::{Id, OccasionId};

/// An official date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Official {
    /// Of what.
    pub(super) kind: OccasionKind,
    /// In which Hijri year.
    pub(super) hijri_year: i32,
    /// Year, month and day.
    date: (i32, u32, u32),
}

const fn known(kind: OccasionKind, hijri_year: i32, year: i32, month: u32, day: u32) -> Official {
    Official { kind, hijri_year, date: (year, month, day) }
}

/// Every official date that is known. A line that is here once stays here, with its date as it is known best.
pub(super) const OFFICIAL: &[Official] = {
    use OccasionKind::{HijriNewYear, Iduladha, Idulfitri, Maulid, Ramadan};
    &[
        known(Ramadan, 1446, 2025, 3, 1),
        known(Ramadan, 1447, 2026, 2, 19),
        known(Idulfitri, 1446, 2025, 3, 31),
        known(Idulfitri, 1447, 2026, 3, 21),
        known(Idulfitri, 1448, 2027, 3, 10),
        known(Iduladha, 1446, 2025, 6, 6),
        known(Iduladha, 1447, 2026, 5, 27),
        known(Iduladha, 1448, 2027, 5, 17),
        known(HijriNewYear, 1447, 2025, 6, 27),
        known(HijriNewYear, 1448, 2026, 6, 16),
        known(HijriNewYear, 1449, 2027, 6, 6),
        known(Maulid, 1447, 2025, 9, 5),
        known(Maulid, 1448, 2026, 8, 25),
        known(Maulid, 1449, 2027, 8, 15),
    ]
};

/// The ids of official dates are the same everywhere, so that each is known again whatever became of it. They begin as
/// those of 1 January 2025 do; then come what it is and its year.
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

    /// The date.
    pub(super) fn day(self) -> Option<Day> {
        let (year, month, day) = self.date;
        Day::from_ymd_opt(year, month, day)
    }

    fn occasion(self) -> Option<Occasion> {
        Some(Occasion {
            kept: Some(Kept { id: self.id(), version: 1 }),
            kind: self.kind,
            day: self.day()?,
            hijri_year: Some(self.hijri_year),
            names: self.kind.names(self.hijri_year)?,
            day_off: self.kind.is_day_off(),
            origin: Origin::Official,
        })
    }
}

/// Makes sure that the official dates are there, as they are known best; tells how many were not. What an administrator
/// has changed or removed, and what they have entered for the same year, stays as they want it.
pub fn bring_in_official(tx: &mut Tx<'_>) -> Result<usize> {
    let mut new = 0_usize;
    for occasion in OFFICIAL.iter().filter_map(|known| known.occasion()) {
        if store::keep_official(tx, &occasion)? {
            new = new.saturating_add(1);
        }
    }
    Ok(new)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::calendar::hijri::year_near;

    #[test]
    fn every_official_date_is_a_date_of_its_hijri_year_and_has_an_id_of_its_own() {
        for known in OFFICIAL {
            let occasion = known.occasion().unwrap();
            assert_eq!(year_near(known.kind, occasion.day), Some(known.hijri_year), "{known:?}");
        }
        let ids: BTreeSet<OccasionId> = OFFICIAL.iter().map(|known| known.id()).collect();
        assert_eq!(ids.len(), OFFICIAL.len());
        assert!(ids.iter().all(|id| id.uuid().get_version_num() == 7));
    }
}
