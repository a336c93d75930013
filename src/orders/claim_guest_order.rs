//! An account takes over an order that its owner placed as a guest.

use super::order::WholeOrder;
use super::store;
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, OrderId};

/// Gives the order to the account. Who holds the secret shows that it is theirs; an order that is somebody else's
/// already is not found, and one's own stays as it is.
pub fn adopt(tx: &mut Tx<'_>, now: Instant, account: AccountId, id: OrderId) -> db::Result<Option<WholeOrder>> {
    let Some(whole) = store::locked(tx, id)? else { return Ok(None) };
    match whole.order.buyer {
        Some(owner) if owner == account => return Ok(Some(whole)),
        Some(_) => return Ok(None),
        None => {}
    }
    if !store::adopt(tx, id, account)? {
        return Ok(None);
    }
    let event = Event::new("order.claimed", id).by(account).in_cooperative(whole.order.cooperative).with("order", id);
    events::record(tx, now, &event)?;
    store::locked(tx, id)
}
