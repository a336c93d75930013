//! Routes of schedules: public to read, changed by the board.

use super::bodies::{AddSchedule, UpdateSchedule};
use super::views::ScheduleView;
use crate::cooperatives::{self, AccessError, Board, CooperativePermit};
use crate::db::Conn;
use crate::kernel::ids::{CooperativeId, ScheduleId};
use crate::market_days::schedule::Schedule;
use crate::market_days::set_schedule;
use crate::market_days::store;
use crate::web::{ApiResponse, ClientId, IfMatch, List, Page, PathIds, Problem, Read, Routes, Write, routes};

pub(super) fn routes() -> Routes {
    routes!["market": list_schedules, create_schedule, get_schedule, update_schedule, end_schedule]
}

/// List schedules
///
/// Public. The oldest first.
#[utoipa::path(get, path = "/v1/cooperatives/{id}/schedules", responses((status = 200, body = Page<ScheduleView>)))]
async fn list_schedules(list: List<ScheduleId>, id: PathIds<CooperativeId>) -> Result<ApiResponse, Problem> {
    let rows = list.read(move |conn, _| {
        cooperatives::find_cooperative(conn, id.0)?.ok_or(AccessError::Hidden)?;
        Ok(store::list_active_schedules(conn, Some(id.0))?)
    });
    Ok(rows.await?.answer_from_all(|schedule| schedule.id, ScheduleView::from).with_etag().public())
}

/// Get a schedule
///
/// Public.
#[utoipa::path(get, path = "/v1/schedules/{id}", responses((status = 200, body = ScheduleView)))]
async fn get_schedule(read: Read, id: PathIds<ScheduleId>) -> Result<ApiResponse, Problem> {
    read.run(move |conn, _| Ok(respond(store::find_schedule(conn, id.0)?.ok_or(AccessError::Hidden)?))).await
}

fn respond(schedule: Schedule) -> ApiResponse {
    let view = ScheduleView::from(schedule);
    ApiResponse::ok(&view).with_version(view.version)
}

/// Create a schedule
///
/// For the board. Its market days are created automatically.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/schedules",
    responses(
        (status = 201, body = ScheduleView),
        (status = 200, description = "Created before by the same request", body = ScheduleView),
    ),
)]
async fn create_schedule(
    call: Write<AddSchedule>,
    board: Board,
    cooperative: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    let permit = board.permit(cooperative.0)?;
    call.create_once(
        board.person.idempotency_scope(),
        |body| body.id,
        move |tx, now, body, client_id| {
            let schedule = match client_id {
                ClientId::Repeated(id) => store::find_schedule(tx, id)?.ok_or(AccessError::Hidden)?,
                ClientId::New(id) => {
                    let today = cooperatives::load_zone(tx, permit.cooperative)?.day_of(now);
                    let schedule = body.to_schedule(id, permit.cooperative, today, now);
                    set_schedule::create_schedule(tx, now, &permit, schedule)?
                }
            };
            let view = ScheduleView::from(schedule);
            Ok(client_id.respond(format!("/v1/schedules/{}", view.id), &view).with_version(view.version))
        },
    )
    .await
}

fn find_permit(conn: &mut Conn, board: &Board, id: ScheduleId) -> Result<CooperativePermit, Problem> {
    let schedule = store::find_schedule(conn, id)?.filter(|schedule| schedule.active);
    board.permit(schedule.ok_or(AccessError::Hidden)?.cooperative)
}

/// Update a schedule
///
/// For the board.
#[utoipa::path(patch, path = "/v1/schedules/{id}", responses((status = 200, body = ScheduleView)))]
async fn update_schedule(
    call: Write<UpdateSchedule>,
    board: Board,
    id: PathIds<ScheduleId>,
    IfMatch(version): IfMatch,
) -> Result<ApiResponse, Problem> {
    call.run(move |tx, now, body| {
        let permit = find_permit(tx, &board, id.0)?;
        let change = |schedule: &mut Schedule| body.apply(schedule);
        Ok(respond(set_schedule::update_schedule(tx, now, &permit, id.0, version, change)?))
    })
    .await
}

/// End a schedule
///
/// For the board. No more days are created; existing days stay.
#[utoipa::path(delete, path = "/v1/schedules/{id}", responses((status = 204)))]
async fn end_schedule(
    call: Write,
    board: Board,
    id: PathIds<ScheduleId>,
    IfMatch(version): IfMatch,
) -> Result<ApiResponse, Problem> {
    call.run(move |tx, now, ()| {
        let permit = find_permit(tx, &board, id.0)?;
        set_schedule::end_schedule(tx, now, &permit, id.0, version)?;
        Ok(ApiResponse::no_content())
    })
    .await
}
