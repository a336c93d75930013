//! The route of a batch's discards.

use super::load_batch;
use super::views::DiscardView;
use crate::cooperatives::Caller;
use crate::kernel::ids::{BatchId, DiscardId};
use crate::supply::store;
use crate::web::{ApiResponse, List, Page, PathIds, Problem, Routes, routes};

/// The routes of discards.
pub fn routes() -> Routes {
    routes!["supply": list_discards]
}

/// Lists the discards of a batch, with their reasons.
///
/// For the members of its group and the offices of its cooperative.
#[utoipa::path(get, path = "/v1/batches/{id}/discards", responses((status = 200, body = Page<DiscardView>)))]
async fn list_discards(list: List<DiscardId>, caller: Caller, id: PathIds<BatchId>) -> Result<ApiResponse, Problem> {
    let rows = list.read(move |conn, list| {
        let batch = load_batch(conn, &caller, id.0)?;
        Ok(store::list_discards(conn, batch.id, list.after, list.limit)?)
    });
    Ok(rows.await?.answer(|discard| discard.id, DiscardView::from))
}
