//! Reviews of charges by the treasurer.

use super::apply::{insert_confirmed, lock_charge, new_payment_like, transition};
use super::charge::Charge;
use super::events::{self, GatewayEvent};
use super::store;
use crate::cooperatives::AccessError;
use crate::db::Tx;
use crate::kernel::ids::GatewayChargeId;
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Instant, Rupiah};
use crate::payments::access::PaymentAccess;
use crate::payments::error::PaymentError;
use crate::payments::payment::{Payment, PaymentAction, Status};

text_enum! {
    /// The treasurer's decision on a charge.
    ReviewAction {
        /// The received amount is accepted.
        Accept = "accept",
        /// It is ignored.
        Dismiss = "dismiss",
    }
}

/// The actions the treasurer may perform on this charge now.
pub(super) fn available_actions(charge: &Charge) -> Vec<ReviewAction> {
    let Some(reason) = charge.review_reason else { return Vec::new() };
    let received = charge.paid_amount.is_some_and(|paid| paid > Rupiah::ZERO);
    if reason.has_received_money() && received {
        vec![ReviewAction::Accept, ReviewAction::Dismiss]
    } else {
        vec![ReviewAction::Dismiss]
    }
}

/// Applies the treasurer's decision to a charge that needs a review. An accepted charge becomes a payment of the
/// received amount and replaces the announced one.
pub(super) fn review(
    tx: &mut Tx<'_>,
    now: Instant,
    id: GatewayChargeId,
    access: &PaymentAccess,
    action: ReviewAction,
) -> Result<Charge, PaymentError> {
    access.require_treasurer()?;
    let (charge, payment) = lock_charge(tx, id)?;
    if !available_actions(&charge).contains(&action) {
        return Err(PaymentError::WrongStatus(payment.status));
    }
    let final_payment = match (action, charge.paid_amount) {
        (ReviewAction::Accept, Some(paid)) => accept_received_amount(tx, now, &payment, paid, access)?,
        _ => payment,
    };
    if !store::close_review(tx, now, id, access.account, final_payment.id)? {
        return Err(PaymentError::WrongStatus(final_payment.status));
    }
    let event = GatewayEvent::Reviewed { charge: id, payment: final_payment.id, action };
    events::record(tx, now, &event.about(id).by(access.account).in_cooperative(charge.cooperative))?;
    Ok(store::find_charge(tx, id)?.ok_or(AccessError::Hidden)?)
}

fn accept_received_amount(
    tx: &mut Tx<'_>,
    now: Instant,
    announced: &Payment,
    paid: Rupiah,
    access: &PaymentAccess,
) -> Result<Payment, PaymentError> {
    if announced.status == Status::Confirmed {
        return Err(PaymentError::WrongStatus(announced.status));
    }
    if announced.status == Status::Pending {
        let reason = "Jumlah yang masuk berbeda.";
        transition(tx, now, announced, access.account, PaymentAction::Reject, Some(reason))?;
    }
    let received =
        Payment { id: tx.id(now), amount: paid, recorded_by: access.account, ..new_payment_like(now, announced) };
    insert_confirmed(tx, now, &received)
}
