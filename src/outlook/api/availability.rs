//! What can be had of a product, day by day: for everyone.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::catalogue;
use crate::kernel::ids::{BatchId, MarketDayId, ProductId};
use crate::kernel::{Day, Duration, Instant, Quantity, Rupiah, Zone};
use crate::outlook::store;
use crate::supply::{self, Available, BatchKind, DayAhead, DiscountView, LONGEST_WINDOW, Reason};
use crate::web::{ApiResponse, AppState, Code, FieldError, FieldErrors, PathIds, Problem, Query, Routes, routes};

/// The routes of availability.
pub fn routes() -> Routes {
    routes![show_availability]
}

/// From which day to which.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Window {
    /// The first day; today when left out.
    #[param(value_type = Option<String>, format = Date, example = "2026-11-23")]
    from: Option<Day>,
    /// The last day, at most 60 days after the first; two weeks after the first when left out.
    #[param(value_type = Option<String>, format = Date, example = "2026-12-06")]
    to: Option<Day>,
}

impl Window {
    fn days(&self, today: Day) -> Result<(Day, Day), Problem> {
        let from = self.from.unwrap_or(today);
        let to = self.to.or_else(|| from.checked_add_signed(Duration::days(13))).unwrap_or(from);
        let length = to.signed_duration_since(from).num_days();
        if (0..=LONGEST_WINDOW).contains(&length) {
            Ok((from, to))
        } else {
            Err(Problem::new(Code::QueryInvalid).with_faults(FieldErrors::one("/to", WINDOW_FAULT)))
        }
    }
}

const WINDOW_FAULT: FieldError = FieldError::Rule {
    code: "window-does-not-fit",
    id: "Tanggal akhir harus sesudah tanggal awal, paling jauh 60 hari.",
    en: "The last day must not be before the first, nor more than 60 days after it.",
};

/// What can be had, day by day.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AvailabilityView {
    /// The first day that is told.
    #[schema(value_type = String, format = Date, example = "2026-11-23")]
    from: Day,
    /// The last day that is told.
    #[schema(value_type = String, format = Date, example = "2026-12-06")]
    to: Day,
    /// Each day, in order: whether it can be had, and if not, why, and when it can.
    #[schema(max_items = 61)]
    days: Vec<DayAheadView>,
    /// In which ways it can be had: from the shelf, made to order, brought to a market day. A day on which nothing can be
    /// had is left out, one that is sold out shows 0.
    #[schema(max_items = 1000)]
    data: Vec<AvailableView>,
}

/// What can be had on one day.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct AvailableView {
    /// The day.
    #[schema(value_type = String, format = Date, example = "2026-11-27")]
    ready_on: Day,
    /// On the shelf, planned, or made to order.
    kind: BatchKind,
    /// How much; 0 when the day is sold out.
    #[schema(example = 60)]
    available: Quantity,
    /// The price of one.
    price: Rupiah,
    /// What one costs without its discount.
    #[serde(skip_serializing_if = "Option::is_none")]
    was: Option<Rupiah>,
    /// The discount, and until when it lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    discount: Option<DiscountView>,
    /// Until when it can be ordered; null for what is made.
    cutoff_at: Option<Instant>,
    /// How much there can be, or was made, in all.
    #[schema(example = 240)]
    capacity: Quantity,
    /// How much of it standing orders hold.
    #[schema(example = 40)]
    held_by_standing_orders: Quantity,
    /// Until when it can be ordered, on the clock on the cooperative's wall.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-25T17:00:00+07:00")]
    cutoff_local: Option<String>,
    /// The market day to which it is brought.
    #[serde(skip_serializing_if = "Option::is_none")]
    market_day: Option<MarketDayId>,
    /// The batch, when it is one and is there already.
    #[serde(skip_serializing_if = "Option::is_none")]
    batch: Option<BatchId>,
    /// The last day on which the first of it may be sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date, example = "2026-11-28")]
    best_before: Option<Day>,
    /// How much must be ordered for it to run.
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum: Option<Quantity>,
    /// How much of that is still missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    needed_to_run: Option<Quantity>,
}

