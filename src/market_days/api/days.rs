//! Market days: everyone sees them, the board sets, moves and calls them off.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;

use super::views::{ClosingView, MarketDayView};
use crate::cooperatives::{self, Board, CooperativePermit};
use crate::kernel::ids::{CooperativeId, MarketDayId, PickupPointId};
use crate::kernel::{Day, Instant, WallTime};
use crate::market_days::cancel::cancel;
use crate::market_days::close_day::{close_now, foresee};
use crate::market_days::day::{DayAction, DayStatus};
use crate::market_days::plan_days::{NewDay, add_day};
use crate::market_days::reschedule::{Rescheduling, reschedule};
use crate::market_days::schedule::Hours;
use crate::market_days::store::{self, DayFilters};
use crate::orders;
use crate::web::client_ids::is_repeated;
use crate::web::{
    ApiResponse, AppState, Body, FieldError, FieldErrors, Idempotency, IfMatch, Page, Paging, Patch, PathIds, Problem,
    Query, Routes, Validate, routes,
};

/// The routes of market days.
pub(super) fn routes() -> Routes {
    routes![list_market_days, add_market_day, show_market_day, change_market_day, step_market_day]
}

/// Which market days to show.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListMarketDays {
    /// In this status.
    status: Option<DayStatus>,
    /// Held on this day or later; today when left out.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Day>,
    /// Held on this day or earlier.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Day>,
    /// The page behind this cursor.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// Rows on a page.
    #[param(minimum = 1, maximum = 100, example = 20)]
    limit: Option<u32>,
}

/// List market days
///
/// Public: the days of a cooperative, the next first.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/market_days", tag = "market", operation_id = "list_market_days",
    params(("id" = CooperativeId, Path, description = "The cooperative"), ListMarketDays),
    responses((status = 200, description = "A page of market days", body = Page<MarketDayView>)),
)]
async fn list_market_days(
    state: Data<AppState>,
    path: PathIds<CooperativeId>,
    request: HttpRequest,
    query: Query<ListMarketDays>,
) -> Result<ApiResponse, Problem> {
    let (PathIds(cooperative), Query(wanted), now) = (path, query, state.now());
    let ListMarketDays { status, from, to, cursor, limit } = wanted;
    let list = format!("market days {cooperative} {status:?} {from:?} {to:?}");
    let paging = Paging::<(Day, MarketDayId)>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let days = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let zone = cooperatives::find_cooperative(conn, cooperative)?.ok_or_else(Problem::not_found)?.zone;
            let filters = DayFilters { status, from: from.or(Some(zone.day_of(now))), to };
            Ok(store::days_of_cooperative(conn, cooperative, &filters, after, rows)?)
        })
        .await?;
    let page = paging.page(&state.signer, days, |day| (day.held_on, day.id), |day| MarketDayView::from(&day));
    Ok(page.answer(request.path(), request.query_string()).tagged().public())
}

/// Show a market day
///
/// Public.
#[utoipa::path(
    get, path = "/v1/market_days/{id}", tag = "market", operation_id = "show_market_day",
    params(("id" = MarketDayId, Path, description = "The market day")),
    responses((status = 200, description = "The market day", body = MarketDayView)),
)]
async fn show_market_day(state: Data<AppState>, id: PathIds<MarketDayId>) -> Result<ApiResponse, Problem> {
    let found = state.db.read(move |conn| store::find_day(conn, id.0)).await?;
    let view = MarketDayView::from(&found.ok_or_else(Problem::not_found)?);
    Ok(ApiResponse::ok(&view).version(view.version))
}

/// A single market day.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Pasar Ramadan", "held_on": "2026-12-12", "opens_at": "2026-12-05T00:00:00Z",
    "closes_at": "2026-12-10T10:00:00Z", "from": "15:00", "until": "18:00",
}))]
struct AddMarketDay {
    /// Its id, when the client makes it.
    #[schema(nullable = false)]
    id: Option<MarketDayId>,
    /// What people call it.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// The day on which goods are handed over.
    #[schema(value_type = String, format = Date)]
    held_on: Day,
    /// From when it can be ordered.
    opens_at: Instant,
    /// Until when.
    closes_at: Instant,
    /// The second cut-off of what has not reached its minimum by then.
    extends_to: Option<Instant>,
    /// From when goods are handed over.
    from: WallTime,
    /// Until when.
    until: WallTime,
    /// Where.
    pickup_point: Option<PickupPointId>,
}

