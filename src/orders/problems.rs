//! Maps errors of orders to problems.

use super::api::QuoteView;
use super::cancel::CancelError;
use super::place::PlaceOrderError;
use super::produce::ProduceError;
use super::quick_sale::QuickSaleError;
use super::quote::QuoteError;
use super::transition::FulfilmentError;
use crate::db;
use crate::kernel::{AmountError, Language};
use crate::web::client_ids::ClientIdError;
use crate::web::{Code, Problem};

fn too_large(error: AmountError) -> Problem {
    Problem::new(Code::AmountTooLarge).because(error)
}

impl From<QuoteError> for Problem {
    fn from(error: QuoteError) -> Self {
        match error {
            QuoteError::Invalid(faults) => Problem::new(Code::BodyInvalid).with_field_errors(faults),
            QuoteError::NotOnSale { line } => Problem::new(Code::NotOnSale).with("line", line),
            QuoteError::Amount(error) => too_large(error),
            QuoteError::Db(error) => error.into(),
        }
    }
}

/// An error of placing an order, with the language of its new quote.
#[derive(Debug, thiserror::Error)]
pub enum LocalizedPlaceError {
    /// The order was not placed.
    #[error("the order was not placed")]
    Place(#[source] PlaceOrderError, Language),
    /// The client's id is taken.
    #[error(transparent)]
    ClientId(#[from] ClientIdError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<LocalizedPlaceError> for Problem {
    fn from(error: LocalizedPlaceError) -> Self {
        match error {
            LocalizedPlaceError::Place(error, language) => place_problem(error, language),
            LocalizedPlaceError::ClientId(error) => error.into(),
            LocalizedPlaceError::Db(error) => error.into(),
        }
    }
}

/// The problem for an error of placing an order, with the new quote in this language.
pub fn place_problem(error: PlaceOrderError, language: Language) -> Problem {
    match error {
        PlaceOrderError::Quote(error) => error.into(),
        PlaceOrderError::Unavailable { line, shortage } => Problem::from(shortage).with("line", line),
        PlaceOrderError::TotalChanged(quote) => {
            Problem::new(Code::TotalChanged).with("total", quote.total).with("quote", QuoteView::of(&quote, language))
        }
        PlaceOrderError::Db(error) => error.into(),
    }
}

impl From<PlaceOrderError> for Problem {
    fn from(error: PlaceOrderError) -> Self {
        place_problem(error, Language::Indonesian)
    }
}

impl From<FulfilmentError> for Problem {
    fn from(error: FulfilmentError) -> Self {
        match error {
            FulfilmentError::NotFound => Problem::not_found(),
            FulfilmentError::Forbidden => Problem::new(Code::Forbidden),
            FulfilmentError::WrongStatus(status) => Problem::new(Code::TransitionInvalid).with("state", status),
            FulfilmentError::TooLateToUndo => Problem::new(Code::UndoTooLate),
            FulfilmentError::Stale(stale) => stale.into(),
            FulfilmentError::Figures(error) => error.into(),
            FulfilmentError::Books(error) => error.into(),
            FulfilmentError::Db(error) => error.into(),
        }
    }
}

impl From<CancelError> for Problem {
    fn from(error: CancelError) -> Self {
        match error {
            CancelError::NotFound => Problem::not_found(),
            CancelError::Forbidden => Problem::new(Code::Forbidden),
            CancelError::WrongStatus(status) => Problem::new(Code::TransitionInvalid).with("state", status),
            CancelError::TooLate => Problem::new(Code::CancelTooLate),
            CancelError::Stale(stale) => stale.into(),
            CancelError::Db(error) => error.into(),
        }
    }
}

impl From<ProduceError> for Problem {
    fn from(error: ProduceError) -> Self {
        match error {
            ProduceError::Figures(error) => error.into(),
            ProduceError::Transition(error) => error.into(),
            ProduceError::Amount(error) => too_large(error),
            ProduceError::Books(error) => error.into(),
            ProduceError::Db(error) => error.into(),
        }
    }
}

impl From<QuickSaleError> for Problem {
    fn from(error: QuickSaleError) -> Self {
        match error {
            QuickSaleError::Place(error) => error.into(),
            QuickSaleError::Fulfil(error) => error.into(),
            QuickSaleError::NotOwn(faults) => Problem::new(Code::BodyInvalid).with_field_errors(faults),
            QuickSaleError::Db(error) => error.into(),
        }
    }
}
