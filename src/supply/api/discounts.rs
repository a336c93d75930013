//! Lowering the price of a batch for a while: for the officers of its group.

use actix_web::web::Data;
use serde::Deserialize;

use super::batch_of_officer;
use super::views::BatchView;
use crate::catalogue;
use crate::cooperatives::Officer;
use crate::kernel::ids::{BatchId, ProductId};
use crate::kernel::{Day, Instant, Rupiah};
use crate::supply::{DiscountKind, Lowering, lower_price, lower_price_of_day, restore_price};
use crate::web::{ApiResponse, AppState, Body, FieldErrors, PathIds, Problem, Routes, Validate, routes};

/// The routes of discounts.
pub fn routes() -> Routes {
    routes![set_discount, end_discount, set_discount_of_day]
}

/// A lower price for a while.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "slack", "percent": 20, "floor_price": 1800}))]
struct SetDiscount {
    /// `slack`: there is room for more orders before the cut-off; `end_of_day`: it is made, and will not keep for long.
    kind: DiscountKind,
    /// By how many percent.
    #[schema(minimum = 1, maximum = 90, example = 20)]
    percent: i32,
    /// From when; from now when left out.
    starts_at: Option<Instant>,
    /// Until when; until the cut-off, or the end of the last day on which it may be sold, when left out.
    ends_at: Option<Instant>,
    /// The price of one never falls below this.
    floor_price: Rupiah,
}

impl Validate for SetDiscount {
    fn check(&self, errors: &mut FieldErrors) {
        errors.range("/percent", self.percent.into(), 1..=90);
        errors.range("/floor_price", self.floor_price.0, 0..=Rupiah::MAX_LINE.0);
    }
}

impl SetDiscount {
    fn lowering(&self) -> Lowering {
        let SetDiscount { kind, percent, starts_at, ends_at, floor_price } = *self;
        Lowering { kind, percent, starts_at, ends_at, floor_price }
    }
}

/// Lower the price of a batch for a while
///
/// For days with room for more orders, and for goods that will not keep for long. A batch has one discount at a time: said
/// again, it replaces what was said. What is ordered already keeps its price, and agreed prices take no discount.
#[utoipa::path(
    put, path = "/v1/batches/{id}/discount", tag = "supply", operation_id = "set_discount",
    params(("id" = BatchId, Path, description = "The batch")),
    request_body = SetDiscount,
    responses(
        (status = 200, description = "The batch with its discount", body = BatchView),
        (status = 409, description = "`transition-invalid`: its state does not allow it"),
    ),
    security(("bearer" = [])),
)]
async fn set_discount(
    state: Data<AppState>,
    officer: Officer,
    path: PathIds<BatchId>,
    body: Body<SetDiscount>,
) -> Result<ApiResponse, Problem> {
    let (PathIds(id), now, lowering) = (path, state.now(), body.value.lowering());
    state
        .db
        .write(move |tx| {
            let (_, permit) = batch_of_officer(tx, &officer, id)?;
            let batch = lower_price(tx, now, &permit, id, &lowering)?;
            Ok::<_, Problem>(ApiResponse::ok(&BatchView::from(&batch)).version(batch.version))
        })
        .await
}

/// Let the price of a batch be as it was
#[utoipa::path(
    delete, path = "/v1/batches/{id}/discount", tag = "supply", operation_id = "end_discount",
    params(("id" = BatchId, Path, description = "The batch")),
    responses((status = 204, description = "It has no discount any more")),
    security(("bearer" = [])),
)]
async fn end_discount(state: Data<AppState>, officer: Officer, path: PathIds<BatchId>) -> Result<ApiResponse, Problem> {
    let (PathIds(id), now) = (path, state.now());
    state
        .db
        .write(move |tx| {
            let (_, permit) = batch_of_officer(tx, &officer, id)?;
            restore_price(tx, now, &permit, id)?;
            Ok::<_, Problem>(ApiResponse::no_content())
        })
        .await
}

/// Lower the price of what is made to order for a day
///
/// The day's batch comes into being by that, if nobody has ordered of it yet.
#[utoipa::path(
    put, path = "/v1/products/{id}/discounts/{day}", tag = "supply", operation_id = "set_discount_of_day",
    params(
        ("id" = ProductId, Path, description = "The product"),
        ("day" = String, Path, format = Date, description = "The day on which it is ready", example = "2026-11-27"),
    ),
    request_body = SetDiscount,
    responses(
        (status = 200, description = "The day's batch with its discount", body = BatchView),
        (status = 409, description = "The product is not made to order for that day, or no longer"),
    ),
    security(("bearer" = [])),
)]
async fn set_discount_of_day(
    state: Data<AppState>,
    officer: Officer,
    path: PathIds<(ProductId, Day)>,
    body: Body<SetDiscount>,
) -> Result<ApiResponse, Problem> {
    let (PathIds((id, day)), now, lowering) = (path, state.now(), body.value.lowering());
    state
        .db
        .write(move |tx| {
            let known = catalogue::find_of_any_status(tx, id)?.ok_or_else(Problem::not_found)?;
            let permit = officer.of(known.group)?;
            let batch = lower_price_of_day(tx, now, &permit, id, day, &lowering)?;
            Ok::<_, Problem>(ApiResponse::ok(&BatchView::from(&batch)).version(batch.version))
        })
        .await
}
