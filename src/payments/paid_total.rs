//! Derives an order's paid total from its payments.

use super::error::PaymentError;
use super::payment::Balance;
use super::store;
use crate::db::Tx;
use crate::kernel::Instant;
use crate::kernel::ids::OrderId;
use crate::orders;

/// Sums the confirmed payments and writes the totals through `orders`. The caller has locked the order.
pub(super) fn update_paid_total(tx: &mut Tx<'_>, now: Instant, order: OrderId) -> Result<(), PaymentError> {
    let balance = Balance::of(&store::list_payments_of_order(tx, order)?)?;
    orders::set_paid_total(tx, now, order, balance.paid()?, balance.refunded)?;
    Ok(())
}
