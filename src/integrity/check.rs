//! What is examined, and what was found.

use crate::kernel::Language;
use crate::kernel::text_enum::text_enum;

text_enum! {
    /// Something that must agree.
    #[schema(as = IntegrityCheckName)]
    Check {
        /// Every entry has two postings at least, and they come to zero.
        EntriesBalance = "entries_balance",
        /// Postings stand in the books and on the day of their entry.
        PostingsBelong = "postings_belong",
        /// Every row of vouchers counts 1, 2, 3 … without a gap.
        VouchersComplete = "vouchers_complete",
        /// No batch has more claimed and thrown away than there is.
        ClaimsWithinSupply = "claims_within_supply",
        /// Every payment that counts is posted once, with its amount, and nothing else is posted as one.
        PaymentsPosted = "payments_posted",
        /// What an order was paid is the sum of its payments.
        PaymentsAddUp = "payments_add_up",
        /// Cash in officers' hands is what the books say it is.
        CashHeldPosted = "cash_held_posted",
        /// What was sold by an order is what of it was handed over.
        SalesMatchOrders = "sales_match_orders",
        /// Sales and the groups' share of them are posted as they are reported.
        SalesPosted = "sales_posted",
        /// An order's deposit or debt in the books is what was paid less what was handed over.
        OrdersPosted = "orders_posted",
        /// A payout is the sum of what it settles, divided to the rupiah, and posted once; nothing is settled twice.
        PayoutsAddUp = "payouts_add_up",
        /// What was brought to an outlet is sold, returned, damaged or on hand, as its counts found, and what they found sold is
        /// its orders.
        ConsignmentsAddUp = "consignments_add_up",
    }
}

impl Check {
    /// What must agree, in a sentence.
    pub fn sentence(self, language: Language) -> &'static str {
        let (id, en) = match self {
            Check::EntriesBalance => ("Debit dan kredit setiap catatan sama besar.", "Every entry balances."),
            Check::PostingsBelong => (
                "Setiap baris berada di buku dan hari catatannya.",
                "Every posting stands in the books and on the day of its entry.",
            ),
            Check::VouchersComplete => {
                ("Nomor bukti berurutan tanpa ada yang hilang.", "Voucher numbers have no gaps.")
            }
            Check::ClaimsWithinSupply => {
                ("Tidak ada kloter yang terjual melebihi persediaannya.", "No batch is sold beyond what there is.")
            }
            Check::PaymentsPosted => (
                "Setiap pembayaran tercatat satu kali dengan jumlah yang benar.",
                "Every payment is posted once, with its amount.",
            ),
            Check::PaymentsAddUp => (
                "Yang dibayar untuk pesanan sama dengan jumlah pembayarannya.",
                "What orders were paid is the sum of their payments.",
            ),
            Check::CashHeldPosted => {
                ("Uang di tangan pengurus sama dengan catatannya.", "Cash in officers' hands is what the books say.")
            }
            Check::SalesMatchOrders => {
                ("Penjualan sama dengan barang yang diserahkan.", "What was sold is what was handed over.")
            }
            Check::SalesPosted => (
                "Penjualan dan bagian kelompok tercatat sesuai laporan.",
                "Sales and the groups' share are posted as they are reported.",
            ),
            Check::PayoutsAddUp => (
                "Setiap pembayaran kepada kelompok sama dengan penjualan yang dilunasinya dan terbagi habis.",
                "Every payout is the sum of what it settles, divided to the rupiah.",
            ),
            Check::ConsignmentsAddUp => (
                "Titipan di setiap warung sama dengan yang terjual, retur, rusak, dan sisa, sesuai hitungannya.",
                "What each outlet was brought is sold, returned, damaged or on hand, as its counts found.",
            ),
            Check::OrdersPosted => (
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

/// What an examination found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was examined.
    pub check: Check,
    /// How many things do not agree; none in books that are sound.
    pub wrong: i64,
    /// One of them: a voucher, an order, a batch.
    pub example: Option<String>,
}
