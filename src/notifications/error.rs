//! Why an event has no letters.

use crate::db;

/// Why the letters of an event could not be composed.
#[derive(Debug, thiserror::Error)]
pub(super) enum DispatchError {
    #[error("a letter cannot be composed")]
    Template(#[from] minijinja::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}
