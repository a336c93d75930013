//! Routes for creating, reading, updating and withdrawing requests.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::find_visible;
use super::views::RequestView;
use crate::catalogue::{Category, Unit};
use crate::cooperatives::{Caller, Roles};
use crate::db::Conn;
use crate::kernel::ids::{CooperativeId, ProductId, RequestId};
use crate::kernel::{Day, Instant, Language, Quantity, Rupiah};
use crate::orders::{Channel, OrderContact, check_contact};
use crate::requests::access::RequestRelation;
use crate::requests::create::{self, NewRequest};
use crate::requests::destination::Destination;
use crate::requests::request::{Details, MAX_BUDGET, Occasion, Request, RequestAction};
use crate::requests::summary::load_summary;
use crate::requests::update;
use crate::requests::withdraw::withdraw_request;
use crate::web::client_ids::{Reservation, reserve_client_id};
use crate::web::{
    ApiResponse, AppState, Body, FieldError, FieldErrors, Idempotency, IfMatch, Patch, PathIds, Problem, Routes,
    Validate, routes,
};

/// The routes of this file.
pub fn routes() -> Routes {
    routes!["market": create_request, get_request, update_request, transition_request]
}

/// A buyer's request to the groups of a cooperative.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "cooperative": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11",
    "words": "Pastel kecil untuk 250 tamu", "category": "fresh_snacks", "quantity": 500,
    "needed_on": "2026-12-14", "place": {"kind": "pickup"}, "budget": 1_250_000, "occasion": "hajatan",
}))]
struct CreateRequest {
    /// Client-generated id (UUIDv7); the server generates one when absent.
    id: Option<RequestId>,
    /// The cooperative whose groups are asked.
    cooperative: CooperativeId,
    /// The product; without one, `words` are required.
    product: Option<ProductId>,
    /// Category: groups that list goods of it are notified. The product's category when a product is named; absent: all
    /// groups.
    category: Option<Category>,
    /// Description of the goods.
    #[schema(max_length = 300)]
    words: Option<String>,
    /// Quantity.
    quantity: Quantity,
    /// Unit of the quantity when no product is named: a known unit or free text. Absent: pieces.
    #[schema(min_length = 1, max_length = 20)]
    unit: Option<String>,
    /// The day on which the goods are needed.
    #[schema(value_type = String, format = Date)]
    needed_on: Day,
    /// Where the goods shall be delivered or collected.
    place: Destination,
    /// Budget for all of it, in rupiah.
    #[schema(value_type = Option<Rupiah>)]
    budget: Option<Rupiah>,
    /// The occasion.
    #[serde(default = "default_occasion")]
    #[schema(required = false)]
    occasion: Occasion,
    /// Note for the groups.
    #[schema(max_length = 500)]
    note: Option<String>,
    /// Until when groups may make offers, at least one hour from now. Absent: three days before `needed_on`.
    answers_until: Option<Instant>,
    /// Channel. Officers use `whatsapp`, `phone` or `walk_in` when they record a request for someone.
    channel: Option<Channel>,
    /// The caller's contact, when an officer records the request.
    contact: Option<OrderContact>,
}

fn default_occasion() -> Occasion {
    Occasion::Other
}

fn validate_budget(errors: &mut FieldErrors, budget: Option<Rupiah>) {
    if let Some(Rupiah(budget)) = budget {
        errors.check_range("/budget", budget, 0..=MAX_BUDGET);
    }
}

impl Validate for CreateRequest {
    fn validate(&self, errors: &mut FieldErrors) {
        if let Some(words) = &self.words {
            errors.check_line("/words", words, 1..=300);
        }
        if let Some(unit) = &self.unit {
            errors.check_line("/unit", unit, 1..=20);
        }
        if let Some(note) = &self.note {
            errors.check_text("/note", note, 0..=500);
        }
        validate_budget(errors, self.budget);
        // Sales of outlets are counted, not requested.
        errors.require(self.channel != Some(Channel::Consignment), "/channel", FieldError::Unknown);
        match &self.contact {
            Some(contact) => check_contact(contact, false, errors),
            None if self.is_assisted() => errors.add("/contact", FieldError::Required),
            None => {}
        }
    }
}

impl CreateRequest {
    fn is_assisted(&self) -> bool {
        self.channel.is_some_and(Channel::is_assisted)
    }

    fn new_request(&self, language: Language) -> NewRequest {
        NewRequest {
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

/// Create a request
///
/// Asks the groups of a cooperative for goods that no listing has. Active groups that list goods of the category are
/// notified and may make offers. An officer or the board may record a request heard by `phone`, `whatsapp` or
/// `walk_in`, with a `contact`, and then acts for that person.
#[utoipa::path(
    post, path = "/v1/requests",
    responses(
        (status = 201, description = "Created", body = RequestView),
        (status = 200, description = "Created before with the same id; the current state", body = RequestView),
        (status = 409, description = "`too-many-open-requests`, `id-taken`"),
    ),
)]
async fn create_request(
    state: Data<AppState>,
    caller: Caller,
    language: Language,
    key: Idempotency,
    body: Body<CreateRequest>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, input, fingerprint) = (state.now(), caller.person.scope(), body.value, body.fingerprint.clone());
    let owner = scope.clone();
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let roles = &caller.roles;
        if let Some(id) = input.id
            && reserve_client_id(tx, now, id, &owner, &fingerprint)? == Reservation::Repeated
        {
            let (request, relation) = find_visible(tx, roles, id)?;
            return view_response(tx, request, relation, roles, now);
        }
        let id = input.id.unwrap_or_else(|| tx.id(now));
        let request = create::create_request(tx, now, roles, id, &input.new_request(language))?;
        let version = request.version;
        let view = RequestView::of(load_summary(tx, request)?, RequestRelation::Owner, roles, now);
        Ok::<_, Problem>(ApiResponse::created(format!("/v1/requests/{id}"), &view).with_version(version))
    })
    .await
}

