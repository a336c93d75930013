//! Planning batches, laying goods on the shelf, and changing them: for the officers of its group.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;

use super::views::BatchView;
use super::{batch_of_insider, batch_of_officer, must_see};
use crate::catalogue;
use crate::cooperatives::{Caller, Officer};
use crate::kernel::ids::{BatchId, GroupId, ProductId};
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::supply::store::{self, BatchFilters};
use crate::supply::{Amendment, BatchKind, BatchStatus, Opening, amend, open};
use crate::web::client_ids::{self, ClientId};
use crate::web::{
    ApiResponse, AppState, Body, FieldError, FieldErrors, Idempotency, IfMatch, Page, Paging, Patch, PathIds, Problem,
    Query, Routes, Validate, routes,
};

/// The routes of batches.
pub fn routes() -> Routes {
    routes![list_group_batches, show_batch, open_batch, change_batch]
}

/// A batch to be planned, or goods laid on the shelf.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ready_on": "2026-11-27", "capacity": 120, "minimum": 60}))]
struct OpenBatch {
    /// Its id, when the client makes it.
    id: Option<BatchId>,
    /// The day on which it is ready; may be left out for goods that are made, which are then of today.
    #[schema(value_type = Option<String>, format = Date)]
    ready_on: Option<Day>,
    /// How much there can be at most; may be left out for goods that are made.
    capacity: Option<Quantity>,
    /// How much must be ordered for it to run.
    minimum: Option<Quantity>,
    /// Until when it can be ordered; by the product's lead time when left out.
    cutoff_at: Option<Instant>,
    /// How much was made: then the goods are on the shelf.
    made: Option<Quantity>,
    /// The last day on which it may be sold; by the product's shelf life when left out.
    #[schema(value_type = Option<String>, format = Date)]
    best_before: Option<Day>,
    /// Its own unit price; the product's when left out.
    price: Option<Rupiah>,
    /// What a unit cost to make.
    unit_cost: Option<Rupiah>,
    /// It is made in whole packs of so much only.
    pack_size: Option<Quantity>,
    /// How much of deposits must be in for it to run.
    minimum_deposits: Option<Rupiah>,
    /// A second cut-off, for when it has not reached its minimum by the first.
    extend_to: Option<Instant>,
    /// How much of the price is asked for before work begins, in percent; the product's when left out.
    #[schema(minimum = 0, maximum = 100)]
    deposit_percent: Option<i32>,
}

impl Validate for OpenBatch {
    fn check(&self, errors: &mut FieldErrors) {
        if let Some(percent) = self.deposit_percent {
            errors.range("/deposit_percent", percent.into(), 0..=100);
        }
        price(errors, "/minimum_deposits", self.minimum_deposits);
        price(errors, "/price", self.price);
        price(errors, "/unit_cost", self.unit_cost);
    }
}

fn price(errors: &mut FieldErrors, pointer: &str, price: Option<Rupiah>) {
    if let Some(Rupiah(price)) = price {
        errors.range(pointer, price, 0..=Rupiah::MAX_LINE.0);
    }
}

impl OpenBatch {
    fn opening(&self) -> Opening {
        Opening {
            ready_on: self.ready_on,
            capacity: self.capacity,
            minimum: self.minimum.unwrap_or_default(),
            cutoff_at: self.cutoff_at,
            made: self.made,
            best_before: self.best_before,
            price: self.price,
            unit_cost: self.unit_cost,
            pack_size: self.pack_size,
            minimum_deposits: self.minimum_deposits.unwrap_or(Rupiah::ZERO),
            extend_to: self.extend_to,
            deposit_percent: self.deposit_percent,
        }
    }
}

/// Plans a batch, or lays goods that are made on the shelf.
#[utoipa::path(
    post, path = "/v1/products/{id}/batches", tag = "supply", operation_id = "open_batch",
    params(
        ("id" = ProductId, Path, description = "The product"),
        ("Idempotency-Key" = String, Header),
    ),
    request_body = OpenBatch,
    responses(
        (status = 201, description = "The batch", body = BatchView),
        (status = 200, description = "The batch of this id, which was opened before", body = BatchView),
        (status = 409, description = "`not-on-sale`: the product is no longer sold; or the id is taken"),
    ),
    security(("bearer" = [])),
)]
async fn open_batch(
    state: Data<AppState>,
    officer: Officer,
    path: PathIds<ProductId>,
    key: Idempotency,
    body: Body<OpenBatch>,
) -> Result<ApiResponse, Problem> {
    let (PathIds(product), now, scope) = (path, state.now(), officer.person.scope());
    let (Body { value, fingerprint }, owner) = (body, scope.clone());
    let stamp = fingerprint.clone();
    key.required()?
        .once(&state.db, now, scope, fingerprint, move |tx| {
            let known = catalogue::find_of_any_status(tx, product)?.ok_or_else(Problem::not_found)?;
            let permit = officer.of(known.group)?;
            if let Some(id) = value.id
                && client_ids::reserve_client_id(tx, now, id, &owner, &stamp)? == ClientId::Repeated
            {
                let batch = store::batch(tx, id)?.ok_or_else(Problem::not_found)?;
                return Ok::<_, Problem>(ApiResponse::ok(&BatchView::from(&batch)).version(batch.version));
            }
            let batch = open(tx, now, &permit, product, value.id, &value.opening())?;
            let location = format!("/v1/batches/{}", batch.id);
            Ok(ApiResponse::created(location, &BatchView::from(&batch)).version(batch.version))
        })
        .await
}

/// Which batches to show.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListBatches {
    /// Of this product.
    product: Option<ProductId>,
    /// In this status.
    status: Option<BatchStatus>,
    /// Of this kind.
    kind: Option<BatchKind>,
    /// Ready on this day or later.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Day>,
    /// Ready on this day or earlier.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Day>,
    /// The page behind this cursor.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// Rows on a page.
    #[param(minimum = 1, maximum = 100, example = 20)]
    limit: Option<u32>,
}

