//! The printed code of a cooperative, and who must agree before another takes its place.

use diesel::prelude::*;

use super::payload::Payload;
use crate::db::schema::qris_codes;
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, CooperativeId, QrisCodeId};
use crate::kernel::text_enum::text_enum;

text_enum! {
    /// Where a code stands.
    QrisStatus {
        /// It pays someone else than before, and a second person has not agreed yet.
        Proposed = "proposed",
        /// Buyers pay by it.
        Active = "active",
        /// A second person did not agree, or another was proposed instead.
        Refused = "refused",
        /// Another took its place.
        Replaced = "replaced",
    }
}

text_enum! {
    /// What a second person does about a code.
    QrisAction {
        /// It is the cooperative's: buyers pay by it from now on.
        Approve = "approve",
        /// It is not.
        Refuse = "refuse",
    }
}

text_enum! {
    /// In what a code differs from the one that buyers pay by.
    QrisDifference {
        /// The national merchant id.
        MerchantId = "merchant_id",
        /// The account behind it.
        Account = "account",
        /// The merchant's name.
        MerchantName = "merchant_name",
    }
}

/// A code that was proposed once.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = qris_codes)]
#[diesel(treat_none_as_default_value = false)]
pub struct QrisCode {
    /// Its id.
    pub id: QrisCodeId,
    /// Whose it is said to be.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// What it says.
    pub payload: String,
    /// The national merchant id in it.
    pub merchant_id: String,
    /// The merchant's name in it.
    pub merchant_name: String,
    /// Where it stands.
    pub status: QrisStatus,
    /// When it was proposed.
    pub proposed_at: Instant,
    /// By whom.
    pub proposed_by: AccountId,
    /// When it was decided.
    pub decided_at: Option<Instant>,
    /// By whom.
    pub decided_by: Option<AccountId>,
    /// Grows by one with every change.
    pub version: i64,
}

impl QrisCode {
    /// The last four characters of its merchant id, which who approves must say.
    pub fn ends(&self) -> &str {
        let start = self.merchant_id.len().saturating_sub(4);
        self.merchant_id.get(start..).unwrap_or(&self.merchant_id)
    }
}

/// In what these two codes pay someone else.
pub fn differences(before: &Payload, after: &Payload) -> Vec<QrisDifference> {
    let differs = [
        (QrisDifference::MerchantId, before.merchant_id() != after.merchant_id()),
        (QrisDifference::Account, before.accounts() != after.accounts()),
        (QrisDifference::MerchantName, before.name() != after.name()),
    ];
    differs.into_iter().filter(|(_, differs)| *differs).map(|(difference, _)| difference).collect()
}
