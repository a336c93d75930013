//! What a group brought the last time: its proposal for this time.

use super::day::MarketDay;
use super::error::MarketError;
use super::offering::MarketOffering;
use super::store;
use crate::db::Conn;
use crate::kernel::Quantity;
use crate::kernel::ids::{GroupId, MarketDayId};
use crate::supply;

/// What a group brought of a product the last time, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What it brought.
    pub last: MarketOffering,
    /// When that was.
    pub last_day: MarketDay,
    /// How much of it was ordered.
    pub ordered: Quantity,
    /// Whether it is said already that it comes this time.
    pub is_brought: bool,
}

/// What a group brought the last time, as its proposal for this day: on the day before of the same schedule.
pub fn proposals(conn: &mut Conn, day: MarketDayId, group: GroupId) -> Result<Vec<Proposal>, MarketError> {
    let day = store::find_day(conn, day)?.ok_or(MarketError::NotFound)?;
    let Some(schedule) = day.schedule else { return Ok(Vec::new()) };
    let Some(last_day) = store::latest_before(conn, schedule, day.held_on)? else { return Ok(Vec::new()) };
    let brought = store::offerings_of_group(conn, day.id, group)?;
    let mut proposals = Vec::new();
    for last in store::offerings_of_group(conn, last_day.id, group)? {
        let batch = last.batch.map(|batch| supply::find(conn, batch)).transpose()?.flatten();
        proposals.push(Proposal {
            ordered: batch.map_or(Quantity::ZERO, |batch| batch.claimed),
            is_brought: brought.iter().any(|said| said.product == last.product),
            last,
            last_day: last_day.clone(),
        });
    }
    Ok(proposals)
}
