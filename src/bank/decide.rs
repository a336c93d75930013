//! The treasurer decides what a line in the queue is.

use super::bring::confirm;
use super::error::StatementError;
use super::line::{LineStatus, StatementLine};
use super::store;
use crate::cooperatives::{AccessError, CooperativePermit};
use crate::db::Tx;
use crate::events::{self, Event};
use crate::kernel::Instant;
use crate::kernel::ids::{OrderId, PaymentId, StatementLineId};
use crate::payments::{Method, PaymentAccess, Recording, record_on};

/// What a line is said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// This awaited transfer.
    Payment(PaymentId),
    /// A transfer for this order that nobody had announced, or not to this amount.
    Order(OrderId),
    /// No buyer's payment at all.
    Nothing,
}

/// Decides it. What is paid beyond what is owed stays the buyer's, as credit.
pub(super) fn decide(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: StatementLineId,
    decision: Decision,
) -> Result<StatementLine, StatementError> {
    let line = store::locked_line(tx, id)?.filter(|line| line.cooperative == permit.cooperative);
    let line = line.ok_or(AccessError::Hidden)?;
    if line.status != LineStatus::Queued {
        return Err(StatementError::NotPossible(line.status));
    }
    let payment = match decision {
        Decision::Payment(payment) => {
            let arrives = store::arrives(tx, permit.cooperative, payment)?;
            let arrives = arrives.ok_or_else(|| StatementError::unknown("/payment"))?;
            if arrives != line.amount {
                return Err(StatementError::AmountDiffers(arrives));
            }
            confirm(tx, now, permit, payment)?;
            Some(payment)
        }
        Decision::Order(order) => {
            if !store::is_order_of(tx, permit.cooperative, order)? {
                return Err(StatementError::unknown("/order"));
            }
            let access = PaymentAccess { account: Some(permit.account), treasurer: true, ..PaymentAccess::default() };
            let recording = Recording { amount: Some(line.amount), ..Recording::of_all(tx.id(now), Method::Transfer) };
            Some(record_on(tx, now, order, &access, &recording)?.id)
        }
        Decision::Nothing => None,
    };
    let decided = StatementLine {
        status: if payment.is_some() { LineStatus::Matched } else { LineStatus::Ignored },
        payment,
        decided_at: Some(now),
        decided_by: Some(permit.account),
        ..line
    };
    if !store::decide_line(tx, &decided)? {
        let now = store::locked_line(tx, id)?.ok_or(AccessError::Hidden)?;
        return Err(StatementError::NotPossible(now.status));
    }
    let event = Event::new("statement.line_decided", permit.cooperative).by(permit.account);
    let event = event.in_cooperative(permit.cooperative).with("line", id).with("status", decided.status);
    events::record(tx, now, &event.with("payment", payment))?;
    Ok(decided)
}
