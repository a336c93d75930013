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
mod cursor;
mod describe;
mod errors;
pub mod html;
pub mod idempotency;
mod language;
mod list;
pub mod middleware;
mod patch;
mod problem;
mod query;
pub mod rate_limit;
mod read;
mod routes;
mod serde_errors;
pub mod shutdown;
mod signer;
mod streaming;
pub mod table;
mod validation;
mod write;
mod xlsx;

pub use api_response::ApiResponse;
pub use app_state::AppState;
pub use body::{Body, BodyTimeout, Fingerprint, read_body};
pub use client_ids::ClientId;
pub use conditional::{IfMatch, StaleVersion};
pub use describe::{DescribeOperation, Description, PathPart};
pub(crate) use errors::verb_errors;
pub use idempotency::{IdempotencyKey, IdempotencyScope};
pub use list::{List, NoFilter, Page, PageQuery, Rows};
pub use patch::{Change, Patch};
pub use problem::{Code, Problem, ProblemDocument, Rule};
pub use query::{PathIds, Query};
pub use read::Read;
pub(crate) use routes::routes;
pub use routes::{Route, Routes, get_or_head, method_not_allowed};
pub use signer::Signer;
pub use streaming::stream_json;
pub use validation::{FieldError, FieldErrors, TextField, Validate};
pub use write::{KeyIgnored, KeyRequired, Write};
