//! Withdraws requests.

use super::access::RequestRelation;
use super::events::{self, OfferPayload, RequestEvent, RequestPayload};
use super::offer::OfferStatus;
use super::request::{Request, RequestStatus};
use super::store;
use crate::cooperatives::{AccessError, Roles};
use crate::db::{self, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, RequestId};
use crate::web::{StaleVersion, verb_errors};

verb_errors! {
    /// Errors of withdrawing a request.
    pub enum WithdrawError {
        /// The request is closed already.
        WrongStatus(status: RequestStatus) => TransitionInvalid ["request_status" = status, "state" = status],
    }
    + Access(AccessError), Stale(StaleVersion), Db(db::Error)
}

/// Withdraws a request; its open offers lapse. Accepted offers stay ordered.
pub fn withdraw_request(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    id: RequestId,
    version: Option<i64>,
) -> Result<Request, WithdrawError> {
    let request = store::lock_request(tx, id)?.ok_or(AccessError::Hidden)?;
    let account = RequestRelation::require_owner(&request, roles)?;
    StaleVersion::check(version, request.version)?;
    if request.status != RequestStatus::Open {
        return Err(WithdrawError::WrongStatus(request.status));
    }
    Ok(close_request(tx, now, &request, RequestStatus::Withdrawn, Some(account))?)
}

/// Closes an open, locked request and lapses its open offers, with events.
pub(super) fn close_request(
    tx: &mut Tx<'_>,
    now: Instant,
    request: &Request,
    status: RequestStatus,
    by: Option<AccountId>,
) -> db::Result<Request> {
    store::close_request(tx, now, request.id, status)?;
    let kind = match status {
        RequestStatus::Open => return Ok(request.clone()),
        RequestStatus::Covered => RequestEvent::Covered,
        RequestStatus::Withdrawn => RequestEvent::Withdrawn,
        RequestStatus::Expired => RequestEvent::Expired,
    };
    let event = kind(RequestPayload::new(request)).about(request.id).by(by);
    events::record(tx, now, &event.in_cooperative(request.cooperative))?;
    for offer in store::list_open_offers(tx, request.id)? {
        store::close_offer(tx, now, offer.id, OfferStatus::Lapsed)?;
        let payload = OfferPayload { reason: Some(status), ..OfferPayload::new(&offer) };
        let event = RequestEvent::OfferLapsed(payload).about(offer.id).by(by);
        events::record(tx, now, &event.in_group(offer.cooperative, offer.group))?;
    }
    store::find_request(tx, request.id)?.ok_or_else(|| diesel::result::Error::NotFound.into())
}
