//! Updates the offering of a product.

use super::events::{self, ProductEvent};
use super::{Offering, Product, store};
use crate::cooperatives::GroupPermit;
use crate::db::{self, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::ProductId;
use crate::web::{FieldErrors, Problem, StaleVersion, verb_errors};

verb_errors! {
    /// Why a product was not updated.
    pub enum UpdateProductError {
        /// The updated offering breaks validation rules.
        Invalid(errors: FieldErrors) => { Problem::invalid(errors) },
        /// The group has no such product.
        NotFound => NotFound,
    }
    + Stale(StaleVersion), Db(db::Error)
}

/// Updates the offering of a product of the group. `expected_version` is the version to update; `None` skips that check.
/// Orders already placed keep their prices.
pub fn update(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    id: ProductId,
    expected_version: Option<i64>,
    edit: impl FnOnce(&mut Offering),
) -> Result<Product, UpdateProductError> {
    let before = store::find_in_group(tx, permit.group, id)?.ok_or(UpdateProductError::NotFound)?;
    StaleVersion::check(expected_version, before.version)?;
    let mut offering = before.offering.clone();
    edit(&mut offering);
    let mut offering = offering.normalized();
    offering.label = offering.label.with_halal_recheck(&before.label);
    let mut errors = FieldErrors::default();
    offering.validate(&mut errors);
    if !errors.is_empty() {
        return Err(UpdateProductError::Invalid(errors));
    }
    if offering == before.offering {
        return Ok(before);
    }
    let group = store::load_maker(tx, permit.group)?;
    let updated = Product { offering, ..before.clone() };
    let stale = StaleVersion { current: before.version.saturating_add(1) };
    let updated = store::update(tx, updated, &group.name)?.ok_or(stale)?;
    let (price, halal_recheck) = (updated.price, updated.label.halal_recheck);
    let event = ProductEvent::Changed { price_before: before.price, price, halal_recheck };
    events::record(tx, now, &event.about(id).by(permit.account).in_group(permit.cooperative, permit.group))?;
    Ok(updated)
}
