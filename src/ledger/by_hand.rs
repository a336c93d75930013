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
use crate::web::{Fault, Faults};

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
    pub(super) fn faults(&self, faults: &mut Faults) {
        use ByHandKind::{Advance, AdvanceRepaid, Expense, Income, Journal, Moved, Opening};
        let by_lines = matches!(self.kind, Opening | Journal);
        if by_lines {
            self.faults_of_lines(faults);
        } else {
            faults.unless(self.amount > Rupiah::ZERO, "/amount", MISSING);
            faults.unless(self.lines.is_empty(), "/lines", NOT_HERE);
        }
        let takes_account = matches!(self.kind, Expense | Income);
        faults.unless(
            takes_account == self.account.is_some(),
            "/account",
            if takes_account { MISSING } else { NOT_HERE },
        );
        if let Some(account) = self.account.filter(|_| takes_account) {
            // An expense is a cost, or something that lasts, or a debt that is paid; income is the other way round.
            faults.unless(account.takes_postings_by_hand() && !account.is_money(), "/account", NOT_BY_HAND);
        }
        let moves = self.kind == Moved;
        faults.unless(moves == self.to.is_some(), "/to", if moves { MISSING } else { NOT_HERE });
        faults.unless(self.to != Some(self.purse), "/to", SAME_PURSE);
        faults.unless(moves || self.fee == Rupiah::ZERO, "/fee", NOT_HERE);
        faults.unless(self.fee < self.amount || self.fee == Rupiah::ZERO, "/fee", FEE_TOO_HIGH);
        let needs_group = matches!(self.kind, Advance | AdvanceRepaid);
        faults.unless(!needs_group || self.group.is_some(), "/group", MISSING);
        let may_name_group = needs_group || self.kind == Expense;
        faults.unless(may_name_group || self.group.is_none(), "/group", NOT_HERE);
    }

    fn faults_of_lines(&self, faults: &mut Faults) {
        let least = if self.kind == ByHandKind::Journal { 2 } else { 1 };
        faults.length("/lines", self.lines.len(), least..=100);
        faults.unless(self.amount == Rupiah::ZERO, "/amount", NOT_HERE);
        for (place, line) in self.lines.iter().enumerate() {
            // An opening also brings in what groups owe and are owed.
            let of_groups =
                self.kind == ByHandKind::Opening && matches!(line.account, Account::ADVANCES | Account::OWED_TO_GROUPS);
            let at = |field| format!("/lines/{place}/{field}");
            faults.unless(of_groups || line.account.takes_postings_by_hand(), &at("account"), NOT_BY_HAND);
            faults.unless(!of_groups || line.group.is_some(), &at("group"), MISSING);
            faults.unless(line.amount != Rupiah::ZERO, &at("debit"), MISSING);
        }
        let balances = Rupiah::sum(self.lines.iter().map(|line| line.amount)).is_ok_and(|sum| sum == Rupiah::ZERO);
        faults.unless(balances || self.kind == ByHandKind::Opening, "/lines", UNBALANCED);
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
        let missing = |pointer: &str| LedgerError::Faulty(Faults::one(pointer, MISSING));
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
    let mut faults = Faults::default();
    by_hand.faults(&mut faults);
    let today = store::zone_of(tx, permit.cooperative)?.day_of(now);
    let on = by_hand.on.unwrap_or(today);
    faults.unless(on <= today, "/entered_on", IN_FUTURE);
    faults.unless(today.signed_duration_since(on) <= LONGEST_AGO, "/entered_on", TOO_LONG_AGO);
    known(tx, permit, by_hand, &mut faults)?;
    if !faults.is_empty() {
        return Err(LedgerError::Faulty(faults));
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
    let entry = entry.ok_or_else(|| LedgerError::Faulty(Faults::one("/lines", MISSING)))?;
    let event = Event::new("ledger.entered", entry.id).by(permit.account).in_cooperative(permit.cooperative);
    events::record(tx, now, &event.with("entry", entry.id).with("kind", entry.kind))?;
    Ok(entry)
}

/// Own accounts must be open and groups the cooperative's.
fn known(
    tx: &mut Tx<'_>,
    permit: &CooperativePermit,
    by_hand: &ByHand,
    faults: &mut Faults,
) -> Result<(), LedgerError> {
    let own: Vec<Account> = store::own_accounts(tx, permit.cooperative)?.into_iter().map(|own| own.account).collect();
    let there = |account: Account| !account.is_own() || own.contains(&account);
    faults.unless(by_hand.account.is_none_or(there), "/account", NOT_THERE);
    for (place, line) in by_hand.lines.iter().enumerate() {
        faults.unless(there(line.account), &format!("/lines/{place}/account"), NOT_THERE);
        if let Some(group) = line.group {
            let is_ours = store::has_group(tx, permit.cooperative, group)?;
            faults.unless(is_ours, &format!("/lines/{place}/group"), NOT_THERE);
        }
    }
    if let Some(group) = by_hand.group {
        faults.unless(store::has_group(tx, permit.cooperative, group)?, "/group", NOT_THERE);
    }
    Ok(())
}

const MISSING: Fault = Fault::Rule { code: "missing", id: "Bagian ini harus diisi.", en: "This must be filled in." };
const NOT_HERE: Fault = Fault::Rule {
    code: "not-here",
    id: "Bagian ini tidak berlaku untuk jenis catatan ini.",
    en: "This does not belong to an entry of this kind.",
};
const NOT_BY_HAND: Fault = Fault::Rule {
    code: "account-not-by-hand",
    id: "Akun ini terisi sendiri dari pesanan dan pembayaran.",
    en: "This account follows from orders and payments by itself.",
};
const SAME_PURSE: Fault = Fault::Rule {
    code: "same-purse",
    id: "Uang tidak dapat dipindahkan ke tempatnya semula.",
    en: "Money cannot be moved to where it is.",
};
const FEE_TOO_HIGH: Fault = Fault::Rule {
    code: "fee-too-high",
    id: "Biayanya harus kurang dari jumlahnya.",
    en: "The fee must be less than the amount.",
};
const UNBALANCED: Fault = Fault::Rule {
    code: "unbalanced",
    id: "Debit dan kredit harus sama besar.",
    en: "Debits and credits must come to the same.",
};
const IN_FUTURE: Fault =
    Fault::Rule { code: "day-in-future", id: "Hari ini belum tiba.", en: "That day has not come yet." };
const TOO_LONG_AGO: Fault = Fault::Rule {
    code: "too-long-ago",
    id: "Hari itu lebih dari sepuluh tahun yang lalu.",
    en: "That day is more than ten years ago.",
};
const NOT_THERE: Fault =
    Fault::Rule { code: "not-there", id: "Yang disebut di sini tidak ada.", en: "What this names is not there." };
