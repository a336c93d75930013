//! Creates requests: by a buyer, or by an officer on behalf of a caller.

use super::access::can_order_for_others;
use super::events::{self, RequestEvent};
use super::request::{Details, Request, RequestStatus, answers_until};
use super::store;
use crate::catalogue::{self, Category, ProductStatus};
use crate::cooperatives::{self, Roles};
use crate::db::{self, Tx};
use crate::kernel::ids::{CooperativeId, ProductId, RequestId};
use crate::kernel::{Instant, Json, Language, Quantity};
use crate::orders::{Channel, OrderContact};
use crate::web::{FieldError, FieldErrors, Problem, Rule, verb_errors};

const MAX_OPEN_REQUESTS: i64 = 10;

/// A request to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRequest {
    /// The cooperative whose groups are asked.
    pub cooperative: CooperativeId,
    /// The product; `None` when `words` describe the goods.
    pub product: Option<ProductId>,
    /// Category; ignored when a product is named, whose category is used.
    pub category: Option<Category>,
    /// Everything else that the buyer states.
    pub details: Details,
    /// The channel.
    pub channel: Channel,
    /// The caller's contact, when an officer records the request.
    pub contact: Option<OrderContact>,
    /// The buyer's language.
    pub locale: Language,
}

verb_errors! {
    /// Errors of creating a request.
    pub enum CreateRequestError {
        /// The request body is invalid.
        Invalid(errors: FieldErrors) => { Problem::invalid(errors) },
        /// Only officers and the board may record requests for others.
        Forbidden => Forbidden,
        /// The buyer has the maximum number of open requests.
        TooMany => TooManyOpenRequests,
    }
    + Db(db::Error)
}

/// Creates a request to the groups of a cooperative.
pub fn create_request(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    id: RequestId,
    new_request: &NewRequest,
) -> Result<Request, CreateRequestError> {
    let Some(account) = roles.account else { return Err(CreateRequestError::Forbidden) };
    let is_captured = new_request.channel.is_assisted();
    let own = new_request.cooperative;
    if is_captured && !can_order_for_others(roles, own) {
        return Err(CreateRequestError::Forbidden);
    }
    let Some(cooperative) = cooperatives::find_cooperative(tx, own)? else {
        return Err(CreateRequestError::Invalid(FieldErrors::single("/cooperative", Rule::UnknownReference)));
    };
    let mut errors = FieldErrors::default();
    let mut details = new_request.details.clone().normalized();
    let mut category = new_request.category;
    if let Some(product) = new_request.product {
        let product = catalogue::find_of_any_status(tx, product)?
            .filter(|product| product.cooperative == own && product.status == ProductStatus::Published);
        match product {
            Some(product) => {
                category = Some(product.category);
                product.unit.as_str().clone_into(&mut details.unit);
                validate_step(details.quantity, product.quantity_step, &mut errors);
            }
            None => errors.add("/product", Rule::UnknownReference),
        }
    } else {
        errors.require(details.words.is_some(), "/words", FieldError::Required);
    }
    details.validate(now, cooperative.zone, &mut errors);
    details.place.validate_exists(tx, own, &mut errors)?;
    if !errors.is_empty() {
        return Err(CreateRequestError::Invalid(errors));
    }
    if !is_captured && store::count_open_requests(tx, account)? >= MAX_OPEN_REQUESTS {
        return Err(CreateRequestError::TooMany);
    }
    let request = Request {
        id,
        cooperative: own,
        buyer: Some(account).filter(|_| !is_captured),
        captured_by: Some(account).filter(|_| is_captured),
        contact: new_request.contact.as_ref().filter(|_| is_captured).map(Json::new),
        channel: new_request.channel,
        status: RequestStatus::Open,
        product: new_request.product,
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
        locale: new_request.locale,
        answers_until: details.answers_until.unwrap_or_else(|| answers_until(now, cooperative.zone, details.needed_on)),
        taken: Quantity::ZERO,
        created_at: now,
        closed_at: None,
        version: 1,
    };
    store::insert_request(tx, &request)?;
    let missing = request.missing();
    let Request { id, product, quantity, needed_on, category, channel, answers_until, .. } = request;
    let event =
        RequestEvent::Asked { request: id, product, quantity, missing, needed_on, category, channel, answers_until };
    events::record(tx, now, &event.about(id).by(account).in_cooperative(request.cooperative))?;
    Ok(request)
}

/// Requires a multiple of the product's quantity step; offers could never cover anything else.
pub(super) fn validate_step(quantity: Quantity, step: Quantity, errors: &mut FieldErrors) {
    errors.require(quantity.is_multiple_of(step), "/quantity", Rule::OffStep);
}
