//! How much one caller may do of what costs room or work, counted in the database, so that limits hold over several
//! servers and restarts.

#![allow(clippy::arithmetic_side_effects, reason = "columns are added up by the database, which checks")]

use diesel::prelude::*;

use crate::db::schema::rate_buckets::dsl;
use crate::db::{self, Tx, on_both};
use crate::kernel::ids::Id;
use crate::kernel::{Duration, Instant};
use crate::web::{Code, Problem};

/// How long a quota holds before it is whole again.
pub const WINDOW: Duration = Duration::days(1);

/// So much a day, for each caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Of what.
    pub name: &'static str,
    /// How often a day.
    pub most: i64,
}

/// The quota of today is used up, or the database failed.
#[derive(Debug, thiserror::Error)]
pub enum QuotaError {
    /// It is whole again after this many seconds.
    #[error("the quota is used up for {0} seconds")]
    UsedUp(u32),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<QuotaError> for Problem {
    fn from(error: QuotaError) -> Self {
        match error {
            QuotaError::UsedUp(seconds) => Problem::new(Code::TooManyRequests).retry_after(seconds),
            QuotaError::Db(error) => error.into(),
        }
    }
}

impl Quota {
    /// Takes one out of the quota of this account, or of whatever stands for a guest. Of those who take the last one
    /// at once, one gets it.
    pub fn take(self, tx: &mut Tx<'_>, now: Instant, owner: impl Id) -> Result<(), QuotaError> {
        let bucket = format!("{} {}", self.name, owner.uuid());
        let first = (dsl::bucket.eq(&bucket), dsl::spent.eq(0_i64), dsl::refilled_at.eq(now));
        on_both!(tx, c => diesel::insert_into(dsl::rate_buckets).values(first).on_conflict_do_nothing().execute(c))
            .map_err(db::Error::from)?;
        let mine = dsl::rate_buckets.find(&bucket);
        let again = (dsl::spent.eq(1_i64), dsl::refilled_at.eq(now));
        let whole = diesel::update(mine.filter(dsl::refilled_at.le(now.before(WINDOW)))).set(again);
        if whole.execute(&mut **tx).map_err(db::Error::from)? == 1 {
            return Ok(());
        }
        let one = diesel::update(mine.filter(dsl::spent.lt(self.most))).set(dsl::spent.eq(dsl::spent + 1));
        if one.execute(&mut **tx).map_err(db::Error::from)? == 1 {
            return Ok(());
        }
        let begun: Instant = mine.select(dsl::refilled_at).first(&mut **tx).map_err(db::Error::from)?;
        let seconds = begun.after(WINDOW).since(now).num_seconds().max(0).saturating_add(1);
        Err(QuotaError::UsedUp(u32::try_from(seconds).unwrap_or(u32::MAX)))
    }
}

/// Forgets counters that are whole again; a job calls it.
pub fn purge(tx: &mut Tx<'_>, now: Instant) -> db::Result<usize> {
    let whole = dsl::rate_buckets.filter(dsl::refilled_at.le(now.before(WINDOW)));
    Ok(diesel::delete(whole).execute(&mut **tx)?)
}
