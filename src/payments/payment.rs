//! Payments: status, allowed transitions and balances.

use diesel::prelude::*;

use crate::db::schema::payments;
use crate::kernel::ids::{AccountId, CooperativeId, HandoverId, OrderId, PaymentId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{AmountError, Instant, Rupiah};
use crate::ledger::Purse;
use crate::web::Code;

/// Maximum amount of one QRIS payment, in rupiah.
pub const MAX_QRIS_AMOUNT: Rupiah = Rupiah(10_000_000);

text_enum! {
    /// Direction of a payment, as seen by the cooperative.
    Direction {
        /// To the cooperative.
        In = "in",
        /// Back to the buyer.
        Out = "out",
    }
}

text_enum! {
    /// Payment method.
    Method {
        /// Cash.
        Cash = "cash",
        /// Bank transfer.
        Transfer = "transfer",
        /// The cooperative's own QRIS code.
        Qris = "qris",
        /// Through a payment gateway, which reports the payment.
        Gateway = "gateway",
        /// From an overpayment of another order: no money moves.
        Credit = "credit",
    }
}

/// What an announced payment waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaits {
    /// Nothing: the money is there when the payment is recorded.
    Nothing,
    /// The treasurer, who confirms that the money has arrived.
    Treasurer,
    /// The gateway, which reports the outcome.
    Gateway,
}

/// Everything in which payment methods differ, except for what the modules `credit`, `gateway` and `qris` do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MethodTerms {
    /// What a payment waits for that the treasurer did not record.
    pub awaits: Awaits,
    /// Where the money goes.
    pub purse: Purse,
    /// Whether only officers and the treasurer record it.
    pub is_staff_only: bool,
    /// Whether a confirmation can be reversed.
    pub is_reversible: bool,
    /// Whether it appears on the bank statement, where a unique code identifies it.
    pub is_on_statement: bool,
    /// Whether it uses an overpayment of another order: no money moves.
    pub is_credit: bool,
    /// Maximum amount, with the problem code of a higher one.
    pub max_amount: Option<(Rupiah, Code)>,
}

impl Method {
    /// The table of payment methods: a new method is one row.
    pub const fn terms(self) -> MethodTerms {
        const TRANSFER: MethodTerms = MethodTerms {
            awaits: Awaits::Treasurer,
            purse: Purse::Bank,
            is_staff_only: false,
            is_reversible: true,
            is_on_statement: true,
            is_credit: false,
            max_amount: None,
        };
        const NO_TRANSFER: MethodTerms = MethodTerms { is_reversible: false, is_on_statement: false, ..TRANSFER };
        match self {
            Method::Cash => MethodTerms {
                awaits: Awaits::Nothing,
                purse: Purse::Cash,
                is_staff_only: true,
                is_reversible: true,
                ..NO_TRANSFER
            },
            Method::Transfer => TRANSFER,
            Method::Qris => MethodTerms { max_amount: Some((MAX_QRIS_AMOUNT, Code::MoreThanQrisTakes)), ..TRANSFER },
            Method::Gateway => MethodTerms { awaits: Awaits::Gateway, purse: Purse::Settlement, ..NO_TRANSFER },
            Method::Credit => {
                MethodTerms { awaits: Awaits::Nothing, is_credit: true, is_reversible: true, ..NO_TRANSFER }
            }
        }
    }
}

text_enum! {
    /// Purpose of a payment.
    PaymentPurpose {
        /// Deposit before production.
        Deposit = "deposit",
        /// The remainder after a deposit.
        Balance = "balance",
        /// The whole amount.
        Full = "full",
        /// Back to the buyer.
        Refund = "refund",
    }
}

text_enum! {
    /// Status of a payment.
    Status {
        /// Announced, not yet confirmed by the treasurer.
        Pending = "pending",
        /// The money has arrived.
        Confirmed = "confirmed",
        /// The money has not arrived.
        Rejected = "rejected",
        /// It was neither confirmed nor proven before its deadline.
        Expired = "expired",
        /// It was confirmed by mistake, and undone.
        Reversed = "reversed",
    }
}

