//! A group's part of an order (a fulfilment), and its state machine.

use crate::kernel::text_enum::text_enum;

text_enum! {
    /// Status of a group's part of an order.
    FulfilmentStatus {
        /// The group has not answered yet.
        Pending = "pending",
        /// The group accepts the order.
        Accepted = "accepted",
        /// The group is preparing the goods.
        Preparing = "preparing",
        /// The goods are ready for pickup or delivery.
        Ready = "ready",
        /// The buyer has the goods. This is the sale.
        HandedOver = "handed_over",
        /// The group declines the order.
        Declined = "declined",
        /// The group did not answer in time.
        Expired = "expired",
        /// Cancelled by the buyer or on their behalf.
        Cancelled = "cancelled",
        /// The buyer did not collect the goods.
        NotCollected = "not_collected",
        /// The goods were returned after the hand-over.
        Returned = "returned",
    }
}

text_enum! {
    /// An action on a group's part of an order.
    FulfilmentAction {
        /// The group accepts the order.
        Accept = "accept",
        /// The group declines the order.
        Decline = "decline",
        /// The group starts preparing the goods.
        Start = "start",
        /// The goods are ready.
        Ready = "ready",
        /// The goods are handed over to the buyer or the courier.
        HandOver = "hand_over",
        /// The buyer did not collect the goods.
        NotCollected = "not_collected",
        /// The goods were returned.
        Return = "return",
        /// The hand-over was recorded by mistake.
        Undo = "undo",
        /// The whole order is cancelled.
        Cancel = "cancel",
        /// The time to answer has passed.
        Expire = "expire",
    }
}

impl FulfilmentAction {
    /// Whether the board may also do this in the group's place: it may decline what a group cannot deliver.
    pub fn is_allowed_for_board(self) -> bool {
        self == FulfilmentAction::Decline
    }
}

/// Who may perform an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FulfilmentActor {
    /// An officer of the group.
    Officer,
    /// The buyer until the cut-off; later an officer or the board.
    Buyer,
    /// A scheduled task.
    System,
}

/// One row of the state machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// Status before.
    pub from: FulfilmentStatus,
    /// The action.
    pub action: FulfilmentAction,
    /// Who may perform it.
    pub actor: FulfilmentActor,
    /// Status after.
    pub to: FulfilmentStatus,
}

const fn row(
    from: FulfilmentStatus,
    action: FulfilmentAction,
    actor: FulfilmentActor,
    to: FulfilmentStatus,
) -> Transition {
    Transition { from, action, actor, to }
}

/// All allowed transitions.
pub const TRANSITIONS: &[Transition] = {
    use FulfilmentAction as A;
    use FulfilmentActor::{Buyer, Officer, System};
    use FulfilmentStatus as S;
    &[
        row(S::Pending, A::Accept, Officer, S::Accepted),
        row(S::Pending, A::Decline, Officer, S::Declined),
        row(S::Pending, A::Expire, System, S::Expired),
        row(S::Accepted, A::Start, Officer, S::Preparing),
        row(S::Accepted, A::Ready, Officer, S::Ready),
        row(S::Accepted, A::HandOver, Officer, S::HandedOver),
        row(S::Accepted, A::Decline, Officer, S::Declined),
        row(S::Preparing, A::Ready, Officer, S::Ready),
        row(S::Preparing, A::HandOver, Officer, S::HandedOver),
        row(S::Preparing, A::Decline, Officer, S::Declined),
        row(S::Ready, A::HandOver, Officer, S::HandedOver),
        row(S::Ready, A::NotCollected, Officer, S::NotCollected),
        row(S::HandedOver, A::Return, Officer, S::Returned),
        row(S::HandedOver, A::Undo, Officer, S::Ready),
        row(S::Pending, A::Cancel, Buyer, S::Cancelled),
        row(S::Accepted, A::Cancel, Buyer, S::Cancelled),
        row(S::Preparing, A::Cancel, Buyer, S::Cancelled),
        row(S::Ready, A::Cancel, Buyer, S::Cancelled),
    ]
};

impl FulfilmentStatus {
    /// The status after this action; `None` if it is not allowed.
    pub fn after(self, action: FulfilmentAction) -> Option<FulfilmentStatus> {
        TRANSITIONS.iter().find(|row| row.from == self && row.action == action).map(|row| row.to)
    }

    /// The actions this actor may perform in this status.
    pub fn actions_for(self, actor: FulfilmentActor) -> impl Iterator<Item = FulfilmentAction> {
        TRANSITIONS.iter().filter(move |row| row.from == self && row.actor == actor).map(|row| row.action)
    }

    /// Whether work remains to be done.
    pub fn is_open(self) -> bool {
        use FulfilmentStatus::{Accepted, Pending, Preparing, Ready};
        matches!(self, Pending | Accepted | Preparing | Ready)
    }

    /// Whether the buyer owes the goods: they are open or were handed over and kept.
    pub fn counts(self) -> bool {
        self.is_open() || self == FulfilmentStatus::HandedOver
    }
}

text_enum! {
    /// What happens to goods that were returned or not collected.
    GoodsDisposition {
        /// They go back into stock.
        Shelf = "shelf",
        /// They are discarded.
        Discard = "discard",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_leads_to_one_place_only() {
        for (index, row) in TRANSITIONS.iter().enumerate() {
            let twins = TRANSITIONS.iter().filter(|other| other.from == row.from && other.action == row.action);
            assert_eq!(twins.count(), 1, "row {index}: {row:?}");
        }
    }

    #[test]
    fn from_an_end_nothing_goes_on() {
        use FulfilmentStatus::{Cancelled, Declined, Expired, NotCollected, Returned};
        for end in [Declined, Expired, Cancelled, NotCollected, Returned] {
            assert!(TRANSITIONS.iter().all(|row| row.from != end), "{end}");
            assert!(!end.counts());
        }
    }

    #[test]
    fn every_state_but_the_first_can_be_reached() {
        for status in FulfilmentStatus::ALL {
            let reached = TRANSITIONS.iter().any(|row| row.to == *status);
            assert!(reached || *status == FulfilmentStatus::Pending, "{status}");
        }
    }
}
