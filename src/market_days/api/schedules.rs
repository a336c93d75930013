//! Schedules: for the board; everyone sees when markets are held.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;

use super::views::ScheduleView;
use crate::cooperatives::{self, Board, CooperativePermit};
use crate::kernel::ids::{CooperativeId, PickupPointId, ScheduleId};
use crate::kernel::{Day, Instant, Json, WallTime, Weekdays};
use crate::market_days::schedule::Schedule;
use crate::market_days::set_schedule::{MOST_DATES, add_schedule, change_schedule, end_schedule};
use crate::market_days::store;
use crate::web::client_ids::is_repeated;
use crate::web::{
    ApiResponse, AppState, Body, FieldError, FieldErrors, Idempotency, IfMatch, Page, PageQuery, Paging, Patch,
    PathIds, Problem, Query, Routes, Validate, routes,
};

/// The routes of schedules.
pub(super) fn routes() -> Routes {
    routes![list_schedules, add, show_schedule, change, end]
}

/// A new schedule.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AddSchedule, example = json!({
    "name": "Pasar Jumat", "weekdays": ["friday"], "opens_days_before": 5, "opens_at": "06:00",
    "closes_days_before": 2, "closes_at": "17:00", "from": "07:00", "until": "10:00",
}))]
struct AddSchedule {
    /// Its id, when the client makes it.
    #[schema(nullable = false)]
    id: Option<ScheduleId>,
    /// What people call it.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// The weekdays on which it is held; none when it is held on single dates only.
    weekdays: Option<Weekdays>,
    /// Every how many weeks, counted from the week of its first day; 1 when left out.
    #[schema(minimum = 1, maximum = 8)]
    every_weeks: Option<i32>,
    /// The first day on which it may be held; today when left out.
    #[schema(value_type = Option<String>, format = Date)]
    starts_on: Option<Day>,
    /// The last one.
    #[schema(value_type = Option<String>, format = Date)]
    ends_on: Option<Day>,
    /// Single days on which it is held as well.
    #[schema(value_type = Option<Vec<chrono::NaiveDate>>, max_items = 100)]
    dates: Option<Vec<Day>>,
    /// Days on which it is not held.
    #[schema(value_type = Option<Vec<chrono::NaiveDate>>, max_items = 100)]
    skipped: Option<Vec<Day>>,
    /// Whether it is not held on holidays.
    skips_holidays: Option<bool>,
    /// How many days ahead its days are created; 28 when left out.
    #[schema(minimum = 1, maximum = 60)]
    days_ahead: Option<i32>,
    /// How many days before orders open.
    #[schema(minimum = 0, maximum = 30)]
    opens_days_before: i32,
    /// At what time.
    opens_at: WallTime,
    /// How many days before orders close.
    #[schema(minimum = 0, maximum = 30)]
    closes_days_before: i32,
    /// At what time.
    closes_at: WallTime,
    /// By how many hours what has not reached its minimum is given more time, once; not at all when left out.
    #[schema(minimum = 0, maximum = 168)]
    extension_hours: Option<i32>,
    /// From when goods are handed over.
    from: WallTime,
    /// Until when.
    until: WallTime,
    /// Where.
    pickup_point: Option<PickupPointId>,
}

impl Validate for AddSchedule {
    fn check(&self, errors: &mut FieldErrors) {
        errors.line("/name", &self.name, 1..=100);
        let lists = [("/dates", &self.dates), ("/skipped", &self.skipped)];
        for (pointer, list) in lists {
            errors.length(pointer, list.as_ref().map_or(0, Vec::len), 0..=MOST_DATES);
        }
        errors.range("/every_weeks", self.every_weeks.unwrap_or(1).into(), 1..=8);
        errors.range("/days_ahead", self.days_ahead.unwrap_or(28).into(), 1..=60);
        errors.range("/opens_days_before", self.opens_days_before.into(), 0..=30);
        errors.range("/closes_days_before", self.closes_days_before.into(), 0..=30);
        errors.range("/extension_hours", self.extension_hours.unwrap_or(0).into(), 0..=168);
    }
}

