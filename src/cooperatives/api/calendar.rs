//! The calendar: for everyone to read, for administrators to keep.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::{is_repeated, never_null, trimmed};
use crate::calendar::{self, Edit, Names, NewOccasion, Occasion, OccasionKind, Origin};
use crate::cooperatives::access::Admin;
use crate::cooperatives::calendar::{add_occasion, change_occasion, remove_occasion};
use crate::kernel::ids::OccasionId;
use crate::kernel::{Day, Duration, Language, Zone};
use crate::web::{
    ApiResponse, AppState, Body, Code, FieldError, FieldErrors, Idempotency, IfMatch, Patch, PathIds, Problem, Query,
    Routes, Validate, routes,
};

/// The longest stretch of days that is told at once.
const LONGEST: i64 = 400;

pub(super) fn routes() -> Routes {
    routes![show_calendar, add_to_calendar, change_in_calendar, remove_from_calendar]
}

/// From which day to which.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CalendarWindow {
    /// The first day; today in Jakarta when left out.
    #[param(value_type = Option<String>, format = Date, example = "2026-11-23")]
    from: Option<Day>,
    /// The last day, at most 400 days after the first; a year after the first when left out.
    #[param(value_type = Option<String>, format = Date, example = "2027-11-22")]
    to: Option<Day>,
}

impl CalendarWindow {
    fn days(&self, today: Day) -> Result<(Day, Day), Problem> {
        let from = self.from.unwrap_or(today);
        let to = self.to.or_else(|| from.checked_add_signed(Duration::days(364))).unwrap_or(from);
        if (0..=LONGEST).contains(&to.signed_duration_since(from).num_days()) {
            Ok((from, to))
        } else {
            Err(Problem::new(Code::QueryInvalid).with_faults(FieldErrors::one("/to", WINDOW_FAULT)))
        }
    }
}

const WINDOW_FAULT: FieldError = FieldError::Rule {
    code: "window-does-not-fit",
    id: "Tanggal akhir harus sesudah tanggal awal, paling jauh 400 hari.",
    en: "The last day must not be before the first, nor more than 400 days after it.",
};

/// What an occasion is called, in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct OccasionNames {
    /// In Indonesian.
    #[schema(min_length = 1, max_length = 100, example = "Hari Raya Idulfitri 1448 H")]
    id: String,
    /// In English.
    #[schema(min_length = 1, max_length = 100, example = "Eid al-Fitr 1448 AH")]
    en: String,
}

impl OccasionNames {
    fn check(&self, errors: &mut FieldErrors) {
        errors.line("/names/id", &self.id, 1..=100);
        errors.line("/names/en", &self.en, 1..=100);
    }

    fn meant(&self) -> Names {
        Names { indonesian: trimmed(&self.id), english: trimmed(&self.en) }
    }
}

/// A new occasion.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "holiday", "day": "2027-08-17",
    "names": {"id": "Hari Kemerdekaan", "en": "Independence Day"}}))]
struct AddOccasion {
    /// An id made by the client.
    id: Option<OccasionId>,
    /// What it is.
    kind: OccasionKind,
    /// When it is, between the years 2000 and 2100. For Hijri occasions the Hijri year follows from it, of which there
    /// must be no other date.
    #[schema(value_type = String, format = Date)]
    day: Day,
    /// What it is called. Needed for `holiday` and `joint_leave`; the others are named by their kind and year.
    names: Option<OccasionNames>,
    /// Whether people are off that day; by its kind when left out.
    day_off: Option<bool>,
}

/// What changes about an occasion.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"day": "2027-03-09"}))]
struct ChangeOccasion {
    /// When it is, within the same Hijri year.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    day: Patch<Day>,
    /// What it is called.
    #[serde(default)]
    #[schema(value_type = Option<OccasionNames>)]
    names: Patch<OccasionNames>,
    /// Whether people are off that day.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    day_off: Patch<bool>,
}

impl Validate for AddOccasion {
    fn check(&self, errors: &mut FieldErrors) {
        if let Some(names) = &self.names {
            names.check(errors);
        }
    }
}

impl Validate for ChangeOccasion {
    fn check(&self, errors: &mut FieldErrors) {
        never_null(errors, "/day", &self.day);
        never_null(errors, "/names", &self.names);
        never_null(errors, "/day_off", &self.day_off);
        if let Some(names) = self.names.value() {
            names.check(errors);
        }
    }
}

/// A day that has a name.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(example = json!({"id": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11", "kind": "idulfitri", "day": "2027-03-10",
    "hijri_year": 1448, "name": "Hari Raya Idulfitri 1448 H",
    "names": {"id": "Hari Raya Idulfitri 1448 H", "en": "Eid al-Fitr 1448 AH"}, "day_off": true,
    "origin": "official", "version": 1}))]
struct OccasionView {
    /// Its id; null when its date is computed.
    id: Option<OccasionId>,
    /// What it is.
    kind: OccasionKind,
    /// When it is.
    #[schema(value_type = String, format = Date, example = "2027-03-10")]
    day: Day,
    /// Of which Hijri year; null for what does not follow it.
    #[schema(minimum = 1, maximum = 9999, example = 1448)]
    hijri_year: Option<i32>,
    /// What it is called, in the caller's language.
    #[schema(max_length = 100, example = "Hari Raya Idulfitri 1448 H")]
    name: String,
    /// What it is called, in both languages.
    names: OccasionNames,
    /// Whether people are off that day.
    day_off: bool,
    /// Where its date comes from. A computed one may miss by a day or two, and is gone when a date is known.
    origin: Origin,
    /// Counts its changes; null when its date is computed.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 1)]
    version: Option<i64>,
}