impl AvailableView {
    /// The row, at the product's price unless it has its own.
    fn of(row: &Available, price: Rupiah, zone: Zone, held: Quantity, market_day: Option<MarketDayId>) -> Self {
        let has_minimum = row.minimum.is_positive();
        let usual = row.price.unwrap_or(price);
        let lowered = row.discount.map(|discount| discount.lowers(usual)).filter(|lowered| *lowered < usual);
        AvailableView {
            ready_on: row.ready_on,
            kind: row.kind,
            available: row.available,
            price: lowered.unwrap_or(usual),
            was: lowered.map(|_| usual),
            discount: row.discount.filter(|_| lowered.is_some()).map(DiscountView::from),
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
            needed_to_run: has_minimum.then_some(row.needed_to_run),
        }
    }
}

/// What a day comes to.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(example = json!({
    "day": "2026-11-26", "available": 0, "held_by_standing_orders": 60, "reason": "sold_out", "next_on": "2026-11-27",
}))]
struct DayAheadView {
    #[schema(value_type = String, format = Date, example = "2026-11-26")]
    day: Day,
    /// The most that one line of an order can get for it.
    #[schema(example = 0)]
    available: Quantity,
    /// How much standing orders hold of what is for that day.
    #[schema(example = 60)]
    held_by_standing_orders: Quantity,
    /// Why not even the least that can be ordered can be had that day.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    /// The next day on which it can, as far as orders are open.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date, example = "2026-11-27")]
    next_on: Option<Day>,
}

impl DayAheadView {
    fn of(it: DayAhead, held_by_standing_orders: Quantity) -> Self {
        let DayAhead { day, available, reason, next_on } = it;
        DayAheadView { day, available, held_by_standing_orders, reason, next_on }
    }
}

/// What can be had of a product, on which days, until when it can be ordered, and at what price.
#[utoipa::path(
    get, path = "/v1/products/{id}/availability", tag = "supply", operation_id = "show_availability",
    params(("id" = ProductId, Path, description = "The product"), Window),
    responses(
        (status = 200, description = "Goods on the shelf, planned batches, and days on which it is made to order", body = AvailabilityView),
    ),
)]
async fn show_availability(
    state: Data<AppState>,
    path: PathIds<ProductId>,
    window: Query<Window>,
) -> Result<ApiResponse, Problem> {
    let (PathIds(id), Query(window), now) = (path, window, state.now());
    state
        .db
        .read(move |conn| {
            let product = catalogue::find(conn, id)?.ok_or_else(Problem::not_found)?;
            let terms = supply::terms_of(conn, now, &[id])?.pop().ok_or_else(Problem::not_found)?;
            let (from, to) = window.days(terms.today(now))?;
            let batches = supply::live_batches(conn, &[id], terms.today(now))?;
            let ids: Vec<BatchId> = batches.iter().map(|batch| batch.id).collect();
            let held = store::held_by_standing_orders(conn, &ids)?;
            let market_days = store::market_days_of(conn, &ids)?;
            let held_of = |of: &[BatchId]| Quantity::sum(of.iter().filter_map(|batch| held.get(batch).copied()));
            let on_day = |day: Day| {
                held_of(&batches.iter().filter(|batch| batch.ready_on == day).map(|batch| batch.id).collect::<Vec<_>>())
            };
            let least = product.least_from(Quantity::ZERO);
            let days = supply::days_ahead(&terms, &batches, now, least, (from, to));
            let days = days.into_iter().map(|it| DayAheadView::of(it, on_day(it.day))).collect();
            let rows = supply::availability(&terms, &batches, now, from, to);
            let price = product.price_for(product.minimum_quantity);
            let view = |row: &Available| {
                let market_day = row.batches.first().and_then(|batch| market_days.get(batch).copied());
                AvailableView::of(row, price, terms.zone, held_of(&row.batches), market_day)
            };
            let data = rows.iter().map(view).collect();
            Ok(ApiResponse::ok(&AvailabilityView { from, to, days, data }).public().tagged())
        })
        .await
}
