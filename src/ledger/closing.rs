//! Closing months in order, and reopening the last one.

use chrono::Datelike;
use diesel::prelude::*;

use super::entry::month_of;
use super::error::LedgerError;
use super::events::{self, LedgerEvent};
use super::store;
use crate::cooperatives::{self, CooperativePermit};
use crate::db::schema::ledger_closings;
use crate::db::{Conn, Tx};
use crate::kernel::ids::{AccountId, CooperativeId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Duration, Instant};

text_enum! {
    /// Transition of a month.
    PeriodAction {
        /// The month accepts no more entries.
        Close = "close",
        /// The month accepts entries again.
        Reopen = "reopen",
    }
}

/// How long after its end a month can be closed: requests that were running at midnight are posted by then.
const CLOSING_DELAY: Duration = Duration::hours(1);

/// The first day of a month in the form `2026-11`.
pub(super) fn first_day(month: &str) -> Option<Day> {
    let (year, month) = month.split_once('-').filter(|(year, month)| year.len() == 4 && month.len() == 2)?;
    Day::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1)
}

/// The first day of the month after this day.
pub(super) fn next_month(day: Day) -> Day {
    let first = day.with_day(1).unwrap_or(day);
    first.checked_add_months(chrono::Months::new(1)).unwrap_or(first)
}

/// Returns an error if the month of the day is closed.
pub(super) fn require_open_month(conn: &mut Conn, cooperative: CooperativeId, day: Day) -> Result<(), LedgerError> {
    let month = month_of(day);
    match store::find_last_closed_month(conn, cooperative)? {
        // Months are closed in order, so every month before a closed one is closed too.
        Some(last) if month <= last.month => Err(LedgerError::PeriodClosed(month)),
        _ => Ok(()),
    }
}

/// Closes the month after the last closed one, or the first that has entries; reopens the last one closed.
pub fn close_or_reopen(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    first: Day,
    action: PeriodAction,
) -> Result<(), LedgerError> {
    store::lock_cooperative(tx, permit.cooperative)?;
    let month = month_of(first);
    let last = store::find_last_closed_month(tx, permit.cooperative)?;
    match action {
        PeriodAction::Close => {
            let zone = cooperatives::load_zone(tx, permit.cooperative)?;
            let due = match &last {
                Some(last) => first_day(&last.month).map(next_month),
                None => store::find_first_entry_day(tx, permit.cooperative)?.and_then(|day| day.with_day(1)),
            };
            let is_over = now >= zone.start_of(next_month(first)).after(CLOSING_DELAY);
            // A first closing may be later than the month of the first entry, and then closes every month before it
            // too.
            let in_turn = match (&last, due) {
                (Some(_), due) => due == Some(first),
                (None, Some(due)) => first >= due,
                (None, None) => false,
            };
            if !is_over || !in_turn {
                return Err(LedgerError::WrongPeriodOrder);
            }
            let closed =
                ClosedMonth { cooperative: permit.cooperative, month, closed_at: now, closed_by: permit.account };
            store::insert_closed_month(tx, &closed)?;
        }
        PeriodAction::Reopen => {
            if last.is_none_or(|last| last.month != month) {
                return Err(LedgerError::WrongPeriodOrder);
            }
            store::delete_closed_month(tx, permit.cooperative, &month)?;
        }
    }
    let month = month_of(first);
    let event = match action {
        PeriodAction::Close => LedgerEvent::MonthClosed { month },
        PeriodAction::Reopen => LedgerEvent::MonthReopened { month },
    };
    let event = event.about(permit.cooperative).by(permit.account).in_cooperative(permit.cooperative);
    events::record(tx, now, &event)?;
    Ok(())
}

/// A closed month.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = ledger_closings)]
pub struct ClosedMonth {
    /// The cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The month: `2026-11`.
    pub month: String,
    /// When it was closed.
    pub closed_at: Instant,
    /// The account of the treasurer who closed it.
    pub closed_by: AccountId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_written_by_year_and_month() {
        assert_eq!(first_day("2026-11"), Day::from_ymd_opt(2026, 11, 1));
        for wrong in ["2026-13", "26-11", "2026-1", "2026", "2026-11-01", "abcd-ef"] {
            assert_eq!(first_day(wrong), None, "{wrong}");
        }
        assert_eq!(Day::from_ymd_opt(2026, 12, 31).map(next_month), Day::from_ymd_opt(2027, 1, 1));
    }
}
