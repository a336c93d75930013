//! A group's board: for its members and the offices of its cooperative.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::cooperatives::{self, Caller};
use crate::kernel::ids::{BatchId, GroupId, MarketDayId, ProductId};
use crate::kernel::{Day, Duration, Instant, Quantity, Rupiah, Zone};
use crate::outlook::board::{BoardDay, BoardRow, board};
use crate::supply::{BatchKind, BatchStatus};
use crate::web::{ApiResponse, AppState, Code, FieldError, FieldErrors, PathIds, Problem, Query, Routes, routes};

/// How many days the board shows when nothing is said, and at most.
const FORTNIGHT: i64 = 14;
const LONGEST: i64 = 62;

/// The routes of this part.
pub(super) fn routes() -> Routes {
    routes![show_board]
}

/// From which day on, and how many days.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Stretch {
    /// The first day, today or later; today when left out.
    #[param(value_type = Option<String>, format = Date, example = "2026-11-23")]
    from: Option<Day>,
    /// How many days; a fortnight when left out.
    #[param(minimum = 1, maximum = 62, example = 14)]
    days: Option<i64>,
}

impl Stretch {
    fn days(&self, today: Day) -> Result<(Day, Day), Problem> {
        let from = self.from.unwrap_or(today);
        let mut errors = FieldErrors::default();
        errors.require(from >= today, "/from", IS_PAST);
        errors.range("/days", self.days.unwrap_or(FORTNIGHT), 1..=LONGEST);
        let more = Duration::days(self.days.unwrap_or(FORTNIGHT).clamp(1, LONGEST).saturating_sub(1));
        let to = from.checked_add_signed(more);
        match to {
            Some(to) if errors.is_empty() => Ok((from, to)),
            _ => Err(Problem::new(Code::QueryInvalid).with_faults(errors)),
        }
    }
}

const IS_PAST: FieldError = FieldError::Rule {
    code: "day-is-past",
    id: "Papan mulai dari hari ini atau sesudahnya.",
    en: "The board begins today or later.",
};

/// What a group has ahead.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct BoardView {
    /// The first day.
    #[schema(value_type = String, format = Date, example = "2026-11-23")]
    from: Day,
    /// The last day.
    #[schema(value_type = String, format = Date, example = "2026-12-06")]
    to: Day,
    /// Each day, in order.
    #[schema(max_items = 62)]
    days: Vec<BoardDayView>,
    /// What there is on them, by day and product.
    #[schema(max_items = 100_000)]
    data: Vec<BoardRowView>,
}

/// What a day comes to in all, in rupiah at the price of each.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct BoardDayView {
    #[schema(value_type = String, format = Date, example = "2026-11-27")]
    day: Day,
    /// Whether the group is shut on it.
    is_closed: bool,
    /// What is ordered.
    committed: Rupiah,
    /// What standing orders hold of that.
    standing: Rupiah,
    /// What may still be ordered.
    free: Rupiah,
}

/// A batch, or the promise of one, on the board.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(example = json!({
    "day": "2026-11-27", "product": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11", "name": "Pastel sayur", "kind": "market",
    "status": "open", "batch": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c12",
    "market_day": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c13", "capacity": 240, "committed": 70, "standing": 40, "free": 170,
    "minimum": 60, "needed_to_run": 0, "cutoff_at": "2026-11-25T10:00:00Z",
    "cutoff_local": "2026-11-25T17:00:00+07:00", "price": 2500,
}))]
struct BoardRowView {
    /// On which day it is ready; the first day of the board for what lies on the shelf.
    #[schema(value_type = String, format = Date, example = "2026-11-27")]
    day: Day,
    product: ProductId,
    /// What that is called.
    #[schema(max_length = 80, example = "Pastel sayur")]
    name: String,
    kind: BatchKind,
    /// Where the batch stands; null for a promise of which nobody has ordered yet.
    status: Option<BatchStatus>,
    batch: Option<BatchId>,
    /// The market day to which it is brought.
    market_day: Option<MarketDayId>,
    /// How much there can be, or was made.
    #[schema(example = 240)]
    capacity: Quantity,
    /// How much of it is ordered, handed over or not.
    #[schema(example = 70)]
    committed: Quantity,
    /// How much of that standing orders hold.
    #[schema(example = 40)]
    standing: Quantity,
    /// How much may still be ordered.
    #[schema(example = 170)]
    free: Quantity,
    /// How much must be ordered for it to be made; 0 when it is made anyway.
    #[schema(example = 60)]
    minimum: Quantity,
    /// How much of that is still missing.
    #[schema(example = 0)]
    needed_to_run: Quantity,
    /// Until when it can be ordered; null for what is made.
    cutoff_at: Option<Instant>,
    /// The same on the clock on the group's wall.
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-25T17:00:00+07:00")]
    cutoff_local: Option<String>,
    /// The price of one.
    price: Rupiah,
}

impl From<BoardDay> for BoardDayView {
    fn from(it: BoardDay) -> Self {
        let BoardDay { day, is_closed, committed, standing, free } = it;
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

/// Show a group's board
///
/// For each day ahead what the group has promised, how much of it standing orders hold, what is free, and what is still
/// missing for a batch to be made; for its members and the offices of its cooperative.
#[utoipa::path(
    get, path = "/v1/groups/{id}/board", tag = "market", operation_id = "show_board",
    params(("id" = GroupId, Path, description = "The group"), Stretch),
    responses((status = 200, description = "The days ahead, and what there is on them", body = BoardView)),
    security(("bearer" = [])),
)]
async fn show_board(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<GroupId>,
    Query(stretch): Query<Stretch>,
) -> Result<ApiResponse, Problem> {
    let now = state.now();
    state
        .db
        .read::<_, Problem, _>(move |conn| {
            let group = cooperatives::find_group(conn, id.0)?.ok_or_else(Problem::not_found)?;
            if !caller.roles.is_inside(&group) {
                return Err(Problem::not_found());
            }
            let cooperative = cooperatives::find_cooperative(conn, group.cooperative_id)?;
            let zone = cooperative.ok_or_else(Problem::not_found)?.zone;
            let today = zone.day_of(now);
            let (from, to) = stretch.days(today)?;
            let seen = board(conn, now, id.0, today, (from, to))?;
            let days = seen.days.into_iter().map(BoardDayView::from).collect();
            let data = seen.rows.into_iter().map(|row| BoardRowView::of(row, zone)).collect();
            Ok(ApiResponse::ok(&BoardView { from, to, days, data }).tagged())
        })
        .await
}
