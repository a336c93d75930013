//! Adding a product, as a draft.

use super::events::{self, ProductEvent};
use super::{Offering, Product, ProductStatus, store};
use crate::cooperatives::GroupPermit;
use crate::db::{self, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::ProductId;
use crate::web::{FieldErrors, Problem, verb_errors};

verb_errors! {
    /// Why a product was not added.
    pub enum AddError {
        /// The offering breaks validation rules.
        Invalid(errors: FieldErrors) => { Problem::invalid(errors) },
        /// The group has closed.
        GroupClosed => ProductGroupInactive,
    }
    + Db(db::Error)
}

/// Adds a draft product to the group under the given id.
pub fn add(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    id: ProductId,
    offering: Offering,
) -> Result<Product, AddError> {
    let offering = offering.normalized();
    let mut errors = FieldErrors::default();
    offering.validate(&mut errors);
    if !errors.is_empty() {
        return Err(AddError::Invalid(errors));
    }
    let group = store::load_maker(tx, permit.group)?;
    if group.is_closed() {
        return Err(AddError::GroupClosed);
    }
    let product = Product {
        service_percent: None,
        id,
        cooperative: permit.cooperative,
        group: permit.group,
        slug: String::new(),
        offering,
        status: ProductStatus::Draft,
        withdrawn_reason: None,
        created_at: now,
        published_at: None,
        version: 1,
    };
    let product = store::insert(tx, product, &group.name)?;
    let event = ProductEvent::Added { price: product.price }.about(id).by(permit.account);
    events::record(tx, now, &event.in_group(permit.cooperative, permit.group))?;
    Ok(product)
}
