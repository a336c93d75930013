//! Routes of offers: made, changed and withdrawn by officers of groups, read by the buyer and the groups.

use serde::Deserialize;

use super::find_visible;
use super::views::OfferView;
use crate::cooperatives::{AccessError, Caller, Roles};
use crate::db::Conn;
use crate::kernel::ids::{OfferId, ProductId, RequestId};
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::requests::create_offer::{self, NewOffer, OfferChange};
use crate::requests::offer::OfferAction;
use crate::requests::store;
use crate::web::{
    ApiResponse, Change, ClientId, FieldErrors, IfMatch, List, Page, PathIds, Problem, Read, Routes, Validate, Write,
    routes,
};

/// The routes of this file.
pub fn routes() -> Routes {
    routes!["market": create_offer, update_offer, transition_offer, list_offers, get_offer]
}

/// A group's offer for a request.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "product": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c12", "quantity": 300, "unit_price": 2300,
    "ready_on": "2026-12-14", "deposit_percent": 30,
}))]
struct CreateOffer {
    /// Client-generated id (UUIDv7); the server generates one when absent.
    id: Option<OfferId>,
    /// A published product of the group.
    product: ProductId,
    /// Maximum quantity, in the product's unit.
    quantity: Quantity,
    /// Price per unit, in rupiah.
    unit_price: Rupiah,
    /// The day on which the goods would be ready.
    ready_on: Day,
    /// Deposit in percent. Absent: the product's.
    #[schema(minimum = 0, maximum = 100)]
    deposit_percent: Option<i32>,
    /// Until when the offer can be accepted. Absent: one day after the request's `answers_until`, at most the end of
    /// `ready_on`.
    valid_until: Option<Instant>,
}

fn validate_terms(errors: &mut FieldErrors, price: Option<Rupiah>, deposit_percent: Option<i32>) {
    errors.check_range("/unit_price", price.unwrap_or_default().0, 0..=Rupiah::MAX_LINE.0);
    errors.check_range("/deposit_percent", deposit_percent.unwrap_or_default().into(), 0..=100);
}

impl Validate for CreateOffer {
    fn validate(&self, errors: &mut FieldErrors) {
        validate_terms(errors, Some(self.unit_price), self.deposit_percent);
    }
}

impl CreateOffer {
    fn to_new_offer(&self) -> NewOffer {
        let CreateOffer { product, quantity, unit_price, ready_on, deposit_percent, valid_until, .. } = *self;
        NewOffer { product, quantity, unit_price, ready_on, deposit_percent, valid_until }
    }
}

fn load_view(conn: &mut Conn, id: OfferId, roles: &Roles, now: Instant) -> Result<OfferView, Problem> {
    let named = store::find_named_offer(conn, id)?.ok_or(AccessError::Hidden)?;
    Ok(OfferView::of(named, roles, now))
}

fn respond(conn: &mut Conn, id: OfferId, roles: &Roles, now: Instant) -> Result<ApiResponse, Problem> {
    let view = load_view(conn, id, roles, now)?;
    Ok(ApiResponse::ok(&view).with_version(view.version))
}

/// Create an offer for a request
///
/// For officers of the product's group. The product must be published. A product has at most one open offer for a
/// request; change that one instead of making another.
#[utoipa::path(
    post, path = "/v1/requests/{id}/offers",
    responses(
        (status = 201, body = OfferView),
        (status = 200, description = "Created before with the same id; the current state", body = OfferView),
        (status = 409, description = "`request-closed`, `offer-exists`, `not-on-sale`, `id-taken`"),
    ),
)]
async fn create_offer(
    call: Write<CreateOffer>,
    caller: Caller,
    request: PathIds<RequestId>,
) -> Result<ApiResponse, Problem> {
    call.create_once(
        caller.person.idempotency_scope(),
        |body| body.id,
        move |tx, now, body, client_id| {
            let id = match client_id {
                ClientId::Repeated(id) => id,
                ClientId::New(id) => {
                    create_offer::create_offer(tx, now, &caller.roles, request.0, id, &body.to_new_offer())?.id
                }
            };
            let view = load_view(tx, id, &caller.roles, now)?;
            Ok(client_id
                .respond(format!("/v1/requests/{}/offers/{}", request.0, view.id), &view)
                .with_version(view.version))
        },
    )
    .await
}

