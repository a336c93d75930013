//! What becomes of a batch: its steps, production and discards, with whatever follows for its orders.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::cooperatives::{GroupPermit, Officer};
use crate::db;
use crate::kernel::ids::{BatchId, GroupId, LineId, OrderId, ProductId};
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::orders::decide::step;
use crate::orders::produce::{Outcome, ProduceError, discard, produce};
use crate::orders::shrink::Allocation;
use crate::orders::store;
use crate::supply::{BatchAction, BatchStatus, BatchView, Step};
use crate::web::{
    ApiResponse, AppState, Body, FieldError, FieldErrors, Idempotency, IfMatch, PathIds, Problem, Routes, Validate,
    routes,
};

/// The routes of this file.
pub fn routes() -> Routes {
    routes![step_batch, record_production, record_discard]
}

/// What was made.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"made": 120, "unit_cost": 1600}))]
pub struct Production {
    /// How much was made in all.
    made: Quantity,
    /// What a unit cost to make.
    #[serde(default)]
    unit_cost: Option<Rupiah>,
}

impl Validate for Production {
    fn check(&self, errors: &mut FieldErrors) {
        if let Some(cost) = self.unit_cost {
            errors.range("/unit_cost", cost.0, 0..=1_000_000_000);
        }
    }
}

/// What was thrown away or given away.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"quantity": 5, "reason": "gosong"}))]
pub struct Discard {
    /// How much more.
    quantity: Quantity,
    /// Why.
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

impl Validate for Discard {
    fn check(&self, errors: &mut FieldErrors) {
        errors.require(self.quantity.is_positive(), "/quantity", NOT_POSITIVE);
        errors.line("/reason", &self.reason, 1..=200);
    }
}

/// What came of a batch.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct BatchFigures {
    id: BatchId,
    product: ProductId,
    group: GroupId,
    status: BatchStatus,
    #[schema(value_type = String, format = Date, example = "2026-11-26")]
    ready_on: Day,
    capacity: Quantity,
    /// How much was made.
    made: Option<Quantity>,
    /// How much is ordered, handed over or not.
    claimed: Quantity,
    /// How much was thrown away or given away.
    discarded: Quantity,
    /// How much of it is on the shelf.
    available: Quantity,
    unit_cost: Option<Rupiah>,
    /// How a shortage was shared over the orders that are not handed over; empty when there was none.
    #[schema(max_items = 100_000)]
    allocations: Vec<AllocationView>,
    /// Counts its changes.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 3)]
    version: i64,
}

/// What a shortage leaves one line of an order.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AllocationView {
    order: OrderId,
    line: LineId,
    /// What the line had of the batch.
    before: Quantity,
    /// What it keeps of it.
    quantity: Quantity,
}

impl From<&Allocation> for AllocationView {
    fn from(it: &Allocation) -> Self {
        AllocationView { order: it.order, line: it.line, before: it.before, quantity: it.quantity }
    }
}

impl From<&Outcome> for BatchFigures {
    fn from(Outcome { batch, allocations }: &Outcome) -> Self {
        BatchFigures {
            id: batch.id,
            product: batch.product_id,
            group: batch.group_id,
            status: batch.status,
            ready_on: batch.ready_on,
            capacity: batch.capacity,
            made: batch.made,
            claimed: batch.claimed,
            discarded: batch.discarded,
            available: batch.available(),
            unit_cost: batch.unit_cost,
            allocations: allocations.iter().map(AllocationView::from).collect(),
            version: batch.version,
        }
    }
}

/// The permit for the group that makes this batch.
async fn permit(state: &AppState, officer: &Officer, id: BatchId) -> Result<GroupPermit, Problem> {
    let group = state.db.read(move |conn| store::maker_of_batch(conn, id)).await;
    officer.of(group.map_err(|error: db::Error| Problem::from(error))?.ok_or_else(Problem::not_found)?)
}

/// A step that a batch shall take.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "extend", "cutoff_at": "2026-11-25T10:00:00Z"}))]
struct StepBatch {
    /// What is to be done.
    action: BatchAction,
    /// The new cut-off, for `extend`.
    cutoff_at: Option<Instant>,
}

