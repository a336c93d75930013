//! What the treasurer enters by hand.

use super::account::Account;
use super::closing::check_open;
use super::entry::{About, Draft, Entry, Leg};
use super::error::LedgerError;
use super::post::{Booking, post};
use super::rules::{self, Purse};
use super::store;
use crate::cooperatives::CooperativePermit;
use crate::db::Tx;
use crate::events::{self, Event};
use crate::kernel::ids::GroupId;
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Duration, Instant, Rupiah};
use crate::web::{FieldError, FieldErrors};

text_enum! {
    /// What is entered by hand.
    ByHandKind {
        /// Something was bought or paid for.
        Expense = "expense",
        /// Something else was earned, borrowed or given.
        Income = "income",
        /// Money went from one place to another.
        Moved = "moved",
        /// A group gets money for ingredients.
        Advance = "advance",
        /// A group pays such money back.
        AdvanceRepaid = "advance_repaid",
        /// Who brought goods gets the fee for it.
        DeliveryPaid = "delivery_paid",
        /// What stood in the books before these.
        Opening = "opening",
        /// Anything else.
        Journal = "journal",
    }
}

/// One line of an opening or a journal entry: above zero on the debit side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// To which account.
    pub account: Account,
    /// How much.
    pub amount: Rupiah,
    /// About which group.
    pub group: Option<GroupId>,
}

/// What the treasurer enters. Each kind needs some of the fields and takes no others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByHand {
    /// What it is.
    pub kind: ByHandKind,
    /// How much; the lines say it for themselves.
    pub amount: Rupiah,
    /// What it is spent on or comes from.
    pub account: Option<Account>,
    /// Where the money is taken from or put.
    pub purse: Purse,
    /// Where it goes to, when it only moves.
    pub to: Option<Purse>,
    /// What of it the move costs.
    pub fee: Rupiah,
    /// Which group.
    pub group: Option<GroupId>,
    /// The lines of an opening or a journal entry.
    pub lines: Vec<Line>,
    /// The business day; today when unsaid.
    pub on: Option<Day>,
    /// What is noted beside it.
    pub memo: Option<String>,
}

/// How far back an entry may be dated.
const LONGEST_AGO: Duration = Duration::days(3660);

impl ByHand {
    /// What is wrong with it by itself.
    pub(super) fn errors(&self, errors: &mut FieldErrors) {
        use ByHandKind::{Advance, AdvanceRepaid, Expense, Income, Journal, Moved, Opening};
        let by_lines = matches!(self.kind, Opening | Journal);
        if by_lines {
            self.faults_of_lines(errors);
        } else {
            errors.require(self.amount > Rupiah::ZERO, "/amount", MISSING);
            errors.require(self.lines.is_empty(), "/lines", NOT_HERE);
        }
        let takes_account = matches!(self.kind, Expense | Income);
        errors.require(
            takes_account == self.account.is_some(),
            "/account",
            if takes_account { MISSING } else { NOT_HERE },
        );
        if let Some(account) = self.account.filter(|_| takes_account) {
            // An expense is a cost, or something that lasts, or a debt that is paid; income is the other way round.
            errors.require(account.takes_postings_by_hand() && !account.is_money(), "/account", NOT_BY_HAND);
        }
        let moves = self.kind == Moved;
        errors.require(moves == self.to.is_some(), "/to", if moves { MISSING } else { NOT_HERE });
        errors.require(self.to != Some(self.purse), "/to", SAME_PURSE);
        errors.require(moves || self.fee == Rupiah::ZERO, "/fee", NOT_HERE);
        errors.require(self.fee < self.amount || self.fee == Rupiah::ZERO, "/fee", FEE_TOO_HIGH);
        let needs_group = matches!(self.kind, Advance | AdvanceRepaid);
        errors.require(!needs_group || self.group.is_some(), "/group", MISSING);
        let may_name_group = needs_group || self.kind == Expense;
        errors.require(may_name_group || self.group.is_none(), "/group", NOT_HERE);
    }

    fn faults_of_lines(&self, errors: &mut FieldErrors) {
        let least = if self.kind == ByHandKind::Journal { 2 } else { 1 };
        errors.length("/lines", self.lines.len(), least..=100);
        errors.require(self.amount == Rupiah::ZERO, "/amount", NOT_HERE);
        for (place, line) in self.lines.iter().enumerate() {
            // An opening also brings in what groups owe and are owed.
            let of_groups =
                self.kind == ByHandKind::Opening && matches!(line.account, Account::ADVANCES | Account::OWED_TO_GROUPS);
            let at = |field| format!("/lines/{place}/{field}");
            errors.require(of_groups || line.account.takes_postings_by_hand(), &at("account"), NOT_BY_HAND);
            errors.require(!of_groups || line.group.is_some(), &at("group"), MISSING);
            errors.require(line.amount != Rupiah::ZERO, &at("debit"), MISSING);
        }
        let balances = Rupiah::sum(self.lines.iter().map(|line| line.amount)).is_ok_and(|sum| sum == Rupiah::ZERO);
        errors.require(balances || self.kind == ByHandKind::Opening, "/lines", UNBALANCED);
    }

