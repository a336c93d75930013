//! Opening a market day: its offerings become batches and standing orders claim of them, in one transaction.

use super::claim::claim_for_market;
use super::error::StandingError;
use super::settings::Settings;
use crate::db::{self, Db, Tx};
use crate::events::{self, Event};
use crate::jobs::{self, TaskError};
use crate::kernel::Instant;
use crate::kernel::ids::MarketDayId;
use crate::market_days::{self, Opening};
use crate::orders;

/// How many days are opened at one turn; the rest waits for the next.
const BATCH_SIZE: i64 = 50;

/// Opens every day that is due, the longest due first, each in a transaction of its own.
pub fn open_due(db: &Db, now: Instant, orders: &orders::Settings, settings: &Settings) -> Result<usize, TaskError> {
    let settings = (*orders, *settings);
    let due = db.read_blocking::<_, db::Error>(|conn| market_days::list_due_to_open(conn, now, BATCH_SIZE))?;
    jobs::for_each_in_tx(db, due, move |tx, day| {
        let opening = open_day(tx, now, settings, *day)?;
        Ok::<_, StandingError>(usize::from(opening != Opening::NotDue))
    })
}

/// Opens a market day that is due; of its new batches the standing orders claim, the oldest first, before anyone else can.
pub fn open_day(
    tx: &mut Tx<'_>,
    now: Instant,
    (orders, settings): (orders::Settings, Settings),
    id: MarketDayId,
) -> Result<Opening, StandingError> {
    let opening = market_days::open_day(tx, now, id)?;
    if let Opening::Open(day, offerings) = &opening {
        claim_for_market(tx, day.opens_at, &orders, &settings, day, offerings)?;
        let event = Event::new("market_day.opened", day.id)
            .in_cooperative(day.cooperative)
            .with("held_on", day.held_on)
            .with("closes_at", day.closes_at);
        events::record(tx, now, &event)?;
    }
    Ok(opening)
}