impl Validate for AddMarketDay {
    fn check(&self, errors: &mut FieldErrors) {
        errors.line("/name", &self.name, 1..=100);
    }
}

/// Set a single market day
///
/// By the board, beside what schedules create.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/market_days", tag = "market", operation_id = "add_market_day",
    params(("id" = CooperativeId, Path, description = "The cooperative")),
    request_body = AddMarketDay,
    responses(
        (status = 201, description = "Set", body = MarketDayView),
        (status = 200, description = "Set before by the same request", body = MarketDayView),
    ),
    security(("bearer" = [])),
)]
async fn add_market_day(
    state: Data<AppState>,
    board: Board,
    cooperative: PathIds<CooperativeId>,
    key: Idempotency,
    body: Body<AddMarketDay>,
) -> Result<ApiResponse, Problem> {
    let permit = board.of(cooperative.0)?;
    let (now, scope, asked, print) = (state.now(), board.person.scope(), body.value, body.fingerprint.clone());
    let new = NewDay {
        id: asked.id,
        name: asked.name.trim().to_owned(),
        held_on: asked.held_on,
        hours: Hours { opens_at: asked.opens_at, closes_at: asked.closes_at, extends_to: asked.extends_to },
        from: asked.from,
        until: asked.until,
        pickup_point: asked.pickup_point,
    };
    key.once(&state.db, now, scope.clone(), body.fingerprint, move |tx| {
        let repeated = is_repeated(tx, now, new.id, &scope, &print)?;
        let day = match new.id {
            Some(id) if repeated => store::find_day(tx, id)?.ok_or_else(Problem::not_found)?,
            _ => add_day(tx, now, &permit, &new)?,
        };
        let view = MarketDayView::from(&day);
        let location = format!("/v1/market_days/{}", view.id);
        let answer = if repeated { ApiResponse::ok(&view) } else { ApiResponse::created(location, &view) };
        Ok::<_, Problem>(answer.version(view.version))
    })
    .await
}

/// What is to be changed of a market day: it is moved, before or after it opened.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"held_on": "2026-11-28", "closes_at": "2026-11-26T10:00:00Z"}))]
struct ChangeMarketDay {
    /// What people call it.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    name: Patch<String>,
    /// The day on which goods are handed over; batches and orders move with it.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    held_on: Patch<Day>,
    /// From when it can be ordered; only before it opened.
    #[serde(default)]
    #[schema(value_type = Option<Instant>)]
    opens_at: Patch<Instant>,
    /// Until when; only before it closed.
    #[serde(default)]
    #[schema(value_type = Option<Instant>)]
    closes_at: Patch<Instant>,
    /// The second cut-off of what has not reached its minimum by then.
    #[serde(default)]
    #[schema(value_type = Option<Instant>)]
    extends_to: Patch<Instant>,
    /// From when goods are handed over.
    #[serde(default)]
    #[schema(value_type = Option<WallTime>)]
    from: Patch<WallTime>,
    /// Until when.
    #[serde(default)]
    #[schema(value_type = Option<WallTime>)]
    until: Patch<WallTime>,
    /// Where.
    #[serde(default)]
    #[schema(value_type = Option<PickupPointId>)]
    pickup_point: Patch<PickupPointId>,
}

impl Validate for ChangeMarketDay {
    fn check(&self, errors: &mut FieldErrors) {
        if let Some(name) = self.name.value() {
            errors.line("/name", name, 1..=100);
        }
        let never_null = [
            ("/name", self.name.is_null()),
            ("/held_on", self.held_on.is_null()),
            ("/opens_at", self.opens_at.is_null()),
            ("/closes_at", self.closes_at.is_null()),
            ("/from", self.from.is_null()),
            ("/until", self.until.is_null()),
        ];
        for (pointer, is_null) in never_null {
            errors.require(!is_null, pointer, FieldError::Required);
        }
    }
}

/// The board's permit for the cooperative of this market day.
async fn permit_for(state: &AppState, board: &Board, id: MarketDayId) -> Result<CooperativePermit, Problem> {
    let found = state.db.read(move |conn| store::find_day(conn, id)).await?;
    board.of(found.ok_or_else(Problem::not_found)?.cooperative)
}

