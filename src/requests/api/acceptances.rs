//! Taking offers.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::views::RequestView;
use crate::cooperatives::{Caller, Roles};
use crate::db::{self, Tx};
use crate::kernel::ids::{OfferId, OrderId, RequestId};
use crate::kernel::{Instant, Language, Quantity, Rupiah};
use crate::orders::{self, DeliveryWish, OrderView, PlaceOrderError, QuoteView, Settings, Viewer, WholeOrder};
use crate::requests::accept::{AcceptError, Taking, accept};
use crate::requests::request::Request;
use crate::requests::shown::shown_one;
use crate::requests::store;
use crate::requests::viewer::Relation;
use crate::web::client_ids::{ClientId, reserve_client_id};
use crate::web::{
    ApiResponse, AppState, Body, Code, FieldError, FieldErrors, Idempotency, PathIds, Problem, Routes, Validate, routes,
};

/// The most offers of one order.
const MOST_OFFERS: usize = 20;

/// The routes of this file.
pub fn routes() -> Routes {
    routes![accept_offers]
}

/// Offers to be taken.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "offers": [{"offer": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c13", "quantity": 300}],
    "delivery": {"kind": "pickup"},
    "expected_total": 690_000,
}))]
struct AcceptOffers {
    /// The order's id, when the client makes it.
    id: Option<OrderId>,
    /// Which offers.
    #[schema(min_items = 1, max_items = 20)]
    offers: Vec<TakenOffer>,
    /// How the goods reach the buyer; as the request says, when it is not said. Needed where that is still to be agreed.
    delivery: Option<DeliveryWish>,
    /// What the groups should know.
    #[schema(max_length = 500)]
    note: Option<String>,
    /// What the buyer believes it comes to: the offers, and the way to the buyer.
    expected_total: Rupiah,
}

/// An offer to be taken.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct TakenOffer {
    /// Which offer.
    offer: OfferId,
    /// How much of it; as much as is missing, when it is not said.
    quantity: Option<Quantity>,
}

impl Validate for AcceptOffers {
    fn check(&self, errors: &mut FieldErrors) {
        errors.length("/offers", self.offers.len(), 1..=MOST_OFFERS);
        for (place, it) in self.offers.iter().enumerate().take(MOST_OFFERS) {
            let twice = self.offers.iter().take(place).any(|other| other.offer == it.offer);
            errors.require(!twice, &format!("/offers/{place}/offer"), TWICE);
        }
        if let Some(delivery) = &self.delivery {
            delivery.check(errors);
        }
        if let Some(note) = &self.note {
            errors.text("/note", note, 0..=500);
        }
    }
}

const TWICE: FieldError = FieldError::Rule {
    code: "offer-twice",
    id: "Penawaran ini sudah disebut. Gabungkan jumlahnya.",
    en: "This offer is named already. Add the quantities up.",
};

/// What came of taking offers.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AcceptanceView {
    /// The order, of which each offer is a line.
    order: OrderView,
    /// The request as it is now.
    request: RequestView,
}

/// A failed acceptance, and the language its new quote is told in.
#[derive(Debug, thiserror::Error)]
enum SpokenAcceptError {
    #[error("the offers were not taken")]
    Accept(#[source] AcceptError, Language),
    #[error("the offers were not taken")]
    Told(Box<Problem>),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<SpokenAcceptError> for Problem {
    fn from(error: SpokenAcceptError) -> Self {
        match error {
            SpokenAcceptError::Accept(AcceptError::Place(PlaceOrderError::TotalChanged(quote)), language) => {
                Problem::new(Code::TotalChanged)
                    .with("total", quote.total)
                    .with("quote", QuoteView::of(&quote, language))
            }
            SpokenAcceptError::Accept(error, _) => error.into(),
            SpokenAcceptError::Told(problem) => *problem,
            SpokenAcceptError::Db(error) => error.into(),
        }
    }
}

/// Takes one or several offers for a request
///
/// Each becomes a batch that is open to nobody else, and a line of one order, in one transaction; the groups have
/// promised it, so that nobody needs to accept it any more. What covers the request lets the other offers lapse; what
/// covers it in part leaves it open. No more is taken than is still missing, however many take at once.
#[utoipa::path(
    post, path = "/v1/requests/{id}/acceptances", tag = "market", operation_id = "accept_offers",
    params(
        ("id" = RequestId, Path, description = "The request"),
        ("Idempotency-Key" = String, Header),
    ),
    request_body = AcceptOffers,
    responses(
        (status = 201, description = "Taken: the order", body = AcceptanceView),
        (status = 200, description = "The same with the same id was taken before: as it is now", body = AcceptanceView),
        (status = 409, description = "`offer-closed`, `more-than-missing` with `missing`, `request-closed`, `total-changed` with the new `quote`, `not-on-sale`, `id-taken`"),
    ),
    security(("bearer" = [])),
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
    let (asked, stamp, owner) = (body.value, body.fingerprint.clone(), scope.clone());
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let roles = &caller.roles;
        if let Some(id) = asked.id
            && reserve_client_id(tx, now, id, &owner, &stamp).map_err(told)? == ClientId::Repeated
        {
            let whole = orders::find_whole(tx, id)?.ok_or_else(|| told(Problem::not_found()))?;
            let request = store::request(tx, request.0)?.ok_or_else(|| told(Problem::not_found()))?;
            return answer(tx, request, &whole, roles, &settings, now, |_, view| ApiResponse::ok(view));
        }
        let taking = Taking {
            order: asked.id.unwrap_or_else(|| tx.id(now)),
            offers: asked.offers.iter().map(|it| (it.offer, it.quantity)).collect(),
            delivery: asked.delivery.clone(),
            note: asked.note.clone(),
            expected_total: asked.expected_total,
        };
        let (request, whole) = accept(tx, now, &settings, roles, request.0, &taking)
            .map_err(|error| SpokenAcceptError::Accept(error, language))?;
        answer(tx, request, &whole, roles, &settings, now, ApiResponse::created)
    })
    .await
}

fn told(problem: impl Into<Problem>) -> SpokenAcceptError {
    SpokenAcceptError::Told(Box::new(problem.into()))
}

fn answer(
    tx: &mut Tx<'_>,
    request: Request,
    whole: &WholeOrder,
    roles: &Roles,
    settings: &Settings,
    now: Instant,
    status: impl Fn(String, &AcceptanceView) -> ApiResponse,
) -> Result<ApiResponse, SpokenAcceptError> {
    let id = whole.order.id;
    let order =
        OrderView::of(whole, &Viewer::of(roles.clone()), settings, now).ok_or_else(|| told(Problem::not_found()))?;
    let request = RequestView::of(shown_one(tx, request)?, Relation::Keeper, roles, now);
    let view = AcceptanceView { order, request };
    Ok(status(format!("/v1/orders/{id}"), &view).version(whole.order.version).about_subject(id))
}
