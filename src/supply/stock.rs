//! What there is of some products at one moment, read once for several wishes, each of which may take its part.

use std::collections::HashMap;

use uuid::Uuid;

use super::batch::{Batch, BatchKind, BatchStatus};
use super::plan::{ClaimWish, Plan, Source, plan};
use super::{Terms, Unavailable, store};
use crate::db::{self, Conn};
use crate::kernel::ids::{BatchId, Id, ProductId};
use crate::kernel::{Instant, Quantity, Rupiah};

/// What there is of some products, less what wishes have taken of it. Nothing is claimed.
#[derive(Debug)]
pub struct Stock {
    terms: HashMap<ProductId, Terms>,
    batches: HashMap<ProductId, Vec<Batch>>,
}

impl Stock {
    /// What there is of these products now.
    pub fn of(conn: &mut Conn, now: Instant, products: &[ProductId]) -> db::Result<Self> {
        let terms: HashMap<_, _> =
            store::terms_of(conn, now, products)?.into_iter().map(|terms| (terms.product, terms)).collect();
        // The earliest of their days, so that no zone misses a batch of its own today.
        let today = terms.values().map(|terms| terms.today(now)).min().unwrap_or(now.utc_day());
        let mut batches: HashMap<ProductId, Vec<Batch>> = HashMap::new();
        for batch in store::live_batches(conn, products, today)? {
            batches.entry(batch.product_id).or_default().push(batch);
        }
        Ok(Stock { terms, batches })
    }

    /// The terms of one of the products, if there is such a product.
    pub fn terms(&self, product: ProductId) -> Option<&Terms> {
        self.terms.get(&product)
    }

    /// How a wish would be met of what is left.
    pub fn plan(&self, now: Instant, wish: &ClaimWish) -> Result<Plan, Unavailable> {
        let batches = self.batches.get(&wish.terms.product).map_or(&[] as &[Batch], Vec::as_slice);
        let mut plan = plan(batches, now, wish)?;
        for (source, _) in &mut plan.parts {
            if *source == Source::Batch(yet_to_be()) {
                *source = Source::Promise;
            }
        }
        Ok(plan)
    }

    /// Takes what a plan needs, so that the next wish is planned without it.
    pub fn take(&mut self, now: Instant, product: ProductId, plan: &Plan) {
        let Some(terms) = self.terms.get(&product) else { return };
        let batches = self.batches.entry(product).or_default();
        for (source, quantity) in &plan.parts {
            let id = match source {
                Source::Batch(id) => *id,
                Source::Promise => yet_to_be(),
            };
            let same = |batch: &&mut Batch| batch.id == id && (id != yet_to_be() || batch.ready_on == plan.ready_on);
            match batches.iter_mut().find(same) {
                Some(batch) => batch.claimed = batch.claimed.plus(*quantity),
                None => batches.push(promised(terms, plan, *quantity, now)),
            }
        }
    }
}

/// The id of a batch that comes into being only when it is claimed.
fn yet_to_be() -> BatchId {
    BatchId::from_uuid(Uuid::nil())
}

/// The day's promise, of which so much is taken, as the batch that it will be.
fn promised(terms: &Terms, plan: &Plan, claimed: Quantity, now: Instant) -> Batch {
    Batch {
        id: yet_to_be(),
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
        extend_to: None,
        deposit_percent: None,
        made_at: None,
        discount_kind: None,
        discount_percent: None,
        discount_starts_at: None,
        discount_ends_at: None,
        discount_floor: None,
    }
}
