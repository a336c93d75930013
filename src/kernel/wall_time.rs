//! A local time of day, to the minute.

use chrono::{NaiveTime, Timelike};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Integer;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A local time of day: `HH:MM` in JSON, minutes after midnight in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = Integer)]
pub struct WallTime(i32);

impl WallTime {
    /// From minutes after midnight, capped at 23:59.
    pub const fn minutes(minutes: u32) -> Self {
        WallTime(if minutes > 1439 { 1439 } else { minutes.cast_signed() })
    }

    /// As a chrono time.
    pub fn time(self) -> NaiveTime {
        let seconds = u32::try_from(self.0).unwrap_or(0).min(1439).saturating_mul(60);
        NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).unwrap_or(NaiveTime::MIN)
    }
}

impl From<NaiveTime> for WallTime {
    fn from(time: NaiveTime) -> Self {
        WallTime::minutes(time.hour().saturating_mul(60).saturating_add(time.minute()))
    }
}

impl std::fmt::Display for WallTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let time = self.time();
        write!(f, "{:02}:{:02}", time.hour(), time.minute())
    }
}

impl Serialize for WallTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for WallTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let whole = text.len() == 5;
        NaiveTime::parse_from_str(&text, "%H:%M")
            .ok()
            .filter(|_| whole)
            .map(WallTime::from)
            .ok_or_else(|| serde::de::Error::custom("not a time of day as HH:MM"))
    }
}

impl<DB: Backend> ToSql<Integer, DB> for WallTime
where
    i32: ToSql<Integer, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl<DB: Backend> FromSql<Integer, DB> for WallTime
where
    i32: FromSql<Integer, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        i32::from_sql(bytes).map(WallTime)
    }
}

impl utoipa::PartialSchema for WallTime {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^([01][0-9]|2[0-3]):[0-5][0-9]$"))
            .max_length(Some(5))
            .description(Some("A local time of day in the cooperative's time zone."))
            .examples([serde_json::json!("17:00")])
            .into()
    }
}

impl utoipa::ToSchema for WallTime {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_round_trip() {
        for text in ["00:00", "07:05", "17:00", "23:59"] {
            let time: WallTime = serde_json::from_value(serde_json::json!(text)).unwrap();
            assert_eq!((time.to_string().as_str(), WallTime::from(time.time())), (text, time));
        }
        for wrong in ["7:05", "24:00", "17.00", "17:00:00"] {
            assert!(serde_json::from_value::<WallTime>(serde_json::json!(wrong)).is_err(), "{wrong}");
        }
    }
}
