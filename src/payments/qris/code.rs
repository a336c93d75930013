//! The printed QRIS codes of a cooperative, and which changes need a second person.

use diesel::prelude::*;

use super::payload::Payload;
use crate::db::schema::qris_codes;
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, CooperativeId, QrisCodeId};
use crate::kernel::text_enum::text_enum;

text_enum! {
    /// Status of a QRIS code.
    QrisStatus {
        /// It pays someone else than the active code, and awaits a second person's approval.
        Proposed = "proposed",
        /// Buyers pay by it.
        Active = "active",
        /// It was refused, or superseded by another proposal.
        Refused = "refused",
        /// It was replaced by another code.
        Replaced = "replaced",
    }
}

text_enum! {
    /// A second person's decision on a code.
    QrisAction {
        /// It is the cooperative's: it becomes active.
        Approve = "approve",
        /// It is not the cooperative's.
        Refuse = "refuse",
    }
}

text_enum! {
    /// A difference between a code and the active one.
    QrisDifference {
        /// The national merchant id.
        MerchantId = "merchant_id",
        /// The receiving account.
        Account = "account",
        /// The merchant's name.
        MerchantName = "merchant_name",
    }
}

/// A QRIS code, active, proposed or former.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = qris_codes)]
#[diesel(treat_none_as_default_value = false)]
pub struct QrisCode {
    /// Its id.
    pub id: QrisCodeId,
    /// The cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The text of the code.
    pub payload: String,
    /// Its national merchant id.
    pub merchant_id: String,
    /// Its merchant name.
    pub merchant_name: String,
    /// Its status.
    pub status: QrisStatus,
    /// When it was proposed.
    pub proposed_at: Instant,
    /// The account that proposed it.
    pub proposed_by: AccountId,
    /// When it was decided.
    pub decided_at: Option<Instant>,
    /// The account that decided it.
    pub decided_by: Option<AccountId>,
    /// Incremented with every change.
    pub version: i64,
}

impl QrisCode {
    /// The last four characters of its merchant id; the approver must send them.
    pub fn merchant_id_suffix(&self) -> &str {
        let start = self.merchant_id.len().saturating_sub(4);
        self.merchant_id.get(start..).unwrap_or(&self.merchant_id)
    }
}

/// The differences in who is paid.
pub fn differences(before: &Payload, after: &Payload) -> Vec<QrisDifference> {
    let differs = [
        (QrisDifference::MerchantId, before.merchant_id() != after.merchant_id()),
        (QrisDifference::Account, before.accounts() != after.accounts()),
        (QrisDifference::MerchantName, before.name() != after.name()),
    ];
    differs.into_iter().filter(|(_, differs)| *differs).map(|(difference, _)| difference).collect()
}