impl AddSchedule {
    fn schedule(&self, id: ScheduleId, cooperative: CooperativeId, today: Day, now: Instant) -> Schedule {
        let days = |list: &Option<Vec<Day>>| Json::of(list.as_deref().unwrap_or_default());
        Schedule {
            id,
            cooperative,
            name: self.name.trim().to_owned(),
            weekdays: self.weekdays.unwrap_or(Weekdays::NONE),
            every_weeks: self.every_weeks.unwrap_or(1),
            starts_on: self.starts_on.unwrap_or(today),
            ends_on: self.ends_on,
            dates: days(&self.dates),
            skipped: days(&self.skipped),
            skips_holidays: self.skips_holidays.unwrap_or(false),
            days_ahead: self.days_ahead.unwrap_or(28),
            opens_days_before: self.opens_days_before,
            opens_at: self.opens_at,
            closes_days_before: self.closes_days_before,
            closes_at: self.closes_at,
            extension_hours: self.extension_hours.unwrap_or(0),
            from: self.from,
            until: self.until,
            pickup_point: self.pickup_point,
            active: true,
            created_at: now,
            version: 1,
        }
    }
}

/// What changes about a schedule. Days that it created stay as they are; those that it no longer names, and for which
/// nothing can be ordered yet, are called off.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"skipped": ["2026-12-25"]}))]
struct ChangeSchedule {
    /// What people call it.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    name: Patch<String>,
    /// The weekdays on which it is held.
    #[serde(default)]
    #[schema(value_type = Option<Weekdays>)]
    weekdays: Patch<Weekdays>,
    /// Every how many weeks.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 8)]
    every_weeks: Patch<i32>,
    /// The first day on which it may be held.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    starts_on: Patch<Day>,
    /// The last one; null when it goes on.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    ends_on: Patch<Day>,
    /// Single days on which it is held as well.
    #[serde(default)]
    #[schema(value_type = Option<Vec<chrono::NaiveDate>>, max_items = 100)]
    dates: Patch<Vec<Day>>,
    /// Days on which it is not held.
    #[serde(default)]
    #[schema(value_type = Option<Vec<chrono::NaiveDate>>, max_items = 100)]
    skipped: Patch<Vec<Day>>,
    /// Whether it is not held on holidays.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    skips_holidays: Patch<bool>,
    /// How many days ahead its days are created.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 60)]
    days_ahead: Patch<i32>,
    /// How many days before orders open.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 30)]
    opens_days_before: Patch<i32>,
    /// At what time.
    #[serde(default)]
    #[schema(value_type = Option<WallTime>)]
    opens_at: Patch<WallTime>,
    /// How many days before orders close.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 30)]
    closes_days_before: Patch<i32>,
    /// At what time.
    #[serde(default)]
    #[schema(value_type = Option<WallTime>)]
    closes_at: Patch<WallTime>,
    /// By how many hours what has not reached its minimum is given more time, once.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 168)]
    extension_hours: Patch<i32>,
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

impl Validate for ChangeSchedule {
    fn check(&self, errors: &mut FieldErrors) {
        if let Some(name) = self.name.value() {
            errors.line("/name", name, 1..=100);
        }
        for (pointer, list) in [("/dates", &self.dates), ("/skipped", &self.skipped)] {
            errors.length(pointer, list.value().map_or(0, Vec::len), 0..=MOST_DATES);
        }
        let ranges = [
            ("/every_weeks", &self.every_weeks, 1..=8),
            ("/days_ahead", &self.days_ahead, 1..=60),
            ("/opens_days_before", &self.opens_days_before, 0..=30),
            ("/closes_days_before", &self.closes_days_before, 0..=30),
            ("/extension_hours", &self.extension_hours, 0..=168),
        ];
        for (pointer, value, range) in ranges {
            errors.require(!value.is_null(), pointer, FieldError::Required);
            if let Some(value) = value.value() {
                errors.range(pointer, (*value).into(), range);
            }
        }
        let never_null = [
            ("/name", self.name.is_null()),
            ("/weekdays", self.weekdays.is_null()),
            ("/starts_on", self.starts_on.is_null()),
            ("/dates", self.dates.is_null()),
            ("/skipped", self.skipped.is_null()),
            ("/skips_holidays", self.skips_holidays.is_null()),
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

impl ChangeSchedule {
    fn apply(&self, schedule: &mut Schedule) {
        fn set<T: Clone>(field: &mut T, patch: &Patch<T>) {
            if let Patch::Value(value) = patch {
                *field = value.clone();
            }
        }
        if let Patch::Value(name) = &self.name {
            name.trim().clone_into(&mut schedule.name);
        }
        set(&mut schedule.weekdays, &self.weekdays);
        set(&mut schedule.every_weeks, &self.every_weeks);
        set(&mut schedule.starts_on, &self.starts_on);
        self.ends_on.clone().apply(&mut schedule.ends_on);
        set(&mut schedule.dates, &self.dates.clone().map(|days| Json::of(&days)));
        set(&mut schedule.skipped, &self.skipped.clone().map(|days| Json::of(&days)));
        set(&mut schedule.skips_holidays, &self.skips_holidays);
        set(&mut schedule.days_ahead, &self.days_ahead);
        set(&mut schedule.opens_days_before, &self.opens_days_before);
        set(&mut schedule.opens_at, &self.opens_at);
        set(&mut schedule.closes_days_before, &self.closes_days_before);
        set(&mut schedule.closes_at, &self.closes_at);
        set(&mut schedule.extension_hours, &self.extension_hours);
        set(&mut schedule.from, &self.from);
        set(&mut schedule.until, &self.until);
        self.pickup_point.clone().apply(&mut schedule.pickup_point);
    }
}

/// List schedules
///
/// Public: when a cooperative holds its markets, the eldest first.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/schedules", tag = "market", operation_id = "list_schedules",
    params(("id" = CooperativeId, Path, description = "The cooperative"), PageQuery),
    responses((status = 200, description = "A page of schedules", body = Page<ScheduleView>)),
)]
async fn list_schedules(
    state: Data<AppState>,
    id: PathIds<CooperativeId>,
    request: HttpRequest,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
) -> Result<ApiResponse, Problem> {
    let paging = Paging::<ScheduleId>::read(&state.signer, format!("schedules {}", id.0), limit, cursor.as_deref())?;
    let mut all = state
        .db
        .read(move |conn| {
            cooperatives::find_cooperative(conn, id.0)?.ok_or_else(Problem::not_found)?;
            Ok::<_, Problem>(store::schedules_of(conn, id.0)?)
        })
        .await?;
    all.retain(|it| it.active);
    let page = paging.page_of_whole(&state.signer, all, |it| it.id, |it| ScheduleView::from(&it));
    Ok(page.answer(request.path(), request.query_string()).tagged().public())
}

/// Show a schedule
///
/// Public.
#[utoipa::path(
    get, path = "/v1/schedules/{id}", tag = "market", operation_id = "show_schedule",
    params(("id" = ScheduleId, Path, description = "The schedule")),
    responses((status = 200, description = "The schedule", body = ScheduleView)),
)]
async fn show_schedule(state: Data<AppState>, id: PathIds<ScheduleId>) -> Result<ApiResponse, Problem> {
    let found = state.db.read(move |conn| store::schedule(conn, id.0)).await?;
    let view = ScheduleView::from(&found.ok_or_else(Problem::not_found)?);
    Ok(ApiResponse::ok(&view).version(view.version))
}

