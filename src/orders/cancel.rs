//! Cancels an order: free for the buyer until the cut-off, later only by its officers or the board.

use super::access::Viewer;
use super::events::{self, OrderEvent};
use super::fulfilment::{FulfilmentStatus, FulfilmentWithLines};
use super::order::OrderWithFulfilments;
use super::status::OrderStatus;
use super::store::{self, FulfilmentChange};
use super::totals::{release_claims, update_totals};
use crate::cooperatives::{AccessError, Office};
use crate::db::{self, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::OrderId;
use crate::web::{StaleVersion, verb_errors};

verb_errors! {
    /// Why an order was not cancelled.
    pub enum CancelError {
        /// No part of the order is open.
        WrongStatus(status: OrderStatus) => TransitionInvalid ["state" = status],
        /// The buyer's cut-off has passed.
        TooLate => CancelTooLate,
    }
    + Access(AccessError), Stale(StaleVersion), Db(db::Error)
}

/// Whether the viewer may cancel the order now; `whole` must hold all its fulfilments, not only those they see.
pub(super) fn check_can_cancel(
    viewer: &Viewer,
    now: Instant,
    OrderWithFulfilments { order, fulfilments }: &OrderWithFulfilments,
) -> Result<(), CancelError> {
    let rows = fulfilments.iter().map(|fulfilment| &fulfilment.row);
    let open: Vec<_> = rows.clone().filter(|fulfilment| fulfilment.status.is_open()).collect();
    let groups_agree = if open.is_empty() {
        rows.clone().all(|fulfilment| viewer.acts_for(fulfilment))
    } else {
        open.iter().all(|fulfilment| viewer.acts_for(fulfilment))
    };
    let can_cancel_late =
        viewer.has_captured(order) || viewer.roles.has_office(Office::Board, order.cooperative) || groups_agree;
    AccessError::forbid_unless(viewer.is_buyer(order) || can_cancel_late)?;
    if open.is_empty() {
        return Err(CancelError::WrongStatus(order.status));
    }
    let is_late = open.iter().any(|fulfilment| fulfilment.status == FulfilmentStatus::Ready)
        || order.cancellable_until.is_some_and(|until| now >= until);
    if is_late && !can_cancel_late { Err(CancelError::TooLate) } else { Ok(()) }
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
    let whole = store::lock_order(tx, id)?.ok_or(AccessError::Hidden)?;
    AccessError::hide_unless(viewer.view(whole.clone()).is_some())?;
    StaleVersion::check(version, whole.order.version)?;
    check_can_cancel(viewer, now, &whole)?;
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
