//! Notes between buyer and officers.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::track::parse_secret;
use super::views::NoteView;
use crate::cooperatives::Caller;
use crate::db::Conn;
use crate::kernel::Instant;
use crate::kernel::ids::{NoteId, OrderId};
use crate::orders::access::Viewer;
use crate::orders::order::Order;
use crate::orders::{note, store};
use crate::web::{
    ApiResponse, AppState, FieldErrors, IdempotencyScope, List, Page, PathIds, Problem, Routes, Validate, Write, routes,
};

/// The routes of this file.
pub fn routes() -> Routes {
    routes!["orders": list_order_notes, create_order_note, list_tracked_notes, create_tracked_note]
}

/// A note to the other side.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "Tolong dipisah dua kotak ya, Bu."}))]
pub struct NewNote {
    /// The text.
    #[schema(min_length = 1, max_length = 1000)]
    text: String,
}

impl Validate for NewNote {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_text("/text", &self.text, 1..=1000);
    }
}

/// The order, if the viewer sees it with its personal data. A tracking secret is void once an account has claimed it.
fn find_visible_order(conn: &mut Conn, viewer: &Viewer, id: OrderId) -> Result<Order, Problem> {
    let whole = store::find_with_fulfilments(conn, id)?.and_then(|whole| viewer.view(whole));
    let order = whole.map(|whole| whole.order).filter(|order| viewer.can_see_people(order));
    order.filter(|order| !viewer.secret || order.buyer.is_none()).ok_or_else(Problem::not_found)
}

async fn list_notes(list: List<(Instant, NoteId)>, viewer: Viewer, id: OrderId) -> Result<ApiResponse, Problem> {
    let rows = list.read(move |conn, list| {
        find_visible_order(conn, &viewer, id)?;
        Ok(store::list_notes(conn, id, list.after, list.limit)?)
    });
    Ok(rows.await?.answer(|note| (note.written_at, note.id), NoteView::from).with_etag())
}

async fn create_note(
    call: Write<NewNote>,
    caller: IdempotencyScope,
    viewer: Viewer,
    id: OrderId,
) -> Result<ApiResponse, Problem> {
    call.once(caller, move |tx, now, body| {
        let order = find_visible_order(tx, &viewer, id)?;
        let note = note::write_note(tx, now, &viewer, &order, &body.text)?;
        Ok(ApiResponse::created(format!("/v1/orders/{id}/notes"), &NoteView::from(note)).about_subject(id))
    })
    .await
}

/// Lists the notes of an order, oldest first.
#[utoipa::path(get, path = "/v1/orders/{id}/notes", responses((status = 200, body = Page<NoteView>)))]
async fn list_order_notes(
    list: List<(Instant, NoteId)>,
    caller: Caller,
    id: PathIds<OrderId>,
) -> Result<ApiResponse, Problem> {
    list_notes(list, Viewer::of(caller.roles), id.0).await
}

/// Adds a note to an order.
#[utoipa::path(post, path = "/v1/orders/{id}/notes", responses((status = 201, body = NoteView)))]
async fn create_order_note(call: Write<NewNote>, caller: Caller, id: PathIds<OrderId>) -> Result<ApiResponse, Problem> {
    create_note(call, caller.person.idempotency_scope(), Viewer::of(caller.roles), id.0).await
}

/// Lists the notes of a guest's order, oldest first.
#[utoipa::path(
    get, path = "/v1/track/{secret}/notes",
    params(("secret" = String, Path, description = "The secret of the order", max_length = 60)),
    responses((status = 200, body = Page<NoteView>)),
)]
async fn list_tracked_notes(
    list: List<(Instant, NoteId)>,
    state: Data<AppState>,
    secret: PathIds<String>,
) -> Result<ApiResponse, Problem> {
    Ok(list_notes(list, Viewer::with_secret(), parse_secret(&state, &secret)?).await?.no_store())
}

/// Adds a guest's note to their order.
#[utoipa::path(
    post, path = "/v1/track/{secret}/notes",
    params(("secret" = String, Path, description = "The secret of the order", max_length = 60)),
    responses((status = 201, body = NoteView)),
)]
async fn create_tracked_note(
    call: Write<NewNote>,
    state: Data<AppState>,
    secret: PathIds<String>,
) -> Result<ApiResponse, Problem> {
    create_note(call, IdempotencyScope::guest(), Viewer::with_secret(), parse_secret(&state, &secret)?).await
}
