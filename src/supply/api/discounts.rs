//! The routes of discounts on batches, for the officers of the group.

use serde::Deserialize;

use super::load_permit;
use super::views::BatchView;
use crate::catalogue;
use crate::cooperatives::{AccessError, Officer};
use crate::kernel::ids::{BatchId, ProductId};
use crate::kernel::{Day, Instant, Rupiah};
use crate::supply::{DiscountKind, NewDiscount, lower_day_price, lower_price, restore_price};
use crate::web::{ApiResponse, FieldErrors, PathIds, Problem, Routes, Validate, Write, routes};

/// The routes of discounts.
pub fn routes() -> Routes {
    routes!["supply": set_discount, end_discount, set_day_discount]
}

/// A temporary discount on a batch.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "slack", "percent": 20, "floor_price": 1800}))]
struct SetDiscount {
    /// `slack`: the batch has capacity for more orders before its cut-off; `end_of_day`: the goods are made and have a short
    /// remaining shelf life.
    kind: DiscountKind,
    /// The discount, in percent of the price.
    #[schema(minimum = 1, maximum = 90, example = 20)]
    percent: i32,
    /// When the discount starts. Default: now.
    starts_at: Option<Instant>,
    /// When the discount ends, exclusive. Default: at the cut-off, or at the end of the last day of sale.
    ends_at: Option<Instant>,
    /// The discounted unit price is never lower than this, in rupiah.
    floor_price: Rupiah,
}

impl Validate for SetDiscount {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_range("/percent", self.percent.into(), 1..=90);
        errors.check_range("/floor_price", self.floor_price.0, 0..=Rupiah::MAX_LINE.0);
    }
}

impl SetDiscount {
    fn to_new_discount(&self) -> NewDiscount {
        let SetDiscount { kind, percent, starts_at, ends_at, floor_price } = *self;
        NewDiscount { kind, percent, starts_at, ends_at, floor_price }
    }
}

/// Set the discount of a batch
///
/// To fill unused capacity, or to sell goods before they expire. A batch has one discount at a time; a new one replaces
/// it. Existing orders keep their prices, and agreed prices are not discounted.
#[utoipa::path(
    put, path = "/v1/batches/{id}/discount",
    responses(
        (status = 200, body = BatchView),
        (status = 409, description = "`transition-invalid`: its status does not allow it"),
    ),
)]
async fn set_discount(
    call: Write<SetDiscount>,
    officer: Officer,
    PathIds(id): PathIds<BatchId>,
) -> Result<ApiResponse, Problem> {
    call.run(move |tx, now, body| {
        let permit = load_permit(tx, &officer, id)?;
        let batch = lower_price(tx, now, &permit, id, &body.to_new_discount())?;
        Ok(ApiResponse::ok(&BatchView::load(tx, &batch)?).with_version(batch.version))
    })
    .await
}

/// End the discount of a batch
#[utoipa::path(delete, path = "/v1/batches/{id}/discount", responses((status = 204)))]
async fn end_discount(call: Write, officer: Officer, id: PathIds<BatchId>) -> Result<ApiResponse, Problem> {
    call.run(move |tx, now, ()| {
        let permit = load_permit(tx, &officer, id.0)?;
        restore_price(tx, now, &permit, id.0)?;
        Ok(ApiResponse::no_content())
    })
    .await
}

/// Set the discount of a made-to-order day
///
/// Creates the day's batch if it does not exist.
#[utoipa::path(
    put, path = "/v1/products/{id}/discounts/{day}",
    responses(
        (status = 200, body = BatchView),
        (status = 409, description = "The product is not made to order for that day, or no longer"),
    ),
)]
async fn set_day_discount(
    call: Write<SetDiscount>,
    officer: Officer,
    PathIds((id, day)): PathIds<(ProductId, Day)>,
) -> Result<ApiResponse, Problem> {
    call.run(move |tx, now, body| {
        let product = catalogue::find_of_any_status(tx, id)?.ok_or(AccessError::Hidden)?;
        let permit = officer.permit(product.group)?;
        let batch = lower_day_price(tx, now, &permit, id, day, &body.to_new_discount())?;
        Ok(ApiResponse::ok(&BatchView::load(tx, &batch)?).with_version(batch.version))
    })
    .await
}
