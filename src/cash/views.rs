//! Cash on its way as clients see it.

use serde::Serialize;
use utoipa::ToSchema;

use super::count::CashCount;
use super::handover::{Handover, HandoverAction, HandoverStatus};
use super::store;
use crate::db::{Conn, Result};
use crate::kernel::ids::{AccountId, CashCountId, CooperativeId, HandoverId, PaymentId};
use crate::kernel::{Day, Instant, Rupiah};
use crate::payments;

/// A handover of cash.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HandoverView {
    /// Its id.
    id: HandoverId,
    /// To which cooperative.
    cooperative: CooperativeId,
    /// Who holds the cash, or held it.
    holder: AccountId,
    /// What they are called.
    #[schema(max_length = 100, example = "Contoh Sari")]
    holder_name: String,
    /// Where it stands.
    status: HandoverStatus,
    /// What its payments come to.
    expected: Rupiah,
    /// What the treasurer counted.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 1_000_000_000_000_i64, example = 152_000)]
    counted: Option<Rupiah>,
    /// What was missing; below zero where there was more.
    #[schema(value_type = Option<i64>, minimum = -1_000_000_000_000_i64, maximum = 1_000_000_000_000_i64, example = 0)]
    missing: Option<Rupiah>,
    /// Its payments.
    #[schema(max_items = 10_000)]
    payments: Vec<HandedPayment>,
    /// What is worth remembering.
    #[schema(max_length = 300)]
    note: Option<String>,
    /// When it was declared.
    declared_at: Instant,
    /// By whom.
    declared_by: AccountId,
    /// When it was received or refused.
    decided_at: Option<Instant>,
    /// By whom.
    decided_by: Option<AccountId>,
    /// Grows by one with every change.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 2)]
    pub(super) version: i64,
    /// The steps that the caller can take with it now.
    #[schema(max_items = 2)]
    actions: Vec<HandoverAction>,
}

/// A payment of a handover.
#[derive(Debug, Serialize, ToSchema)]
struct HandedPayment {
    /// Which.
    payment: PaymentId,
    /// How much.
    amount: Rupiah,
}

impl HandoverView {
    pub(super) fn of(conn: &mut Conn, it: Handover, actions: Vec<HandoverAction>) -> Result<HandoverView> {
        let payments = payments::list_in_handover(conn, it.id)?;
        Ok(HandoverView {
            id: it.id,
            cooperative: it.cooperative,
            holder: it.holder,
            holder_name: store::name(conn, it.holder)?,
            status: it.status,
            expected: it.expected,
            counted: it.counted,
            missing: it.missing(),
            payments: payments.into_iter().map(|(payment, amount)| HandedPayment { payment, amount }).collect(),
            note: it.note,
            declared_at: it.declared_at,
            declared_by: it.declared_by,
            decided_at: it.decided_at,
            decided_by: it.decided_by,
            version: it.version,
            actions,
        })
    }
}

/// A count of the cash box.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CashCountView {
    /// Its id.
    id: CashCountId,
    /// On which business day.
    #[schema(value_type = String, format = Date)]
    counted_on: Day,
    /// What the books said.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 1_250_500)]
    expected: Rupiah,
    /// What was there.
    counted: Rupiah,
    /// What is worth remembering.
    #[schema(max_length = 300)]
    note: Option<String>,
    /// When.
    counted_at: Instant,
    /// By whom.
    counted_by: AccountId,
}

impl From<CashCount> for CashCountView {
    fn from(it: CashCount) -> Self {
        CashCountView {
            id: it.id,
            counted_on: it.counted_on,
            expected: it.expected,
            counted: it.counted,
            note: it.note,
            counted_at: it.counted_at,
            counted_by: it.counted_by,
        }
    }
}
