//! Opens market days: offerings become batches and standing orders claim from them, in one transaction.

use super::error::StandingOrderError;
use super::events::{self, StandingOrderEvent};
use super::place::place_market_day_orders;
use super::settings::Settings;
use crate::db::{self, Db, Tx};
use crate::jobs::{self, TaskError};
use crate::kernel::Instant;
use crate::kernel::ids::MarketDayId;
use crate::market_days::{self, OpenDayOutcome};
use crate::orders;

/// Market days per run; the rest waits for the next run.
const MAX_DAYS_PER_RUN: i64 = 50;

/// Opens every due market day, the longest overdue first, each in its own transaction. Returns how many were opened.
pub fn open_due(
    db: &Db,
    now: Instant,
    order_settings: &orders::Settings,
    settings: &Settings,
) -> Result<usize, TaskError> {
    let settings = (*order_settings, *settings);
    let due = db.read_blocking::<_, db::Error>(|conn| market_days::list_due_to_open(conn, now, MAX_DAYS_PER_RUN))?;
    jobs::for_each_in_tx(db, due, move |tx, day| {
        let opening = open_day(tx, now, settings, *day)?;
        Ok::<_, StandingOrderError>(usize::from(opening != OpenDayOutcome::NotDue))
    })
}

/// Opens a due market day. Standing orders claim from its new batches, the oldest first, before anyone else can.
pub fn open_day(
    tx: &mut Tx<'_>,
    now: Instant,
    (order_settings, settings): (orders::Settings, Settings),
    id: MarketDayId,
) -> Result<OpenDayOutcome, StandingOrderError> {
    let opening = market_days::open_day(tx, now, id)?;
    if let OpenDayOutcome::Open(day, offerings) = &opening {
        place_market_day_orders(tx, day.opens_at, &order_settings, &settings, day, offerings)?;
        let event = StandingOrderEvent::DayOpened { held_on: day.held_on, closes_at: day.closes_at };
        events::record(tx, now, &event.about(day.id).in_cooperative(day.cooperative))?;
    }
    Ok(opening)
}
