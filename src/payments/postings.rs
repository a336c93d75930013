//! Ledger postings of payments.

use super::error::PaymentError;
use super::payment::{Direction, Payment};
use super::store::PayableOrder;
use crate::db::Tx;
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, Id, PaymentId, SourceDocumentId};
use crate::ledger::rules::{self, CreditMove, PaymentPosting};
use crate::ledger::{self, Draft, EntryKind, PostingContext, Purse};

impl Payment {
    /// The movement of its money, for the order as it was before.
    fn posting(&self, order: &PayableOrder) -> PaymentPosting {
        PaymentPosting {
            payment: self.id,
            order: order.id,
            purse: self.held_by.map_or(self.method.terms().purse, Purse::Hand),
            amount: self.amount,
            code: self.code_amount(),
            before: order.standing(),
        }
    }
}

/// Posts a payment that was just confirmed; `order` is as it was before.
pub(super) fn post_confirmed(
    tx: &mut Tx<'_>,
    now: Instant,
    order: &PayableOrder,
    payment: &Payment,
    by: Option<AccountId>,
) -> Result<(), PaymentError> {
    let moved = payment.posting(order);
    let draft = match payment.direction {
        Direction::In => rules::draft_payment(&moved)?,
        Direction::Out => rules::draft_refund(&moved)?,
    };
    post(tx, now, order, by, &draft)
}

/// Posts the reversal of a payment; `order` is as it was before.
pub(super) fn post_reversed(
    tx: &mut Tx<'_>,
    now: Instant,
    order: &PayableOrder,
    payment: &Payment,
    by: Option<AccountId>,
) -> Result<(), PaymentError> {
    let reversal = rules::draft_payment_reversal(&payment.posting(order))?;
    let reversal = reversing_entry(tx, EntryKind::Payment, payment.id, reversal)?;
    post(tx, now, order, by, &reversal)
}

/// A transfer of credit between two orders, both as they were before.
pub(super) struct CreditPosting<'a> {
    /// The order that gives it, and its outgoing payment.
    pub(super) from: (&'a PayableOrder, &'a Payment),
    /// The order that it pays, and its incoming payment.
    pub(super) to: (&'a PayableOrder, &'a Payment),
}

impl CreditPosting<'_> {
    /// Posts the transfer.
    pub(super) fn post(&self, tx: &mut Tx<'_>, now: Instant, by: Option<AccountId>) -> Result<(), PaymentError> {
        post(tx, now, self.to.0, by, &rules::draft_credit_move(&self.credit_move())?)
    }

    /// Posts its reversal.
    pub(super) fn post_reversed(
        &self,
        tx: &mut Tx<'_>,
        now: Instant,
        by: Option<AccountId>,
    ) -> Result<(), PaymentError> {
        let (to, into) = self.to;
        let reversal = rules::draft_credit_reversal(&self.credit_move())?;
        let reversal = reversing_entry(tx, EntryKind::CreditMoved, into.id, reversal)?;
        post(tx, now, to, by, &reversal)
    }

    fn credit_move(&self) -> CreditMove {
        let ((from, out), (to, into)) = (self.from, self.to);
        CreditMove {
            payment: into.id,
            amount: into.amount,
            code: out.code_amount(),
            from: (from.id, from.standing()),
            to: (to.id, to.standing()),
        }
    }
}

/// The draft, as the reversal of the entry of this kind that the payment had made.
fn reversing_entry(
    tx: &mut Tx<'_>,
    kind: EntryKind,
    payment: PaymentId,
    reversal: Draft,
) -> Result<Draft, PaymentError> {
    let entry = ledger::find_entry_by_source(tx, kind, SourceDocumentId::from_uuid(payment.uuid()))?;
    Ok(reversal.reversing(entry.map(|entry| entry.id)))
}

fn post(
    tx: &mut Tx<'_>,
    now: Instant,
    order: &PayableOrder,
    by: Option<AccountId>,
    draft: &Draft,
) -> Result<(), PaymentError> {
    let booking = PostingContext { cooperative: order.cooperative, on: order.zone.day_of(now), by };
    ledger::post(tx, now, &booking, draft)?;
    Ok(())
}
