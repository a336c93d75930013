//! An entry: postings that balance to zero, with what they are about, and the voucher it is kept under.

use chrono::Datelike;
use diesel::prelude::*;

use super::account::Account;
use crate::db::schema::{ledger_entries, ledger_postings};
use crate::kernel::ids::{AccountId, CooperativeId, EntryId, GroupId, Id, MembershipId, OrderId, OutletId, SourceId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{AmountError, Day, Instant, Language, Rupiah};

text_enum! {
    /// Which row of vouchers an entry stands in.
    Voucher {
        /// Money came in: *bukti kas masuk*.
        In = "BKM",
        /// Money went out: *bukti kas keluar*.
        Out = "BKK",
        /// No money moved, or none in sum: *bukti memorial*.
        Memo = "BM",
    }
}

text_enum! {
    /// What an entry tells of.
    EntryKind {
        /// A buyer paid.
        Payment = "payment",
        /// Money went back to a buyer.
        Refund = "refund",
        /// What was confirmed as paid had not been.
        PaymentReversed = "payment_reversed",
        /// What a buyer had paid for one order counts for another.
        CreditMoved = "credit_moved",
        /// Goods were handed over.
        Sale = "sale",
        /// A hand-over had been noted by mistake.
        SaleUndone = "sale_undone",
        /// Goods came back.
        SaleReturned = "sale_returned",
        /// Goods were thrown away at the cooperative's cost.
        Discard = "discard",
        /// Cash that an officer held was handed in.
        HandIn = "hand_in",
        /// Cash was counted, and was more or less than it should be.
        CashCount = "cash_count",
        /// A group was paid.
        Payout = "payout",
        /// A payout was a mistake, and the money is back.
        PayoutReversed = "payout_reversed",
        /// A group got money for ingredients.
        Advance = "advance",
        /// A group paid such money back.
        AdvanceRepaid = "advance_repaid",
        /// Who brought goods got the fee for it.
        DeliveryPaid = "delivery_paid",
        /// Something was bought or paid for.
        Expense = "expense",
        /// Something else was earned.
        Income = "income",
        /// Money went from one place of the cooperative to another.
        Moved = "moved",
        /// What stood in the books before these.
        Opening = "opening",
        /// Anything else.
        Journal = "journal",
        /// An entry by hand was wrong.
        Reversal = "reversal",
    }
}

impl EntryKind {
    /// What people call it.
    pub fn told_in(self, language: Language) -> &'static str {
        let (id, en) = match self {
            EntryKind::Payment => ("Pembayaran pembeli", "Payment"),
            EntryKind::Refund => ("Pengembalian uang", "Refund"),
            EntryKind::PaymentReversed => ("Pembatalan pembayaran", "Payment reversed"),
            EntryKind::CreditMoved => ("Pemindahan kelebihan bayar", "Credit moved"),
            EntryKind::Sale => ("Penjualan", "Sale"),
            EntryKind::SaleUndone => ("Pembatalan penjualan", "Sale undone"),
            EntryKind::SaleReturned => ("Retur penjualan", "Sale returned"),
            EntryKind::Discard => ("Barang rusak atau kedaluwarsa", "Goods discarded"),
            EntryKind::HandIn => ("Setoran uang tunai", "Cash handed in"),
            EntryKind::CashCount => ("Selisih hitung kas", "Cash counted"),
            EntryKind::Payout => ("Pembayaran ke kelompok", "Payout to a group"),
            EntryKind::PayoutReversed => ("Pembayaran kelompok dibatalkan", "Payout reversed"),
            EntryKind::Advance => ("Uang muka kelompok", "Advance to a group"),
            EntryKind::AdvanceRepaid => ("Pengembalian uang muka", "Advance repaid"),
            EntryKind::DeliveryPaid => ("Ongkos antar", "Delivery paid"),
            EntryKind::Expense => ("Pengeluaran", "Expense"),
            EntryKind::Income => ("Penerimaan", "Income"),
            EntryKind::Moved => ("Pemindahan uang", "Money moved"),
            EntryKind::Opening => ("Saldo awal", "Opening balance"),
            EntryKind::Journal => ("Jurnal umum", "Journal"),
            EntryKind::Reversal => ("Pembalikan", "Reversal"),
        };
        match language {
            Language::Indonesian => id,
            Language::English => en,
        }
    }

    /// Whether the treasurer writes such entries by hand, and may reverse them so.
    pub fn is_by_hand(self) -> bool {
        use EntryKind::{Advance, AdvanceRepaid, DeliveryPaid, Expense, Income, Journal, Moved, Opening};
        matches!(self, Expense | Income | Moved | Opening | Journal | Advance | AdvanceRepaid | DeliveryPaid)
    }
}

/// What a posting is about, beside its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct About {
    /// Which group.
    pub group: Option<GroupId>,
    /// Which member.
    pub member: Option<MembershipId>,
    /// Which order.
    pub order: Option<OrderId>,
    /// In whose hands.
    pub holder: Option<AccountId>,
    /// Which outlet.
    pub outlet: Option<OutletId>,
}

impl About {
    /// Nothing in particular.
    pub const NOTHING: About = About { group: None, member: None, order: None, holder: None, outlet: None };

    /// A group.
    pub fn group(group: GroupId) -> About {
        About { group: Some(group), ..About::NOTHING }
    }

