//! What callers are told when a verb of orders fails.

use super::api::QuoteView;
use super::cancel::CancelError;
use super::place::PlaceOrderError;
use super::produce::ProduceError;
use super::quick_sale::QuickSaleError;
use super::quote::QuoteError;
use super::transition::TransitionError;
use crate::db;
use crate::kernel::{AmountError, Language};
use crate::web::client_ids::CreationError;
use crate::web::{Code, Problem};

fn too_large(error: AmountError) -> Problem {
    Problem::new(Code::AmountTooLarge).because(error)
}

impl From<QuoteError> for Problem {
    fn from(error: QuoteError) -> Self {
        match error {
            QuoteError::Faulty(faults) => Problem::new(Code::BodyInvalid).with_faults(faults),
            QuoteError::NotOnSale { line } => Problem::new(Code::NotOnSale).with("line", line),
            QuoteError::Amount(error) => too_large(error),
            QuoteError::Db(error) => error.into(),
        }
    }
}

/// A failed placing and the language its new quote is told in.
#[derive(Debug, thiserror::Error)]
pub enum SpokenPlaceError {
    /// The placing failed.
    #[error("the order was not placed")]
    Place(#[source] PlaceOrderError, Language),
    /// The id is taken.
    #[error(transparent)]
    ClientId(#[from] CreationError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<SpokenPlaceError> for Problem {
    fn from(error: SpokenPlaceError) -> Self {
        match error {
            SpokenPlaceError::Place(error, language) => place_problem(error, language),
            SpokenPlaceError::ClientId(error) => error.into(),
            SpokenPlaceError::Db(error) => error.into(),
        }
    }
}

/// The problem of a failed placing, with the new quote in this language.
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

impl From<TransitionError> for Problem {
    fn from(error: TransitionError) -> Self {
        match error {
            TransitionError::NotFound => Problem::not_found(),
            TransitionError::Forbidden => Problem::new(Code::Forbidden),
            TransitionError::Invalid(status) => Problem::new(Code::TransitionInvalid).with("state", status),
            TransitionError::TooLateToUndo => Problem::new(Code::UndoTooLate),
            TransitionError::Stale(stale) => stale.into(),
            TransitionError::Figures(error) => error.into(),
            TransitionError::Books(error) => error.into(),
            TransitionError::Db(error) => error.into(),
        }
    }
}

impl From<CancelError> for Problem {
    fn from(error: CancelError) -> Self {
        match error {
            CancelError::NotFound => Problem::not_found(),
            CancelError::Forbidden => Problem::new(Code::Forbidden),
            CancelError::Invalid(status) => Problem::new(Code::TransitionInvalid).with("state", status),
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
            QuickSaleError::NotOwn(faults) => Problem::new(Code::BodyInvalid).with_faults(faults),
            QuickSaleError::Db(error) => error.into(),
        }
    }
}
