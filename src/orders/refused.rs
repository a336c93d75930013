//! Demand that could not be met is remembered after a quote or an order failed for lack of supply, in a
//! transaction of its own.

use super::quote::{QuoteError, quote};
use super::settings::Settings;
use super::store;
use super::wish::Wish;
use crate::db::{self, Tx};
use crate::kernel::Instant;
use crate::supply::{self, Asker, Refusal};

/// Remembers what of this wish cannot be had now.
pub fn remember_refused(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    wish: &Wish,
    asker: &Asker,
) -> db::Result<usize> {
    let quoted = match quote(tx, now, settings, wish) {
        Ok(quoted) => quoted,
        Err(QuoteError::Db(error)) => return Err(error),
        Err(_) => return Ok(0),
    };
    let today = store::seller(tx, wish.cooperative)?.map(|seller| seller.zone.day_of(now));
    let mut remembered = 0_usize;
    for (line, wished) in quoted.lines.iter().zip(&wish.lines) {
        let Some(shortage) = line.shortage.filter(|shortage| shortage.reason.is_unmet_demand()) else { continue };
        let Some(day) = wished.ready_on.or(line.ready_on()).or(wish.needed_on).or(today) else { continue };
        let refusal = Refusal {
            product: line.product.id,
            group: line.product.group,
            cooperative: wish.cooperative,
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
