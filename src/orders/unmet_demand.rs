//! Demand that could not be met is remembered after a quote or an order failed for lack of supply, in a
//! transaction of its own.

use super::basket::Basket;
use super::quote::{QuoteError, quote};
use super::settings::Settings;
use super::store;
use crate::db::{self, Tx};
use crate::kernel::Instant;
use crate::supply::{self, DemandSource, UnmetDemand};

/// Remembers what of this wish cannot be had now.
pub fn remember_refused(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    basket: &Basket,
    asker: &DemandSource,
) -> db::Result<usize> {
    let quoted = match quote(tx, now, settings, basket) {
        Ok(quoted) => quoted,
        Err(QuoteError::Db(error)) => return Err(error),
        Err(_) => return Ok(0),
    };
    let today = store::seller(tx, basket.cooperative)?.map(|seller| seller.zone.day_of(now));
    let mut remembered = 0_usize;
    for (line, wished) in quoted.lines.iter().zip(&basket.lines) {
        let Some(shortage) = line.shortage.filter(|shortage| shortage.reason.is_unmet_demand()) else { continue };
        let Some(day) = wished.ready_on.or(line.ready_on()).or(basket.needed_on).or(today) else { continue };
        let refusal = UnmetDemand {
            product: line.product.id,
            group: line.product.group,
            cooperative: basket.cooperative,
            day,
            quantity: line.short(),
            reason: shortage.reason,
            asker: asker.clone(),
        };
        if refusal.quantity.is_positive() && supply::refuse(tx, now, &refusal)? {
            remembered = remembered.saturating_add(1);
        }
    }
    Ok(remembered)
}
