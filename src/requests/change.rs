//! Changing a request while nobody has answered it.

use super::ask::check_step;
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

/// Why a request was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// It is not theirs, or not there.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// It is over.
    #[error("the request is {0}")]
    Closed(RequestStatus),
    /// Groups have answered.
    #[error("groups have answered")]
    Answered,
    /// What was sent does not hold together.
    #[error("the change does not hold together")]
    Invalid(FieldErrors),
    /// Someone else has changed it.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<ChangeError> for Problem {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Access(denied) => denied.into(),
            ChangeError::Closed(status) => Problem::new(Code::RequestClosed).with("request_status", status),
            ChangeError::Answered => Problem::new(Code::RequestHasOffers),
            ChangeError::Invalid(errors) => Problem::new(Code::BodyInvalid).with_faults(errors),
            ChangeError::Stale(stale) => stale.into(),
            ChangeError::Db(error) => error.into(),
        }
    }
}

/// Changes what a request says.
pub fn change(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    id: RequestId,
    version: i64,
    alter: impl Fn(Details) -> Details,
) -> Result<Request, ChangeError> {
    let before = store::locked(tx, id)?.ok_or(AccessError::Hidden)?;
    let account = Relation::keeper(&before, roles)?;
    StaleVersion::check(Some(version), before.version)?;
    if before.status != RequestStatus::Open {
        return Err(ChangeError::Closed(before.status));
    }
    if store::has_offers(tx, id)? {
        return Err(ChangeError::Answered);
    }
    let cooperative = cooperatives::find_cooperative(tx, before.cooperative)?.ok_or(AccessError::Hidden)?;
    let mut details = alter(before.details()).tidied();
    let mut errors = FieldErrors::default();
    match before.product {
        Some(product) => {
            if let Some(product) = catalogue::find_of_any_status(tx, product)? {
                product.unit.as_str().clone_into(&mut details.unit);
                check_step(details.quantity, product.quantity_step, &mut errors);
            }
        }
        None => errors.require(details.words.is_some(), "/words", FieldError::Required),
    }
    // Another day moves the time for answers with it, unless one is named.
    if details.needed_on != before.needed_on && details.answers_until == Some(before.answers_until) {
        details.answers_until = None;
    }
    let unmoved = details.needed_on == before.needed_on && details.answers_until == Some(before.answers_until);
    if unmoved {
        // What was in time when it was asked is not asked again.
        details.answers_until = None;
    }
    details.check(now, cooperative.zone, &mut errors);
    details.place.check_there(tx, before.cooperative, &mut errors)?;
    if !errors.is_empty() {
        return Err(ChangeError::Invalid(errors));
    }
    let until = match details.answers_until {
        Some(until) => until,
        None if unmoved => before.answers_until,
        None => answers_until(now, cooperative.zone, details.needed_on),
    };
    store::set_details(tx, id, &details, until)?;
    let request = store::request(tx, id)?.ok_or(AccessError::Hidden)?;
    events::record(tx, now, &request_event("request.changed", &request).by(account))?;
    Ok(request)
}
