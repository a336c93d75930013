//! Stability report: sales ordered before production, fluctuation of weekly demand before and after market days and
//! standing orders, unmet demand, discards, and the fulfilment of standing orders.
//!
//! All figures are whole numbers: rupiah, quantities, and shares in hundredths of a percent (basis points).

mod api;
mod measure;
mod report;
mod store;
mod table;
mod views;

pub(in crate::sales) use api::routes;
pub use measure::{Dispersion, measure_dispersion};
pub use report::{
    Discarded, HalfPeriod, ReportedProduct, SalesVolume, ShortfallTotal, StabilityReport, StandingOrderService,
    StartCause, UnmetDemandTotal, load_stability,
};

pub use super::share::basis_points;
