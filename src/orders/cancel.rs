//! Cancelling an order: free for the buyer until the cut-off, later an act of its officers or the board.

use super::fulfilment::FulfilmentStatus;
use super::order::{Part, WholeOrder};
use super::settle::{release, settle};
use super::status::OrderStatus;
use super::store::{self, Step};
use super::viewer::{CannotCancel, Viewer};
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::Instant;
use crate::kernel::ids::OrderId;
use crate::web::StaleVersion;

/// Why an order was not cancelled.
#[derive(Debug, thiserror::Error)]
pub enum CancelError {
    /// There is no such order for them.
    #[error("there is no such order")]
    NotFound,
    /// They see it, but it is not theirs to cancel.
    #[error("it is not theirs to cancel")]
    Forbidden,
    /// Nothing is left to cancel.
    #[error("the order is {0}")]
    Invalid(OrderStatus),
    /// The cut-off has passed.
    #[error("too late to cancel")]
    TooLate,
    /// Someone else has changed it.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Cancels every part that is still open, and gives back what it had claimed.
pub fn cancel(
    tx: &mut Tx<'_>,
    now: Instant,
    viewer: &Viewer,
    id: OrderId,
    reason: Option<&str>,
    version: Option<i64>,
) -> Result<WholeOrder, CancelError> {
    let whole = store::locked(tx, id)?.ok_or(CancelError::NotFound)?;
    if viewer.view(whole.clone()).is_none() {
        return Err(CancelError::NotFound);
    }
    StaleVersion::check(version, whole.order.version)?;
    viewer.may_cancel(now, &whole.order, &whole.parts).map_err(|refusal| match refusal {
        CannotCancel::NothingOpen => CancelError::Invalid(whole.order.status),
        CannotCancel::TooLate => CancelError::TooLate,
        CannotCancel::NotYours => CancelError::Forbidden,
    })?;
    let open: Vec<&Part> = whole.parts.iter().filter(|part| part.fulfilment.status.is_open()).collect();
    for part in &open {
        let step =
            Step { status: Some(FulfilmentStatus::Cancelled), reason: reason.map(str::to_owned), ..Step::default() };
        if !store::step(tx, &part.fulfilment, &step)? {
            return Err(CancelError::Invalid(whole.order.status));
        }
    }
    release(tx, now, open.iter().copied())?;
    let groups: Vec<_> = open.iter().map(|part| part.fulfilment.group).collect();
    let mut event = Event::new("order.cancelled", id)
        .by(viewer.account())
        .in_cooperative(whole.order.cooperative)
        .with("order", id)
        .with("groups", &groups)
        .with("by_buyer", viewer.is_buyer(&whole.order));
    if let [group] = groups.as_slice() {
        event = event.of_group(*group).with("group", group);
    }
    events::record(tx, now, &event)?;
    Ok(settle(tx, id)?)
}
