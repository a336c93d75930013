//! Records payments of invoices, split over the invoice's orders, the oldest first.

use super::error::ContractError;
use super::events::{self, ContractEvent, InvoicePayload};
use super::invoice::{Invoice, InvoiceShare};
use super::store;
use crate::cooperatives::{AccessError, CooperativePermit};
use crate::db::{Conn, Tx};
use crate::kernel::ids::{InvoiceId, OrderId};
use crate::kernel::{AmountError, Instant, Rupiah};
use crate::orders;
use crate::payments::Method;
use crate::payments::settle_oldest::{PaidShares, settle_oldest};

/// Computes the amount left to pay of an invoice.
pub fn compute_open_amount(conn: &mut Conn, invoice: &Invoice) -> Result<Rupiah, ContractError> {
    Ok(Rupiah::sum(compute_open_amounts(&store::list_shares(conn, invoice)?)?)?)
}

/// The amount left to pay of each order of an invoice.
fn compute_open_amounts(shares: &[InvoiceShare]) -> Result<Vec<Rupiah>, AmountError> {
    shares.iter().map(InvoiceShare::open_amount).collect()
}

/// Records a payment of an invoice as confirmed payments of its orders. Contract and orders stay locked, so that
/// concurrent payments cannot pay the same amount twice. `NothingOwed` or `MoreThanOwed` when the amount exceeds what
/// is left.
pub fn record_payment(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: InvoiceId,
    method: Method,
    amount: Rupiah,
) -> Result<(Invoice, PaidShares), ContractError> {
    let invoice = store::find_invoice(tx, id)?
        .filter(|invoice| invoice.cooperative == permit.cooperative)
        .ok_or(AccessError::Hidden)?;
    store::lock_contract(tx, invoice.contract)?.ok_or(AccessError::Hidden)?;
    let mut orders: Vec<OrderId> = store::list_shares(tx, &invoice)?.iter().map(|share| share.order).collect();
    orders.sort_unstable();
    for order in orders {
        orders::lock_for_payment(tx, order)?;
    }
    let shares = store::list_shares(tx, &invoice)?;
    let open_amounts = compute_open_amounts(&shares)?;
    let owed = Rupiah::sum(open_amounts.iter().copied())?;
    if owed == Rupiah::ZERO {
        return Err(ContractError::NothingOwed);
    }
    let open: Vec<(OrderId, Rupiah)> = shares.iter().map(|share| share.order).zip(open_amounts).collect();
    let paid = settle_oldest(tx, now, permit, (method, amount), &open)?;
    let paid = paid.ok_or(ContractError::MoreThanOwed(owed))?;
    let payments = paid.iter().map(|(_, payment, _)| *payment).collect();
    let payload = InvoicePayload { amount: Some(amount), payments: Some(payments), ..InvoicePayload::new(&invoice) };
    let event = ContractEvent::InvoicePaid(payload).about(invoice.id).by(permit.account);
    events::record(tx, now, &event.in_cooperative(invoice.cooperative))?;
    Ok((invoice, paid))
}
