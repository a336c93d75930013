//! Asking for something, changing what was asked for, and withdrawing it.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::seen;
use super::views::RequestView;
use crate::catalogue::{Category, Unit};
use crate::cooperatives::{Caller, Roles};
use crate::db::Conn;
use crate::kernel::ids::{CooperativeId, ProductId, RequestId};
use crate::kernel::{Day, Instant, Language, Quantity, Rupiah};
use crate::orders::{Channel, Contact, check_contact};
use crate::requests::ask::{Asking, ask};
use crate::requests::change::change;
use crate::requests::destination::Destination;
use crate::requests::request::{Details, MOST_BUDGET, Occasion, Request, RequestAction};
use crate::requests::shown::shown_one;
use crate::requests::viewer::Relation;
use crate::requests::withdraw::withdraw;
use crate::web::client_ids::{ClientId, reserve_client_id};
use crate::web::{
    ApiResponse, AppState, Body, FieldError, FieldErrors, Idempotency, IfMatch, Patch, PathIds, Problem, Routes,
    Validate, routes,
};

/// The routes of this file.
pub fn routes() -> Routes {
    routes![ask_groups, show_request, change_request, step_request]
}

/// What a buyer asks the groups of a cooperative for.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "cooperative": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11",
    "words": "Pastel kecil untuk 250 tamu", "category": "fresh_snacks", "quantity": 500,
    "needed_on": "2026-12-14", "place": {"kind": "pickup"}, "budget": 1_250_000, "occasion": "hajatan",
}))]
struct AskGroups {
    /// Its id, when the client makes it.
    id: Option<RequestId>,
    /// Whose groups are asked.
    cooperative: CooperativeId,
    /// Which product; else `words` say what it is.
    product: Option<ProductId>,
    /// Which kind of goods: groups that list some are told. The product's, when one is named; any, when nothing is said.
    category: Option<Category>,
    /// What it is, in one's own words.
    #[schema(max_length = 300)]
    words: Option<String>,
    /// How much.
    quantity: Quantity,
    /// Of what unit, when no product is named: a known one or a word of one's own; pieces, when it is not said.
    #[schema(min_length = 1, max_length = 20)]
    unit: Option<String>,
    /// On which day it is needed.
    #[schema(value_type = String, format = Date)]
    needed_on: Day,
    /// Where the goods shall go.
    place: Destination,
    /// What all of it may cost.
    #[schema(value_type = Option<Rupiah>)]
    budget: Option<Rupiah>,
    /// For what kind of event.
    #[serde(default = "other_occasion")]
    #[schema(required = false)]
    occasion: Occasion,
    /// What groups should know.
    #[schema(max_length = 500)]
    note: Option<String>,
    /// Until when answers are wanted: at least an hour from now. Three days before the day, when it is not said.
    answers_until: Option<Instant>,
    /// By which way it comes. Officers say `whatsapp`, `phone` or `walk_in` for whom they write it down.
    channel: Option<Channel>,
    /// Who called, when an officer writes it down.
    contact: Option<Contact>,
}

fn other_occasion() -> Occasion {
    Occasion::Other
}

fn budget(errors: &mut FieldErrors, budget: Option<Rupiah>) {
    if let Some(Rupiah(budget)) = budget {
        errors.range("/budget", budget, 0..=MOST_BUDGET);
    }
}

impl Validate for AskGroups {
    fn check(&self, errors: &mut FieldErrors) {
        if let Some(words) = &self.words {
            errors.line("/words", words, 1..=300);
        }
        if let Some(unit) = &self.unit {
            errors.line("/unit", unit, 1..=20);
        }
        if let Some(note) = &self.note {
            errors.text("/note", note, 0..=500);
        }
        budget(errors, self.budget);
        // What outlets have sold is counted, not asked for.
        errors.require(self.channel != Some(Channel::Consignment), "/channel", FieldError::Unknown);
        match &self.contact {
            Some(contact) => check_contact(contact, false, errors),
            None if self.is_assisted() => errors.add("/contact", FieldError::Required),
            None => {}
        }
    }
}

impl AskGroups {
    fn is_assisted(&self) -> bool {
        self.channel.is_some_and(Channel::is_assisted)
    }

