//! The error of the cost use cases.

use crate::cooperatives::AccessError;
use crate::db;
use crate::web::{Code, FieldErrors, Problem};

/// Why a cost request failed.
#[derive(Debug, thiserror::Error)]
pub enum CostError {
    /// The caller has no access.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The input breaks validation rules.
    #[error("the input is invalid")]
    Invalid(FieldErrors),
    /// The group has reached the limit of ingredients.
    #[error("there are too many ingredients")]
    TooMany,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<CostError> for Problem {
    fn from(error: CostError) -> Self {
        match error {
            CostError::Access(error) => error.into(),
            CostError::Invalid(errors) => Problem::new(Code::BodyInvalid).with_field_errors(errors),
            CostError::TooMany => Problem::new(Code::TooManyIngredients),
            CostError::Db(error) => error.into(),
        }
    }
}
