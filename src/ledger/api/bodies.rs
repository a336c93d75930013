//! What clients send about the books.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::kernel::ids::GroupId;
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Rupiah};
use crate::ledger::account::Account;
use crate::ledger::by_hand::{ByHand, ByHandKind, Line};
use crate::ledger::closing::PeriodAction;
use crate::ledger::rules::Purse;
use crate::web::{FieldError, FieldErrors, Validate};

text_enum! {
    /// Where the treasurer takes money from and puts it.
    PurseName {
        /// Notes and coins.
        Cash = "cash",
        /// The bank account.
        Bank = "bank",
        /// With a payment service.
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

/// A line of an opening or a journal entry: either on the debit or on the credit side.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EntryLine {
    /// To which account.
    account: Account,
    /// How much, on the debit side.
    #[schema(minimum = 1)]
    debit: Option<Rupiah>,
    /// How much, on the credit side.
    #[schema(minimum = 1)]
    credit: Option<Rupiah>,
    /// About which group.
    group: Option<GroupId>,
}

/// What the treasurer enters. `amount` and `purse` for all kinds but `opening` and `journal`, which bring their lines.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "expense", "account": 5303, "amount": 20_000, "purse": "cash", "memo": "Bensin antar pesanan",
}))]
pub(super) struct EnterByHand {
    /// What it is.
    kind: ByHandKind,
    /// How much.
    #[schema(minimum = 1)]
    amount: Option<Rupiah>,
    /// What is bought, or where income comes from: `expense` and `income` only.
    account: Option<Account>,
    /// Where the money is taken from or put; the treasurer's cash when it is not said.
    #[schema(nullable = false)]
    purse: Option<PurseName>,
    /// Where money that only moves goes to: `moved` only.
    #[schema(nullable = false)]
    to: Option<PurseName>,
    /// What of a move goes to the bank or the payment service.
    #[schema(nullable = false)]
    fee: Option<Rupiah>,
    /// Which group: `advance` and `advance_repaid`; an `expense` may name one.
    group: Option<GroupId>,
    /// The lines: `opening` and `journal` only. What an opening leaves over is capital.
    #[schema(max_items = 100, nullable = false)]
    lines: Option<Vec<EntryLine>>,
    /// The business day; today when it is not said.
    #[schema(value_type = Option<String>, format = Date)]
    entered_on: Option<Day>,
    /// What is noted beside it.
    #[schema(max_length = 300)]
    memo: Option<String>,
}

impl Validate for EnterByHand {
    fn check(&self, errors: &mut FieldErrors) {
        let amount = |errors: &mut FieldErrors, pointer: &str, amount: Option<Rupiah>| {
            if let Some(amount) = amount {
                errors.range(pointer, amount.0, 0..=Rupiah::MAX_LINE.0);
            }
        };
        amount(errors, "/amount", self.amount);
        amount(errors, "/fee", self.fee);
        let lines = self.lines.as_deref().unwrap_or_default();
        errors.length("/lines", lines.len(), 0..=100);
        for (place, line) in lines.iter().enumerate().take(100) {
            amount(errors, &format!("/lines/{place}/debit"), line.debit);
            amount(errors, &format!("/lines/{place}/credit"), line.credit);
            let one = line.debit.is_some() != line.credit.is_some();
            errors.require(one, &format!("/lines/{place}/debit"), ONE_SIDE);
        }
        if let Some(memo) = &self.memo {
            errors.line("/memo", memo, 0..=300);
        }
    }
}

impl EnterByHand {
    pub(super) fn by_hand(self) -> ByHand {
        let line = |line: EntryLine| Line {
            account: line.account,
            amount: line.debit.unwrap_or_else(|| line.credit.unwrap_or_default().negated()),
            group: line.group,
        };
        ByHand {
            kind: self.kind,
            amount: self.amount.unwrap_or_default(),
            account: self.account,
            purse: self.purse.unwrap_or(PurseName::Cash).into(),
            to: self.to.map(Purse::from),
            fee: self.fee.unwrap_or_default(),
            group: self.group,
            lines: self.lines.unwrap_or_default().into_iter().map(line).collect(),
            on: self.entered_on,
            memo: self.memo,
        }
    }
}

/// Why an entry is reversed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"memo": "Salah akun"}))]
pub(super) struct ReverseEntry {
    /// Why.
    #[schema(max_length = 300)]
    pub(super) memo: Option<String>,
}

impl Validate for ReverseEntry {
    fn check(&self, errors: &mut FieldErrors) {
        if let Some(memo) = &self.memo {
            errors.line("/memo", memo, 0..=300);
        }
    }
}

/// A step of a month.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "close"}))]
pub(super) struct StepPeriod {
    /// Which step.
    pub(super) action: PeriodAction,
}

impl Validate for StepPeriod {
    fn check(&self, _: &mut FieldErrors) {}
}

/// An account of the cooperative's own: 1500-1599 something owned, 2500-2599 a debt, 3500-3599 capital, 4500-4599 an
/// income, 5500-5599 a cost.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"account": 5501, "name": "Sewa lapak"}))]
pub(super) struct OpenAccount {
    /// Its number.
    pub(super) account: Account,
    /// Its name.
    #[schema(min_length = 1, max_length = 100)]
    pub(super) name: String,
}

impl Validate for OpenAccount {
    fn check(&self, errors: &mut FieldErrors) {
        errors.require(self.account.is_own(), "/account", NOT_OWN);
        errors.line("/name", &self.name, 1..=100);
    }
}

const ONE_SIDE: FieldError = FieldError::Rule {
    code: "one-side",
    id: "Isilah debit atau kredit, salah satu saja.",
    en: "Fill in either debit or credit, not both.",
};
const NOT_OWN: FieldError = FieldError::Rule {
    code: "account-not-own",
    id: "Nomor akun sendiri: 1500-1599, 2500-2599, 3500-3599, 4500-4599, atau 5500-5599.",
    en: "Own accounts are numbered 1500-1599, 2500-2599, 3500-3599, 4500-4599 or 5500-5599.",
};
