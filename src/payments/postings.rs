//! Ledger postings of payments.

use super::error::PaymentError;
use super::payment::{Direction, Payment};
use super::store::PayableOrder;
use crate::db::Tx;
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, Id, SourceDocumentId};
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
    let entry = ledger::find_entry_by_source(tx, EntryKind::Payment, SourceDocumentId::from_uuid(payment.id.uuid()))?;
    let reversal = rules::draft_payment_reversal(&payment.posting(order))?;
    post(tx, now, order, by, &reversal.reversing(entry.map(|entry| entry.id)))
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
        let moved = self.credit_move();
        let entry = ledger::find_entry_by_source(
            tx,
            EntryKind::CreditMoved,
            SourceDocumentId::from_uuid(moved.payment.uuid()),
        )?;
        let reversal = rules::draft_credit_reversal(&moved)?;
        post(tx, now, self.to.0, by, &reversal.reversing(entry.map(|entry| entry.id)))
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
