//! A group's part of an order (a fulfilment): its rows, and its state machine.

use diesel::prelude::*;

use crate::cooperatives::GroupRef;
use crate::db::schema::{claims, fulfilments, order_lines};
use crate::kernel::ids::{BatchId, ClaimId, CooperativeId, FulfilmentId, GroupId, LineId, OrderId, ProductId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{AmountError, Day, Instant, Quantity, Rupiah};
use crate::supply::DiscountKind;

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
    /// Why a line gets less than was ordered.
    LineReason {
        /// Less was produced than ordered; it was allocated fairly over all orders.
        Shortage = "shortage",
        /// The product is made in whole packs, and the last pack was not filled.
        WholePacks = "whole_packs",
        /// Some of the batch was discarded.
        Discarded = "discarded",
        /// The batch did not reach its minimum.
        MinimumNotReached = "minimum_not_reached",
        /// The group or the cooperative cancelled the batch.
        BatchCancelled = "called_off",
    }
}

/// One group's part of an order.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = fulfilments)]
#[diesel(treat_none_as_default_value = false)]
pub struct Fulfilment {
    /// Its id.
    pub id: FulfilmentId,
    /// The order's cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The order.
    #[diesel(column_name = order_id)]
    pub order: OrderId,
    /// The group.
    #[diesel(column_name = group_id)]
    pub group: GroupId,
    /// Its status.
    pub status: FulfilmentStatus,
    /// Total of its lines.
    pub goods_total: Rupiah,
    /// The day on which the last of its goods is ready.
    pub ready_on: Day,
    /// Deadline of the group's answer.
    pub answer_by: Option<Instant>,
    /// When the group answered.
    pub answered_at: Option<Instant>,
    /// When the goods became ready.
    pub ready_at: Option<Instant>,
    /// When the goods were handed over.
    pub handed_over_at: Option<Instant>,
    /// Why it was declined, cancelled or returned.
    pub reason: Option<String>,
    /// The courier.
    pub courier: Option<String>,
    /// The courier's tracking number.
    pub tracking_number: Option<String>,
    /// Who received the goods.
    pub received_by: Option<String>,
    /// Incremented with every change.
    pub version: i64,
}

impl Fulfilment {
    /// A new fulfilment without lines: accepted if the group promised the goods beforehand, else pending.
    pub fn new(
        id: FulfilmentId,
        order: OrderId,
        cooperative: CooperativeId,
        group: GroupId,
        ready_on: Day,
        promised_at: Option<Instant>,
    ) -> Self {
        Fulfilment {
            id,
            cooperative,
            order,
            group,
            status: if promised_at.is_some() { FulfilmentStatus::Accepted } else { FulfilmentStatus::Pending },
            goods_total: Rupiah::ZERO,
            ready_on,
            answer_by: None,
            answered_at: promised_at,
            ready_at: None,
            handed_over_at: None,
            reason: None,
            courier: None,
            tracking_number: None,
            received_by: None,
            version: 1,
        }
    }
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = order_lines)]
pub struct OrderLine {
    /// Its id.
    pub id: LineId,
    /// The order's cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The order.
    #[diesel(column_name = order_id)]
    pub order: OrderId,
    /// The fulfilment it belongs to.
    #[diesel(column_name = fulfilment_id)]
    pub fulfilment: FulfilmentId,
    /// The product.
    #[diesel(column_name = product_id)]
    pub product: ProductId,
    /// Position in the order, from 0.
    pub position: i32,
    /// The product's name when ordered.
    pub product_name: String,
    /// The product's unit when ordered.
    pub unit: String,
    /// The day on which the goods are ready.
    pub ready_on: Day,
    /// The quantity the buyer asked for.
    pub wanted: Quantity,
    /// The smallest quantity the buyer accepts.
    pub at_least: Quantity,
    /// The quantity the buyer gets.
    pub quantity: Quantity,
    /// Unit price when ordered.
    pub unit_price: Rupiah,
    /// Total of the line.
    pub total: Rupiah,
    /// Deposit in percent when ordered; zero for goods in stock.
    pub deposit_percent: i32,
    /// Why the buyer gets less than they asked for.
    pub reason: Option<LineReason>,
    /// Why the unit price is discounted.
    pub discount: Option<DiscountKind>,
    /// Unit price before the discount.
    pub was_price: Option<Rupiah>,
    /// The cooperative's service fee in percent when ordered.
    pub service_percent: i32,
}

impl OrderLine {
    /// The deposit due before production.
    pub fn deposit(&self) -> Rupiah {
        self.total.percent(u8::try_from(self.deposit_percent).unwrap_or(100))
    }

    /// The cooperative's service fee.
    pub fn service(&self) -> Rupiah {
        self.total.percent(u8::try_from(self.service_percent).unwrap_or(0))
    }

    /// The discount on the regular price.
    pub fn discounted(&self) -> Result<Rupiah, AmountError> {
        match self.was_price {
            Some(usual) => self.quantity.total_at(usual)?.minus(self.total),
            None => Ok(Rupiah::ZERO),
        }
    }
}

/// A line's claim on a batch.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = claims)]
pub struct Claim {
    /// Its id.
    pub id: ClaimId,
    /// The order's cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The line that claims.
    #[diesel(column_name = line_id)]
    pub line: LineId,
    /// The claimed batch.
    #[diesel(column_name = batch_id)]
    pub batch: BatchId,
    /// The claimed quantity.
    pub quantity: Quantity,
}

/// A group's fulfilment with its lines and their claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FulfilmentWithLines {
    /// The fulfilment itself.
    pub row: Fulfilment,
    /// The group with its name.
    pub group: GroupRef,
    /// Its lines, by position.
    pub lines: Vec<LineWithClaims>,
}

/// A line with its claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineWithClaims {
    /// The line itself.
    pub row: OrderLine,
    /// Its claims, by batch id.
    pub claims: Vec<Claim>,
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
