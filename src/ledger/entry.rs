//! Entries: balanced postings with their dimensions, filed under a voucher number.

use chrono::Datelike;
use diesel::prelude::*;

use super::account::LedgerAccount;
use crate::db::schema::{ledger_entries, ledger_postings};
use crate::kernel::ids::{
    AccountId, CooperativeId, EntryId, GroupId, Id, MembershipId, OrderId, OutletId, SourceDocumentId,
};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{AmountError, Day, Instant, Language, Rupiah};

text_enum! {
    /// Series of voucher numbers.
    VoucherSeries {
        /// Cash in: *bukti kas masuk*.
        In = "BKM",
        /// Cash out: *bukti kas keluar*.
        Out = "BKK",
        /// No change in money: *bukti memorial*.
        Memo = "BM",
    }
}

text_enum! {
    /// Kind of an entry.
    EntryKind {
        /// Payment of a buyer.
        Payment = "payment",
        /// Refund to a buyer.
        Refund = "refund",
        /// A confirmed payment that had not arrived.
        PaymentReversed = "payment_reversed",
        /// Overpayment of one order applied to another.
        CreditMoved = "credit_moved",
        /// Delivery of goods.
        Sale = "sale",
        /// Undo of a delivery recorded by mistake.
        SaleUndone = "sale_undone",
        /// Return of goods.
        SaleReturned = "sale_returned",
        /// Goods discarded at the cooperative's cost.
        Discard = "discard",
        /// Cash handed in by an officer.
        CashHandover = "hand_in",
        /// Difference found when counting cash.
        CashCount = "cash_count",
        /// Payout to a group.
        Payout = "payout",
        /// Reversal of a payout.
        PayoutReversed = "payout_reversed",
        /// Ingredient advance to a group.
        Advance = "advance",
        /// Repayment of an ingredient advance.
        AdvanceRepaid = "advance_repaid",
        /// Payment of collected delivery fees to a courier.
        CourierPaid = "delivery_paid",
        /// A purchase or a bill.
        Expense = "expense",
        /// Other income.
        Income = "income",
        /// Transfer between two purses of the cooperative.
        Transfer = "moved",
        /// The balances from before these books.
        Opening = "opening",
        /// Any other manual entry.
        Journal = "journal",
        /// Reversal of a manual entry.
        Reversal = "reversal",
    }
}

impl EntryKind {
    /// The name shown to people.
    pub fn label(self, language: Language) -> &'static str {
        let (indonesian, english) = match self {
            EntryKind::Payment => ("Pembayaran pembeli", "Payment"),
            EntryKind::Refund => ("Pengembalian uang", "Refund"),
            EntryKind::PaymentReversed => ("Pembatalan pembayaran", "Payment reversed"),
            EntryKind::CreditMoved => ("Pemindahan kelebihan bayar", "Credit moved"),
            EntryKind::Sale => ("Penjualan", "Sale"),
            EntryKind::SaleUndone => ("Pembatalan penjualan", "Sale undone"),
            EntryKind::SaleReturned => ("Retur penjualan", "Sale returned"),
            EntryKind::Discard => ("Barang rusak atau kedaluwarsa", "Goods discarded"),
            EntryKind::CashHandover => ("Setoran uang tunai", "Cash handed in"),
            EntryKind::CashCount => ("Selisih hitung kas", "Cash counted"),
            EntryKind::Payout => ("Pembayaran ke kelompok", "Payout to a group"),
            EntryKind::PayoutReversed => ("Pembayaran kelompok dibatalkan", "Payout reversed"),
            EntryKind::Advance => ("Uang muka kelompok", "Advance to a group"),
            EntryKind::AdvanceRepaid => ("Pengembalian uang muka", "Advance repaid"),
            EntryKind::CourierPaid => ("Ongkos antar", "Delivery paid"),
            EntryKind::Expense => ("Pengeluaran", "Expense"),
            EntryKind::Income => ("Penerimaan", "Income"),
            EntryKind::Transfer => ("Pemindahan uang", "Money moved"),
            EntryKind::Opening => ("Saldo awal", "Opening balance"),
            EntryKind::Journal => ("Jurnal umum", "Journal"),
            EntryKind::Reversal => ("Pembalikan", "Reversal"),
        };
        match language {
            Language::Indonesian => indonesian,
            Language::English => english,
        }
    }

    /// Whether the treasurer makes such entries manually, and may reverse them.
    pub fn is_manual(self) -> bool {
        use EntryKind::{Advance, AdvanceRepaid, CourierPaid, Expense, Income, Journal, Opening, Transfer};
        matches!(self, Expense | Income | Transfer | Opening | Journal | Advance | AdvanceRepaid | CourierPaid)
    }
}

/// Analytic dimensions of a posting, in addition to its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dimensions {
    /// The group.
    pub group: Option<GroupId>,
    /// The member.
    pub member: Option<MembershipId>,
    /// The order.
    pub order: Option<OrderId>,
    /// The account of the person who holds the cash.
    pub holder: Option<AccountId>,
    /// The outlet.
    pub outlet: Option<OutletId>,
}

impl Dimensions {
    /// No dimensions.
    pub const NONE: Dimensions = Dimensions { group: None, member: None, order: None, holder: None, outlet: None };

    /// The group alone.
    pub fn group(group: GroupId) -> Dimensions {
        Dimensions { group: Some(group), ..Dimensions::NONE }
    }

    /// The order alone.
    pub fn order(order: OrderId) -> Dimensions {
        Dimensions { order: Some(order), ..Dimensions::NONE }
    }