/// Move a market day
///
/// By the board, before and after it opened. Buyers are told, and may cancel freely for a day.
#[utoipa::path(
    patch, path = "/v1/market_days/{id}", tag = "market", operation_id = "change_market_day",
    params(("id" = MarketDayId, Path, description = "The market day")),
    request_body(content = ChangeMarketDay, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "The market day as it is now", body = MarketDayView),
        (status = 409, description = "`transition-invalid`: it is too late for that"),
    ),
    security(("bearer" = [])),
)]
async fn change_market_day(
    state: Data<AppState>,
    settings: Data<orders::Settings>,
    board: Board,
    id: PathIds<MarketDayId>,
    version: IfMatch,
    body: Body<ChangeMarketDay>,
) -> Result<ApiResponse, Problem> {
    let permit = permit_for(&state, &board, id.0).await?;
    let (now, version, asked, settings) = (state.now(), version.required()?, body.value, **settings);
    let change = Rescheduling {
        name: asked.name.value().map(|name| name.trim().to_owned()),
        held_on: asked.held_on.value().copied(),
        opens_at: asked.opens_at.value().copied(),
        closes_at: asked.closes_at.value().copied(),
        extends_to: asked.extends_to,
        from: asked.from.value().copied(),
        until: asked.until.value().copied(),
        pickup_point: asked.pickup_point,
    };
    let moved = state.db.write(move |tx| reschedule(tx, now, &settings, &permit, id.0, version, &change)).await?;
    let view = MarketDayView::from(&moved);
    Ok(ApiResponse::ok(&view).version(view.version))
}

/// A step of a market day.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "cancel", "reason": "Balai desa dipakai hajatan"}))]
struct StepMarketDay {
    /// Which step.
    action: DayAction,
    /// Why.
    #[schema(max_length = 300)]
    reason: Option<String>,
}

impl Validate for StepMarketDay {
    fn check(&self, errors: &mut FieldErrors) {
        if let Some(reason) = &self.reason {
            errors.text("/reason", reason, 1..=300);
        }
    }
}

/// Whether it is only to be looked at.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DryRun {
    /// For `close`: tells what closing would do now, and writes nothing.
    dry_run: Option<bool>,
}

/// Close or call off a market day
///
/// By the board. `close` ends its orders now, and its batches are decided next; with `dry_run` the answer is what that
/// would do. `cancel` lets go of everything that was ordered for it.
#[utoipa::path(
    post, path = "/v1/market_days/{id}/transitions", tag = "market", operation_id = "step_market_day",
    params(
        ("id" = MarketDayId, Path, description = "The market day"),
        DryRun,
        ("If-Match" = Option<String>, Header),
        ("Idempotency-Key" = String, Header),
    ),
    request_body = StepMarketDay,
    responses(
        (status = 200, description = "The market day as it is now; with `dry_run`, a `ClosingView`", body = StepAnswer),
        (status = 409, description = "`transition-invalid`: it does not take this step now"),
    ),
    security(("bearer" = [])),
)]
async fn step_market_day(
    state: Data<AppState>,
    board: Board,
    id: PathIds<MarketDayId>,
    Query(DryRun { dry_run }): Query<DryRun>,
    seen: IfMatch,
    key: Idempotency,
    body: Body<StepMarketDay>,
) -> Result<ApiResponse, Problem> {
    let permit = permit_for(&state, &board, id.0).await?;
    let (now, scope, asked, id) = (state.now(), board.person.scope(), body.value, id.0);
    if dry_run == Some(true) && asked.action == DayAction::Close {
        let foreseen = state.db.read(move |conn| foresee(conn, now, id)).await?;
        return Ok(ApiResponse::ok(&ClosingView::of(id, &foreseen)));
    }
    if dry_run == Some(true) {
        let errors = FieldErrors::one("/dry_run", FieldError::NotOneOf("false"));
        return Err(Problem::new(crate::web::Code::QueryInvalid).with_faults(errors));
    }
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let day = match asked.action {
                DayAction::Close => close_now(tx, now, &permit, id, seen.sent())?,
                DayAction::Cancel => cancel(tx, now, &permit, id, asked.reason.as_deref(), seen.sent())?,
            };
            let view = MarketDayView::from(&day);
            Ok::<_, Problem>(ApiResponse::ok(&view).version(view.version))
        })
        .await
}

/// What a step is answered with.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it describes the two answers of one route")]
enum StepAnswer {
    /// The market day as it is now.
    Day(MarketDayView),
    /// What closing would do now.
    Closing(ClosingView),
}
