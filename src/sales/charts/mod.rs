//! What a report says, drawn: turnover beside last year's, shares by product and channel, what is left of each product,
//! and the best days of the week.
//!
//! The figures are those of the reports, which an app may draw by itself. A picture is one SVG without fonts, scripts or
//! anything from elsewhere, with its words beside it for readers of screens. What people wrote is cleaned and shortened
//! before it is drawn.

mod api;
mod draw;
mod shown;
mod words;

pub(in crate::sales) use api::routes;
pub(in crate::sales) use shown::{Asked, turnover};
