//! The treasurer records what an outlet paid: spread over its orders, the oldest first.

use super::error::ConsignmentError;
use super::store;
use crate::cooperatives::{AccessError, CooperativePermit};
use crate::db::{Conn, Tx};
use crate::events::{self, Event};
use crate::kernel::ids::OutletId;
use crate::kernel::{Instant, Rupiah};
use crate::orders;
use crate::payments::Method;
use crate::payments::settle_oldest::{Paid, settle_oldest};

/// What an outlet has sold and not paid.
pub fn owed(conn: &mut Conn, outlet: OutletId) -> Result<Rupiah, ConsignmentError> {
    Ok(Rupiah::sum(store::open_orders(conn, outlet)?.into_iter().map(|(_, open)| open))?)
}

/// Records a payment of an outlet: a payment of each of its orders that gets some of it. All rows are held meanwhile, so
/// that no two payments fill the same gap.
pub fn pay(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: OutletId,
    method: Method,
    amount: Rupiah,
) -> Result<Paid, ConsignmentError> {
    let outlet = store::outlet(tx, id)?.filter(|it| it.cooperative == permit.cooperative).ok_or(AccessError::Hidden)?;
    for (order, _) in store::open_orders(tx, outlet.id)? {
        orders::find_for_payment(tx, order)?;
    }
    let open = store::open_orders(tx, outlet.id)?;
    let owed = Rupiah::sum(open.iter().map(|(_, open)| *open))?;
    if owed == Rupiah::ZERO {
        return Err(ConsignmentError::NothingOwed);
    }
    let paid = settle_oldest(tx, now, permit, (method, amount), &open)?;
    let paid = paid.ok_or(ConsignmentError::MoreThanOwed(owed))?;
    let event = Event::new("outlet.payment_recorded", outlet.id)
        .by(permit.account)
        .in_cooperative(outlet.cooperative)
        .with("outlet", outlet.id)
        .with("amount", amount)
        .with("payments", paid.iter().map(|(_, payment, _)| *payment).collect::<Vec<_>>());
    events::record(tx, now, &event)?;
    Ok(paid)
}
