//! Administrative areas of Indonesia by their Kemendagri codes: `PP.KK.CC.DDDD`, province to village.

use diesel::prelude::*;

use crate::db::schema::places;
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Zone, normalize_for_search};

text_enum! {
    /// The level of an administrative area.
    AdminLevel {
        /// Provinsi.
        Province = "province",
        /// Kabupaten or kota.
        Regency = "regency",
        /// Kecamatan.
        District = "district",
        /// Desa or kelurahan.
        Village = "village",
    }
}

/// An administrative area.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = places)]
pub struct AdminArea {
    /// Its Kemendagri code.
    pub code: String,
    /// Its level.
    pub kind: AdminLevel,
    /// Its name; names of regencies begin with `Kabupaten` or `Kota`.
    pub name: String,
    /// The code of the area that contains it; `None` for provinces.
    pub parent_code: Option<String>,
    /// Its postal code; villages only.
    pub postal_code: Option<String>,
}

impl AdminLevel {
    /// The level of a code by its format; `None` when it is malformed.
    pub fn from_code(code: &str) -> Option<Self> {
        let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
        let mut parts = code.split('.');
        let shape = [parts.next(), parts.next(), parts.next(), parts.next()];
        if parts.next().is_some() {
            return None;
        }
        let is_valid = shape.iter().zip([2, 2, 2, 4]).all(|(part, count)| part.is_none_or(|part| digits(part, count)));
        is_valid.then_some(match shape {
            [_, None, ..] => AdminLevel::Province,
            [_, _, None, _] => AdminLevel::Regency,
            [_, _, _, None] => AdminLevel::District,
            _ => AdminLevel::Village,
        })
    }
}

/// The code of the area that contains this one.
pub fn parent_code(code: &str) -> Option<&str> {
    code.rsplit_once('.').map(|(parent, _)| parent)
}

/// The codes from the province down to this area itself.
pub fn code_path(code: &str) -> Vec<&str> {
    let mut codes: Vec<&str> = code.match_indices('.').filter_map(|(at, _)| code.get(..at)).collect();
    codes.push(code);
    codes
}

/// The time zone of an area, by its province.
pub fn zone_for_code(code: &str) -> Zone {
    match code.get(..2).and_then(|province| province.parse::<u8>().ok()) {
        Some(51..=53 | 63..=65 | 71..=76) => Zone::Makassar,
        Some(81..=97) => Zone::Jayapura,
        _ => Zone::Jakarta,
    }
}

/// The text by which a name is searched: folded, and without the prefix of its level (`Kabupaten`, `Desa`…).
pub fn search_text(name: &str) -> String {
    let folded = normalize_for_search(name);
    for prefix in ["kabupaten ", "kab ", "kota ", "kecamatan ", "kec ", "desa ", "kelurahan ", "provinsi "] {
        if let Some(rest) = folded.strip_prefix(prefix).filter(|rest| !rest.is_empty()) {
            return rest.to_owned();
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_tells_the_level_and_the_parents_of_its_area() {
        assert_eq!(AdminLevel::from_code("33"), Some(AdminLevel::Province));
        assert_eq!(AdminLevel::from_code("33.02"), Some(AdminLevel::Regency));
        assert_eq!(AdminLevel::from_code("33.02.15"), Some(AdminLevel::District));
        assert_eq!(AdminLevel::from_code("33.02.15.2003"), Some(AdminLevel::Village));
        for wrong in ["", "3", "33.", "33.2", "33.02.15.203", "33.02.15.2003.1", "33..15", "aa", "33 02"] {
            assert_eq!(AdminLevel::from_code(wrong), None, "{wrong}");
        }
        assert_eq!(code_path("33.02.15.2003"), ["33", "33.02", "33.02.15", "33.02.15.2003"]);
        assert_eq!(parent_code("33.02"), Some("33"));
        assert_eq!(parent_code("33"), None);
    }

    #[test]
    fn an_area_has_the_time_zone_of_its_province() {
        assert_eq!(zone_for_code("33.02.15.2003"), Zone::Jakarta);
        assert_eq!(zone_for_code("51.03"), Zone::Makassar);
        assert_eq!(zone_for_code("61"), Zone::Jakarta);
        assert_eq!(zone_for_code("94"), Zone::Jayapura);
    }

    #[test]
    fn the_prefix_of_the_level_does_not_matter_when_searching() {
        assert_eq!(search_text("Kabupaten Banyumas"), "banyumas");
        assert_eq!(search_text("KOTA Semarang"), "semarang");
        assert_eq!(search_text("Kota "), "kota");
    }
}
