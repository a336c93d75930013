//! After every change: what the order has been paid follows from its payments, and `orders` writes it.

use super::error::PaymentError;
use super::payment::Balance;
use super::store;
use crate::db::Tx;
use crate::kernel::Instant;
use crate::kernel::ids::OrderId;
use crate::orders;

/// Adds up what is confirmed and tells `orders`. The order's row is held by the caller.
pub(super) fn settle(tx: &mut Tx<'_>, now: Instant, order: OrderId) -> Result<(), PaymentError> {
    let balance = Balance::of(&store::payments_of(tx, order)?)?;
    orders::set_paid_total(tx, now, order, balance.paid()?, balance.refunded)?;
    Ok(())
}
