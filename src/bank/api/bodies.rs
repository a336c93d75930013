//! Request bodies of bank statements.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::bank::decide::LineDecision;
use crate::kernel::ids::{OrderId, PaymentId};
use crate::kernel::text_enum::text_enum;
use crate::web::{FieldError, FieldErrors, Validate};

/// Maximum size of a statement, in bytes.
const MAX_BYTES: usize = 60_000;

/// A bank statement to import.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"format": "BRI", "csv": "Tanggal,Keterangan,Debet,Kredit\n23/11/2026,TRF CONTOH SARI,,\"146,644.00\"\n"}))]
pub(super) struct ImportStatement {
    /// Name of the format.
    #[schema(min_length = 1, max_length = 40)]
    pub(super) format: String,
    /// The CSV file of the bank, at most 500 lines and 60,000 bytes.
    #[schema(min_length = 1, max_length = 60_000)]
    pub(super) csv: String,
}

impl Validate for ImportStatement {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_line("/format", &self.format, 1..=40);
        errors.check_length("/csv", self.csv.len(), 1..=MAX_BYTES);
    }
}

text_enum! {
    /// A decision on a statement line.
    LineAction {
        /// It is an awaited transfer.
        Match = "match",
        /// It is a transfer for an order.
        Assign = "assign",
        /// It is no payment of a buyer.
        Ignore = "ignore",
    }
}

/// A transition of a statement line.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "ignore"}))]
pub(super) struct DecideLine {
    /// The decision.
    action: LineAction,
    /// For `match`: the awaited transfer.
    #[schema(nullable = false)]
    payment: Option<PaymentId>,
    /// For `assign`: the order.
    #[schema(nullable = false)]
    order: Option<OrderId>,
}

impl Validate for DecideLine {
    fn validate(&self, errors: &mut FieldErrors) {
        let wants = |action| self.action == action;
        errors.require(!wants(LineAction::Match) || self.payment.is_some(), "/payment", FieldError::Required);
        errors.require(!wants(LineAction::Assign) || self.order.is_some(), "/order", FieldError::Required);
    }
}

impl DecideLine {
    pub(super) fn decision(&self) -> LineDecision {
        match (self.action, self.payment, self.order) {
            (LineAction::Match, Some(payment), _) => LineDecision::Payment(payment),
            (LineAction::Assign, _, Some(order)) => LineDecision::Order(order),
            _ => LineDecision::Nothing,
        }
    }
}
