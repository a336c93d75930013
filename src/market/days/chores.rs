//! What happens to market days by itself.

use super::plan_days::plan_days;
use crate::jobs::Chore;
use crate::kernel::Duration;

/// The work of market days that comes round by itself, besides opening and closing them.
pub fn chores() -> Vec<Chore> {
    vec![Chore { name: "market.plan", every: Duration::hours(1), run: plan_days }]
}
