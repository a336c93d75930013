//! A buyer no longer needs what they asked for.

use super::events::{offer_event, request_event};
use super::offer::OfferStatus;
use super::request::{Request, RequestStatus};
use super::store;
use super::viewer::Relation;
use crate::cooperatives::{AccessError, Roles};
use crate::db::{self, Tx};
use crate::events;
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, RequestId};
use crate::web::{Code, Problem, StaleVersion};

/// Why a request was not withdrawn.
#[derive(Debug, thiserror::Error)]
pub enum WithdrawError {
    /// It is not theirs, or not there.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// It is over already.
    #[error("the request is {0}")]
    Invalid(RequestStatus),
    /// Someone else has changed it.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<WithdrawError> for Problem {
    fn from(error: WithdrawError) -> Self {
        match error {
            WithdrawError::Access(denied) => denied.into(),
            WithdrawError::Invalid(status) => Problem::new(Code::TransitionInvalid).with("request_status", status),
            WithdrawError::Stale(stale) => stale.into(),
            WithdrawError::Db(error) => error.into(),
        }
    }
}

/// Withdraws a request: its open offers lapse. What was taken already stays ordered.
pub fn withdraw(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    id: RequestId,
    version: Option<i64>,
) -> Result<Request, WithdrawError> {
    let request = store::locked(tx, id)?.ok_or(AccessError::Hidden)?;
    let account = Relation::keeper(&request, roles)?;
    StaleVersion::check(version, request.version)?;
    if request.status != RequestStatus::Open {
        return Err(WithdrawError::Invalid(request.status));
    }
    Ok(close(tx, now, &request, RequestStatus::Withdrawn, Some(account))?)
}

/// Closes a locked request that is open, lets its open offers lapse, and tells why.
pub(super) fn close(
    tx: &mut Tx<'_>,
    now: Instant,
    request: &Request,
    status: RequestStatus,
    by: Option<AccountId>,
) -> db::Result<Request> {
    store::close_request(tx, now, request.id, status)?;
    let kind = match status {
        RequestStatus::Open => return Ok(request.clone()),
        RequestStatus::Covered => "request.covered",
        RequestStatus::Withdrawn => "request.withdrawn",
        RequestStatus::Expired => "request.expired",
    };
    events::record(tx, now, &request_event(kind, request).by(by))?;
    for offer in store::open_offers(tx, request.id)? {
        store::close_offer(tx, now, offer.id, OfferStatus::Lapsed)?;
        events::record(tx, now, &offer_event("offer.lapsed", &offer).by(by).with("reason", status))?;
    }
    store::request(tx, request.id)?.ok_or_else(|| diesel::result::Error::NotFound.into())
}
