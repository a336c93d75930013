//! What members did for a batch: earnings are paid by it.

use diesel::prelude::*;

use super::batch::BatchStatus;
use super::figures::{FiguresError, lock};
use super::store;
use crate::cooperatives::GroupPermit;
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::ids::{BatchId, ContributionId, MembershipId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Instant, Quantity};
use crate::web::{Code, FieldError, FieldErrors, Problem};

text_enum! {
    /// In what a contribution is counted.
    ContributionKind {
        /// Pieces made.
        Pieces = "pieces",
        /// Hours worked.
        Hours = "hours",
    }
}

/// What one member did for a batch.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Contribution {
    /// Its id.
    pub id: ContributionId,
    /// Whose it is.
    pub membership: MembershipId,
    /// What the member is called.
    pub name: String,
    /// Pieces or hours.
    pub kind: ContributionKind,
    /// How many.
    pub amount: Quantity,
    /// When it was noted.
    pub noted_at: Instant,
}

/// What is to be noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contributing {
    /// Who did it: a member of the group, with or without an account.
    pub membership: MembershipId,
    /// Pieces or hours.
    pub kind: ContributionKind,
    /// How many.
    pub amount: Quantity,
}

/// Why nothing was noted.
#[derive(Debug, thiserror::Error)]
pub enum ContributeError {
    /// The group has no such batch.
    #[error("the group has no such batch")]
    NotFound,
    /// Nothing was made of it.
    #[error("the batch is {0}")]
    WrongStatus(BatchStatus),
    /// The member is not of the group.
    #[error("the member is not of the group")]
    NotAMember,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<FiguresError> for ContributeError {
    fn from(error: FiguresError) -> Self {
        match error {
            FiguresError::Db(error) => ContributeError::Db(error),
            _ => ContributeError::NotFound,
        }
    }
}

impl From<ContributeError> for Problem {
    fn from(error: ContributeError) -> Self {
        match error {
            ContributeError::NotFound => Problem::not_found(),
            ContributeError::WrongStatus(status) => Problem::new(Code::TransitionInvalid).with("state", status),
            ContributeError::NotAMember => {
                Problem::new(Code::BodyInvalid).with_faults(FieldErrors::one("/membership", NOT_OF_THE_GROUP))
            }
            ContributeError::Db(error) => error.into(),
        }
    }
}

const NOT_OF_THE_GROUP: FieldError = FieldError::Rule {
    code: "not-of-the-group",
    id: "Orang ini bukan anggota kelompok.",
    en: "This person is not a member of the group.",
};

/// Notes what a member did for a batch of the officer's group.
pub fn contribute(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    batch: BatchId,
    id: Option<ContributionId>,
    done: Contributing,
) -> Result<Contribution, ContributeError> {
    let batch = lock(tx, batch)?;
    if batch.group_id != permit.group {
        return Err(ContributeError::NotFound);
    }
    if matches!(batch.status, BatchStatus::Failed | BatchStatus::Cancelled) {
        return Err(ContributeError::WrongStatus(batch.status));
    }
    let name = store::member_name(tx, permit.group, done.membership)?.ok_or(ContributeError::NotAMember)?;
    let Contributing { membership, kind, amount } = done;
    let id = id.unwrap_or_else(|| tx.id(now));
    let contribution = Contribution { id, membership, name, kind, amount, noted_at: now };
    store::insert_contribution(tx, &batch, permit.account, &contribution)?;
    let event = Event::new("contribution.noted", id)
        .by(permit.account)
        .in_cooperative(batch.cooperative_id)
        .of_group(batch.group_id)
        .with("batch", batch.id)
        .with("membership", membership)
        .with("kind", kind)
        .with("amount", amount);
    events::record(tx, now, &event)?;
    Ok(contribution)
}
