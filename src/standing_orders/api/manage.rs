//! Making, changing and stopping standing orders: for their buyers.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;

use super::bodies::{ChangeStandingOrder, MakeStandingOrder};
use super::views::StandingOrderView;
use super::{answer, own};
use crate::accounts::SignedIn;
use crate::kernel::ids::StandingOrderId;
use crate::kernel::{Day, Instant, Weekdays};
use crate::orders::DeliveryWish;
use crate::standing_orders::Rules;
use crate::standing_orders::change::{StandingOrderChange, change};
use crate::standing_orders::standing_order::StandingAction;
use crate::standing_orders::step::step;
use crate::standing_orders::store;
use crate::standing_orders::subscribe::{LineWanted, Subscribing, subscribe};
use crate::web::client_ids::is_repeated;
use crate::web::{
    ApiResponse, AppState, Body, FieldError, FieldErrors, Idempotency, IfMatch, Page, PageQuery, Paging, PathIds,
    Problem, Query, Routes, Validate, routes,
};

/// The routes of this part.
pub(super) fn routes() -> Routes {
    routes![list_standing_orders, make_standing_order, show_standing_order, change_standing_order, step_standing_order]
}

/// Make a standing order
///
/// It claims before anyone else: for a market day when that opens, for daily goods a day before the day is open to
/// everyone. Each time it gives at most one order, or a reason why not.
#[utoipa::path(
    post, path = "/v1/standing_orders", tag = "market", operation_id = "make_standing_order",
    params(("Idempotency-Key" = String, Header)),
    request_body = MakeStandingOrder,
    responses(
        (status = 201, description = "Made", body = StandingOrderView),
        (status = 200, description = "Made before by the same request", body = StandingOrderView),
    ),
    security(("bearer" = [])),
)]
async fn make_standing_order(
    state: Data<AppState>,
    person: SignedIn,
    key: Idempotency,
    body: Body<MakeStandingOrder>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, asked, print) = (state.now(), person.scope(), body.value, body.fingerprint.clone());
    let new = Subscribing {
        id: asked.id,
        cooperative: asked.cooperative,
        contract: asked.contract,
        lines: asked.lines.iter().map(LineWanted::from).collect(),
        every_market_day: asked.every_market_day.unwrap_or(false),
        weekdays: asked.weekdays.unwrap_or(Weekdays::NONE),
        every_weeks: asked.every_weeks.unwrap_or(1),
        starts_on: asked.starts_on,
        ends_on: asked.ends_on,
        confirms_first: asked.confirms_first.unwrap_or(false),
        delivery: asked.delivery.clone().unwrap_or_else(DeliveryWish::pickup),
        note: asked.note.as_deref().map(str::trim).filter(|note| !note.is_empty()).map(str::to_owned),
    };
    key.required()?
        .once(&state.db, now, scope.clone(), body.fingerprint, move |tx| {
            if is_repeated(tx, now, new.id, &scope, &print)?
                && let Some(id) = new.id
            {
                let it = store::standing_order(tx, id)?.ok_or_else(Problem::not_found)?;
                let lines = store::lines_of(tx, id)?;
                return Ok::<_, Problem>(answer(&it, &lines));
            }
            let (it, lines) = subscribe(tx, now, person.account, &new)?;
            let view = StandingOrderView::of(&it, &lines);
            Ok(ApiResponse::created(format!("/v1/standing_orders/{}", it.id), &view).version(it.version))
        })
        .await
}

/// List one's standing orders
///
/// The latest first.
#[utoipa::path(
    get, path = "/v1/standing_orders", tag = "market", operation_id = "list_standing_orders",
    params(PageQuery),
    responses((status = 200, description = "A page of standing orders", body = Page<StandingOrderView>)),
    security(("bearer" = [])),
)]
async fn list_standing_orders(
    state: Data<AppState>,
    person: SignedIn,
    request: HttpRequest,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
) -> Result<ApiResponse, Problem> {
    let list = format!("standing orders {}", person.account);
    let paging = Paging::<(Instant, StandingOrderId)>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let found = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let mut found = Vec::new();
            for it in store::of_buyer(conn, person.account, after, rows)? {
                let lines = store::lines_of(conn, it.id)?;
                found.push((it, lines));
            }
            Ok(found)
        })
        .await?;
    let page = paging.page(
        &state.signer,
        found,
        |(it, _)| (it.created_at, it.id),
        |(it, lines)| StandingOrderView::of(&it, &lines),
    );
    Ok(page.answer(request.path(), request.query_string()))
}