    /// A group's part of an order.
    pub fn fulfilment(group: GroupId, order: OrderId) -> Dimensions {
        Dimensions { group: Some(group), order: Some(order), ..Dimensions::NONE }
    }

    /// Cash held by a person.
    pub fn holder(holder: AccountId) -> Dimensions {
        Dimensions { holder: Some(holder), ..Dimensions::NONE }
    }
}

/// A posting of a draft: debits are above zero, credits below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewPosting {
    /// The account.
    pub account: LedgerAccount,
    /// The amount.
    pub amount: Rupiah,
    /// The dimensions.
    pub dimensions: Dimensions,
}

/// An entry that is not posted yet. The drafts of [`rules`](super::rules) balance; [`post`](super::post) rejects those
/// that do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The kind.
    pub kind: EntryKind,
    /// The payment, fulfilment, payout… that causes it.
    pub source: Option<SourceDocumentId>,
    /// The entry that it reverses.
    pub reverses: Option<EntryId>,
    /// The treasurer's note.
    pub memo: Option<String>,
    /// The postings.
    pub postings: Vec<NewPosting>,
}

impl Draft {
    /// A draft of this kind without postings.
    pub fn new(kind: EntryKind) -> Draft {
        Draft { kind, source: None, reverses: None, memo: None, postings: Vec::new() }
    }

    /// Sets the source.
    #[must_use]
    pub fn with_source(mut self, source: impl Id) -> Draft {
        self.source = Some(SourceDocumentId::from_uuid(source.uuid()));
        self
    }

    /// Sets the entry that it reverses.
    #[must_use]
    pub fn reversing(mut self, entry: Option<EntryId>) -> Draft {
        self.reverses = entry;
        self
    }

    /// Sets the note; blank text counts as none.
    #[must_use]
    pub fn with_memo(mut self, memo: Option<&str>) -> Draft {
        self.memo = memo.map(str::trim).filter(|memo| !memo.is_empty()).map(str::to_owned);
        self
    }

    /// Adds a debit; zero adds nothing, an amount below zero is a credit.
    #[must_use]
    pub fn debit(mut self, account: LedgerAccount, amount: Rupiah, dimensions: Dimensions) -> Draft {
        if amount != Rupiah::ZERO {
            self.postings.push(NewPosting { account, amount, dimensions });
        }
        self
    }

    /// Adds a credit; zero adds nothing, an amount below zero is a debit.
    #[must_use]
    pub fn credit(self, account: LedgerAccount, amount: Rupiah, dimensions: Dimensions) -> Draft {
        self.debit(account, amount.negated(), dimensions)
    }

    /// The sum of the postings; zero if the draft balances.
    pub fn balance(&self) -> Result<Rupiah, AmountError> {
        Rupiah::sum(self.postings.iter().map(|posting| posting.amount))
    }

    /// The voucher series, by the change in money.
    pub fn voucher_series(&self) -> Result<VoucherSeries, AmountError> {
        let money_change = Rupiah::sum(
            self.postings.iter().filter(|posting| posting.account.is_money()).map(|posting| posting.amount),
        )?;
        Ok(match money_change.0.signum() {
            1 => VoucherSeries::In,
            -1 => VoucherSeries::Out,
            _ => VoucherSeries::Memo,
        })
    }
}

/// A posted entry.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = ledger_entries)]
pub struct Entry {
    /// The id.
    pub id: EntryId,
    /// The cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The month of the business day: `2026-11`.
    pub month: String,
    /// The voucher series.
    #[diesel(column_name = voucher)]
    pub voucher_series: VoucherSeries,
    /// The number in the series of the month, from 1.
    pub number: i64,
    /// The kind.
    pub kind: EntryKind,
    /// The business day.
    #[diesel(column_name = entered_on)]
    pub business_day: Day,
    /// When it was posted.
    #[diesel(column_name = booked_at)]
    pub posted_at: Instant,
    /// The account that posted it; `None` if the system did.
    #[diesel(column_name = booked_by)]
    pub posted_by: Option<AccountId>,
    /// The payment, fulfilment, payout… that caused it.
    #[diesel(column_name = source_id)]
    pub source: Option<SourceDocumentId>,
    /// The entry that it reverses.
    #[diesel(column_name = reverses_id)]
    pub reverses: Option<EntryId>,
    /// The treasurer's note.
    pub memo: Option<String>,
}

impl Entry {
    /// The voucher number: `BKM-2026-11-0007`.
    pub fn voucher_number(&self) -> String {
        format!("{}-{}-{:04}", self.voucher_series, self.month, self.number)
    }
}

/// A posting of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = ledger_postings)]
#[diesel(treat_none_as_default_value = false)]
pub struct Posting {
    /// The entry.
    #[diesel(column_name = entry_id)]
    pub entry: EntryId,
    /// The position in the entry, from 1.
    pub position: i32,
    /// The cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The business day.
    #[diesel(column_name = entered_on)]
    pub business_day: Day,
    /// The account.
    pub account: LedgerAccount,
    /// The amount: debits are above zero, credits below.
    pub amount: Rupiah,
    /// The group.
    #[diesel(column_name = group_id)]
    pub group: Option<GroupId>,
    /// The member.
    #[diesel(column_name = membership_id)]
    pub member: Option<MembershipId>,
    /// The order.
    #[diesel(column_name = order_id)]
    pub order: Option<OrderId>,
    /// The account of the person who holds the cash.
    #[diesel(column_name = holder_id)]
    pub holder: Option<AccountId>,
    /// The outlet.
    #[diesel(column_name = outlet_id)]
    pub outlet: Option<OutletId>,
}

/// The month of a business day: `2026-11`.
pub fn month_of(day: Day) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}
