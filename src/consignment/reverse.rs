//! Reverses wrong counts.

use super::error::ConsignmentError;
use super::events::{self, ConsignmentEvent};
use super::goods::OutletCount;
use super::store;
use crate::cooperatives::{AccessError, GroupPermit};
use crate::db::Tx;
use crate::kernel::ids::{ConsignmentId, OutletCountId};
use crate::kernel::{Instant, Quantity};
use crate::orders;

/// Reverses a count: sold goods are on hand again, to be counted anew, and the sale is undone. Returned and discarded
/// goods stay so. What the outlet has paid is refunded or pays another order. `NothingToReverse` when it has no sale or
/// is reversed already.
pub fn reverse_count(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    id: OutletCountId,
) -> Result<OutletCount, ConsignmentError> {
    let count = store::lock_count(tx, id)?.filter(|count| count.group == permit.group).ok_or(AccessError::Hidden)?;
    let Some(order) = count.order.filter(|_| count.reversed_at.is_none()) else {
        return Err(ConsignmentError::NothingToReverse);
    };
    let lines = store::list_count_lines(tx, &[id])?;
    let ids: Vec<ConsignmentId> = lines.iter().map(|line| line.consignment).collect();
    let consignments = store::lock_consignments(tx, &ids)?;
    for line in &lines {
        let details = consignments
            .iter()
            .find(|details| details.consignment.id == line.consignment)
            .ok_or(AccessError::Hidden)?;
        let negate = |quantity: Quantity| Quantity::ZERO.minus(quantity);
        // The quantity billed beyond the sold one is what was damaged at the outlet.
        let damaged = line.billed.minus(line.sold);
        store::update_consignment(tx, &details.consignment.after(negate(line.sold), Quantity::ZERO, negate(damaged)))?;
    }
    orders::undo_consigned(tx, now, permit.account, order)?;
    let count = OutletCount { reversed_at: Some(now), reversed_by: Some(permit.account), ..count };
    store::mark_reversed(tx, &count)?;
    let event = ConsignmentEvent::CountReversed { outlet: count.outlet, count: count.id, order };
    let event = event.about(count.id).by(permit.account).in_group(permit.cooperative, permit.group);
    events::record(tx, now, &event)?;
    Ok(count)
}
