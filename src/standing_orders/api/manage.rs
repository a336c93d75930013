//! Routes for creating, reading, updating, pausing and ending standing orders, for their buyers.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;

use super::bodies::{CreateStandingOrder, UpdateStandingOrder};
use super::views::StandingOrderView;
use super::{find_own, respond};
use crate::accounts::SignedIn;
use crate::kernel::ids::StandingOrderId;
use crate::kernel::{Day, Instant, Weekdays};
use crate::orders::DeliveryChoice;
use crate::standing_orders::Rules;
use crate::standing_orders::create::{self, NewStandingLine, NewStandingOrder};
use crate::standing_orders::standing_order::StandingAction;
use crate::standing_orders::store;
use crate::standing_orders::transition;
use crate::standing_orders::update::{self, StandingOrderChange};
use crate::web::client_ids::is_repeated;
use crate::web::{
    ApiResponse, AppState, Body, FieldError, FieldErrors, IdempotencyKey, IfMatch, Page, PageQuery, Paging, PathIds,
    Problem, Query, Routes, Validate, routes,
};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes![
        "market": list_standing_orders,
        create_standing_order,
        get_standing_order,
        update_standing_order,
        transition_standing_order
    ]
}

/// Create a standing order
///
/// Standing orders claim goods before anyone else: when a market day opens, or one day before a daily product is open
/// to everyone. Each due day yields at most one order, or the reasons why there is none.
#[utoipa::path(
    post, path = "/v1/standing_orders",
    params(("Idempotency-Key" = String, Header)),
    responses(
        (status = 201, description = "Created", body = StandingOrderView),
        (status = 200, description = "Created before by the same request", body = StandingOrderView),
    ),
)]
async fn create_standing_order(
    state: Data<AppState>,
    person: SignedIn,
    key: IdempotencyKey,
    body: Body<CreateStandingOrder>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, input, fingerprint) = (state.now(), person.scope(), body.value, body.fingerprint.clone());
    let new = NewStandingOrder {
        id: input.id,
        cooperative: input.cooperative,
        contract: input.contract,
        lines: input.lines.iter().map(NewStandingLine::from).collect(),
        every_market_day: input.every_market_day.unwrap_or(false),
        weekdays: input.weekdays.unwrap_or(Weekdays::NONE),
        every_weeks: input.every_weeks.unwrap_or(1),
        starts_on: input.starts_on,
        ends_on: input.ends_on,
        confirms_first: input.confirms_first.unwrap_or(false),
        delivery: input.delivery.clone().unwrap_or_else(DeliveryChoice::pickup),
        note: input.note.as_deref().map(str::trim).filter(|note| !note.is_empty()).map(str::to_owned),
    };
    key.required()?
        .once(&state.db, now, scope.clone(), body.fingerprint, move |tx| {
            if is_repeated(tx, now, new.id, &scope, &fingerprint)?
                && let Some(id) = new.id
            {
                let standing_order = store::find_standing_order(tx, id)?.ok_or_else(Problem::not_found)?;
                let lines = store::list_lines(tx, id)?;
                return Ok::<_, Problem>(respond(&standing_order, &lines));
            }
            let (standing_order, lines) = create::create(tx, now, person.account, &new)?;
            let view = StandingOrderView::of(&standing_order, &lines);
            Ok(ApiResponse::created(format!("/v1/standing_orders/{}", standing_order.id), &view)
                .with_version(standing_order.version))
        })
        .await
}

/// List the caller's standing orders
///
/// The newest first.
#[utoipa::path(
    get, path = "/v1/standing_orders",
    params(PageQuery),
    responses((status = 200, body = Page<StandingOrderView>)),
)]
async fn list_standing_orders(
    state: Data<AppState>,
    person: SignedIn,
    request: HttpRequest,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
) -> Result<ApiResponse, Problem> {
    let list = format!("standing orders {}", person.account);
    let paging = Paging::<(Instant, StandingOrderId)>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.fetch_limit());
    let standing_orders = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let mut standing_orders = Vec::new();
            for standing_order in store::list_by_buyer(conn, person.account, after, rows)? {
                let lines = store::list_lines(conn, standing_order.id)?;
                standing_orders.push((standing_order, lines));
            }
            Ok(standing_orders)
        })
        .await?;
    let page = paging.page(
        &state.signer,
        standing_orders,
        |(standing_order, _)| (standing_order.created_at, standing_order.id),
        |(standing_order, lines)| StandingOrderView::of(&standing_order, &lines),
    );
    Ok(page.to_response(request.path(), request.query_string()))
}

