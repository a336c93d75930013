//! Response bodies of the stability report.

use serde::Serialize;
use utoipa::ToSchema;

use super::report::{
    Discarded, HalfPeriod, SalesVolume, ShortfallTotal, StabilityReport, StandingOrderService, StartCause,
    UnmetDemandTotal,
};
use crate::kernel::ids::ProductId;
use crate::kernel::{Day, Quantity, Rupiah, SignedRupiah};
use crate::standing_orders::ShortfallReason;
use crate::supply::UnavailableReason;

/// Stability of demand before and after market days and standing orders. Shares are in basis points, hundredths of a
/// percent.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StabilityView {
    /// The currency of all amounts.
    #[schema(max_length = 3, example = "IDR")]
    pub(super) currency: &'static str,
    /// The first business day.
    pub(super) from: Day,
    /// The last business day.
    pub(super) to: Day,
    /// The first day of the second part; null if it has not begun.
    pub(super) since: Option<Day>,
    /// What began on that day.
    pub(super) since_by: Option<StartCause>,
    /// Sales of the whole period.
    pub(super) sold: SalesVolumeView,
    /// The weeks before.
    pub(super) before: HalfPeriodView,
    /// The weeks after; null if they have not begun.
    pub(super) after: Option<HalfPeriodView>,
    /// Unmet demand by product and reason, the largest first.
    #[schema(max_items = 100_000)]
    pub(super) refused: Vec<UnmetDemandTotalView>,
    /// Discards by product.
    #[schema(max_items = 100_000)]
    pub(super) discarded: Vec<DiscardedView>,
    /// Fulfilment of standing orders.
    pub(super) standing_orders: StandingOrderServiceView,
}

/// Sales, and the part that was ordered before production.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SalesVolumeView {
    /// The amount delivered, net of returns.
    pub(super) amount: SignedRupiah,
    /// The part that was ordered before production.
    pub(super) committed: SignedRupiah,
    /// `committed` as a share of `amount`, in basis points; null without sales.
    #[schema(minimum = -1_000_000, maximum = 1_000_000, example = 6_250)]
    pub(super) committed_share: Option<i64>,
}

/// The weeks before or after: whole weeks from Monday to Sunday within the period, from the first week with sales or
/// unmet demand.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HalfPeriodView {
    /// The number of weeks.
    #[schema(minimum = 0, maximum = 200, example = 26)]
    pub(super) weeks: usize,
    /// Sales in these weeks.
    pub(super) sold: SalesVolumeView,
    /// The mean demand of a week: sales, and unmet demand of known buyers at today's price. Null for fewer than two
    /// weeks.
    #[schema(minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 1_850_000)]
    pub(super) weekly_demand: Option<i64>,
    /// The standard deviation of the weekly demand, by the sample variance.
    #[schema(minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 420_000)]
    pub(super) deviation: Option<i64>,
    /// The coefficient of variation, deviation by mean, in basis points: the less, the more stable.
    #[schema(minimum = 0, maximum = 1_000_000, example = 2_270)]
    pub(super) variation: Option<i64>,
}

/// Unmet demand for a product, for one reason.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UnmetDemandTotalView {
    product: ProductId,
    /// The name of the product.
    #[schema(max_length = 120, example = "Pastel sayur")]
    pub(super) name: String,
    #[schema(max_length = 20, example = "piece")]
    pub(super) unit: String,
    /// The reason.
    pub(super) reason: UnavailableReason,
    /// The quantity that known buyers wanted.
    #[schema(value_type = f64, minimum = 0, maximum = 1_000_000_000_000_i64, example = 240)]
    pub(super) quantity: Quantity,
    /// The number of requests of known buyers.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 6)]
    wishes: usize,
    /// The quantity of anonymous quotes, which may come from the same person many times.
    #[schema(value_type = f64, minimum = 0, maximum = 1_000_000_000_000_i64, example = 30)]
    pub(super) anonymous: Quantity,
}

