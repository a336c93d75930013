//! A handover: cash that somebody holds, on its way to the treasurer.

use diesel::prelude::*;

use crate::db::schema::handovers;
use crate::kernel::ids::{AccountId, CooperativeId, HandoverId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Instant, Rupiah};

text_enum! {
    /// Where a handover stands.
    HandoverStatus {
        /// The holder says that they hand it over.
        Declared = "declared",
        /// The treasurer has it.
        Received = "received",
        /// It did not come about.
        Refused = "refused",
    }
}

text_enum! {
    /// A step of a handover.
    HandoverAction {
        /// The treasurer has counted and taken it.
        Receive = "receive",
        /// The treasurer has not got it, or the holder keeps it.
        Refuse = "refuse",
    }
}

/// One handover.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = handovers)]
#[diesel(treat_none_as_default_value = false)]
pub struct Handover {
    /// Its id.
    pub id: HandoverId,
    /// To which cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// Who holds the cash.
    #[diesel(column_name = holder_id)]
    pub holder: AccountId,
    /// Where it stands.
    pub status: HandoverStatus,
    /// What its payments come to.
    pub expected: Rupiah,
    /// What the treasurer counted.
    pub counted: Option<Rupiah>,
    /// What is worth remembering.
    pub note: Option<String>,
    /// When it was declared.
    pub declared_at: Instant,
    /// By whom: the holder, or the treasurer who took it in at once.
    pub declared_by: AccountId,
    /// When it was received or refused.
    pub decided_at: Option<Instant>,
    /// By whom.
    pub decided_by: Option<AccountId>,
    /// Grows by one with every change.
    pub version: i64,
}

impl Handover {
    /// What is missing; below zero when there is more.
    pub fn missing(&self) -> Option<Rupiah> {
        self.counted.and_then(|counted| self.expected.minus(counted).ok())
    }
}
