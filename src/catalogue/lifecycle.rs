//! Product statuses and the table of their transitions.

use crate::kernel::text_enum::text_enum;

text_enum! {
    /// The status of a product.
    ProductStatus {
        /// Not published yet.
        Draft = "draft",
        /// Published: on the public list.
        Published = "published",
        /// Not on the public list any more; existing orders continue.
        Retired = "retired",
    }
}

text_enum! {
    /// A transition of a product.
    ProductAction {
        /// Puts the product on the public list.
        Publish = "publish",
        /// The group takes the product off the list.
        Retire = "retire",
        /// The board takes the product off the list, with a reason; only the board can publish it again.
        Withdraw = "withdraw",
    }
}

/// The role in which a caller transitions a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProductRole {
    /// An officer of the product's group.
    Officer,
    /// A board member of the cooperative.
    Board,
}

struct Transition {
    from: ProductStatus,
    /// Whether the board has withdrawn the product.
    withdrawn: bool,
    action: ProductAction,
    role: ProductRole,
    to: ProductStatus,
}

const fn row(
    from: ProductStatus,
    withdrawn: bool,
    action: ProductAction,
    role: ProductRole,
    to: ProductStatus,
) -> Transition {
    Transition { from, withdrawn, action, role, to }
}

const TRANSITIONS: &[Transition] = &[
    row(ProductStatus::Draft, false, ProductAction::Publish, ProductRole::Officer, ProductStatus::Published),
    row(ProductStatus::Draft, false, ProductAction::Retire, ProductRole::Officer, ProductStatus::Retired),
    row(ProductStatus::Published, false, ProductAction::Retire, ProductRole::Officer, ProductStatus::Retired),
    row(ProductStatus::Published, false, ProductAction::Withdraw, ProductRole::Board, ProductStatus::Retired),
    row(ProductStatus::Retired, false, ProductAction::Publish, ProductRole::Officer, ProductStatus::Published),
    row(ProductStatus::Retired, false, ProductAction::Withdraw, ProductRole::Board, ProductStatus::Retired),
    row(ProductStatus::Retired, true, ProductAction::Publish, ProductRole::Board, ProductStatus::Published),
];

/// The actions that this role can take on a product with this status.
pub fn actions_for(status: ProductStatus, withdrawn: bool, role: ProductRole) -> Vec<ProductAction> {
    TRANSITIONS
        .iter()
        .filter(|row| row.from == status && row.withdrawn == withdrawn && row.role == role)
        .map(|row| row.action)
        .collect()
}

/// The status after the action; `None` when the action is impossible from here or not allowed to this role.
pub(super) fn next_status(
    status: ProductStatus,
    withdrawn: bool,
    action: ProductAction,
    role: ProductRole,
) -> Option<ProductStatus> {
    TRANSITIONS
        .iter()
        .find(|row| row.from == status && row.withdrawn == withdrawn && row.action == action && row.role == role)
        .map(|row| row.to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_board_publishes_a_withdrawn_product() {
        assert_eq!(actions_for(ProductStatus::Retired, true, ProductRole::Officer), []);
        assert_eq!(actions_for(ProductStatus::Retired, true, ProductRole::Board), [ProductAction::Publish]);
        assert_eq!(actions_for(ProductStatus::Published, false, ProductRole::Officer), [ProductAction::Retire]);
        assert_eq!(next_status(ProductStatus::Published, false, ProductAction::Publish, ProductRole::Officer), None);
    }

    #[test]
    fn each_transition_has_one_target_status() {
        for (position, row) in TRANSITIONS.iter().enumerate() {
            let same = |other: &&Transition| {
                (other.from, other.withdrawn, other.action, other.role)
                    == (row.from, row.withdrawn, row.action, row.role)
            };
            assert_eq!(TRANSITIONS.iter().position(|other| same(&other)), Some(position));
        }
    }
}
