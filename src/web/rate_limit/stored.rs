//! Quotas per caller for expensive operations, counted in the database, so that limits hold across instances and
//! restarts.

#![allow(clippy::arithmetic_side_effects, reason = "columns are added up by the database, which checks")]

use diesel::prelude::*;

use crate::db::schema::rate_buckets::dsl;
use crate::db::{self, Tx, on_both};
use crate::kernel::ids::Id;
use crate::kernel::{Duration, Instant};
use crate::web::{Code, Problem, verb_errors};

/// How long after its first use a quota is reset.
pub const WINDOW: Duration = Duration::days(1);

/// A limit per day and caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// The name of its counters.
    pub name: &'static str,
    /// Uses per day.
    pub limit: i64,
}

verb_errors! {
    /// Why a quota was not charged.
    pub enum QuotaError {
        /// The quota is used up; it is reset after this many seconds.
        UsedUp(seconds: u32) => { Problem::new(Code::TooManyRequests).retry_after(seconds) },
    }
    + Db(db::Error)
}

impl Quota {
    /// Charges one use to the account, or to the id that stands for a guest. Atomic: of two concurrent callers, one
    /// gets the last use.
    pub fn charge(self, tx: &mut Tx<'_>, now: Instant, owner: impl Id) -> Result<(), QuotaError> {
        let bucket = format!("{} {}", self.name, owner.uuid());
        let row = (dsl::bucket.eq(&bucket), dsl::spent.eq(0_i64), dsl::refilled_at.eq(now));
        on_both!(tx, c => diesel::insert_into(dsl::rate_buckets).values(row).on_conflict_do_nothing().execute(c))
            .map_err(db::Error::from)?;
        let counter = dsl::rate_buckets.find(&bucket);
        let first_use = (dsl::spent.eq(1_i64), dsl::refilled_at.eq(now));
        let reset = diesel::update(counter.filter(dsl::refilled_at.le(now.before(WINDOW)))).set(first_use);
        if reset.execute(&mut **tx).map_err(db::Error::from)? == 1 {
            return Ok(());
        }
        let increment = diesel::update(counter.filter(dsl::spent.lt(self.limit))).set(dsl::spent.eq(dsl::spent + 1));
        if increment.execute(&mut **tx).map_err(db::Error::from)? == 1 {
            return Ok(());
        }
        let window_start: Instant = counter.select(dsl::refilled_at).get_result(&mut **tx).map_err(db::Error::from)?;
        let seconds = window_start.after(WINDOW).since(now).num_seconds().max(0).saturating_add(1);
        Err(QuotaError::UsedUp(u32::try_from(seconds).unwrap_or(u32::MAX)))
    }
}

/// Deletes counters whose window is over; a periodic task calls it.
pub fn purge(tx: &mut Tx<'_>, now: Instant) -> db::Result<usize> {
    let expired = dsl::rate_buckets.filter(dsl::refilled_at.le(now.before(WINDOW)));
    Ok(diesel::delete(expired).execute(&mut **tx)?)
}
