//! A snapshot of the supply of some products, read once for several requests, each of which can reserve its part.

use std::collections::HashMap;

use uuid::Uuid;

use super::batch::{Batch, BatchKind, BatchStatus};
use super::plan::{ClaimRequest, Plan, SupplySource, plan};
use super::{Terms, Unavailable, store};
use crate::db::{self, Conn};
use crate::kernel::ids::{BatchId, Id, ProductId};
use crate::kernel::{Instant, Quantity, Rupiah};

/// The supply of some products, less what [`Stock::reserve`] has reserved in memory. Claims nothing in the database.
#[derive(Debug)]
pub struct Stock {
    terms: HashMap<ProductId, Terms>,
    batches: HashMap<ProductId, Vec<Batch>>,
}

impl Stock {
    /// Loads the terms and batches of these products.
    pub fn load(conn: &mut Conn, now: Instant, products: &[ProductId]) -> db::Result<Self> {
        let terms: HashMap<_, _> =
            store::load_terms(conn, now, products)?.into_iter().map(|terms| (terms.product, terms)).collect();
        // The earliest local day, so that no zone misses a batch of its own today.
        let today = terms.values().map(|terms| terms.today(now)).min().unwrap_or(now.utc_day());
        let mut batches: HashMap<ProductId, Vec<Batch>> = HashMap::new();
        for batch in store::list_current_batches(conn, products, today)? {
            batches.entry(batch.product_id).or_default().push(batch);
        }
        Ok(Stock { terms, batches })
    }

    /// The terms of a product; `None` when it does not exist or was not loaded.
    pub fn terms(&self, product: ProductId) -> Option<&Terms> {
        self.terms.get(&product)
    }

    /// Plans a request from what is left.
    pub fn plan(&self, now: Instant, request: &ClaimRequest) -> Result<Plan, Unavailable> {
        let batches = self.batches.get(&request.terms.product).map_or(&[] as &[Batch], Vec::as_slice);
        let mut plan = plan(batches, now, request)?;
        for (source, _) in &mut plan.sources {
            if *source == SupplySource::Batch(placeholder_id()) {
                *source = SupplySource::MadeToOrder;
            }
        }
        Ok(plan)
    }

    /// Reserves what a plan needs, so that the next request is planned without it.
    pub fn reserve(&mut self, now: Instant, product: ProductId, plan: &Plan) {
        let Some(terms) = self.terms.get(&product) else { return };
        let batches = self.batches.entry(product).or_default();
        for (source, quantity) in &plan.sources {
            let id = match source {
                SupplySource::Batch(id) => *id,
                SupplySource::MadeToOrder => placeholder_id(),
            };
            let is_same =
                |batch: &&mut Batch| batch.id == id && (id != placeholder_id() || batch.ready_on == plan.ready_on);
            match batches.iter_mut().find(is_same) {
                Some(batch) => batch.claimed = batch.claimed.plus(*quantity),
                None => batches.push(placeholder_batch(terms, plan, *quantity, now)),
            }
        }
    }
}

/// The placeholder id of a batch that would be created by its first claim.
fn placeholder_id() -> BatchId {
    BatchId::from_uuid(Uuid::nil())
}

/// The batch that the first claim of a made-to-order day would create, with this much claimed.
fn placeholder_batch(terms: &Terms, plan: &Plan, claimed: Quantity, now: Instant) -> Batch {
    Batch {
        id: placeholder_id(),
        cooperative_id: terms.cooperative,
        group_id: terms.group,
        product_id: terms.product,
        kind: BatchKind::ToOrder,
        status: BatchStatus::Open,
        ready_on: plan.ready_on,
        cutoff_at: Some(terms.cutoff_for(plan.ready_on)),
        best_before: terms.best_before(plan.ready_on),
        capacity: terms.daily_capacity,
        minimum: Quantity::ZERO,
        claimed,
        made: None,
        discarded: Quantity::ZERO,
        price: None,
        unit_cost: None,
        extended: false,
        created_at: now,
        version: 1,
        pack_size: None,
        minimum_deposits: Rupiah::ZERO,
        extends_to: None,
        deposit_percent: None,
        made_at: None,
        discount_kind: None,
        discount_percent: None,
        discount_starts_at: None,
        discount_ends_at: None,
        discount_floor: None,
    }
}