text_enum! {
    /// An action on a payment.
    PaymentAction {
        /// The money has arrived.
        Confirm = "confirm",
        /// The money has not arrived.
        Reject = "reject",
        /// Undo a mistaken confirmation: the money has not arrived.
        Reverse = "reverse",
        /// The deadline has passed.
        Expire = "expire",
    }
}

/// Who may perform an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentActor {
    /// The cooperative's treasurer.
    Treasurer,
    /// A scheduled task.
    System,
}

/// One row of the state machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// Status before.
    pub from: Status,
    /// The action.
    pub action: PaymentAction,
    /// Who may perform it.
    pub actor: PaymentActor,
    /// Status after.
    pub to: Status,
}

const fn row(from: Status, action: PaymentAction, actor: PaymentActor, to: Status) -> Transition {
    Transition { from, action, actor, to }
}

/// All allowed transitions. An expired payment can still be confirmed if the money arrives late.
pub const TRANSITIONS: &[Transition] = &[
    row(Status::Pending, PaymentAction::Confirm, PaymentActor::Treasurer, Status::Confirmed),
    row(Status::Pending, PaymentAction::Reject, PaymentActor::Treasurer, Status::Rejected),
    row(Status::Pending, PaymentAction::Expire, PaymentActor::System, Status::Expired),
    row(Status::Expired, PaymentAction::Confirm, PaymentActor::Treasurer, Status::Confirmed),
    row(Status::Confirmed, PaymentAction::Reverse, PaymentActor::Treasurer, Status::Reversed),
];

/// A payment of an order.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = payments)]
#[diesel(treat_none_as_default_value = false)]
pub struct Payment {
    /// Its id.
    pub id: PaymentId,
    /// The receiving cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The order.
    #[diesel(column_name = order_id)]
    pub order: OrderId,
    /// In, or out for refunds.
    pub direction: Direction,
    /// The payment method.
    pub method: Method,
    /// The purpose.
    pub purpose: PaymentPurpose,
    /// The amount; never negative, in either direction.
    pub amount: Rupiah,
    /// Its status.
    pub status: Status,
    /// The payment that is refunded.
    #[diesel(column_name = refunds_id)]
    pub refund_of: Option<PaymentId>,
    /// File name of its proof.
    pub proof: Option<String>,
    /// The account that recorded it; `None` for guests.
    pub recorded_by: Option<AccountId>,
    /// The officer who holds the cash until a hand-over.
    pub held_by: Option<AccountId>,
    /// The account that confirmed or rejected it.
    pub decided_by: Option<AccountId>,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// When it expires without proof.
    pub expires_at: Option<Instant>,
    /// When it was confirmed or rejected.
    pub decided_at: Option<Instant>,
    /// The reason for a rejection.
    pub reason: Option<String>,
    /// Incremented with every change.
    pub version: i64,
    /// A small amount taken off the transfer, so that it is identified on the bank statement.
    pub unique_code: Option<i32>,
    /// The amount to transfer: the amount less the unique code.
    pub transfer_amount: Option<Rupiah>,
    /// The payer's name, if it is not the buyer.
    pub payer: Option<String>,
    /// The hand-over that contains its cash.
    #[diesel(column_name = handover_id)]
    pub handover: Option<HandoverId>,
    /// For credit: the outgoing payment of the other order.
    #[diesel(column_name = credit_of_id)]
    pub credit_of: Option<PaymentId>,
    /// For outgoing payments: the part of the amount that is taken back without money, because unique codes had been taken
    /// off the transfers.
    pub code_returned: Rupiah,
}

impl Payment {
    /// The status after this action; `None` if it is not allowed.
    pub fn after(&self, action: PaymentAction) -> Option<Status> {
        if action == PaymentAction::Reverse && !self.is_reversible() {
            return None;
        }
        TRANSITIONS.iter().find(|row| row.from == self.status && row.action == action).map(|row| row.to)
    }

    /// Incoming payments can be reversed where their method allows it, unless their cash is in a hand-over.
    fn is_reversible(&self) -> bool {
        self.direction == Direction::In && self.method.terms().is_reversible && self.handover.is_none()
    }

    /// The part of the amount for which no money moves: the unique code taken off a transfer, or given back with a refund.
    pub fn code_amount(&self) -> Rupiah {
        match self.direction {
            Direction::In => Rupiah(self.unique_code.map_or(0, i64::from)),
            Direction::Out => self.code_returned,
        }
    }

