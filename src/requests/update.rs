//! Updates requests that have no offers yet.

use super::access::RequestRelation;
use super::create::validate_step;
use super::events::{self, RequestEvent, RequestPayload};
use super::request::{Details, Request, RequestStatus, answers_until};
use super::store;
use crate::catalogue;
use crate::cooperatives::{self, AccessError, Roles};
use crate::db::{self, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::RequestId;
use crate::web::{FieldError, FieldErrors, Problem, StaleVersion, verb_errors};

verb_errors! {
    /// Errors of updating a request.
    pub enum UpdateRequestError {
        /// The request is closed.
        Closed(status: RequestStatus) => RequestClosed ["request_status" = status],
        /// The request has offers.
        HasOffers => RequestHasOffers,
        /// The request body is invalid.
        Invalid(errors: FieldErrors) => { Problem::invalid(errors) },
    }
    + Access(AccessError), Stale(StaleVersion), Db(db::Error)
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
    let account = RequestRelation::require_owner(&before, roles)?;
    StaleVersion::check(Some(version), before.version)?;
    if before.status != RequestStatus::Open {
        return Err(UpdateRequestError::Closed(before.status));
    }
    if store::has_offers(tx, id)? {
        return Err(UpdateRequestError::HasOffers);
    }
    let zone = cooperatives::load_zone(tx, before.cooperative)?;
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
    details.validate(now, zone, &mut errors);
    details.place.validate_exists(tx, before.cooperative, &mut errors)?;
    if !errors.is_empty() {
        return Err(UpdateRequestError::Invalid(errors));
    }
    let until = match details.answers_until {
        Some(until) => until,
        None if is_unchanged => before.answers_until,
        None => answers_until(now, zone, details.needed_on),
    };
    store::update_details(tx, id, &details, until)?;
    let request = store::find_request(tx, id)?.ok_or(AccessError::Hidden)?;
    let event = RequestEvent::Changed(RequestPayload::new(&request)).about(id).by(account);
    events::record(tx, now, &event.in_cooperative(request.cooperative))?;
    Ok(request)
}