fn view_response(
    conn: &mut Conn,
    request: Request,
    relation: RequestRelation,
    roles: &Roles,
    now: Instant,
) -> Result<ApiResponse, Problem> {
    let version = request.version;
    let view = RequestView::of(load_summary(conn, request)?, relation, roles, now);
    Ok(ApiResponse::ok(&view).with_version(version))
}

/// Get a request
///
/// For the buyer and the people of the cooperative. Officers see the buyer's first name only until an offer of their
/// group is accepted.
#[utoipa::path(get, path = "/v1/requests/{id}", responses((status = 200, body = RequestView)))]
async fn get_request(state: Data<AppState>, caller: Caller, id: PathIds<RequestId>) -> Result<ApiResponse, Problem> {
    let now = state.now();
    state
        .db
        .read(move |conn| {
            let (request, relation) = find_visible(conn, &caller.roles, id.0)?;
            view_response(conn, request, relation, &caller.roles, now)
        })
        .await
}

/// Changes to a request; absent members stay as they are. The product cannot be changed.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"quantity": 450, "note": "Sebagian tamu tidak makan udang."}))]
struct UpdateRequest {
    /// Description of the goods; null only when a product is named.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 300)]
    words: Patch<String>,
    /// Quantity.
    #[serde(default)]
    #[schema(value_type = Option<Quantity>)]
    quantity: Patch<Quantity>,
    /// Unit of the quantity, when no product is named.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 20)]
    unit: Patch<String>,
    /// The day on which the goods are needed. `answers_until` moves with it unless it is sent too.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    needed_on: Patch<Day>,
    /// Where the goods shall be delivered or collected.
    #[serde(default)]
    #[schema(value_type = Option<Destination>)]
    place: Patch<Destination>,
    /// Budget for all of it, in rupiah.
    #[serde(default)]
    #[schema(value_type = Option<Rupiah>)]
    budget: Patch<Rupiah>,
    /// The occasion.
    #[serde(default)]
    #[schema(value_type = Option<Occasion>)]
    occasion: Patch<Occasion>,
    /// Note for the groups.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    note: Patch<String>,
    /// Until when groups may make offers.
    #[serde(default)]
    #[schema(value_type = Option<Instant>)]
    answers_until: Patch<Instant>,
}

impl Validate for UpdateRequest {
    fn validate(&self, errors: &mut FieldErrors) {
        let never_null = [
            ("/quantity", self.quantity.is_null()),
            ("/unit", self.unit.is_null()),
            ("/needed_on", self.needed_on.is_null()),
            ("/place", self.place.is_null()),
            ("/occasion", self.occasion.is_null()),
        ];
        for (pointer, is_null) in never_null {
            errors.require(!is_null, pointer, FieldError::Required);
        }
        if let Some(words) = self.words.value() {
            errors.check_line("/words", words, 1..=300);
        }
        if let Some(unit) = self.unit.value() {
            errors.check_line("/unit", unit, 1..=20);
        }
        if let Some(note) = self.note.value() {
            errors.check_text("/note", note, 0..=500);
        }
        validate_budget(errors, self.budget.value().copied());
    }
}

impl UpdateRequest {
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

/// Update a request
#[utoipa::path(
    patch, path = "/v1/requests/{id}",
    responses(
        (status = 200, body = RequestView),
        (status = 409, description = "`request-has-offers`, `request-closed`"),
    ),
)]
async fn update_request(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<RequestId>,
    version: IfMatch,
    body: Body<UpdateRequest>,
) -> Result<ApiResponse, Problem> {
    let (now, version, input) = (state.now(), version.0, body.value);
    state
        .db
        .write(move |tx| {
            let roles = &caller.roles;
            let request = update::update_request(tx, now, roles, id.0, version, |before| input.clone().apply(before))?;
            view_response(tx, request, RequestRelation::Owner, roles, now)
        })
        .await
}

/// A transition of a request.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "withdraw"}))]
struct TransitionRequest {
    /// The action.
    action: RequestAction,
}

impl Validate for TransitionRequest {
    fn validate(&self, _: &mut FieldErrors) {}
}

/// Withdraw a request
///
/// Its open offers lapse. Offers accepted before stay ordered; cancel the order instead.
#[utoipa::path(
    post, path = "/v1/requests/{id}/transitions",
    responses(
        (status = 200, body = RequestView),
        (status = 409, description = "`transition-invalid`: the request is closed already"),
    ),
)]
async fn transition_request(
    state: Data<AppState>,
    caller: Caller,
    key: Idempotency,
    version: IfMatch<Option<i64>>,
    id: PathIds<RequestId>,
    body: Body<TransitionRequest>,
) -> Result<ApiResponse, Problem> {
    let (now, scope) = (state.now(), caller.person.scope());
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let request = match body.value.action {
            RequestAction::Withdraw => withdraw_request(tx, now, &caller.roles, id.0, version.0)?,
        };
        view_response(tx, request, RequestRelation::Owner, &caller.roles, now)
    })
    .await
}
