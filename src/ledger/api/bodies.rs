//! Request bodies of the books.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::kernel::ids::GroupId;
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Rupiah};
use crate::ledger::account::LedgerAccount;
use crate::ledger::closing::PeriodAction;
use crate::ledger::manual_entry::{ManualEntry, ManualEntryKind, ManualLine};
use crate::ledger::rules::Purse;
use crate::web::{FieldErrors, Rule, Validate};

text_enum! {
    /// Where the treasurer's money is.
    PurseName {
        /// Cash box.
        Cash = "cash",
        /// Bank account.
        Bank = "bank",
        /// Balance with a payment service.
        Settlement = "settlement",
    }
}

impl From<PurseName> for Purse {
    fn from(name: PurseName) -> Purse {
        match name {
            PurseName::Cash => Purse::Cash,
            PurseName::Bank => Purse::Bank,
            PurseName::Settlement => Purse::Settlement,
        }
    }
}

/// A line of an opening or a journal entry: either `debit` or `credit`.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EntryLine {
    /// The account number.
    account: LedgerAccount,
    /// The amount on the debit side.
    #[schema(minimum = 1)]
    debit: Option<Rupiah>,
    /// The amount on the credit side.
    #[schema(minimum = 1)]
    credit: Option<Rupiah>,
    /// The group that the line is about.
    group: Option<GroupId>,
}

/// A manual entry. All kinds need `amount`, except `opening` and `journal`, which need `lines`.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "expense", "account": 5303, "amount": 20_000, "purse": "cash", "memo": "Bensin antar pesanan",
}))]
pub(super) struct CreateEntry {
    /// The kind.
    kind: ManualEntryKind,
    /// The amount.
    #[schema(minimum = 1)]
    amount: Option<Rupiah>,
    /// The expense or income account: `expense` and `income` only.
    account: Option<LedgerAccount>,
    /// The purse that pays or receives; `cash` by default.
    #[schema(nullable = false)]
    purse: Option<PurseName>,
    /// The receiving purse of a transfer: `moved` only.
    #[schema(nullable = false)]
    to: Option<PurseName>,
    /// The fee of a transfer, included in `amount`: `moved` only.
    #[schema(nullable = false)]
    fee: Option<Rupiah>,
    /// The group: required for `advance` and `advance_repaid`, optional for `expense`.
    group: Option<GroupId>,
    /// The lines: `opening` and `journal` only. The balance of an opening is posted to capital.
    #[schema(max_items = 100, nullable = false)]
    lines: Option<Vec<EntryLine>>,
    /// The business day; today by default.
    entered_on: Option<Day>,
    /// A note.
    #[schema(max_length = 300)]
    memo: Option<String>,
}

impl Validate for CreateEntry {
    fn validate(&self, errors: &mut FieldErrors) {
        let check_amount = |errors: &mut FieldErrors, pointer: &str, amount: Option<Rupiah>| {
            if let Some(amount) = amount {
                errors.check_range(pointer, amount.0, 0..=Rupiah::MAX_LINE.0);
            }
        };
        check_amount(errors, "/amount", self.amount);
        check_amount(errors, "/fee", self.fee);
        let lines = self.lines.as_deref().unwrap_or_default();
        errors.check_length("/lines", lines.len(), 0..=100);
        for (index, line) in lines.iter().enumerate().take(100) {
            check_amount(errors, &format!("/lines/{index}/debit"), line.debit);
            check_amount(errors, &format!("/lines/{index}/credit"), line.credit);
            let has_one_side = line.debit.is_some() != line.credit.is_some();
            errors.require(has_one_side, &format!("/lines/{index}/debit"), Rule::OneSide);
        }
        if let Some(memo) = &self.memo {
            errors.check_line("/memo", memo, 0..=300);
        }
    }
}

impl CreateEntry {
    pub(super) fn to_manual_entry(&self) -> ManualEntry {
        let line = |line: &EntryLine| ManualLine {
            account: line.account,
            amount: line.debit.unwrap_or_else(|| line.credit.unwrap_or_default().negated()),
            group: line.group,
        };
        ManualEntry {
            kind: self.kind,
            amount: self.amount.unwrap_or_default(),
            account: self.account,
            purse: self.purse.unwrap_or(PurseName::Cash).into(),
            to: self.to.map(Purse::from),
            fee: self.fee.unwrap_or_default(),
            group: self.group,
            lines: self.lines.iter().flatten().map(line).collect(),
            on: self.entered_on,
            memo: self.memo.clone(),
        }
    }
}

/// The reason of a reversal.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"memo": "Salah akun"}))]
pub(super) struct ReverseEntry {
    /// The reason.
    #[schema(max_length = 300)]
    pub(super) memo: Option<String>,
}

impl Validate for ReverseEntry {
    fn validate(&self, errors: &mut FieldErrors) {
        if let Some(memo) = &self.memo {
            errors.check_line("/memo", memo, 0..=300);
        }
    }
}

/// A transition of a month.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "close"}))]
pub(super) struct TransitionPeriod {
    /// The transition.
    pub(super) action: PeriodAction,
}

impl Validate for TransitionPeriod {}

/// An account of the cooperative's own: 1500-1599 assets, 2500-2599 liabilities, 3500-3599 capital, 4500-4599 income,
/// 5500-5599 expenses.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"account": 5501, "name": "Sewa lapak"}))]
pub(super) struct OpenAccount {
    /// The account number.
    pub(super) account: LedgerAccount,
    /// The name.
    #[schema(min_length = 1, max_length = 100)]
    pub(super) name: String,
}

impl Validate for OpenAccount {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.require(self.account.is_custom(), "/account", Rule::AccountNotCustom);
        errors.check_line("/name", &self.name, 1..=100);
    }
}
