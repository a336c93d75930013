//! Putting a picture to an announced transfer.

use super::discard::{discard, look_after};
use crate::catalogue::photos::upload;
use crate::db::{Conn, Tx};
use crate::files::FileName;
use crate::kernel::Instant;
use crate::kernel::ids::PaymentId;
use crate::payments::access::PaymentAccess;
use crate::payments::access::PaymentRoute;
use crate::payments::error::PaymentError;
use crate::payments::payment::{Payment, Status};
use crate::payments::record::tell;
use crate::payments::store::{self, OrderMoney};
use crate::web::StaleVersion;

/// The payment, if this caller may put a picture to it now. Only what waits for the treasurer takes one.
pub(super) fn admits(
    conn: &mut Conn,
    route: &PaymentRoute,
    id: PaymentId,
    expected: Option<i64>,
) -> Result<(Payment, OrderMoney, PaymentAccess), PaymentError> {
    let (payment, order, access) = route.find(conn, id)?;
    access.records()?;
    StaleVersion::check(expected, payment.version)?;
    if payment.status != Status::Pending {
        return Err(PaymentError::NotPossible(payment.status));
    }
    Ok((payment, order, access))
}

/// Before the picture is read: looks whether it is wanted, counts it, and has its file looked after.
pub(super) fn announce(
    tx: &mut Tx<'_>,
    now: Instant,
    route: &PaymentRoute,
    id: PaymentId,
    expected: Option<i64>,
    file: &FileName,
) -> Result<(), PaymentError> {
    let (_, order, access) = admits(tx, route, id, expected)?;
    match access.account {
        Some(account) => upload::QUOTA.take(tx, now, account)?,
        None => upload::QUOTA.take(tx, now, order.id)?,
    }
    look_after(tx, now, file.as_str())?;
    Ok(())
}

/// Shows the transfer by this file, which is kept already; what showed it before is discarded.
pub(super) fn attach(
    tx: &mut Tx<'_>,
    now: Instant,
    route: &PaymentRoute,
    id: PaymentId,
    expected: Option<i64>,
    file: &FileName,
) -> Result<(Payment, OrderMoney, PaymentAccess), PaymentError> {
    let order = store::payment(tx, id)?.ok_or(PaymentError::NotFound)?.order;
    store::locked_order(tx, order)?;
    let (before, order, access) = admits(tx, route, id, expected)?;
    if !store::set_proof(tx, &before, file.as_str())? {
        let now = store::payment(tx, id)?.ok_or(PaymentError::NotFound)?;
        return Err(PaymentError::NotPossible(now.status));
    }
    if let Some(replaced) = &before.proof {
        discard(tx, now, replaced)?;
    }
    let shown = store::payment(tx, id)?.ok_or(PaymentError::NotFound)?;
    tell(tx, now, "payment.proof_attached", &shown, access.account)?;
    Ok((shown, order, access))
}
