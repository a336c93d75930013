//! The kinds of goods: for everyone. The public list itself is supply's, which knows what can be had.

use crate::catalogue::Category;
use crate::catalogue::views::CategoryView;
use crate::web::{ApiResponse, Routes, routes};

/// The route that asks for nobody.
pub(super) fn routes() -> Routes {
    routes![categories]
}

/// The categories, with their names.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
struct Categories {
    /// All of them.
    #[schema(max_items = 100)]
    data: Vec<CategoryView>,
}

/// The kinds of goods.
#[utoipa::path(
    get, path = "/v1/categories", tag = "catalogue", operation_id = "list_categories",
    responses(
        (status = 200, description = "All categories", body = Categories),
    ),
)]
async fn categories() -> ApiResponse {
    let data = Category::ALL.iter().copied().map(CategoryView::from).collect();
    ApiResponse::ok(&Categories { data }).public().tagged()
}
