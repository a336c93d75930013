//! The routes of categories and units, which are closed lists.

use super::views::{CategoryView, UnitView};
use crate::catalogue::{Category, Unit};
use crate::web::{ApiResponse, Routes, routes};

/// The routes of closed lists.
pub(super) fn routes() -> Routes {
    routes!["catalogue": list_categories, list_units]
}

/// All categories.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
struct Categories {
    /// The categories with their names.
    #[schema(max_items = 100)]
    data: Vec<CategoryView>,
}

/// All units.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
struct Units {
    /// The units with their names.
    #[schema(max_items = 100)]
    data: Vec<UnitView>,
}

/// Lists the product categories.
#[utoipa::path(get, path = "/v1/categories", responses((status = 200, body = Categories)))]
async fn list_categories() -> ApiResponse {
    let data = Category::ALL.iter().copied().map(CategoryView::from).collect();
    ApiResponse::ok(&Categories { data }).public().with_etag()
}

/// Lists the units that products are sold by.
#[utoipa::path(get, path = "/v1/units", responses((status = 200, body = Units)))]
async fn list_units() -> ApiResponse {
    let data = Unit::ALL.iter().copied().map(UnitView::from).collect();
    ApiResponse::ok(&Units { data }).public().with_etag()
}
