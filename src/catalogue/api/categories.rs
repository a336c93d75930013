//! The route of categories. The public product list belongs to `supply`, which knows availability.

use super::views::CategoryView;
use crate::catalogue::Category;
use crate::web::{ApiResponse, Routes, routes};

/// The public routes.
pub(super) fn routes() -> Routes {
    routes!["catalogue": list_categories]
}

/// All categories.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
struct Categories {
    /// The categories with their names.
    #[schema(max_items = 100)]
    data: Vec<CategoryView>,
}

/// Lists the product categories.
#[utoipa::path(get, path = "/v1/categories", responses((status = 200, body = Categories)))]
async fn list_categories() -> ApiResponse {
    let data = Category::ALL.iter().copied().map(CategoryView::from).collect();
    ApiResponse::ok(&Categories { data }).public().with_etag()
}