/// A group's batches, the latest day first: for its members and the offices of its cooperative.
#[utoipa::path(
    get, path = "/v1/groups/{id}/batches", tag = "supply", operation_id = "list_group_batches",
    params(("id" = GroupId, Path, description = "The group"), ListBatches),
    responses(
        (status = 200, description = "A page of batches", body = Page<BatchView>),
    ),
    security(("bearer" = [])),
)]
async fn list_group_batches(
    state: Data<AppState>,
    caller: Caller,
    path: PathIds<GroupId>,
    request: HttpRequest,
    query: Query<ListBatches>,
) -> Result<ApiResponse, Problem> {
    let (PathIds(group), Query(wanted)) = (path, query);
    let ListBatches { product, status, kind, from, to, cursor, limit } = wanted;
    let filters = BatchFilters { product, status, kind, from, to };
    let list = format!("batches {group} {filters:?}");
    let paging = Paging::<(Day, BatchId)>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let batches = state
        .db
        .read::<_, Problem, _>(move |conn| {
            must_see(conn, &caller, group)?;
            Ok(store::batches_of_group(conn, group, &filters, after, rows)?)
        })
        .await?;
    let page = paging.page(&state.signer, batches, |batch| (batch.ready_on, batch.id), |batch| BatchView::from(&batch));
    Ok(page.answer(request.path(), request.query_string()))
}

/// One batch: for the members of its group and the offices of its cooperative.
#[utoipa::path(
    get, path = "/v1/batches/{id}", tag = "supply", operation_id = "show_batch",
    params(("id" = BatchId, Path, description = "The batch")),
    responses(
        (status = 200, description = "The batch", body = BatchView),
    ),
    security(("bearer" = [])),
)]
async fn show_batch(state: Data<AppState>, caller: Caller, path: PathIds<BatchId>) -> Result<ApiResponse, Problem> {
    let PathIds(id) = path;
    let batch = state.db.read(move |conn| batch_of_insider(conn, &caller, id)).await?;
    Ok(ApiResponse::ok(&BatchView::from(&batch)).version(batch.version))
}

/// What is to be changed of a batch. The cut-off is moved by extending it.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"capacity": 150, "unit_cost": 1600}))]
struct ChangeBatch {
    /// How much there can be at most, while it is not made; never less than is claimed.
    #[serde(default)]
    #[schema(value_type = Option<Quantity>)]
    capacity: Patch<Quantity>,
    /// How much must be ordered for it to run, while that is not decided.
    #[serde(default)]
    #[schema(value_type = Option<Quantity>)]
    minimum: Patch<Quantity>,
    /// How much of deposits must be in for it to run, while that is not decided.
    #[serde(default)]
    #[schema(value_type = Option<Rupiah>)]
    minimum_deposits: Patch<Rupiah>,
    /// A second cut-off, for when it has not reached its minimum by the first.
    #[serde(default)]
    #[schema(value_type = Option<Instant>)]
    extend_to: Patch<Instant>,
    /// The last day on which it may be sold; null when it does not spoil.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    best_before: Patch<Day>,
    /// Its own unit price, for what is ordered from now on; null for the product's.
    #[serde(default)]
    #[schema(value_type = Option<Rupiah>)]
    price: Patch<Rupiah>,
    /// What a unit cost to make.
    #[serde(default)]
    #[schema(value_type = Option<Rupiah>)]
    unit_cost: Patch<Rupiah>,
}

impl Validate for ChangeBatch {
    fn check(&self, errors: &mut FieldErrors) {
        errors.require(!self.capacity.is_null(), "/capacity", FieldError::Required);
        price(errors, "/price", self.price.value().copied());
        price(errors, "/minimum_deposits", self.minimum_deposits.value().copied());
        price(errors, "/unit_cost", self.unit_cost.value().copied());
    }
}

impl ChangeBatch {
    fn amendment(self) -> Amendment {
        Amendment {
            capacity: self.capacity.value().copied(),
            // A minimum that is cleared is none.
            minimum: self.minimum.is_sent().then(|| self.minimum.or(None).unwrap_or_default()),
            minimum_deposits: self
                .minimum_deposits
                .is_sent()
                .then(|| self.minimum_deposits.or(None).unwrap_or_default()),
            extend_to: self.extend_to,
            best_before: self.best_before,
            price: self.price,
            unit_cost: self.unit_cost,
        }
    }
}

/// Changes a batch.
#[utoipa::path(
    patch, path = "/v1/batches/{id}", tag = "supply", operation_id = "change_batch",
    params(
        ("id" = BatchId, Path, description = "The batch"),
    ),
    request_body(content = ChangeBatch, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "The batch as it is now", body = BatchView),
        (status = 409, description = "`batch-too-small`: more is claimed, see `claimed`; `transition-invalid`: its state does not allow it"),
        (status = 428, description = "`If-Match` is missing"),
    ),
    security(("bearer" = [])),
)]
async fn change_batch(
    state: Data<AppState>,
    officer: Officer,
    path: PathIds<BatchId>,
    version: IfMatch,
    body: Body<ChangeBatch>,
) -> Result<ApiResponse, Problem> {
    let (PathIds(id), now, version) = (path, state.now(), version.required()?);
    let amendment = body.value.amendment();
    state
        .db
        .write(move |tx| {
            let (_, permit) = batch_of_officer(tx, &officer, id)?;
            let batch = amend(tx, now, &permit, id, version, amendment.clone())?;
            Ok::<_, Problem>(ApiResponse::ok(&BatchView::from(&batch)).version(batch.version))
        })
        .await
}
