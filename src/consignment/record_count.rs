//! Records counts at outlets: goods neither left nor returned nor damaged count as sold.

use super::error::ConsignmentError;
use super::events::{self, ConsignmentEvent};
use super::goods::{Consignment, CountLine, OutletCount};
use super::outlet::Outlet;
use super::store::{self, ConsignmentDetails};
use crate::cooperatives::{self, AccessError, GroupPermit};
use crate::db::Tx;
use crate::kernel::ids::{ConsignmentId, OrderId, OutletCountId, OutletId};
use crate::kernel::{Duration, Instant, Quantity};
use crate::orders::{self, ConsignedLine, ConsignedSale, GoodsDisposition};
use crate::supply::{self, Discard};
use crate::web::{FieldErrors, Rule};

/// The count of one consignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCountLine {
    /// The consignment.
    pub consignment: ConsignmentId,
    /// Quantity at the outlet.
    pub on_hand: Quantity,
    /// Quantity returned.
    pub returned: Quantity,
    /// Quantity damaged.
    pub damaged: Quantity,
    /// What happens to returned goods.
    pub disposition: GoodsDisposition,
}

/// A count of a group's goods at an outlet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCount {
    /// Id to create it with.
    pub id: OutletCountId,
    /// One entry per counted consignment.
    pub lines: Vec<NewCountLine>,
    /// Note.
    pub note: Option<String>,
}

/// A counted consignment with the effects of the count.
struct CountedItem {
    details: ConsignmentDetails,
    line: CountLine,
    disposition: GoodsDisposition,
    /// Damaged quantity that the outlet does not pay for.
    discarded: Quantity,
}

/// Records a count. Sold goods become an order of the outlet; returned goods go back on the shelf or are discarded.
pub fn record_count(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &orders::Settings,
    permit: &GroupPermit,
    outlet: OutletId,
    new_count: &NewCount,
) -> Result<(OutletCount, Vec<CountLine>), ConsignmentError> {
    let outlet = store::find_outlet(tx, outlet)?.filter(|outlet| outlet.cooperative == permit.cooperative);
    let outlet = outlet.ok_or(AccessError::Hidden)?;
    let mut items = resolve_lines(tx, permit, &outlet, new_count)?;
    items.sort_by_key(|item| (item.details.consignment.batch, item.details.consignment.id));
    for item in &items {
        let CountLine { sold, returned, damaged, .. } = item.line;
        store::update_consignment(tx, &item.details.consignment.after(sold, returned, damaged))?;
        process_returns(tx, now, permit, item)?;
    }
    let order = create_order(tx, now, settings, permit, &outlet, &items)?;
    let zone = cooperatives::load_zone(tx, permit.cooperative)?;
    let count = OutletCount {
        id: new_count.id,
        cooperative: permit.cooperative,
        outlet: outlet.id,
        group: permit.group,
        order,
        counted_on: zone.day_of(now),
        counted_at: now,
        counted_by: permit.account,
        reversed_at: None,
        reversed_by: None,
        note: new_count.note.clone(),
    };
    let lines: Vec<CountLine> = items.iter().map(|item| item.line).collect();
    store::insert_count(tx, &count, &lines)?;
    let sold = Quantity::sum(lines.iter().map(|line| line.sold));
    let event = ConsignmentEvent::Counted { outlet: outlet.id, count: count.id, order, sold };
    let event = event.about(count.id).by(permit.account).in_group(permit.cooperative, permit.group);
    events::record(tx, now, &event)?;
    Ok((count, lines))
}

/// Locks the counted consignments, validates the lines and computes their effects.
fn resolve_lines(
    tx: &mut Tx<'_>,
    permit: &GroupPermit,
    outlet: &Outlet,
    new_count: &NewCount,
) -> Result<Vec<CountedItem>, ConsignmentError> {
    let ids: Vec<ConsignmentId> = new_count.lines.iter().map(|line| line.consignment).collect();
    let consignments = store::lock_consignments(tx, &ids)?;
    let (mut errors, mut items) = (FieldErrors::default(), Vec::with_capacity(ids.len()));
    for (index, line) in new_count.lines.iter().enumerate() {
        let is_own = |details: &&ConsignmentDetails| {
            let consignment = &details.consignment;
            consignment.id == line.consignment && consignment.outlet == outlet.id && consignment.group == permit.group
        };
        let Some(details) = consignments.iter().find(is_own) else {
            errors.add(format!("/lines/{index}/consignment"), Rule::UnknownReference);
            continue;
        };
        if ids.iter().take(index).any(|id| *id == line.consignment) {
            errors.add(format!("/lines/{index}/consignment"), Rule::LineTwice);
        }
        let accounted_for = Quantity::sum([line.on_hand, line.returned, line.damaged]);
        let sold = details.consignment.on_hand.minus(accounted_for);
        if sold < Quantity::ZERO {
            errors.add(format!("/lines/{index}/on_hand"), Rule::MoreThanThere);
        }
        let billed = if outlet.terms.bears_damage { sold.plus(line.damaged) } else { sold };
        let count_line = CountLine {
            count: new_count.id,
            consignment: line.consignment,
            sold,
            returned: line.returned,
            damaged: line.damaged,
            billed,
            on_hand: line.on_hand,
        };
        let discarded = if outlet.terms.bears_damage { Quantity::ZERO } else { line.damaged };
        items.push(CountedItem {
            details: details.clone(),
            line: count_line,
            disposition: line.disposition,
            discarded,
        });
    }
    if errors.is_empty() { Ok(items) } else { Err(ConsignmentError::Invalid(errors)) }
}

/// Puts returned goods back on the shelf or discards them, together with damaged goods.
fn process_returns(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    item: &CountedItem,
) -> Result<(), ConsignmentError> {
    let Consignment { batch, .. } = item.details.consignment;
    let (restocked, discarded) = match item.disposition {
        GoodsDisposition::Shelf => (item.line.returned, item.discarded),
        GoodsDisposition::Discard => (Quantity::ZERO, item.line.returned.plus(item.discarded)),
    };
    if restocked.is_positive() {
        supply::restock(tx, now, batch, restocked)?;
    }
    if discarded.is_positive() {
        let reason = "titip jual".to_owned();
        let discard = Discard { id: tx.id(now), quantity: discarded, reason, by: permit.account, noted_at: now };
        orders::discard_consigned(tx, now, batch, &discard)?;
    }
    Ok(())
}

/// Creates the order of the goods the outlet owes for; `None` when it owes nothing.
fn create_order(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &orders::Settings,
    permit: &GroupPermit,
    outlet: &Outlet,
    items: &[CountedItem],
) -> Result<Option<OrderId>, ConsignmentError> {
    let billed = items.iter().filter(|item| item.line.billed.is_positive());
    let lines: Vec<ConsignedLine> = billed
        .map(|item| ConsignedLine {
            product: item.details.consignment.product,
            name: item.details.product_name.clone(),
            unit: item.details.unit.clone(),
            batch: item.details.consignment.batch,
            ready_on: item.details.ready_on,
            quantity: item.line.billed,
            unit_price: item.details.consignment.unit_price,
            retail_price: item.details.consignment.retail_price,
            service_percent: item.details.consignment.service_percent,
        })
        .collect();
    if lines.is_empty() {
        return Ok(None);
    }
    let sale = ConsignedSale {
        outlet: outlet.id,
        contact: outlet.contact(),
        pay_by: now.after(Duration::days(outlet.terms.settle_days.into())),
        lines,
    };
    Ok(Some(orders::sell_consigned(tx, now, settings, permit, &sale)?.order.id))
}
