//! Why no order was placed, with the new quote in the caller's language.

use super::api::QuoteView;
use super::quote::{Quote, QuoteError};
use crate::db;
use crate::kernel::{AmountError, Language};
use crate::supply::Unavailable;
use crate::web::{Code, Problem, verb_errors};

verb_errors! {
    /// Why no order was placed. The transaction must be rolled back.
    pub enum PlaceOrderError {
        /// The basket cannot be quoted.
        Quote(error: QuoteError) => { error.into() },
        /// A line is unavailable.
        Unavailable {
            /// Index of the line.
            line: usize,
            /// The reason, and what is available.
            unavailable: Unavailable,
        } => { Problem::from(unavailable).with("line", line) },
        /// The total differs from the expected total; holds the new quote.
        TotalChanged(quote: Box<Quote>) => { total_changed(&quote, Language::Indonesian) },
    }
    + Db(db::Error)
}

impl From<QuoteError> for PlaceOrderError {
    fn from(error: QuoteError) -> Self {
        match error {
            QuoteError::Db(error) => PlaceOrderError::Db(error),
            error => PlaceOrderError::Quote(error),
        }
    }
}

impl From<AmountError> for PlaceOrderError {
    fn from(error: AmountError) -> Self {
        PlaceOrderError::Quote(error.into())
    }
}

/// The problem for an error of placing an order, with the new quote in this language.
pub fn place_problem(error: PlaceOrderError, language: Language) -> Problem {
    match error {
        PlaceOrderError::TotalChanged(quote) => total_changed(&quote, language),
        error => error.into(),
    }
}

fn total_changed(quote: &Quote, language: Language) -> Problem {
    Problem::new(Code::TotalChanged).with("total", quote.total).with("quote", QuoteView::of(quote, language))
}
