//! What payments know of a person, and how it is forgotten.

use serde::Serialize;

use super::payment::{Direction, Method, Purpose, Status};
use super::proofs::discard;
use super::store;
use crate::db::{Conn, Result, Tx};
use crate::kernel::ids::{AccountId, PaymentId};
use crate::kernel::{Instant, Rupiah};

/// One of a person's payments, as they get it with their data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PaymentRecord {
    /// The payment.
    pub id: PaymentId,
    /// The number of the order.
    #[schema(max_length = 40)]
    pub order_number: String,
    /// In, or back out.
    pub direction: Direction,
    /// How.
    pub method: Method,
    /// What for.
    pub purpose: Purpose,
    /// How much.
    pub amount: Rupiah,
    /// Where it stands.
    pub status: Status,
    /// When it was written down.
    pub recorded_at: Instant,
}

/// So many of the payments of a person's orders behind this one, and the last of them where more may follow.
pub fn export(
    conn: &mut Conn,
    account: AccountId,
    after: Option<PaymentId>,
    most: i64,
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
        store::payments_taken_out(conn, account, after, most)?.into_iter().map(record).collect();
    let is_full = i64::try_from(payments.len()).is_ok_and(|rows| rows >= most);
    let last = payments.last().map(|payment| payment.id).filter(|_| is_full);
    Ok((payments, last))
}

/// Takes the names of those who paid and the pictures of a person's transfers out of their payments; the files are discarded once that is committed.
/// Amounts and days stay: the cooperative must account for its money.
pub fn forget(tx: &mut Tx<'_>, now: Instant, account: AccountId) -> Result<()> {
    store::forget_payers(tx, account)?;
    for (payment, file) in store::proofs_of(tx, account)? {
        store::drop_proof(tx, payment)?;
        discard(tx, now, &file)?;
    }
    Ok(())
}
