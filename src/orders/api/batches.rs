//! Transitions, production and discards of batches, with their effects on orders.

use serde::{Deserialize, Serialize};

use crate::cooperatives::{GroupPermit, GroupRef, Officer, load_group_name};
use crate::db::{self, Conn};
use crate::kernel::ids::{BatchId, LineId, OrderId, ProductId};
use crate::kernel::{Day, Instant, Quantity, Rupiah, Version};
use crate::orders::decide::change_batch_status;
use crate::orders::produce::{BatchOutcome, discard, produce};
use crate::orders::shrink::Allocation;
use crate::orders::store;
use crate::supply::{BatchAction, BatchStatus, BatchTransition, BatchView};
use crate::web::{
    ApiResponse, FieldError, FieldErrors, IfMatch, KeyRequired, PathIds, Problem, Routes, Rule, Validate, Write, routes,
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
    group: GroupRef,
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

impl From<Allocation> for AllocationView {
    fn from(Allocation { order, line, before, quantity }: Allocation) -> Self {
        AllocationView { order, line, before, quantity }
    }
}

impl BatchFigures {
    fn load(conn: &mut Conn, BatchOutcome { batch, allocations }: &BatchOutcome) -> db::Result<Self> {
        Ok(BatchFigures {
            id: batch.id,
            product: batch.product_id,
            group: load_group_name(conn, batch.group_id)?,
            status: batch.status,
            ready_on: batch.ready_on,
            capacity: batch.capacity,
            made: batch.made,
            claimed: batch.claimed,
            discarded: batch.discarded,
            available: batch.available(),
            unit_cost: batch.unit_cost,
            allocations: allocations.iter().copied().map(AllocationView::from).collect(),
            version: batch.version,
        })
    }
}

/// The permit of an officer of the group that makes this batch.
fn permit_for(conn: &mut Conn, officer: &Officer, id: BatchId) -> Result<GroupPermit, Problem> {
    officer.permit(store::find_group_of_batch(conn, id)?.ok_or_else(Problem::not_found)?)
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
    responses(
        (status = 200, body = BatchView),
        (status = 409, description = "`batch-has-claims`: some of it is handed over; `transition-invalid`: its state does not allow it"),
    ),
)]
async fn transition_batch(
    call: Write<TransitionBatch, KeyRequired>,
    officer: Officer,
    id: PathIds<BatchId>,
    IfMatch(version): IfMatch<Option<i64>>,
) -> Result<ApiResponse, Problem> {
    call.once(officer.person.idempotency_scope(), move |tx, now, body| {
        let by = Some(permit_for(tx, &officer, id.0)?.account);
        let transition = BatchTransition { action: body.action, cutoff_at: body.cutoff_at, by, version };
        let batch = change_batch_status(tx, now, id.0, transition)?;
        Ok(ApiResponse::ok(&BatchView::load(tx, &batch)?).with_version(batch.version))
    })
    .await
}

/// Records how much was produced. A shortage is allocated fairly over the orders; a surplus goes into stock.
#[utoipa::path(post, path = "/v1/batches/{id}/production", responses((status = 200, body = BatchFigures)))]
async fn record_production(
    call: Write<Production, KeyRequired>,
    officer: Officer,
    id: PathIds<BatchId>,
) -> Result<ApiResponse, Problem> {
    call.once(officer.person.idempotency_scope(), move |tx, now, body| {
        let permit = permit_for(tx, &officer, id.0)?;
        let outcome = produce(tx, now, &permit, id.0, body.made, body.unit_cost)?;
        Ok(ApiResponse::ok(&BatchFigures::load(tx, &outcome)?).with_version(outcome.batch.version))
    })
    .await
}

/// Records that a further quantity was discarded. A resulting shortage is allocated fairly over the orders.
#[utoipa::path(post, path = "/v1/batches/{id}/discards", responses((status = 200, body = BatchFigures)))]
async fn record_discard(
    call: Write<NewDiscard, KeyRequired>,
    officer: Officer,
    id: PathIds<BatchId>,
) -> Result<ApiResponse, Problem> {
    call.once(officer.person.idempotency_scope(), move |tx, now, body| {
        let permit = permit_for(tx, &officer, id.0)?;
        let outcome = discard(tx, now, &permit, id.0, body.quantity, &body.reason)?;
        Ok(ApiResponse::ok(&BatchFigures::load(tx, &outcome)?).with_version(outcome.batch.version))
    })
    .await
}
