//! Writing a payment down: a buyer announces a transfer, an officer takes cash, the treasurer gives money back.

use super::access::PaymentAccess;
use super::credit::move_credit;
use super::error::PaymentError;
use super::payment::{Balance, Direction, Method, Payment, Purpose, Status, refundable};
use super::postings;
use super::qris::QRIS_MOST;
use super::settle::settle;
use super::store::{self, OrderMoney};
use super::unique_code;
use crate::db::Tx;
use crate::events::{self, Event};
use crate::kernel::ids::{OrderId, PaymentId};
use crate::kernel::{Duration, Instant, Rupiah};
use crate::ledger;
use crate::orders::OrderStatus;

/// How long an announced transfer waits for a picture of it, or for the treasurer.
pub const PENDING_FOR: Duration = Duration::days(3);
/// How long the gateway has, at the most, to say what became of a payment.
pub const GATEWAY_FOR: Duration = Duration::days(1);
/// How many announced payments of one order may wait.
pub const MOST_PENDING: usize = 5;

/// What to write down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// The id of the payment, new.
    pub id: PaymentId,
    /// How the money goes.
    pub method: Method,
    /// What it is for; found out from the amount when it is not said.
    pub purpose: Option<Purpose>,
    /// How much; what is owed when it is not said.
    pub amount: Option<Rupiah>,
    /// Which payment a refund gives back.
    pub refunds: Option<PaymentId>,
    /// Who pays, when it is not who ordered.
    pub payer: Option<String>,
    /// From which order the buyer's credit is taken.
    pub from: Option<OrderId>,
}

impl Recording {
    /// A payment of what is owed, by this way.
    pub fn of_all(id: PaymentId, method: Method) -> Recording {
        Recording { id, method, purpose: None, amount: None, refunds: None, payer: None, from: None }
    }
}

/// Writes a payment of this order down. What an officer takes in cash, and all that the treasurer writes, is
/// confirmed at once; what a buyer announces waits for the treasurer. The order's row is held meanwhile.
pub(super) fn record(
    tx: &mut Tx<'_>,
    now: Instant,
    order: &OrderMoney,
    access: &PaymentAccess,
    recording: &Recording,
) -> Result<Payment, PaymentError> {
    access.records()?;
    if recording.method == Method::Credit {
        return move_credit(tx, now, order, access, recording);
    }
    let payments = store::payments_of(tx, order.id)?;
    let mut payment = if recording.purpose == Some(Purpose::Refund) {
        refund(now, order, access, recording, &payments)?
    } else {
        take(now, order, access, recording, &payments)?
    };
    if payment.status == Status::Pending && matches!(payment.method, Method::Transfer | Method::Qris) {
        tell_apart(tx, &mut payment)?;
    }
    store::insert(tx, &payment)?;
    tell(tx, now, "payment.recorded", &payment, access.account)?;
    if payment.status == Status::Confirmed {
        postings::confirmed(tx, now, order, &payment, access.account)?;
        settle(tx, now, order.id)?;
        tell(tx, now, "payment.confirmed", &payment, access.account)?;
    }
    Ok(payment)
}

/// Writes a payment of the order with this id down.
pub fn record_on(
    tx: &mut Tx<'_>,
    now: Instant,
    order: OrderId,
    access: &PaymentAccess,
    recording: &Recording,
) -> Result<Payment, PaymentError> {
    // What goes through the gateway is begun with it.
    if recording.method == Method::Gateway {
        return Err(PaymentError::NoGateway);
    }
    let order = store::locked_order(tx, order)?.ok_or(PaymentError::NotFound)?;
    record(tx, now, &order, access, recording)
}

/// Tells what happened to a payment.
pub(super) fn tell(
    tx: &mut Tx<'_>,
    now: Instant,
    kind: events::Kind,
    payment: &Payment,
    by: Option<crate::kernel::ids::AccountId>,
) -> Result<(), PaymentError> {
    let event = Event::new(kind, payment.id)
        .by(by)
        .in_cooperative(payment.cooperative)
        .with("payment", payment.id)
        .with("order", payment.order)
        .with("direction", payment.direction)
        .with("method", payment.method)
        .with("purpose", payment.purpose)
        .with("amount", payment.amount)
        .with("status", payment.status);
    events::record(tx, now, &event)?;
    Ok(())
}

pub(super) fn blank(now: Instant, order: &OrderMoney, access: &PaymentAccess, recording: &Recording) -> Payment {
    Payment {
        id: recording.id,
        cooperative: order.cooperative,
        order: order.id,
        direction: Direction::In,
        method: recording.method,
        purpose: recording.purpose.unwrap_or(Purpose::Full),
        amount: recording.amount.unwrap_or_default(),
        status: Status::Pending,
        refunds: None,
        proof: None,
        recorded_by: access.account,
        held_by: None,
        decided_by: None,
        recorded_at: now,
        expires_at: None,
        decided_at: None,
        reason: None,
        version: 1,
        unique_code: None,
        transfer_amount: None,
        payer: recording.payer.as_deref().map(str::trim).filter(|payer| !payer.is_empty()).map(str::to_owned),
        handover: None,
        credit_of: None,
    }
}

