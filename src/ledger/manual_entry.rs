//! Entries that the treasurer makes manually.

use super::account::LedgerAccount;
use super::closing::require_open_month;
use super::entry::{Dimensions, Draft, Entry, NewPosting};
use super::error::LedgerError;
use super::events::{self, LedgerEvent};
use super::post::{PostingContext, post};
use super::rules::{self, Purse};
use super::store;
use crate::cooperatives::{self, CooperativePermit};
use crate::db::Tx;
use crate::kernel::ids::GroupId;
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Duration, Instant, Rupiah};
use crate::web::{FieldErrors, Rule};

text_enum! {
    /// Kind of a manual entry.
    ManualEntryKind {
        /// A purchase or a bill.
        Expense = "expense",
        /// Other income, a loan or a donation.
        Income = "income",
        /// A transfer between two purses of the cooperative.
        Transfer = "moved",
        /// An ingredient advance to a group.
        Advance = "advance",
        /// Repayment of an ingredient advance.
        AdvanceRepaid = "advance_repaid",
        /// Payment of collected delivery fees to a courier.
        CourierPaid = "delivery_paid",
        /// The balances from before these books.
        Opening = "opening",
        /// Any other balanced entry.
        Journal = "journal",
    }
}

/// One line of an opening or a journal entry: above zero on the debit side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ManualLine {
    /// The account.
    pub account: LedgerAccount,
    /// The amount; debits are above zero.
    pub amount: Rupiah,
    /// The group, when it concerns one.
    pub group: Option<GroupId>,
}

/// A manual entry. Each kind needs some of the fields and rejects the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManualEntry {
    /// The kind.
    pub kind: ManualEntryKind,
    /// The amount; zero for kinds with lines.
    pub amount: Rupiah,
    /// The expense or income account.
    pub account: Option<LedgerAccount>,
    /// The purse that pays or receives.
    pub purse: Purse,
    /// The receiving purse of a transfer.
    pub to: Option<Purse>,
    /// The fee of a transfer, included in the amount.
    pub fee: Rupiah,
    /// The group.
    pub group: Option<GroupId>,
    /// The lines of an opening or a journal entry.
    pub lines: Vec<ManualLine>,
    /// The business day; today if `None`.
    pub on: Option<Day>,
    /// A note.
    pub memo: Option<String>,
}

const MAX_BACKDATE: Duration = Duration::days(3660);

impl ManualEntry {
    /// Checks the fields that belong to the kind.
    fn validate(&self, errors: &mut FieldErrors) {
        use ManualEntryKind::{Advance, AdvanceRepaid, Expense, Income, Journal, Opening, Transfer};
        let has_lines = matches!(self.kind, Opening | Journal);
        if has_lines {
            self.validate_lines(errors);
        } else {
            errors.require(self.amount > Rupiah::ZERO, "/amount", Rule::Missing);
            errors.require(self.lines.is_empty(), "/lines", Rule::NotForThisKind);
        }
        let needs_account = matches!(self.kind, Expense | Income);
        errors.require(
            needs_account == self.account.is_some(),
            "/account",
            if needs_account { Rule::Missing } else { Rule::NotForThisKind },
        );
        if let Some(account) = self.account.filter(|_| needs_account) {
            // An expense account may also be equipment or a liability that is paid; an income account may be a loan.
            errors.require(account.can_post_manually() && !account.is_money(), "/account", Rule::AccountNotByHand);
        }
        let is_transfer = self.kind == Transfer;
        errors.require(
            is_transfer == self.to.is_some(),
            "/to",
            if is_transfer { Rule::Missing } else { Rule::NotForThisKind },
        );
        errors.require(self.to != Some(self.purse), "/to", Rule::SamePurse);
        errors.require(is_transfer || self.fee == Rupiah::ZERO, "/fee", Rule::NotForThisKind);
        errors.require(self.fee < self.amount || self.fee == Rupiah::ZERO, "/fee", Rule::FeeTooHigh);
        let needs_group = matches!(self.kind, Advance | AdvanceRepaid);
        errors.require(!needs_group || self.group.is_some(), "/group", Rule::Missing);
        let allows_group = needs_group || self.kind == Expense;
        errors.require(allows_group || self.group.is_none(), "/group", Rule::NotForThisKind);
    }

    fn validate_lines(&self, errors: &mut FieldErrors) {
        let min_lines = if self.kind == ManualEntryKind::Journal { 2 } else { 1 };
        errors.check_length("/lines", self.lines.len(), min_lines..=100);
        errors.require(self.amount == Rupiah::ZERO, "/amount", Rule::NotForThisKind);
        for (index, line) in self.lines.iter().enumerate() {
            // An opening may also contain the advances and payables of groups.
            let is_group_account = self.kind == ManualEntryKind::Opening
                && matches!(line.account, LedgerAccount::ADVANCES | LedgerAccount::PAYABLE_TO_GROUPS);
            let pointer = |field| format!("/lines/{index}/{field}");
            errors.require(
                is_group_account || line.account.can_post_manually(),
                &pointer("account"),
                Rule::AccountNotByHand,
            );
            errors.require(!is_group_account || line.group.is_some(), &pointer("group"), Rule::Missing);
            errors.require(line.amount != Rupiah::ZERO, &pointer("debit"), Rule::Missing);
        }
        let is_balanced = Rupiah::sum(self.lines.iter().map(|line| line.amount)).is_ok_and(|sum| sum == Rupiah::ZERO);
        errors.require(is_balanced || self.kind == ManualEntryKind::Opening, "/lines", Rule::Unbalanced);
    }

