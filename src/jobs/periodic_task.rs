//! Periodic tasks.

use crate::db::{self, Db, Tx};
use crate::kernel::{Duration, Instant};

/// Why a task or job failed; it is retried later.
pub type TaskError = Box<dyn std::error::Error + Send + Sync>;

/// A task that runs at an interval. It decides by stored state what is due, so that running late or twice is harmless.
#[derive(Debug, Clone, Copy)]
pub struct PeriodicTask {
    /// The name of its schedule.
    pub name: &'static str,
    /// The interval.
    pub every: Duration,
    /// Processes what is due at this time, in its own transactions (`write_blocking`); returns the number of processed
    /// items.
    pub run: fn(&Db, Instant) -> Result<usize, TaskError>,
}

/// Processes each item in its own transaction, so that a failure does not affect the others. Returns the total of
/// `process`, or the first error after all items have been tried.
pub fn for_each_in_tx<T, E>(
    db: &Db,
    items: impl IntoIterator<Item = T>,
    process: impl Fn(&mut Tx<'_>, &T) -> Result<usize, E> + Clone + Send + 'static,
) -> Result<usize, TaskError>
where
    T: Send + 'static,
    E: std::error::Error + From<db::Error> + Send + Sync + 'static,
{
    let (mut processed, mut failure) = (0_usize, None);
    for item in items {
        let process = process.clone();
        match db.write_blocking::<_, E, _>(move |tx| process(tx, &item)) {
            Ok(count) => processed = processed.saturating_add(count),
            Err(error) => {
                tracing::warn!(%error, "an item failed; the others continue");
                failure.get_or_insert(error);
            }
        }
    }
    match failure {
        None => Ok(processed),
        Some(error) => Err(error.into()),
    }
}
