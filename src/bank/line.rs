//! Lines of bank statements.

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::mapping::ParsedLine;
use crate::db::schema::statement_lines;
use crate::kernel::ids::{AccountId, CooperativeId, PaymentId, StatementLineId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Instant, Rupiah, hex};

text_enum! {
    /// Status of a statement line.
    LineStatus {
        /// Queued for the treasurer.
        Queued = "queued",
        /// It is a payment.
        Matched = "matched",
        /// It is no payment of a buyer.
        Ignored = "ignored",
    }
}

/// An incoming amount on a bank statement.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = statement_lines)]
#[diesel(treat_none_as_default_value = false)]
pub struct StatementLine {
    /// Its id.
    pub id: StatementLineId,
    /// The cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// Digest by which a repeated import is detected.
    pub digest: String,
    /// The booking day of the bank.
    pub booked_on: Day,
    /// The received amount.
    pub amount: Rupiah,
    /// The bank's description.
    pub description: String,
    /// Its status.
    pub status: LineStatus,
    /// The matched payment.
    #[diesel(column_name = payment_id)]
    pub payment: Option<PaymentId>,
    /// When it was imported.
    pub brought_at: Instant,
    /// The account that imported it.
    pub brought_by: AccountId,
    /// When it was matched or ignored.
    pub decided_at: Option<Instant>,
    /// The account that decided it.
    pub decided_by: Option<AccountId>,
}

/// The digest of each line: of day, amount, description and its index among equal lines, because two buyers may pay the
/// same amount on one day with the same description.
pub(super) fn digests(lines: &[ParsedLine]) -> Vec<String> {
    let text = |line: &ParsedLine| format!("{}\n{}\n{}", line.booked_on, line.amount.0, line.description);
    let texts: Vec<String> = lines.iter().map(text).collect();
    let digest = |(index, text): (usize, &String)| {
        let nth = texts.iter().take(index).filter(|other| *other == text).count();
        hex(Sha256::digest(format!("{text}\n{nth}")).iter())
    };
    texts.iter().enumerate().map(digest).collect()
}
