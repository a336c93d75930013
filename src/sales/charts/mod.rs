//! Sales charts: turnover compared with last year, shares by product and channel, margins, and average turnover by
//! weekday.
//!
//! The figures are those of the reports, which an app may draw itself. A chart is one SVG without fonts, scripts or
//! external resources, with a description for screen readers. Names are sanitized and shortened before they are drawn.

mod api;
mod compose;
mod draw;
mod text;

pub(in crate::sales) use api::routes;
pub(in crate::sales) use compose::{ChartRequest, draw_turnover};
