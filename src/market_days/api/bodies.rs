//! Request bodies of schedules and market days.

use serde::Deserialize;

use crate::kernel::ids::{CooperativeId, MarketDayId, PickupPointId, ScheduleId};
use crate::kernel::{Day, Instant, Json, WallTime, Weekdays};
use crate::market_days::day::{DayAction, DayStatus, MarketDay};
use crate::market_days::schedule::Schedule;
use crate::market_days::set_schedule::MAX_DATES;
use crate::web::{Change, FieldErrors, Patch, Validate};

/// A new schedule.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Pasar Jumat", "weekdays": ["friday"], "opens_days_before": 5, "opens_at": "06:00",
    "closes_days_before": 2, "closes_at": "17:00", "from": "07:00", "until": "10:00",
}))]
pub(super) struct AddSchedule {
    /// Client-generated id (UUIDv7); the server generates one when absent.
    #[schema(nullable = false)]
    pub(super) id: Option<ScheduleId>,
    /// Display name.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Weekdays on which markets are held; may be empty when `dates` are given.
    weekdays: Option<Weekdays>,
    /// Interval in weeks, counted from the week of `starts_on`. Absent: 1.
    #[schema(minimum = 1, maximum = 8)]
    every_weeks: Option<i32>,
    /// First day of the schedule. Absent: today.
    starts_on: Option<Day>,
    /// Last day of the schedule. Absent: it does not end.
    ends_on: Option<Day>,
    /// Additional single dates.
    #[schema(value_type = Option<Vec<chrono::NaiveDate>>, max_items = 100)]
    dates: Option<Vec<Day>>,
    /// Dates on which no market is held.
    #[schema(value_type = Option<Vec<chrono::NaiveDate>>, max_items = 100)]
    skipped: Option<Vec<Day>>,
    /// Whether official holidays are skipped.
    skips_holidays: Option<bool>,
    /// How many days in advance market days are created. Absent: 28.
    #[schema(minimum = 1, maximum = 60)]
    days_ahead: Option<i32>,
    /// How many days before the market day orders open.
    #[schema(minimum = 0, maximum = 30)]
    opens_days_before: i32,
    /// Time of day at which orders open.
    opens_at: WallTime,
    /// How many days before the market day orders close.
    #[schema(minimum = 0, maximum = 30)]
    closes_days_before: i32,
    /// Time of day at which orders close.
    closes_at: WallTime,
    /// Hours by which a batch below its minimum is extended, once. Absent: no extension.
    #[schema(minimum = 0, maximum = 168)]
    extension_hours: Option<i32>,
    /// From when goods are handed over, in the cooperative's time zone.
    from: WallTime,
    /// Until when goods are handed over.
    until: WallTime,
    /// Where goods are handed over.
    pickup_point: Option<PickupPointId>,
}

impl Validate for AddSchedule {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_line("/name", &self.name, 1..=100);
        let lists = [("/dates", &self.dates), ("/skipped", &self.skipped)];
        for (pointer, list) in lists {
            errors.check_length(pointer, list.as_ref().map_or(0, Vec::len), 0..=MAX_DATES);
        }
        errors.check_range("/every_weeks", self.every_weeks.unwrap_or(1).into(), 1..=8);
        errors.check_range("/days_ahead", self.days_ahead.unwrap_or(28).into(), 1..=60);
        errors.check_range("/opens_days_before", self.opens_days_before.into(), 0..=30);
        errors.check_range("/closes_days_before", self.closes_days_before.into(), 0..=30);
        errors.check_range("/extension_hours", self.extension_hours.unwrap_or(0).into(), 0..=168);
    }
}

impl AddSchedule {
    pub(super) fn to_schedule(&self, id: ScheduleId, cooperative: CooperativeId, today: Day, now: Instant) -> Schedule {
        let days = |list: &Option<Vec<Day>>| Json::new(list.as_deref().unwrap_or_default());
        Schedule {
            id,
            cooperative,
            name: self.name.trim().to_owned(),
            weekdays: self.weekdays.unwrap_or(Weekdays::NONE),
            every_weeks: self.every_weeks.unwrap_or(1),
            starts_on: self.starts_on.unwrap_or(today),
            ends_on: self.ends_on,
            dates: days(&self.dates),
            skipped: days(&self.skipped),
            skips_holidays: self.skips_holidays.unwrap_or(false),
            days_ahead: self.days_ahead.unwrap_or(28),
            opens_days_before: self.opens_days_before,
            opens_at: self.opens_at,
            closes_days_before: self.closes_days_before,
            closes_at: self.closes_at,
            extension_hours: self.extension_hours.unwrap_or(0),
            from: self.from,
            until: self.until,
            pickup_point: self.pickup_point,
            active: true,
            created_at: now,
            version: 1,
        }
    }
}