/// Get a standing order
#[utoipa::path(get, path = "/v1/standing_orders/{id}", responses((status = 200, body = StandingOrderView)))]
async fn get_standing_order(
    state: Data<AppState>,
    person: SignedIn,
    id: PathIds<StandingOrderId>,
) -> Result<ApiResponse, Problem> {
    state
        .db
        .read::<_, Problem, _>(move |conn| {
            let standing_order = find_own(conn, &person, id.0)?;
            let lines = store::list_lines(conn, id.0)?;
            Ok(respond(&standing_order, &lines))
        })
        .await
}

/// Update a standing order
///
/// Orders placed ahead are replaced by new ones, as far as they can still be cancelled freely and are unpaid.
#[utoipa::path(
    patch, path = "/v1/standing_orders/{id}",
    responses(
        (status = 200, body = StandingOrderView),
        (status = 409, description = "`transition-invalid`: it has ended"),
    ),
)]
async fn update_standing_order(
    state: Data<AppState>,
    rules: Data<Rules>,
    person: SignedIn,
    id: PathIds<StandingOrderId>,
    version: IfMatch,
    body: Body<UpdateStandingOrder>,
) -> Result<ApiResponse, Problem> {
    let (now, version, input, id) = (state.now(), version.0, body.value, id.0);
    let Rules { orders, settings } = **rules;
    let change = StandingOrderChange {
        lines: input.lines.value().map(|lines| lines.iter().map(NewStandingLine::from).collect()),
        weekdays: input.weekdays.value().copied(),
        every_weeks: input.every_weeks.value().copied(),
        ends_on: input.ends_on,
        confirms_first: input.confirms_first.value().copied(),
        delivery: input.delivery.value().cloned(),
        note: input.note,
    };
    state
        .db
        .write::<_, Problem, _>(move |tx| {
            let (standing_order, lines) =
                update::update(tx, now, (&orders, &settings), person.account, id, version, &change)?;
            Ok(respond(&standing_order, &lines))
        })
        .await
}

/// A transition of a standing order.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "pause", "until": "2026-12-20"}))]
struct TransitionStandingOrder {
    /// The action.
    action: StandingAction,
    /// For `pause`: the first day on which it is due again. Absent: until it is resumed.
    until: Option<Day>,
}

impl Validate for TransitionStandingOrder {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.require(self.until.is_none() || self.action == StandingAction::Pause, "/until", FieldError::Unknown);
    }
}

/// Pause, resume or end a standing order
///
/// Orders placed ahead for days on which it is no longer due are cancelled, as far as they can still be cancelled
/// freely and are unpaid.
#[utoipa::path(
    post, path = "/v1/standing_orders/{id}/transitions",
    params(("Idempotency-Key" = String, Header)),
    responses(
        (status = 200, body = StandingOrderView),
        (status = 409, description = "`transition-invalid`: the status does not permit the action"),
    ),
)]
async fn transition_standing_order(
    state: Data<AppState>,
    rules: Data<Rules>,
    person: SignedIn,
    id: PathIds<StandingOrderId>,
    version: IfMatch<Option<i64>>,
    key: IdempotencyKey,
    body: Body<TransitionStandingOrder>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, input, id) = (state.now(), person.scope(), body.value, id.0);
    let Rules { orders, settings } = **rules;
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let action = (input.action, input.until);
            let standing_order =
                transition::transition(tx, now, (&orders, &settings), person.account, id, action, version.0)?;
            let lines = store::list_lines(tx, id)?;
            Ok::<_, Problem>(respond(&standing_order, &lines))
        })
        .await
}
