//! Routes for accepting offers.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::views::RequestView;
use crate::cooperatives::{Caller, Roles};
use crate::db::{self, Tx};
use crate::kernel::ids::{OfferId, OrderId, RequestId};
use crate::kernel::{Instant, Language, Quantity, Rupiah};
use crate::orders::{
    self, DeliveryChoice, OrderView, OrderWithFulfilments, PlaceOrderError, QuoteView, Settings, Viewer,
};
use crate::requests::accept::{AcceptError, Acceptance, accept};
use crate::requests::access::RequestRelation;
use crate::requests::request::Request;
use crate::requests::store;
use crate::requests::summary::load_summary;
use crate::web::client_ids::{Reservation, reserve_client_id};
use crate::web::{
    ApiResponse, AppState, Body, Code, FieldErrors, Idempotency, PathIds, Problem, Routes, Rule, Validate, routes,
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
        if let Some(note) = &self.note {
            errors.check_text("/note", note, 0..=500);
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

/// An error of accepting offers with the language in which a new quote is rendered.
#[derive(Debug, thiserror::Error)]
enum LocalizedAcceptError {
    #[error("the offers were not accepted")]
    Accept(#[source] AcceptError, Language),
    #[error("the offers were not accepted")]
    Problem(Box<Problem>),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<LocalizedAcceptError> for Problem {
    fn from(error: LocalizedAcceptError) -> Self {
        match error {
            LocalizedAcceptError::Accept(AcceptError::Place(PlaceOrderError::TotalChanged(quote)), language) => {
                Problem::new(Code::TotalChanged)
                    .with("total", quote.total)
                    .with("quote", QuoteView::of(&quote, language))
            }
            LocalizedAcceptError::Accept(error, _) => error.into(),
            LocalizedAcceptError::Problem(problem) => *problem,
            LocalizedAcceptError::Db(error) => error.into(),
        }
    }
}

/// Accept offers for a request
///
/// Each accepted offer becomes a batch that nobody else can order from and a line of one order, in one transaction. The
/// groups have promised it, so the order needs no further acceptance. When the request is covered, its other open
/// offers lapse; when it is covered in part, it stays open. Concurrent calls never accept more than is missing.
#[utoipa::path(
    post, path = "/v1/requests/{id}/acceptances",
    params(("Idempotency-Key" = String, Header)),
    responses(
        (status = 201, description = "Accepted: the new order", body = AcceptanceView),
        (status = 200, description = "Accepted before with the same id; the current state", body = AcceptanceView),
        (status = 409, description = "`offer-closed`, `more-than-missing` with `missing`, `request-closed`, `total-changed` with the new `quote`, `not-on-sale`, `id-taken`"),
    ),
)]
async fn accept_offers(
    state: Data<AppState>,
    settings: Data<Settings>,
    caller: Caller,
    language: Language,
    key: Idempotency,
    request: PathIds<RequestId>,
    body: Body<AcceptOffers>,
) -> Result<ApiResponse, Problem> {
    let key = key.required()?;
    let (now, settings, scope) = (state.now(), **settings, caller.person.scope());
    let (input, fingerprint, owner) = (body.value, body.fingerprint.clone(), scope.clone());
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let roles = &caller.roles;
        if let Some(id) = input.id
            && reserve_client_id(tx, now, id, &owner, &fingerprint).map_err(to_problem)? == Reservation::Repeated
        {
            let whole = orders::find_with_fulfilments(tx, id)?.ok_or_else(|| to_problem(Problem::not_found()))?;
            let request = store::find_request(tx, request.0)?.ok_or_else(|| to_problem(Problem::not_found()))?;
            return respond(tx, request, &whole, roles, &settings, now, |_, view| ApiResponse::ok(view));
        }
        let acceptance = Acceptance {
            order: input.id.unwrap_or_else(|| tx.id(now)),
            offers: input.offers.iter().map(|accepted| (accepted.offer, accepted.quantity)).collect(),
            delivery: input.delivery.clone(),
            note: input.note.clone(),
            expected_total: input.expected_total,
        };
        let (request, whole) = accept(tx, now, &settings, roles, request.0, &acceptance)
            .map_err(|error| LocalizedAcceptError::Accept(error, language))?;
        respond(tx, request, &whole, roles, &settings, now, ApiResponse::created)
    })
    .await
}

fn to_problem(problem: impl Into<Problem>) -> LocalizedAcceptError {
    LocalizedAcceptError::Problem(Box::new(problem.into()))
}

fn respond(
    tx: &mut Tx<'_>,
    request: Request,
    whole: &OrderWithFulfilments,
    roles: &Roles,
    settings: &Settings,
    now: Instant,
    status: impl Fn(String, &AcceptanceView) -> ApiResponse,
) -> Result<ApiResponse, LocalizedAcceptError> {
    let id = whole.order.id;
    let order = OrderView::of(whole, &Viewer::of(roles.clone()), settings, now)
        .ok_or_else(|| to_problem(Problem::not_found()))?;
    let request = RequestView::of(load_summary(tx, request)?, RequestRelation::Owner, roles, now);
    let view = AcceptanceView { order, request };
    Ok(status(format!("/v1/orders/{id}"), &view).with_version(whole.order.version).about_subject(id))
}