    fn draft(&self) -> Result<Draft, LedgerError> {
        let (amount, purse) = (self.amount, self.purse);
        let postings = || {
            let new_posting = |line: &ManualLine| NewPosting {
                account: line.account,
                amount: line.amount,
                dimensions: Dimensions { group: line.group, ..Dimensions::NONE },
            };
            self.lines.iter().map(new_posting).collect()
        };
        let missing = |pointer: &str| LedgerError::Invalid(FieldErrors::single(pointer, Rule::Missing));
        let account = || self.account.ok_or_else(|| missing("/account"));
        let group = || self.group.ok_or_else(|| missing("/group"));
        let draft = match self.kind {
            ManualEntryKind::Expense => rules::draft_expense(account()?, amount, purse, self.group),
            ManualEntryKind::Income => rules::draft_income(account()?, amount, purse),
            ManualEntryKind::Transfer => {
                rules::draft_transfer(purse, self.to.ok_or_else(|| missing("/to"))?, amount, self.fee)?
            }
            ManualEntryKind::Advance => rules::draft_advance(group()?, amount, purse),
            ManualEntryKind::AdvanceRepaid => rules::draft_advance_repayment(group()?, amount, purse),
            ManualEntryKind::CourierPaid => rules::draft_delivery_payment(amount, purse),
            ManualEntryKind::Opening => rules::draft_opening(postings())?,
            ManualEntryKind::Journal => rules::draft_journal(postings()),
        };
        Ok(draft.with_memo(self.memo.as_deref()))
    }
}

/// Records a manual entry. Locks the cooperative, so that no month is closed and nothing is repaid twice concurrently.
pub fn enter(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    manual: &ManualEntry,
) -> Result<Entry, LedgerError> {
    let mut errors = FieldErrors::default();
    manual.validate(&mut errors);
    let today = cooperatives::load_zone(tx, permit.cooperative)?.day_of(now);
    let on = manual.on.unwrap_or(today);
    errors.require(on <= today, "/entered_on", Rule::DayInFuture);
    errors.require(today.signed_duration_since(on) <= MAX_BACKDATE, "/entered_on", Rule::TooLongAgo);
    check_references(tx, permit, manual, &mut errors)?;
    if !errors.is_empty() {
        return Err(LedgerError::Invalid(errors));
    }
    store::lock_cooperative(tx, permit.cooperative)?;
    require_open_month(tx, permit.cooperative, on)?;
    if manual.kind == ManualEntryKind::Opening && store::has_opening(tx, permit.cooperative)? {
        return Err(LedgerError::OpeningExists);
    }
    let held = match (manual.kind, manual.group) {
        (ManualEntryKind::AdvanceRepaid, Some(group)) => {
            Some(store::load_group_balance(tx, group, LedgerAccount::ADVANCES)?)
        }
        (ManualEntryKind::CourierPaid, _) => {
            Some(store::load_balance(tx, permit.cooperative, LedgerAccount::DELIVERY_FEES)?.negated())
        }
        _ => None,
    };
    if let Some(held) = held.filter(|held| manual.amount > *held) {
        return Err(LedgerError::MoreThanHeld(held.max(Rupiah::ZERO)));
    }
    let booking = PostingContext { cooperative: permit.cooperative, on, by: Some(permit.account) };
    let entry = post(tx, now, &booking, &manual.draft()?)?;
    let entry = entry.ok_or_else(|| LedgerError::Invalid(FieldErrors::single("/lines", Rule::Missing)))?;
    let event = LedgerEvent::Entered { entry: entry.id, kind: entry.kind }.about(entry.id);
    events::record(tx, now, &event.by(permit.account).in_cooperative(permit.cooperative))?;
    Ok(entry)
}

/// Checks that custom accounts are open and that groups belong to the cooperative.
fn check_references(
    tx: &mut Tx<'_>,
    permit: &CooperativePermit,
    manual: &ManualEntry,
    errors: &mut FieldErrors,
) -> Result<(), LedgerError> {
    let custom: Vec<LedgerAccount> =
        store::list_custom_accounts(tx, permit.cooperative)?.into_iter().map(|custom| custom.account).collect();
    let exists = |account: LedgerAccount| !account.is_custom() || custom.contains(&account);
    errors.require(manual.account.is_none_or(exists), "/account", Rule::UnknownReference);
    for (index, line) in manual.lines.iter().enumerate() {
        errors.require(exists(line.account), &format!("/lines/{index}/account"), Rule::UnknownReference);
        if let Some(group) = line.group {
            let is_own_group = store::has_group(tx, permit.cooperative, group)?;
            errors.require(is_own_group, &format!("/lines/{index}/group"), Rule::UnknownReference);
        }
    }
    if let Some(group) = manual.group {
        errors.require(store::has_group(tx, permit.cooperative, group)?, "/group", Rule::UnknownReference);
    }
    Ok(())
}
