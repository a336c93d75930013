//! Checks and their results.

use crate::kernel::Language;
use crate::kernel::text_enum::text_enum;

text_enum! {
    /// Name of an integrity check.
    CheckName {
        /// Every entry has at least two postings, which sum to zero.
        EntriesBalance = "entries_balance",
        /// Postings have the cooperative and the day of their entry.
        PostingsBelong = "postings_belong",
        /// Every voucher series is numbered 1, 2, 3 … without gaps.
        VouchersComplete = "vouchers_complete",
        /// The claims and discards of a batch do not exceed its quantity.
        ClaimsWithinSupply = "claims_within_supply",
        /// Every confirmed payment is posted once, with its amount, and no other entry is posted as a payment.
        PaymentsPosted = "payments_posted",
        /// The paid total of an order is the sum of its payments.
        PaymentsAddUp = "payments_add_up",
        /// Cash held by officers is what the books say.
        CashHeldPosted = "cash_held_posted",
        /// The sales of an order are its delivered goods.
        SalesMatchOrders = "sales_match_orders",
        /// Sales and the groups' share of them are posted as reported.
        SalesPosted = "sales_posted",
        /// The deposit or debt of an order in the books is its payments less its deliveries.
        OrdersPosted = "orders_posted",
        /// A payout is the sum of its items, divided to the rupiah, and posted once; no item is settled twice.
        PayoutsAddUp = "payouts_add_up",
        /// Goods delivered to an outlet are sold, returned, damaged or on hand, as its counts say, and the sold ones
        /// equal its orders.
        ConsignmentsAddUp = "consignments_add_up",
    }
}

impl CheckName {
    /// The checked rule in a sentence.
    pub fn sentence(self, language: Language) -> &'static str {
        let (id, en) = match self {
            CheckName::EntriesBalance => ("Debit dan kredit setiap catatan sama besar.", "Every entry balances."),
            CheckName::PostingsBelong => (
                "Setiap baris berada di buku dan hari catatannya.",
                "Every posting stands in the books and on the day of its entry.",
            ),
            CheckName::VouchersComplete => {
                ("Nomor bukti berurutan tanpa ada yang hilang.", "Voucher numbers have no gaps.")
            }
            CheckName::ClaimsWithinSupply => {
                ("Tidak ada kloter yang terjual melebihi persediaannya.", "No batch is sold beyond what there is.")
            }
            CheckName::PaymentsPosted => (
                "Setiap pembayaran tercatat satu kali dengan jumlah yang benar.",
                "Every payment is posted once, with its amount.",
            ),
            CheckName::PaymentsAddUp => (
                "Yang dibayar untuk pesanan sama dengan jumlah pembayarannya.",
                "What orders were paid is the sum of their payments.",
            ),
            CheckName::CashHeldPosted => {
                ("Uang di tangan pengurus sama dengan catatannya.", "Cash in officers' hands is what the books say.")
            }
            CheckName::SalesMatchOrders => {
                ("Penjualan sama dengan barang yang diserahkan.", "What was sold is what was handed over.")
            }
            CheckName::SalesPosted => (
                "Penjualan dan bagian kelompok tercatat sesuai laporan.",
                "Sales and the groups' share are posted as they are reported.",
            ),
            CheckName::PayoutsAddUp => (
                "Setiap pembayaran kepada kelompok sama dengan penjualan yang dilunasinya dan terbagi habis.",
                "Every payout is the sum of what it settles, divided to the rupiah.",
            ),
            CheckName::ConsignmentsAddUp => (
                "Titipan di setiap warung sama dengan yang terjual, retur, rusak, dan sisa, sesuai hitungannya.",
                "What each outlet was brought is sold, returned, damaged or on hand, as its counts found.",
            ),
            CheckName::OrdersPosted => (
                "Uang muka dan piutang setiap pesanan sesuai yang dibayar dan diserahkan.",
                "Each order's deposit or debt is what was paid less what was handed over.",
            ),
        };
        match language {
            Language::Indonesian => id,
            Language::English => en,
        }
    }
}

/// Result of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The check.
    pub check: CheckName,
    /// The number of violations; zero in sound books.
    pub wrong: i64,
    /// An example: a voucher, an order, a batch.
    pub example: Option<String>,
}
