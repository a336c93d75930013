//! Indonesian mobile numbers in E.164, `+628…`.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use serde::{Deserialize, Deserializer, Serialize};

/// A mobile number in E.164: `+628` and 8 to 11 more digits. `Debug` masks the middle.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, AsExpression, FromSqlRow, utoipa::ToSchema)]
#[serde(transparent)]
#[diesel(sql_type = Text)]
#[schema(value_type = String, max_length = 32, example = "+6281200000001")]
pub struct Phone(String);

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

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}

impl std::fmt::Display for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
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

impl<'de> Deserialize<'de> for Phone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl<DB: Backend> ToSql<Text, DB> for Phone
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        ToSql::<Text, DB>::to_sql(self.0.as_str(), out)
    }
}

impl<DB: Backend> FromSql<Text, DB> for Phone
where
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        <String as FromSql<Text, DB>>::from_sql(bytes).map(Phone)
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
