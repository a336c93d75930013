//! A payment: what it is, what may become of it, and what follows for the order.

use diesel::prelude::*;

use crate::db::schema::payments;
use crate::kernel::ids::{AccountId, CooperativeId, HandoverId, OrderId, PaymentId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{AmountError, Instant, Rupiah};

text_enum! {
    /// Which way the money goes, seen from the cooperative.
    Direction {
        /// To the cooperative.
        In = "in",
        /// Back to the buyer.
        Out = "out",
    }
}

text_enum! {
    /// How the money goes.
    Method {
        /// From hand to hand.
        Cash = "cash",
        /// From account to account.
        Transfer = "transfer",
        /// By the cooperative's QRIS code, to its account.
        Qris = "qris",
        /// Through a gateway, which tells when the money is there.
        Gateway = "gateway",
        /// From what the buyer has paid too much for another order: no money moves.
        Credit = "credit",
    }
}

text_enum! {
    /// What the money is for.
    Purpose {
        /// So that work can begin.
        Deposit = "deposit",
        /// What is left after a deposit.
        Balance = "balance",
        /// Everything at once.
        Full = "full",
        /// Back to the buyer.
        Refund = "refund",
    }
}

text_enum! {
    /// Where a payment stands.
    Status {
        /// Announced; the treasurer has not seen the money yet.
        Pending = "pending",
        /// The money is there.
        Confirmed = "confirmed",
        /// The money did not come.
        Rejected = "rejected",
        /// Nobody showed that it was paid, and its time is over.
        Expired = "expired",
        /// It was confirmed, and had not come after all.
        Reversed = "reversed",
    }
}

text_enum! {
    /// A step that someone takes with a payment.
    #[schema(as = PaymentAction)]
    Action {
        /// The money is there.
        Confirm = "confirm",
        /// The money did not come.
        Reject = "reject",
        /// It was confirmed by mistake: the money had not come.
        Reverse = "reverse",
        /// The time is over.
        Expire = "expire",
    }
}

/// Who takes a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The cooperative's treasurer.
    Treasurer,
    /// The clock.
    System,
}

/// One row of the table: from this state, this step by this person leads there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// The state before.
    pub from: Status,
    /// The step.
    pub action: Action,
    /// Who takes it.
    pub who: Who,
    /// The state after.
    pub to: Status,
}

const fn row(from: Status, action: Action, who: Who, to: Status) -> Transition {
    Transition { from, action, who, to }
}

/// Every step there is. Money that comes late is confirmed all the same.
pub const TRANSITIONS: &[Transition] = &[
    row(Status::Pending, Action::Confirm, Who::Treasurer, Status::Confirmed),
    row(Status::Pending, Action::Reject, Who::Treasurer, Status::Rejected),
    row(Status::Pending, Action::Expire, Who::System, Status::Expired),
    row(Status::Expired, Action::Confirm, Who::Treasurer, Status::Confirmed),
    row(Status::Confirmed, Action::Reverse, Who::Treasurer, Status::Reversed),
];

/// One payment of one order.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = payments)]
#[diesel(treat_none_as_default_value = false)]
pub struct Payment {
    /// Its id.
    pub id: PaymentId,
    /// To whom the money belongs.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// For which order.
    #[diesel(column_name = order_id)]
    pub order: OrderId,
    /// In, or back out.
    pub direction: Direction,
    /// How.
    pub method: Method,
    /// What for.
    pub purpose: Purpose,
    /// How much; never negative, whatever the direction.
    pub amount: Rupiah,
    /// Where it stands.
    pub status: Status,
    /// The payment that a refund gives back.
    #[diesel(column_name = refunds_id)]
    pub refunds: Option<PaymentId>,
    /// The name of the picture that shows it.
    pub proof: Option<String>,
    /// Who wrote it down; nobody when a guest did.
    pub recorded_by: Option<AccountId>,
    /// Who has the cash in hand, until it is handed in.
    pub held_by: Option<AccountId>,
    /// Who confirmed or rejected it.
    pub decided_by: Option<AccountId>,
    /// When it was written down.
    pub recorded_at: Instant,
    /// When it expires if nobody shows that it was paid.
    pub expires_at: Option<Instant>,
    /// When it was confirmed or rejected.
    pub decided_at: Option<Instant>,
    /// Why it was rejected.
    pub reason: Option<String>,
    /// Grows by one with every change.
    pub version: i64,
    /// The small change that the cooperative lets the buyer off, by which a transfer is told apart.
    pub unique_code: Option<i32>,
    /// What is to arrive at the account.
    pub transfer_amount: Option<Rupiah>,
    /// Who pays, when it is not who ordered.
    pub payer: Option<String>,
    /// With which handover its cash went to the treasurer, or is on its way.
    #[diesel(column_name = handover_id)]
    pub handover: Option<HandoverId>,
    /// The payment out of another order that it is the other side of.
    #[diesel(column_name = credit_of_id)]
    pub credit_of: Option<PaymentId>,
}

impl Payment {
    /// Where this step leads, if it can be taken.
    pub fn after(&self, action: Action) -> Option<Status> {
        if action == Action::Reverse && !self.is_reversible() {
            return None;
        }
        TRANSITIONS.iter().find(|row| row.from == self.status && row.action == action).map(|row| row.to)
    }

    /// What came in by cash or transfer can turn out not to have come, unless its cash is on its way or handed over.
    fn is_reversible(&self) -> bool {
        self.direction == Direction::In
            && matches!(self.method, Method::Cash | Method::Transfer | Method::Qris)
            && self.handover.is_none()
    }

