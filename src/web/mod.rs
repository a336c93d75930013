//! What every route shares: answers and problems, bodies and queries, languages, idempotency, conditional
//! requests, paging, tables in several forms, and the table of routes from which both the server and its OpenAPI document are built.

pub mod address;
mod api_response;
mod app_state;
mod body;
pub mod client_ids;
mod conditional;
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
pub use body::{Body, BodyWithin, Fingerprint, collect};
pub use conditional::{IfMatch, StaleVersion};
pub use idempotency::{Idempotency, Scope};
pub use paging::{Page, PageQuery, Paging, Slice};
pub use patch::Patch;
pub use problem::{Code, Problem, ProblemDocument};
pub use query::{PathIds, Query};
pub(crate) use routes::routes;
pub use routes::{Route, Routes, only, reading};
pub use signer::Signer;
pub use streaming::private_document;
pub use validation::{FieldError, FieldErrors, Validate};
