//! Assigns an order placed as a guest to an account.

use super::events::{self, OrderEvent};
use super::order::OrderWithFulfilments;
use super::store;
use crate::db::{self, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, OrderId};

/// Assigns the order to the account; the caller has checked the tracking secret. Idempotent for the same account;
/// `None` if the order belongs to another account.
pub fn claim_guest_order(
    tx: &mut Tx<'_>,
    now: Instant,
    account: AccountId,
    id: OrderId,
) -> db::Result<Option<OrderWithFulfilments>> {
    let Some(whole) = store::lock_order(tx, id)? else { return Ok(None) };
    match whole.order.buyer {
        Some(owner) if owner == account => return Ok(Some(whole)),
        Some(_) => return Ok(None),
        None => {}
    }
    if !store::assign_buyer(tx, id, account)? {
        return Ok(None);
    }
    let event = OrderEvent::Claimed { order: id }.about(id).by(account);
    events::record(tx, now, &event.in_cooperative(whole.order.cooperative))?;
    store::lock_order(tx, id)
}
