//! Goods sold over the counter: ordered, accepted and handed over in one go.

use super::fulfil::{FulfilError, Stepping, take};
use super::fulfilment::Action;
use super::order::WholeOrder;
use super::place::{PlaceError, Placing, place};
use super::settings::Settings;
use super::settle::settle;
use super::store;
use crate::cooperatives::GroupPermit;
use crate::db::{self, Tx};
use crate::kernel::Instant;

/// Why nothing was sold.
#[derive(Debug, thiserror::Error)]
pub enum QuickSaleError {
    /// The order cannot be placed.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// It cannot be handed over.
    #[error(transparent)]
    Fulfil(#[from] FulfilError),
    /// A line is another group's.
    #[error("a line is another group's")]
    NotOwn,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Places an order of the group's own goods and hands it over at once.
pub fn quick_sale(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    permit: &GroupPermit,
    placing: &Placing,
) -> Result<WholeOrder, QuickSaleError> {
    let placed = place(tx, now, settings, placing)?;
    if placed.parts.iter().any(|part| part.fulfilment.group != permit.group) {
        return Err(QuickSaleError::NotOwn);
    }
    for action in [Action::Accept, Action::HandOver] {
        let whole =
            store::locked(tx, placed.order.id)?.ok_or(diesel::result::Error::NotFound).map_err(db::Error::from)?;
        for part in &whole.parts {
            take(tx, now, settings, &whole, part, Some(permit.account), &Stepping::just(action))?;
        }
    }
    Ok(settle(tx, placed.order.id)?)
}
