//! Asking for what no listing has: by a buyer, or by an officer for whoever called.

use super::events::request_event;
use super::request::{Details, Request, RequestStatus, UNKNOWN, answers_until};
use super::store;
use crate::catalogue::{self, Category, ProductStatus, QuantityFault};
use crate::cooperatives::{self, Office, Roles};
use crate::db::{self, Tx};
use crate::events;
use crate::kernel::ids::{CooperativeId, ProductId, RequestId};
use crate::kernel::{Instant, Json, Language, Quantity};
use crate::orders::{Channel, Contact};
use crate::web::{Code, FieldError, FieldErrors, Problem};

/// The most open requests one buyer has.
const MOST_OPEN: i64 = 10;

/// A request to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// Whose groups are asked.
    pub cooperative: CooperativeId,
    /// Which product; none when words say it.
    pub product: Option<ProductId>,
    /// Which kind of goods; the product's, when one is named.
    pub category: Option<Category>,
    /// Everything else.
    pub details: Details,
    /// By which way it comes.
    pub channel: Channel,
    /// Who called, when an officer writes it down.
    pub contact: Option<Contact>,
    /// The language the buyer reads.
    pub locale: Language,
}

/// Why nothing was asked.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// What was sent does not hold together.
    #[error("the request does not hold together")]
    Invalid(FieldErrors),
    /// Only officers and the board write requests down for others.
    #[error("it is not theirs to write down")]
    Forbidden,
    /// They have as many open requests as one may have.
    #[error("too many open requests")]
    TooMany,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<AskError> for Problem {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Invalid(errors) => Problem::new(Code::BodyInvalid).with_faults(errors),
            AskError::Forbidden => Problem::new(Code::Forbidden),
            AskError::TooMany => Problem::new(Code::TooManyOpenRequests),
            AskError::Db(error) => error.into(),
        }
    }
}

/// Asks the groups of a cooperative.
pub fn ask(tx: &mut Tx<'_>, now: Instant, roles: &Roles, id: RequestId, asking: &Asking) -> Result<Request, AskError> {
    let Some(account) = roles.account else { return Err(AskError::Forbidden) };
    let captured = asking.channel.is_assisted();
    let own = asking.cooperative;
    if captured && !roles.is_officer_in(own) && !roles.holds(Office::Board, own) {
        return Err(AskError::Forbidden);
    }
    let Some(cooperative) = cooperatives::find_cooperative(tx, own)? else {
        return Err(AskError::Invalid(FieldErrors::one("/cooperative", UNKNOWN)));
    };
    let mut errors = FieldErrors::default();
    let mut details = asking.details.clone().tidied();
    let mut category = asking.category;
    if let Some(product) = asking.product {
        let known = catalogue::find_of_any_status(tx, product)?
            .filter(|product| product.cooperative == own && product.status == ProductStatus::Published);
        match known {
            Some(product) => {
                category = Some(product.category);
                product.unit.as_str().clone_into(&mut details.unit);
                check_step(details.quantity, product.quantity_step, &mut errors);
            }
            None => errors.add("/product", UNKNOWN),
        }
    } else {
        errors.require(details.words.is_some(), "/words", FieldError::Required);
    }
    details.check(now, cooperative.zone, &mut errors);
    details.place.check_there(tx, own, &mut errors)?;
    if !errors.is_empty() {
        return Err(AskError::Invalid(errors));
    }
    if !captured && store::open_requests_of(tx, account)? >= MOST_OPEN {
        return Err(AskError::TooMany);
    }
    let request = Request {
        id,
        cooperative: own,
        buyer: Some(account).filter(|_| !captured),
        captured_by: Some(account).filter(|_| captured),
        contact: asking.contact.as_ref().filter(|_| captured).map(Json::of),
        channel: asking.channel,
        status: RequestStatus::Open,
        product: asking.product,
        category,
        words: details.words,
        quantity: details.quantity,
        unit: details.unit,
        needed_on: details.needed_on,
        place_kind: details.place.kind,
        pickup_point: details.place.point,
        delivery_zone: details.place.zone,
        address: details.place.address,
        budget: details.budget,
        occasion: details.occasion,
        note: details.note,
        locale: asking.locale,
        answers_until: details.answers_until.unwrap_or_else(|| answers_until(now, cooperative.zone, details.needed_on)),
        taken: Quantity::ZERO,
        created_at: now,
        closed_at: None,
        version: 1,
    };
    store::insert_request(tx, &request)?;
    let event = request_event("request.asked", &request)
        .by(account)
        .with("category", request.category)
        .with("channel", request.channel)
        .with("answers_until", request.answers_until);
    events::record(tx, now, &event)?;
    Ok(request)
}

/// What is asked for between the steps of a product could never be covered.
pub(super) fn check_step(quantity: Quantity, step: Quantity, errors: &mut FieldErrors) {
    errors.require(quantity.is_multiple_of(step), "/quantity", QuantityFault::OffStep { step }.fault());
}