impl OccasionView {
    fn of(it: Occasion, language: Language) -> Self {
        OccasionView {
            id: it.kept.map(|kept| kept.id),
            kind: it.kind,
            day: it.day,
            hijri_year: it.hijri_year,
            name: it.names.told_in(language).to_owned(),
            names: OccasionNames { id: it.names.indonesian, en: it.names.english },
            day_off: it.day_off,
            origin: it.origin,
            version: it.kept.map(|kept| kept.version),
        }
    }
}

/// What falls on some days.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct CalendarView {
    /// The first day that is told.
    #[schema(value_type = String, format = Date, example = "2026-11-23")]
    from: Day,
    /// The last day that is told.
    #[schema(value_type = String, format = Date, example = "2027-11-22")]
    to: Day,
    /// The occasions by day.
    #[schema(max_items = 2500)]
    data: Vec<OccasionView>,
}

/// Show the calendar
///
/// Public: national holidays, days that are added to them, and the occasions of the Hijri year. Dates are official or
/// entered by an administrator; where none is known, `computed` ones fill the gap.
#[utoipa::path(
    get,
    path = "/v1/calendar",
    tag = "calendar",
    operation_id = "show_calendar",
    params(CalendarWindow),
    responses(
        (status = 200, description = "The occasions by day, all at once", body = CalendarView),
    ),
)]
async fn show_calendar(
    state: Data<AppState>,
    language: Language,
    window: Query<CalendarWindow>,
) -> Result<ApiResponse, Problem> {
    let (from, to) = window.0.days(Zone::Jakarta.day_of(state.now()))?;
    let found = state.db.read(move |conn| calendar::occasions(conn, from, to)).await?;
    let data = found.into_iter().map(|it| OccasionView::of(it, language)).collect();
    Ok(ApiResponse::ok(&CalendarView { from, to, data }).tagged().public())
}

/// Add to the calendar
///
/// By an administrator of the service. A Hijri occasion takes the place of the computed date of its year.
#[utoipa::path(
    post,
    path = "/v1/calendar",
    tag = "calendar",
    operation_id = "add_to_calendar",
    request_body = AddOccasion,
    responses(
        (status = 201, description = "Added", body = OccasionView),
        (status = 200, description = "Added before by the same request", body = OccasionView),
        (status = 409, description = "`occasion-known`: change that one; `calendar-day-full`; or the id is taken"),
    ),
    security(("bearer" = [])),
)]
async fn add_to_calendar(
    state: Data<AppState>,
    admin: Admin,
    language: Language,
    key: Idempotency,
    body: Body<AddOccasion>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, asked, fingerprint) = (state.now(), admin.person.scope(), body.value, body.fingerprint.clone());
    let new = NewOccasion {
        id: asked.id,
        kind: asked.kind,
        day: asked.day,
        names: asked.names.as_ref().map(OccasionNames::meant),
        day_off: asked.day_off,
    };
    key.once(&state.db, now, scope.clone(), body.fingerprint, move |tx| {
        let repeated = is_repeated(tx, now, new.id, &scope, &fingerprint)?;
        let it = match new.id {
            Some(id) if repeated => calendar::find(tx, id)?.ok_or_else(Problem::not_found)?,
            _ => add_occasion(tx, now, &admin, &new)?,
        };
        let view = OccasionView::of(it, language);
        let answer = if repeated { ApiResponse::ok(&view) } else { ApiResponse::created("/v1/calendar", &view) };
        Ok::<_, Problem>(answer.version(view.version.unwrap_or_default()))
    })
    .await
}

/// Change an occasion
///
/// By an administrator of the service. Its date is `edited` from then on.
#[utoipa::path(
    patch,
    path = "/v1/calendar/{id}",
    tag = "calendar",
    operation_id = "change_in_calendar",
    params(("id" = OccasionId, Path, description = "The occasion")),
    request_body(content = ChangeOccasion, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "Changed", body = OccasionView),
        (status = 409, description = "`occasion-known` or `calendar-day-full`"),
    ),
    security(("bearer" = [])),
)]
async fn change_in_calendar(
    state: Data<AppState>,
    admin: Admin,
    language: Language,
    id: PathIds<OccasionId>,
    version: IfMatch,
    body: Body<ChangeOccasion>,
) -> Result<ApiResponse, Problem> {
    let (now, expected, asked) = (state.now(), version.required()?, body.value);
    let edit = Edit {
        day: asked.day.value().copied(),
        names: asked.names.value().map(OccasionNames::meant),
        day_off: asked.day_off.value().copied(),
    };
    let changed = state.db.write(move |tx| change_occasion(tx, now, &admin, id.0, expected, &edit)).await?;
    let view = OccasionView::of(changed, language);
    Ok(ApiResponse::ok(&view).version(view.version.unwrap_or_default()))
}

/// Remove an occasion
///
/// By an administrator of the service. Of a Hijri occasion the computed date shows again.
#[utoipa::path(
    delete,
    path = "/v1/calendar/{id}",
    tag = "calendar",
    operation_id = "remove_from_calendar",
    params(
        ("id" = OccasionId, Path, description = "The occasion"),
        ("If-Match" = String, Header),
    ),
    responses((status = 204, description = "Removed")),
    security(("bearer" = [])),
)]
async fn remove_from_calendar(
    state: Data<AppState>,
    admin: Admin,
    id: PathIds<OccasionId>,
    version: IfMatch,
) -> Result<ApiResponse, Problem> {
    let (now, expected) = (state.now(), version.required()?);
    state.db.write(move |tx| remove_occasion(tx, now, &admin, id.0, expected)).await?;
    Ok(ApiResponse::no_content())
}
