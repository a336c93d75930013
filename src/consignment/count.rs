//! An officer counts what an outlet has left: what is neither there nor given back nor damaged is sold.

use super::error::{ConsignmentError, NOT_THERE};
use super::goods::{Consignment, CountLine, OutletCount};
use super::outlet::Outlet;
use super::store::{self, Shown};
use crate::cooperatives::{self, AccessError, GroupPermit};
use crate::db::Tx;
use crate::events::{self, Event};
use crate::kernel::ids::{ConsignmentId, OrderId, OutletCountId, OutletId};
use crate::kernel::{Duration, Instant, Quantity};
use crate::orders::{self, ConsignedLine, ConsignedSale, GoodsAfter};
use crate::supply::{self, Discard};
use crate::web::{FieldError, FieldErrors};

/// What was found of a consignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Of which.
    pub consignment: ConsignmentId,
    /// What is there.
    pub on_hand: Quantity,
    /// What was given back.
    pub returned: Quantity,
    /// What was damaged.
    pub damaged: Quantity,
    /// What becomes of what was given back.
    pub goods: GoodsAfter,
}

/// A count of a group's goods at an outlet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counting {
    /// Its id, new.
    pub id: OutletCountId,
    /// What was found.
    pub lines: Vec<Counted>,
    /// What is worth remembering.
    pub note: Option<String>,
}

/// What follows from a count for a consignment.
struct Found {
    shown: Shown,
    line: CountLine,
    goods: GoodsAfter,
    /// What is thrown away at the group's or the cooperative's cost.
    spoilt: Quantity,
}

/// Counts. What is sold becomes an order of the outlet, what came back goes on the shelf or away.
pub fn count(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &orders::Settings,
    permit: &GroupPermit,
    outlet: OutletId,
    counting: &Counting,
) -> Result<(OutletCount, Vec<CountLine>), ConsignmentError> {
    let outlet = store::outlet(tx, outlet)?.filter(|it| it.cooperative == permit.cooperative);
    let outlet = outlet.ok_or(AccessError::Hidden)?;
    let mut found = find(tx, permit, &outlet, counting)?;
    found.sort_by_key(|it| (it.shown.consignment.batch, it.shown.consignment.id));
    for it in &found {
        let CountLine { sold, returned, damaged, .. } = it.line;
        store::update_consignment(tx, &it.shown.consignment.after(sold, returned, damaged))?;
        take_back(tx, now, permit, it)?;
    }
    let order = bill(tx, now, settings, permit, &outlet, &found)?;
    let zone = cooperatives::find_cooperative(tx, permit.cooperative)?.ok_or(AccessError::Hidden)?.zone;
    let count = OutletCount {
        id: counting.id,
        cooperative: permit.cooperative,
        outlet: outlet.id,
        group: permit.group,
        order,
        counted_on: zone.day_of(now),
        counted_at: now,
        counted_by: permit.account,
        reversed_at: None,
        reversed_by: None,
        note: counting.note.clone(),
    };
    let lines: Vec<CountLine> = found.iter().map(|it| it.line).collect();
    store::insert_count(tx, &count, &lines)?;
    let event = Event::new("outlet.counted", count.id)
        .by(permit.account)
        .in_cooperative(permit.cooperative)
        .of_group(permit.group)
        .with("outlet", outlet.id)
        .with("count", count.id)
        .with("order", order)
        .with("sold", Quantity::sum(lines.iter().map(|line| line.sold)));
    events::record(tx, now, &event)?;
    Ok((count, lines))
}

