//! Errors of payments.

use crate::cooperatives::AccessError;
use crate::db;
use crate::kernel::{AmountError, Rupiah};
use crate::ledger::LedgerError;
use crate::web::rate_limit::QuotaError;
use crate::web::{Code, FieldError, Problem, StaleVersion, verb_errors};

use super::payment::Status;

verb_errors! {
    /// Why an operation on a payment failed.
    pub enum PaymentError {
        /// A payment by someone other than the buyer must name its payer.
        PayerUnnamed => { Problem::invalid_field("/payer", FieldError::Required) },
        /// The order was cancelled or has expired.
        OrderClosed => OrderTakesNoPayment,
        /// Nothing is left to pay.
        NothingOwed => NothingOwed,
        /// The cash exceeds the owed amount.
        MoreThanOwed(owed: Rupiah) => MoreThanOwed ["owed" = owed, "owed_text" = owed.to_string()],
        /// The amount exceeds what may be refunded.
        MoreThanRefundable(left: Rupiah) => MoreThanRefundable ["refundable" = left, "refundable_text" = left.to_string()],
        /// The named order gives this buyer no credit.
        NoCredit => NoCredit,
        /// The refund names no confirmed incoming payment of this order.
        NothingToRefund => NothingToRefund,
        /// Too many announced payments are pending.
        TooManyPending => TooManyPendingPayments,
        /// What the payment left over was refunded, or pays these orders.
        MoneyUsed(orders: Vec<String>) => PaymentUsed ["order_numbers" = orders.clone(), "order_numbers_text" = orders.join(", ")],
        /// No gateway is configured.
        NoGateway => GatewayNotOffered,
        /// The amount exceeds the method's limit.
        MoreThanMethodTakes(code: Code, limit: Rupiah) => { Problem::new(code).with("most", limit).with("most_text", limit.to_string()) },
        /// The status does not allow the action.
        WrongStatus(status: Status) => TransitionInvalid ["state" = status],
    }
    + Access(AccessError), Stale(StaleVersion), Quota(QuotaError), Ledger(LedgerError), Amount(AmountError), Db(db::Error)
}
