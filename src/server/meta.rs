//! What a client may want to know before anything else.

use serde::Serialize;
use utoipa::ToSchema;

use crate::web::{ApiResponse, Routes, routes};

/// The oldest release of the mobile app that this server still serves.
const MINIMUM_APP: &str = "1.0.0";

/// The service in a few lines.
#[derive(Debug, Serialize, ToSchema)]
pub struct MetaView {
    /// What this is.
    #[schema(max_length = 40, example = "lumbung")]
    pub name: &'static str,
    /// Its version.
    #[schema(max_length = 40, example = "0.1.0")]
    pub version: &'static str,
    /// The oldest app that is served; older ones should ask to be updated.
    #[schema(max_length = 40, example = "1.0.0")]
    pub minimum_app_version: &'static str,
    /// The currency of every amount.
    #[schema(max_length = 3, example = "IDR")]
    pub currency: &'static str,
    /// What is refused beyond these.
    pub limits: LimitsView,
}

/// The limits of a request.
#[derive(Debug, Serialize, ToSchema)]
pub struct LimitsView {
    /// Bytes of a JSON body.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub json_bytes: usize,
    /// Bytes of a photo.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub photo_bytes: usize,
    /// Rows on a page of a list.
    #[schema(minimum = 1, maximum = 100)]
    pub page_rows: usize,
    /// Items of a list within a body.
    #[schema(minimum = 1, maximum = 1000)]
    pub items: usize,
    /// Bytes of a query.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub query_bytes: usize,
}

/// The version of the service, of the apps it serves, and its limits.
#[utoipa::path(get, path = "/v1/meta", tag = "service", operation_id = "show_meta",
    responses((status = 200, description = "The service in a few lines", body = MetaView)))]
async fn show_meta() -> ApiResponse {
    ApiResponse::ok(&MetaView {
        name: "lumbung",
        version: env!("CARGO_PKG_VERSION"),
        minimum_app_version: MINIMUM_APP,
        currency: "IDR",
        limits: LimitsView {
            json_bytes: 64 * 1024,
            photo_bytes: 5 * 1024 * 1024,
            page_rows: 100,
            items: 200,
            query_bytes: 2048,
        },
    })
    .public()
}

/// The routes of the service itself.
pub(super) fn routes() -> Routes {
    routes![show_meta]
}
