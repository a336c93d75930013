//! Making an offer, changing it, and taking it back: for the officers of a group.

use actix_web::web::Data;
use serde::Deserialize;

use super::views::OfferView;
use crate::cooperatives::{Caller, Roles};
use crate::db::Tx;
use crate::kernel::ids::{OfferId, ProductId, RequestId};
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::requests::offer::OfferAction;
use crate::requests::propose::{OfferChange, Proposal, propose, retract, revise};
use crate::requests::store::{self, NamedOffer};
use crate::web::client_ids::{ClientId, reserve_client_id};
use crate::web::{
    ApiResponse, AppState, Body, FieldError, FieldErrors, Idempotency, IfMatch, Patch, PathIds, Problem, Routes,
    Validate, routes,
};

/// The routes of this file.
pub fn routes() -> Routes {
    routes![make_offer, change_offer, step_offer]
}

/// What a group would make for a request.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "product": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c12", "quantity": 300, "unit_price": 2300,
    "ready_on": "2026-12-14", "deposit_percent": 30,
}))]
struct MakeOffer {
    /// Its id, when the client makes it.
    id: Option<OfferId>,
    /// Which of the group's published products.
    product: ProductId,
    /// How much at most, in the product's unit.
    quantity: Quantity,
    /// The price of a unit.
    unit_price: Rupiah,
    /// The day on which it would be ready.
    #[schema(value_type = String, format = Date)]
    ready_on: Day,
    /// How much is asked for before work begins, in percent; the product's, when it is not said.
    #[schema(minimum = 0, maximum = 100)]
    deposit_percent: Option<i32>,
    /// Until when it may be taken; a day longer than answers are wanted, when it is not said.
    valid_until: Option<Instant>,
}

fn check_terms(errors: &mut FieldErrors, price: Option<Rupiah>, deposit_percent: Option<i32>) {
    if let Some(Rupiah(price)) = price {
        errors.range("/unit_price", price, 0..=Rupiah::MAX_LINE.0);
    }
    if let Some(percent) = deposit_percent {
        errors.range("/deposit_percent", percent.into(), 0..=100);
    }
}

impl Validate for MakeOffer {
    fn check(&self, errors: &mut FieldErrors) {
        check_terms(errors, Some(self.unit_price), self.deposit_percent);
    }
}

impl MakeOffer {
    fn proposal(&self) -> Proposal {
        Proposal {
            product: self.product,
            quantity: self.quantity,
            unit_price: self.unit_price,
            ready_on: self.ready_on,
            deposit_percent: self.deposit_percent,
            valid_until: self.valid_until,
        }
    }
}

fn named(tx: &mut Tx<'_>, id: OfferId) -> Result<NamedOffer, Problem> {
    store::named_offer(tx, id)?.ok_or_else(Problem::not_found)
}

fn view(tx: &mut Tx<'_>, id: OfferId, roles: &Roles, now: Instant) -> Result<ApiResponse, Problem> {
    let named = named(tx, id)?;
    let version = named.offer.version;
    Ok(ApiResponse::ok(&OfferView::of(named, roles, now)).version(version))
}

/// Makes an offer for a request
///
/// By the officers of the product's group, which must be published. One open offer of a product at a time: a group that
/// thinks better of it changes that one.
#[utoipa::path(
    post, path = "/v1/requests/{id}/offers", tag = "market", operation_id = "make_offer",
    params(("id" = RequestId, Path, description = "The request")),
    request_body = MakeOffer,
    responses(
        (status = 201, description = "Offered", body = OfferView),
        (status = 200, description = "The same offer with the same id was made before: as it is now", body = OfferView),
        (status = 409, description = "`request-closed`, `offer-exists`, `not-on-sale`, `id-taken`"),
    ),
    security(("bearer" = [])),
)]
async fn make_offer(
    state: Data<AppState>,
    caller: Caller,
    request: PathIds<RequestId>,
    key: Idempotency,
    body: Body<MakeOffer>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, asked, stamp) = (state.now(), caller.person.scope(), body.value, body.fingerprint.clone());
    let owner = scope.clone();
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        if let Some(id) = asked.id
            && reserve_client_id(tx, now, id, &owner, &stamp)? == ClientId::Repeated
        {
            return view(tx, id, &caller.roles, now);
        }
        let id = asked.id.unwrap_or_else(|| tx.id(now));
        let offer = propose(tx, now, &caller.roles, request.0, id, &asked.proposal())?;
        let view = OfferView::of(named(tx, id)?, &caller.roles, now);
        Ok(ApiResponse::created(format!("/v1/requests/{}/offers/{id}", request.0), &view).version(offer.version))
    })
    .await
}

