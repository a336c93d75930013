//! The thread between buyer and officers.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::views::NoteView;
use crate::cooperatives::Caller;
use crate::db;
use crate::kernel::Instant;
use crate::kernel::ids::{NoteId, OrderId};
use crate::orders::order::Order;
use crate::orders::store::{self, Seek};
use crate::orders::viewer::Viewer;
use crate::orders::{note, track};
use crate::web::{
    ApiResponse, AppState, Body, FieldErrors, Idempotency, Page, PageQuery, Paging, PathIds, Problem, Query, Routes,
    Scope, Validate, routes,
};

/// The routes of this file.
pub fn routes() -> Routes {
    routes![list_notes, write_note, list_tracked_notes, write_tracked_note]
}

/// A word to the other side.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "Tolong dipisah dua kotak ya, Bu."}))]
pub struct NewNote {
    /// What it says.
    #[schema(min_length = 1, max_length = 1000)]
    text: String,
}

impl Validate for NewNote {
    fn check(&self, errors: &mut FieldErrors) {
        errors.text("/text", &self.text, 1..=1000);
    }
}

/// The order, when this viewer sees any of it and the people behind it.
async fn seen(state: &AppState, viewer: &Viewer, id: OrderId) -> Result<Order, Problem> {
    state
        .db
        .read(move |conn| store::order(conn, id)?.map(|order| store::whole(conn, order)).transpose())
        .await
        .map_err(|error: db::Error| Problem::from(error))?
        .and_then(|whole| viewer.view(whole))
        .map(|whole| whole.order)
        .filter(|order| viewer.sees_people(order))
        .ok_or_else(Problem::not_found)
}

/// The order that this secret opens, while it is nobody's.
fn tracked(state: &AppState, secret: &str) -> Result<OrderId, Problem> {
    track::order_of(&state.signer, secret).ok_or_else(Problem::not_found)
}

async fn read(request: &HttpRequest, state: &AppState, id: OrderId, filter: PageQuery) -> Result<ApiResponse, Problem> {
    let list = format!("notes of {id}");
    let paging = Paging::<(Instant, NoteId)>::read(&state.signer, list, filter.limit, filter.cursor.as_deref())?;
    let seek = Seek { after: paging.after, limit: paging.rows_to_read() };
    let notes = state
        .db
        .read(move |conn| store::notes(conn, id, &seek))
        .await
        .map_err(|error: db::Error| Problem::from(error))?;
    let page = paging.page(&state.signer, notes, |note| (note.written_at, note.id), |note| NoteView::from(&note));
    Ok(page.answer(request.path(), request.query_string()).tagged())
}

async fn write(
    state: &AppState,
    key: Idempotency,
    scope: Scope,
    viewer: Viewer,
    id: OrderId,
    body: Body<NewNote>,
) -> Result<ApiResponse, Problem> {
    let (now, order) = (state.now(), seen(state, &viewer, id).await?);
    let text = body.value.text;
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let written = note::write_note(tx, now, &viewer, &order, &text)?;
        Ok::<_, db::Error>(
            ApiResponse::created(format!("/v1/orders/{id}/notes"), &NoteView::from(&written)).about_subject(id),
        )
    })
    .await
}

/// Lists the words between buyer and officers, oldest first.
#[utoipa::path(
    get, path = "/v1/orders/{id}/notes", tag = "orders", operation_id = "list_order_notes",
    params(("id" = OrderId, Path, description = "The order"), PageQuery),
    responses((status = 200, description = "A page of notes", body = Page<NoteView>)),
    security(("bearer" = [])),
)]
async fn list_notes(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<OrderId>,
    filter: Query<PageQuery>,
) -> Result<ApiResponse, Problem> {
    seen(&state, &Viewer::of(caller.roles), id.0).await?;
    read(&request, &state, id.0, filter.0).await
}

/// Writes a word under an order.
#[utoipa::path(
    post, path = "/v1/orders/{id}/notes", tag = "orders", operation_id = "write_order_note",
    request_body = NewNote,
    params(
        ("id" = OrderId, Path, description = "The order"),
    ),
    responses((status = 201, description = "Written", body = NoteView)),
    security(("bearer" = [])),
)]
async fn write_note(
    state: Data<AppState>,
    caller: Caller,
    key: Idempotency,
    id: PathIds<OrderId>,
    body: Body<NewNote>,
) -> Result<ApiResponse, Problem> {
    let scope = caller.person.scope();
    write(&state, key, scope, Viewer::of(caller.roles), id.0, body).await
}

/// Lists the words between a guest and the officers, oldest first.
#[utoipa::path(
    get, path = "/v1/track/{secret}/notes", tag = "orders", operation_id = "list_tracked_notes",
    params(("secret" = String, Path, description = "The secret of the order", max_length = 60), PageQuery),
    responses((status = 200, description = "A page of notes", body = Page<NoteView>)),
)]
async fn list_tracked_notes(
    request: HttpRequest,
    state: Data<AppState>,
    secret: PathIds<String>,
    filter: Query<PageQuery>,
) -> Result<ApiResponse, Problem> {
    let id = tracked(&state, &secret.0)?;
    let order = seen(&state, &Viewer::with_secret(), id).await?;
    if order.buyer.is_some() {
        return Err(Problem::not_found());
    }
    Ok(read(&request, &state, id, filter.0).await?.no_store())
}

/// Writes a guest's word under their order.
#[utoipa::path(
    post, path = "/v1/track/{secret}/notes", tag = "orders", operation_id = "write_tracked_note",
    request_body = NewNote,
    params(
        ("secret" = String, Path, description = "The secret of the order", max_length = 60),
    ),
    responses((status = 201, description = "Written", body = NoteView)),
)]
async fn write_tracked_note(
    state: Data<AppState>,
    key: Idempotency,
    secret: PathIds<String>,
    body: Body<NewNote>,
) -> Result<ApiResponse, Problem> {
    let id = tracked(&state, &secret.0)?;
    if seen(&state, &Viewer::with_secret(), id).await?.buyer.is_some() {
        return Err(Problem::not_found());
    }
    write(&state, key, Scope::guest(), Viewer::with_secret(), id, body).await
}
