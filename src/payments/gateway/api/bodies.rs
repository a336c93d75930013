//! Request bodies and queries of gateway charges.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::payments::gateway::review::ReviewAction;
use crate::web::{FieldErrors, Validate};

/// Filter and page of a cooperative's charges.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ChargesQuery {
    /// Only those that need a review.
    #[param(example = true)]
    pub(super) needs_review: Option<bool>,
    /// The `next` of the page before.
    #[param(max_length = 600)]
    pub(super) cursor: Option<String>,
    /// Page size, 1 to 100; 20 by default.
    #[param(minimum = 1, maximum = 100)]
    pub(super) limit: Option<u32>,
}

/// A transition of a charge that needs a review.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "accept"}))]
pub(super) struct ReviewCharge {
    /// The action.
    pub(super) action: ReviewAction,
}

impl Validate for ReviewCharge {
    fn validate(&self, _: &mut FieldErrors) {}
}