    /// What the cooperative lets the buyer off.
    pub fn code(&self) -> Rupiah {
        Rupiah(self.unique_code.map_or(0, i64::from))
    }

    /// The steps that this person can take now.
    pub fn steps_of(&self, who: Who) -> Vec<Action> {
        TRANSITIONS
            .iter()
            .filter(|row| row.from == self.status && row.who == who && self.after(row.action).is_some())
            .map(|row| row.action)
            .collect()
    }
}

/// What an order's payments come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    /// Confirmed, in.
    pub paid_in: Rupiah,
    /// Confirmed, out.
    pub refunded: Rupiah,
    /// Announced, in.
    pub announced: Rupiah,
}

impl Balance {
    /// The balance of these payments.
    pub fn of<'a>(payments: impl IntoIterator<Item = &'a Payment>) -> Result<Balance, AmountError> {
        payments.into_iter().try_fold(Balance::default(), |mut balance, payment| {
            let sum = match (payment.status, payment.direction) {
                (Status::Confirmed, Direction::In) => &mut balance.paid_in,
                (Status::Confirmed, Direction::Out) => &mut balance.refunded,
                (Status::Pending, Direction::In) => &mut balance.announced,
                _ => return Ok(balance),
            };
            *sum = sum.plus(payment.amount)?;
            Ok(balance)
        })
    }

    /// What was paid, less what went back: the order's `paid_total`.
    pub fn paid(self) -> Result<Rupiah, AmountError> {
        self.paid_in.minus(self.refunded)
    }
}

/// What of this payment may still go back: never more than came in.
pub fn refundable(original: &Payment, payments: &[Payment]) -> Result<Rupiah, AmountError> {
    if original.direction != Direction::In || original.status != Status::Confirmed {
        return Ok(Rupiah::ZERO);
    }
    let gone = payments.iter().filter(|payment| {
        payment.refunds == Some(original.id) && matches!(payment.status, Status::Pending | Status::Confirmed)
    });
    let left = original.amount.minus(Rupiah::sum(gone.map(|payment| payment.amount))?)?;
    Ok(left.max(Rupiah::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Entropy;
    use proptest::prelude::*;

    fn payment(direction: Direction, status: Status, amount: i64) -> Payment {
        let now = Instant::EPOCH;
        Payment {
            id: Entropy::System.id(now),
            cooperative: Entropy::System.id(now),
            order: Entropy::System.id(now),
            direction,
            method: Method::Cash,
            purpose: Purpose::Full,
            amount: Rupiah(amount),
            status,
            refunds: None,
            proof: None,
            recorded_by: None,
            held_by: None,
            decided_by: None,
            recorded_at: now,
            expires_at: None,
            decided_at: None,
            reason: None,
            version: 1,
            unique_code: None,
            transfer_amount: None,
            payer: None,
            handover: None,
            credit_of: None,
        }
    }

    #[test]
    fn only_what_came_in_and_was_not_handed_over_can_turn_out_not_to_have_come() {
        let mut cash = payment(Direction::In, Status::Confirmed, 5000);
        assert_eq!(cash.steps_of(Who::Treasurer), [Action::Reverse]);
        cash.handover = Some(Entropy::System.id(Instant::EPOCH));
        assert_eq!(cash.steps_of(Who::Treasurer), []);
        assert_eq!(payment(Direction::Out, Status::Confirmed, 5000).steps_of(Who::Treasurer), []);
        let announced = payment(Direction::In, Status::Pending, 5000);
        assert_eq!(announced.steps_of(Who::Treasurer), [Action::Confirm, Action::Reject]);
        assert_eq!(payment(Direction::In, Status::Rejected, 5000).steps_of(Who::Treasurer), []);
    }

    #[test]
    fn a_step_leads_to_one_place_only() {
        for row in TRANSITIONS {
            let twins = TRANSITIONS.iter().filter(|other| other.from == row.from && other.action == row.action);
            assert_eq!(twins.count(), 1, "{row:?}");
        }
    }

    proptest! {
        #[test]
        fn refunds_never_exceed_what_came_in_and_the_balance_is_the_sum(
            ins in proptest::collection::vec((1..1_000_000_i64, 0..4_usize), 0..8),
            tries in proptest::collection::vec((0..8_usize, 1..1_500_000_i64), 0..20),
        ) {
            let mut payments: Vec<Payment> =
                ins.iter().map(|(amount, status)| payment(Direction::In, Status::ALL[*status], *amount)).collect();
            for (which, amount) in tries {
                let Some(original) = payments.get(which).filter(|it| it.direction == Direction::In).cloned() else { continue };
                if Rupiah(amount) <= refundable(&original, &payments).unwrap() {
                    let mut refund = payment(Direction::Out, Status::Confirmed, amount);
                    refund.refunds = Some(original.id);
                    payments.push(refund);
                }
            }
            let balance = Balance::of(&payments).unwrap();
            let sum = |direction| payments
                .iter()
                .filter(|it| it.direction == direction && it.status == Status::Confirmed)
                .map(|it| it.amount.0)
                .sum::<i64>();
            prop_assert_eq!(balance.paid().unwrap().0, sum(Direction::In) - sum(Direction::Out));
            prop_assert!(balance.paid().unwrap().0 >= 0, "more went back than came in");
            for original in payments.iter().filter(|it| it.direction == Direction::In) {
                let gone: i64 = payments.iter().filter(|it| it.refunds == Some(original.id)).map(|it| it.amount.0).sum();
                prop_assert!(gone <= original.amount.0);
            }
        }
    }
}
