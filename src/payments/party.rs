//! Who deals with the money of an order, and what they may do with it.

use super::error::PaymentError;
use super::payment::{Action, Payment, Who};
use super::store::OrderMoney;
use crate::cooperatives::{Office, Standing};
use crate::kernel::ids::{AccountId, GroupId};

/// Somebody before the payments of one order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Party {
    /// Who it is; nobody when a guest.
    pub account: Option<AccountId>,
    /// Whether the order is theirs, or they hold its secret.
    pub buyer: bool,
    /// Whether they hold its pay link: they pay for somebody else, and see nothing but what is owed and what they announced.
    pub payer: bool,
    /// Whether they act for one of its groups.
    pub officer: bool,
    /// Whether they keep the cooperative's money.
    pub treasurer: bool,
    /// Whether they govern or supervise the cooperative: they see all and do nothing.
    pub watches: bool,
    /// Whether they know of the order in some other way, which gives no view of its money.
    pub knows: bool,
}

impl Party {
    /// What this person is to this order.
    pub(super) fn of(standing: &Standing, order: &OrderMoney, groups: &[GroupId]) -> Party {
        let holds = |office| standing.holds(office, order.cooperative);
        Party {
            account: standing.account,
            payer: false,
            buyer: standing.account.is_some() && standing.account == order.buyer,
            officer: groups.iter().any(|group| standing.is_officer_of(*group)),
            treasurer: holds(Office::Treasurer),
            watches: holds(Office::Board) || holds(Office::Supervisor),
            knows: standing.oversees(order.cooperative),
        }
    }

    /// Who holds the order's secret.
    pub fn with_secret() -> Party {
        Party { buyer: true, ..Party::default() }
    }

    /// Who holds the order's pay link.
    pub fn with_pay_link() -> Party {
        Party { payer: true, ..Party::default() }
    }

    /// Whether they see this payment of those of the order: a stranger those of strangers only, who say who they are.
    pub(super) fn sees_payment(&self, payment: &Payment) -> bool {
        !self.payer || (payment.recorded_by.is_none() && payment.payer.is_some())
    }

    /// Whether they work for the cooperative or a group: they see names and who holds the cash.
    pub fn is_staff(&self) -> bool {
        self.officer || self.treasurer || self.watches
    }

    /// Whoever sees the payments passes.
    pub(super) fn sees(&self) -> Result<(), PaymentError> {
        if self.buyer || self.payer || self.is_staff() { Ok(()) } else { Err(self.refusal()) }
    }

    /// Whether they are told the link with which anybody pays: the buyer, and those who would take the money.
    pub(super) fn may_hand_out_pay_link(&self) -> bool {
        self.buyer || self.officer || self.treasurer
    }

    /// Whoever writes payments down passes.
    pub(super) fn records(&self) -> Result<(), PaymentError> {
        if self.buyer || self.payer || self.officer || self.treasurer { Ok(()) } else { Err(self.refusal()) }
    }

    /// Only the treasurer passes.
    pub(super) fn decides(&self) -> Result<(), PaymentError> {
        if self.treasurer { Ok(()) } else { Err(self.refusal()) }
    }

    /// What they may know of they are refused; all else is not there.
    fn refusal(&self) -> PaymentError {
        if self.buyer || self.payer || self.is_staff() || self.knows {
            PaymentError::NotAllowed
        } else {
            PaymentError::NotFound
        }
    }

    /// The steps that they can take with this payment now.
    pub fn steps(&self, payment: &Payment) -> Vec<Action> {
        if self.treasurer { payment.steps_of(Who::Treasurer) } else { Vec::new() }
    }
}
