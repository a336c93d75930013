//! Records demand that could not be met, in its own transaction after a quote or an order failed.

use super::basket::Basket;
use super::quote::{QuoteError, quote};
use super::settings::Settings;
use super::store;
use crate::db::{self, Tx};
use crate::kernel::Instant;
use crate::supply::{self, DemandSource, UnmetDemand};

/// Records the lines of this basket that are unavailable now. Returns their number.
pub fn record_unmet_demand(
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
    let today = store::find_seller(tx, basket.cooperative)?.map(|seller| seller.zone.day_of(now));
    let mut recorded = 0_usize;
    for (line, basket_line) in quoted.lines.iter().zip(&basket.lines) {
        let Some(unavailable) = line.unavailable.filter(|unavailable| unavailable.reason.is_unmet_demand()) else {
            continue;
        };
        let Some(day) = basket_line.ready_on.or(line.ready_on()).or(basket.needed_on).or(today) else { continue };
        let unmet = UnmetDemand {
            product: line.product.id,
            group: line.product.group,
            cooperative: basket.cooperative,
            day,
            quantity: line.missing_quantity(),
            reason: unavailable.reason,
            source: asker.clone(),
        };
        if unmet.quantity.is_positive() && supply::record_unmet_demand(tx, now, &unmet)? {
            recorded = recorded.saturating_add(1);
        }
    }
    Ok(recorded)
}
