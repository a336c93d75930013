//! Notes between buyer and officers.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::views::NoteView;
use crate::cooperatives::Caller;
use crate::db;
use crate::kernel::Instant;
use crate::kernel::ids::{NoteId, OrderId};
use crate::orders::access::Viewer;
use crate::orders::order::Order;
use crate::orders::store::{self, Seek};
use crate::orders::{note, track};
use crate::web::{
    ApiResponse, AppState, Body, FieldErrors, IdempotencyKey, Page, PageQuery, Paging, PathIds, Problem, Query, Routes,
    Scope, Validate, routes,
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

/// The order, if the viewer sees it with its personal data.
async fn find_visible_order(state: &AppState, viewer: &Viewer, id: OrderId) -> Result<Order, Problem> {
    state
        .db
        .read(move |conn| {
            store::find_order(conn, id)?.map(|order| store::load_with_fulfilments(conn, order)).transpose()
        })
        .await
        .map_err(|error: db::Error| Problem::from(error))?
        .and_then(|whole| viewer.view(whole))
        .map(|whole| whole.order)
        .filter(|order| viewer.can_see_people(order))
        .ok_or_else(Problem::not_found)
}

/// The order id of this tracking secret.
fn order_of_secret(state: &AppState, secret: &str) -> Result<OrderId, Problem> {
    track::parse_tracking_secret(&state.signer, secret).ok_or_else(Problem::not_found)
}

async fn list_notes(
    request: &HttpRequest,
    state: &AppState,
    id: OrderId,
    filter: PageQuery,
) -> Result<ApiResponse, Problem> {
    let list = format!("notes of {id}");
    let paging = Paging::<(Instant, NoteId)>::read(&state.signer, list, filter.limit, filter.cursor.as_deref())?;
    let seek = Seek { after: paging.after, limit: paging.fetch_limit() };
    let notes = state
        .db
        .read(move |conn| store::list_notes(conn, id, &seek))
        .await
        .map_err(|error: db::Error| Problem::from(error))?;
    let page = paging.page(&state.signer, notes, |note| (note.written_at, note.id), |note| NoteView::from(&note));
    Ok(page.to_response(request.path(), request.query_string()).with_etag())
}

async fn create_note(
    state: &AppState,
    key: IdempotencyKey,
    scope: Scope,
    viewer: Viewer,
    id: OrderId,
    body: Body<NewNote>,
) -> Result<ApiResponse, Problem> {
    let (now, order) = (state.now(), find_visible_order(state, &viewer, id).await?);
    let text = body.value.text;
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let written = note::write_note(tx, now, &viewer, &order, &text)?;
        Ok::<_, db::Error>(
            ApiResponse::created(format!("/v1/orders/{id}/notes"), &NoteView::from(&written)).about_subject(id),
        )
    })
    .await
}

/// Lists the notes of an order, oldest first.
#[utoipa::path(get, path = "/v1/orders/{id}/notes", responses((status = 200, body = Page<NoteView>)))]
async fn list_order_notes(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<OrderId>,
    filter: Query<PageQuery>,
) -> Result<ApiResponse, Problem> {
    find_visible_order(&state, &Viewer::of(caller.roles), id.0).await?;
    list_notes(&request, &state, id.0, filter.0).await
}

/// Adds a note to an order.
#[utoipa::path(post, path = "/v1/orders/{id}/notes", responses((status = 201, body = NoteView)))]
async fn create_order_note(
    state: Data<AppState>,
    caller: Caller,
    key: IdempotencyKey,
    id: PathIds<OrderId>,
    body: Body<NewNote>,
) -> Result<ApiResponse, Problem> {
    let scope = caller.person.scope();
    create_note(&state, key, scope, Viewer::of(caller.roles), id.0, body).await
}

/// Lists the notes of a guest's order, oldest first.
#[utoipa::path(
    get, path = "/v1/track/{secret}/notes",
    params(("secret" = String, Path, description = "The secret of the order", max_length = 60)),
    responses((status = 200, body = Page<NoteView>)),
)]
async fn list_tracked_notes(
    request: HttpRequest,
    state: Data<AppState>,
    secret: PathIds<String>,
    filter: Query<PageQuery>,
) -> Result<ApiResponse, Problem> {
    let id = order_of_secret(&state, &secret.0)?;
    let order = find_visible_order(&state, &Viewer::with_secret(), id).await?;
    if order.buyer.is_some() {
        return Err(Problem::not_found());
    }
    Ok(list_notes(&request, &state, id, filter.0).await?.no_store())
}

/// Adds a guest's note to their order.
#[utoipa::path(
    post, path = "/v1/track/{secret}/notes",
    params(("secret" = String, Path, description = "The secret of the order", max_length = 60)),
    responses((status = 201, body = NoteView)),
)]
async fn create_tracked_note(
    state: Data<AppState>,
    key: IdempotencyKey,
    secret: PathIds<String>,
    body: Body<NewNote>,
) -> Result<ApiResponse, Problem> {
    let id = order_of_secret(&state, &secret.0)?;
    if find_visible_order(&state, &Viewer::with_secret(), id).await?.buyer.is_some() {
        return Err(Problem::not_found());
    }
    create_note(&state, key, Scope::guest(), Viewer::with_secret(), id, body).await
}
