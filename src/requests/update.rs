//! Updates requests that have no offers yet.

use super::create::validate_step;
use super::events::request_event;
use super::request::{Details, Request, RequestStatus, answers_until};
use super::store;
use super::viewer::Relation;
use crate::catalogue;
use crate::cooperatives::{self, AccessError, Roles};
use crate::db::{self, Tx};
use crate::events;
use crate::kernel::Instant;
use crate::kernel::ids::RequestId;
use crate::web::{Code, FieldError, FieldErrors, Problem, StaleVersion};

/// Errors of updating a request.
#[derive(Debug, thiserror::Error)]
pub enum UpdateRequestError {
    /// The caller may not do it, or may not know of the request.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The request is closed.
    #[error("the request is {0}")]
    Closed(RequestStatus),
    /// The request has offers.
    #[error("the request has offers")]
    HasOffers,
    /// The request body is invalid.
    #[error("the change is invalid")]
    Invalid(FieldErrors),
    /// The version is stale.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<UpdateRequestError> for Problem {
    fn from(error: UpdateRequestError) -> Self {
        match error {
            UpdateRequestError::Access(denied) => denied.into(),
            UpdateRequestError::Closed(status) => Problem::new(Code::RequestClosed).with("request_status", status),
            UpdateRequestError::HasOffers => Problem::new(Code::RequestHasOffers),
            UpdateRequestError::Invalid(errors) => Problem::new(Code::BodyInvalid).with_field_errors(errors),
            UpdateRequestError::Stale(stale) => stale.into(),
            UpdateRequestError::Db(error) => error.into(),
        }
    }
}

/// Updates a request at the given version. `change` gets the current details and returns the new ones.
pub fn update_request(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    id: RequestId,
    version: i64,
    change: impl Fn(Details) -> Details,
) -> Result<Request, UpdateRequestError> {
    let before = store::lock_request(tx, id)?.ok_or(AccessError::Hidden)?;
    let account = Relation::require_keeper(&before, roles)?;
    StaleVersion::check(Some(version), before.version)?;
    if before.status != RequestStatus::Open {
        return Err(UpdateRequestError::Closed(before.status));
    }
    if store::has_offers(tx, id)? {
        return Err(UpdateRequestError::HasOffers);
    }
    let cooperative = cooperatives::find_cooperative(tx, before.cooperative)?.ok_or(AccessError::Hidden)?;
    let mut details = change(before.details()).normalized();
    let mut errors = FieldErrors::default();
    match before.product {
        Some(product) => {
            if let Some(product) = catalogue::find_of_any_status(tx, product)? {
                product.unit.as_str().clone_into(&mut details.unit);
                validate_step(details.quantity, product.quantity_step, &mut errors);
            }
        }
        None => errors.require(details.words.is_some(), "/words", FieldError::Required),
    }
    // A new day moves the deadline for answers, unless one is sent.
    if details.needed_on != before.needed_on && details.answers_until == Some(before.answers_until) {
        details.answers_until = None;
    }
    let is_unchanged = details.needed_on == before.needed_on && details.answers_until == Some(before.answers_until);
    if is_unchanged {
        // An unchanged deadline was validated when the request was made.
        details.answers_until = None;
    }
    details.validate(now, cooperative.zone, &mut errors);
    details.place.validate_exists(tx, before.cooperative, &mut errors)?;
    if !errors.is_empty() {
        return Err(UpdateRequestError::Invalid(errors));
    }
    let until = match details.answers_until {
        Some(until) => until,
        None if is_unchanged => before.answers_until,
        None => answers_until(now, cooperative.zone, details.needed_on),
    };
    store::update_details(tx, id, &details, until)?;
    let request = store::find_request(tx, id)?.ok_or(AccessError::Hidden)?;
    events::record(tx, now, &request_event("request.changed", &request).by(account))?;
    Ok(request)
}
