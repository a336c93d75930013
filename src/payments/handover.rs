//! Cash payments in hand-overs from the officer who holds them to the treasurer.

use super::store;
use crate::db::{Conn, Result, Tx};
use crate::kernel::Rupiah;
use crate::kernel::ids::{AccountId, CooperativeId, HandoverId, PaymentId};

/// Locks and lists the confirmed payments whose cash this person holds and that are in no hand-over yet, by id.
pub fn lock_held_by(
    tx: &mut Tx<'_>,
    cooperative: CooperativeId,
    holder: AccountId,
) -> Result<Vec<(PaymentId, Rupiah)>> {
    store::lock_held_by(tx, cooperative, holder)
}

/// Adds these payments to a hand-over.
pub fn put_in_handover(tx: &mut Tx<'_>, ids: &[PaymentId], handover: HandoverId) -> Result<()> {
    store::put_in_handover(tx, ids, handover)
}

/// The treasurer has received the cash: clears the holder of the payments.
pub fn receive_handover(tx: &mut Tx<'_>, handover: HandoverId) -> Result<()> {
    store::receive_handover(tx, handover)
}

/// The hand-over was refused: releases its payments for another one.
pub fn release_handover(tx: &mut Tx<'_>, handover: HandoverId) -> Result<()> {
    store::release_handover(tx, handover)
}

/// The payments of a hand-over with their amounts.
pub fn list_in_handover(conn: &mut Conn, handover: HandoverId) -> Result<Vec<(PaymentId, Rupiah)>> {
    store::list_in_handover(conn, handover)
}
