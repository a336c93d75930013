//! The error of the cost use cases.

use crate::cooperatives::AccessError;
use crate::db;
use crate::web::{FieldErrors, Problem, verb_errors};

verb_errors! {
    /// Why a cost request failed.
    pub enum CostError {
        /// The input breaks validation rules.
        Invalid(errors: FieldErrors) => { Problem::invalid(errors) },
        /// The group has reached the limit of ingredients.
        TooMany => TooManyIngredients,
    }
    + Access(AccessError), Db(db::Error)
}
