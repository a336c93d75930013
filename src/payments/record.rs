//! Recording payments: a buyer announces a transfer, an officer takes cash, the treasurer refunds.

use super::access::PaymentAccess;
use super::credit::move_credit;
use super::error::PaymentError;
use super::events::{PaymentEvent, record_event};
use super::new_payment::{NewPayment, as_confirmed, draft_payment};
use super::paid_total::update_paid_total;
use super::payment::{Awaits, Balance, Direction, Payment, PaymentPurpose, Remaining, Status};
use super::postings;
use super::store::{self, PayableOrder};
use super::unique_code;
use crate::cooperatives::AccessError;
use crate::db::Tx;
use crate::kernel::ids::OrderId;
use crate::kernel::{Duration, Instant, Rupiah};
use crate::ledger;

/// How long an announced transfer waits for a proof or the treasurer.
pub const PENDING_TTL: Duration = Duration::days(3);
/// How long the gateway has to report the outcome of a payment.
pub const GATEWAY_TTL: Duration = Duration::days(1);
/// How long the sum of a transfer is not given to another one: a transfer may appear on the statement, or be looked for,
/// as long as this.
pub const CODE_TTL: Duration = Duration::days(31);
/// Maximum number of announced payments of one order.
pub const MAX_PENDING: usize = 5;

/// Records a payment of this order, whose row the caller has locked. Cash taken by an officer and everything recorded
/// by the treasurer is confirmed at once; what a buyer announces stays pending.
pub(super) fn record_locked(
    tx: &mut Tx<'_>,
    now: Instant,
    order: &PayableOrder,
    access: &PaymentAccess,
    new_payment: &NewPayment,
) -> Result<Payment, PaymentError> {
    access.require_record()?;
    if new_payment.method.terms().is_credit {
        return move_credit(tx, now, order, access, new_payment);
    }
    let payments = store::list_payments_of_order(tx, order.id)?;
    let mut payment = if new_payment.purpose == Some(PaymentPurpose::Refund) {
        build_refund(now, order, access, new_payment, &payments)?
    } else {
        build_incoming(now, order, access, new_payment, &payments)?
    };
    if payment.direction == Direction::In && payment.method.terms().is_on_statement {
        assign_transfer_amount(tx, now, &mut payment, &payments)?;
    }
    store::insert_payment(tx, &payment)?;
    record_event(tx, now, PaymentEvent::Recorded, &payment, access.account)?;
    if payment.status == Status::Confirmed {
        postings::post_confirmed(tx, now, order, &payment, access.account)?;
        update_paid_total(tx, now, order.id)?;
        record_event(tx, now, PaymentEvent::Confirmed, &payment, access.account)?;
    }
    Ok(payment)
}

/// Records a payment of the order with this id.
pub fn record_payment(
    tx: &mut Tx<'_>,
    now: Instant,
    order: OrderId,
    access: &PaymentAccess,
    new_payment: &NewPayment,
) -> Result<Payment, PaymentError> {
    // Gateway payments are recorded together with their charge, by the gateway module.
    if new_payment.method.terms().awaits == Awaits::Gateway {
        return Err(PaymentError::NoGateway);
    }
    let order = store::lock_order(tx, order)?.ok_or(AccessError::Hidden)?;
    record_locked(tx, now, &order, access, new_payment)
}