/// Changes to a schedule; absent members stay as they are. Existing days stay, except that planned days which the
/// schedule no longer includes are cancelled.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"skipped": ["2026-12-25"]}))]
pub(super) struct UpdateSchedule {
    /// Display name.
    #[serde(default)]
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    name: Change<String>,
    /// Weekdays on which markets are held.
    #[serde(default)]
    #[schema(value_type = Weekdays)]
    weekdays: Change<Weekdays>,
    /// Interval in weeks, counted from the week of `starts_on`.
    #[serde(default)]
    #[schema(value_type = i32, minimum = 1, maximum = 8)]
    every_weeks: Change<i32>,
    /// First day of the schedule.
    #[serde(default)]
    #[schema(value_type = String, format = Date)]
    starts_on: Change<Day>,
    /// Last day of the schedule; null: it does not end.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    ends_on: Patch<Day>,
    /// Additional single dates.
    #[serde(default)]
    #[schema(value_type = Vec<chrono::NaiveDate>, max_items = 100)]
    dates: Change<Vec<Day>>,
    /// Dates on which no market is held.
    #[serde(default)]
    #[schema(value_type = Vec<chrono::NaiveDate>, max_items = 100)]
    skipped: Change<Vec<Day>>,
    /// Whether official holidays are skipped.
    #[serde(default)]
    #[schema(value_type = bool)]
    skips_holidays: Change<bool>,
    /// How many days in advance market days are created.
    #[serde(default)]
    #[schema(value_type = i32, minimum = 1, maximum = 60)]
    days_ahead: Change<i32>,
    /// How many days before the market day orders open.
    #[serde(default)]
    #[schema(value_type = i32, minimum = 0, maximum = 30)]
    opens_days_before: Change<i32>,
    /// Time of day at which orders open.
    #[serde(default)]
    #[schema(value_type = WallTime)]
    opens_at: Change<WallTime>,
    /// How many days before the market day orders close.
    #[serde(default)]
    #[schema(value_type = i32, minimum = 0, maximum = 30)]
    closes_days_before: Change<i32>,
    /// Time of day at which orders close.
    #[serde(default)]
    #[schema(value_type = WallTime)]
    closes_at: Change<WallTime>,
    /// Hours by which a batch below its minimum is extended, once; 0: no extension.
    #[serde(default)]
    #[schema(value_type = i32, minimum = 0, maximum = 168)]
    extension_hours: Change<i32>,
    /// From when goods are handed over, in the cooperative's time zone.
    #[serde(default)]
    #[schema(value_type = WallTime)]
    from: Change<WallTime>,
    /// Until when goods are handed over.
    #[serde(default)]
    #[schema(value_type = WallTime)]
    until: Change<WallTime>,
    /// Where goods are handed over.
    #[serde(default)]
    #[schema(value_type = Option<PickupPointId>)]
    pickup_point: Patch<PickupPointId>,
}

impl Validate for UpdateSchedule {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_line("/name", &self.name, 1..=100);
        for (pointer, list) in [("/dates", &self.dates), ("/skipped", &self.skipped)] {
            errors.check_length(pointer, list.value().map_or(0, Vec::len), 0..=MAX_DATES);
        }
        let ranges = [
            ("/every_weeks", &self.every_weeks, 1..=8),
            ("/days_ahead", &self.days_ahead, 1..=60),
            ("/opens_days_before", &self.opens_days_before, 0..=30),
            ("/closes_days_before", &self.closes_days_before, 0..=30),
            ("/extension_hours", &self.extension_hours, 0..=168),
        ];
        for (pointer, value, range) in ranges {
            if let Some(value) = value.value() {
                errors.check_range(pointer, (*value).into(), range);
            }
        }
    }
}

