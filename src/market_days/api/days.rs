//! Routes of market days: public to read; created, moved, closed and cancelled by the board.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;

use super::bodies::{AddMarketDay, ChangeMarketDay, TransitionMarketDay};
use super::views::{ClosingView, MarketDayView};
use crate::cooperatives::{self, Board, CooperativePermit};
use crate::kernel::Day;
use crate::kernel::ids::{CooperativeId, MarketDayId};
use crate::market_days::cancel::cancel;
use crate::market_days::close_day::{close_now, preview_close};
use crate::market_days::day::{DayAction, DayStatus};
use crate::market_days::plan_days::{NewDay, create_day};
use crate::market_days::reschedule::{MarketDayChange, reschedule};
use crate::market_days::schedule::Hours;
use crate::market_days::store::{self, DayFilters};
use crate::orders;
use crate::web::client_ids::is_repeated;
use crate::web::{
    ApiResponse, AppState, Body, FieldError, Idempotency, IfMatch, Page, Paging, PathIds, Problem, Query, Routes,
    routes,
};

pub(super) fn routes() -> Routes {
    routes!["market": list_market_days, create_market_day, get_market_day, update_market_day, transition_market_day]
}

/// Filters of market days.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListMarketDays {
    /// Only days with this status.
    status: Option<DayStatus>,
    /// Only days held on this date or later. Absent: today.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Day>,
    /// Held on this date or earlier.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Day>,
    /// Cursor of the page, from `next` of the previous one.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// Rows on a page.
    #[param(minimum = 1, maximum = 100, example = 20)]
    limit: Option<u32>,
}

/// List market days
///
/// Public. Sorted by date, the next first.
#[utoipa::path(get, path = "/v1/cooperatives/{id}/market_days", responses((status = 200, body = Page<MarketDayView>)))]
async fn list_market_days(
    state: Data<AppState>,
    path: PathIds<CooperativeId>,
    request: HttpRequest,
    query: Query<ListMarketDays>,
) -> Result<ApiResponse, Problem> {
    let (PathIds(cooperative), Query(filters), now) = (path, query, state.now());
    let ListMarketDays { status, from, to, cursor, limit } = filters;
    let list = format!("market days {cooperative} {status:?} {from:?} {to:?}");
    let paging = Paging::<(Day, MarketDayId)>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.fetch_limit());
    let days = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let zone = cooperatives::find_cooperative(conn, cooperative)?.ok_or_else(Problem::not_found)?.zone;
            let filters = DayFilters { status, from: from.or(Some(zone.day_of(now))), to };
            Ok(store::list_days(conn, cooperative, &filters, after, rows)?)
        })
        .await?;
    let page = paging.page(&state.signer, days, |day| (day.held_on, day.id), |day| MarketDayView::from(&day));
    Ok(page.to_response(request.path(), request.query_string()).with_etag().public())
}

/// Get a market day
///
/// Public.
#[utoipa::path(get, path = "/v1/market_days/{id}", responses((status = 200, body = MarketDayView)))]
async fn get_market_day(state: Data<AppState>, id: PathIds<MarketDayId>) -> Result<ApiResponse, Problem> {
    let day = state.db.read(move |conn| store::find_day(conn, id.0)).await?;
    let view = MarketDayView::from(&day.ok_or_else(Problem::not_found)?);
    Ok(ApiResponse::ok(&view).with_version(view.version))
}

/// Create a single market day
///
/// For the board. Independent of schedules.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/market_days",
    responses(
        (status = 201, description = "Created", body = MarketDayView),
        (status = 200, description = "Created before by the same request", body = MarketDayView),
    ),
)]
async fn create_market_day(
    state: Data<AppState>,
    board: Board,
    cooperative: PathIds<CooperativeId>,
    key: Idempotency,
    body: Body<AddMarketDay>,
) -> Result<ApiResponse, Problem> {
    let permit = board.permit(cooperative.0)?;
    let (now, scope, input, fingerprint) = (state.now(), board.person.scope(), body.value, body.fingerprint.clone());
    let new = NewDay {
        id: input.id,
        name: input.name.trim().to_owned(),
        held_on: input.held_on,
        hours: Hours { opens_at: input.opens_at, closes_at: input.closes_at, extends_to: input.extends_to },
        from: input.from,
        until: input.until,
        pickup_point: input.pickup_point,
    };
    key.once(&state.db, now, scope.clone(), body.fingerprint, move |tx| {
        let repeated = is_repeated(tx, now, new.id, &scope, &fingerprint)?;
        let day = match new.id {
            Some(id) if repeated => store::find_day(tx, id)?.ok_or_else(Problem::not_found)?,
            _ => create_day(tx, now, &permit, &new)?,
        };
        let view = MarketDayView::from(&day);
        let location = format!("/v1/market_days/{}", view.id);
        let response = if repeated { ApiResponse::ok(&view) } else { ApiResponse::created(location, &view) };
        Ok::<_, Problem>(response.with_version(view.version))
    })
    .await
}