/// The same payment, confirmed by the one who writes it down.
pub(super) fn at_once(payment: Payment, now: Instant, access: &PaymentAccess) -> Payment {
    Payment {
        status: Status::Confirmed,
        decided_by: access.account,
        decided_at: Some(now),
        // What the treasurer takes is in the box already.
        held_by: access
            .account
            .filter(|_| !access.treasurer && payment.method == Method::Cash && payment.direction == Direction::In),
        ..payment
    }
}

fn take(
    now: Instant,
    order: &OrderMoney,
    access: &PaymentAccess,
    recording: &Recording,
    payments: &[Payment],
) -> Result<Payment, PaymentError> {
    let staff = access.officer || access.treasurer;
    if recording.method == Method::Cash && !staff {
        return Err(PaymentError::NotAllowed);
    }
    if matches!(order.status, OrderStatus::Cancelled | OrderStatus::Expired) {
        return Err(PaymentError::OrderClosed);
    }
    let balance = Balance::of(payments)?;
    let owed = order.total.minus(balance.paid()?)?.max(Rupiah::ZERO);
    let amount = match recording.amount {
        Some(amount) => amount,
        None => {
            // What is announced already need not be paid a second time, unless the money lies on the table.
            let coming = if recording.method == Method::Cash { Rupiah::ZERO } else { balance.announced };
            let wanted = match recording.purpose {
                Some(Purpose::Deposit) => order.deposit_due.minus(balance.paid()?)?.min(owed),
                _ => owed,
            };
            wanted.minus(coming)?
        }
    };
    if amount <= Rupiah::ZERO {
        return Err(PaymentError::NothingOwed);
    }
    if recording.method == Method::Cash && amount > owed {
        return Err(if owed == Rupiah::ZERO { PaymentError::NothingOwed } else { PaymentError::MoreThanOwed(owed) });
    }
    if recording.method == Method::Qris && amount > QRIS_MOST {
        return Err(PaymentError::MoreThanQrisTakes(QRIS_MOST));
    }
    let purpose = recording.purpose.unwrap_or_else(|| purpose_of(amount, owed, balance));
    let payment = Payment { amount, purpose, ..blank(now, order, access, recording) };
    if access.treasurer || recording.method == Method::Cash {
        return Ok(at_once(payment, now, access));
    }
    if store::waiting(payments) >= MOST_PENDING {
        return Err(PaymentError::TooManyPending);
    }
    if payment.method == Method::Gateway {
        return Ok(Payment { expires_at: Some(now.after(GATEWAY_FOR)), ..payment });
    }
    let soonest = now.after(PENDING_FOR);
    Ok(Payment { expires_at: Some(order.pay_by.map_or(soonest, |pay_by| pay_by.max(soonest))), ..payment })
}

/// Gives an awaited transfer a code by which it is told apart on the bank's statement, when one is free.
fn tell_apart(tx: &mut Tx<'_>, payment: &mut Payment) -> Result<(), PaymentError> {
    ledger::hold(tx, payment.cooperative)?;
    let taken = store::awaited_transfers(tx, payment.cooperative)?;
    payment.unique_code = unique_code::free(payment.id, payment.amount, &taken);
    payment.transfer_amount = Some(payment.amount.minus(payment.code())?);
    Ok(())
}

fn purpose_of(amount: Rupiah, owed: Rupiah, balance: Balance) -> Purpose {
    let first = balance.paid_in == Rupiah::ZERO;
    match (first, amount >= owed) {
        (true, true) => Purpose::Full,
        (true, false) => Purpose::Deposit,
        (false, _) => Purpose::Balance,
    }
}

fn refund(
    now: Instant,
    order: &OrderMoney,
    access: &PaymentAccess,
    recording: &Recording,
    payments: &[Payment],
) -> Result<Payment, PaymentError> {
    access.decides()?;
    let original = recording.refunds.and_then(|id| payments.iter().find(|it| it.id == id));
    let original = original.ok_or(PaymentError::NothingToRefund)?;
    let left = refundable(original, payments)?;
    if left == Rupiah::ZERO {
        return Err(PaymentError::NothingToRefund);
    }
    let too_much = Balance::of(payments)?.paid()?.minus(order.total)?;
    let amount = recording.amount.unwrap_or(too_much.min(left));
    if amount <= Rupiah::ZERO {
        return Err(PaymentError::NothingToRefund);
    }
    // What counts for another order by now is not here to go back.
    let left = left.min(Balance::of(payments)?.paid()?);
    if amount > left {
        return Err(PaymentError::MoreThanRefundable(left));
    }
    let payment = Payment {
        direction: Direction::Out,
        amount,
        refunds: Some(original.id),
        ..blank(now, order, access, recording)
    };
    if payment.method == Method::Gateway {
        // The gateway gives back only what it took, and it is done when it says so.
        return if original.method == Method::Gateway { Ok(payment) } else { Err(PaymentError::NothingToRefund) };
    }
    Ok(at_once(payment, now, access))
}
