//! Routes of offers: made, changed and withdrawn by officers of groups, read by the buyer and the groups.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;

use super::find_visible;
use super::views::OfferView;
use crate::cooperatives::{Caller, Roles};
use crate::db::Tx;
use crate::kernel::ids::{OfferId, ProductId, RequestId};
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::requests::create_offer::{self, NewOffer, OfferChange, can_see, can_see_all};
use crate::requests::offer::OfferAction;
use crate::requests::store::{self, NamedOffer};
use crate::web::client_ids::{Reservation, reserve_client_id};
use crate::web::{
    ApiResponse, AppState, Body, FieldError, FieldErrors, Idempotency, IfMatch, Page, PageQuery, Paging, Patch,
    PathIds, Problem, Query, Routes, Validate, routes,
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
    #[schema(value_type = String, format = Date)]
    ready_on: Day,
    /// Deposit in percent. Absent: the product's.
    #[schema(minimum = 0, maximum = 100)]
    deposit_percent: Option<i32>,
    /// Until when the offer can be accepted. Absent: one day after the request's `answers_until`, at most the end of
    /// `ready_on`.
    valid_until: Option<Instant>,
}

fn validate_terms(errors: &mut FieldErrors, price: Option<Rupiah>, deposit_percent: Option<i32>) {
    if let Some(Rupiah(price)) = price {
        errors.check_range("/unit_price", price, 0..=Rupiah::MAX_LINE.0);
    }
    if let Some(percent) = deposit_percent {
        errors.check_range("/deposit_percent", percent.into(), 0..=100);
    }
}

impl Validate for CreateOffer {
    fn validate(&self, errors: &mut FieldErrors) {
        validate_terms(errors, Some(self.unit_price), self.deposit_percent);
    }
}

impl CreateOffer {
    fn new_offer(&self) -> NewOffer {
        NewOffer {
            product: self.product,
            quantity: self.quantity,
            unit_price: self.unit_price,
            ready_on: self.ready_on,
            deposit_percent: self.deposit_percent,
            valid_until: self.valid_until,
        }
    }
}

fn find_named(tx: &mut Tx<'_>, id: OfferId) -> Result<NamedOffer, Problem> {
    store::find_named_offer(tx, id)?.ok_or_else(Problem::not_found)
}

fn view_response(tx: &mut Tx<'_>, id: OfferId, roles: &Roles, now: Instant) -> Result<ApiResponse, Problem> {
    let named = find_named(tx, id)?;
    let version = named.offer.version;
    Ok(ApiResponse::ok(&OfferView::of(named, roles, now)).with_version(version))
}

/// Create an offer for a request
///
/// For officers of the product's group. The product must be published. A product has at most one open offer for a
/// request; change that one instead of making another.
#[utoipa::path(
    post, path = "/v1/requests/{id}/offers",
    responses(
        (status = 201, description = "Created", body = OfferView),
        (status = 200, description = "Created before with the same id; the current state", body = OfferView),
        (status = 409, description = "`request-closed`, `offer-exists`, `not-on-sale`, `id-taken`"),
    ),
)]
async fn create_offer(
    state: Data<AppState>,
    caller: Caller,
    request: PathIds<RequestId>,
    key: Idempotency,
    body: Body<CreateOffer>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, input, fingerprint) = (state.now(), caller.person.scope(), body.value, body.fingerprint.clone());
    let owner = scope.clone();
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        if let Some(id) = input.id
            && reserve_client_id(tx, now, id, &owner, &fingerprint)? == Reservation::Repeated
        {
            return view_response(tx, id, &caller.roles, now);
        }
        let id = input.id.unwrap_or_else(|| tx.id(now));
        let offer = create_offer::create_offer(tx, now, &caller.roles, request.0, id, &input.new_offer())?;
        let view = OfferView::of(find_named(tx, id)?, &caller.roles, now);
        Ok(ApiResponse::created(format!("/v1/requests/{}/offers/{id}", request.0), &view).with_version(offer.version))
    })
    .await
}

/// Changes to an offer; absent members stay as they are. The product cannot be changed.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"unit_price": 2200}))]
struct UpdateOffer {
    /// Maximum quantity.
    #[serde(default)]
    #[schema(value_type = Option<Quantity>)]
    quantity: Patch<Quantity>,
    /// Price per unit, in rupiah.
    #[serde(default)]
    #[schema(value_type = Option<Rupiah>)]
    unit_price: Patch<Rupiah>,
    /// The day on which the goods would be ready.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    ready_on: Patch<Day>,
    /// Deposit in percent.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 100)]
    deposit_percent: Patch<i32>,
    /// Until when the offer can be accepted.
    #[serde(default)]
    #[schema(value_type = Option<Instant>)]
    valid_until: Patch<Instant>,
}

