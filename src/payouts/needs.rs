//! Cash and ingredients that planned batches need, and the deposits for them.

use std::collections::BTreeMap;

use super::error::PayoutError;
use super::store;
use crate::costs::{self, CostSheet, PricedLine};
use crate::db::Conn;
use crate::kernel::ids::{BatchId, GroupId, IngredientId, ProductId};
use crate::kernel::{Day, Quantity, Rupiah};

/// A planned batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PlannedBatch {
    pub(super) batch: BatchId,
    pub(super) product: ProductId,
    pub(super) name: String,
    pub(super) ready_on: Day,
    /// The ordered quantity.
    pub(super) quantity: Quantity,
}

/// The needs of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BatchNeeds {
    pub(super) batch: PlannedBatch,
    /// The cash for its ingredients; `None` without a recipe or with a missing price.
    pub(super) cash: Option<Rupiah>,
    /// The deposits of its buyers.
    pub(super) deposits: Rupiah,
}

/// The needs of a group for the batches of some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Needs {
    pub(super) batches: Vec<BatchNeeds>,
    /// Each ingredient once, by name.
    pub(super) ingredients: Vec<PricedLine>,
}

/// Loads the needs of a batch and the cost sheet that they follow from.
pub(super) fn load_batch_needs(
    conn: &mut Conn,
    batch: PlannedBatch,
) -> Result<(BatchNeeds, Option<CostSheet>), PayoutError> {
    let sheet = costs::calculate_sheet(conn, batch.product, batch.quantity, batch.ready_on)?;
    let deposits = store::sum_deposits(conn, batch.batch)?;
    Ok((BatchNeeds { cash: sheet.as_ref().and_then(CostSheet::cash_needed), deposits, batch }, sheet))
}

/// Loads the needs of a group for its confirmed batches of these days, both included.
pub(super) fn load_group_needs(conn: &mut Conn, group: GroupId, from: Day, to: Day) -> Result<Needs, PayoutError> {
    let mut ingredients: BTreeMap<IngredientId, PricedLine> = BTreeMap::new();
    let mut batches = Vec::new();
    for batch in store::list_planned_batches(conn, group, from, to)? {
        let (needs, sheet) = load_batch_needs(conn, batch)?;
        for line in sheet.iter().flat_map(|sheet| &sheet.lines) {
            ingredients
                .entry(line.ingredient)
                .and_modify(|total| {
                    total.quantity = total.quantity.plus(line.quantity);
                    total.cost = total.cost.zip(line.cost).and_then(|(left, right)| left.plus(right).ok());
                })
                .or_insert_with(|| line.clone());
        }
        batches.push(needs);
    }
    let mut ingredients: Vec<PricedLine> = ingredients.into_values().collect();
    ingredients.sort_by(|left, right| left.name.cmp(&right.name).then(left.ingredient.cmp(&right.ingredient)));
    Ok(Needs { batches, ingredients })
}