async fn permit_for(state: &AppState, board: &Board, id: MarketDayId) -> Result<CooperativePermit, Problem> {
    let day = state.db.read(move |conn| store::find_day(conn, id)).await?;
    board.permit(day.ok_or_else(Problem::not_found)?.cooperative)
}

/// Update a market day
///
/// For the board, before and after the day opened. When the date changes, buyers are notified and may cancel freely for
/// a day.
#[utoipa::path(
    patch, path = "/v1/market_days/{id}",
    responses(
        (status = 200, body = MarketDayView),
        (status = 409, description = "`transition-invalid`: it is too late for the change"),
    ),
)]
async fn update_market_day(
    state: Data<AppState>,
    settings: Data<orders::Settings>,
    board: Board,
    id: PathIds<MarketDayId>,
    version: IfMatch,
    body: Body<ChangeMarketDay>,
) -> Result<ApiResponse, Problem> {
    let permit = permit_for(&state, &board, id.0).await?;
    let (now, version, input, settings) = (state.now(), version.0, body.value, **settings);
    let change = MarketDayChange {
        name: input.name.value().map(|name| name.trim().to_owned()),
        held_on: input.held_on.value().copied(),
        opens_at: input.opens_at.value().copied(),
        closes_at: input.closes_at.value().copied(),
        extends_to: input.extends_to,
        from: input.from.value().copied(),
        until: input.until.value().copied(),
        pickup_point: input.pickup_point,
    };
    let moved = state.db.write(move |tx| reschedule(tx, now, &settings, &permit, id.0, version, &change)).await?;
    let view = MarketDayView::from(&moved);
    Ok(ApiResponse::ok(&view).with_version(view.version))
}

/// Options of a transition.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DryRun {
    /// For `close`: return what closing would do now, without changing anything.
    dry_run: Option<bool>,
}

/// Close or cancel a market day
///
/// For the board. `close` stops accepting orders now; the batches are decided shortly after. With `dry_run=true` it
/// only returns what that would do. `cancel` cancels all batches and order lines of the day.
#[utoipa::path(
    post, path = "/v1/market_days/{id}/transitions",
    params(DryRun, ("Idempotency-Key" = String, Header)),
    request_body = TransitionMarketDay,
    responses(
        (status = 200, body = TransitionAnswer),
        (status = 409, description = "`transition-invalid`: the status does not permit the action"),
    ),
)]
async fn transition_market_day(
    state: Data<AppState>,
    board: Board,
    id: PathIds<MarketDayId>,
    Query(DryRun { dry_run }): Query<DryRun>,
    version: IfMatch<Option<i64>>,
    key: Idempotency,
    body: Body<TransitionMarketDay>,
) -> Result<ApiResponse, Problem> {
    let permit = permit_for(&state, &board, id.0).await?;
    let (now, scope, input, id) = (state.now(), board.person.scope(), body.value, id.0);
    if dry_run == Some(true) && input.action == DayAction::Close {
        let previews = state.db.read(move |conn| preview_close(conn, now, id)).await?;
        return Ok(ApiResponse::ok(&ClosingView::of(id, &previews)));
    }
    if dry_run == Some(true) {
        return Err(Problem::invalid_parameter("/dry_run", FieldError::NotOneOf(&["false"])));
    }
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let day = match input.action {
                DayAction::Close => close_now(tx, now, &permit, id, version.0)?,
                DayAction::Cancel => cancel(tx, now, &permit, id, input.reason.as_deref(), version.0)?,
            };
            let view = MarketDayView::from(&day);
            Ok::<_, Problem>(ApiResponse::ok(&view).with_version(view.version))
        })
        .await
}

/// The response of a transition.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it describes the two responses of one route")]
enum TransitionAnswer {
    /// The updated market day.
    Day(MarketDayView),
    /// What closing would do now (`dry_run`).
    Closing(ClosingView),
}
