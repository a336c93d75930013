//! What the books learn of money that came, went back, or changed hands.

use super::error::PaymentError;
use super::payment::{Direction, Method, Payment};
use super::store::OrderMoney;
use crate::db::Tx;
use crate::kernel::ids::AccountId;
use crate::kernel::{Instant, Rupiah};
use crate::ledger::rules::{self, Counted, PaymentMoved};
use crate::ledger::{self, Booking, Draft, Purse};

impl Payment {
    /// Where its money is, or was taken from.
    fn purse(&self) -> Purse {
        match (self.method, self.held_by) {
            (Method::Cash, Some(holder)) => Purse::Hand(holder),
            (Method::Cash, None) => Purse::Cash,
            (Method::Transfer, _) => Purse::Bank,
        }
    }
}

/// Posts a payment that counts from now on; the order stands as before it.
pub(super) fn confirmed(
    tx: &mut Tx<'_>,
    now: Instant,
    order: &OrderMoney,
    payment: &Payment,
    by: Option<AccountId>,
) -> Result<(), PaymentError> {
    let moved = PaymentMoved {
        payment: payment.id,
        order: order.id,
        purse: payment.purse(),
        amount: payment.amount,
        code: Rupiah::ZERO,
        before: order.standing(),
    };
    let draft = match payment.direction {
        Direction::In => rules::payment(&moved)?,
        Direction::Out => rules::refund(&moved)?,
    };
    post(tx, now, order, by, &draft)
}

/// Posts cash that an officer hands in.
pub(super) fn handed_in(
    tx: &mut Tx<'_>,
    now: Instant,
    order: &OrderMoney,
    payment: &Payment,
    by: Option<AccountId>,
) -> Result<(), PaymentError> {
    let Some(holder) = payment.held_by else { return Ok(()) };
    let cash = Counted { expected: payment.amount, counted: payment.amount };
    let draft = rules::hand_in(holder, cash)?.from_source(payment.id);
    post(tx, now, order, by, &draft)
}

fn post(
    tx: &mut Tx<'_>,
    now: Instant,
    order: &OrderMoney,
    by: Option<AccountId>,
    draft: &Draft,
) -> Result<(), PaymentError> {
    let booking = Booking { cooperative: order.cooperative, on: order.zone.day_of(now), by };
    ledger::post(tx, now, &booking, draft)?;
    Ok(())
}
