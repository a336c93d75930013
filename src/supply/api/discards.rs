//! What was thrown away of a batch, and why.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::batch_of_insider;
use super::views::DiscardView;
use crate::cooperatives::Caller;
use crate::kernel::ids::{BatchId, DiscardId};
use crate::supply::store;
use crate::web::{ApiResponse, AppState, Page, PageQuery, Paging, PathIds, Problem, Query, Routes, routes};

/// The routes of discards.
pub fn routes() -> Routes {
    routes![list_discards]
}

/// What was thrown away or given away of a batch, and why: for the members of its group and the offices of its
/// cooperative.
#[utoipa::path(
    get, path = "/v1/batches/{id}/discards", tag = "supply", operation_id = "list_discards",
    params(("id" = BatchId, Path, description = "The batch"), PageQuery),
    responses(
        (status = 200, description = "A page of discards, in the order in which they were noted", body = Page<DiscardView>),
    ),
    security(("bearer" = [])),
)]
async fn list_discards(
    state: Data<AppState>,
    caller: Caller,
    path: PathIds<BatchId>,
    request: HttpRequest,
    query: Query<PageQuery>,
) -> Result<ApiResponse, Problem> {
    let (PathIds(batch), Query(wanted)) = (path, query);
    let list = format!("discards {batch}");
    let paging = Paging::<DiscardId>::read(&state.signer, list, wanted.limit, wanted.cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let discarded = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let batch = batch_of_insider(conn, &caller, batch)?;
            Ok(store::discards_of(conn, batch.id, after, rows)?)
        })
        .await?;
    let page = paging.page(&state.signer, discarded, |it| it.id, DiscardView::from);
    Ok(page.answer(request.path(), request.query_string()))
}
