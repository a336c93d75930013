//! What the cooperative keeps of a product's sales, where that is not as usual: the board's to say.

use super::{Product, store};
use crate::cooperatives::{AccessError, CooperativePermit};
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::Instant;
use crate::kernel::ids::ProductId;
use crate::web::{Problem, StaleVersion};

/// Why the share was not set.
#[derive(Debug, thiserror::Error)]
pub enum ServiceShareError {
    /// Not a product of this cooperative.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// Someone else changed the product meanwhile.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<ServiceShareError> for Problem {
    fn from(error: ServiceShareError) -> Self {
        match error {
            ServiceShareError::Access(denied) => denied.into(),
            ServiceShareError::Stale(stale) => stale.into(),
            ServiceShareError::Db(error) => error.into(),
        }
    }
}

/// Sets what the cooperative keeps of what is ordered of this product from now on, in percent; none lets it be as usual.
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
    let changed = store::update(tx, Product { service_percent: percent, ..product }, &name)?;
    let changed = changed.ok_or(StaleVersion { current })?;
    let event = Event::new("product.service_share_set", id)
        .by(permit.account)
        .in_cooperative(permit.cooperative)
        .of_group(group)
        .with("product", id)
        .with("percent", percent);
    events::record(tx, now, &event)?;
    Ok(changed)
}