    fn asking(&self, language: Language) -> Asking {
        Asking {
            cooperative: self.cooperative,
            product: self.product,
            category: self.category,
            details: Details {
                words: self.words.clone(),
                quantity: self.quantity,
                unit: self.unit.clone().unwrap_or_else(|| Unit::Piece.as_str().to_owned()),
                needed_on: self.needed_on,
                place: self.place.clone(),
                budget: self.budget,
                occasion: self.occasion,
                note: self.note.clone(),
                answers_until: self.answers_until,
            },
            channel: self.channel.unwrap_or(Channel::App),
            contact: self.contact.clone(),
            locale: language,
        }
    }
}

/// Asks the groups of a cooperative for what no listing has
///
/// Groups at work that list goods of that kind are told and may make offers. An officer or the board may write down what
/// was heard by `phone`, `whatsapp` or at the door, with a `contact`, and then acts for the one who called.
#[utoipa::path(
    post, path = "/v1/requests", tag = "market", operation_id = "ask_groups",
    request_body = AskGroups,
    responses(
        (status = 201, description = "Asked", body = RequestView),
        (status = 200, description = "The same request with the same id was asked before: as it is now", body = RequestView),
        (status = 409, description = "`too-many-open-requests`, `id-taken`"),
    ),
    security(("bearer" = [])),
)]
async fn ask_groups(
    state: Data<AppState>,
    caller: Caller,
    language: Language,
    key: Idempotency,
    body: Body<AskGroups>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, asked, stamp) = (state.now(), caller.person.scope(), body.value, body.fingerprint.clone());
    let owner = scope.clone();
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let roles = &caller.roles;
        if let Some(id) = asked.id
            && reserve_client_id(tx, now, id, &owner, &stamp)? == ClientId::Repeated
        {
            let (request, relation) = seen(tx, roles, id)?;
            return view(tx, request, relation, roles, now);
        }
        let id = asked.id.unwrap_or_else(|| tx.id(now));
        let request = ask(tx, now, roles, id, &asked.asking(language))?;
        let version = request.version;
        let view = RequestView::of(shown_one(tx, request)?, Relation::Keeper, roles, now);
        Ok::<_, Problem>(ApiResponse::created(format!("/v1/requests/{id}"), &view).version(version))
    })
    .await
}

fn view(
    conn: &mut Conn,
    request: Request,
    relation: Relation,
    roles: &Roles,
    now: Instant,
) -> Result<ApiResponse, Problem> {
    let version = request.version;
    let view = RequestView::of(shown_one(conn, request)?, relation, roles, now);
    Ok(ApiResponse::ok(&view).version(version))
}

/// Shows a request to who asked, and to the people of its cooperative
///
/// Who asks is told to officers by first name until an offer of theirs is taken.
#[utoipa::path(
    get, path = "/v1/requests/{id}", tag = "market", operation_id = "show_request",
    params(("id" = RequestId, Path, description = "The request")),
    responses((status = 200, description = "The request", body = RequestView)),
    security(("bearer" = [])),
)]
async fn show_request(state: Data<AppState>, caller: Caller, id: PathIds<RequestId>) -> Result<ApiResponse, Problem> {
    let now = state.now();
    state
        .db
        .read(move |conn| {
            let (request, relation) = seen(conn, &caller.roles, id.0)?;
            view(conn, request, relation, &caller.roles, now)
        })
        .await
}

/// What changes about a request. What is asked for stays what it is.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"quantity": 450, "note": "Sebagian tamu tidak makan udang."}))]
struct ChangeRequest {
    /// What it is, in one's own words; null only where a product is named.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 300)]
    words: Patch<String>,
    /// How much.
    #[serde(default)]
    #[schema(value_type = Option<Quantity>)]
    quantity: Patch<Quantity>,
    /// Of what unit, when no product is named.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 20)]
    unit: Patch<String>,
    /// On which day it is needed. The time for answers moves along, unless it is named too.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    needed_on: Patch<Day>,
    /// Where the goods shall go.
    #[serde(default)]
    #[schema(value_type = Option<Destination>)]
    place: Patch<Destination>,
    /// What all of it may cost.
    #[serde(default)]
    #[schema(value_type = Option<Rupiah>)]
    budget: Patch<Rupiah>,
    /// For what kind of event.
    #[serde(default)]
    #[schema(value_type = Option<Occasion>)]
    occasion: Patch<Occasion>,
    /// What groups should know.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    note: Patch<String>,
    /// Until when answers are wanted.
    #[serde(default)]
    #[schema(value_type = Option<Instant>)]
    answers_until: Patch<Instant>,
}