/// Make a schedule
///
/// By the board. Its days are created ahead by themselves.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/schedules", tag = "market", operation_id = "add_schedule",
    params(("id" = CooperativeId, Path, description = "The cooperative")),
    request_body = AddSchedule,
    responses(
        (status = 201, description = "Made", body = ScheduleView),
        (status = 200, description = "Made before by the same request", body = ScheduleView),
    ),
    security(("bearer" = [])),
)]
async fn add(
    state: Data<AppState>,
    board: Board,
    cooperative: PathIds<CooperativeId>,
    key: Idempotency,
    body: Body<AddSchedule>,
) -> Result<ApiResponse, Problem> {
    let permit = board.of(cooperative.0)?;
    let (now, scope, asked, print) = (state.now(), board.person.scope(), body.value, body.fingerprint.clone());
    key.once(&state.db, now, scope.clone(), body.fingerprint, move |tx| {
        let repeated = is_repeated(tx, now, asked.id, &scope, &print)?;
        let schedule = match asked.id {
            Some(id) if repeated => store::schedule(tx, id)?.ok_or_else(Problem::not_found)?,
            id => {
                let zone = cooperatives::find_cooperative(tx, permit.cooperative)?.ok_or_else(Problem::not_found)?.zone;
                let id = id.unwrap_or_else(|| tx.id(now));
                let schedule = asked.schedule(id, permit.cooperative, zone.day_of(now), now);
                add_schedule(tx, now, &permit, schedule)?
            }
        };
        let view = ScheduleView::from(&schedule);
        let location = format!("/v1/schedules/{}", view.id);
        let answer = if repeated { ApiResponse::ok(&view) } else { ApiResponse::created(location, &view) };
        Ok::<_, Problem>(answer.version(view.version))
    })
    .await
}

