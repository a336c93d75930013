//! A group's part of an order, and the one table of what may become of it.

use crate::kernel::text_enum::text_enum;

text_enum! {
    /// Where a group's part of an order stands.
    FulfilmentStatus {
        /// The group has not answered yet.
        Pending = "pending",
        /// The group will deliver.
        Accepted = "accepted",
        /// The group is at work.
        Preparing = "preparing",
        /// The goods wait for the buyer.
        Ready = "ready",
        /// The buyer has the goods: this is the sale.
        HandedOver = "handed_over",
        /// The group will not deliver.
        Declined = "declined",
        /// The group did not answer in time.
        Expired = "expired",
        /// Cancelled by the buyer or for them.
        Cancelled = "cancelled",
        /// Nobody came for the goods.
        NotCollected = "not_collected",
        /// The goods came back after the hand-over.
        Returned = "returned",
    }
}

text_enum! {
    /// A step that someone takes with a group's part of an order.
    #[schema(as = FulfilmentAction)]
    Action {
        /// The group will deliver.
        Accept = "accept",
        /// The group will not deliver.
        Decline = "decline",
        /// Work begins.
        Start = "start",
        /// The goods are ready.
        Ready = "ready",
        /// The goods are handed to the buyer or the courier.
        HandOver = "hand_over",
        /// Nobody came.
        NotCollected = "not_collected",
        /// The goods came back.
        Return = "return",
        /// The hand-over was noted by mistake.
        Undo = "undo",
        /// The whole order is cancelled.
        Cancel = "cancel",
        /// The time to answer has passed.
        Expire = "expire",
    }
}

impl Action {
    /// Whether the board, too, may take it in the group's place: it calls off what a group cannot deliver.
    pub fn is_boards_too(self) -> bool {
        self == Action::Decline
    }
}

/// Who takes a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// An officer of the group.
    Officer,
    /// The buyer until the cut-off; later an officer or the board.
    Buyer,
    /// The clock.
    System,
}

/// One row of the table: from this state, this step by this person leads there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// The state before.
    pub from: FulfilmentStatus,
    /// The step.
    pub action: Action,
    /// Who takes it.
    pub who: Who,
    /// The state after.
    pub to: FulfilmentStatus,
}

const fn row(from: FulfilmentStatus, action: Action, who: Who, to: FulfilmentStatus) -> Transition {
    Transition { from, action, who, to }
}

/// Every step there is. What stands nowhere here cannot happen.
pub const TRANSITIONS: &[Transition] = {
    use Action as A;
    use FulfilmentStatus as S;
    use Who::{Buyer, Officer, System};
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
    /// Where this step leads from here, if it can be taken at all.
    pub fn after(self, action: Action) -> Option<FulfilmentStatus> {
        TRANSITIONS.iter().find(|row| row.from == self && row.action == action).map(|row| row.to)
    }

    /// The steps that this person can take from here.
    pub fn steps_of(self, who: Who) -> impl Iterator<Item = Action> {
        TRANSITIONS.iter().filter(move |row| row.from == self && row.who == who).map(|row| row.action)
    }

    /// Whether something is still to be done.
    pub fn is_open(self) -> bool {
        use FulfilmentStatus::{Accepted, Pending, Preparing, Ready};
        matches!(self, Pending | Accepted | Preparing | Ready)
    }

    /// Whether the buyer owes its goods: they are coming, or they came and stayed.
    pub fn counts(self) -> bool {
        self.is_open() || self == FulfilmentStatus::HandedOver
    }
}

text_enum! {
    /// What becomes of goods that nobody has any more.
    GoodsAfter {
        /// They go back on the shelf.
        Shelf = "shelf",
        /// They are thrown away.
        Discard = "discard",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_leads_to_one_place_only() {
        for (place, row) in TRANSITIONS.iter().enumerate() {
            let twins = TRANSITIONS.iter().filter(|other| other.from == row.from && other.action == row.action);
            assert_eq!(twins.count(), 1, "row {place}: {row:?}");
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
