//! The route of one product: for everyone while it is on sale, for its group's members and its cooperative's offices
//! always.

use actix_web::web::Data;

use super::views::ProductView;
use crate::catalogue::access::internal_view;
use crate::catalogue::{ProductStatus, store};
use crate::cooperatives::OptionalCaller;
use crate::db;
use crate::kernel::Language;
use crate::kernel::ids::ProductId;
use crate::web::{ApiResponse, AppState, PathIds, Problem, Routes, routes, verb_errors};

/// The route of one product.
pub(super) fn routes() -> Routes {
    routes!["catalogue": get_product]
}

/// Returns a product.
///
/// Everyone gets products on sale; the group's members and the cooperative's offices get products of every status, with
/// the internal members.
#[utoipa::path(
    get, path = "/v1/products/{id}",
    responses((status = 200, body = ProductView), (status = 410, description = "No longer sold")),
)]
async fn get_product(
    state: Data<AppState>,
    caller: OptionalCaller,
    language: Language,
    path: PathIds<ProductId>,
) -> Result<ApiResponse, Problem> {
    let (PathIds(id), now) = (path, state.now());
    let response = state.db.read::<_, ViewError, _>(move |conn| {
        let product = store::find_of_any_status(conn, id)?.ok_or(ViewError::NotFound)?;
        if let Some(internal) = internal_view(&caller.roles, &product, language, now) {
            let view = ProductView::load(conn, product, Some(&internal))?;
            return Ok(ApiResponse::ok(&view).with_version(view.version));
        }
        let retired = product.status == ProductStatus::Retired && product.published_at.is_some();
        let product = store::find(conn, id)?.ok_or(if retired { ViewError::Retired } else { ViewError::NotFound })?;
        let view = ProductView::load(conn, product, None)?;
        Ok(ApiResponse::ok(&view).with_version(view.version).public())
    });
    Ok(response.await?)
}

verb_errors! {
    enum ViewError {
        NotFound => NotFound,
        Retired => ProductRetired,
    }
    + Db(db::Error)
}
