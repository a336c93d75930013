//! Request bodies of cash.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::cash::handover::HandoverAction;
use crate::kernel::Rupiah;
use crate::kernel::ids::{AccountId, PaymentId};
use crate::web::{FieldError, FieldErrors, Rule, Validate};

/// A handover to declare.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"note": "Hasil lapak Jumat"}))]
pub(super) struct DeclareHandover {
    /// The holder, for a treasurer who receives the cash at once; the caller by default.
    pub(super) holder: Option<AccountId>,
    /// The counted amount, for a treasurer who receives the cash at once.
    pub(super) counted: Option<Rupiah>,
    /// The payments; all whose cash the holder has by default.
    #[schema(min_items = 1, max_items = 200, nullable = false)]
    pub(super) payments: Option<Vec<PaymentId>>,
    /// A note.
    #[schema(max_length = 300)]
    pub(super) note: Option<String>,
}

impl Validate for DeclareHandover {
    fn validate(&self, errors: &mut FieldErrors) {
        if let Some(payments) = &self.payments {
            errors.check_length("/payments", payments.len(), 1..=200);
        }
        errors.check_range("/counted", self.counted.unwrap_or_default().0, 0..=Rupiah::MAX_LINE.0);
        errors.require(self.holder.is_some() == self.counted.is_some(), "/counted", Rule::HolderAndCounted);
        errors.check_line("/note", &self.note, 0..=300);
    }
}

/// A transition of a handover.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "receive", "counted": 152_000}))]
pub(super) struct TransitionHandover {
    /// The action.
    pub(super) action: HandoverAction,
    /// The counted amount, for `receive`.
    pub(super) counted: Option<Rupiah>,
}

impl Validate for TransitionHandover {
    fn validate(&self, errors: &mut FieldErrors) {
        let receives = self.action == HandoverAction::Receive;
        errors.require(!receives || self.counted.is_some(), "/counted", FieldError::Required);
        errors.check_range("/counted", self.counted.unwrap_or_default().0, 0..=Rupiah::MAX_LINE.0);
    }
}

/// A count of the cash box.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"counted": 1_250_000}))]
pub(super) struct CountCash {
    /// The counted amount, in rupiah.
    pub(super) counted: Rupiah,
    /// A note.
    #[schema(max_length = 300)]
    pub(super) note: Option<String>,
}

impl Validate for CountCash {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_range("/counted", self.counted.0, 0..=Rupiah::MAX_LINE.0);
        errors.check_line("/note", &self.note, 0..=300);
    }
}
