//! What clients send about cash.

use serde::Deserialize;
use utoipa::ToSchema;

use super::handover::HandoverAction;
use crate::kernel::Rupiah;
use crate::kernel::ids::{AccountId, PaymentId};
use crate::web::{FieldError, FieldErrors, Validate};

/// Cash that is handed over.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"note": "Hasil lapak Jumat"}))]
pub(super) struct DeclareHandover {
    /// Whose cash it is; for the treasurer, who takes it in at once. The caller's own when it is not said.
    pub(super) holder: Option<AccountId>,
    /// What the treasurer has counted, who takes it in at once.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 1_000_000_000_000_i64, example = 152_000)]
    pub(super) counted: Option<Rupiah>,
    /// Which payments; all whose cash they hold when it is not said.
    #[schema(min_items = 1, max_items = 200, nullable = false)]
    pub(super) payments: Option<Vec<PaymentId>>,
    /// What is worth remembering.
    #[schema(max_length = 300)]
    pub(super) note: Option<String>,
}

impl Validate for DeclareHandover {
    fn check(&self, errors: &mut FieldErrors) {
        if let Some(payments) = &self.payments {
            errors.length("/payments", payments.len(), 1..=200);
        }
        if let Some(counted) = self.counted {
            errors.range("/counted", counted.0, 0..=Rupiah::MAX_LINE.0);
        }
        errors.require(self.holder.is_some() == self.counted.is_some(), "/counted", BOTH);
        if let Some(note) = &self.note {
            errors.line("/note", note, 0..=300);
        }
    }
}

/// A step of a handover.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "receive", "counted": 152_000}))]
pub(super) struct StepHandover {
    /// Which step.
    pub(super) action: HandoverAction,
    /// What the treasurer counted; to receive it.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 1_000_000_000_000_i64)]
    pub(super) counted: Option<Rupiah>,
}

impl Validate for StepHandover {
    fn check(&self, errors: &mut FieldErrors) {
        let receives = self.action == HandoverAction::Receive;
        errors.require(!receives || self.counted.is_some(), "/counted", FieldError::Required);
        if let Some(counted) = self.counted {
            errors.range("/counted", counted.0, 0..=Rupiah::MAX_LINE.0);
        }
    }
}

/// What is in the cash box.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"counted": 1_250_000}))]
pub(super) struct CountCash {
    /// Notes and coins, in rupiah.
    #[schema(value_type = i64, minimum = 0, maximum = 1_000_000_000_000_i64, example = 1_250_000)]
    pub(super) counted: Rupiah,
    /// What is worth remembering.
    #[schema(max_length = 300)]
    pub(super) note: Option<String>,
}

impl Validate for CountCash {
    fn check(&self, errors: &mut FieldErrors) {
        errors.range("/counted", self.counted.0, 0..=Rupiah::MAX_LINE.0);
        if let Some(note) = &self.note {
            errors.line("/note", note, 0..=300);
        }
    }
}

const BOTH: FieldError = FieldError::Rule {
    code: "holder-and-counted",
    id: "Bendahara yang menerima langsung mengisi pemegang dan jumlah yang dihitung.",
    en: "A treasurer who takes cash in at once says whose it is and what was counted.",
};