    /// The money that moves: what arrives on the bank statement, or what is given back.
    pub fn money(&self) -> Result<Rupiah, AmountError> {
        self.amount.minus(self.code_amount())
    }

    /// The payment after a decision: nobody holds its cash any more.
    pub(super) fn decided(&self, now: Instant, status: Status, by: Option<AccountId>, reason: Option<&str>) -> Payment {
        Payment {
            status,
            held_by: None,
            decided_by: by,
            decided_at: Some(now),
            reason: reason.map(str::to_owned),
            version: self.version.saturating_add(1),
            ..self.clone()
        }
    }

    /// The actions this actor may perform now.
    pub fn actions_for(&self, actor: PaymentActor) -> Vec<PaymentAction> {
        TRANSITIONS
            .iter()
            .filter(|row| row.from == self.status && row.actor == actor && self.after(row.action).is_some())
            .map(|row| row.action)
            .collect()
    }
}

/// Totals of an order's payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    /// Confirmed incoming payments.
    pub paid_in: Rupiah,
    /// Confirmed refunds.
    pub refunded: Rupiah,
    /// Announced incoming payments.
    pub announced: Rupiah,
    /// Unique codes of the confirmed payments, less what refunds took back of them: paid, but never arrived.
    pub codes: Rupiah,
}

impl Balance {
    /// The balance of these payments.
    pub fn of<'a>(payments: impl IntoIterator<Item = &'a Payment>) -> Result<Balance, AmountError> {
        payments.into_iter().try_fold(Balance::default(), |mut balance, payment| {
            match (payment.status, payment.direction) {
                (Status::Confirmed, Direction::In) => {
                    balance.paid_in = balance.paid_in.plus(payment.amount)?;
                    balance.codes = balance.codes.plus(payment.code_amount())?;
                }
                (Status::Confirmed, Direction::Out) => {
                    balance.refunded = balance.refunded.plus(payment.amount)?;
                    balance.codes = balance.codes.minus(payment.code_amount())?;
                }
                (Status::Pending, Direction::In) => balance.announced = balance.announced.plus(payment.amount)?,
                _ => {}
            }
            Ok(balance)
        })
    }

    /// Payments less refunds: the order's `paid_total`.
    pub fn paid(self) -> Result<Rupiah, AmountError> {
        self.paid_in.minus(self.refunded)
    }

    /// What is left of all payments.
    pub fn remaining(self) -> Result<Remaining, AmountError> {
        let credited = self.paid()?;
        Ok(Remaining { credited, money: credited.minus(self.codes)? })
    }

    /// The money that can go back to the buyer of an order with this total.
    pub fn refund_due(self, total: Rupiah) -> Result<Rupiah, AmountError> {
        let remaining = self.remaining()?;
        Ok(remaining.credited.minus(total)?.min(remaining.money).max(Rupiah::ZERO))
    }
}

/// What is left of one payment, or of all payments of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remaining {
    /// What the buyer was credited and has not got back.
    pub credited: Rupiah,
    /// What arrived and has not gone back: the credited amount less the unique codes.
    pub money: Rupiah,
}

impl Remaining {
    /// What is left of this payment; at most what is left of its order.
    pub fn of(original: &Payment, payments: &[Payment]) -> Result<Remaining, AmountError> {
        if original.direction != Direction::In || original.status != Status::Confirmed {
            return Ok(Remaining { credited: Rupiah::ZERO, money: Rupiah::ZERO });
        }
        let refunds = payments.iter().filter(|payment| {
            payment.refund_of == Some(original.id) && matches!(payment.status, Status::Pending | Status::Confirmed)
        });
        let mut left = Remaining { credited: original.amount, money: original.money()? };
        for refund in refunds {
            left =
                Remaining { credited: left.credited.minus(refund.amount)?, money: left.money.minus(refund.money()?)? };
        }
        let of_order = Balance::of(payments)?.remaining()?;
        Ok(Remaining {
            credited: left.credited.min(of_order.credited).max(Rupiah::ZERO),
            money: left.money.min(of_order.money).max(Rupiah::ZERO),
        })
    }

