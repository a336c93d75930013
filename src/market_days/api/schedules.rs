//! Routes of schedules: public to read, changed by the board.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;

use super::views::ScheduleView;
use crate::cooperatives::{self, Board, CooperativePermit};
use crate::kernel::ids::{CooperativeId, PickupPointId, ScheduleId};
use crate::kernel::{Day, Instant, Json, WallTime, Weekdays};
use crate::market_days::schedule::Schedule;
use crate::market_days::set_schedule::{self, MAX_DATES};
use crate::market_days::store;
use crate::web::client_ids::is_repeated;
use crate::web::{
    ApiResponse, AppState, Body, FieldError, FieldErrors, Idempotency, IfMatch, Page, PageQuery, Paging, Patch,
    PathIds, Problem, Query, Routes, Validate, routes,
};

pub(super) fn routes() -> Routes {
    routes![list_schedules, create_schedule, get_schedule, update_schedule, end_schedule]
}

/// A new schedule.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AddSchedule, example = json!({
    "name": "Pasar Jumat", "weekdays": ["friday"], "opens_days_before": 5, "opens_at": "06:00",
    "closes_days_before": 2, "closes_at": "17:00", "from": "07:00", "until": "10:00",
}))]
struct AddSchedule {
    /// Client-generated id (UUIDv7); the server generates one when absent.
    #[schema(nullable = false)]
    id: Option<ScheduleId>,
    /// Display name.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Weekdays on which markets are held; may be empty when `dates` are given.
    weekdays: Option<Weekdays>,
    /// Interval in weeks, counted from the week of `starts_on`. Absent: 1.
    #[schema(minimum = 1, maximum = 8)]
    every_weeks: Option<i32>,
    /// First day of the schedule. Absent: today.
    #[schema(value_type = Option<String>, format = Date)]
    starts_on: Option<Day>,
    /// Last day of the schedule. Absent: it does not end.
    #[schema(value_type = Option<String>, format = Date)]
    ends_on: Option<Day>,
    /// Additional single dates.
    #[schema(value_type = Option<Vec<chrono::NaiveDate>>, max_items = 100)]
    dates: Option<Vec<Day>>,
    /// Dates on which no market is held.
    #[schema(value_type = Option<Vec<chrono::NaiveDate>>, max_items = 100)]
    skipped: Option<Vec<Day>>,
    /// Whether official holidays are skipped.
    skips_holidays: Option<bool>,
    /// How many days in advance market days are created. Absent: 28.
    #[schema(minimum = 1, maximum = 60)]
    days_ahead: Option<i32>,
    /// How many days before the market day orders open.
    #[schema(minimum = 0, maximum = 30)]
    opens_days_before: i32,
    /// Time of day at which orders open.
    opens_at: WallTime,
    /// How many days before the market day orders close.
    #[schema(minimum = 0, maximum = 30)]
    closes_days_before: i32,
    /// Time of day at which orders close.
    closes_at: WallTime,
    /// Hours by which a batch below its minimum is extended, once. Absent: no extension.
    #[schema(minimum = 0, maximum = 168)]
    extension_hours: Option<i32>,
    /// From when goods are handed over, in the cooperative's time zone.
    from: WallTime,
    /// Until when goods are handed over.
    until: WallTime,
    /// Where goods are handed over.
    pickup_point: Option<PickupPointId>,
}

impl Validate for AddSchedule {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_line("/name", &self.name, 1..=100);
        let lists = [("/dates", &self.dates), ("/skipped", &self.skipped)];
        for (pointer, list) in lists {
            errors.check_length(pointer, list.as_ref().map_or(0, Vec::len), 0..=MAX_DATES);
        }
        errors.check_range("/every_weeks", self.every_weeks.unwrap_or(1).into(), 1..=8);
        errors.check_range("/days_ahead", self.days_ahead.unwrap_or(28).into(), 1..=60);
        errors.check_range("/opens_days_before", self.opens_days_before.into(), 0..=30);
        errors.check_range("/closes_days_before", self.closes_days_before.into(), 0..=30);
        errors.check_range("/extension_hours", self.extension_hours.unwrap_or(0).into(), 0..=168);
    }
}