    fn draft(&self) -> Result<Draft, LedgerError> {
        let (amount, purse) = (self.amount, self.purse);
        let legs = || {
            let leg = |line: &Line| Leg {
                account: line.account,
                amount: line.amount,
                about: About { group: line.group, ..About::NOTHING },
            };
            self.lines.iter().map(leg).collect()
        };
        let missing = |pointer: &str| LedgerError::Faulty(FieldErrors::one(pointer, MISSING));
        let account = || self.account.ok_or_else(|| missing("/account"));
        let group = || self.group.ok_or_else(|| missing("/group"));
        let draft = match self.kind {
            ByHandKind::Expense => rules::expense(account()?, amount, purse, self.group),
            ByHandKind::Income => rules::income(account()?, amount, purse),
            ByHandKind::Moved => rules::moved(purse, self.to.ok_or_else(|| missing("/to"))?, amount, self.fee)?,
            ByHandKind::Advance => rules::advance(group()?, amount, purse),
            ByHandKind::AdvanceRepaid => rules::advance_repaid(group()?, amount, purse),
            ByHandKind::DeliveryPaid => rules::delivery_paid(amount, purse),
            ByHandKind::Opening => rules::opening(legs())?,
            ByHandKind::Journal => rules::journal(legs()),
        };
        Ok(draft.noting(self.memo.as_deref()))
    }
}

/// Enters it. The cooperative's row is held, so that no month is closed and nothing repaid twice meanwhile.
pub fn enter(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    by_hand: &ByHand,
) -> Result<Entry, LedgerError> {
    let mut errors = FieldErrors::default();
    by_hand.errors(&mut errors);
    let today = store::zone_of(tx, permit.cooperative)?.day_of(now);
    let on = by_hand.on.unwrap_or(today);
    errors.require(on <= today, "/entered_on", IN_FUTURE);
    errors.require(today.signed_duration_since(on) <= LONGEST_AGO, "/entered_on", TOO_LONG_AGO);
    known(tx, permit, by_hand, &mut errors)?;
    if !errors.is_empty() {
        return Err(LedgerError::Faulty(errors));
    }
    store::hold_cooperative(tx, permit.cooperative)?;
    check_open(tx, permit.cooperative, on)?;
    if by_hand.kind == ByHandKind::Opening && store::has_opening(tx, permit.cooperative)? {
        return Err(LedgerError::OpenedAlready);
    }
    let held = match (by_hand.kind, by_hand.group) {
        (ByHandKind::AdvanceRepaid, Some(group)) => Some(store::balance_of_group(tx, group, Account::ADVANCES)?),
        (ByHandKind::DeliveryPaid, _) => {
            Some(store::balance(tx, permit.cooperative, Account::DELIVERY_FEES)?.negated())
        }
        _ => None,
    };
    if let Some(held) = held.filter(|held| by_hand.amount > *held) {
        return Err(LedgerError::MoreThanHeld(held.max(Rupiah::ZERO)));
    }
    let booking = Booking { cooperative: permit.cooperative, on, by: Some(permit.account) };
    let entry = post(tx, now, &booking, &by_hand.draft()?)?;
    let entry = entry.ok_or_else(|| LedgerError::Faulty(FieldErrors::one("/lines", MISSING)))?;
    let event = Event::new("ledger.entered", entry.id).by(permit.account).in_cooperative(permit.cooperative);
    events::record(tx, now, &event.with("entry", entry.id).with("kind", entry.kind))?;
    Ok(entry)
}

/// Own accounts must be open and groups the cooperative's.
fn known(
    tx: &mut Tx<'_>,
    permit: &CooperativePermit,
    by_hand: &ByHand,
    errors: &mut FieldErrors,
) -> Result<(), LedgerError> {
    let own: Vec<Account> = store::own_accounts(tx, permit.cooperative)?.into_iter().map(|own| own.account).collect();
    let there = |account: Account| !account.is_own() || own.contains(&account);
    errors.require(by_hand.account.is_none_or(there), "/account", NOT_THERE);
    for (place, line) in by_hand.lines.iter().enumerate() {
        errors.require(there(line.account), &format!("/lines/{place}/account"), NOT_THERE);
        if let Some(group) = line.group {
            let is_ours = store::has_group(tx, permit.cooperative, group)?;
            errors.require(is_ours, &format!("/lines/{place}/group"), NOT_THERE);
        }
    }
    if let Some(group) = by_hand.group {
        errors.require(store::has_group(tx, permit.cooperative, group)?, "/group", NOT_THERE);
    }
    Ok(())
}

const MISSING: FieldError =
    FieldError::Rule { code: "missing", id: "Bagian ini harus diisi.", en: "This must be filled in." };
const NOT_HERE: FieldError = FieldError::Rule {
    code: "not-here",
    id: "Bagian ini tidak berlaku untuk jenis catatan ini.",
    en: "This does not belong to an entry of this kind.",
};
const NOT_BY_HAND: FieldError = FieldError::Rule {
    code: "account-not-by-hand",
    id: "Akun ini terisi sendiri dari pesanan dan pembayaran.",
    en: "This account follows from orders and payments by itself.",
};
const SAME_PURSE: FieldError = FieldError::Rule {
    code: "same-purse",
    id: "Uang tidak dapat dipindahkan ke tempatnya semula.",
    en: "Money cannot be moved to where it is.",
};
const FEE_TOO_HIGH: FieldError = FieldError::Rule {
    code: "fee-too-high",
    id: "Biayanya harus kurang dari jumlahnya.",
    en: "The fee must be less than the amount.",
};
const UNBALANCED: FieldError = FieldError::Rule {
    code: "unbalanced",
    id: "Debit dan kredit harus sama besar.",
    en: "Debits and credits must come to the same.",
};
const IN_FUTURE: FieldError =
    FieldError::Rule { code: "day-in-future", id: "Hari ini belum tiba.", en: "That day has not come yet." };
const TOO_LONG_AGO: FieldError = FieldError::Rule {
    code: "too-long-ago",
    id: "Hari itu lebih dari sepuluh tahun yang lalu.",
    en: "That day is more than ten years ago.",
};
const NOT_THERE: FieldError =
    FieldError::Rule { code: "not-there", id: "Yang disebut di sini tidak ada.", en: "What this names is not there." };
