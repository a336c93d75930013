//! Attaching a proof to an announced transfer.

use crate::catalogue::photos::upload;
use crate::cooperatives::AccessError;
use crate::db::{Conn, Tx};
use crate::files::FileName;
use crate::kernel::Instant;
use crate::kernel::ids::PaymentId;
use crate::payments::access::{OrderCredential, PaymentAccess};
use crate::payments::discard_proof::{schedule_cleanup, schedule_discard};
use crate::payments::error::PaymentError;
use crate::payments::events::{PaymentEvent, record_event};
use crate::payments::payment::{Payment, Status};
use crate::payments::store::{self, PayableOrder};
use crate::web::StaleVersion;

/// The payment, if the caller may attach a proof to it now: only pending payments accept one.
pub(super) fn check_attachable(
    conn: &mut Conn,
    credential: &OrderCredential,
    id: PaymentId,
    expected_version: Option<i64>,
) -> Result<(Payment, PayableOrder, PaymentAccess), PaymentError> {
    let (payment, order, access) = credential.find_payment(conn, id)?;
    access.require_record()?;
    StaleVersion::check(expected_version, payment.version)?;
    if payment.status != Status::Pending {
        return Err(PaymentError::WrongStatus(payment.status));
    }
    Ok((payment, order, access))
}

/// Before the upload is read: checks permission and status, counts it against the quota, and schedules the cleanup of
/// its file.
pub(super) fn prepare_upload(
    tx: &mut Tx<'_>,
    now: Instant,
    credential: &OrderCredential,
    id: PaymentId,
    expected_version: Option<i64>,
    file: &FileName,
) -> Result<(), PaymentError> {
    let (_, order, access) = check_attachable(tx, credential, id, expected_version)?;
    match access.account {
        Some(account) => upload::QUOTA.charge(tx, now, account)?,
        None => upload::QUOTA.charge(tx, now, order.id)?,
    }
    schedule_cleanup(tx, now, file.as_str())?;
    Ok(())
}

/// Attaches this stored file as proof; a replaced file is discarded.
pub(super) fn attach(
    tx: &mut Tx<'_>,
    now: Instant,
    credential: &OrderCredential,
    id: PaymentId,
    expected_version: Option<i64>,
    file: &FileName,
) -> Result<(Payment, PayableOrder, PaymentAccess), PaymentError> {
    let order = store::find_payment(tx, id)?.ok_or(AccessError::Hidden)?.order;
    store::lock_order(tx, order)?;
    let (before, order, access) = check_attachable(tx, credential, id, expected_version)?;
    if !store::set_proof(tx, &before, file.as_str())? {
        let now = store::find_payment(tx, id)?.ok_or(AccessError::Hidden)?;
        return Err(PaymentError::WrongStatus(now.status));
    }
    if let Some(replaced) = &before.proof {
        schedule_discard(tx, now, replaced)?;
    }
    let shown = store::find_payment(tx, id)?.ok_or(AccessError::Hidden)?;
    record_event(tx, now, PaymentEvent::ProofAttached, &shown, access.account)?;
    Ok((shown, order, access))
}