    /// The unique code that goes back together with this money: none while some of the money stays. With the last of it,
    /// as much as the order does not need (`overpaid` is paid less total), so that nothing stays that nobody can give back.
    pub fn code_with(self, money: Rupiah, overpaid: Rupiah) -> Result<Rupiah, AmountError> {
        if money < self.money {
            return Ok(Rupiah::ZERO);
        }
        Ok(self.credited.minus(money)?.min(overpaid.minus(money)?).max(Rupiah::ZERO))
    }
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
            purpose: PaymentPurpose::Full,
            amount: Rupiah(amount),
            status,
            refund_of: None,
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
            code_returned: Rupiah::ZERO,
        }
    }

    #[test]
    fn only_what_came_in_and_was_not_handed_over_can_turn_out_not_to_have_come() {
        let mut cash = payment(Direction::In, Status::Confirmed, 5000);
        assert_eq!(cash.actions_for(PaymentActor::Treasurer), [PaymentAction::Reverse]);
        cash.handover = Some(Entropy::System.id(Instant::EPOCH));
        assert_eq!(cash.actions_for(PaymentActor::Treasurer), []);
        assert_eq!(payment(Direction::Out, Status::Confirmed, 5000).actions_for(PaymentActor::Treasurer), []);
        let announced = payment(Direction::In, Status::Pending, 5000);
        assert_eq!(announced.actions_for(PaymentActor::Treasurer), [PaymentAction::Confirm, PaymentAction::Reject]);
        assert_eq!(payment(Direction::In, Status::Rejected, 5000).actions_for(PaymentActor::Treasurer), []);
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
        fn refunds_never_give_more_than_arrived_and_the_last_one_takes_the_codes_along(
            ins in proptest::collection::vec((1_000..1_000_000_i64, 0..4_usize, 0..=100_i32), 0..8),
            attempts in proptest::collection::vec((0..8_usize, 1..1_500_000_i64), 0..20),
        ) {
            let mut payments: Vec<Payment> = ins
                .iter()
                .map(|(amount, status, code)| Payment {
                    unique_code: Some(*code).filter(|code| *code > 0),
                    ..payment(Direction::In, Status::ALL[*status], *amount)
                })
                .collect();
            for (which, amount) in attempts {
                let Some(original) = payments.get(which).filter(|payment| payment.direction == Direction::In).cloned() else { continue };
                let left = Remaining::of(&original, &payments).unwrap();
                let overpaid = Balance::of(&payments).unwrap().paid().unwrap();
                let money = Rupiah(amount).min(left.money);
                if money > Rupiah::ZERO {
                    let code_returned = left.code_with(money, overpaid).unwrap();
                    let amount = money.plus(code_returned).unwrap();
                    let mut refund = Payment { code_returned, ..payment(Direction::Out, Status::Confirmed, amount.0) };
                    refund.refund_of = Some(original.id);
                    payments.push(refund);
                }
            }
            let balance = Balance::of(&payments).unwrap();
            let sum = |direction, value: fn(&Payment) -> Rupiah| payments
                .iter()
                .filter(|payment| payment.direction == direction && payment.status == Status::Confirmed)
                .map(|payment| value(payment).0)
                .sum::<i64>();
            prop_assert_eq!(
                balance.paid().unwrap().0,
                sum(Direction::In, |payment| payment.amount) - sum(Direction::Out, |payment| payment.amount)
            );
            let money = |direction| sum(direction, |payment| payment.money().unwrap());
            prop_assert_eq!(balance.remaining().unwrap().money.0, money(Direction::In) - money(Direction::Out));
            for original in payments.iter().filter(|payment| payment.direction == Direction::In && payment.status == Status::Confirmed) {
                let refunds: Vec<&Payment> = payments.iter().filter(|payment| payment.refund_of == Some(original.id)).collect();
                let returned: i64 = refunds.iter().map(|refund| refund.money().unwrap().0).sum();
                let credited: i64 = refunds.iter().map(|refund| refund.amount.0).sum();
                let arrived = original.money().unwrap().0;
                prop_assert!(returned <= arrived && credited <= original.amount.0, "more went back than came in");
                prop_assert_eq!(returned == arrived, credited == original.amount.0, "the code goes back with the last of the money");
            }
        }
    }
}
