//! Permissions on the payments of an order.

use super::error::PaymentError;
use super::payment::{Payment, PaymentAction, PaymentActor};
use super::store::{self, PayableOrder};
use crate::cooperatives::{AccessError, Office, Roles};
use crate::db::Conn;
use crate::kernel::ids::{AccountId, GroupId, OrderId, PaymentId};
use crate::orders;
use crate::web::{ApiResponse, AppState, Problem};

/// Prefix of payment URLs in responses stored for repeated requests. Holders of a secret get URLs with their secret when
/// the response is sent, so that no secret is stored.
pub(super) const API_PREFIX: &str = "/v1";

/// What gives a caller access to the payments of an order.
#[derive(Clone)]
pub(super) enum OrderCredential {
    /// The roles of their account.
    Roles(Box<Roles>),
    /// The tracking secret of an order, or the secret of its payment link, with the access that it gives.
    Secret(OrderId, String, PaymentAccess),
}

/// Secrets are never printed.
impl std::fmt::Debug for OrderCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OrderCredential(…)")
    }
}

impl OrderCredential {
    /// Of an authenticated caller.
    pub(super) fn of_roles(roles: Roles) -> OrderCredential {
        OrderCredential::Roles(Box::new(roles))
    }

    /// Of the holder of a secret, with the order of the secret. Fails with 404 for an invalid secret.
    pub(super) fn parse_secret(state: &AppState, secret: String) -> Result<(OrderId, OrderCredential), Problem> {
        let (order, access) = match orders::track::parse_tracking_secret(&state.signer, &secret) {
            Some(order) => (order, PaymentAccess::by_tracking_secret()),
            None => {
                let order = orders::track::parse_payment_secret(&state.signer, &secret);
                (order.ok_or_else(Problem::not_found)?, PaymentAccess::by_pay_link())
            }
        };
        Ok((order, OrderCredential::Secret(order, secret, access)))
    }

    /// Prefix of payment URLs for this caller.
    pub(super) fn url_prefix(&self) -> String {
        match self {
            OrderCredential::Roles(_) => API_PREFIX.into(),
            OrderCredential::Secret(_, secret, _) => format!("{API_PREFIX}/track/{secret}"),
        }
    }

    /// A stored response with its URLs rewritten for this caller.
    pub(super) fn with_own_urls(&self, response: ApiResponse) -> ApiResponse {
        response.rebase_urls(&format!("{API_PREFIX}/payments/"), &format!("{}/payments/", self.url_prefix()))
    }

    /// The caller's access to this order. A secret opens its own order only, and a tracking secret only until an
    /// account takes over the order.
    pub(super) fn access(&self, conn: &mut Conn, order: &PayableOrder) -> Result<PaymentAccess, PaymentError> {
        match self {
            OrderCredential::Roles(roles) => {
                Ok(PaymentAccess::of(roles, order, &store::list_groups_of_order(conn, order.id)?))
            }
            OrderCredential::Secret(own, _, access)
                if *own == order.id && (access.has_pay_link || order.buyer.is_none()) =>
            {
                Ok(access.clone())
            }
            OrderCredential::Secret(..) => Err(AccessError::Hidden.into()),
        }
    }

    /// A payment with its order, if the caller may see it.
    pub(super) fn find_payment(
        &self,
        conn: &mut Conn,
        id: PaymentId,
    ) -> Result<(Payment, PayableOrder, PaymentAccess), PaymentError> {
        let payment = store::find_payment(conn, id)?.ok_or(AccessError::Hidden)?;
        let order = store::find_order(conn, payment.order)?.ok_or(AccessError::Hidden)?;
        let access = self.access(conn, &order)?;
        access.require_view()?;
        AccessError::hide_unless(access.can_see_payment(&payment))?;
        Ok((payment, order, access))
    }
}