/// Holds what is counted, and says what follows for each.
fn find(
    tx: &mut Tx<'_>,
    permit: &GroupPermit,
    outlet: &Outlet,
    counting: &Counting,
) -> Result<Vec<Found>, ConsignmentError> {
    let ids: Vec<ConsignmentId> = counting.lines.iter().map(|line| line.consignment).collect();
    let held = store::locked_consignments(tx, &ids)?;
    let (mut errors, mut found) = (FieldErrors::default(), Vec::with_capacity(ids.len()));
    for (place, line) in counting.lines.iter().enumerate() {
        let own = |it: &&Shown| {
            let it = &it.consignment;
            it.id == line.consignment && it.outlet == outlet.id && it.group == permit.group
        };
        let Some(shown) = held.iter().find(own) else {
            errors.add(format!("/lines/{place}/consignment"), NOT_THERE);
            continue;
        };
        if ids.iter().take(place).any(|id| *id == line.consignment) {
            errors.add(format!("/lines/{place}/consignment"), TWICE);
        }
        let gone = Quantity::sum([line.on_hand, line.returned, line.damaged]);
        let sold = shown.consignment.on_hand.minus(gone);
        if sold < Quantity::ZERO {
            errors.add(format!("/lines/{place}/on_hand"), MORE_THAN_THERE);
        }
        let billed = if outlet.bears_damage { sold.plus(line.damaged) } else { sold };
        let line_kept = CountLine {
            count: counting.id,
            consignment: line.consignment,
            sold,
            returned: line.returned,
            damaged: line.damaged,
            billed,
            on_hand: line.on_hand,
        };
        let spoilt = if outlet.bears_damage { Quantity::ZERO } else { line.damaged };
        found.push(Found { shown: shown.clone(), line: line_kept, goods: line.goods, spoilt });
    }
    if errors.is_empty() { Ok(found) } else { Err(ConsignmentError::Invalid(errors)) }
}

/// What came back goes on the shelf, or away with what was damaged.
fn take_back(tx: &mut Tx<'_>, now: Instant, permit: &GroupPermit, it: &Found) -> Result<(), ConsignmentError> {
    let Consignment { batch, .. } = it.shown.consignment;
    let (shelved, thrown) = match it.goods {
        GoodsAfter::Shelf => (it.line.returned, it.spoilt),
        GoodsAfter::Discard => (Quantity::ZERO, it.line.returned.plus(it.spoilt)),
    };
    if shelved.is_positive() {
        supply::put_back(tx, now, batch, shelved)?;
    }
    if thrown.is_positive() {
        let reason = "titip jual".to_owned();
        let discard = Discard { id: tx.id(now), quantity: thrown, reason, by: permit.account, noted_at: now };
        orders::discard_consigned(tx, now, batch, &discard)?;
    }
    Ok(())
}

/// Writes the order of what the outlet owes for, if it owes for anything.
fn bill(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &orders::Settings,
    permit: &GroupPermit,
    outlet: &Outlet,
    found: &[Found],
) -> Result<Option<OrderId>, ConsignmentError> {
    let billed = found.iter().filter(|it| it.line.billed.is_positive());
    let lines: Vec<ConsignedLine> = billed
        .map(|it| ConsignedLine {
            product: it.shown.consignment.product,
            name: it.shown.product_name.clone(),
            unit: it.shown.unit.clone(),
            batch: it.shown.consignment.batch,
            ready_on: it.shown.ready_on,
            quantity: it.line.billed,
            unit_price: it.shown.consignment.unit_price,
            retail_price: it.shown.consignment.retail_price,
            service_percent: it.shown.consignment.service_percent,
        })
        .collect();
    if lines.is_empty() {
        return Ok(None);
    }
    let sale = ConsignedSale {
        outlet: outlet.id,
        contact: outlet.contact(),
        pay_by: now.after(Duration::days(outlet.settle_days.into())),
        lines,
    };
    Ok(Some(orders::sell_consigned(tx, now, settings, permit, &sale)?.order.id))
}

const TWICE: FieldError = FieldError::Rule {
    code: "line-twice",
    id: "Titipan ini disebut dua kali.",
    en: "This consignment is named twice.",
};
const MORE_THAN_THERE: FieldError = FieldError::Rule {
    code: "more-than-there",
    id: "Sisa, retur, dan rusak lebih banyak daripada yang ada di warung.",
    en: "What is left, given back and damaged is more than was there.",
};
