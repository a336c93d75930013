//! Payments of the demo's orders: at the stall, in cash at hand-over, or by a transfer that the treasurer confirms next day.

use crate::cooperatives::{CooperativePermit, GroupPermit};
use crate::db::Tx;
use crate::kernel::ids::{OrderId, PaymentId};
use crate::kernel::{Instant, Language, Rupiah};
use crate::orders::{self, Basket, OrderWithFulfilments, PlaceOrderError, QuickSaleError};
use crate::payments::{
    self, Method, NewPayment, PaymentAccess, PaymentAction, PaymentError, PaymentTransition, StallSale, StallSaleError,
};
use crate::web::Problem;

/// Makes a stall sale. The inner error is an order that could not be placed; the outer one is a bug of the demo.
pub(super) fn sell(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &orders::Settings,
    permit: &GroupPermit,
    basket: &Basket,
) -> Result<Result<(), PlaceOrderError>, Problem> {
    let sale = StallSale {
        order: tx.id(now),
        lines: basket.lines.clone(),
        buyer: None,
        note: None,
        language: Language::Indonesian,
        expected_total: None,
    };
    match payments::sell(tx, now, settings, permit, &sale) {
        Ok(_) => Ok(Ok(())),
        Err(StallSaleError::Sale(QuickSaleError::Place(error))) => Ok(Err(error)),
        Err(error) => Err(Problem::internal(error)),
    }
}

/// Records a transfer of the order's total, announced by the buyer; `None` for a total of zero.
pub(super) fn announce_transfer(
    tx: &mut Tx<'_>,
    now: Instant,
    whole: &OrderWithFulfilments,
) -> Result<Option<PaymentId>, Problem> {
    if whole.order.total == Rupiah::ZERO {
        return Ok(None);
    }
    let new_payment = NewPayment::in_full(tx.id(now), Method::Transfer);
    Ok(Some(payments::record_payment(tx, now, whole.order.id, &PaymentAccess::by_tracking_secret(), &new_payment)?.id))
}

/// The treasurer confirms the transfer.
pub(super) fn confirm(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    payment: PaymentId,
) -> Result<(), Problem> {
    let access = PaymentAccess::of_treasurer(permit.account);
    payments::transition_payment(
        tx,
        now,
        payment,
        &access,
        &PaymentTransition { action: PaymentAction::Confirm, reason: None, expected_version: None },
    )?;
    Ok(())
}

/// The officer records the owed amount as paid in cash. Does nothing if nothing is owed or the order is closed.
pub(super) fn take_cash(tx: &mut Tx<'_>, now: Instant, permit: &GroupPermit, order: OrderId) -> Result<(), Problem> {
    let access = PaymentAccess::of_officer(permit.account);
    let new_payment = NewPayment::in_full(tx.id(now), Method::Cash);
    match payments::record_payment(tx, now, order, &access, &new_payment) {
        Ok(_) | Err(PaymentError::NothingOwed | PaymentError::OrderClosed) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
