//! Proposals for the next market day: what a group offered the last time.

use super::day::MarketDay;
use super::error::MarketError;
use super::offering::MarketOffering;
use super::store;
use crate::db::Conn;
use crate::kernel::Quantity;
use crate::kernel::ids::{GroupId, MarketDayId};
use crate::supply;

/// A group's last offering of a product, and how much of it was ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The last offering.
    pub last: MarketOffering,
    /// The day of the last offering.
    pub last_day: MarketDay,
    /// How much of it was ordered.
    pub ordered: Quantity,
    /// Whether the product is already offered on the coming day.
    pub is_brought: bool,
}

/// Lists what the group offered on the previous day of the same schedule, as proposals for this day.
pub fn list_proposals(conn: &mut Conn, day: MarketDayId, group: GroupId) -> Result<Vec<Proposal>, MarketError> {
    let day = store::find_day(conn, day)?.ok_or(MarketError::NotFound)?;
    let Some(schedule) = day.schedule else { return Ok(Vec::new()) };
    let Some(last_day) = store::find_latest_before(conn, schedule, day.held_on)? else { return Ok(Vec::new()) };
    let current = store::list_group_offerings(conn, day.id, group)?;
    let mut proposals = Vec::new();
    for last in store::list_group_offerings(conn, last_day.id, group)? {
        let batch = last.batch.map(|batch| supply::find(conn, batch)).transpose()?.flatten();
        proposals.push(Proposal {
            ordered: batch.map_or(Quantity::ZERO, |batch| batch.claimed),
            is_brought: current.iter().any(|offering| offering.product == last.product),
            last,
            last_day: last_day.clone(),
        });
    }
    Ok(proposals)
}
