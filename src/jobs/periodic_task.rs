//! Work that comes round by itself.

use crate::db::{self, Db, Tx};
use crate::kernel::{Duration, Instant};

/// Why a chore could not be finished; it is tried again at its next turn.
pub type TaskError = Box<dyn std::error::Error + Send + Sync>;

/// Work that comes round by itself. It decides by stored state, so that doing it late, or twice, changes nothing.
#[derive(Debug, Clone, Copy)]
pub struct PeriodicTask {
    /// Its name in the schedule.
    pub name: &'static str,
    /// How often it comes round.
    pub every: Duration,
    /// Does what is due at this moment, in transactions of its own (`write_blocking`); tells how much it did.
    pub run: fn(&Db, Instant) -> Result<usize, TaskError>,
}

/// Does a piece of work for each of these, each in a transaction of its own, so that one that fails holds up none of the
/// others. Tells how many pieces were done or, when all have had their turn, the first failure.
pub fn for_each_in_tx<T, E>(
    db: &Db,
    all: impl IntoIterator<Item = T>,
    one: impl Fn(&mut Tx<'_>, &T) -> Result<usize, E> + Clone + Send + 'static,
) -> Result<usize, TaskError>
where
    T: Send + 'static,
    E: std::error::Error + From<db::Error> + Send + Sync + 'static,
{
    let (mut pieces, mut failure) = (0_usize, None);
    for it in all {
        let one = one.clone();
        match db.write_blocking::<_, E, _>(move |tx| one(tx, &it)) {
            Ok(done) => pieces = pieces.saturating_add(done),
            Err(error) => {
                tracing::warn!(%error, "one of many failed, and the others go on");
                failure.get_or_insert(error);
            }
        }
    }
    match failure {
        None => Ok(pieces),
        Some(error) => Err(error.into()),
    }
}
