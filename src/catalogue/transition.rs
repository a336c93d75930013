//! Publishes, retires and withdraws products.

use super::events::{self, ProductEvent};
use super::lifecycle::{self, ProductAction, ProductRole, ProductStatus};
use super::{Product, store};
use crate::cooperatives::{CooperativePermit, GroupPermit};
use crate::db::{self, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, ProductId};
use crate::web::{StaleVersion, verb_errors};

/// The permit under which a product is transitioned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProductPermit {
    /// Of an officer of the product's group.
    Group(GroupPermit),
    /// Of the board of the product's cooperative.
    Board(CooperativePermit),
}

impl ProductPermit {
    /// The role of the permit's holder.
    pub fn role(&self) -> ProductRole {
        match self {
            ProductPermit::Group(_) => ProductRole::Officer,
            ProductPermit::Board(_) => ProductRole::Board,
        }
    }

    fn account(&self) -> AccountId {
        match self {
            ProductPermit::Group(permit) => permit.account,
            ProductPermit::Board(permit) => permit.account,
        }
    }
}

impl From<GroupPermit> for ProductPermit {
    fn from(permit: GroupPermit) -> Self {
        ProductPermit::Group(permit)
    }
}

impl From<CooperativePermit> for ProductPermit {
    fn from(permit: CooperativePermit) -> Self {
        ProductPermit::Board(permit)
    }
}

verb_errors! {
    /// Why a product was not transitioned.
    pub enum TransitionError {
        /// The group or cooperative has no such product.
        NotFound => NotFound,
        /// The action is not possible with this status, or not in this role.
        WrongStatus(status: ProductStatus) => TransitionInvalid ["state" = status],
        /// The board withdrew the product; officers cannot publish it.
        Withdrawn => ProductWithdrawn,
        /// The group is not active.
        GroupInactive => ProductGroupInactive,
    }
    + Stale(StaleVersion), Db(db::Error)
}

/// Puts the product on the public list. Its group must be active.
pub fn publish(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: impl Into<ProductPermit>,
    id: ProductId,
    expected_version: Option<i64>,
) -> Result<Product, TransitionError> {
    transition(tx, now, permit.into(), id, expected_version, ProductAction::Publish, None)
}

/// Transitions a product under a permit that the action is allowed to; `reason` is for [`ProductAction::Withdraw`] only.
pub fn transition(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: ProductPermit,
    id: ProductId,
    expected_version: Option<i64>,
    action: ProductAction,
    reason: Option<&str>,
) -> Result<Product, TransitionError> {
    let before = match permit {
        ProductPermit::Group(permit) => store::find_in_group(tx, permit.group, id)?,
        ProductPermit::Board(permit) => store::find_in_cooperative(tx, permit.cooperative, id)?,
    };
    let before = before.ok_or(TransitionError::NotFound)?;
    StaleVersion::check(expected_version, before.version)?;
    let withdrawn = before.withdrawn_reason.is_some();
    let Some(status) = lifecycle::next_status(before.status, withdrawn, action, permit.role()) else {
        return Err(match permit.role() {
            ProductRole::Officer if withdrawn => TransitionError::Withdrawn,
            _ => TransitionError::WrongStatus(before.status),
        });
    };
    let group = store::load_maker(tx, before.group)?;
    if action == ProductAction::Publish && !group.is_active() {
        return Err(TransitionError::GroupInactive);
    }
    let published_at =
        if action == ProductAction::Publish { before.published_at.or(Some(now)) } else { before.published_at };
    let reason = reason.filter(|_| action == ProductAction::Withdraw);
    let withdrawn_reason = reason.map(|reason| reason.trim().to_owned());
    let stale = StaleVersion { current: before.version.saturating_add(1) };
    let product = Product { status, published_at, withdrawn_reason, ..before };
    let product = store::update(tx, product, &group.name)?.ok_or(stale)?;
    let event = match action {
        ProductAction::Publish => ProductEvent::Published {},
        ProductAction::Retire => ProductEvent::Retired {},
        ProductAction::Withdraw => ProductEvent::Withdrawn {},
    };
    let event = event.about(id).by(permit.account()).in_group(product.cooperative, product.group);
    events::record(tx, now, &event)?;
    Ok(product)
}
