//! Sets of weekdays.

use chrono::{Datelike, Weekday};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Integer;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Day;

const NAMES: [(&str, Weekday); 7] = [
    ("monday", Weekday::Mon),
    ("tuesday", Weekday::Tue),
    ("wednesday", Weekday::Wed),
    ("thursday", Weekday::Thu),
    ("friday", Weekday::Fri),
    ("saturday", Weekday::Sat),
    ("sunday", Weekday::Sun),
];

/// A set of weekdays: in JSON a list of English names, in the database a bit mask from Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Integer)]
pub struct Weekdays(i32);

impl Weekdays {
    /// All seven days.
    pub const ALL: Weekdays = Weekdays(0b111_1111);
    /// The empty set.
    pub const NONE: Weekdays = Weekdays(0);

    const fn bit(day: Weekday) -> i32 {
        match day {
            Weekday::Mon => 1,
            Weekday::Tue => 2,
            Weekday::Wed => 4,
            Weekday::Thu => 8,
            Weekday::Fri => 16,
            Weekday::Sat => 32,
            Weekday::Sun => 64,
        }
    }

    /// Adds a day.
    #[must_use]
    pub const fn with(self, day: Weekday) -> Self {
        Weekdays(self.0 | Self::bit(day))
    }

    /// Removes a day.
    #[must_use]
    pub const fn without(self, day: Weekday) -> Self {
        Weekdays(self.0 & !Self::bit(day))
    }

    /// Whether it is a superset of `others`.
    pub const fn contains_all(self, others: Weekdays) -> bool {
        others.bits() & !self.bits() == 0
    }

    /// Whether it contains the weekday of this date.
    pub fn contains(self, day: Day) -> bool {
        self.0 & Self::bit(day.weekday()) != 0
    }

    /// The bit mask, Monday first.
    pub const fn bits(self) -> i32 {
        self.0
    }

    /// The days of a bit mask; bits beyond Sunday are ignored.
    pub const fn from_bits(bits: i32) -> Self {
        Weekdays(bits & 0b111_1111)
    }

    /// Whether the set is empty.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl<DB: Backend> ToSql<Integer, DB> for Weekdays
where
    i32: ToSql<Integer, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl<DB: Backend> FromSql<Integer, DB> for Weekdays
where
    i32: FromSql<Integer, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        i32::from_sql(bytes).map(Weekdays::from_bits)
    }
}

impl Serialize for Weekdays {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(NAMES.iter().filter(|(_, day)| self.0 & Self::bit(*day) != 0).map(|(name, _)| name))
    }
}

impl<'de> Deserialize<'de> for Weekdays {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        // Repeated names are allowed, but the list is bounded.
        if names.len() > NAMES.len() {
            return Err(serde::de::Error::custom("more days than a week has"));
        }
        names.iter().try_fold(Weekdays::NONE, |days, name| {
            NAMES
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, day)| days.with(*day))
                .ok_or_else(|| serde::de::Error::custom("not a weekday in English"))
        })
    }
}

/// A day of the week, in English.
#[derive(utoipa::ToSchema)]
#[schema(as = Weekday, rename_all = "lowercase")]
#[allow(dead_code, reason = "used in the OpenAPI document only")]
enum WeekdayName {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl utoipa::PartialSchema for Weekdays {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{ArrayBuilder, Ref};
        ArrayBuilder::new().items(Ref::from_schema_name("Weekday")).max_items(Some(7)).into()
    }
}

impl utoipa::ToSchema for Weekdays {
    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>) {
        schemas.push(("Weekday".into(), <WeekdayName as utoipa::PartialSchema>::schema()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_dates_are_matched() {
        let days: Weekdays = serde_json::from_str(r#"["monday", "sunday", "monday"]"#).unwrap();
        assert_eq!(serde_json::to_string(&days).unwrap(), r#"["monday","sunday"]"#);
        assert!(days.contains("2026-11-23".parse().unwrap()));
        assert!(!days.contains("2026-11-24".parse().unwrap()));
        assert!(days.contains("2026-11-29".parse().unwrap()));
        assert!(serde_json::from_str::<Weekdays>(r#"["senin"]"#).is_err());
        let many = |days: usize| serde_json::to_string(&vec!["monday"; days]).unwrap();
        assert!(serde_json::from_str::<Weekdays>(&many(7)).is_ok());
        assert!(serde_json::from_str::<Weekdays>(&many(8)).is_err());
    }
}
