//! The route of a batch's discards.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::load_visible_batch;
use super::views::DiscardView;
use crate::cooperatives::Caller;
use crate::kernel::ids::{BatchId, DiscardId};
use crate::supply::store;
use crate::web::{ApiResponse, AppState, Page, PageQuery, Paging, PathIds, Problem, Query, Routes, routes};

/// The routes of discards.
pub fn routes() -> Routes {
    routes!["supply": list_discards]
}

/// Lists the discards of a batch, with their reasons.
///
/// For the members of its group and the offices of its cooperative.
#[utoipa::path(get, path = "/v1/batches/{id}/discards", responses((status = 200, body = Page<DiscardView>)))]
async fn list_discards(
    state: Data<AppState>,
    caller: Caller,
    path: PathIds<BatchId>,
    request: HttpRequest,
    query: Query<PageQuery>,
) -> Result<ApiResponse, Problem> {
    let (PathIds(batch), Query(query)) = (path, query);
    let list = format!("discards {batch}");
    let paging = Paging::<DiscardId>::read(&state.signer, list, query.limit, query.cursor.as_deref())?;
    let (after, limit) = (paging.after, paging.fetch_limit());
    let discards = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let batch = load_visible_batch(conn, &caller, batch)?;
            Ok(store::list_discards(conn, batch.id, after, limit)?)
        })
        .await?;
    let page = paging.page(&state.signer, discards, |discard| discard.id, DiscardView::from);
    Ok(page.to_response(request.path(), request.query_string()))
}