/// Changes to an offer; absent members stay as they are. The product cannot be changed.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"unit_price": 2200}))]
struct UpdateOffer {
    /// Maximum quantity.
    #[serde(default)]
    #[schema(value_type = Quantity)]
    quantity: Change<Quantity>,
    /// Price per unit, in rupiah.
    #[serde(default)]
    #[schema(value_type = Rupiah)]
    unit_price: Change<Rupiah>,
    /// The day on which the goods would be ready.
    #[serde(default)]
    #[schema(value_type = String, format = Date)]
    ready_on: Change<Day>,
    /// Deposit in percent.
    #[serde(default)]
    #[schema(value_type = i32, minimum = 0, maximum = 100)]
    deposit_percent: Change<i32>,
    /// Until when the offer can be accepted.
    #[serde(default)]
    #[schema(value_type = Instant)]
    valid_until: Change<Instant>,
}

impl Validate for UpdateOffer {
    fn validate(&self, errors: &mut FieldErrors) {
        validate_terms(errors, self.unit_price.value().copied(), self.deposit_percent.value().copied());
    }
}

/// Update an open offer
#[utoipa::path(
    patch, path = "/v1/requests/{id}/offers/{offer}",
    responses(
        (status = 200, body = OfferView),
        (status = 409, description = "`offer-closed`, `request-closed`, `not-on-sale`"),
    ),
)]
async fn update_offer(
    call: Write<UpdateOffer>,
    caller: Caller,
    ids: PathIds<(RequestId, OfferId)>,
    IfMatch(version): IfMatch,
) -> Result<ApiResponse, Problem> {
    call.run(move |tx, now, body| {
        let change = OfferChange {
            quantity: body.quantity.value().copied(),
            unit_price: body.unit_price.value().copied(),
            ready_on: body.ready_on.value().copied(),
            deposit_percent: body.deposit_percent.value().copied(),
            valid_until: body.valid_until.value().copied(),
        };
        let offer = create_offer::update_offer(tx, now, &caller.roles, ids.0, version, &change)?;
        respond(tx, offer.id, &caller.roles, now)
    })
    .await
}

/// A transition of an offer.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "withdraw"}))]
struct TransitionOffer {
    /// The action.
    action: OfferAction,
}

impl Validate for TransitionOffer {}

/// Withdraw an open offer
#[utoipa::path(
    post, path = "/v1/requests/{id}/offers/{offer}/transitions",
    responses((status = 200, body = OfferView), (status = 409, description = "`offer-closed`, `request-closed`")),
)]
async fn transition_offer(
    call: Write<TransitionOffer>,
    caller: Caller,
    version: IfMatch<Option<i64>>,
    ids: PathIds<(RequestId, OfferId)>,
) -> Result<ApiResponse, Problem> {
    call.once(caller.person.idempotency_scope(), move |tx, now, body| {
        let offer = match body.action {
            OfferAction::Withdraw => create_offer::withdraw_offer(tx, now, &caller.roles, ids.0, version.0)?,
        };
        respond(tx, offer.id, &caller.roles, now)
    })
    .await
}

/// List the offers for a request
///
/// The buyer and office holders of the cooperative see all offers; members see those of their own groups.
#[utoipa::path(get, path = "/v1/requests/{id}/offers", responses((status = 200, body = Page<OfferView>)))]
async fn list_offers(list: List<OfferId>, caller: Caller, id: PathIds<RequestId>) -> Result<ApiResponse, Problem> {
    let (now, roles) = (list.now, caller.roles.clone());
    let rows = list.read(move |conn, list| {
        let (request, relation) = find_visible(conn, &roles, id.0)?;
        let groups = (!relation.can_see_all_offers(&roles, request.cooperative)).then(|| roles.groups());
        Ok(store::list_offers(conn, id.0, groups, list.after, list.limit)?)
    });
    Ok(rows.await?.answer(|named| named.offer.id, |named| OfferView::of(named, &caller.roles, now)))
}

/// Get an offer
#[utoipa::path(get, path = "/v1/requests/{id}/offers/{offer}", responses((status = 200, body = OfferView)))]
async fn get_offer(read: Read, caller: Caller, ids: PathIds<(RequestId, OfferId)>) -> Result<ApiResponse, Problem> {
    let (request, id) = ids.0;
    read.run(move |conn, now| {
        let (request, relation) = find_visible(conn, &caller.roles, request)?;
        let named = store::find_named_offer(conn, id)?
            .filter(|named| named.offer.request == request.id && relation.can_see_offer(&caller.roles, &named.offer))
            .ok_or(AccessError::Hidden)?;
        let view = OfferView::of(named, &caller.roles, now);
        Ok(ApiResponse::ok(&view).with_version(view.version))
    })
    .await
}
