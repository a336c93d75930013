//! Places of Indonesia by their Kemendagri codes: `PP.KK.CC.DDDD`, province to village.

use diesel::prelude::*;

use crate::db::schema::places;
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Zone, fold};

text_enum! {
    /// How large a place is.
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

/// One place.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = places)]
pub struct AdminArea {
    /// Its Kemendagri code.
    pub code: String,
    /// How large it is.
    pub kind: AdminLevel,
    /// Its name; regencies bear `Kabupaten` or `Kota` before it.
    pub name: String,
    /// The place it lies in.
    pub parent_code: Option<String>,
    /// Its postal code; villages only.
    pub postal_code: Option<String>,
}

impl AdminLevel {
    /// What a code of this shape means; none when it is no code.
    pub fn of(code: &str) -> Option<Self> {
        let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
        let mut parts = code.split('.');
        let shape = [parts.next(), parts.next(), parts.next(), parts.next()];
        if parts.next().is_some() {
            return None;
        }
        let sound = shape.iter().zip([2, 2, 2, 4]).all(|(part, count)| part.is_none_or(|part| digits(part, count)));
        sound.then_some(match shape {
            [_, None, ..] => AdminLevel::Province,
            [_, _, None, _] => AdminLevel::Regency,
            [_, _, _, None] => AdminLevel::District,
            _ => AdminLevel::Village,
        })
    }
}

/// The code of the place that this one lies in.
pub fn parent_of(code: &str) -> Option<&str> {
    code.rsplit_once('.').map(|(parent, _)| parent)
}

/// The codes of all places that this one lies in, the largest first, and its own.
pub fn chain_of(code: &str) -> Vec<&str> {
    let mut chain: Vec<&str> = code.match_indices('.').filter_map(|(at, _)| code.get(..at)).collect();
    chain.push(code);
    chain
}

/// The zone in which a place lies, by its province.
pub fn zone_of(code: &str) -> Zone {
    match code.get(..2).and_then(|province| province.parse::<u8>().ok()) {
        Some(51..=53 | 63..=65 | 71..=76) => Zone::Makassar,
        Some(81..=97) => Zone::Jayapura,
        _ => Zone::Jakarta,
    }
}

/// The text by which a name is found: folded, and without the word for its kind before it.
pub fn search_text(name: &str) -> String {
    let folded = fold(name);
    for word in ["kabupaten ", "kab ", "kota ", "kecamatan ", "kec ", "desa ", "kelurahan ", "provinsi "] {
        if let Some(rest) = folded.strip_prefix(word).filter(|rest| !rest.is_empty()) {
            return rest.to_owned();
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_says_how_large_its_place_is_and_where_it_lies() {
        assert_eq!(AdminLevel::of("33"), Some(AdminLevel::Province));
        assert_eq!(AdminLevel::of("33.02"), Some(AdminLevel::Regency));
        assert_eq!(AdminLevel::of("33.02.15"), Some(AdminLevel::District));
        assert_eq!(AdminLevel::of("33.02.15.2003"), Some(AdminLevel::Village));
        for wrong in ["", "3", "33.", "33.2", "33.02.15.203", "33.02.15.2003.1", "33..15", "aa", "33 02"] {
            assert_eq!(AdminLevel::of(wrong), None, "{wrong}");
        }
        assert_eq!(chain_of("33.02.15.2003"), ["33", "33.02", "33.02.15", "33.02.15.2003"]);
        assert_eq!(parent_of("33.02"), Some("33"));
        assert_eq!(parent_of("33"), None);
    }

    #[test]
    fn a_place_keeps_the_time_of_its_island() {
        assert_eq!(zone_of("33.02.15.2003"), Zone::Jakarta);
        assert_eq!(zone_of("51.03"), Zone::Makassar);
        assert_eq!(zone_of("61"), Zone::Jakarta);
        assert_eq!(zone_of("94"), Zone::Jayapura);
    }

    #[test]
    fn the_word_for_the_kind_does_not_matter_when_searching() {
        assert_eq!(search_text("Kabupaten Banyumas"), "banyumas");
        assert_eq!(search_text("KOTA Semarang"), "semarang");
        assert_eq!(search_text("Kota "), "kota");
    }
}