impl Validate for StepBatch {
    fn check(&self, errors: &mut FieldErrors) {
        let extends = self.action == BatchAction::Extend;
        errors.require(!extends || self.cutoff_at.is_some(), "/cutoff_at", FieldError::Required);
        errors.require(extends || self.cutoff_at.is_none(), "/cutoff_at", FieldError::Unknown);
    }
}

/// Takes a batch a step further: `confirm`, `extend` once, `fail`, `cancel`, `close`. When it fails or is cancelled,
/// its orders are released from it, and their buyers told.
#[utoipa::path(
    post, path = "/v1/batches/{id}/transitions", tag = "supply", operation_id = "step_batch",
    params(
        ("id" = BatchId, Path, description = "The batch"),
        ("Idempotency-Key" = String, Header),
        ("If-Match" = Option<String>, Header),
    ),
    request_body = StepBatch,
    responses(
        (status = 200, description = "The batch as it is now", body = BatchView),
        (status = 409, description = "`batch-has-claims`: some of it is handed over; `transition-invalid`: its state does not allow it"),
    ),
    security(("bearer" = [])),
)]
async fn step_batch(
    state: Data<AppState>,
    officer: Officer,
    id: PathIds<BatchId>,
    key: Idempotency,
    version: IfMatch,
    body: Body<StepBatch>,
) -> Result<ApiResponse, Problem> {
    let key = key.required()?;
    let permit = permit(&state, &officer, id.0).await?;
    let (now, version) = (state.now(), version.sent());
    let StepBatch { action, cutoff_at } = body.value;
    key.once(&state.db, now, officer.person.scope(), body.fingerprint, move |tx| {
        let batch = step(tx, now, id.0, Step { action, cutoff_at, by: Some(permit.account), version })?;
        Ok::<_, ProduceError>(ApiResponse::ok(&BatchView::from(&batch)).version(batch.version))
    })
    .await
}

/// Records how much was made. Less than was ordered is shared fairly over the orders; more goes on the shelf.
#[utoipa::path(
    post, path = "/v1/batches/{id}/production", tag = "supply", operation_id = "record_production",
    request_body = Production,
    params(
        ("id" = BatchId, Path, description = "The batch"),
        ("Idempotency-Key" = String, Header),
    ),
    responses((status = 200, description = "What came of the batch", body = BatchFigures)),
    security(("bearer" = [])),
)]
async fn record_production(
    state: Data<AppState>,
    officer: Officer,
    key: Idempotency,
    id: PathIds<BatchId>,
    body: Body<Production>,
) -> Result<ApiResponse, Problem> {
    let key = key.required()?;
    let permit = permit(&state, &officer, id.0).await?;
    let (now, it) = (state.now(), body.value);
    key.once(&state.db, now, officer.person.scope(), body.fingerprint, move |tx| {
        let outcome = produce(tx, now, &permit, id.0, it.made, it.unit_cost)?;
        Ok::<_, ProduceError>(ApiResponse::ok(&BatchFigures::from(&outcome)).version(outcome.batch.version))
    })
    .await
}

/// Records that more was thrown away. What was ordered and is no longer there is shared fairly over the orders.
#[utoipa::path(
    post, path = "/v1/batches/{id}/discards", tag = "supply", operation_id = "record_discard",
    request_body = Discard,
    params(
        ("id" = BatchId, Path, description = "The batch"),
        ("Idempotency-Key" = String, Header),
    ),
    responses((status = 200, description = "What came of the batch", body = BatchFigures)),
    security(("bearer" = [])),
)]
async fn record_discard(
    state: Data<AppState>,
    officer: Officer,
    key: Idempotency,
    id: PathIds<BatchId>,
    body: Body<Discard>,
) -> Result<ApiResponse, Problem> {
    let key = key.required()?;
    let permit = permit(&state, &officer, id.0).await?;
    let (now, it) = (state.now(), body.value);
    key.once(&state.db, now, officer.person.scope(), body.fingerprint, move |tx| {
        let outcome = discard(tx, now, &permit, id.0, it.quantity, &it.reason)?;
        Ok::<_, ProduceError>(ApiResponse::ok(&BatchFigures::from(&outcome)).version(outcome.batch.version))
    })
    .await
}

const NOT_POSITIVE: FieldError =
    FieldError::Rule { code: "not-positive", id: "Harus lebih dari nol.", en: "Must be more than zero." };
