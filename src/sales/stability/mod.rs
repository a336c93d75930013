//! Stability report: sales ordered before production, fluctuation of weekly demand before and after market days and
//! standing orders, unmet demand, discards, and the fulfilment of standing orders.
//!
//! All figures are whole numbers: rupiah, quantities, and shares in hundredths of a percent (basis points).

mod api;
mod measure;
mod report;
mod store;
mod table;

pub(in crate::sales) use api::routes;
pub use measure::{Dispersion, basis_points, measure_dispersion};
pub use report::{
    Discarded, HalfPeriod, ReportedProduct, SalesVolume, ShortfallTotal, StabilityReport, StandingOrderService,
    StartCause, UnmetDemandTotal, load_stability,
};
