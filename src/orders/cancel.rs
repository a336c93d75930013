//! Cancels an order: free for the buyer until the cut-off, later only by its officers or the board.

use super::access::{CannotCancel, Viewer};
use super::events::{self, OrderEvent};
use super::fulfilment::FulfilmentStatus;
use super::order::{FulfilmentWithLines, OrderWithFulfilments};
use super::status::OrderStatus;
use super::store::{self, FulfilmentChange};
use super::totals::{release_claims, update_totals};
use crate::db::{self, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::OrderId;
use crate::web::{StaleVersion, verb_errors};

verb_errors! {
    /// Why an order was not cancelled.
    pub enum CancelError {
        /// The order does not exist or is hidden from the caller.
        NotFound => NotFound,
        /// The caller sees the order but may not cancel it.
        Forbidden => Forbidden,
        /// No part of the order is open.
        WrongStatus(status: OrderStatus) => TransitionInvalid ["state" = status],
        /// The buyer's cut-off has passed.
        TooLate => CancelTooLate,
    }
    + Stale(StaleVersion), Db(db::Error)
}

/// Cancels every open fulfilment and releases its claims.
pub fn cancel(
    tx: &mut Tx<'_>,
    now: Instant,
    viewer: &Viewer,
    id: OrderId,
    reason: Option<&str>,
    version: Option<i64>,
) -> Result<OrderWithFulfilments, CancelError> {
    let whole = store::lock_order(tx, id)?.ok_or(CancelError::NotFound)?;
    if viewer.view(whole.clone()).is_none() {
        return Err(CancelError::NotFound);
    }
    StaleVersion::check(version, whole.order.version)?;
    viewer.check_can_cancel(now, &whole.order, &whole.fulfilments).map_err(|error| match error {
        CannotCancel::NothingOpen => CancelError::WrongStatus(whole.order.status),
        CannotCancel::TooLate => CancelError::TooLate,
        CannotCancel::NotAllowed => CancelError::Forbidden,
    })?;
    let open: Vec<&FulfilmentWithLines> =
        whole.fulfilments.iter().filter(|fulfilment| fulfilment.row.status.is_open()).collect();
    for fulfilment in &open {
        let change = FulfilmentChange {
            status: Some(FulfilmentStatus::Cancelled),
            reason: reason.map(str::to_owned),
            ..FulfilmentChange::default()
        };
        if !store::update_fulfilment(tx, &fulfilment.row, &change)? {
            return Err(CancelError::WrongStatus(whole.order.status));
        }
    }
    release_claims(tx, now, open.iter().copied())?;
    let groups: Vec<_> = open.iter().map(|fulfilment| fulfilment.row.group).collect();
    let group = groups.first().copied().filter(|_| groups.len() == 1);
    let event = OrderEvent::Cancelled { order: id, group, groups, by_buyer: viewer.is_buyer(&whole.order) };
    events::record(tx, now, &event.about(id).by(viewer.account()).in_group(whole.order.cooperative, group))?;
    Ok(update_totals(tx, id)?)
}