/// The board's permit for the cooperative of this schedule.
async fn permit_for(state: &AppState, board: &Board, id: ScheduleId) -> Result<CooperativePermit, Problem> {
    let found = state.db.read(move |conn| store::schedule(conn, id)).await?;
    board.of(found.filter(|it| it.active).ok_or_else(Problem::not_found)?.cooperative)
}

/// Change a schedule
///
/// By the board.
#[utoipa::path(
    patch, path = "/v1/schedules/{id}", tag = "market", operation_id = "change_schedule",
    params(("id" = ScheduleId, Path, description = "The schedule")),
    request_body(content = ChangeSchedule, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The schedule as it is now", body = ScheduleView)),
    security(("bearer" = [])),
)]
async fn change(
    state: Data<AppState>,
    board: Board,
    id: PathIds<ScheduleId>,
    version: IfMatch,
    body: Body<ChangeSchedule>,
) -> Result<ApiResponse, Problem> {
    let permit = permit_for(&state, &board, id.0).await?;
    let (now, version, asked) = (state.now(), version.required()?, body.value);
    let changed = state
        .db
        .write(move |tx| change_schedule(tx, now, &permit, id.0, version, |schedule| asked.apply(schedule)))
        .await?;
    let view = ScheduleView::from(&changed);
    Ok(ApiResponse::ok(&view).version(view.version))
}

/// End a schedule
///
/// By the board. It creates no more days; those that are there stay.
#[utoipa::path(
    delete, path = "/v1/schedules/{id}", tag = "market", operation_id = "end_schedule",
    params(("id" = ScheduleId, Path, description = "The schedule"), ("If-Match" = String, Header)),
    responses((status = 204, description = "Ended")),
    security(("bearer" = [])),
)]
async fn end(
    state: Data<AppState>,
    board: Board,
    id: PathIds<ScheduleId>,
    version: IfMatch,
) -> Result<ApiResponse, Problem> {
    let permit = permit_for(&state, &board, id.0).await?;
    let (now, version) = (state.now(), version.required()?);
    state.db.write(move |tx| end_schedule(tx, now, &permit, id.0, version)).await?;
    Ok(ApiResponse::no_content())
}
