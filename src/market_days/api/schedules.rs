//! Routes of schedules: public to read, changed by the board.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::bodies::{AddSchedule, ChangeSchedule};
use super::views::ScheduleView;
use crate::cooperatives::{self, Board, CooperativePermit};
use crate::kernel::ids::{CooperativeId, ScheduleId};
use crate::market_days::set_schedule;
use crate::market_days::store;
use crate::web::client_ids::is_repeated;
use crate::web::{
    ApiResponse, AppState, Body, Idempotency, IfMatch, Page, PageQuery, Paging, PathIds, Problem, Query, Routes, routes,
};

pub(super) fn routes() -> Routes {
    routes!["market": list_schedules, create_schedule, get_schedule, update_schedule, end_schedule]
}

/// List schedules
///
/// Public. The oldest first.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/schedules",
    params(PageQuery),
    responses((status = 200, body = Page<ScheduleView>)),
)]
async fn list_schedules(
    state: Data<AppState>,
    id: PathIds<CooperativeId>,
    request: HttpRequest,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
) -> Result<ApiResponse, Problem> {
    let paging = Paging::<ScheduleId>::read(&state.signer, format!("schedules {}", id.0), limit, cursor.as_deref())?;
    let mut schedules = state
        .db
        .read(move |conn| {
            cooperatives::find_cooperative(conn, id.0)?.ok_or_else(Problem::not_found)?;
            Ok::<_, Problem>(store::list_schedules(conn, id.0)?)
        })
        .await?;
    schedules.retain(|schedule| schedule.active);
    let page = paging.page_from_all(
        &state.signer,
        schedules,
        |schedule| schedule.id,
        |schedule| ScheduleView::from(&schedule),
    );
    Ok(page.to_response(request.path(), request.query_string()).with_etag().public())
}

/// Get a schedule
///
/// Public.
#[utoipa::path(get, path = "/v1/schedules/{id}", responses((status = 200, body = ScheduleView)))]
async fn get_schedule(state: Data<AppState>, id: PathIds<ScheduleId>) -> Result<ApiResponse, Problem> {
    let schedule = state.db.read(move |conn| store::find_schedule(conn, id.0)).await?;
    let view = ScheduleView::from(&schedule.ok_or_else(Problem::not_found)?);
    Ok(ApiResponse::ok(&view).with_version(view.version))
}

/// Create a schedule
///
/// For the board. Its market days are created automatically.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/schedules",
    responses(
        (status = 201, description = "Created", body = ScheduleView),
        (status = 200, description = "Created before by the same request", body = ScheduleView),
    ),
)]
async fn create_schedule(
    state: Data<AppState>,
    board: Board,
    cooperative: PathIds<CooperativeId>,
    key: Idempotency,
    body: Body<AddSchedule>,
) -> Result<ApiResponse, Problem> {
    let permit = board.permit(cooperative.0)?;
    let (now, scope, input, fingerprint) = (state.now(), board.person.scope(), body.value, body.fingerprint.clone());
    key.once(&state.db, now, scope.clone(), body.fingerprint, move |tx| {
        let repeated = is_repeated(tx, now, input.id, &scope, &fingerprint)?;
        let schedule = match input.id {
            Some(id) if repeated => store::find_schedule(tx, id)?.ok_or_else(Problem::not_found)?,
            id => {
                let zone = cooperatives::find_cooperative(tx, permit.cooperative)?.ok_or_else(Problem::not_found)?.zone;
                let id = id.unwrap_or_else(|| tx.id(now));
                let schedule = input.schedule(id, permit.cooperative, zone.day_of(now), now);
                set_schedule::create_schedule(tx, now, &permit, schedule)?
            }
        };
        let view = ScheduleView::from(&schedule);
        let location = format!("/v1/schedules/{}", view.id);
        let response = if repeated { ApiResponse::ok(&view) } else { ApiResponse::created(location, &view) };
        Ok::<_, Problem>(response.with_version(view.version))
    })
    .await
}

async fn permit_for(state: &AppState, board: &Board, id: ScheduleId) -> Result<CooperativePermit, Problem> {
    let schedule = state.db.read(move |conn| store::find_schedule(conn, id)).await?;
    board.permit(schedule.filter(|schedule| schedule.active).ok_or_else(Problem::not_found)?.cooperative)
}

/// Update a schedule
///
/// For the board.
#[utoipa::path(patch, path = "/v1/schedules/{id}", responses((status = 200, body = ScheduleView)))]
async fn update_schedule(
    state: Data<AppState>,
    board: Board,
    id: PathIds<ScheduleId>,
    version: IfMatch,
    body: Body<ChangeSchedule>,
) -> Result<ApiResponse, Problem> {
    let permit = permit_for(&state, &board, id.0).await?;
    let (now, version, input) = (state.now(), version.0, body.value);
    let schedule = state
        .db
        .write(move |tx| {
            set_schedule::update_schedule(tx, now, &permit, id.0, version, |schedule| input.apply(schedule))
        })
        .await?;
    let view = ScheduleView::from(&schedule);
    Ok(ApiResponse::ok(&view).with_version(view.version))
}

/// End a schedule
///
/// For the board. No more days are created; existing days stay.
#[utoipa::path(delete, path = "/v1/schedules/{id}", responses((status = 204)))]
async fn end_schedule(
    state: Data<AppState>,
    board: Board,
    id: PathIds<ScheduleId>,
    version: IfMatch,
) -> Result<ApiResponse, Problem> {
    let permit = permit_for(&state, &board, id.0).await?;
    let (now, version) = (state.now(), version.0);
    state.db.write(move |tx| set_schedule::end_schedule(tx, now, &permit, id.0, version)).await?;
    Ok(ApiResponse::no_content())
}