    /// An order.
    pub fn order(order: OrderId) -> About {
        About { order: Some(order), ..About::NOTHING }
    }

    /// A group's part of an order.
    pub fn part(group: GroupId, order: OrderId) -> About {
        About { group: Some(group), order: Some(order), ..About::NOTHING }
    }

    /// Cash in someone's hands.
    pub fn holder(holder: AccountId) -> About {
        About { holder: Some(holder), ..About::NOTHING }
    }
}

/// A posting to be: above zero on the debit side, below on the credit side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leg {
    /// To which account.
    pub account: Account,
    /// How much.
    pub amount: Rupiah,
    /// What it is about.
    pub about: About,
}

/// An entry to be. What rules make balances; [`post`](super::post) refuses what does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What it tells of.
    pub kind: EntryKind,
    /// The payment, part, payout… that it follows from.
    pub source: Option<SourceId>,
    /// The entry that it takes back.
    pub reverses: Option<EntryId>,
    /// What the treasurer noted.
    pub memo: Option<String>,
    /// Its postings.
    pub legs: Vec<Leg>,
}

impl Draft {
    /// An entry of this kind with no postings yet.
    pub fn new(kind: EntryKind) -> Draft {
        Draft { kind, source: None, reverses: None, memo: None, legs: Vec::new() }
    }

    /// What it follows from.
    #[must_use]
    pub fn from_source(mut self, source: impl Id) -> Draft {
        self.source = Some(SourceId::from_uuid(source.uuid()));
        self
    }

    /// What it takes back.
    #[must_use]
    pub fn reversing(mut self, entry: Option<EntryId>) -> Draft {
        self.reverses = entry;
        self
    }

    /// What is noted beside it.
    #[must_use]
    pub fn noting(mut self, memo: Option<&str>) -> Draft {
        self.memo = memo.map(str::trim).filter(|memo| !memo.is_empty()).map(str::to_owned);
        self
    }

    /// Posts on the debit side; nothing when there is nothing to post, on the other side when it is below zero.
    #[must_use]
    pub fn debit(mut self, account: Account, amount: Rupiah, about: About) -> Draft {
        if amount != Rupiah::ZERO {
            self.legs.push(Leg { account, amount, about });
        }
        self
    }

    /// Posts on the credit side, likewise.
    #[must_use]
    pub fn credit(self, account: Account, amount: Rupiah, about: About) -> Draft {
        self.debit(account, amount.negated(), about)
    }

    /// What its postings come to; zero in an entry that balances.
    pub fn balance(&self) -> Result<Rupiah, AmountError> {
        Rupiah::sum(self.legs.iter().map(|leg| leg.amount))
    }

    /// In which row of vouchers it belongs: by what it does to the money there is.
    pub fn voucher(&self) -> Result<Voucher, AmountError> {
        let money = Rupiah::sum(self.legs.iter().filter(|leg| leg.account.is_money()).map(|leg| leg.amount))?;
        Ok(match money.0.signum() {
            1 => Voucher::In,
            -1 => Voucher::Out,
            _ => Voucher::Memo,
        })
    }
}

/// An entry as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = ledger_entries)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// Whose books it stands in.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The month of its business day: `2026-11`.
    pub month: String,
    /// In which row of vouchers.
    pub voucher: Voucher,
    /// The how manieth of the month it is there.
    pub number: i64,
    /// What it tells of.
    pub kind: EntryKind,
    /// The business day that it counts for.
    pub entered_on: Day,
    /// When it was written.
    pub booked_at: Instant,
    /// By whom; nobody when it followed by itself.
    pub booked_by: Option<AccountId>,
    /// What it follows from.
    #[diesel(column_name = source_id)]
    pub source: Option<SourceId>,
    /// The entry that it takes back.
    #[diesel(column_name = reverses_id)]
    pub reverses: Option<EntryId>,
    /// What the treasurer noted.
    pub memo: Option<String>,
}

impl Entry {
    /// What it is filed under: `BKM-2026-11-0007`.
    pub fn filed_as(&self) -> String {
        format!("{}-{}-{:04}", self.voucher, self.month, self.number)
    }
}

/// A posting as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = ledger_postings)]
#[diesel(treat_none_as_default_value = false)]
pub struct Posting {
    /// Of which entry.
    #[diesel(column_name = entry_id)]
    pub entry: EntryId,
    /// Its place there.
    pub position: i32,
    /// Whose books it stands in.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The business day that it counts for.
    pub entered_on: Day,
    /// To which account.
    pub account: Account,
    /// How much: above zero on the debit side, below on the credit side.
    pub amount: Rupiah,
    /// About which group.
    #[diesel(column_name = group_id)]
    pub group: Option<GroupId>,
    /// About which member.
    #[diesel(column_name = membership_id)]
    pub member: Option<MembershipId>,
    /// About which order.
    #[diesel(column_name = order_id)]
    pub order: Option<OrderId>,
    /// In whose hands.
    #[diesel(column_name = holder_id)]
    pub holder: Option<AccountId>,
    /// About which outlet.
    #[diesel(column_name = outlet_id)]
    pub outlet: Option<OutletId>,
}

/// The month of a business day, as vouchers name it: `2026-11`.
pub fn month_of(day: Day) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}
