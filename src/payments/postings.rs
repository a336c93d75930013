//! What the books learn of money that came, went back, or changed hands.

use super::error::PaymentError;
use super::payment::{Direction, Method, Payment};
use super::store::OrderMoney;
use crate::db::Tx;
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, Id, SourceId};
use crate::ledger::rules::{self, PaymentMoved};
use crate::ledger::{self, Booking, Draft, EntryKind, Purse};

impl Payment {
    /// Where its money is, or was taken from.
    fn purse(&self) -> Purse {
        match (self.method, self.held_by) {
            (Method::Cash, Some(holder)) => Purse::Hand(holder),
            (Method::Cash, None) => Purse::Cash,
            (Method::Gateway, _) => Purse::Settlement,
            // Credit moves no money; the bank is where all other ways lead.
            (Method::Transfer | Method::Qris | Method::Credit, _) => Purse::Bank,
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
        code: payment.code(),
        before: order.standing(),
    };
    let draft = match payment.direction {
        Direction::In => rules::payment(&moved)?,
        Direction::Out => rules::refund(&moved)?,
    };
    post(tx, now, order, by, &draft)
}

/// Posts that a payment had not come after all; the order stands as before that.
pub(super) fn reversed(
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
        code: payment.code(),
        before: order.standing(),
    };
    let entry = ledger::entry_of_source(tx, EntryKind::Payment, SourceId::from_uuid(payment.id.uuid()))?;
    post(tx, now, order, by, &rules::reversed_payment(&moved)?.reversing(entry.map(|entry| entry.id)))
}

/// Posts credit that counts for another order from now on; both orders stand as before it.
pub(super) fn credit_moved(
    tx: &mut Tx<'_>,
    now: Instant,
    from: &OrderMoney,
    to: &OrderMoney,
    into: &Payment,
    by: Option<AccountId>,
) -> Result<(), PaymentError> {
    let (from, to_side) = ((from.id, from.standing()), (to.id, to.standing()));
    post(tx, now, to, by, &rules::credit_moved(into.id, into.amount, from, to_side)?)
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
