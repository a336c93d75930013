//! How the demo's orders are paid: at the stall, in cash at hand-over, or by a transfer that the treasurer finds next day.

use crate::cooperatives::{CooperativePermit, GroupPermit};
use crate::db::Tx;
use crate::kernel::ids::{OrderId, PaymentId};
use crate::kernel::{Instant, Language, Rupiah};
use crate::orders::{self, Basket, PlaceOrderError, QuickSaleError, WholeOrder};
use crate::payments::{self, Action, Method, PaymentAccess, PaymentError, Recording, StallSale, StallSaleError, Step};
use crate::web::Problem;

/// Sells over the counter; what cannot be had is told apart from everything else, which is a fault.
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

/// The buyer tells of a transfer of what the order comes to.
pub(super) fn announce(tx: &mut Tx<'_>, now: Instant, whole: &WholeOrder) -> Result<Option<PaymentId>, Problem> {
    if whole.order.total == Rupiah::ZERO {
        return Ok(None);
    }
    let recording = Recording::of_all(tx.id(now), Method::Transfer);
    Ok(Some(payments::record_on(tx, now, whole.order.id, &PaymentAccess::with_secret(), &recording)?.id))
}

/// The treasurer finds the transfer on the account.
pub(super) fn confirm(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    payment: PaymentId,
) -> Result<(), Problem> {
    let party = PaymentAccess { account: Some(permit.account), treasurer: true, ..PaymentAccess::default() };
    payments::decide_on(tx, now, payment, &party, &Step { action: Action::Confirm, reason: None, expected: None })?;
    Ok(())
}

/// The officer takes what is owed in cash; nothing, when nothing is owed or the order is off.
pub(super) fn take_cash(tx: &mut Tx<'_>, now: Instant, permit: &GroupPermit, order: OrderId) -> Result<(), Problem> {
    let party = PaymentAccess { account: Some(permit.account), officer: true, ..PaymentAccess::default() };
    let recording = Recording::of_all(tx.id(now), Method::Cash);
    match payments::record_on(tx, now, order, &party, &recording) {
        Ok(_) | Err(PaymentError::NothingOwed | PaymentError::OrderClosed) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