/// Access of a caller to the payments of one order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaymentAccess {
    /// The account; `None` for guests.
    pub account: Option<AccountId>,
    /// Whether they are the buyer or have the tracking secret.
    pub is_buyer: bool,
    /// Whether they have the payment link only: they pay for the buyer, and see only what is owed and payments
    /// announced through the link.
    pub has_pay_link: bool,
    /// Whether they are an officer of one of its groups.
    pub is_officer: bool,
    /// Whether they are the cooperative's treasurer.
    pub is_treasurer: bool,
    /// Whether they are on the board or a supervisor: they see everything and change nothing.
    pub is_observer: bool,
    /// Whether they have any office in the cooperative: what they may not see is forbidden to them rather than hidden.
    pub has_office: bool,
}

impl PaymentAccess {
    /// The access of a person with these roles.
    pub(super) fn of(roles: &Roles, order: &PayableOrder, groups: &[GroupId]) -> PaymentAccess {
        let holds = |office| roles.has_office(office, order.cooperative);
        PaymentAccess {
            account: roles.account,
            has_pay_link: false,
            is_buyer: roles.account.is_some() && roles.account == order.buyer,
            is_officer: groups.iter().any(|group| roles.is_officer_of_group(*group)),
            is_treasurer: holds(Office::Treasurer),
            is_observer: holds(Office::Board) || holds(Office::Supervisor),
            has_office: roles.has_any_office(order.cooperative),
        }
    }

    /// Access of the cooperative's treasurer.
    pub fn of_treasurer(account: AccountId) -> PaymentAccess {
        PaymentAccess { account: Some(account), is_treasurer: true, ..PaymentAccess::default() }
    }

    /// Access of an officer of a group of the order.
    pub fn of_officer(account: AccountId) -> PaymentAccess {
        PaymentAccess { account: Some(account), is_officer: true, ..PaymentAccess::default() }
    }

    /// Access of a holder of the tracking secret.
    pub fn by_tracking_secret() -> PaymentAccess {
        PaymentAccess { is_buyer: true, ..PaymentAccess::default() }
    }

    /// Access of a holder of the payment link.
    pub fn by_pay_link() -> PaymentAccess {
        PaymentAccess { has_pay_link: true, ..PaymentAccess::default() }
    }

    /// Whether they see this payment. Holders of the payment link see only payments announced through a link, which
    /// name their payer.
    pub(super) fn can_see_payment(&self, payment: &Payment) -> bool {
        !self.has_pay_link || (payment.recorded_by.is_none() && payment.payer.is_some())
    }

    /// Whether they work for the cooperative or a group: they see names and who holds the cash.
    pub fn is_staff(&self) -> bool {
        self.is_officer || self.is_treasurer || self.is_observer
    }

    /// Fails unless they may see payments.
    pub(super) fn require_view(&self) -> Result<(), AccessError> {
        self.require(self.is_buyer || self.has_pay_link || self.is_staff())
    }

    /// Whether they get the payment link: the buyer, and those who may receive money.
    pub(super) fn can_share_pay_link(&self) -> bool {
        self.is_buyer || self.is_officer || self.is_treasurer
    }

    /// Fails unless they may record payments.
    pub(super) fn require_record(&self) -> Result<(), AccessError> {
        self.require(self.has_pay_link || self.can_share_pay_link())
    }

    /// Fails unless they are the treasurer.
    pub(super) fn require_treasurer(&self) -> Result<(), AccessError> {
        self.require(self.is_treasurer)
    }

    /// Forbidden for those who may know that the order exists, else not found.
    fn require(&self, is_allowed: bool) -> Result<(), AccessError> {
        AccessError::check(is_allowed, self.is_buyer || self.has_pay_link || self.is_staff() || self.has_office)
    }

    /// The actions they may perform on this payment now.
    pub fn available_actions(&self, payment: &Payment) -> Vec<PaymentAction> {
        if self.is_treasurer { payment.actions_for(PaymentActor::Treasurer) } else { Vec::new() }
    }
}
