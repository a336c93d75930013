//! What happens to market days by itself.

use super::plan_days::plan_days;
use crate::jobs::PeriodicTask;
use crate::kernel::Duration;

/// The work of market days that comes round by itself, besides opening and closing them.
pub fn periodic_tasks() -> Vec<PeriodicTask> {
    vec![PeriodicTask { name: "market.plan", every: Duration::hours(1), run: plan_days }]
}
