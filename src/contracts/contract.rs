//! A contract: what is agreed with a steady buyer, and the one table of what may become of it.

use diesel::prelude::*;

use crate::db::schema::{contract_lines, contracts};
use crate::kernel::ids::{AccountId, ContractId, ContractLineId, CooperativeId, ProductId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Instant, Rupiah, Weekdays};

text_enum! {
    /// Where a contract stands.
    ContractStatus {
        /// The board has drawn it up; the buyer has not answered.
        Proposed = "proposed",
        /// Both have agreed.
        Active = "active",
        /// The buyer does not want it.
        Declined = "declined",
        /// The board took it back, or its time was over before the buyer answered.
        Withdrawn = "withdrawn",
        /// It is over; what was ordered under it is still asked for.
        Ended = "ended",
    }
}

text_enum! {
    /// A step that someone takes with a contract.
    ContractAction {
        /// The buyer agrees.
        Accept = "accept",
        /// The buyer does not.
        Decline = "decline",
        /// The board takes its proposal back.
        Withdraw = "withdraw",
        /// It is over.
        End = "end",
    }
}

/// Who takes a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The buyer.
    Buyer,
    /// The cooperative's board, and the clock when the period is over.
    Board,
}

/// One row of the table: from this state, this step by this person leads there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// The state before.
    pub from: ContractStatus,
    /// The step.
    pub action: ContractAction,
    /// Who takes it.
    pub who: Who,
    /// The state after.
    pub to: ContractStatus,
}

const fn row(from: ContractStatus, action: ContractAction, who: Who, to: ContractStatus) -> Transition {
    Transition { from, action, who, to }
}

/// Every step there is. What stands nowhere here cannot happen.
pub const TRANSITIONS: &[Transition] = {
    use ContractAction as A;
    use ContractStatus as S;
    &[
        row(S::Proposed, A::Accept, Who::Buyer, S::Active),
        row(S::Proposed, A::Decline, Who::Buyer, S::Declined),
        row(S::Proposed, A::Withdraw, Who::Board, S::Withdrawn),
        row(S::Active, A::End, Who::Board, S::Ended),
    ]
};

/// What is agreed with a steady buyer.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = contracts)]
#[diesel(treat_none_as_default_value = false)]
pub struct Contract {
    /// Its id.
    pub id: ContractId,
    /// Who sells.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// Who buys.
    #[diesel(column_name = buyer_id)]
    pub buyer: AccountId,
    /// Who drew it up for the board.
    pub drawn_by: AccountId,
    /// Where it stands.
    pub status: ContractStatus,
    /// The first day for which something is ordered under it.
    pub starts_on: Day,
    /// The last one.
    pub ends_on: Day,
    /// The weekdays on which there are goods.
    pub weekdays: Weekdays,
    /// How much may be open at most.
    pub credit_limit: Rupiah,
    /// How many days after it is issued an invoice is due.
    pub term_days: i32,
    /// What both should know.
    pub note: Option<String>,
    /// The last day up to which it was looked what there is to ask for.
    pub invoiced_through: Option<Day>,
    /// When it was drawn up.
    pub created_at: Instant,
    /// When the buyer answered.
    pub answered_at: Option<Instant>,
    /// When it was over, one way or another.
    pub closed_at: Option<Instant>,
    /// Grows by one with every change.
    pub version: i64,
}

/// A product of a contract and its agreed price.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = contract_lines)]
pub struct ContractLine {
    /// Its id.
    pub id: ContractLineId,
    /// Whose contract.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// Of which contract.
    #[diesel(column_name = contract_id)]
    pub contract: ContractId,
    /// Which product.
    #[diesel(column_name = product_id)]
    pub product: ProductId,
    /// Its place.
    pub position: i32,
    /// The agreed price of a unit.
    pub unit_price: Rupiah,
}

impl Contract {
    /// Where this step of this person leads from here, if it can be taken at all.
    pub fn after(&self, action: ContractAction, who: Who) -> Option<ContractStatus> {
        TRANSITIONS
            .iter()
            .find(|row| row.from == self.status && row.action == action && row.who == who)
            .map(|row| row.to)
    }

    /// The steps that this person can take from here.
    pub fn steps_of(&self, who: Who) -> impl Iterator<Item = ContractAction> {
        let from = self.status;
        TRANSITIONS.iter().filter(move |row| row.from == from && row.who == who).map(|row| row.action)
    }

    /// Whether its period holds this day.
    pub fn holds(&self, day: Day) -> bool {
        (self.starts_on..=self.ends_on).contains(&day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_leads_to_one_place_only_and_from_an_end_nothing_goes_on() {
        for row in TRANSITIONS {
            let twins = TRANSITIONS.iter().filter(|other| other.from == row.from && other.action == row.action);
            assert_eq!(twins.count(), 1, "{row:?}");
            assert!(matches!(row.from, ContractStatus::Proposed | ContractStatus::Active), "{row:?}");
        }
        for status in ContractStatus::ALL {
            let reached = TRANSITIONS.iter().any(|row| row.to == *status);
            assert!(reached || *status == ContractStatus::Proposed, "{status}");
        }
    }
}
