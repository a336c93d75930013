//! Deadlines of orders.

use serde::Deserialize;

use crate::kernel::{Day, Duration, Instant, Zone};

/// The deadlines of orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Hours a group has to answer; never beyond the day on which the goods are ready.
    pub answer_hours: u32,
    /// Hours until a deposit is due.
    pub deposit_hours: u32,
    /// Minutes in which a buyer may cancel goods in stock; goods made to order until their cut-off.
    pub shelf_cancel_minutes: u32,
    /// Minutes in which a hand-over can be undone.
    pub undo_minutes: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { answer_hours: 24, deposit_hours: 24, shelf_cancel_minutes: 120, undo_minutes: 15 }
    }
}

impl Settings {
    /// How long a group has to answer.
    pub fn answer_time(&self) -> Duration {
        Duration::hours(self.answer_hours.into())
    }

    /// Deadline of a group's answer for goods that are usable until the end of `last_day`; `None` means no limit.
    pub fn answer_by(&self, now: Instant, zone: Zone, last_day: Option<Day>) -> Instant {
        let regular = now.after(self.answer_time());
        let end = last_day.and_then(|day| day.succ_opt()).map(|next| zone.start_of(next)).filter(|end| *end > now);
        end.map_or(regular, |end| regular.min(end))
    }

    /// Payment deadline: `deposit_hours` if a deposit is due, else the end of the day on which the goods are ready.
    pub fn pay_by(&self, now: Instant, zone: Zone, last_ready_on: Day, deposit: bool) -> Instant {
        if deposit {
            now.after(Duration::hours(self.deposit_hours.into()))
        } else {
            last_ready_on.succ_opt().map_or(now, |next| zone.start_of(next)).max(now)
        }
    }

    /// Until when the buyer may cancel: the earliest cut-off, or `shelf_cancel_minutes` for goods in stock.
    pub fn cancellable_until(&self, now: Instant, cutoffs: impl IntoIterator<Item = Option<Instant>>) -> Instant {
        let shelf = now.after(Duration::minutes(self.shelf_cancel_minutes.into()));
        cutoffs.into_iter().map(|cutoff| cutoff.unwrap_or(shelf)).min().unwrap_or(shelf)
    }

    /// Until when a hand-over at this time can be undone.
    pub fn undo_until(&self, handed_over_at: Instant) -> Instant {
        handed_over_at.after(Duration::minutes(self.undo_minutes.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_cut_off_decides_until_when_one_may_cancel() {
        let now: Instant = "2026-11-23T07:30:00Z".parse().unwrap();
        let settings = Settings::default();
        let cutoff = |hours| Some(now.after(Duration::hours(hours)));
        assert_eq!(settings.cancellable_until(now, [cutoff(30), cutoff(5)]), now.after(Duration::hours(5)));
        assert_eq!(settings.cancellable_until(now, [cutoff(30), None]), now.after(Duration::hours(2)));
        assert_eq!(settings.cancellable_until(now, [cutoff(1), None]), now.after(Duration::hours(1)));
    }

    #[test]
    fn a_group_answers_within_a_day_but_not_after_the_last_day_of_the_goods() {
        let now: Instant = "2026-11-23T07:30:00Z".parse().unwrap();
        let settings = Settings::default();
        let today = Zone::Jakarta.day_of(now);
        assert_eq!(settings.answer_by(now, Zone::Jakarta, Some(today)), "2026-11-23T17:00:00Z".parse().unwrap());
        let later = today.checked_add_days(chrono::Days::new(5)).unwrap();
        assert_eq!(settings.answer_by(now, Zone::Jakarta, Some(later)), now.after(Duration::hours(24)));
        assert_eq!(settings.answer_by(now, Zone::Jakarta, None), now.after(Duration::hours(24)));
    }
}
