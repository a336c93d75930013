//! The treasurer's decision on a queued line.

use super::error::StatementError;
use super::events::{self, BankEvent};
use super::import::confirm;
use super::line::{LineStatus, StatementLine};
use super::store;
use crate::cooperatives::CooperativePermit;
use crate::db::Tx;
use crate::kernel::Instant;
use crate::kernel::ids::{OrderId, PaymentId};
use crate::payments::{Method, NewPayment, PaymentAccess, record_payment};

/// A decision on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineDecision {
    /// It is this awaited transfer.
    Payment(PaymentId),
    /// It is a transfer for this order that was not announced, or announced with another amount.
    Order(OrderId),
    /// It is no payment of a buyer.
    Nothing,
}

/// Applies a decision on a line of the permitted cooperative, which the caller has locked. An overpayment becomes the buyer's credit.
pub(super) fn decide(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    line: StatementLine,
    decision: LineDecision,
) -> Result<StatementLine, StatementError> {
    if line.status != LineStatus::Queued {
        return Err(StatementError::WrongStatus(line.status));
    }
    let payment = match decision {
        LineDecision::Payment(payment) => {
            let expected_amount = store::find_amount_to_transfer(tx, permit.cooperative, payment)?;
            let expected_amount = expected_amount.ok_or_else(|| StatementError::unknown("/payment"))?;
            if expected_amount != line.amount {
                return Err(StatementError::AmountDiffers(expected_amount));
            }
            confirm(tx, now, permit, payment)?;
            Some(payment)
        }
        LineDecision::Order(order) => {
            if !store::is_order_of_cooperative(tx, permit.cooperative, order)? {
                return Err(StatementError::unknown("/order"));
            }
            let access = PaymentAccess::of_treasurer(permit.account);
            let recording =
                NewPayment { amount: Some(line.amount), ..NewPayment::in_full(tx.id(now), Method::Transfer) };
            Some(record_payment(tx, now, order, &access, &recording)?.id)
        }
        LineDecision::Nothing => None,
    };
    let decided = StatementLine {
        status: if payment.is_some() { LineStatus::Matched } else { LineStatus::Ignored },
        payment,
        decided_at: Some(now),
        decided_by: Some(permit.account),
        ..line
    };
    store::update_decision(tx, &decided)?;
    let event = BankEvent::LineDecided { line: decided.id, status: decided.status, payment }.about(permit.cooperative);
    events::record(tx, now, &event.by(permit.account).in_cooperative(permit.cooperative))?;
    Ok(decided)
}
