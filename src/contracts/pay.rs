//! The treasurer records what was paid for an invoice: spread over its orders, the oldest first.

use super::error::ContractError;
use super::events::invoice_event;
use super::invoice::{Invoice, Share};
use super::store;
use crate::cooperatives::{AccessError, CooperativePermit};
use crate::db::{Conn, Tx};
use crate::events;
use crate::kernel::ids::{InvoiceId, OrderId};
use crate::kernel::{AmountError, Instant, Rupiah};
use crate::orders;
use crate::payments::Method;
use crate::payments::settle_oldest::{Paid, settle_oldest};

/// What is left to pay of an invoice.
pub fn open_of(conn: &mut Conn, it: &Invoice) -> Result<Rupiah, ContractError> {
    Ok(Rupiah::sum(opens(&store::shares(conn, it)?)?)?)
}

/// What is left to pay of each order of an invoice.
fn opens(shares: &[Share]) -> Result<Vec<Rupiah>, AmountError> {
    shares.iter().map(Share::open).collect()
}

/// Records a payment of an invoice: a payment of each of its orders that gets some of it. All rows are held meanwhile, so
/// that no two payments fill the same gap.
pub fn pay(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: InvoiceId,
    method: Method,
    amount: Rupiah,
) -> Result<(Invoice, Paid), ContractError> {
    let invoice =
        store::invoice(tx, id)?.filter(|it| it.cooperative == permit.cooperative).ok_or(AccessError::Hidden)?;
    store::locked(tx, invoice.contract)?.ok_or(AccessError::Hidden)?;
    let mut orders: Vec<OrderId> = store::shares(tx, &invoice)?.iter().map(|share| share.order).collect();
    orders.sort_unstable();
    for order in orders {
        orders::find_for_payment(tx, order)?;
    }
    let shares = store::shares(tx, &invoice)?;
    let opens = opens(&shares)?;
    let owed = Rupiah::sum(opens.iter().copied())?;
    if owed == Rupiah::ZERO {
        return Err(ContractError::NothingOwed);
    }
    let open: Vec<(OrderId, Rupiah)> = shares.iter().map(|share| share.order).zip(opens).collect();
    let paid = settle_oldest(tx, now, permit, (method, amount), &open)?;
    let paid = paid.ok_or(ContractError::MoreThanOwed(owed))?;
    let event = invoice_event("invoice.payment_recorded", &invoice)
        .by(permit.account)
        .with("amount", amount)
        .with("payments", paid.iter().map(|(_, payment, _)| *payment).collect::<Vec<_>>());
    events::record(tx, now, &event)?;
    Ok((invoice, paid))
}
