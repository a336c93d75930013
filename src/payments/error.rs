//! Errors of payments.

use crate::db;
use crate::kernel::{AmountError, Rupiah};
use crate::ledger::LedgerError;
use crate::web::client_ids::ClientIdError;
use crate::web::rate_limit::QuotaError;
use crate::web::{Code, FieldError, FieldErrors, Problem, StaleVersion};

use super::payment::Status;

/// Why an operation on a payment failed.
#[derive(Debug, thiserror::Error)]
pub enum PaymentError {
    /// It does not exist or is hidden from the caller.
    #[error("no such payment or order for this caller")]
    NotFound,
    /// The caller sees it, but may not do this.
    #[error("the caller's role does not allow this")]
    Forbidden,
    /// A payment by someone other than the buyer must name its payer.
    #[error("the payer is not named")]
    PayerUnnamed,
    /// The order was cancelled or has expired.
    #[error("the order takes no payments any more")]
    OrderClosed,
    /// Nothing is left to pay.
    #[error("nothing is owed")]
    NothingOwed,
    /// The cash exceeds the owed amount.
    #[error("more than the {0} that is owed")]
    MoreThanOwed(Rupiah),
    /// The amount exceeds what may be refunded.
    #[error("more than the {0} that may go back")]
    MoreThanRefundable(Rupiah),
    /// The named order gives this buyer no credit.
    #[error("there is no credit to use")]
    NoCredit,
    /// The refund names no confirmed incoming payment of this order.
    #[error("a refund must name a confirmed payment of the same order")]
    NothingToRefund,
    /// Too many announced payments are pending.
    #[error("too many announced transfers wait for the treasurer")]
    TooManyPending,
    /// No gateway is configured.
    #[error("no gateway is set up")]
    NoGateway,
    /// The amount exceeds the gateway's limit.
    #[error("more than the {0} that the gateway takes at once")]
    MoreThanGatewayTakes(Rupiah),
    /// The amount exceeds the QRIS limit.
    #[error("more than the {0} that QRIS moves at once")]
    MoreThanQrisTakes(Rupiah),
    /// The status does not allow the action.
    #[error("the step is not possible in the state {0}")]
    WrongStatus(Status),
    /// The version is stale.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The daily quota of pictures is used up.
    #[error(transparent)]
    Quota(#[from] QuotaError),
    /// The id belongs to another request.
    #[error(transparent)]
    ClientId(#[from] ClientIdError),
    /// The ledger rejects the posting.
    #[error(transparent)]
    Books(#[from] LedgerError),
    /// A sum is out of bounds.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<PaymentError> for Problem {
    fn from(error: PaymentError) -> Self {
        match error {
            PaymentError::NotFound => Problem::not_found(),
            PaymentError::Forbidden => Problem::new(Code::Forbidden),
            PaymentError::PayerUnnamed => {
                Problem::new(Code::BodyInvalid).with_field_errors(FieldErrors::single("/payer", FieldError::Required))
            }
            PaymentError::OrderClosed => Problem::new(Code::OrderTakesNoPayment),
            PaymentError::NothingOwed => Problem::new(Code::NothingOwed),
            PaymentError::MoreThanOwed(owed) => {
                Problem::new(Code::MoreThanOwed).with("owed", owed).with("owed_text", owed.to_string())
            }
            PaymentError::MoreThanRefundable(left) => Problem::new(Code::MoreThanRefundable)
                .with("refundable", left)
                .with("refundable_text", left.to_string()),
            PaymentError::NoCredit => Problem::new(Code::NoCredit),
            PaymentError::NothingToRefund => Problem::new(Code::NothingToRefund),
            PaymentError::TooManyPending => Problem::new(Code::TooManyPendingPayments),
            PaymentError::NoGateway => Problem::new(Code::GatewayNotOffered),
            PaymentError::MoreThanGatewayTakes(limit) => {
                Problem::new(Code::MoreThanGatewayTakes).with("most", limit).with("most_text", limit.to_string())
            }
            PaymentError::MoreThanQrisTakes(limit) => {
                Problem::new(Code::MoreThanQrisTakes).with("most", limit).with("most_text", limit.to_string())
            }
            PaymentError::WrongStatus(status) => Problem::new(Code::TransitionInvalid).with("state", status),
            PaymentError::Stale(stale) => stale.into(),
            PaymentError::Quota(error) => error.into(),
            PaymentError::ClientId(error) => error.into(),
            PaymentError::Books(error) => error.into(),
            PaymentError::Amount(error) => Problem::new(Code::AmountOutOfBounds).because(error),
            PaymentError::Db(error) => error.into(),
        }
    }
}
