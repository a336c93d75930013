//! What every route shares: answers and problems, bodies and queries, languages, idempotency, conditional
//! requests, paging, tables in several forms, and the table of routes from which both the server and its OpenAPI document are built.

pub mod address;
mod answer;
mod body;
mod checks;
mod conditional;
pub mod creation;
pub mod finish;
pub mod html;
pub mod idempotency;
mod language;
mod paging;
mod patch;
mod pieces;
mod problem;
mod query;
pub mod quota;
pub mod rate;
mod routes;
mod seal;
mod site;
pub mod stopping;
pub mod table;
mod xlsx;

pub use answer::Answer;
pub use body::{Body, BodyWithin, Fingerprint, collect};
pub use checks::{Checked, Fault, Faults};
pub use conditional::{IfMatch, StaleVersion};
pub use idempotency::{Idempotency, Scope};
pub use paging::{Page, PageQuery, Paging, Slice};
pub use patch::Patch;
pub use pieces::private_document;
pub use problem::{Code, Problem, ProblemDocument};
pub use query::{PathIds, Query};
pub(crate) use routes::routes;
pub use routes::{Route, Routes, only, reading};
pub use seal::Sealer;
pub use site::Site;
