//! The units that products are sold by.

use crate::kernel::text_enum::text_enum;
use crate::kernel::{Language, Quantity, format};

text_enum! {
    /// The unit that a product is sold by.
    Unit {
        /// One piece.
        Piece = "piece",
        /// A pack or bag.
        Pack = "pack",
        /// A box.
        Box = "box",
        /// A bottle.
        Bottle = "bottle",
        /// A jar.
        Jar = "jar",
        /// A bale for resellers.
        Bale = "bale",
        /// A basket (besek).
        Basket = "basket",
        /// A bunch.
        Bunch = "bunch",
        /// A set or parcel.
        Set = "set",
        /// A portion.
        Portion = "portion",
        /// A kilogram.
        Kilogram = "kg",
        /// A litre.
        Litre = "litre",
        /// A metre.
        Metre = "metre",
    }
}

impl Unit {
    /// The unit's name for people.
    pub const fn name(self, language: Language) -> &'static str {
        match (self, language) {
            (Unit::Piece, Language::Indonesian) => "buah",
            (Unit::Pack, Language::Indonesian) => "bungkus",
            (Unit::Box, Language::Indonesian) => "kotak",
            (Unit::Bottle, Language::Indonesian) => "botol",
            (Unit::Jar, Language::Indonesian) => "toples",
            (Unit::Bale, Language::Indonesian) => "bal",
            (Unit::Basket, Language::Indonesian) => "besek",
            (Unit::Bunch, Language::Indonesian) => "ikat",
            (Unit::Set, Language::Indonesian) => "paket",
            (Unit::Portion, Language::Indonesian) => "porsi",
            (Unit::Litre, Language::Indonesian) => "liter",
            (Unit::Metre, Language::Indonesian) => "meter",
            (unit, _) => unit.as_str(),
        }
    }

    /// Whether fractions of the unit can be sold.
    pub const fn is_divisible(self) -> bool {
        matches!(self, Unit::Kilogram | Unit::Litre | Unit::Metre)
    }
}

/// Formats a quantity with its unit, such as `1,5 kg`. The unit is the text stored with the sale; an unknown one is
/// used as it is.
pub fn format_amount(language: Language, quantity: Quantity, unit: &str) -> String {
    let unit = unit.parse::<Unit>().map_or_else(|_| unit.to_owned(), |unit| unit.name(language).to_owned());
    format!("{} {unit}", format::number(language, quantity))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_formatted_in_both_languages() {
        let quantity: Quantity = "1.5".parse().unwrap();
        assert_eq!(format_amount(Language::Indonesian, quantity, "kg"), "1,5 kg");
        assert_eq!(format_amount(Language::Indonesian, quantity, "pack"), "1,5 bungkus");
        assert_eq!(format_amount(Language::English, quantity, "pack"), "1.5 pack");
        assert_eq!(format_amount(Language::English, quantity, "unknown"), "1.5 unknown");
        assert_eq!(format_amount(Language::Indonesian, Quantity::from_units(2_315), "piece"), "2.315 buah");
    }
}
