//! What clients send about capital.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::kernel::ids::{GroupId, MembershipId, ReceiptId};
use crate::kernel::{Day, Rupiah};
use crate::payouts::payout::{PaidFrom, PayoutAction, PayoutStatus};
use crate::payouts::plan::Asked;
use crate::payouts::receipt::{ReceiptStatus, Spent};
use crate::payouts::rule::EarningRule;
use crate::supply::ContributionKind;
use crate::web::{FieldErrors, Validate};

/// A group to be paid.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"group": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11", "from": "cash", "received_by": "Contoh Sari"}))]
pub(super) struct PayGroup {
    /// Which group.
    group: GroupId,
    /// The last business day that it settles; today when it is not said.
    #[schema(value_type = Option<String>, format = Date, max_length = 10, example = "2026-11-30", nullable = false)]
    until: Option<Day>,
    /// What of it pays ingredient advances of the cooperative back; as much as there is when it is not said.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 1_000_000_000_000_i64, example = 61_000)]
    advances: Option<Rupiah>,
    /// Where it is paid from.
    from: PaidFrom,
    /// Who of the group takes it.
    #[schema(max_length = 100)]
    received_by: Option<String>,
    /// What is worth remembering.
    #[schema(max_length = 300)]
    note: Option<String>,
}

impl Validate for PayGroup {
    fn check(&self, errors: &mut FieldErrors) {
        if let Some(advances) = self.advances {
            errors.range("/advances", advances.0, 0..=Rupiah::MAX_LINE.0);
        }
        if let Some(name) = &self.received_by {
            errors.line("/received_by", name, 0..=100);
        }
        if let Some(note) = &self.note {
            errors.line("/note", note, 0..=300);
        }
    }
}

impl PayGroup {
    pub(super) fn asked(self) -> Asked {
        Asked {
            group: self.group,
            until: self.until,
            advances: self.advances,
            from: self.from,
            received_by: self.received_by,
            note: self.note,
        }
    }
}

/// Whether it is only looked at.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DryRunQuery {
    /// With `true` nothing is written.
    #[param(example = true)]
    pub(super) dry_run: Option<bool>,
}

/// Which of a cooperative's payouts.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PayoutsQuery {
    /// Only of this group.
    pub(super) group: Option<GroupId>,
    /// Only those that stand so.
    #[param(inline)]
    pub(super) status: Option<PayoutStatus>,
    /// The page behind this cursor.
    #[param(max_length = 600)]
    pub(super) cursor: Option<String>,
    /// Rows on a page.
    #[param(minimum = 1, maximum = 100, example = 20)]
    pub(super) limit: Option<u32>,
}

/// A step of a payout.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "reverse", "reason": "Salah kelompok, uang sudah kembali."}))]
pub(super) struct StepPayout {
    /// What is done.
    pub(super) action: PayoutAction,
    /// Why.
    #[schema(min_length = 1, max_length = 300)]
    pub(super) reason: String,
}

impl Validate for StepPayout {
    fn check(&self, errors: &mut FieldErrors) {
        errors.line("/reason", &self.reason, 1..=300);
    }
}

/// What a member laid out for ingredients.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"membership": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11", "bought_on": "2026-11-23", "what": "Terigu 10 kg, wortel 3 kg", "amount": 61000}))]
pub(super) struct NoteReceipt {
    /// Who laid it out: a member of the group, with or without an account.
    membership: MembershipId,
    /// On which day; today when it is not said.
    #[schema(value_type = Option<String>, format = Date, max_length = 10, example = "2026-11-23", nullable = false)]
    bought_on: Option<Day>,
    /// For what.
    #[schema(min_length = 1, max_length = 300)]
    what: String,
    /// How much, in rupiah.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000_000_i64, example = 61_000)]
    amount: Rupiah,
}

impl Validate for NoteReceipt {
    fn check(&self, errors: &mut FieldErrors) {
        errors.line("/what", &self.what, 1..=300);
        errors.range("/amount", self.amount.0, 1..=Rupiah::MAX_LINE.0);
    }
}

impl NoteReceipt {
    pub(super) fn spent(&self, id: ReceiptId) -> Spent {
        Spent { id, member: self.membership, on: self.bought_on, what: self.what.clone(), amount: self.amount }
    }
}

crate::kernel::text_enum::text_enum! {
    /// A step of a receipt.
    ReceiptAction {
        /// It was noted by mistake.
        Void = "void",
    }
}

/// A step of a receipt.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "void"}))]
pub(super) struct StepReceipt {
    /// What is done.
    pub(super) action: ReceiptAction,
}

impl Validate for StepReceipt {
    fn check(&self, _: &mut FieldErrors) {}
}

/// Which receipts.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReceiptsQuery {
    /// Only those that stand so.
    #[param(inline)]
    pub(super) status: Option<ReceiptStatus>,
    /// The page behind this cursor.
    #[param(max_length = 600)]
    pub(super) cursor: Option<String>,
    /// Rows on a page.
    #[param(minimum = 1, maximum = 100, example = 20)]
    pub(super) limit: Option<u32>,
}

/// How a group divides what it earns.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"basis": "pieces", "fund_percent": 10}))]
pub(super) struct SetRule {
    /// By what its members' work counts: pieces (*borongan*) or hours (*HOK*).
    basis: ContributionKind,
    /// What of each payout goes to the group's fund (*kas kelompok*), in percent.
    #[schema(minimum = 0, maximum = 100)]
    fund_percent: i32,
}

impl Validate for SetRule {
    fn check(&self, errors: &mut FieldErrors) {
        errors.range("/fund_percent", self.fund_percent.into(), 0..=100);
    }
}

impl SetRule {
    pub(super) fn rule(self) -> EarningRule {
        EarningRule { basis: self.basis, fund_percent: self.fund_percent }
    }
}
