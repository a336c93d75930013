//! An officer takes back a count that was wrong.

use super::error::ConsignmentError;
use super::goods::OutletCount;
use super::store;
use crate::cooperatives::{AccessError, GroupPermit};
use crate::db::Tx;
use crate::events::{self, Event};
use crate::kernel::ids::{ConsignmentId, OutletCountId};
use crate::kernel::{Instant, Quantity};
use crate::orders;

/// Takes back what a count found sold: it is on hand again, to be counted anew, and its sale is undone. What was given back
/// or thrown away stays so. What the outlet has paid for it already is to be given back, or pays another order.
pub fn reverse(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    id: OutletCountId,
) -> Result<OutletCount, ConsignmentError> {
    let count = store::locked_count(tx, id)?.filter(|it| it.group == permit.group).ok_or(AccessError::Hidden)?;
    let Some(order) = count.order.filter(|_| count.reversed_at.is_none()) else {
        return Err(ConsignmentError::NothingToReverse);
    };
    let lines = store::lines_of(tx, &[id])?;
    let ids: Vec<ConsignmentId> = lines.iter().map(|line| line.consignment).collect();
    let held = store::locked_consignments(tx, &ids)?;
    for line in &lines {
        let known = held.iter().find(|it| it.consignment.id == line.consignment).ok_or(AccessError::Hidden)?;
        let back = |quantity: Quantity| Quantity::ZERO.minus(quantity);
        // What the outlet owed for beyond what it sold is what was damaged there.
        let damaged = line.billed.minus(line.sold);
        store::update_consignment(tx, &known.consignment.after(back(line.sold), Quantity::ZERO, back(damaged)))?;
    }
    orders::undo_consigned(tx, now, permit.account, order)?;
    let count = OutletCount { reversed_at: Some(now), reversed_by: Some(permit.account), ..count };
    store::set_reversed(tx, &count)?;
    let event = Event::new("outlet.count_reversed", count.id)
        .by(permit.account)
        .in_cooperative(permit.cooperative)
        .of_group(permit.group)
        .with("outlet", count.outlet)
        .with("count", count.id)
        .with("order", order);
    events::record(tx, now, &event)?;
    Ok(count)
}
