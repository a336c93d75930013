//! Rate limits: `memory` has a token bucket per address and account in this process; `stored` counts expensive
//! operations in the database, so that its limits hold across instances and restarts.

mod memory;
mod stored;

pub use memory::{Limiter, RateLimitStatus, Settings, charge};
pub use stored::{Quota, QuotaError, WINDOW, purge};