impl Validate for UpdateOffer {
    fn validate(&self, errors: &mut FieldErrors) {
        let never_null = [
            ("/quantity", self.quantity.is_null()),
            ("/unit_price", self.unit_price.is_null()),
            ("/ready_on", self.ready_on.is_null()),
            ("/deposit_percent", self.deposit_percent.is_null()),
            ("/valid_until", self.valid_until.is_null()),
        ];
        for (pointer, is_null) in never_null {
            errors.require(!is_null, pointer, FieldError::Required);
        }
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
    state: Data<AppState>,
    caller: Caller,
    ids: PathIds<(RequestId, OfferId)>,
    version: IfMatch,
    body: Body<UpdateOffer>,
) -> Result<ApiResponse, Problem> {
    let (now, version, input) = (state.now(), version.0, body.value);
    let change = OfferChange {
        quantity: input.quantity.value().copied(),
        unit_price: input.unit_price.value().copied(),
        ready_on: input.ready_on.value().copied(),
        deposit_percent: input.deposit_percent.value().copied(),
        valid_until: input.valid_until.value().copied(),
    };
    state
        .db
        .write(move |tx| {
            let offer = create_offer::update_offer(tx, now, &caller.roles, ids.0, version, &change)?;
            view_response(tx, offer.id, &caller.roles, now)
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

impl Validate for TransitionOffer {
    fn validate(&self, _: &mut FieldErrors) {}
}

/// Withdraw an open offer
#[utoipa::path(
    post, path = "/v1/requests/{id}/offers/{offer}/transitions",
    responses((status = 200, body = OfferView), (status = 409, description = "`offer-closed`, `request-closed`")),
)]
async fn transition_offer(
    state: Data<AppState>,
    caller: Caller,
    key: Idempotency,
    version: IfMatch<Option<i64>>,
    ids: PathIds<(RequestId, OfferId)>,
    body: Body<TransitionOffer>,
) -> Result<ApiResponse, Problem> {
    let (now, scope) = (state.now(), caller.person.scope());
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let offer = match body.value.action {
            OfferAction::Withdraw => create_offer::withdraw_offer(tx, now, &caller.roles, ids.0, version.0)?,
        };
        view_response(tx, offer.id, &caller.roles, now)
    })
    .await
}

/// List the offers for a request
///
/// The buyer and office holders of the cooperative see all offers; members see those of their own groups.
#[utoipa::path(get, path = "/v1/requests/{id}/offers", responses((status = 200, body = Page<OfferView>)))]
async fn list_offers(
    http: HttpRequest,
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<RequestId>,
    page: Query<PageQuery>,
) -> Result<ApiResponse, Problem> {
    let (now, id) = (state.now(), id.0);
    let Query(PageQuery { cursor, limit }) = page;
    let paging = Paging::<OfferId>::read(&state.signer, format!("offers for {id}"), limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.fetch_limit());
    let roles = caller.roles.clone();
    let offers = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let (request, relation) = find_visible(conn, &roles, id)?;
            let groups = (!can_see_all(relation, &roles, request.cooperative)).then(|| roles.groups());
            Ok(store::list_offers(conn, id, groups, after, rows)?)
        })
        .await?;
    let page =
        paging.page(&state.signer, offers, |named| named.offer.id, |named| OfferView::of(named, &caller.roles, now));
    Ok(page.to_response(http.path(), http.query_string()))
}

/// Get an offer
#[utoipa::path(get, path = "/v1/requests/{id}/offers/{offer}", responses((status = 200, body = OfferView)))]
async fn get_offer(
    state: Data<AppState>,
    caller: Caller,
    ids: PathIds<(RequestId, OfferId)>,
) -> Result<ApiResponse, Problem> {
    let (now, (request, id)) = (state.now(), ids.0);
    let roles = caller.roles.clone();
    let named = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let (request, relation) = find_visible(conn, &roles, request)?;
            store::find_named_offer(conn, id)?
                .filter(|named| named.offer.request == request.id && can_see(relation, &roles, &named.offer))
                .ok_or_else(Problem::not_found)
        })
        .await?;
    let version = named.offer.version;
    Ok(ApiResponse::ok(&OfferView::of(named, &caller.roles, now)).with_version(version))
}
