//! Records payments of outlets, split over the outlet's orders, the oldest first.

use super::error::ConsignmentError;
use super::events::{self, ConsignmentEvent};
use super::store;
use crate::cooperatives::{AccessError, CooperativePermit};
use crate::db::{Conn, Tx};
use crate::kernel::ids::OutletId;
use crate::kernel::{Instant, Rupiah};
use crate::orders;
use crate::payments::Method;
use crate::payments::settle_oldest::{PaidShares, settle_oldest};

/// Computes what an outlet has sold and not paid, in rupiah.
pub fn compute_owed(conn: &mut Conn, outlet: OutletId) -> Result<Rupiah, ConsignmentError> {
    Ok(Rupiah::sum(store::list_open_orders(conn, outlet)?.into_iter().map(|(_, open)| open))?)
}

/// Records a payment of an outlet as confirmed payments of its orders. The orders stay locked, so that concurrent
/// payments cannot pay the same amount twice. `NothingOwed` or `MoreThanOwed` when the amount exceeds what is owed.
pub fn record_payment(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: OutletId,
    method: Method,
    amount: Rupiah,
) -> Result<PaidShares, ConsignmentError> {
    let outlet = store::find_outlet(tx, id)?
        .filter(|outlet| outlet.cooperative == permit.cooperative)
        .ok_or(AccessError::Hidden)?;
    for (order, _) in store::list_open_orders(tx, outlet.id)? {
        orders::lock_for_payment(tx, order)?;
    }
    let open_orders = store::list_open_orders(tx, outlet.id)?;
    let owed = Rupiah::sum(open_orders.iter().map(|(_, open)| *open))?;
    if owed == Rupiah::ZERO {
        return Err(ConsignmentError::NothingOwed);
    }
    let paid = settle_oldest(tx, now, permit, (method, amount), &open_orders)?;
    let paid = paid.ok_or(ConsignmentError::MoreThanOwed(owed))?;
    let payments = paid.iter().map(|(_, payment, _)| *payment).collect();
    let event = ConsignmentEvent::PaymentRecorded { outlet: outlet.id, amount, payments };
    events::record(tx, now, &event.about(outlet.id).by(permit.account).in_cooperative(outlet.cooperative))?;
    Ok(paid)
}
