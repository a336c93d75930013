//! Contracts with regular buyers, and the table of their status transitions.

use diesel::prelude::*;

use crate::db::schema::{contract_lines, contracts};
use crate::kernel::ids::{AccountId, ContractId, ContractLineId, CooperativeId, ProductId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Instant, Rupiah, Weekdays};

text_enum! {
    /// The status of a contract.
    ContractStatus {
        /// Proposed by the board; the buyer has not answered.
        Proposed = "proposed",
        /// The buyer accepted it.
        Active = "active",
        /// The buyer declined it.
        Declined = "declined",
        /// Withdrawn by the board, or its period ended before the buyer answered.
        Withdrawn = "withdrawn",
        /// Ended; goods ordered under it are still invoiced.
        Ended = "ended",
    }
}

text_enum! {
    /// The actions on a contract.
    ContractAction {
        /// The buyer accepts.
        Accept = "accept",
        /// The buyer declines.
        Decline = "decline",
        /// The board withdraws its proposal.
        Withdraw = "withdraw",
        /// The board ends it.
        End = "end",
    }
}

impl ContractAction {
    /// Whether the buyer takes it. The board takes the others; the periodic task does when the period is over.
    pub fn is_answer(self) -> bool {
        matches!(self, ContractAction::Accept | ContractAction::Decline)
    }
}

/// A row of the transition table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// Status before.
    pub from: ContractStatus,
    /// The action.
    pub action: ContractAction,
    /// Status after.
    pub to: ContractStatus,
}

const fn row(from: ContractStatus, action: ContractAction, to: ContractStatus) -> Transition {
    Transition { from, action, to }
}

/// All permitted transitions.
pub const TRANSITIONS: &[Transition] = {
    use ContractAction as A;
    use ContractStatus as S;
    &[
        row(S::Proposed, A::Accept, S::Active),
        row(S::Proposed, A::Decline, S::Declined),
        row(S::Proposed, A::Withdraw, S::Withdrawn),
        row(S::Active, A::End, S::Ended),
    ]
};

/// A contract with a regular buyer.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = contracts)]
#[diesel(treat_none_as_default_value = false)]
pub struct Contract {
    /// Its id.
    pub id: ContractId,
    /// The selling cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The buyer's account.
    #[diesel(column_name = buyer_id)]
    pub buyer: AccountId,
    /// The board member who proposed it.
    pub drawn_by: AccountId,
    /// Status.
    pub status: ContractStatus,
    /// First day for which goods can be ordered under it.
    pub starts_on: Day,
    /// Last day for which goods can be ordered under it.
    pub ends_on: Day,
    /// Weekdays for which goods can be ordered.
    pub weekdays: Weekdays,
    /// Credit limit in rupiah: maximum total of orders that are not paid.
    pub credit_limit: Rupiah,
    /// Payment term: days from the issue of an invoice until it is due.
    pub term_days: i32,
    /// Note for both parties.
    pub note: Option<String>,
    /// The last day up to which deliveries were invoiced.
    pub invoiced_through: Option<Day>,
    /// When it was proposed.
    pub created_at: Instant,
    /// When the buyer answered.
    pub answered_at: Option<Instant>,
    /// When it was declined, withdrawn or ended.
    pub closed_at: Option<Instant>,
    /// Version; increases by one with every change.
    pub version: i64,
}

/// A product of a contract and its agreed price.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = contract_lines)]
pub struct ContractLine {
    /// Its id.
    pub id: ContractLineId,
    /// The cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The contract.
    #[diesel(column_name = contract_id)]
    pub contract: ContractId,
    /// The product.
    #[diesel(column_name = product_id)]
    pub product: ProductId,
    /// Position in the list, from 0.
    pub position: i32,
    /// Agreed price per unit, in rupiah.
    pub unit_price: Rupiah,
}

impl Contract {
    /// The status after this action; `None` when it is not permitted.
    pub fn next_status(&self, action: ContractAction) -> Option<ContractStatus> {
        TRANSITIONS.iter().find(|row| row.from == self.status && row.action == action).map(|row| row.to)
    }

    /// The actions that the status permits.
    pub fn allowed_actions(&self) -> impl Iterator<Item = ContractAction> {
        TRANSITIONS.iter().filter(|row| row.from == self.status).map(|row| row.action)
    }

    /// Whether the day lies in its period.
    pub fn covers(&self, day: Day) -> bool {
        (self.starts_on..=self.ends_on).contains(&day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transition_has_one_target_and_final_statuses_have_none() {
        for row in TRANSITIONS {
            let duplicates = TRANSITIONS.iter().filter(|other| other.from == row.from && other.action == row.action);
            assert_eq!(duplicates.count(), 1, "{row:?}");
            assert!(matches!(row.from, ContractStatus::Proposed | ContractStatus::Active), "{row:?}");
        }
        for status in ContractStatus::ALL {
            let reached = TRANSITIONS.iter().any(|row| row.to == *status);
            assert!(reached || *status == ContractStatus::Proposed, "{status}");
        }
    }
}
