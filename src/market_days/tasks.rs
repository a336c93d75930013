//! Periodic tasks of market days.

use super::plan_days::plan_days;
use crate::jobs::PeriodicTask;
use crate::kernel::Duration;

/// The periodic tasks of market days. Opening and closing are run by `standing_orders::tasks`.
pub fn periodic_tasks() -> Vec<PeriodicTask> {
    vec![PeriodicTask { name: "market.plan", every: Duration::hours(1), run: plan_days }]
}