impl AddSchedule {
    fn schedule(&self, id: ScheduleId, cooperative: CooperativeId, today: Day, now: Instant) -> Schedule {
        let days = |list: &Option<Vec<Day>>| Json::new(list.as_deref().unwrap_or_default());
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

/// Changes to a schedule; absent members stay as they are. Existing days stay, except that planned days which the
/// schedule no longer includes are cancelled.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"skipped": ["2026-12-25"]}))]
struct ChangeSchedule {
    /// Display name.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    name: Patch<String>,
    /// Weekdays on which markets are held.
    #[serde(default)]
    #[schema(value_type = Option<Weekdays>)]
    weekdays: Patch<Weekdays>,
    /// Interval in weeks, counted from the week of `starts_on`.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 8)]
    every_weeks: Patch<i32>,
    /// First day of the schedule.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    starts_on: Patch<Day>,
    /// Last day of the schedule; null: it does not end.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    ends_on: Patch<Day>,
    /// Additional single dates.
    #[serde(default)]
    #[schema(value_type = Option<Vec<chrono::NaiveDate>>, max_items = 100)]
    dates: Patch<Vec<Day>>,
    /// Dates on which no market is held.
    #[serde(default)]
    #[schema(value_type = Option<Vec<chrono::NaiveDate>>, max_items = 100)]
    skipped: Patch<Vec<Day>>,
    /// Whether official holidays are skipped.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    skips_holidays: Patch<bool>,
    /// How many days in advance market days are created.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 60)]
    days_ahead: Patch<i32>,
    /// How many days before the market day orders open.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 30)]
    opens_days_before: Patch<i32>,
    /// Time of day at which orders open.
    #[serde(default)]
    #[schema(value_type = Option<WallTime>)]
    opens_at: Patch<WallTime>,
    /// How many days before the market day orders close.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 30)]
    closes_days_before: Patch<i32>,
    /// Time of day at which orders close.
    #[serde(default)]
    #[schema(value_type = Option<WallTime>)]
    closes_at: Patch<WallTime>,
    /// Hours by which a batch below its minimum is extended, once; 0: no extension.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 168)]
    extension_hours: Patch<i32>,
    /// From when goods are handed over, in the cooperative's time zone.
    #[serde(default)]
    #[schema(value_type = Option<WallTime>)]
    from: Patch<WallTime>,
    /// Until when goods are handed over.
    #[serde(default)]
    #[schema(value_type = Option<WallTime>)]
    until: Patch<WallTime>,
    /// Where goods are handed over.
    #[serde(default)]
    #[schema(value_type = Option<PickupPointId>)]
    pickup_point: Patch<PickupPointId>,
}

impl Validate for ChangeSchedule {
    fn validate(&self, errors: &mut FieldErrors) {
        if let Some(name) = self.name.value() {
            errors.check_line("/name", name, 1..=100);
        }
        for (pointer, list) in [("/dates", &self.dates), ("/skipped", &self.skipped)] {
            errors.check_length(pointer, list.value().map_or(0, Vec::len), 0..=MAX_DATES);
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
                errors.check_range(pointer, (*value).into(), range);
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
        set(&mut schedule.dates, &self.dates.clone().map(|days| Json::new(&days)));
        set(&mut schedule.skipped, &self.skipped.clone().map(|days| Json::new(&days)));
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
/// Public. The oldest first.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/schedules", tag = "market",
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
#[utoipa::path(
    get, path = "/v1/schedules/{id}", tag = "market",
    params(("id" = ScheduleId, Path, description = "The schedule")),
    responses((status = 200, description = "The schedule", body = ScheduleView)),
)]
async fn get_schedule(state: Data<AppState>, id: PathIds<ScheduleId>) -> Result<ApiResponse, Problem> {
    let schedule = state.db.read(move |conn| store::find_schedule(conn, id.0)).await?;
    let view = ScheduleView::from(&schedule.ok_or_else(Problem::not_found)?);
    Ok(ApiResponse::ok(&view).with_version(view.version))
}

/// Create a schedule
///
/// For the board. Its market days are created automatically.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/schedules", tag = "market",
    params(("id" = CooperativeId, Path, description = "The cooperative")),
    request_body = AddSchedule,
    responses(
        (status = 201, description = "Created", body = ScheduleView),
        (status = 200, description = "Created before by the same request", body = ScheduleView),
    ),
    security(("bearer" = [])),
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
#[utoipa::path(
    patch, path = "/v1/schedules/{id}", tag = "market",
    params(("id" = ScheduleId, Path, description = "The schedule")),
    request_body(content = ChangeSchedule, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The updated schedule", body = ScheduleView)),
    security(("bearer" = [])),
)]
async fn update_schedule(
    state: Data<AppState>,
    board: Board,
    id: PathIds<ScheduleId>,
    version: IfMatch,
    body: Body<ChangeSchedule>,
) -> Result<ApiResponse, Problem> {
    let permit = permit_for(&state, &board, id.0).await?;
    let (now, version, input) = (state.now(), version.required()?, body.value);
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
#[utoipa::path(
    delete, path = "/v1/schedules/{id}", tag = "market",
    params(("id" = ScheduleId, Path, description = "The schedule"), ("If-Match" = String, Header)),
    responses((status = 204, description = "Ended")),
    security(("bearer" = [])),
)]
async fn end_schedule(
    state: Data<AppState>,
    board: Board,
    id: PathIds<ScheduleId>,
    version: IfMatch,
) -> Result<ApiResponse, Problem> {
    let permit = permit_for(&state, &board, id.0).await?;
    let (now, version) = (state.now(), version.required()?);
    state.db.write(move |tx| set_schedule::end_schedule(tx, now, &permit, id.0, version)).await?;
    Ok(ApiResponse::no_content())
}