/// Discards of a product.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DiscardedView {
    product: ProductId,
    /// The name of the product.
    #[schema(max_length = 120, example = "Pastel sayur")]
    pub(super) name: String,
    #[schema(max_length = 20, example = "piece")]
    pub(super) unit: String,
    /// The discarded quantity.
    #[schema(value_type = f64, minimum = 0, maximum = 1_000_000_000_000_i64, example = 18)]
    pub(super) quantity: Quantity,
    /// The quantity made in the batches that were ready in the period.
    #[schema(value_type = f64, minimum = 0, maximum = 1_000_000_000_000_i64, example = 900)]
    pub(super) made: Quantity,
    /// The cost of the discarded goods; null if a batch has no unit cost.
    pub(super) cost: Option<Rupiah>,
}

/// Fulfilment of standing orders.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StandingOrderServiceView {
    /// Occurrences that placed an order.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 118)]
    pub(super) placed: usize,
    /// Occurrences that could not be served.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 4)]
    pub(super) refused: usize,
    /// Occurrences that the buyer skipped.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 3)]
    pub(super) skipped: usize,
    /// Occurrences that the buyer did not confirm.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 2)]
    pub(super) lapsed: usize,
    /// Lines of the occurrences that placed an order or could not be served.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 130)]
    pub(super) lines: usize,
    /// Lines that were served in full.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 121)]
    pub(super) filled: usize,
    /// The mean of the served part of each line, in basis points; null without lines.
    #[schema(minimum = 0, maximum = 10_000, example = 9_580)]
    pub(super) fill_rate: Option<i64>,
    /// The reasons of the other lines.
    #[schema(max_items = 20)]
    pub(super) reasons: Vec<ShortfallView>,
}

/// Lines that were not served in full, for one reason.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ShortfallView {
    pub(super) reason: ShortfallReason,
    /// The number of lines.
    #[schema(minimum = 1, maximum = 1_000_000_000, example = 7)]
    pub(super) lines: usize,
}

impl From<StabilityReport> for StabilityView {
    fn from(report: StabilityReport) -> Self {
        StabilityView {
            currency: "IDR",
            from: report.period.from,
            to: report.period.to,
            since: report.since.map(|(day, _)| day),
            since_by: report.since.map(|(_, by)| by),
            sold: report.sold.into(),
            before: report.before.into(),
            after: report.after.map(HalfPeriodView::from),
            refused: report.refused.into_iter().map(UnmetDemandTotalView::from).collect(),
            discarded: report.discarded.into_iter().map(DiscardedView::from).collect(),
            standing_orders: report.standing.into(),
        }
    }
}

impl From<SalesVolume> for SalesVolumeView {
    fn from(volume: SalesVolume) -> Self {
        SalesVolumeView { amount: volume.amount, committed: volume.committed, committed_share: volume.share() }
    }
}

impl From<HalfPeriod> for HalfPeriodView {
    fn from(half: HalfPeriod) -> Self {
        HalfPeriodView {
            weeks: half.weeks,
            sold: half.sold.into(),
            weekly_demand: half.dispersion.map(|dispersion| dispersion.mean),
            deviation: half.dispersion.map(|dispersion| dispersion.standard_deviation),
            variation: half.dispersion.and_then(|dispersion| dispersion.coefficient_of_variation),
        }
    }
}

impl From<UnmetDemandTotal> for UnmetDemandTotalView {
    fn from(total: UnmetDemandTotal) -> Self {
        let UnmetDemandTotal { product, reason, quantity, wishes, anonymous } = total;
        UnmetDemandTotalView {
            product: product.id,
            name: product.name,
            unit: product.unit,
            reason,
            quantity,
            wishes,
            anonymous,
        }
    }
}

impl From<Discarded> for DiscardedView {
    fn from(discarded: Discarded) -> Self {
        let Discarded { product, quantity, made, cost } = discarded;
        DiscardedView { product: product.id, name: product.name, unit: product.unit, quantity, made, cost }
    }
}

impl From<StandingOrderService> for StandingOrderServiceView {
    fn from(service: StandingOrderService) -> Self {
        let StandingOrderService { placed, refused, skipped, lapsed, lines, filled, fill_rate, reasons } = service;
        let reasons =
            reasons.into_iter().map(|ShortfallTotal { reason, lines }| ShortfallView { reason, lines }).collect();
        StandingOrderServiceView { placed, refused, skipped, lapsed, lines, filled, fill_rate, reasons }
    }
}
