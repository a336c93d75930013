//! What comes round by itself: opening days, due occurrences, confirmations, and closing days, in this order.

use super::claim::create_due;
use super::confirm::process_confirmations;
use super::open_day::open_due;
use super::settings::Settings;
use crate::db::Db;
use crate::jobs::TaskError;
use crate::kernel::Instant;
use crate::{market_days, orders};

/// Opens the market days that are due, creates the due orders of standing orders, processes those that wait for a
/// confirmation, and closes the market days that are due: a day that is due both ways is opened first. It finds by reads
/// whether there is anything to do, and returns how much it did.
pub fn process_due(db: &Db, now: Instant, orders: &orders::Settings, settings: &Settings) -> Result<usize, TaskError> {
    // Each has its turn, whatever became of the one before.
    let turns = [
        open_due(db, now, orders, settings),
        create_due(db, now, orders, settings),
        process_confirmations(db, now, settings),
        market_days::close_due(db, now),
    ];
    turns.into_iter().try_fold(0_usize, |sum, turn| Ok(sum.saturating_add(turn?)))
}
