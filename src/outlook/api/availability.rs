//! Routes of product availability, public.

use serde::{Deserialize, Serialize};

use crate::catalogue;
use crate::kernel::ids::{BatchId, MarketDayId, ProductId};
use crate::kernel::{Day, Duration, Instant, Quantity, Rupiah, Zone};
use crate::outlook::store;
use crate::supply::{
    self, AvailableSupply, BatchKind, DayAvailability, DiscountView, MAX_PERIOD_DAYS, UnavailableReason,
};
use crate::web::{ApiResponse, PathIds, Problem, Query, Read, Routes, Rule, routes};

/// The routes of availability.
pub fn routes() -> Routes {
    routes!["supply": get_availability]
}

/// The period.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
struct Window {
    /// First day. Absent: today.
    from: Option<Day>,
    /// Last day, at most 60 days after the first. Absent: two weeks in total.
    to: Option<Day>,
}

impl Window {
    fn days(&self, today: Day) -> Result<(Day, Day), Problem> {
        let from = self.from.unwrap_or(today);
        let to = self.to.or_else(|| from.checked_add_signed(Duration::days(13))).unwrap_or(from);
        let length = to.signed_duration_since(from).num_days();
        if (0..=MAX_PERIOD_DAYS).contains(&length) {
            Ok((from, to))
        } else {
            Err(Problem::invalid_parameter("/to", Rule::WindowNotWithin60Days))
        }
    }
}

/// Availability of a product by day.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AvailabilityView {
    /// First day.
    from: Day,
    /// Last day.
    to: Day,
    /// Each day in order: the quantity available, or why there is none and when the next is.
    #[schema(max_items = 61)]
    days: Vec<DayAheadView>,
    /// The sources: shelf, made to order, market days. Days without a source are left out; sold-out ones have quantity
    /// 0.
    #[schema(max_items = 1000)]
    data: Vec<AvailableView>,
}

/// Availability from one source on one day.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct AvailableView {
    /// The day.
    ready_on: Day,
    /// The kind of batch.
    kind: BatchKind,
    /// Available quantity; 0 when sold out.
    #[schema(example = 60)]
    available: Quantity,
    /// Price per unit, in rupiah.
    price: Rupiah,
    /// Price per unit before the discount, in rupiah.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    was: Option<Rupiah>,
    /// The discount and its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    discount: Option<DiscountView>,
    /// Cut-off for orders; null for goods that are made.
    cutoff_at: Option<Instant>,
    /// Total capacity, or quantity made.
    #[schema(example = 240)]
    capacity: Quantity,
    /// Quantity claimed by standing orders.
    #[schema(example = 40)]
    held_by_standing_orders: Quantity,
    /// The cut-off in the cooperative's time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-25T17:00:00+07:00", nullable = false)]
    cutoff_local: Option<String>,
    /// The market day, for offerings of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    market_day: Option<MarketDayId>,
    /// The batch, when there is exactly one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    batch: Option<BatchId>,
    /// Earliest best-before date.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    best_before: Option<Day>,
    /// Quantity that must be ordered for the batch to be made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    minimum: Option<Quantity>,
    /// Quantity still missing to the minimum.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    needed_to_run: Option<Quantity>,
}

impl AvailableView {
    /// Builds the row, at the product's price unless it has its own.
    fn of(row: AvailableSupply, price: Rupiah, zone: Zone, held: Quantity, market_day: Option<MarketDayId>) -> Self {
        let has_minimum = row.minimum.is_positive();
        let regular_price = row.price.unwrap_or(price);
        let discounted_price = row
            .discount
            .map(|discount| discount.apply(regular_price))
            .filter(|discounted_price| *discounted_price < regular_price);
        AvailableView {
            ready_on: row.ready_on,
            kind: row.kind,
            available: row.available,
            price: discounted_price.unwrap_or(regular_price),
            was: discounted_price.map(|_| regular_price),
            discount: row.discount.filter(|_| discounted_price.is_some()).map(DiscountView::from),
            cutoff_at: row.cutoff_at,
            capacity: row.capacity,
            held_by_standing_orders: held,
            cutoff_local: row.cutoff_at.map(|cutoff| zone.local(cutoff)),
            market_day,
            batch: match row.batches.as_slice() {
                [batch] => Some(*batch),
                _ => None,
            },
            best_before: row.best_before,
            minimum: has_minimum.then_some(row.minimum),
            needed_to_run: has_minimum.then_some(row.missing_to_minimum),
        }
    }
}

/// Availability on one day, over all sources.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(example = json!({
    "day": "2026-11-26", "available": 0, "held_by_standing_orders": 60, "reason": "sold_out", "next_on": "2026-11-27",
}))]
struct DayAheadView {
    day: Day,
    /// Maximum quantity of one order line.
    #[schema(example = 0)]
    available: Quantity,
    /// Quantity claimed by standing orders for that day.
    #[schema(example = 60)]
    held_by_standing_orders: Quantity,
    /// Why not even the minimum order quantity is available.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<UnavailableReason>,
    /// The next day with availability among those open for orders.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_on: Option<Day>,
}

/// Get the availability of a product: days, quantities, cut-offs and prices.
#[utoipa::path(get, path = "/v1/products/{id}/availability", responses((status = 200, body = AvailabilityView)))]
async fn get_availability(
    read: Read,
    id: PathIds<ProductId>,
    Query(window): Query<Window>,
) -> Result<ApiResponse, Problem> {
    read.run(move |conn, now| {
        let product = catalogue::find(conn, id.0)?.ok_or_else(Problem::not_found)?;
        let terms = supply::load_terms(conn, now, &[id.0])?.pop().ok_or_else(Problem::not_found)?;
        let today = terms.today(now);
        let (from, to) = window.days(today)?;
        let batches = supply::list_current_batches(conn, &[id.0], today)?;
        let ids: Vec<BatchId> = batches.iter().map(|batch| batch.id).collect();
        let claimed_by_standing_orders = store::sum_claimed_by_standing_orders(conn, &ids)?;
        let market_days = store::find_market_days(conn, &ids)?;
        let sum_held = |ids: &mut dyn Iterator<Item = BatchId>| {
            Quantity::sum(ids.filter_map(|batch| claimed_by_standing_orders.get(&batch).copied()))
        };
        let minimum_quantity = product.round_up_quantity(Quantity::ZERO);
        let days = supply::list_day_availability(&terms, &batches, now, minimum_quantity, (from, to));
        let days = days.into_iter().map(|DayAvailability { day, available, reason, next_on }| {
            let held = sum_held(&mut batches.iter().filter(|batch| batch.ready_on == day).map(|batch| batch.id));
            DayAheadView { day, available, held_by_standing_orders: held, reason, next_on }
        });
        let price = product.price_for(product.minimum_quantity);
        let data = supply::list_availability(&terms, &batches, now, from, to).into_iter().map(|row| {
            let market_day = row.batches.first().and_then(|batch| market_days.get(batch).copied());
            let held = sum_held(&mut row.batches.iter().copied());
            AvailableView::of(row, price, terms.zone, held, market_day)
        });
        let view = AvailabilityView { from, to, days: days.collect(), data: data.collect() };
        Ok(ApiResponse::ok(&view).public().with_etag())
    })
    .await
}
