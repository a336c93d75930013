//! Periodic tasks of standing orders and market days.

use super::confirm::process_confirmations;
use super::open_day::open_due;
use super::place::place_due_orders;
use super::settings::Settings;
use super::sync_group_pauses::sync_group_pauses;
use crate::db::Db;
use crate::jobs::{PeriodicTask, TaskError};
use crate::kernel::{Duration, Instant};
use crate::{market_days, orders};

/// Opens due market days, creates due orders of standing orders, processes confirmations and closes due market days, in
/// this order: a day that is due both ways is opened first. Reads whether there is anything to do before it writes.
/// Returns how much was done.
pub fn process_due(
    db: &Db,
    now: Instant,
    order_settings: &orders::Settings,
    settings: &Settings,
) -> Result<usize, TaskError> {
    // Every step runs, even if an earlier one failed.
    let results = [
        open_due(db, now, order_settings, settings),
        place_due_orders(db, now, order_settings, settings),
        process_confirmations(db, now, settings),
        market_days::close_due(db, now),
    ];
    results.into_iter().try_fold(0_usize, |sum, result| Ok(sum.saturating_add(result?)))
}

/// The periodic tasks that need no settings.
pub fn periodic_tasks() -> Vec<PeriodicTask> {
    vec![PeriodicTask { name: "market.follow_groups", every: Duration::minutes(1), run: sync_group_pauses }]
}
