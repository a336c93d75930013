//! Routes for accepting offers.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::views::RequestView;
use crate::cooperatives::{AccessError, Caller};
use crate::kernel::ids::{OfferId, OrderId, RequestId};
use crate::kernel::{Language, Quantity, Rupiah};
use crate::orders::{self, DeliveryChoice, OrderView, Settings, Viewer};
use crate::requests::accept::{AcceptError, Acceptance, accept};
use crate::requests::store;
use crate::requests::summary::load_summary;
use crate::web::{
    ApiResponse, ClientId, FieldErrors, KeyRequired, PathIds, Problem, Routes, Rule, Validate, Write, routes,
};

/// Maximum number of offers accepted at once.
const MAX_OFFERS: usize = 20;

/// The routes of this file.
pub fn routes() -> Routes {
    routes!["market": accept_offers]
}

/// Offers to accept.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "offers": [{"offer": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c13", "quantity": 300}],
    "delivery": {"kind": "pickup"},
    "expected_total": 690_000,
}))]
struct AcceptOffers {
    /// Client-generated id of the order (UUIDv7); the server generates one when absent.
    id: Option<OrderId>,
    /// The offers.
    #[schema(min_items = 1, max_items = 20)]
    offers: Vec<TakenOffer>,
    /// Delivery. Absent: as the request says; required where the request leaves it open.
    delivery: Option<DeliveryChoice>,
    /// Note for the groups.
    #[schema(max_length = 500)]
    note: Option<String>,
    /// The total that the buyer expects, in rupiah: the offers and the delivery fee.
    expected_total: Rupiah,
}

/// An offer to accept.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct TakenOffer {
    /// The offer.
    offer: OfferId,
    /// Quantity to accept. Absent: as much as is still missing.
    quantity: Option<Quantity>,
}

impl Validate for AcceptOffers {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_length("/offers", self.offers.len(), 1..=MAX_OFFERS);
        for (index, accepted) in self.offers.iter().enumerate().take(MAX_OFFERS) {
            let is_duplicate = self.offers.iter().take(index).any(|other| other.offer == accepted.offer);
            errors.require(!is_duplicate, &format!("/offers/{index}/offer"), Rule::OfferTwice);
        }
        if let Some(delivery) = &self.delivery {
            delivery.validate(errors);
        }
        errors.check_text("/note", &self.note, 0..=500);
    }
}

impl AcceptOffers {
    fn to_acceptance(&self, order: OrderId) -> Acceptance {
        Acceptance {
            order,
            offers: self.offers.iter().map(|accepted| (accepted.offer, accepted.quantity)).collect(),
            delivery: self.delivery.clone(),
            note: self.note.clone(),
            expected_total: self.expected_total,
        }
    }
}

/// The result of accepting offers.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AcceptanceView {
    /// The order; each accepted offer is one line of it.
    order: OrderView,
    /// The updated request.
    request: RequestView,
}

/// Accept offers for a request
///
/// Each accepted offer becomes a batch that nobody else can order from and a line of one order, in one transaction. The
/// groups have promised it, so the order needs no further acceptance. When the request is covered, its other open
/// offers lapse; when it is covered in part, it stays open. Concurrent calls never accept more than is missing.
#[utoipa::path(
    post, path = "/v1/requests/{id}/acceptances",
    responses(
        (status = 201, body = AcceptanceView),
        (status = 200, description = "Accepted before with the same id; the current state", body = AcceptanceView),
        (status = 409, description = "`offer-closed`, `more-than-missing` with `missing`, `request-closed`, `total-changed` with the new `quote`, `not-on-sale`, `id-taken`"),
    ),
)]
async fn accept_offers(
    call: Write<AcceptOffers, KeyRequired>,
    settings: Data<Settings>,
    caller: Caller,
    language: Language,
    request: PathIds<RequestId>,
) -> Result<ApiResponse, Problem> {
    call.create_once(
        caller.person.idempotency_scope(),
        |body| body.id,
        move |tx, now, body, client_id| {
            let roles = &caller.roles;
            let (request, whole) = match client_id {
                ClientId::Repeated(id) => {
                    let whole = orders::find_with_fulfilments(tx, id)?.ok_or(AccessError::Hidden)?;
                    (store::find_request(tx, request.0)?.ok_or(AccessError::Hidden)?, whole)
                }
                ClientId::New(id) => accept(tx, now, &settings, roles, request.0, &body.to_acceptance(id))
                    .map_err(|error| to_problem(error, language))?,
            };
            let id = whole.order.id;
            let order = OrderView::of(&whole, &Viewer::of(roles.clone()), &settings, now).ok_or(AccessError::Hidden)?;
            let view = AcceptanceView { order, request: RequestView::of(load_summary(tx, request)?, roles, now) };
            let response = client_id.respond(format!("/v1/orders/{id}"), &view);
            Ok(response.with_version(whole.order.version).about_subject(id))
        },
    )
    .await
}

/// Renders a new quote in the caller's language.
fn to_problem(error: AcceptError, language: Language) -> Problem {
    match error {
        AcceptError::Place(error) => orders::place_problem(error, language),
        error => error.into(),
    }
}
