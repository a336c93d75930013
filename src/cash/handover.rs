//! Handovers of cash from its holder to the treasurer.

use diesel::prelude::*;

use crate::db::schema::handovers;
use crate::kernel::ids::{AccountId, CooperativeId, HandoverId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Instant, Rupiah};

text_enum! {
    /// Status of a handover.
    HandoverStatus {
        /// Declared by the holder.
        Declared = "declared",
        /// Received by the treasurer.
        Received = "received",
        /// It did not take place.
        Refused = "refused",
    }
}

text_enum! {
    /// A transition of a handover.
    HandoverAction {
        /// The treasurer has counted and received the cash.
        Receive = "receive",
        /// The treasurer has not received it, or the holder keeps it.
        Refuse = "refuse",
    }
}

/// A handover.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = handovers)]
#[diesel(treat_none_as_default_value = false)]
pub struct Handover {
    /// Its id.
    pub id: HandoverId,
    /// The receiving cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The holder of the cash.
    #[diesel(column_name = holder_id)]
    pub holder: AccountId,
    /// Its status.
    pub status: HandoverStatus,
    /// Total of its payments.
    pub expected: Rupiah,
    /// The amount the treasurer counted.
    pub counted: Option<Rupiah>,
    /// A note.
    pub note: Option<String>,
    /// When it was declared.
    pub declared_at: Instant,
    /// The account that declared it: the holder, or a treasurer who received it at once.
    pub declared_by: AccountId,
    /// When it was received or refused.
    pub decided_at: Option<Instant>,
    /// The account that decided it.
    pub decided_by: Option<AccountId>,
    /// Incremented with every change.
    pub version: i64,
}

impl Handover {
    /// The shortfall; negative for a surplus, `None` until counted.
    pub fn missing(&self) -> Option<Rupiah> {
        self.counted.and_then(|counted| self.expected.minus(counted).ok())
    }
}