/// Show a standing order
#[utoipa::path(
    get, path = "/v1/standing_orders/{id}", tag = "market", operation_id = "show_standing_order",
    params(("id" = StandingOrderId, Path, description = "The standing order")),
    responses((status = 200, description = "The standing order", body = StandingOrderView)),
    security(("bearer" = [])),
)]
async fn show_standing_order(
    state: Data<AppState>,
    person: SignedIn,
    id: PathIds<StandingOrderId>,
) -> Result<ApiResponse, Problem> {
    state
        .db
        .read::<_, Problem, _>(move |conn| {
            let it = own(conn, &person, id.0)?;
            let lines = store::lines_of(conn, id.0)?;
            Ok(answer(&it, &lines))
        })
        .await
}

/// Change a standing order
///
/// From the next time on: what it has claimed ahead is claimed anew, as far as its order may still be cancelled and nothing
/// was paid for it.
#[utoipa::path(
    patch, path = "/v1/standing_orders/{id}", tag = "market", operation_id = "change_standing_order",
    params(("id" = StandingOrderId, Path, description = "The standing order")),
    request_body(content = ChangeStandingOrder, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "The standing order as it is now", body = StandingOrderView),
        (status = 409, description = "`transition-invalid`: it is over"),
    ),
    security(("bearer" = [])),
)]
async fn change_standing_order(
    state: Data<AppState>,
    rules: Data<Rules>,
    person: SignedIn,
    id: PathIds<StandingOrderId>,
    version: IfMatch,
    body: Body<ChangeStandingOrder>,
) -> Result<ApiResponse, Problem> {
    let (now, version, asked, id) = (state.now(), version.required()?, body.value, id.0);
    let Rules { orders, market: settings } = **rules;
    let wanted = StandingOrderChange {
        lines: asked.lines.value().map(|lines| lines.iter().map(LineWanted::from).collect()),
        weekdays: asked.weekdays.value().copied(),
        every_weeks: asked.every_weeks.value().copied(),
        ends_on: asked.ends_on,
        confirms_first: asked.confirms_first.value().copied(),
        delivery: asked.delivery.value().cloned(),
        note: asked.note,
    };
    state
        .db
        .write::<_, Problem, _>(move |tx| {
            let (it, lines) = change(tx, now, (&orders, &settings), person.account, id, version, &wanted)?;
            Ok(answer(&it, &lines))
        })
        .await
}

/// A step of a standing order.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "pause", "until": "2026-12-20"}))]
struct StepStandingOrder {
    /// Which step.
    action: StandingAction,
    /// For `pause`: the day on which it comes round again.
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<Day>,
}

impl Validate for StepStandingOrder {
    fn check(&self, errors: &mut FieldErrors) {
        errors.require(self.until.is_none() || self.action == StandingAction::Pause, "/until", FieldError::Unknown);
    }
}

/// Pause, resume or end a standing order
///
/// What it has claimed ahead for days on which it does not come round any more is taken back, as far as that is free.
#[utoipa::path(
    post, path = "/v1/standing_orders/{id}/transitions", tag = "market", operation_id = "step_standing_order",
    params(
        ("id" = StandingOrderId, Path, description = "The standing order"),
        ("If-Match" = Option<String>, Header),
        ("Idempotency-Key" = String, Header),
    ),
    request_body = StepStandingOrder,
    responses(
        (status = 200, description = "The standing order as it is now", body = StandingOrderView),
        (status = 409, description = "`transition-invalid`: it does not take this step now"),
    ),
    security(("bearer" = [])),
)]
async fn step_standing_order(
    state: Data<AppState>,
    rules: Data<Rules>,
    person: SignedIn,
    id: PathIds<StandingOrderId>,
    seen: IfMatch,
    key: Idempotency,
    body: Body<StepStandingOrder>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, asked, id) = (state.now(), person.scope(), body.value, id.0);
    let Rules { orders, market: settings } = **rules;
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let wanted = (asked.action, asked.until);
            let it = step(tx, now, (&orders, &settings), person.account, id, wanted, seen.sent())?;
            let lines = store::lines_of(tx, id)?;
            Ok::<_, Problem>(answer(&it, &lines))
        })
        .await
}
