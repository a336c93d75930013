//! Changing what is stated about a product.

use super::{Offering, Product, store};
use crate::cooperatives::GroupPermit;
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::Instant;
use crate::kernel::ids::ProductId;
use crate::web::{Code, FieldErrors, Problem, StaleVersion};

/// Why a product was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// What would be stated breaks rules.
    #[error("the offering breaks rules")]
    Faulty(FieldErrors),
    /// The group has no such product.
    #[error("no such product")]
    Absent,
    /// Someone else changed it before.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<ChangeError> for Problem {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Faulty(errors) => Problem::new(Code::BodyInvalid).with_faults(errors),
            ChangeError::Absent => Problem::not_found(),
            ChangeError::Stale(stale) => stale.into(),
            ChangeError::Db(error) => error.into(),
        }
    }
}

/// Changes what is stated about a product of the group. Prices of orders already placed stay as they were.
pub fn change(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    id: ProductId,
    expected: Option<i64>,
    edit: impl FnOnce(&mut Offering),
) -> Result<Product, ChangeError> {
    let before = store::find_in_group(tx, permit.group, id)?.ok_or(ChangeError::Absent)?;
    StaleVersion::check(expected, before.version)?;
    let mut offering = before.offering.clone();
    edit(&mut offering);
    let mut offering = offering.tidied();
    offering.label = offering.label.following(&before.label);
    let mut errors = FieldErrors::default();
    offering.check(&mut errors);
    if !errors.is_empty() {
        return Err(ChangeError::Faulty(errors));
    }
    if offering == before.offering {
        return Ok(before);
    }
    let group = store::maker(tx, permit.group)?;
    let changed = Product { offering, ..before.clone() };
    let quicker = StaleVersion { current: before.version.saturating_add(1) };
    let changed = store::update(tx, changed, &group.name)?.ok_or(quicker)?;
    let event = Event::new("product.changed", id)
        .by(permit.account)
        .in_cooperative(permit.cooperative)
        .of_group(permit.group)
        .with("price_before", before.price)
        .with("price", changed.price)
        .with("halal_recheck", changed.label.halal_recheck);
    events::record(tx, now, &event)?;
    Ok(changed)
}
