//! The terms of sale of a product: available days, daily capacity and cut-offs.

use chrono::{Datelike, NaiveTime};

use super::{ClosedDays, UnavailableReason};
use crate::kernel::ids::{CooperativeId, GroupId, ProductId};
use crate::kernel::{Day, Duration, Instant, Quantity, Zone};

/// The terms of sale of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The product.
    pub product: ProductId,
    /// The group that makes it.
    pub group: GroupId,
    /// The cooperative that sells it.
    pub cooperative: CooperativeId,
    /// The time zone of its days.
    pub zone: Zone,
    /// Whether it is on sale: published, by an active group.
    pub on_sale: bool,
    /// The quantity step.
    pub step: Quantity,
    /// The lead time: how many days before the ready day it must be ordered.
    pub lead_time_days: i64,
    /// The shelf life in days; `None` when it does not spoil.
    pub shelf_life_days: Option<i64>,
    /// How much can be made to order for one day; zero when it is never made to order.
    pub daily_capacity: Quantity,
    /// The weekdays on which it is made, as seven bits with Monday the lowest.
    pub made_on: u8,
    /// The local time of the cut-off on the last day of ordering, in minutes after midnight.
    pub order_by_minutes: u32,
    /// The ordering window: how many days ahead it can be ordered.
    pub open_days_ahead: i64,
    /// The closed days of its group.
    pub closed: ClosedDays,
}

impl Terms {
    /// The current local day.
    pub fn today(&self, now: Instant) -> Day {
        self.zone.day_of(now)
    }

    /// The last day of the ordering window.
    pub fn last_open_day(&self, now: Instant) -> Day {
        add_days(self.today(now), self.open_days_ahead)
    }

    /// The cut-off of orders for this day.
    pub fn cutoff_for(&self, day: Day) -> Instant {
        let last_day = day.checked_sub_signed(Duration::days(self.lead_time_days)).unwrap_or(day);
        let seconds = self.order_by_minutes.min(1439).saturating_mul(60);
        let time = NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).unwrap_or(NaiveTime::MIN);
        self.zone.at(last_day, time)
    }

    /// The last day on which goods made on this day can be sold; `None` when they do not spoil.
    pub fn best_before(&self, made: Day) -> Option<Day> {
        self.shelf_life_days.map(|days| add_days(made, days))
    }

    /// Whether it is made on this weekday.
    pub fn is_made_on(&self, day: Day) -> bool {
        let bit = 1_u8.checked_shl(day.weekday().num_days_from_monday()).unwrap_or(0);
        self.made_on & bit != 0
    }

    /// Checks that the day is within the ordering window and not a closed day.
    pub fn check_day(&self, now: Instant, day: Day) -> Result<(), UnavailableReason> {
        if day < self.today(now) {
            Err(UnavailableReason::PastDay)
        } else if day > self.last_open_day(now) {
            Err(UnavailableReason::TooFarAhead)
        } else if self.closed.contains(day) {
            Err(UnavailableReason::GroupClosed)
        } else {
            Ok(())
        }
    }

    /// Checks that the product can be made to order for this day now.
    pub fn check_made_to_order(&self, now: Instant, day: Day) -> Result<(), UnavailableReason> {
        self.check_day(now, day)?;
        if self.daily_capacity == Quantity::ZERO {
            Err(UnavailableReason::SoldOut)
        } else if !self.is_made_on(day) {
            Err(UnavailableReason::NotMadeThatDay)
        } else if now >= self.cutoff_for(day) {
            Err(UnavailableReason::CutoffPassed)
        } else {
            Ok(())
        }
    }

    /// The days of the ordering window, from today on.
    pub fn open_days(&self, now: Instant) -> impl Iterator<Item = Day> + use<> {
        let last_day = self.last_open_day(now);
        self.today(now).iter_days().take_while(move |day| *day <= last_day)
    }
}

fn add_days(day: Day, days: i64) -> Day {
    day.checked_add_signed(Duration::days(days)).unwrap_or(day)
}
