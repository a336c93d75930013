//! Delivers goods of a batch to an outlet.

use super::error::ConsignmentError;
use super::events::{self, ConsignmentEvent};
use super::goods::Consignment;
use super::outlet::Outlet;
use super::store;
use crate::catalogue;
use crate::cooperatives::{self, AccessError, GroupPermit};
use crate::db::Tx;
use crate::kernel::ids::{BatchId, ConsignmentId, OutletId};
use crate::kernel::{Instant, Quantity, Rupiah};
use crate::supply::{self, BatchQuantityError};
use crate::web::{FieldError, FieldErrors, Rule};

/// Maximum price per unit at an outlet, in rupiah.
pub const MAX_UNIT_PRICE: i64 = 100_000_000;

/// Goods to deliver to an outlet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConsignment {
    /// Id to create it with.
    pub id: ConsignmentId,
    /// The batch.
    pub batch: BatchId,
    /// Quantity.
    pub quantity: Quantity,
    /// Price per unit that the outlet owes, in rupiah; `None`: the regular price less its commission.
    pub consignment_price: Option<Rupiah>,
    /// Name of the person who received the goods.
    pub received_by: Option<String>,
    /// Note.
    pub note: Option<String>,
}

/// Delivers goods of the group to an outlet. They are claimed from the batch, so that nobody else can order them.
/// `NotThatMany` when the batch has less.
pub fn create_consignment(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    outlet: OutletId,
    new: &NewConsignment,
) -> Result<Consignment, ConsignmentError> {
    let outlet = store::find_outlet(tx, outlet)?.filter(|outlet| outlet.cooperative == permit.cooperative);
    let outlet = outlet.ok_or(AccessError::Hidden)?;
    if !outlet.terms.active {
        return Err(ConsignmentError::NotActive);
    }
    let cooperative = cooperatives::find_cooperative(tx, permit.cooperative)?.ok_or(AccessError::Hidden)?;
    let today = cooperative.zone.day_of(now);
    let batch = supply::find(tx, new.batch)?.filter(|batch| batch.group_id == permit.group);
    let batch =
        batch.ok_or_else(|| ConsignmentError::Invalid(FieldErrors::single("/batch", Rule::UnknownReference)))?;
    if batch.best_before.is_some_and(|last| last < today) {
        return Err(ConsignmentError::Invalid(FieldErrors::single("/batch", Rule::PastBestBefore)));
    }
    let product = catalogue::find_of_any_status(tx, batch.product_id)?.ok_or(AccessError::Hidden)?;
    let (unit_price, retail_price) =
        resolve_prices(&outlet, new.consignment_price, batch.price.unwrap_or_else(|| product.price_for(new.quantity)))?;
    match supply::claim_made(tx, now, batch.id, new.quantity) {
        Err(BatchQuantityError::TooMuch { available }) => return Err(ConsignmentError::NotThatMany(available)),
        claimed => claimed?,
    };
    let consignment = Consignment {
        id: new.id,
        cooperative: permit.cooperative,
        outlet: outlet.id,
        group: permit.group,
        product: product.id,
        batch: batch.id,
        delivered: new.quantity,
        sold: Quantity::ZERO,
        returned: Quantity::ZERO,
        damaged: Quantity::ZERO,
        on_hand: new.quantity,
        unit_price,
        retail_price,
        service_percent: product.service_percent.map_or(cooperative.service_percent, i32::from),
        delivered_on: today,
        delivered_at: now,
        delivered_by: permit.account,
        received_by: new.received_by.clone(),
        note: new.note.clone(),
        version: 1,
    };
    store::insert_consignment(tx, &consignment)?;
    let event = ConsignmentEvent::Delivered {
        consignment: consignment.id,
        outlet: outlet.id,
        batch: batch.id,
        product: product.id,
        quantity: new.quantity,
        unit_price,
    };
    let event = event.about(consignment.id).by(permit.account).in_group(permit.cooperative, permit.group);
    events::record(tx, now, &event)?;
    Ok(consignment)
}

/// Computes the price per unit that the outlet owes, and the retail price when it gets a commission.
fn resolve_prices(
    outlet: &Outlet,
    agreed: Option<Rupiah>,
    regular: Rupiah,
) -> Result<(Rupiah, Option<Rupiah>), ConsignmentError> {
    let (owed, retail) = match agreed {
        Some(agreed) => (agreed, None),
        None if outlet.terms.cut_percent == 0 => (regular, None),
        None => (outlet.price_after_cut(regular), Some(regular)),
    };
    if (1..=MAX_UNIT_PRICE).contains(&owed.0) && retail.is_none_or(|retail| retail.0 <= MAX_UNIT_PRICE) {
        Ok((owed, retail))
    } else {
        Err(ConsignmentError::Invalid(FieldErrors::single(
            "/consignment_price",
            FieldError::OutOfRange(1, MAX_UNIT_PRICE),
        )))
    }
}
