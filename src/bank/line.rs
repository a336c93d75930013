//! A line of a statement, as it is kept.

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::mapping::Read;
use crate::db::schema::statement_lines;
use crate::kernel::ids::{AccountId, CooperativeId, PaymentId, StatementLineId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Instant, Rupiah, hex};

text_enum! {
    /// Where a line stands.
    LineStatus {
        /// It waits for the treasurer.
        Queued = "queued",
        /// It is a payment's.
        Matched = "matched",
        /// It is nobody's payment.
        Ignored = "ignored",
    }
}

/// Money that arrived at the account.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = statement_lines)]
#[diesel(treat_none_as_default_value = false)]
pub struct StatementLine {
    /// Its id.
    pub id: StatementLineId,
    /// Whose account.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// By what it is known again.
    pub digest: String,
    /// The bank's day.
    pub booked_on: Day,
    /// How much arrived.
    pub amount: Rupiah,
    /// What the bank wrote.
    pub description: String,
    /// Where it stands.
    pub status: LineStatus,
    /// Whose payment it is.
    #[diesel(column_name = payment_id)]
    pub payment: Option<PaymentId>,
    /// When it was brought in.
    pub brought_at: Instant,
    /// By whom.
    pub brought_by: AccountId,
    /// When it was matched or ignored.
    pub decided_at: Option<Instant>,
    /// By whom.
    pub decided_by: Option<AccountId>,
}

/// By what each of these lines is known again: day, amount, words, and the how manieth of its like it is, for two people
/// may pay the same on one day with the same words.
pub(super) fn digests(lines: &[Read]) -> Vec<String> {
    let like = |one: &Read, other: &Read| {
        (one.booked_on, one.amount, &one.description) == (other.booked_on, other.amount, &other.description)
    };
    let digest = |(place, line): (usize, &Read)| {
        let nth = lines.iter().take(place).filter(|other| like(line, other)).count();
        let text = format!("{}\n{}\n{}\n{nth}", line.booked_on, line.amount.0, line.description);
        hex(Sha256::digest(text).iter())
    };
    lines.iter().enumerate().map(digest).collect()
}
