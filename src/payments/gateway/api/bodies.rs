//! Request bodies and queries of gateway charges.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::payments::gateway::review::ReviewAction;
use crate::web::Validate;

/// Filter of a cooperative's charges.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct ChargesFilter {
    /// Only those that need a review.
    #[param(example = true)]
    pub(super) needs_review: Option<bool>,
}

/// A transition of a charge that needs a review.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "accept"}))]
pub(super) struct ReviewCharge {
    /// The action.
    pub(super) action: ReviewAction,
}

impl Validate for ReviewCharge {}
