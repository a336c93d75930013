//! A product's terms: on which days it can be had, how much of it, and until when it must be ordered.

use chrono::{Datelike, NaiveTime};

use super::{ClosedDays, Reason};
use crate::kernel::ids::{CooperativeId, GroupId, ProductId};
use crate::kernel::{Day, Duration, Instant, Quantity, Zone};

/// On which terms a product is sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The product.
    pub product: ProductId,
    /// Who makes it.
    pub group: GroupId,
    /// Who sells it.
    pub cooperative: CooperativeId,
    /// Where its days begin and end.
    pub zone: Zone,
    /// Whether it is for sale: published, by an active group.
    pub on_sale: bool,
    /// In what steps it is sold.
    pub step: Quantity,
    /// How many days before it is ready it must be ordered.
    pub lead_time_days: i64,
    /// How many days it keeps; none when it does not spoil.
    pub shelf_life_days: Option<i64>,
    /// How much of it is made to order on one day; zero when it never is.
    pub daily_capacity: Quantity,
    /// The weekdays on which it is made, Monday the lowest of seven bits.
    pub made_on: u8,
    /// By what time of the last day it must be ordered, in minutes after midnight.
    pub order_by_minutes: u32,
    /// How many days ahead it can be ordered.
    pub open_days_ahead: i64,
    /// On which of these days its group is shut.
    pub closed: ClosedDays,
}

impl Terms {
    /// The business day of this moment.
    pub fn today(&self, now: Instant) -> Day {
        self.zone.day_of(now)
    }

    /// The last day for which orders are open.
    pub fn last_open_day(&self, now: Instant) -> Day {
        later(self.today(now), self.open_days_ahead)
    }

    /// Until when orders for this day are taken.
    pub fn cutoff_for(&self, day: Day) -> Instant {
        let last = day.checked_sub_signed(Duration::days(self.lead_time_days)).unwrap_or(day);
        let seconds = self.order_by_minutes.min(1439).saturating_mul(60);
        let time = NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).unwrap_or(NaiveTime::MIN);
        self.zone.at(last, time)
    }

    /// The last day on which goods made on this day may be sold.
    pub fn best_before(&self, made: Day) -> Option<Day> {
        self.shelf_life_days.map(|days| later(made, days))
    }

    /// Whether it is made on this weekday.
    pub fn is_made_on(&self, day: Day) -> bool {
        let bit = 1_u8.checked_shl(day.weekday().num_days_from_monday()).unwrap_or(0);
        self.made_on & bit != 0
    }

    /// Whether the day lies among those for which anything is sold.
    pub fn check_day(&self, now: Instant, day: Day) -> Result<(), Reason> {
        if day < self.today(now) {
            Err(Reason::PastDay)
        } else if day > self.last_open_day(now) {
            Err(Reason::TooFarAhead)
        } else if self.closed.contains(day) {
            Err(Reason::GroupClosed)
        } else {
            Ok(())
        }
    }

    /// Whether it can be made to order for this day.
    pub fn check_made_to_order(&self, now: Instant, day: Day) -> Result<(), Reason> {
        self.check_day(now, day)?;
        if self.daily_capacity == Quantity::ZERO {
            Err(Reason::SoldOut)
        } else if !self.is_made_on(day) {
            Err(Reason::NotMadeThatDay)
        } else if now >= self.cutoff_for(day) {
            Err(Reason::CutoffPassed)
        } else {
            Ok(())
        }
    }

    /// The days for which orders are open, the first today.
    pub fn open_days(&self, now: Instant) -> impl Iterator<Item = Day> + use<> {
        let last = self.last_open_day(now);
        self.today(now).iter_days().take_while(move |day| *day <= last)
    }
}

fn later(day: Day, days: i64) -> Day {
    day.checked_add_signed(Duration::days(days)).unwrap_or(day)
}