impl UpdateSchedule {
    pub(super) fn apply(&self, schedule: &mut Schedule) {
        if let Some(name) = self.name.value() {
            name.trim().clone_into(&mut schedule.name);
        }
        self.weekdays.apply(&mut schedule.weekdays);
        self.every_weeks.apply(&mut schedule.every_weeks);
        self.starts_on.apply(&mut schedule.starts_on);
        self.ends_on.clone().apply(&mut schedule.ends_on);
        for (field, days) in [(&mut schedule.dates, &self.dates), (&mut schedule.skipped, &self.skipped)] {
            if let Some(days) = days.value() {
                *field = Json::new(days);
            }
        }
        self.skips_holidays.apply(&mut schedule.skips_holidays);
        self.days_ahead.apply(&mut schedule.days_ahead);
        self.opens_days_before.apply(&mut schedule.opens_days_before);
        self.opens_at.apply(&mut schedule.opens_at);
        self.closes_days_before.apply(&mut schedule.closes_days_before);
        self.closes_at.apply(&mut schedule.closes_at);
        self.extension_hours.apply(&mut schedule.extension_hours);
        self.from.apply(&mut schedule.from);
        self.until.apply(&mut schedule.until);
        self.pickup_point.clone().apply(&mut schedule.pickup_point);
    }
}

/// A single market day, without a schedule.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Pasar Ramadan", "held_on": "2026-12-12", "opens_at": "2026-12-05T00:00:00Z",
    "closes_at": "2026-12-10T10:00:00Z", "from": "15:00", "until": "18:00",
}))]
pub(super) struct AddMarketDay {
    /// Client-generated id (UUIDv7); the server generates one when absent.
    #[schema(nullable = false)]
    pub(super) id: Option<MarketDayId>,
    /// Display name.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// The day on which goods are handed over.
    held_on: Day,
    /// From when orders are accepted.
    opens_at: Instant,
    /// Until when orders are accepted.
    closes_at: Instant,
    /// Second cut-off for batches below their minimum at `closes_at`.
    extends_to: Option<Instant>,
    /// From when goods are handed over, in the cooperative's time zone.
    from: WallTime,
    /// Until when goods are handed over.
    until: WallTime,
    /// Where goods are handed over.
    pickup_point: Option<PickupPointId>,
}

impl Validate for AddMarketDay {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_line("/name", &self.name, 1..=100);
    }
}

impl AddMarketDay {
    pub(super) fn to_day(&self, id: MarketDayId, cooperative: CooperativeId, now: Instant) -> MarketDay {
        MarketDay {
            id,
            cooperative,
            schedule: None,
            scheduled_on: None,
            name: self.name.trim().to_owned(),
            held_on: self.held_on,
            opens_at: self.opens_at,
            closes_at: self.closes_at,
            extends_to: self.extends_to,
            from: self.from,
            until: self.until,
            pickup_point: self.pickup_point,
            status: DayStatus::Planned,
            reason: None,
            created_at: now,
            version: 1,
        }
    }
}

/// Changes to a market day; absent members stay as they are.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"held_on": "2026-11-28", "closes_at": "2026-11-26T10:00:00Z"}))]
pub(super) struct UpdateMarketDay {
    /// Display name.
    #[serde(default)]
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    pub(super) name: Change<String>,
    /// The day on which goods are handed over. Batches and orders move with it.
    #[serde(default)]
    #[schema(value_type = String, format = Date)]
    pub(super) held_on: Change<Day>,
    /// From when orders are accepted; can be changed only before the day opened.
    #[serde(default)]
    #[schema(value_type = Instant)]
    pub(super) opens_at: Change<Instant>,
    /// Until when orders are accepted; can be changed only before the day closed.
    #[serde(default)]
    #[schema(value_type = Instant)]
    pub(super) closes_at: Change<Instant>,
    /// Second cut-off for batches below their minimum at `closes_at`.
    #[serde(default)]
    #[schema(value_type = Option<Instant>)]
    pub(super) extends_to: Patch<Instant>,
    /// From when goods are handed over, in the cooperative's time zone.
    #[serde(default)]
    #[schema(value_type = WallTime)]
    pub(super) from: Change<WallTime>,
    /// Until when goods are handed over.
    #[serde(default)]
    #[schema(value_type = WallTime)]
    pub(super) until: Change<WallTime>,
    /// Where goods are handed over.
    #[serde(default)]
    #[schema(value_type = Option<PickupPointId>)]
    pub(super) pickup_point: Patch<PickupPointId>,
}

impl Validate for UpdateMarketDay {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_line("/name", &self.name, 1..=100);
    }
}

/// A transition of a market day.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "cancel", "reason": "Balai desa dipakai hajatan"}))]
pub(super) struct TransitionMarketDay {
    /// The action.
    pub(super) action: DayAction,
    /// Reason, shown to groups and buyers.
    #[schema(max_length = 300)]
    pub(super) reason: Option<String>,
}

impl Validate for TransitionMarketDay {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_text("/reason", &self.reason, 1..=300);
    }
}
