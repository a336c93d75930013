//! How a caller comes to the payments of an order.

use super::error::PaymentError;
use super::party::Party;
use super::payment::Payment;
use super::store::{self, OrderMoney};
use crate::cooperatives::Standing;
use crate::db::Conn;
use crate::kernel::ids::{OrderId, PaymentId};
use crate::orders;
use crate::web::{Answer, Problem, Site};

/// Under which path payments stand in answers that are kept for a replay: no secret is kept beside its order.
pub(super) const KEPT: &str = "/v1";

/// How a caller comes to an order.
#[derive(Debug, Clone)]
pub(super) enum Door {
    /// By what they hold.
    Standing(Box<Standing>),
    /// By the order's secret.
    Secret(OrderId, String),
    /// By the link with which anybody pays for the order.
    PayLink(OrderId, String),
}

impl Door {
    /// For somebody who is signed in.
    pub(super) fn of(standing: Standing) -> Door {
        Door::Standing(Box::new(standing))
    }

    /// For whoever holds the secret of an order, or that of its pay link, with that order; a wrong one opens nothing.
    pub(super) fn with_secret(site: &Site, secret: String) -> Result<(OrderId, Door), Problem> {
        if let Some(order) = orders::track::order_of(&site.sealer, &secret) {
            return Ok((order, Door::Secret(order, secret)));
        }
        let order = orders::track::order_to_pay(&site.sealer, &secret).ok_or_else(Problem::not_found)?;
        Ok((order, Door::PayLink(order, secret)))
    }

    /// Under which path this caller finds payments.
    pub(super) fn path(&self) -> String {
        match self {
            Door::Standing(_) => KEPT.into(),
            Door::Secret(_, secret) | Door::PayLink(_, secret) => format!("{KEPT}/track/{secret}"),
        }
    }

    /// An answer that was kept, with the paths under which this caller finds what it names.
    pub(super) fn told(&self, answer: Answer) -> Answer {
        match self {
            Door::Standing(_) => answer,
            Door::Secret(..) | Door::PayLink(..) => {
                answer.under(&format!("{KEPT}/payments/"), &format!("{}/payments/", self.path()))
            }
        }
    }

    /// What the caller is to this order. A secret opens its own order only, and only until an account takes it over.
    pub(super) fn party(&self, conn: &mut Conn, order: &OrderMoney) -> Result<Party, PaymentError> {
        Ok(match self {
            Door::Secret(own, _) if *own == order.id && order.buyer.is_none() => Party::with_secret(),
            Door::PayLink(own, _) if *own == order.id => Party::with_pay_link(),
            Door::Secret(..) | Door::PayLink(..) => return Err(PaymentError::NotFound),
            Door::Standing(standing) => Party::of(standing, order, &store::groups_of(conn, order.id)?),
        })
    }

    /// A payment with its order, for somebody who sees it.
    pub(super) fn find(&self, conn: &mut Conn, id: PaymentId) -> Result<(Payment, OrderMoney, Party), PaymentError> {
        let payment = store::payment(conn, id)?.ok_or(PaymentError::NotFound)?;
        let order = store::order(conn, payment.order)?.ok_or(PaymentError::NotFound)?;
        let party = self.party(conn, &order)?;
        party.sees()?;
        if !party.sees_payment(&payment) {
            return Err(PaymentError::NotFound);
        }
        Ok((payment, order, party))
    }
}
