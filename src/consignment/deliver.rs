//! An officer brings goods of a batch to an outlet.

use super::error::{ConsignmentError, NOT_THERE};
use super::goods::Consignment;
use super::outlet::Outlet;
use super::store;
use crate::catalogue;
use crate::cooperatives::{self, AccessError, GroupPermit};
use crate::db::Tx;
use crate::events::{self, Event};
use crate::kernel::ids::{BatchId, ConsignmentId, OutletId};
use crate::kernel::{Instant, Quantity, Rupiah};
use crate::supply::{self, Batch, FiguresError};
use crate::web::{FieldError, FieldErrors};

/// The highest price of a unit at an outlet.
pub const MOST_PRICE: i64 = 100_000_000;

/// Goods that are brought to an outlet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id, new.
    pub id: ConsignmentId,
    /// Of which batch.
    pub batch: BatchId,
    /// How much.
    pub quantity: Quantity,
    /// What the outlet owes for a unit; the usual price less its cut, when it is not said.
    pub consignment_price: Option<Rupiah>,
    /// Who took it there.
    pub received_by: Option<String>,
    /// What is worth remembering.
    pub note: Option<String>,
}

/// Brings goods of the group to an outlet. They are claimed, so that nobody else is sold them.
pub fn deliver(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    outlet: OutletId,
    it: &Delivery,
) -> Result<Consignment, ConsignmentError> {
    let outlet = store::outlet(tx, outlet)?.filter(|it| it.cooperative == permit.cooperative);
    let outlet = outlet.ok_or(AccessError::Hidden)?;
    if !outlet.active {
        return Err(ConsignmentError::NotActive);
    }
    let cooperative = cooperatives::find_cooperative(tx, permit.cooperative)?.ok_or(AccessError::Hidden)?;
    let today = cooperative.zone.day_of(now);
    let batch = own_batch(tx, permit, it.batch)?;
    if batch.best_before.is_some_and(|last| last < today) {
        return Err(ConsignmentError::Invalid(FieldErrors::one("/batch", SPOILED)));
    }
    let product = catalogue::find_of_any_status(tx, batch.product_id)?.ok_or(AccessError::Hidden)?;
    let (unit_price, retail_price) =
        prices(&outlet, it.consignment_price, batch.price.unwrap_or_else(|| product.price_for(it.quantity)))?;
    match supply::take_out(tx, now, batch.id, it.quantity) {
        Err(FiguresError::TooMuch { available }) => return Err(ConsignmentError::NotThatMany(available)),
        taken => taken?,
    };
    let consignment = Consignment {
        id: it.id,
        cooperative: permit.cooperative,
        outlet: outlet.id,
        group: permit.group,
        product: product.id,
        batch: batch.id,
        delivered: it.quantity,
        sold: Quantity::ZERO,
        returned: Quantity::ZERO,
        damaged: Quantity::ZERO,
        on_hand: it.quantity,
        unit_price,
        retail_price,
        service_percent: product.service_percent.map_or(cooperative.service_percent, i32::from),
        delivered_on: today,
        delivered_at: now,
        delivered_by: permit.account,
        received_by: it.received_by.clone(),
        note: it.note.clone(),
        version: 1,
    };
    store::insert_consignment(tx, &consignment)?;
    let event = Event::new("consignment.delivered", consignment.id)
        .by(permit.account)
        .in_cooperative(permit.cooperative)
        .of_group(permit.group)
        .with("consignment", consignment.id)
        .with("outlet", outlet.id)
        .with("batch", batch.id)
        .with("product", product.id)
        .with("quantity", it.quantity)
        .with("unit_price", unit_price);
    events::record(tx, now, &event)?;
    Ok(consignment)
}

/// The batch, if it is the group's.
fn own_batch(tx: &mut Tx<'_>, permit: &GroupPermit, id: BatchId) -> Result<Batch, ConsignmentError> {
    let found = supply::find(tx, id)?.filter(|batch| batch.group_id == permit.group);
    found.ok_or_else(|| ConsignmentError::Invalid(FieldErrors::one("/batch", NOT_THERE)))
}

/// What an outlet owes for a unit, and what a unit costs there when it keeps a part of that.
fn prices(
    outlet: &Outlet,
    agreed: Option<Rupiah>,
    usual: Rupiah,
) -> Result<(Rupiah, Option<Rupiah>), ConsignmentError> {
    let (owed, retail) = match agreed {
        Some(agreed) => (agreed, None),
        None if outlet.cut_percent == 0 => (usual, None),
        None => (outlet.owes_for(usual), Some(usual)),
    };
    if (1..=MOST_PRICE).contains(&owed.0) && retail.is_none_or(|retail| retail.0 <= MOST_PRICE) {
        Ok((owed, retail))
    } else {
        Err(ConsignmentError::Invalid(FieldErrors::one("/consignment_price", FieldError::OutOfRange(1, MOST_PRICE))))
    }
}

const SPOILED: FieldError = FieldError::Rule {
    code: "past-best-before",
    id: "Kloter ini sudah lewat tanggal baiknya.",
    en: "This batch is past its best-before day.",
};