/// What changes about an offer. What is offered stays what it is.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"unit_price": 2200}))]
struct ChangeOffer {
    /// How much at most.
    #[serde(default)]
    #[schema(value_type = Option<Quantity>)]
    quantity: Patch<Quantity>,
    /// The price of a unit.
    #[serde(default)]
    #[schema(value_type = Option<Rupiah>)]
    unit_price: Patch<Rupiah>,
    /// The day on which it would be ready.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    ready_on: Patch<Day>,
    /// How much is asked for before work begins, in percent.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 100)]
    deposit_percent: Patch<i32>,
    /// Until when it may be taken.
    #[serde(default)]
    #[schema(value_type = Option<Instant>)]
    valid_until: Patch<Instant>,
}

impl Validate for ChangeOffer {
    fn check(&self, errors: &mut FieldErrors) {
        let nulls = [
            ("/quantity", self.quantity.is_null()),
            ("/unit_price", self.unit_price.is_null()),
            ("/ready_on", self.ready_on.is_null()),
            ("/deposit_percent", self.deposit_percent.is_null()),
            ("/valid_until", self.valid_until.is_null()),
        ];
        for (pointer, null) in nulls {
            errors.require(!null, pointer, FieldError::Required);
        }
        check_terms(errors, self.unit_price.value().copied(), self.deposit_percent.value().copied());
    }
}

/// Changes an offer until it is taken
#[utoipa::path(
    patch, path = "/v1/requests/{id}/offers/{offer}", tag = "market", operation_id = "change_offer",
    params(
        ("id" = RequestId, Path, description = "The request"),
        ("offer" = OfferId, Path, description = "The offer"),
    ),
    request_body(content = ChangeOffer, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "The offer as it is now", body = OfferView),
        (status = 409, description = "`offer-closed`, `request-closed`, `not-on-sale`"),
    ),
    security(("bearer" = [])),
)]
async fn change_offer(
    state: Data<AppState>,
    caller: Caller,
    ids: PathIds<(RequestId, OfferId)>,
    version: IfMatch,
    body: Body<ChangeOffer>,
) -> Result<ApiResponse, Problem> {
    let (now, version, asked) = (state.now(), version.required()?, body.value);
    let change = OfferChange {
        quantity: asked.quantity.value().copied(),
        unit_price: asked.unit_price.value().copied(),
        ready_on: asked.ready_on.value().copied(),
        deposit_percent: asked.deposit_percent.value().copied(),
        valid_until: asked.valid_until.value().copied(),
    };
    state
        .db
        .write(move |tx| {
            let offer = revise(tx, now, &caller.roles, ids.0, version, &change)?;
            view(tx, offer.id, &caller.roles, now)
        })
        .await
}

/// A step of an offer.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "withdraw"}))]
struct OfferTransition {
    /// Which step.
    action: OfferAction,
}

impl Validate for OfferTransition {
    fn check(&self, _: &mut FieldErrors) {}
}

/// Takes an offer back that nobody has taken
#[utoipa::path(
    post, path = "/v1/requests/{id}/offers/{offer}/transitions", tag = "market", operation_id = "step_offer",
    params(
        ("id" = RequestId, Path, description = "The request"),
        ("offer" = OfferId, Path, description = "The offer"),
        ("If-Match" = Option<String>, Header),
    ),
    request_body = OfferTransition,
    responses(
        (status = 200, description = "The offer as it is now", body = OfferView),
        (status = 409, description = "`offer-closed`, `request-closed`"),
    ),
    security(("bearer" = [])),
)]
async fn step_offer(
    state: Data<AppState>,
    caller: Caller,
    key: Idempotency,
    seen: IfMatch,
    ids: PathIds<(RequestId, OfferId)>,
    body: Body<OfferTransition>,
) -> Result<ApiResponse, Problem> {
    let (now, scope) = (state.now(), caller.person.scope());
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let offer = match body.value.action {
            OfferAction::Withdraw => retract(tx, now, &caller.roles, ids.0, seen.sent())?,
        };
        view(tx, offer.id, &caller.roles, now)
    })
    .await
}
