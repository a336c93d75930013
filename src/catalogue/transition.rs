//! Publishing, retiring and withdrawing a product.

use super::lifecycle::{self, Action, Actor, ProductStatus};
use super::{Product, store};
use crate::cooperatives::{CooperativePermit, GroupPermit};
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, ProductId};
use crate::web::{Code, Problem, StaleVersion};

/// By what leave a step is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mandate {
    /// An officer of the product's group.
    Group(GroupPermit),
    /// The board of its cooperative.
    Board(CooperativePermit),
}

impl Mandate {
    /// Who takes the step.
    pub fn actor(&self) -> Actor {
        match self {
            Mandate::Group(_) => Actor::Officer,
            Mandate::Board(_) => Actor::Board,
        }
    }

    fn account(&self) -> AccountId {
        match self {
            Mandate::Group(permit) => permit.account,
            Mandate::Board(permit) => permit.account,
        }
    }
}

impl From<GroupPermit> for Mandate {
    fn from(permit: GroupPermit) -> Self {
        Mandate::Group(permit)
    }
}

impl From<CooperativePermit> for Mandate {
    fn from(permit: CooperativePermit) -> Self {
        Mandate::Board(permit)
    }
}

/// Why a step was not taken.
#[derive(Debug, thiserror::Error)]
pub enum TransitionError {
    /// Not there for this caller.
    #[error("no such product")]
    Absent,
    /// Not from here, or not by this caller.
    #[error("not possible while {0}")]
    Impossible(ProductStatus),
    /// The board withdrew it; its officers cannot put it back.
    #[error("the board withdrew it")]
    Withdrawn,
    /// The group may not sell now.
    #[error("the group is not active")]
    GroupInactive,
    /// Someone else changed it before.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<TransitionError> for Problem {
    fn from(error: TransitionError) -> Self {
        match error {
            TransitionError::Absent => Problem::not_found(),
            TransitionError::Impossible(status) => Problem::new(Code::TransitionInvalid).with("state", status),
            TransitionError::Withdrawn => Problem::new(Code::ProductWithdrawn),
            TransitionError::GroupInactive => Problem::new(Code::ProductGroupInactive),
            TransitionError::Stale(stale) => stale.into(),
            TransitionError::Db(error) => error.into(),
        }
    }
}

/// Puts the product on the public list. Its group must be active.
pub fn publish(
    tx: &mut Tx<'_>,
    now: Instant,
    mandate: impl Into<Mandate>,
    id: ProductId,
    expected: Option<i64>,
) -> Result<Product, TransitionError> {
    step(tx, now, mandate.into(), id, expected, Action::Publish, None)
}

/// Takes the product off the list; orders of before go on.
pub fn retire(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    id: ProductId,
    expected: Option<i64>,
) -> Result<Product, TransitionError> {
    step(tx, now, (*permit).into(), id, expected, Action::Retire, None)
}

/// Takes the product off the list for this reason; only the board can put it back.
pub fn withdraw(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: ProductId,
    expected: Option<i64>,
    reason: &str,
) -> Result<Product, TransitionError> {
    step(tx, now, (*permit).into(), id, expected, Action::Withdraw, Some(reason))
}

fn step(
    tx: &mut Tx<'_>,
    now: Instant,
    mandate: Mandate,
    id: ProductId,
    expected: Option<i64>,
    action: Action,
    reason: Option<&str>,
) -> Result<Product, TransitionError> {
    let before = match mandate {
        Mandate::Group(permit) => store::find_in_group(tx, permit.group, id)?,
        Mandate::Board(permit) => store::find_in_cooperative(tx, permit.cooperative, id)?,
    };
    let before = before.ok_or(TransitionError::Absent)?;
    StaleVersion::check(expected, before.version)?;
    let withdrawn = before.withdrawn_reason.is_some();
    let Some(status) = lifecycle::after(before.status, withdrawn, action, mandate.actor()) else {
        return Err(match mandate.actor() {
            Actor::Officer if withdrawn => TransitionError::Withdrawn,
            _ => TransitionError::Impossible(before.status),
        });
    };
    let group = store::maker(tx, before.group)?;
    if action == Action::Publish && !group.is_active() {
        return Err(TransitionError::GroupInactive);
    }
    let published_at = if action == Action::Publish { before.published_at.or(Some(now)) } else { before.published_at };
    let withdrawn_reason = reason.map(|reason| reason.trim().to_owned());
    let quicker = StaleVersion { current: before.version.saturating_add(1) };
    let product = Product { status, published_at, withdrawn_reason, ..before };
    let product = store::update(tx, product, &group.name)?.ok_or(quicker)?;
    let kind = match action {
        Action::Publish => "product.published",
        Action::Retire => "product.retired",
        Action::Withdraw => "product.withdrawn",
    };
    let event = Event::new(kind, id).by(mandate.account()).in_cooperative(product.cooperative).of_group(product.group);
    events::record(tx, now, &event)?;
    Ok(product)
}
