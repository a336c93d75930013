//! Routes for creating, reading, listing, updating and withdrawing requests.

use serde::{Deserialize, Serialize};

use super::find_visible;
use super::views::RequestView;
use crate::catalogue::{Category, Unit};
use crate::cooperatives::{self, AccessError, Caller, Roles};
use crate::db::Conn;
use crate::kernel::ids::{CooperativeId, GroupId, ProductId, RequestId};
use crate::kernel::{Day, Instant, Language, Quantity, Rupiah};
use crate::orders::{Channel, OrderContact, check_contact};
use crate::requests::create::{self, NewRequest};
use crate::requests::destination::Destination;
use crate::requests::request::{Details, MAX_BUDGET, Occasion, Request, RequestAction, RequestStatus};
use crate::requests::store;
use crate::requests::summary::{load_summaries, load_summary};
use crate::requests::update;
use crate::requests::withdraw::withdraw_request;
use crate::web::{
    ApiResponse, Change, ClientId, FieldError, FieldErrors, IfMatch, List, Page, Patch, PathIds, Problem, Read, Routes,
    Validate, Write, routes,
};

/// The routes of this file.
pub fn routes() -> Routes {
    routes![
        "market": create_request,
        list_my_requests,
        list_group_requests,
        get_request,
        update_request,
        transition_request
    ]
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

impl Validate for CreateRequest {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_line("/words", &self.words, 1..=300);
        errors.check_line("/unit", &self.unit, 1..=20);
        errors.check_text("/note", &self.note, 0..=500);
        errors.check_range("/budget", self.budget.unwrap_or_default().0, 0..=MAX_BUDGET);
        // Sales of outlets are counted, not requested.
        errors.require(self.channel != Some(Channel::Consignment), "/channel", FieldError::Unknown);
        match &self.contact {
            Some(contact) => check_contact(contact, false, errors),
            None if self.channel.is_some_and(Channel::is_assisted) => errors.add("/contact", FieldError::Required),
            None => {}
        }
    }
}

impl CreateRequest {
    fn to_new_request(&self, language: Language) -> NewRequest {
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
        (status = 201, body = RequestView),
        (status = 200, description = "Created before with the same id; the current state", body = RequestView),
        (status = 409, description = "`too-many-open-requests`, `id-taken`"),
    ),
)]
async fn create_request(
    call: Write<CreateRequest>,
    caller: Caller,
    language: Language,
) -> Result<ApiResponse, Problem> {
    call.create_once(
        caller.person.idempotency_scope(),
        |body| body.id,
        move |tx, now, body, id| {
            let request = match id {
                ClientId::Repeated(id) => find_visible(tx, &caller.roles, id)?.0,
                ClientId::New(id) => {
                    create::create_request(tx, now, &caller.roles, id, &body.to_new_request(language))?
                }
            };
            let view = RequestView::of(load_summary(tx, request)?, &caller.roles, now);
            Ok(id.respond(format!("/v1/requests/{}", view.id), &view).with_version(view.version))
        },
    )
    .await
}

fn respond(conn: &mut Conn, request: Request, roles: &Roles, now: Instant) -> Result<ApiResponse, Problem> {
    let view = RequestView::of(load_summary(conn, request)?, roles, now);
    Ok(ApiResponse::ok(&view).with_version(view.version))
}

/// Get a request
///
/// For the buyer and the people of the cooperative. Officers see the buyer's first name only until an offer of their
/// group is accepted.
#[utoipa::path(get, path = "/v1/requests/{id}", responses((status = 200, body = RequestView)))]
async fn get_request(read: Read, caller: Caller, id: PathIds<RequestId>) -> Result<ApiResponse, Problem> {
    read.run(move |conn, now| {
        let (request, _) = find_visible(conn, &caller.roles, id.0)?;
        respond(conn, request, &caller.roles, now)
    })
    .await
}

/// Filters of requests.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
struct RequestFilter {
    /// Only requests with this status.
    #[param(inline)]
    status: Option<RequestStatus>,
}