fn build_incoming(
    now: Instant,
    order: &PayableOrder,
    access: &PaymentAccess,
    new_payment: &NewPayment,
    payments: &[Payment],
) -> Result<Payment, PaymentError> {
    let terms = new_payment.method.terms();
    let is_in_hand = terms.awaits == Awaits::Nothing;
    AccessError::forbid_unless(!terms.is_staff_only || access.is_officer || access.is_treasurer)?;
    if !order.takes_payments() {
        return Err(PaymentError::OrderClosed);
    }
    let balance = Balance::of(payments)?;
    let owed = order.total.minus(balance.paid()?)?.max(Rupiah::ZERO);
    let amount = match new_payment.amount {
        Some(amount) => amount,
        None => {
            // Announced payments need not be paid twice; cash is on the table, so they do not count.
            let announced = if is_in_hand { Rupiah::ZERO } else { balance.announced };
            let due = match new_payment.purpose {
                Some(PaymentPurpose::Deposit) => order.deposit_due.minus(balance.paid()?)?.min(owed),
                _ => owed,
            };
            due.minus(announced)?
        }
    };
    if amount <= Rupiah::ZERO {
        return Err(PaymentError::NothingOwed);
    }
    if is_in_hand && amount > owed {
        return Err(if owed == Rupiah::ZERO { PaymentError::NothingOwed } else { PaymentError::MoreThanOwed(owed) });
    }
    if let Some((limit, code)) = terms.max_amount.filter(|(limit, _)| amount > *limit) {
        return Err(PaymentError::MoreThanMethodTakes(code, limit));
    }
    let purpose = new_payment.purpose.unwrap_or_else(|| derive_purpose(amount, owed, balance));
    let payment = Payment { amount, purpose, ..draft_payment(now, order, access, new_payment) };
    if access.is_treasurer || is_in_hand {
        return Ok(as_confirmed(payment, now, access));
    }
    let is_pending = |payment: &&Payment| (payment.status, payment.direction) == (Status::Pending, Direction::In);
    if payments.iter().filter(is_pending).count() >= MAX_PENDING {
        return Err(PaymentError::TooManyPending);
    }
    let expires_at = match terms.awaits {
        Awaits::Gateway => now.after(GATEWAY_TTL),
        _ => order.pay_by.unwrap_or(now).max(now.after(PENDING_TTL)),
    };
    Ok(Payment { expires_at: Some(expires_at), ..payment })
}

/// Gives a transfer its sum. An awaited one gets a sum of its own, so that it is identified on the statement: the amount
/// less the lowest free unique code. The code is a discount of the order's first transfer only; a later one pays what it
/// transfers.
fn assign_transfer_amount(
    tx: &mut Tx<'_>,
    now: Instant,
    payment: &mut Payment,
    payments_of_order: &[Payment],
) -> Result<(), PaymentError> {
    if payment.status == Status::Pending {
        ledger::lock_cooperative(tx, payment.cooperative)?;
        let lowest = payment.amount.minus(unique_code::MAX_CODE)?;
        let taken =
            store::list_transfer_amounts(tx, payment.cooperative, (lowest, payment.amount), now.before(CODE_TTL))?;
        let has_discount = payments_of_order
            .iter()
            .any(|other| other.unique_code.is_some() && !matches!(other.status, Status::Rejected | Status::Reversed));
        if has_discount {
            payment.amount = unique_code::find_free_sum(payment.amount, &taken);
        } else {
            payment.unique_code = unique_code::find_free_code(payment.amount, &taken);
        }
    }
    payment.transfer_amount = Some(payment.money()?);
    Ok(())
}

fn derive_purpose(amount: Rupiah, owed: Rupiah, balance: Balance) -> PaymentPurpose {
    let is_first = balance.paid_in == Rupiah::ZERO;
    match (is_first, amount >= owed) {
        (true, true) => PaymentPurpose::Full,
        (true, false) => PaymentPurpose::Deposit,
        (false, _) => PaymentPurpose::Balance,
    }
}

fn build_refund(
    now: Instant,
    order: &PayableOrder,
    access: &PaymentAccess,
    new_payment: &NewPayment,
    payments: &[Payment],
) -> Result<Payment, PaymentError> {
    access.require_treasurer()?;
    let original = new_payment.refund_of.and_then(|id| payments.iter().find(|payment| payment.id == id));
    let original = original.ok_or(PaymentError::NothingToRefund)?;
    let left = Remaining::of(original, payments)?;
    let overpaid = Balance::of(payments)?.paid()?.minus(order.total)?;
    let requested = new_payment.amount.unwrap_or(overpaid.min(left.money));
    if left.money == Rupiah::ZERO || requested <= Rupiah::ZERO {
        return Err(PaymentError::NothingToRefund);
    }
    // What empties the payment may be named as it was credited or as it arrived.
    let empties = requested == left.credited;
    if requested > left.money && !empties {
        return Err(PaymentError::MoreThanRefundable(left.money));
    }
    let money = requested.min(left.money);
    let code_returned = left.code_with(money, if empties { left.credited } else { overpaid })?;
    let payment = Payment {
        direction: Direction::Out,
        amount: money.plus(code_returned)?,
        code_returned,
        refund_of: Some(original.id),
        ..draft_payment(now, order, access, new_payment)
    };
    if payment.method.terms().awaits == Awaits::Gateway {
        // The gateway refunds only what it collected; the refund is pending until it reports it.
        return if original.method == payment.method { Ok(payment) } else { Err(PaymentError::NothingToRefund) };
    }
    Ok(as_confirmed(payment, now, access))
}