impl Validate for ChangeRequest {
    fn check(&self, errors: &mut FieldErrors) {
        let nulls = [
            ("/quantity", self.quantity.is_null()),
            ("/unit", self.unit.is_null()),
            ("/needed_on", self.needed_on.is_null()),
            ("/place", self.place.is_null()),
            ("/occasion", self.occasion.is_null()),
        ];
        for (pointer, null) in nulls {
            errors.require(!null, pointer, FieldError::Required);
        }
        if let Some(words) = self.words.value() {
            errors.line("/words", words, 1..=300);
        }
        if let Some(unit) = self.unit.value() {
            errors.line("/unit", unit, 1..=20);
        }
        if let Some(note) = self.note.value() {
            errors.text("/note", note, 0..=500);
        }
        budget(errors, self.budget.value().copied());
    }
}

impl ChangeRequest {
    fn apply(self, before: Details) -> Details {
        Details {
            words: self.words.or(before.words),
            quantity: self.quantity.value_or(before.quantity),
            unit: self.unit.value_or(before.unit),
            needed_on: self.needed_on.value_or(before.needed_on),
            place: self.place.value_or(before.place),
            budget: self.budget.or(before.budget),
            occasion: self.occasion.value_or(before.occasion),
            note: self.note.or(before.note),
            answers_until: self.answers_until.or(before.answers_until),
        }
    }
}

/// Changes a request while no group has answered it
#[utoipa::path(
    patch, path = "/v1/requests/{id}", tag = "market", operation_id = "change_request",
    params(("id" = RequestId, Path, description = "The request")),
    request_body(content = ChangeRequest, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "The request as it is now", body = RequestView),
        (status = 409, description = "`request-has-offers`, `request-closed`"),
    ),
    security(("bearer" = [])),
)]
async fn change_request(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<RequestId>,
    version: IfMatch,
    body: Body<ChangeRequest>,
) -> Result<ApiResponse, Problem> {
    let (now, version, asked) = (state.now(), version.required()?, body.value);
    state
        .db
        .write(move |tx| {
            let roles = &caller.roles;
            let request = change(tx, now, roles, id.0, version, |before| asked.clone().apply(before))?;
            view(tx, request, Relation::Keeper, roles, now)
        })
        .await
}

/// A step of a whole request.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "withdraw"}))]
struct RequestTransition {
    /// Which step.
    action: RequestAction,
}

impl Validate for RequestTransition {
    fn check(&self, _: &mut FieldErrors) {}
}

/// Withdraws a request: its open offers lapse
///
/// What was taken already stays ordered, and is cancelled as orders are.
#[utoipa::path(
    post, path = "/v1/requests/{id}/transitions", tag = "market", operation_id = "step_request",
    params(
        ("id" = RequestId, Path, description = "The request"),
        ("If-Match" = Option<String>, Header),
    ),
    request_body = RequestTransition,
    responses(
        (status = 200, description = "The request as it is now", body = RequestView),
        (status = 409, description = "`transition-invalid`: it is over already"),
    ),
    security(("bearer" = [])),
)]
async fn step_request(
    state: Data<AppState>,
    caller: Caller,
    key: Idempotency,
    seen: IfMatch,
    id: PathIds<RequestId>,
    body: Body<RequestTransition>,
) -> Result<ApiResponse, Problem> {
    let (now, scope) = (state.now(), caller.person.scope());
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let request = match body.value.action {
            RequestAction::Withdraw => withdraw(tx, now, &caller.roles, id.0, seen.sent())?,
        };
        view(tx, request, Relation::Keeper, &caller.roles, now)
    })
    .await
}
