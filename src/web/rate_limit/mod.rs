//! How often one caller may ask: `memory` holds a bucket for each address and each account in this process; `stored` counts
//! in the database what costs room or work, so that its limits hold over several instances and restarts.

mod memory;
mod stored;

pub use memory::{Limiter, RateLimitStatus, Settings, charge};
pub use stored::{Quota, QuotaError, WINDOW, purge};
