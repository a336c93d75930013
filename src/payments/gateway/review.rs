//! The treasurer looks at a charge that did not come as it was asked for.

use super::apply::{held, unseen};
use super::charge::Charge;
use super::store;
use crate::db::Tx;
use crate::events::{self, Event};
use crate::kernel::ids::GatewayChargeId;
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Instant, Rupiah};
use crate::payments::access::PaymentAccess;
use crate::payments::decide::{Step, decide};
use crate::payments::error::PaymentError;
use crate::payments::payment::{Action, Method, Payment, Status};
use crate::payments::record::tell;
use crate::payments::store as money;

text_enum! {
    /// What the treasurer makes of a charge.
    ReviewAction {
        /// The money that came is taken as it came.
        Accept = "accept",
        /// Nothing follows from it here.
        Dismiss = "dismiss",
    }
}

/// The steps that a treasurer can take with this charge now.
pub(super) fn steps(charge: &Charge) -> Vec<ReviewAction> {
    let Some(review) = charge.needs_review else { return Vec::new() };
    let came = charge.paid_amount.is_some_and(|paid| paid > Rupiah::ZERO);
    if review.is_about_money_that_came() && came {
        vec![ReviewAction::Accept, ReviewAction::Dismiss]
    } else {
        vec![ReviewAction::Dismiss]
    }
}

/// Takes the treasurer's step with a charge that waits for them. What is accepted becomes a payment of what came, in the
/// place of the one that was announced.
pub(super) fn review(
    tx: &mut Tx<'_>,
    now: Instant,
    id: GatewayChargeId,
    access: &PaymentAccess,
    action: ReviewAction,
) -> Result<Charge, PaymentError> {
    access.decides()?;
    let (charge, payment) = held(tx, id)?;
    if !steps(&charge).contains(&action) {
        return Err(PaymentError::NotPossible(payment.status));
    }
    let counted = match (action, charge.paid_amount) {
        (ReviewAction::Accept, Some(paid)) => take(tx, now, &payment, paid, access)?,
        _ => payment,
    };
    if !store::close_review(tx, now, id, access.account, counted.id)? {
        return Err(PaymentError::NotPossible(counted.status));
    }
    let event = Event::new("gateway_charge.reviewed", id)
        .by(access.account)
        .in_cooperative(charge.cooperative)
        .with("charge", id)
        .with("payment", counted.id)
        .with("action", action);
    events::record(tx, now, &event)?;
    store::charge(tx, id)?.ok_or(PaymentError::NotFound)
}

fn take(
    tx: &mut Tx<'_>,
    now: Instant,
    announced: &Payment,
    paid: Rupiah,
    access: &PaymentAccess,
) -> Result<Payment, PaymentError> {
    let order = money::order(tx, announced.order)?.ok_or(PaymentError::NotFound)?;
    let step = |action, reason: Option<&str>| Step { action, reason: reason.map(str::to_owned), expected: None };
    if announced.status == Status::Confirmed {
        return Err(PaymentError::NotPossible(announced.status));
    }
    if announced.status == Status::Pending {
        decide(tx, now, &order, announced, access, &step(Action::Reject, Some("Jumlah yang masuk berbeda.")))?;
    }
    let came = Payment {
        id: tx.id(now),
        method: Method::Gateway,
        amount: paid,
        recorded_by: access.account,
        ..unseen(now, announced)
    };
    money::insert(tx, &came)?;
    tell(tx, now, "payment.recorded", &came, access.account)?;
    decide(tx, now, &order, &came, access, &step(Action::Confirm, None))
}
