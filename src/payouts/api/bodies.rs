//! Request bodies and queries of payouts.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::kernel::ids::{GroupId, MembershipId, ReceiptId};
use crate::kernel::{Day, Rupiah};
use crate::payouts::payout::{PaidFrom, PayoutAction, PayoutStatus};
use crate::payouts::plan::PayoutRequest;
use crate::payouts::receipt::{NewReceipt, ReceiptStatus};
use crate::payouts::rule::EarningRule;
use crate::supply::ContributionKind;
use crate::web::{FieldErrors, Validate};

/// A payout to a group.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"group": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11", "from": "cash", "received_by": "Contoh Sari"}))]
pub(super) struct PayGroup {
    /// The group.
    group: GroupId,
    /// The last business day that it settles; today by default.
    #[schema(nullable = false)]
    until: Option<Day>,
    /// The part that repays ingredient advances of the cooperative; as much as possible by default.
    advances: Option<Rupiah>,
    /// The source of the money.
    from: PaidFrom,
    /// The person of the group who receives it.
    #[schema(max_length = 100)]
    received_by: Option<String>,
    /// A note.
    #[schema(max_length = 300)]
    note: Option<String>,
}

impl Validate for PayGroup {
    fn validate(&self, errors: &mut FieldErrors) {
        if let Some(advances) = self.advances {
            errors.check_range("/advances", advances.0, 0..=Rupiah::MAX_LINE.0);
        }
        if let Some(name) = &self.received_by {
            errors.check_line("/received_by", name, 0..=100);
        }
        if let Some(note) = &self.note {
            errors.check_line("/note", note, 0..=300);
        }
    }
}

impl PayGroup {
    pub(super) fn to_request(&self) -> PayoutRequest {
        PayoutRequest {
            group: self.group,
            until: self.until,
            advances: self.advances,
            from: self.from,
            received_by: self.received_by.clone(),
            note: self.note.clone(),
        }
    }
}

/// Dry run.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct DryRunQuery {
    /// If `true`, nothing is written.
    #[param(example = true)]
    pub(super) dry_run: Option<bool>,
}

/// Filter of the list of payouts.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct PayoutFilter {
    /// Payouts to this group.
    pub(super) group: Option<GroupId>,
    /// Payouts with this status.
    #[param(inline)]
    pub(super) status: Option<PayoutStatus>,
}

/// A transition of a payout.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "reverse", "reason": "Salah kelompok, uang sudah kembali."}))]
pub(super) struct TransitionPayout {
    /// The transition.
    pub(super) action: PayoutAction,
    /// The reason.
    #[schema(min_length = 1, max_length = 300)]
    pub(super) reason: String,
}

impl Validate for TransitionPayout {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_line("/reason", &self.reason, 1..=300);
    }
}

/// A receipt for ingredients that a member paid for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"membership": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11", "bought_on": "2026-11-23", "what": "Terigu 10 kg, wortel 3 kg", "amount": 61000}))]
pub(super) struct CreateReceipt {
    /// The member of the group who paid, with or without an account.
    membership: MembershipId,
    /// The day of the purchase; today by default.
    #[schema(nullable = false)]
    bought_on: Option<Day>,
    /// The goods.
    #[schema(min_length = 1, max_length = 300)]
    what: String,
    /// The amount in rupiah.
    amount: Rupiah,
}

impl Validate for CreateReceipt {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_line("/what", &self.what, 1..=300);
        errors.check_range("/amount", self.amount.0, 1..=Rupiah::MAX_LINE.0);
    }
}

impl CreateReceipt {
    pub(super) fn to_receipt(&self, id: ReceiptId) -> NewReceipt {
        NewReceipt {
            id,
            member: self.membership,
            bought_on: self.bought_on,
            what: self.what.clone(),
            amount: self.amount,
        }
    }
}

crate::kernel::text_enum::text_enum! {
    /// Transition of a receipt.
    ReceiptAction {
        /// The receipt was recorded by mistake.
        Void = "void",
    }
}

/// A transition of a receipt.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "void"}))]
pub(super) struct TransitionReceipt {
    /// The transition.
    pub(super) action: ReceiptAction,
}

impl Validate for TransitionReceipt {}

/// Filter of the list of receipts.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct ReceiptFilter {
    /// Receipts with this status.
    #[param(inline)]
    pub(super) status: Option<ReceiptStatus>,
}

/// Rule by which a group divides its earnings.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"basis": "pieces", "fund_percent": 10}))]
pub(super) struct SetRule {
    /// The basis of the members' work: pieces (*borongan*) or hours (*HOK*).
    basis: ContributionKind,
    /// The percentage of each payout for the group's fund (*kas kelompok*).
    #[schema(minimum = 0, maximum = 100)]
    fund_percent: i32,
}

impl Validate for SetRule {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_range("/fund_percent", self.fund_percent.into(), 0..=100);
    }
}

impl SetRule {
    pub(super) fn to_rule(self) -> EarningRule {
        EarningRule { basis: self.basis, fund_percent: self.fund_percent }
    }
}
