//! Transitions, production and discards of batches, with their effects on orders.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::cooperatives::{GroupPermit, Officer};
use crate::db;
use crate::kernel::ids::{BatchId, GroupId, LineId, OrderId, ProductId};
use crate::kernel::{Day, Instant, Quantity, Rupiah, Version};
use crate::orders::decide::change_batch_status;
use crate::orders::produce::{BatchChangeError, BatchOutcome, discard, produce};
use crate::orders::shrink::Allocation;
use crate::orders::store;
use crate::supply::{BatchAction, BatchStatus, BatchTransition, BatchView};
use crate::web::{
    ApiResponse, AppState, Body, FieldError, FieldErrors, IdempotencyKey, IfMatch, PathIds, Problem, Routes, Rule,
    Validate, routes,
};

/// The routes of this file.
pub fn routes() -> Routes {
    routes!["supply": transition_batch, record_production, record_discard]
}

/// The production of a batch.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"made": 120, "unit_cost": 1600}))]
pub struct Production {
    /// Total produced quantity.
    made: Quantity,
    /// Production cost of a unit.
    #[serde(default)]
    unit_cost: Option<Rupiah>,
}

impl Validate for Production {
    fn validate(&self, errors: &mut FieldErrors) {
        if let Some(cost) = self.unit_cost {
            errors.check_range("/unit_cost", cost.0, 0..=1_000_000_000);
        }
    }
}

/// Goods that were discarded or given away.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"quantity": 5, "reason": "gosong"}))]
pub struct NewDiscard {
    /// The additional discarded quantity.
    quantity: Quantity,
    /// The reason.
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

impl Validate for NewDiscard {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.require(self.quantity.is_positive(), "/quantity", Rule::NotPositive);
        errors.check_line("/reason", &self.reason, 1..=200);
    }
}

/// A batch after a change of its figures.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct BatchFigures {
    id: BatchId,
    product: ProductId,
    group: GroupId,
    status: BatchStatus,
    ready_on: Day,
    capacity: Quantity,
    /// Produced quantity.
    made: Option<Quantity>,
    /// Ordered quantity, handed over or not.
    claimed: Quantity,
    /// Discarded quantity.
    discarded: Quantity,
    /// Quantity in stock.
    available: Quantity,
    unit_cost: Option<Rupiah>,
    /// How a shortage was allocated over the orders that are not handed over; empty if there was none.
    #[schema(max_items = 100_000)]
    allocations: Vec<AllocationView>,
    /// Version; incremented with every change.
    version: Version,
}

/// What a shortage leaves to one line of an order.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AllocationView {
    order: OrderId,
    line: LineId,
    /// The line's claim on the batch before.
    before: Quantity,
    /// The claimed quantity after.
    quantity: Quantity,
}

impl From<&Allocation> for AllocationView {
    fn from(allocation: &Allocation) -> Self {
        AllocationView {
            order: allocation.order,
            line: allocation.line,
            before: allocation.before,
            quantity: allocation.quantity,
        }
    }
}

impl From<&BatchOutcome> for BatchFigures {
    fn from(BatchOutcome { batch, allocations }: &BatchOutcome) -> Self {
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

/// Checks that the caller is an officer of the group that makes this batch.
async fn permit(state: &AppState, officer: &Officer, id: BatchId) -> Result<GroupPermit, Problem> {
    let group = state.db.read(move |conn| store::find_group_of_batch(conn, id)).await;
    officer.permit(group.map_err(|error: db::Error| Problem::from(error))?.ok_or_else(Problem::not_found)?)
}

/// A transition of a batch.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "extend", "cutoff_at": "2026-11-25T10:00:00Z"}))]
struct TransitionBatch {
    /// The action.
    action: BatchAction,
    /// The new cut-off, for `extend`.
    cutoff_at: Option<Instant>,
}

impl Validate for TransitionBatch {
    fn validate(&self, errors: &mut FieldErrors) {
        let extends = self.action == BatchAction::Extend;
        errors.require(!extends || self.cutoff_at.is_some(), "/cutoff_at", FieldError::Required);
        errors.require(extends || self.cutoff_at.is_none(), "/cutoff_at", FieldError::Unknown);
    }
}

/// Changes the status of a batch: `confirm`, `extend` (once), `fail`, `cancel`, `close`. When it fails or is cancelled,
/// its orders are released and their buyers notified.
#[utoipa::path(
    post, path = "/v1/batches/{id}/transitions",
    params(("Idempotency-Key" = String, Header)),
    responses(
        (status = 200, body = BatchView),
        (status = 409, description = "`batch-has-claims`: some of it is handed over; `transition-invalid`: its state does not allow it"),
    ),
)]
async fn transition_batch(
    state: Data<AppState>,
    officer: Officer,
    id: PathIds<BatchId>,
    key: IdempotencyKey,
    version: IfMatch<Option<i64>>,
    body: Body<TransitionBatch>,
) -> Result<ApiResponse, Problem> {
    let key = key.required()?;
    let permit = permit(&state, &officer, id.0).await?;
    let (now, version) = (state.now(), version.0);
    let TransitionBatch { action, cutoff_at } = body.value;
    key.once(&state.db, now, officer.person.scope(), body.fingerprint, move |tx| {
        let batch = change_batch_status(
            tx,
            now,
            id.0,
            BatchTransition { action, cutoff_at, by: Some(permit.account), version },
        )?;
        Ok::<_, BatchChangeError>(ApiResponse::ok(&BatchView::from(&batch)).with_version(batch.version))
    })
    .await
}

/// Records how much was produced. A shortage is allocated fairly over the orders; a surplus goes into stock.
#[utoipa::path(
    post, path = "/v1/batches/{id}/production",
    params(("Idempotency-Key" = String, Header)),
    responses((status = 200, body = BatchFigures)),
)]
async fn record_production(
    state: Data<AppState>,
    officer: Officer,
    key: IdempotencyKey,
    id: PathIds<BatchId>,
    body: Body<Production>,
) -> Result<ApiResponse, Problem> {
    let key = key.required()?;
    let permit = permit(&state, &officer, id.0).await?;
    let (now, request) = (state.now(), body.value);
    key.once(&state.db, now, officer.person.scope(), body.fingerprint, move |tx| {
        let outcome = produce(tx, now, &permit, id.0, request.made, request.unit_cost)?;
        Ok::<_, BatchChangeError>(ApiResponse::ok(&BatchFigures::from(&outcome)).with_version(outcome.batch.version))
    })
    .await
}

/// Records that a further quantity was discarded. A resulting shortage is allocated fairly over the orders.
#[utoipa::path(
    post, path = "/v1/batches/{id}/discards",
    params(("Idempotency-Key" = String, Header)),
    responses((status = 200, body = BatchFigures)),
)]
async fn record_discard(
    state: Data<AppState>,
    officer: Officer,
    key: IdempotencyKey,
    id: PathIds<BatchId>,
    body: Body<NewDiscard>,
) -> Result<ApiResponse, Problem> {
    let key = key.required()?;
    let permit = permit(&state, &officer, id.0).await?;
    let (now, request) = (state.now(), body.value);
    key.once(&state.db, now, officer.person.scope(), body.fingerprint, move |tx| {
        let outcome = discard(tx, now, &permit, id.0, request.quantity, &request.reason)?;
        Ok::<_, BatchChangeError>(ApiResponse::ok(&BatchFigures::from(&outcome)).with_version(outcome.batch.version))
    })
    .await
}
