//! Export and anonymization of a person's payments.

use serde::Serialize;

use super::discard_proof::schedule_discard;
use super::payment::{Direction, Method, PaymentPurpose, Status};
use super::store;
use crate::db::{Conn, Result, Tx};
use crate::kernel::ids::{AccountId, PaymentId};
use crate::kernel::{Instant, Rupiah};

/// A payment in a person's data export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PaymentRecord {
    /// The payment.
    pub id: PaymentId,
    /// The order's number.
    #[schema(max_length = 40)]
    pub order_number: String,
    /// In, or out for refunds.
    pub direction: Direction,
    /// The payment method.
    pub method: Method,
    /// The purpose.
    pub purpose: PaymentPurpose,
    /// The amount or quantity.
    pub amount: Rupiah,
    /// Its status.
    pub status: Status,
    /// When it was recorded.
    pub recorded_at: Instant,
}

/// A page of the payments of a person's orders after this id, and the id to continue from, if there may be more.
pub fn export(
    conn: &mut Conn,
    account: AccountId,
    after: Option<PaymentId>,
    limit: i64,
) -> Result<(Vec<PaymentRecord>, Option<PaymentId>)> {
    let record = |(payment, order_number): (super::Payment, String)| PaymentRecord {
        id: payment.id,
        order_number,
        direction: payment.direction,
        method: payment.method,
        purpose: payment.purpose,
        amount: payment.amount,
        status: payment.status,
        recorded_at: payment.recorded_at,
    };
    let payments: Vec<PaymentRecord> =
        store::list_payments_for_export(conn, account, after, limit)?.into_iter().map(record).collect();
    let is_full = i64::try_from(payments.len()).is_ok_and(|rows| rows >= limit);
    let last = payments.last().map(|payment| payment.id).filter(|_| is_full);
    Ok((payments, last))
}

/// Clears payer names and proofs of a person's payments; the files are deleted after the commit. Amounts and days are
/// kept, because the cooperative must account for its money.
pub fn forget(tx: &mut Tx<'_>, now: Instant, account: AccountId) -> Result<()> {
    store::clear_payer_names(tx, account)?;
    for (payment, file) in store::list_proofs_of_buyer(tx, account)? {
        store::clear_proof(tx, payment)?;
        schedule_discard(tx, now, &file)?;
    }
    Ok(())
}
