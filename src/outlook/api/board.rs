//! Routes of a group's board.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::cooperatives::{self, Caller};
use crate::kernel::ids::{BatchId, GroupId, MarketDayId, ProductId};
use crate::kernel::{Day, Duration, Instant, Quantity, Rupiah, Zone};
use crate::outlook::board::{BoardDay, BoardRow, load_board};
use crate::supply::{BatchKind, BatchStatus};
use crate::web::{ApiResponse, AppState, FieldError, FieldErrors, PathIds, Problem, Query, Routes, Rule, routes};

const DEFAULT_DAYS: i64 = 14;
const MAX_DAYS: i64 = 62;

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["market": get_board]
}

/// The period.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BoardWindow {
    /// First day, today or later. Absent: today.
    #[param(value_type = Option<String>, format = Date, example = "2026-11-23")]
    from: Option<Day>,
    /// Number of days. Absent: 14.
    #[param(minimum = 1, maximum = 62, example = 14)]
    days: Option<i64>,
}

impl BoardWindow {
    fn days(&self, today: Day) -> Result<(Day, Day), Problem> {
        let from = self.from.unwrap_or(today);
        let mut errors = FieldErrors::default();
        errors.require(from >= today, "/from", Rule::DayIsPast);
        errors.check_range("/days", self.days.unwrap_or(DEFAULT_DAYS), 1..=MAX_DAYS);
        let length = Duration::days(self.days.unwrap_or(DEFAULT_DAYS).clamp(1, MAX_DAYS).saturating_sub(1));
        errors.into_query_result()?;
        let to = from.checked_add_signed(length);
        to.map(|to| (from, to)).ok_or_else(|| Problem::invalid_parameter("/from", FieldError::Malformed))
    }
}

/// What a group has promised and can still sell on the coming days.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct BoardView {
    /// First day.
    #[schema(value_type = String, format = Date, example = "2026-11-23")]
    from: Day,
    /// Last day.
    #[schema(value_type = String, format = Date, example = "2026-12-06")]
    to: Day,
    /// Totals of each day, in order.
    #[schema(max_items = 62)]
    days: Vec<BoardDayView>,
    /// Batches and days of made-to-order products, sorted by day and product.
    #[schema(max_items = 100_000)]
    data: Vec<BoardRowView>,
}

/// Totals of a day, in rupiah at the unit prices.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct BoardDayView {
    #[schema(value_type = String, format = Date, example = "2026-11-27")]
    day: Day,
    /// Whether the group is closed on that day.
    is_closed: bool,
    /// Value ordered.
    committed: Rupiah,
    /// The part of it from standing orders.
    standing: Rupiah,
    /// Value that can still be ordered.
    free: Rupiah,
}

/// A batch, or a day on which a product can be made to order.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(example = json!({
    "day": "2026-11-27", "product": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11", "name": "Pastel sayur", "kind": "market",
    "status": "open", "batch": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c12",
    "market_day": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c13", "capacity": 240, "committed": 70, "standing": 40, "free": 170,
    "minimum": 60, "needed_to_run": 0, "cutoff_at": "2026-11-25T10:00:00Z",
    "cutoff_local": "2026-11-25T17:00:00+07:00", "price": 2500,
}))]
struct BoardRowView {
    /// The day it is ready; the first day of the board for goods on the shelf.
    #[schema(value_type = String, format = Date, example = "2026-11-27")]
    day: Day,
    product: ProductId,
    /// Name of the product.
    #[schema(max_length = 80, example = "Pastel sayur")]
    name: String,
    kind: BatchKind,
    /// Status of the batch; null for a made-to-order day without orders.
    status: Option<BatchStatus>,
    batch: Option<BatchId>,
    /// The market day, for offerings of one.
    market_day: Option<MarketDayId>,
    /// Capacity, or quantity made.
    #[schema(example = 240)]
    capacity: Quantity,
    /// Quantity ordered, handed over or not.
    #[schema(example = 70)]
    committed: Quantity,
    /// The part of it from standing orders.
    #[schema(example = 40)]
    standing: Quantity,
    /// Quantity that can still be ordered.
    #[schema(example = 170)]
    free: Quantity,
    /// Quantity that must be ordered for the batch to be made; 0: it is always made.
    #[schema(example = 60)]
    minimum: Quantity,
    /// Quantity still missing to the minimum.
    #[schema(example = 0)]
    needed_to_run: Quantity,
    /// Cut-off for orders; null for goods that are made.
    cutoff_at: Option<Instant>,
    /// The cut-off in the cooperative's time zone.
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-25T17:00:00+07:00")]
    cutoff_local: Option<String>,
    /// Price per unit, in rupiah.
    price: Rupiah,
}

impl From<BoardDay> for BoardDayView {
    fn from(total: BoardDay) -> Self {
        let BoardDay { day, is_closed, committed, standing, free } = total;
        BoardDayView { day, is_closed, committed, standing, free }
    }
}

impl BoardRowView {
    fn of(row: BoardRow, zone: Zone) -> Self {
        BoardRowView {
            day: row.day,
            product: row.product,
            name: row.name,
            kind: row.kind,
            status: row.status,
            batch: row.batch,
            market_day: row.market_day,
            capacity: row.capacity,
            committed: row.committed,
            standing: row.standing,
            free: row.free,
            minimum: row.minimum,
            needed_to_run: row.needed_to_run,
            cutoff_at: row.cutoff_at,
            cutoff_local: row.cutoff_at.map(|cutoff| zone.local(cutoff)),
            price: row.price,
        }
    }
}

/// Get a group's board
///
/// For members of the group and office holders of its cooperative. Shows for each coming day what is ordered, how much
/// of it by standing orders, what is still free, and what is missing for a batch to be made.
#[utoipa::path(get, path = "/v1/groups/{id}/board", responses((status = 200, body = BoardView)))]
async fn get_board(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<GroupId>,
    Query(window): Query<BoardWindow>,
) -> Result<ApiResponse, Problem> {
    let now = state.now();
    state
        .db
        .read::<_, Problem, _>(move |conn| {
            let group = cooperatives::find_group(conn, id.0)?.ok_or_else(Problem::not_found)?;
            if !caller.roles.can_see_inside(&group) {
                return Err(Problem::not_found());
            }
            let cooperative = cooperatives::find_cooperative(conn, group.cooperative_id)?;
            let zone = cooperative.ok_or_else(Problem::not_found)?.zone;
            let today = zone.day_of(now);
            let (from, to) = window.days(today)?;
            let board = load_board(conn, now, id.0, today, (from, to))?;
            let days = board.days.into_iter().map(BoardDayView::from).collect();
            let data = board.rows.into_iter().map(|row| BoardRowView::of(row, zone)).collect();
            Ok(ApiResponse::ok(&BoardView { from, to, days, data }).with_etag())
        })
        .await
}
