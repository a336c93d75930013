//! Where a product stands, and the steps it can take, as data.

use crate::kernel::text_enum::text_enum;

text_enum! {
    /// Where a product stands.
    ProductStatus {
        /// Its officers are still writing it.
        Draft = "draft",
        /// On the public list.
        Published = "published",
        /// Off the list; orders of before go on.
        Retired = "retired",
    }
}

text_enum! {
    /// A step of a product.
    #[schema(as = ProductAction)]
    Action {
        /// Onto the public list.
        Publish = "publish",
        /// Off the list, by its group.
        Retire = "retire",
        /// Off the list, by the board, with a reason; only the board can put it back.
        Withdraw = "withdraw",
    }
}

/// Who takes a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Actor {
    /// An officer of its group.
    Officer,
    /// The cooperative's board.
    Board,
}

struct Transition {
    from: ProductStatus,
    /// Whether the board had withdrawn it.
    withdrawn: bool,
    action: Action,
    who: Actor,
    to: ProductStatus,
}

const fn step(from: ProductStatus, withdrawn: bool, action: Action, who: Actor, to: ProductStatus) -> Transition {
    Transition { from, withdrawn, action, who, to }
}

const TRANSITIONS: &[Transition] = &[
    step(ProductStatus::Draft, false, Action::Publish, Actor::Officer, ProductStatus::Published),
    step(ProductStatus::Draft, false, Action::Retire, Actor::Officer, ProductStatus::Retired),
    step(ProductStatus::Published, false, Action::Retire, Actor::Officer, ProductStatus::Retired),
    step(ProductStatus::Published, false, Action::Withdraw, Actor::Board, ProductStatus::Retired),
    step(ProductStatus::Retired, false, Action::Publish, Actor::Officer, ProductStatus::Published),
    step(ProductStatus::Retired, false, Action::Withdraw, Actor::Board, ProductStatus::Retired),
    step(ProductStatus::Retired, true, Action::Publish, Actor::Board, ProductStatus::Published),
];

/// The steps that this caller may take with a product that stands here.
pub fn actions_for(status: ProductStatus, withdrawn: bool, who: Actor) -> Vec<Action> {
    TRANSITIONS
        .iter()
        .filter(|row| row.from == status && row.withdrawn == withdrawn && row.who == who)
        .map(|row| row.action)
        .collect()
}

/// Where the step leads, when this caller may take it.
pub(super) fn after(status: ProductStatus, withdrawn: bool, action: Action, who: Actor) -> Option<ProductStatus> {
    TRANSITIONS
        .iter()
        .find(|row| row.from == status && row.withdrawn == withdrawn && row.action == action && row.who == who)
        .map(|row| row.to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_board_withdrew_only_the_board_puts_back() {
        assert_eq!(actions_for(ProductStatus::Retired, true, Actor::Officer), []);
        assert_eq!(actions_for(ProductStatus::Retired, true, Actor::Board), [Action::Publish]);
        assert_eq!(actions_for(ProductStatus::Published, false, Actor::Officer), [Action::Retire]);
        assert_eq!(after(ProductStatus::Published, false, Action::Publish, Actor::Officer), None);
    }

    #[test]
    fn no_step_has_two_ends() {
        for (position, row) in TRANSITIONS.iter().enumerate() {
            let same = |other: &&Transition| {
                (other.from, other.withdrawn, other.action, other.who) == (row.from, row.withdrawn, row.action, row.who)
            };
            assert_eq!(TRANSITIONS.iter().position(|other| same(&other)), Some(position));
        }
    }
}
