//! Response bodies of cash.

use serde::Serialize;
use utoipa::ToSchema;

use crate::cash::access::available_actions;
use crate::cash::count::CashCount;
use crate::cash::handover::{Handover, HandoverAction, HandoverStatus};
use crate::cash::store;
use crate::cooperatives::Caller;
use crate::db::Conn;
use crate::kernel::ids::{AccountId, CashCountId, CooperativeId, HandoverId, PaymentId};
use crate::kernel::{Day, Instant, Rupiah, SignedRupiah, Version};
use crate::payments;
use crate::web::Problem;

/// A handover of cash.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HandoverView {
    /// Its id.
    pub(super) id: HandoverId,
    /// The receiving cooperative.
    cooperative: CooperativeId,
    /// The holder of the cash, or former holder.
    holder: AccountId,
    /// The holder's name.
    #[schema(max_length = 100, example = "Contoh Sari")]
    holder_name: String,
    /// Its status.
    status: HandoverStatus,
    /// Total of its payments.
    expected: Rupiah,
    /// The amount the treasurer counted.
    counted: Option<Rupiah>,
    /// The shortfall; negative for a surplus.
    missing: Option<SignedRupiah>,
    /// Its payments.
    #[schema(max_items = 10_000)]
    payments: Vec<HandedPayment>,
    /// A note.
    #[schema(max_length = 300)]
    note: Option<String>,
    /// When it was declared.
    pub(super) declared_at: Instant,
    /// The account that declared it.
    declared_by: AccountId,
    /// When it was received or refused.
    decided_at: Option<Instant>,
    /// The account that decided it.
    decided_by: Option<AccountId>,
    /// Incremented with every change.
    pub(super) version: Version,
    /// The actions the caller may perform now.
    #[schema(max_items = 2)]
    actions: Vec<HandoverAction>,
}

/// A payment in a handover.
#[derive(Debug, Serialize, ToSchema)]
struct HandedPayment {
    /// The payment.
    payment: PaymentId,
    /// The amount or quantity.
    amount: Rupiah,
}

impl HandoverView {
    /// The handover, with its payments and the actions of this caller.
    pub(super) fn load(conn: &mut Conn, caller: &Caller, handover: Handover) -> Result<HandoverView, Problem> {
        let payments = payments::list_in_handover(conn, handover.id)?;
        Ok(HandoverView {
            id: handover.id,
            cooperative: handover.cooperative,
            holder: handover.holder,
            holder_name: store::find_account_name(conn, handover.holder)?,
            status: handover.status,
            expected: handover.expected,
            counted: handover.counted,
            missing: handover.missing(),
            payments: payments.into_iter().map(|(payment, amount)| HandedPayment { payment, amount }).collect(),
            declared_at: handover.declared_at,
            declared_by: handover.declared_by,
            decided_at: handover.decided_at,
            decided_by: handover.decided_by,
            version: handover.version,
            actions: available_actions(caller, &handover),
            note: handover.note,
        })
    }
}

/// A count of the cash box.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CashCountView {
    /// Its id.
    id: CashCountId,
    /// The business day.
    counted_on: Day,
    /// The balance in the ledger.
    expected: SignedRupiah,
    /// The counted amount.
    counted: Rupiah,
    /// A note.
    #[schema(max_length = 300)]
    note: Option<String>,
    /// When it was counted.
    counted_at: Instant,
    /// The account that counted.
    counted_by: AccountId,
}

impl From<CashCount> for CashCountView {
    fn from(count: CashCount) -> Self {
        CashCountView {
            id: count.id,
            counted_on: count.counted_on,
            expected: count.expected,
            counted: count.counted,
            note: count.note,
            counted_at: count.counted_at,
            counted_by: count.counted_by,
        }
    }
}
