//! Work that comes round by itself.

use crate::db::Db;
use crate::kernel::{Duration, Instant};

/// Why a chore could not be finished; it is tried again at its next turn.
pub type ChoreError = Box<dyn std::error::Error + Send + Sync>;

/// Work that comes round by itself. It decides by stored state, so that doing it late, or twice, changes nothing.
#[derive(Debug, Clone, Copy)]
pub struct Chore {
    /// Its name in the schedule.
    pub name: &'static str,
    /// How often it comes round.
    pub every: Duration,
    /// Does what is due at this moment, in transactions of its own (`write_blocking`); tells how much it did.
    pub run: fn(&Db, Instant) -> Result<usize, ChoreError>,
}
