//! Permissions on the payments of an order.

use super::error::PaymentError;
use super::payment::{Payment, PaymentAction, PaymentActor};
use super::store::{self, OrderMoney};
use crate::cooperatives::{Office, Roles};
use crate::db::Conn;
use crate::kernel::ids::{AccountId, GroupId, OrderId, PaymentId};
use crate::orders;
use crate::web::{ApiResponse, AppState, Problem};

/// Path prefix of payment URLs in stored responses: no secret is stored with its order.
pub(super) const API_PREFIX: &str = "/v1";

/// How a caller was given access to an order.
#[derive(Debug, Clone)]
pub(super) enum PaymentRoute {
    /// By roles.
    Roles(Box<Roles>),
    /// By the order's tracking secret.
    Secret(OrderId, String),
    /// By the order's payment link.
    PayLink(OrderId, String),
}

impl PaymentRoute {
    /// For an authenticated caller.
    pub(super) fn of(roles: Roles) -> PaymentRoute {
        PaymentRoute::Roles(Box::new(roles))
    }

    /// For the holder of a tracking or payment secret, with its order. Fails with 404 for an invalid secret.
    pub(super) fn with_secret(state: &AppState, secret: String) -> Result<(OrderId, PaymentRoute), Problem> {
        if let Some(order) = orders::track::parse_tracking_secret(&state.signer, &secret) {
            return Ok((order, PaymentRoute::Secret(order, secret)));
        }
        let order = orders::track::parse_payment_secret(&state.signer, &secret).ok_or_else(Problem::not_found)?;
        Ok((order, PaymentRoute::PayLink(order, secret)))
    }

    /// Path prefix of payment URLs for this caller.
    pub(super) fn path(&self) -> String {
        match self {
            PaymentRoute::Roles(_) => API_PREFIX.into(),
            PaymentRoute::Secret(_, secret) | PaymentRoute::PayLink(_, secret) => {
                format!("{API_PREFIX}/track/{secret}")
            }
        }
    }

    /// A stored response with its URLs rewritten for this caller.
    pub(super) fn with_own_urls(&self, answer: ApiResponse) -> ApiResponse {
        match self {
            PaymentRoute::Roles(_) => answer,
            PaymentRoute::Secret(..) | PaymentRoute::PayLink(..) => {
                answer.rebase_urls(&format!("{API_PREFIX}/payments/"), &format!("{}/payments/", self.path()))
            }
        }
    }

    /// The caller's access to this order. A secret opens its own order only, and a tracking secret only until an
    /// account claims the order.
    pub(super) fn access(&self, conn: &mut Conn, order: &OrderMoney) -> Result<PaymentAccess, PaymentError> {
        Ok(match self {
            PaymentRoute::Secret(own, _) if *own == order.id && order.buyer.is_none() => PaymentAccess::with_secret(),
            PaymentRoute::PayLink(own, _) if *own == order.id => PaymentAccess::with_pay_link(),
            PaymentRoute::Secret(..) | PaymentRoute::PayLink(..) => return Err(PaymentError::NotFound),
            PaymentRoute::Roles(roles) => {
                PaymentAccess::of(roles, order, &store::list_groups_of_order(conn, order.id)?)
            }
        })
    }

    /// A payment with its order, if the caller may see it.
    pub(super) fn find(
        &self,
        conn: &mut Conn,
        id: PaymentId,
    ) -> Result<(Payment, OrderMoney, PaymentAccess), PaymentError> {
        let payment = store::find_payment(conn, id)?.ok_or(PaymentError::NotFound)?;
        let order = store::find_order(conn, payment.order)?.ok_or(PaymentError::NotFound)?;
        let access = self.access(conn, &order)?;
        access.require_view()?;
        if !access.can_see_payment(&payment) {
            return Err(PaymentError::NotFound);
        }
        Ok((payment, order, access))
    }
}

/// Access of a caller to the payments of one order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaymentAccess {
    /// The account; `None` for guests.
    pub account: Option<AccountId>,
    /// Whether they are the buyer or have the tracking secret.
    pub buyer: bool,
    /// Whether they have the payment link: they pay for the buyer, and see only what is owed and payments announced
    /// through the link.
    pub payer: bool,
    /// Whether they are an officer of one of its groups.
    pub officer: bool,
    /// Whether they are the cooperative's treasurer.
    pub treasurer: bool,
    /// Whether they are on the board or supervise: they see everything and change nothing.
    pub watches: bool,
    /// Whether they may know of the order, without access to its payments.
    pub knows: bool,
}

impl PaymentAccess {
    /// The access of a person with these roles.
    pub(super) fn of(roles: &Roles, order: &OrderMoney, groups: &[GroupId]) -> PaymentAccess {
        let holds = |office| roles.has_office(office, order.cooperative);
        PaymentAccess {
            account: roles.account,
            payer: false,
            buyer: roles.account.is_some() && roles.account == order.buyer,
            officer: groups.iter().any(|group| roles.is_officer_of(*group)),
            treasurer: holds(Office::Treasurer),
            watches: holds(Office::Board) || holds(Office::Supervisor),
            knows: roles.has_office_in(order.cooperative),
        }
    }

    /// Access of a holder of the tracking secret.
    pub fn with_secret() -> PaymentAccess {
        PaymentAccess { buyer: true, ..PaymentAccess::default() }
    }

    /// Access of a holder of the payment link.
    pub fn with_pay_link() -> PaymentAccess {
        PaymentAccess { payer: true, ..PaymentAccess::default() }
    }

    /// Whether they see this payment. Holders of the payment link see only payments announced through a link, which
    /// name their payer.
    pub(super) fn can_see_payment(&self, payment: &Payment) -> bool {
        !self.payer || (payment.recorded_by.is_none() && payment.payer.is_some())
    }

    /// Whether they work for the cooperative or a group: they see names and who holds the cash.
    pub fn is_staff(&self) -> bool {
        self.officer || self.treasurer || self.watches
    }

    /// Fails unless they may see payments.
    pub(super) fn require_view(&self) -> Result<(), PaymentError> {
        if self.buyer || self.payer || self.is_staff() { Ok(()) } else { Err(self.denied()) }
    }

    /// Whether they get the payment link: the buyer, and those who may receive money.
    pub(super) fn can_share_pay_link(&self) -> bool {
        self.buyer || self.officer || self.treasurer
    }

    /// Fails unless they may record payments.
    pub(super) fn require_record(&self) -> Result<(), PaymentError> {
        if self.buyer || self.payer || self.officer || self.treasurer { Ok(()) } else { Err(self.denied()) }
    }

    /// Fails unless they are the treasurer.
    pub(super) fn require_treasurer(&self) -> Result<(), PaymentError> {
        if self.treasurer { Ok(()) } else { Err(self.denied()) }
    }

    /// Forbidden if they may know of the order, else not found.
    fn denied(&self) -> PaymentError {
        if self.buyer || self.payer || self.is_staff() || self.knows {
            PaymentError::Forbidden
        } else {
            PaymentError::NotFound
        }
    }

    /// The actions they may perform on this payment now.
    pub fn available_actions(&self, payment: &Payment) -> Vec<PaymentAction> {
        if self.treasurer { payment.actions_for(PaymentActor::Treasurer) } else { Vec::new() }
    }
}
