//! Problems of orders that depend on the caller's language.

use super::api::QuoteView;
use super::place::PlaceOrderError;
use crate::kernel::Language;
use crate::web::{Code, Problem};

/// The problem for an error of placing an order, with the new quote in this language.
pub fn place_problem(error: PlaceOrderError, language: Language) -> Problem {
    match error {
        PlaceOrderError::Quote(error) => error.into(),
        PlaceOrderError::Unavailable { line, unavailable } => Problem::from(unavailable).with("line", line),
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
