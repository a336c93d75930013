//! What clients send about statements.

use serde::Deserialize;
use utoipa::ToSchema;

use super::decide::Decision;
use super::mapping::Mapping;
use crate::kernel::ids::{OrderId, PaymentId};
use crate::kernel::text_enum::text_enum;
use crate::web::{FieldError, FieldErrors, Validate};

impl Validate for Mapping {
    fn check(&self, errors: &mut FieldErrors) {
        Mapping::check(self, errors);
    }
}

/// The most bytes of a statement at once.
const MOST_BYTES: usize = 60_000;

/// A statement of a bank.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"format": "BRI", "csv": "Tanggal,Keterangan,Debet,Kredit\n23/11/2026,TRF CONTOH SARI,,\"146,644.00\"\n"}))]
pub(super) struct BringStatement {
    /// By which mapping it is read.
    #[schema(min_length = 1, max_length = 40)]
    pub(super) format: String,
    /// The file as the bank gave it, at most 500 lines and 60,000 bytes.
    #[schema(min_length = 1, max_length = 60_000)]
    pub(super) csv: String,
}

impl Validate for BringStatement {
    fn check(&self, errors: &mut FieldErrors) {
        errors.line("/format", &self.format, 1..=40);
        errors.length("/csv", self.csv.len(), 1..=MOST_BYTES);
    }
}

text_enum! {
    /// What is decided of a line.
    LineAction {
        /// It is an awaited transfer.
        Match = "match",
        /// It is a transfer for an order.
        Assign = "assign",
        /// It is no buyer's payment.
        Ignore = "ignore",
    }
}

/// What a line is.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "ignore"}))]
pub(super) struct DecideLine {
    /// What is decided.
    action: LineAction,
    /// Which awaited transfer: `match` only.
    #[schema(nullable = false)]
    payment: Option<PaymentId>,
    /// For which order: `assign` only.
    #[schema(nullable = false)]
    order: Option<OrderId>,
}

impl Validate for DecideLine {
    fn check(&self, errors: &mut FieldErrors) {
        let wants = |action| self.action == action;
        errors.require(!wants(LineAction::Match) || self.payment.is_some(), "/payment", FieldError::Required);
        errors.require(!wants(LineAction::Assign) || self.order.is_some(), "/order", FieldError::Required);
    }
}

impl DecideLine {
    pub(super) fn decision(&self) -> Decision {
        match (self.action, self.payment, self.order) {
            (LineAction::Match, Some(payment), _) => Decision::Payment(payment),
            (LineAction::Assign, _, Some(order)) => Decision::Order(order),
            _ => Decision::Nothing,
        }
    }
}
