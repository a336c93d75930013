//! Request bodies and queries of payments.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::kernel::Rupiah;
use crate::kernel::ids::{OrderId, PaymentId};
use crate::payments::new_payment::NewPayment;
use crate::payments::payment::{Method, PaymentAction, PaymentPurpose, Status};
use crate::web::{FieldError, FieldErrors, Rule, Validate};

/// A payment to record.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"method": "transfer", "purpose": "full", "amount": 75000}))]
pub(super) struct RecordPayment {
    /// Id chosen by the client, if any.
    #[schema(nullable = false)]
    pub(super) id: Option<PaymentId>,
    /// The payment method. Cash is recorded by an officer or the treasurer.
    method: Method,
    /// The purpose; derived from the amount if absent.
    #[schema(nullable = false)]
    purpose: Option<PaymentPurpose>,
    /// The amount in rupiah; the owed amount if absent.
    amount: Option<Rupiah>,
    /// The payment that is refunded.
    #[schema(nullable = false)]
    refunds: Option<PaymentId>,
    /// The payer's name, if it is not the buyer: a relative or an office.
    #[schema(max_length = 100)]
    payer: Option<String>,
    /// For `credit`: the overpaid order of the same buyer.
    #[schema(nullable = false)]
    from: Option<OrderId>,
}

impl Validate for RecordPayment {
    fn validate(&self, errors: &mut FieldErrors) {
        if let Some(amount) = self.amount {
            errors.check_range("/amount", amount.0, 1..=Rupiah::MAX_LINE.0);
        }
        let refund = self.purpose == Some(PaymentPurpose::Refund);
        errors.require(!refund || self.refunds.is_some(), "/refunds", FieldError::Required);
        errors.require(refund || self.refunds.is_none(), "/refunds", Rule::OnlyForRefunds);
        let credit = self.method.terms().is_credit;
        errors.require(!credit || self.from.is_some(), "/from", FieldError::Required);
        errors.require(credit || self.from.is_none(), "/from", Rule::OnlyForCredit);
        errors.require(!(credit && refund), "/purpose", Rule::OnlyForCredit);
        errors.check_line("/payer", &self.payer, 0..=100);
    }
}

impl RecordPayment {
    pub(super) fn new_payment(&self, id: PaymentId) -> NewPayment {
        NewPayment {
            id,
            method: self.method,
            purpose: self.purpose,
            amount: self.amount,
            refund_of: self.refunds,
            payer: self.payer.clone(),
            from: self.from,
        }
    }
}

/// A transition of a payment.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "reject", "reason": "Uang belum masuk ke rekening."}))]
pub(super) struct DecidePayment {
    /// The action.
    pub(super) action: TreasurerAction,
    /// The reason, for the payer.
    #[schema(max_length = 300)]
    pub(super) reason: Option<String>,
}

crate::kernel::text_enum::text_enum! {
    /// Actions of the treasurer.
    TreasurerAction {
        /// The money has arrived.
        Confirm = "confirm",
        /// The money has not arrived.
        Reject = "reject",
        /// Undo a mistaken confirmation: the money has not arrived.
        Reverse = "reverse",
    }
}

impl From<TreasurerAction> for PaymentAction {
    fn from(action: TreasurerAction) -> PaymentAction {
        match action {
            TreasurerAction::Confirm => PaymentAction::Confirm,
            TreasurerAction::Reject => PaymentAction::Reject,
            TreasurerAction::Reverse => PaymentAction::Reverse,
        }
    }
}

impl Validate for DecidePayment {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_line("/reason", &self.reason, 1..=300);
    }
}

/// Filter of a cooperative's payments.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct PaymentsFilter {
    /// The status; `pending` by default.
    #[param(inline)]
    pub(super) status: Option<Status>,
    /// Only cash that officers still hold; such payments are confirmed.
    #[param(example = false)]
    pub(super) held: Option<bool>,
}
