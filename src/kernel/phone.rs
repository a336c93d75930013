//! Indonesian mobile numbers in E.164, `+628…`.

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::Text;
use serde::Serialize;

use super::text_value::text_value;

/// A mobile number in E.164: `+628` and 8 to 11 more digits. `Debug` masks the middle.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, AsExpression, FromSqlRow, utoipa::ToSchema)]
#[serde(transparent)]
#[diesel(sql_type = Text)]
#[schema(value_type = String, max_length = 32, example = "+6281200000001")]
pub struct Phone(String);

text_value!(Phone);

/// The text is not an Indonesian mobile number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an Indonesian mobile number")]
pub struct PhoneError;

impl Phone {
    /// E.164, `+628…`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Without the plus, for `wa.me` links.
    pub fn digits(&self) -> &str {
        self.0.trim_start_matches('+')
    }

    /// In national format: `0812-3456-7890`.
    pub fn local(&self) -> String {
        let national = format!("0{}", self.0.trim_start_matches("+62"));
        let (head, rest) = national.split_at_checked(4).unwrap_or((&national, ""));
        let (middle, tail) = rest.split_at_checked(4).unwrap_or((rest, ""));
        if tail.is_empty() { format!("{head}-{middle}") } else { format!("{head}-{middle}-{tail}") }
    }

    /// With the middle masked: `0812****7890`.
    pub fn masked(&self) -> String {
        let national = format!("0{}", self.0.trim_start_matches("+62"));
        let head: String = national.chars().take(4).collect();
        let tail = national.get(national.len().saturating_sub(4)..).unwrap_or_default();
        format!("{head}****{tail}")
    }
}

impl std::str::FromStr for Phone {
    type Err = PhoneError;

    /// Accepts `08…`, `62…`, `+62 8…` and `8…`, with spaces, dots, dashes and parentheses.
    fn from_str(text: &str) -> Result<Self, PhoneError> {
        let compact: String = text.chars().filter(|letter| !" .-()\u{a0}".contains(*letter)).collect();
        let digits = compact.strip_prefix('+').unwrap_or(&compact);
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PhoneError);
        }
        let national = if let Some(rest) = digits.strip_prefix("62") {
            rest.strip_prefix('0').unwrap_or(rest)
        } else if compact.starts_with('+') {
            return Err(PhoneError);
        } else {
            digits.strip_prefix('0').unwrap_or(digits)
        };
        // 10 to 13 digits with the leading 0, thus 9 to 12 without it.
        if national.starts_with('8') && (9..=12).contains(&national.len()) {
            Ok(Phone(format!("+62{national}")))
        } else {
            Err(PhoneError)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_usual_notations_give_the_same_number() {
        for text in [
            "081234567890",
            "6281234567890",
            "+62 812-3456-7890",
            "81234567890",
            "(0812) 3456.7890",
            "+62 (0)812 3456 7890",
        ] {
            assert_eq!(text.parse::<Phone>().map(|p| p.0), Ok("+6281234567890".into()), "{text}");
        }
        let phone: Phone = "081234567890".parse().unwrap();
        assert_eq!(phone.local(), "0812-3456-7890");
        assert_eq!(phone.masked(), "0812****7890");
        assert_eq!(phone.digits(), "6281234567890");
        assert_eq!(format!("{phone:?}"), "Phone(0812****7890)");
    }

    #[test]
    fn other_numbers_are_rejected() {
        for text in ["", "0", "021123456", "+4915112345678", "0812", "08123456789012345", "08abc", "+81234567890"] {
            assert_eq!(text.parse::<Phone>(), Err(PhoneError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn parsing_is_idempotent(tail in "[0-9]{8,11}") {
            let once: Phone = format!("08{tail}").parse().unwrap();
            let twice: Phone = once.as_str().parse().unwrap();
            prop_assert_eq!(&once, &twice);
            let local: Phone = once.local().parse().unwrap();
            prop_assert_eq!(&once, &local);
        }

        #[test]
        fn parsing_never_panics(text in "\\PC{0,40}") {
            let _ = text.parse::<Phone>();
        }
    }
}
