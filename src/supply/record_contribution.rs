//! Records members' contributions to a batch, from which earnings are calculated.

use diesel::prelude::*;

use super::batch::BatchStatus;
use super::events::{self, SupplyEvent};
use super::quantities::{BatchQuantityError, lock_batch};
use super::store;
use crate::cooperatives::GroupPermit;
use crate::db::{self, Tx};
use crate::kernel::ids::{BatchId, ContributionId, MembershipId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Instant, Quantity};
use crate::web::{Problem, Rule, verb_errors};

text_enum! {
    /// The unit of a contribution.
    ContributionKind {
        /// Pieces made.
        Pieces = "pieces",
        /// Hours worked.
        Hours = "hours",
    }
}

/// A member's contribution to a batch.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Contribution {
    /// The id.
    pub id: ContributionId,
    /// The member's membership.
    pub membership: MembershipId,
    /// The member's name.
    pub name: String,
    /// Whether pieces or hours are counted.
    pub kind: ContributionKind,
    /// The amount: pieces or hours.
    pub amount: Quantity,
    /// When it was recorded.
    pub noted_at: Instant,
}

/// The input of [`record_contribution`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewContribution {
    /// The membership in the group, with or without an account.
    pub membership: MembershipId,
    /// Whether pieces or hours are counted.
    pub kind: ContributionKind,
    /// The amount: pieces or hours.
    pub amount: Quantity,
}

verb_errors! {
    /// Why a contribution was not recorded.
    pub enum ContributionError {
        /// The group has no such batch.
        NotFound => NotFound,
        /// The batch failed or was cancelled.
        WrongStatus(status: BatchStatus) => TransitionInvalid ["state" = status],
        /// The membership does not belong to the group.
        NotAMember => { Problem::invalid_field("/membership", Rule::NotOfTheGroup) },
    }
    + Db(db::Error)
}

impl From<BatchQuantityError> for ContributionError {
    fn from(error: BatchQuantityError) -> Self {
        match error {
            BatchQuantityError::Db(error) => ContributionError::Db(error),
            _ => ContributionError::NotFound,
        }
    }
}

/// Records a member's contribution to a batch of the officer's group.
pub fn record_contribution(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    batch: BatchId,
    id: Option<ContributionId>,
    new: NewContribution,
) -> Result<Contribution, ContributionError> {
    let batch = lock_batch(tx, batch)?;
    if batch.group_id != permit.group {
        return Err(ContributionError::NotFound);
    }
    if matches!(batch.status, BatchStatus::Failed | BatchStatus::Cancelled) {
        return Err(ContributionError::WrongStatus(batch.status));
    }
    let name = store::find_member_name(tx, permit.group, new.membership)?.ok_or(ContributionError::NotAMember)?;
    let NewContribution { membership, kind, amount } = new;
    let id = id.unwrap_or_else(|| tx.id(now));
    let contribution = Contribution { id, membership, name, kind, amount, noted_at: now };
    store::insert_contribution(tx, &batch, permit.account, &contribution)?;
    let event = SupplyEvent::ContributionNoted { batch: batch.id, membership, kind, amount };
    let event = event.about(id).by(permit.account).in_group(batch.cooperative_id, batch.group_id);
    events::record(tx, now, &event)?;
    Ok(contribution)
}
