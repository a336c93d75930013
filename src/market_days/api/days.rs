//! Routes of market days: public to read; created, moved, closed and cancelled by the board.

use actix_web::web::Data;

use super::bodies::{AddMarketDay, TransitionMarketDay, UpdateMarketDay};
use super::views::{ClosingView, MarketDayView};
use crate::cooperatives::{self, AccessError, Board, CooperativePermit};
use crate::db::Conn;
use crate::kernel::Day;
use crate::kernel::ids::{CooperativeId, MarketDayId};
use crate::market_days::cancel::cancel;
use crate::market_days::close_day::{close_now, preview_close};
use crate::market_days::day::{DayAction, DayFilter, MarketDay};
use crate::market_days::plan_days::create_day;
use crate::market_days::reschedule::{MarketDayChange, reschedule};
use crate::market_days::store;
use crate::orders;
use crate::web::{
    ApiResponse, ClientId, IfMatch, KeyRequired, List, Page, PathIds, Problem, Read, Routes, Write, routes,
};

pub(super) fn routes() -> Routes {
    routes!["market": list_market_days, create_market_day, get_market_day, update_market_day, transition_market_day, get_market_day_closing]
}

/// List market days
///
/// Public. Sorted by date, the next first.
#[utoipa::path(get, path = "/v1/cooperatives/{id}/market_days", responses((status = 200, body = Page<MarketDayView>)))]
async fn list_market_days(
    list: List<(Day, MarketDayId), DayFilter>,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    let rows = list.read(move |conn, list| {
        let cooperative = cooperatives::find_cooperative(conn, id.0)?.ok_or(AccessError::Hidden)?;
        let today = cooperative.zone.day_of(list.now);
        Ok(store::list_days(conn, id.0, today, &list.filter, list.after, list.limit)?)
    });
    Ok(rows.await?.answer(|day| (day.held_on, day.id), MarketDayView::from).with_etag().public())
}

/// Get a market day
///
/// Public.
#[utoipa::path(get, path = "/v1/market_days/{id}", responses((status = 200, body = MarketDayView)))]
async fn get_market_day(read: Read, id: PathIds<MarketDayId>) -> Result<ApiResponse, Problem> {
    read.run(move |conn, _| Ok(respond(store::find_day(conn, id.0)?.ok_or(AccessError::Hidden)?))).await
}

fn respond(day: MarketDay) -> ApiResponse {
    let view = MarketDayView::from(day);
    ApiResponse::ok(&view).with_version(view.version)
}

/// Create a single market day
///
/// For the board. Independent of schedules.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/market_days",
    responses(
        (status = 201, body = MarketDayView),
        (status = 200, description = "Created before by the same request", body = MarketDayView),
    ),
)]
async fn create_market_day(
    call: Write<AddMarketDay>,
    board: Board,
    cooperative: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    let permit = board.permit(cooperative.0)?;
    call.create_once(
        board.person.idempotency_scope(),
        |body| body.id,
        move |tx, now, body, client_id| {
            let day = match client_id {
                ClientId::Repeated(id) => store::find_day(tx, id)?.ok_or(AccessError::Hidden)?,
                ClientId::New(id) => create_day(tx, now, &permit, body.to_day(id, permit.cooperative, now))?,
            };
            let view = MarketDayView::from(day);
            Ok(client_id.respond(format!("/v1/market_days/{}", view.id), &view).with_version(view.version))
        },
    )
    .await
}

fn find_permit(conn: &mut Conn, board: &Board, id: MarketDayId) -> Result<CooperativePermit, Problem> {
    board.permit(store::find_day(conn, id)?.ok_or(AccessError::Hidden)?.cooperative)
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
    call: Write<UpdateMarketDay>,
    settings: Data<orders::Settings>,
    board: Board,
    id: PathIds<MarketDayId>,
    IfMatch(version): IfMatch,
) -> Result<ApiResponse, Problem> {
    call.run(move |tx, now, body| {
        let permit = find_permit(tx, &board, id.0)?;
        let change = MarketDayChange {
            name: body.name.value().map(|name| name.trim().to_owned()),
            held_on: body.held_on.value().copied(),
            opens_at: body.opens_at.value().copied(),
            closes_at: body.closes_at.value().copied(),
            extends_to: body.extends_to.clone(),
            from: body.from.value().copied(),
            until: body.until.value().copied(),
            pickup_point: body.pickup_point.clone(),
        };
        Ok(respond(reschedule(tx, now, &settings, &permit, id.0, version, &change)?))
    })
    .await
}

/// Close or cancel a market day
///
/// For the board. `close` stops accepting orders now; the batches are decided shortly after. `cancel` cancels all
/// batches and order lines of the day.
#[utoipa::path(
    post, path = "/v1/market_days/{id}/transitions",
    responses(
        (status = 200, body = MarketDayView),
        (status = 409, description = "`transition-invalid`: the status does not permit the action"),
    ),
)]
async fn transition_market_day(
    call: Write<TransitionMarketDay, KeyRequired>,
    board: Board,
    id: PathIds<MarketDayId>,
    version: IfMatch<Option<i64>>,
) -> Result<ApiResponse, Problem> {
    call.once(board.person.idempotency_scope(), move |tx, now, body| {
        let permit = find_permit(tx, &board, id.0)?;
        let day = match body.action {
            DayAction::Close => close_now(tx, now, &permit, id.0, version.0)?,
            DayAction::Cancel => cancel(tx, now, &permit, id.0, body.reason.as_deref(), version.0)?,
        };
        Ok(respond(day))
    })
    .await
}

/// Preview the closing of a market day
///
/// For the board. What `close` would do now, batch by batch; nothing is written.
#[utoipa::path(get, path = "/v1/market_days/{id}/closing", responses((status = 200, body = ClosingView)))]
async fn get_market_day_closing(read: Read, board: Board, id: PathIds<MarketDayId>) -> Result<ApiResponse, Problem> {
    read.run(move |conn, now| {
        find_permit(conn, &board, id.0)?;
        let previews = preview_close(conn, now, id.0)?;
        Ok(ApiResponse::ok(&ClosingView::load(conn, id.0, &previews)?))
    })
    .await
}
