//! How a caller reaches the payments of an order, and what they may do there.

use super::error::PaymentError;
use super::payment::{Action, Payment, Who};
use super::store::{self, OrderMoney};
use crate::cooperatives::{Office, Roles};
use crate::db::Conn;
use crate::kernel::ids::{AccountId, GroupId, OrderId, PaymentId};
use crate::orders;
use crate::web::{ApiResponse, AppState, Problem};

/// Under which path payments stand in answers that are kept for a replay: no secret is kept beside its order.
pub(super) const KEPT: &str = "/v1";

/// How a caller comes to an order.
#[derive(Debug, Clone)]
pub(super) enum PaymentRoute {
    /// By what they hold.
    Roles(Box<Roles>),
    /// By the order's secret.
    Secret(OrderId, String),
    /// By the link with which anybody pays for the order.
    PayLink(OrderId, String),
}

impl PaymentRoute {
    /// For somebody who is signed in.
    pub(super) fn of(roles: Roles) -> PaymentRoute {
        PaymentRoute::Roles(Box::new(roles))
    }

    /// For whoever holds the secret of an order, or that of its pay link, with that order; a wrong one opens nothing.
    pub(super) fn with_secret(state: &AppState, secret: String) -> Result<(OrderId, PaymentRoute), Problem> {
        if let Some(order) = orders::track::order_of(&state.signer, &secret) {
            return Ok((order, PaymentRoute::Secret(order, secret)));
        }
        let order = orders::track::order_to_pay(&state.signer, &secret).ok_or_else(Problem::not_found)?;
        Ok((order, PaymentRoute::PayLink(order, secret)))
    }

    /// Under which path this caller finds payments.
    pub(super) fn path(&self) -> String {
        match self {
            PaymentRoute::Roles(_) => KEPT.into(),
            PaymentRoute::Secret(_, secret) | PaymentRoute::PayLink(_, secret) => format!("{KEPT}/track/{secret}"),
        }
    }

    /// An answer that was kept, with the paths under which this caller finds what it names.
    pub(super) fn told(&self, answer: ApiResponse) -> ApiResponse {
        match self {
            PaymentRoute::Roles(_) => answer,
            PaymentRoute::Secret(..) | PaymentRoute::PayLink(..) => {
                answer.rebase_urls(&format!("{KEPT}/payments/"), &format!("{}/payments/", self.path()))
            }
        }
    }

    /// What the caller is to this order. A secret opens its own order only, and only until an account takes it over.
    pub(super) fn access(&self, conn: &mut Conn, order: &OrderMoney) -> Result<PaymentAccess, PaymentError> {
        Ok(match self {
            PaymentRoute::Secret(own, _) if *own == order.id && order.buyer.is_none() => PaymentAccess::with_secret(),
            PaymentRoute::PayLink(own, _) if *own == order.id => PaymentAccess::with_pay_link(),
            PaymentRoute::Secret(..) | PaymentRoute::PayLink(..) => return Err(PaymentError::NotFound),
            PaymentRoute::Roles(roles) => PaymentAccess::of(roles, order, &store::groups_of(conn, order.id)?),
        })
    }

    /// A payment with its order, for somebody who sees it.
    pub(super) fn find(
        &self,
        conn: &mut Conn,
        id: PaymentId,
    ) -> Result<(Payment, OrderMoney, PaymentAccess), PaymentError> {
        let payment = store::payment(conn, id)?.ok_or(PaymentError::NotFound)?;
        let order = store::order(conn, payment.order)?.ok_or(PaymentError::NotFound)?;
        let access = self.access(conn, &order)?;
        access.sees()?;
        if !access.sees_payment(&payment) {
            return Err(PaymentError::NotFound);
        }
        Ok((payment, order, access))
    }
}

/// Somebody before the payments of one order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaymentAccess {
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

impl PaymentAccess {
    /// What this person is to this order.
    pub(super) fn of(roles: &Roles, order: &OrderMoney, groups: &[GroupId]) -> PaymentAccess {
        let holds = |office| roles.holds(office, order.cooperative);
        PaymentAccess {
            account: roles.account,
            payer: false,
            buyer: roles.account.is_some() && roles.account == order.buyer,
            officer: groups.iter().any(|group| roles.is_officer_of(*group)),
            treasurer: holds(Office::Treasurer),
            watches: holds(Office::Board) || holds(Office::Supervisor),
            knows: roles.oversees(order.cooperative),
        }
    }

    /// Who holds the order's secret.
    pub fn with_secret() -> PaymentAccess {
        PaymentAccess { buyer: true, ..PaymentAccess::default() }
    }

    /// Who holds the order's pay link.
    pub fn with_pay_link() -> PaymentAccess {
        PaymentAccess { payer: true, ..PaymentAccess::default() }
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