/// List the caller's requests
#[utoipa::path(get, path = "/v1/requests", responses((status = 200, body = Page<RequestView>)))]
async fn list_my_requests(
    list: List<(Instant, RequestId), RequestFilter>,
    caller: Caller,
) -> Result<ApiResponse, Problem> {
    let (now, account) = (list.now, caller.person.account);
    let rows = list.read(move |conn, list| {
        let requests = store::list_requests(conn, account, list.filter.status, list.after, list.limit)?;
        Ok(load_summaries(conn, requests)?)
    });
    Ok(rows.await?.answer(
        |summary| (summary.request.created_at, summary.request.id),
        |summary| RequestView::of(summary, &caller.roles, now),
    ))
}

/// List the open requests that a group could answer
///
/// For members of the group and office holders of its cooperative. Sorted by `needed_on`, the soonest first. Contains
/// requests without a category and those whose category the group lists.
#[utoipa::path(get, path = "/v1/groups/{id}/requests", responses((status = 200, body = Page<RequestView>)))]
async fn list_group_requests(
    list: List<(Day, RequestId)>,
    caller: Caller,
    group: PathIds<GroupId>,
) -> Result<ApiResponse, Problem> {
    let (now, roles) = (list.now, caller.roles.clone());
    let rows = list.read(move |conn, list| {
        let row = cooperatives::find_group(conn, group.0)?.filter(|group| roles.can_see_inside(group));
        row.ok_or(AccessError::Hidden)?;
        let requests = store::list_open_for_group(conn, group.0, list.after, list.limit)?;
        Ok(load_summaries(conn, requests)?)
    });
    Ok(rows.await?.answer(
        |summary| (summary.request.needed_on, summary.request.id),
        |summary| RequestView::of(summary, &caller.roles, now),
    ))
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
    #[schema(value_type = Quantity)]
    quantity: Change<Quantity>,
    /// Unit of the quantity, when no product is named.
    #[serde(default)]
    #[schema(value_type = String, min_length = 1, max_length = 20)]
    unit: Change<String>,
    /// The day on which the goods are needed. `answers_until` moves with it unless it is sent too.
    #[serde(default)]
    #[schema(value_type = String, format = Date)]
    needed_on: Change<Day>,
    /// Where the goods shall be delivered or collected.
    #[serde(default)]
    #[schema(value_type = Destination)]
    place: Change<Destination>,
    /// Budget for all of it, in rupiah.
    #[serde(default)]
    #[schema(value_type = Option<Rupiah>)]
    budget: Patch<Rupiah>,
    /// The occasion.
    #[serde(default)]
    #[schema(value_type = Occasion)]
    occasion: Change<Occasion>,
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
        errors.check_line("/words", &self.words, 1..=300);
        errors.check_line("/unit", &self.unit, 1..=20);
        errors.check_text("/note", &self.note, 0..=500);
        errors.check_range("/budget", self.budget.value().copied().unwrap_or_default().0, 0..=MAX_BUDGET);
    }
}

impl UpdateRequest {
    fn apply(self, mut details: Details) -> Details {
        self.words.apply(&mut details.words);
        self.quantity.apply(&mut details.quantity);
        self.unit.apply(&mut details.unit);
        self.needed_on.apply(&mut details.needed_on);
        self.place.apply(&mut details.place);
        self.budget.apply(&mut details.budget);
        self.occasion.apply(&mut details.occasion);
        self.note.apply(&mut details.note);
        self.answers_until.apply(&mut details.answers_until);
        details
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
    call: Write<UpdateRequest>,
    caller: Caller,
    id: PathIds<RequestId>,
    IfMatch(version): IfMatch,
) -> Result<ApiResponse, Problem> {
    call.run(move |tx, now, body| {
        let change = |before| body.clone().apply(before);
        let request = update::update_request(tx, now, &caller.roles, id.0, version, change)?;
        respond(tx, request, &caller.roles, now)
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

impl Validate for TransitionRequest {}

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
    call: Write<TransitionRequest>,
    caller: Caller,
    version: IfMatch<Option<i64>>,
    id: PathIds<RequestId>,
) -> Result<ApiResponse, Problem> {
    call.once(caller.person.idempotency_scope(), move |tx, now, body| {
        let request = match body.action {
            RequestAction::Withdraw => withdraw_request(tx, now, &caller.roles, id.0, version.0)?,
        };
        respond(tx, request, &caller.roles, now)
    })
    .await
}
