//! Sets the cooperative's share of a product's sales, which overrides the cooperative's default. For the board.

use super::events::{self, ProductEvent};
use super::{Product, store};
use crate::cooperatives::{AccessError, CooperativePermit};
use crate::db::{self, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::ProductId;
use crate::web::{StaleVersion, verb_errors};

verb_errors! {
    /// Why the share was not set.
    pub enum ServiceShareError {
    }
    + Access(AccessError), Stale(StaleVersion), Db(db::Error)
}

/// Sets the cooperative's share of future orders of this product, in percent; `None` restores the cooperative's
/// default.
pub fn set_service_share(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: ProductId,
    percent: Option<u8>,
) -> Result<Product, ServiceShareError> {
    let product = store::find_in_cooperative(tx, permit.cooperative, id)?.ok_or(AccessError::Hidden)?;
    let group = product.group;
    let name = store::find_maker(tx, group)?.map(|maker| maker.name).unwrap_or_default();
    let current = product.version;
    let updated = store::update(tx, Product { service_percent: percent, ..product }, &name)?;
    let updated = updated.ok_or(StaleVersion { current })?;
    let event = ProductEvent::ServiceShareSet { product: id, percent }.about(id);
    events::record(tx, now, &event.by(permit.account).in_group(permit.cooperative, group))?;
    Ok(updated)
}
