//! Why something cannot be done with a payment.

use crate::db;
use crate::kernel::{AmountError, Rupiah};
use crate::ledger::LedgerError;
use crate::web::client_ids::CreationError;
use crate::web::rate_limit::QuotaError;
use crate::web::{Code, FieldError, FieldErrors, Problem, StaleVersion};

use super::payment::Status;

/// Why something cannot be done with a payment.
#[derive(Debug, thiserror::Error)]
pub enum PaymentError {
    /// Not there, or not the caller's to know of.
    #[error("no such payment or order for this caller")]
    NotFound,
    /// The caller knows of it, but may not do this.
    #[error("the caller's role does not allow this")]
    NotAllowed,
    /// Who pays for somebody else has not said who they are.
    #[error("the payer is not named")]
    PayerUnnamed,
    /// The order was cancelled or expired.
    #[error("the order takes no payments any more")]
    OrderClosed,
    /// Nothing is left to pay.
    #[error("nothing is owed")]
    NothingOwed,
    /// More cash than is owed.
    #[error("more than the {0} that is owed")]
    MoreThanOwed(Rupiah),
    /// More than may go back.
    #[error("more than the {0} that may go back")]
    MoreThanRefundable(Rupiah),
    /// The order that is named gives this buyer no credit.
    #[error("there is no credit to use")]
    NoCredit,
    /// A refund names no payment of this order that came in.
    #[error("a refund must name a confirmed payment of the same order")]
    NothingToRefund,
    /// Too many transfers wait already.
    #[error("too many announced transfers wait for the treasurer")]
    TooManyPending,
    /// No gateway is set up.
    #[error("no gateway is set up")]
    NoGateway,
    /// More than the gateway takes at once.
    #[error("more than the {0} that the gateway takes at once")]
    MoreThanGatewayTakes(Rupiah),
    /// More than QRIS moves at once.
    #[error("more than the {0} that QRIS moves at once")]
    MoreThanQrisTakes(Rupiah),
    /// The step cannot be taken in this state.
    #[error("the step is not possible in the state {0}")]
    NotPossible(Status),
    /// The caller's picture of it is old.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// Too many pictures today.
    #[error(transparent)]
    Quota(#[from] QuotaError),
    /// The id belongs to another request.
    #[error(transparent)]
    ClientId(#[from] CreationError),
    /// It cannot be posted.
    #[error(transparent)]
    Books(#[from] LedgerError),
    /// A sum leaves the bounds.
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
            PaymentError::NotAllowed => Problem::new(Code::Forbidden),
            PaymentError::PayerUnnamed => {
                Problem::new(Code::BodyInvalid).with_faults(FieldErrors::one("/payer", FieldError::Required))
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
            PaymentError::MoreThanGatewayTakes(most) => {
                Problem::new(Code::MoreThanGatewayTakes).with("most", most).with("most_text", most.to_string())
            }
            PaymentError::MoreThanQrisTakes(most) => {
                Problem::new(Code::MoreThanQrisTakes).with("most", most).with("most_text", most.to_string())
            }
            PaymentError::NotPossible(status) => Problem::new(Code::TransitionInvalid).with("state", status),
            PaymentError::Stale(stale) => stale.into(),
            PaymentError::Quota(error) => error.into(),
            PaymentError::ClientId(error) => error.into(),
            PaymentError::Books(error) => error.into(),
            PaymentError::Amount(error) => Problem::new(Code::AmountOutOfBounds).because(error),
            PaymentError::Db(error) => error.into(),
        }
    }
}
