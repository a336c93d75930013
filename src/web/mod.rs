//! Shared HTTP layer: responses and problems, bodies and queries, languages, idempotency, conditional requests,
//! pagination, CSV and spreadsheet output, and the table of routes from which the server and its OpenAPI document are
//! built.

pub mod address;
mod api_response;
mod app_state;
mod body;
mod cells;
pub mod client_ids;
mod conditional;
mod describe;
mod errors;
pub mod html;
pub mod idempotency;
mod language;
pub mod middleware;
mod paging;
mod patch;
mod problem;
mod query;
pub mod rate_limit;
mod routes;
pub mod shutdown;
mod signer;
mod streaming;
pub mod table;
mod validation;
mod xlsx;

pub use api_response::ApiResponse;
pub use app_state::AppState;
pub use body::{Body, BodyTimeout, Fingerprint, read_body};
pub use conditional::{IfMatch, StaleVersion};
pub use describe::{DescribeOperation, allow_bearer, require_bearer};
pub(crate) use errors::verb_errors;
pub use idempotency::{Idempotency, Scope};
pub use paging::{Page, PageQuery, Paging};
pub use patch::Patch;
pub use problem::{Code, Problem, ProblemDocument};
pub use query::{PathIds, Query};
pub(crate) use routes::routes;
pub use routes::{Route, Routes, get_or_head, method_not_allowed};
pub use signer::Signer;
pub use streaming::stream_json;
pub use validation::{FieldError, FieldErrors, Validate};
