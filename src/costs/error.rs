//! Why costs are not noted.

use crate::cooperatives::AccessError;
use crate::db;
use crate::web::{Code, FieldErrors, Problem};

/// Why costs are not noted.
#[derive(Debug, thiserror::Error)]
pub enum CostError {
    /// The caller may not, or may not even know.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// What was sent does not hold together.
    #[error("what was sent does not hold together")]
    Faulty(FieldErrors),
    /// The group has as many ingredients as it may.
    #[error("there are too many ingredients")]
    TooMany,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<CostError> for Problem {
    fn from(error: CostError) -> Self {
        match error {
            CostError::Access(denied) => denied.into(),
            CostError::Faulty(errors) => Problem::new(Code::BodyInvalid).with_faults(errors),
            CostError::TooMany => Problem::new(Code::TooManyIngredients),
            CostError::Db(error) => error.into(),
        }
    }
}
