//! Instants in UTC with microsecond precision, as all times are stored.

use chrono::{DateTime, Duration, NaiveDateTime, SubsecRound, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Day;

/// An instant in UTC with microsecond precision; RFC 3339 with `Z` in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow, utoipa::ToSchema)]
#[diesel(sql_type = Timestamp)]
#[schema(value_type = String, format = DateTime, max_length = 32, example = "2026-11-23T07:30:00Z")]
pub struct Instant(NaiveDateTime);

impl Instant {
    /// The Unix epoch.
    pub const EPOCH: Instant = Instant(DateTime::UNIX_EPOCH.naive_utc());

    /// From a chrono time, truncated to microseconds.
    pub fn from_utc(time: DateTime<Utc>) -> Self {
        Instant(time.naive_utc().trunc_subsecs(6))
    }

    /// From microseconds since the epoch; the epoch when out of range.
    pub fn from_micros(micros: i64) -> Self {
        DateTime::from_timestamp_micros(micros).map_or(Instant::EPOCH, Instant::from_utc)
    }

    /// Microseconds since the epoch.
    pub fn micros(self) -> i64 {
        self.0.and_utc().timestamp_micros()
    }

    /// Whole seconds since the epoch, for tokens.
    pub fn seconds(self) -> i64 {
        self.0.and_utc().timestamp()
    }

    /// Milliseconds since the epoch, for UUIDv7.
    pub fn millis(self) -> u64 {
        u64::try_from(self.0.and_utc().timestamp_millis()).unwrap_or(0)
    }

    /// As a chrono time.
    pub fn utc(self) -> DateTime<Utc> {
        self.0.and_utc()
    }

    /// This much later; unchanged when out of range.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        self.0.checked_add_signed(duration).map_or(self, Instant)
    }

    /// This much earlier; unchanged when out of range.
    #[must_use]
    pub fn before(self, duration: Duration) -> Self {
        self.0.checked_sub_signed(duration).map_or(self, Instant)
    }

    /// The duration since `earlier`; negative when this is before it.
    pub fn since(self, earlier: Instant) -> Duration {
        self.0.signed_duration_since(earlier.0)
    }

    /// The date in UTC. [`Zone::day_of`](super::Zone::day_of) returns the business day.
    pub fn utc_day(self) -> Day {
        self.0.date()
    }
}

impl std::fmt::Display for Instant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.and_utc().to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
    }
}

impl std::str::FromStr for Instant {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        DateTime::parse_from_rfc3339(text).map(|time| Instant::from_utc(time.with_timezone(&Utc)))
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl<DB: Backend> ToSql<Timestamp, DB> for Instant
where
    NaiveDateTime: ToSql<Timestamp, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl<DB: Backend> FromSql<Timestamp, DB> for Instant
where
    NaiveDateTime: FromSql<Timestamp, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        NaiveDateTime::from_sql(bytes).map(Instant)
    }
}
