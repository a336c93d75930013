//! Metadata of the service for clients.

use serde::Serialize;
use utoipa::ToSchema;

use crate::web::{ApiResponse, Routes, routes};

const MINIMUM_APP_VERSION: &str = "1.0.0";

/// Metadata of the service.
#[derive(Debug, Serialize, ToSchema)]
pub struct MetaView {
    /// The name of the service.
    #[schema(max_length = 40, example = "lumbung")]
    pub name: &'static str,
    /// The version of the service.
    #[schema(max_length = 40, example = "0.1.0")]
    pub version: &'static str,
    /// The oldest supported version of the app; older ones should ask for an update.
    #[schema(max_length = 40, example = "1.0.0")]
    pub minimum_app_version: &'static str,
    /// The currency of every amount.
    #[schema(max_length = 3, example = "IDR")]
    pub currency: &'static str,
    /// The limits of requests.
    pub limits: LimitsView,
}

/// The limits of requests.
#[derive(Debug, Serialize, ToSchema)]
pub struct LimitsView {
    /// The largest JSON body in bytes.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub json_bytes: usize,
    /// The largest photo in bytes.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub photo_bytes: usize,
    /// The most rows on a page of a list.
    #[schema(minimum = 1, maximum = 100)]
    pub page_rows: usize,
    /// The most items of a list in a body.
    #[schema(minimum = 1, maximum = 1000)]
    pub items: usize,
    /// The longest query string in bytes.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub query_bytes: usize,
}

/// Returns the versions of the service and of the supported apps, and the limits.
#[utoipa::path(get, path = "/v1/meta", responses((status = 200, body = MetaView)))]
async fn get_meta() -> ApiResponse {
    ApiResponse::ok(&MetaView {
        name: "lumbung",
        version: env!("CARGO_PKG_VERSION"),
        minimum_app_version: MINIMUM_APP_VERSION,
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
    routes!["service": get_meta]
}
