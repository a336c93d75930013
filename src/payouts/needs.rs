//! What coming batches need before anything of them is sold, and what of it buyers have paid already.

use std::collections::BTreeMap;

use super::error::CapitalError;
use super::store;
use crate::costs::{self, PricedLine, Sheet};
use crate::db::Conn;
use crate::kernel::ids::{BatchId, GroupId, IngredientId, ProductId};
use crate::kernel::{Day, Quantity, Rupiah};

/// A batch that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ToMake {
    pub(super) batch: BatchId,
    pub(super) product: ProductId,
    pub(super) name: String,
    pub(super) ready_on: Day,
    /// How much of it is ordered.
    pub(super) quantity: Quantity,
}

/// What a batch needs, and what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BatchNeeds {
    pub(super) of: ToMake,
    /// The cash that it needs; nothing when its product has no recipe or a price is missing.
    pub(super) cash: Option<Rupiah>,
    /// What buyers have paid for what they have of it.
    pub(super) deposits: Rupiah,
}

/// What a group needs for the batches of some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Needs {
    pub(super) batches: Vec<BatchNeeds>,
    /// Each ingredient once, by name.
    pub(super) ingredients: Vec<PricedLine>,
}

/// What this batch needs.
pub(super) fn of_batch(conn: &mut Conn, of: ToMake) -> Result<BatchNeeds, CapitalError> {
    Ok(with_sheet(conn, of)?.0)
}

/// What this batch needs, and the sheet that it follows from.
fn with_sheet(conn: &mut Conn, of: ToMake) -> Result<(BatchNeeds, Option<Sheet>), CapitalError> {
    let sheet = costs::sheet_of(conn, of.product, of.quantity, of.ready_on)?;
    let deposits = store::deposits_on(conn, of.batch)?;
    Ok((BatchNeeds { cash: sheet.as_ref().and_then(Sheet::cash), deposits, of }, sheet))
}

/// What a group needs for its confirmed batches of these days, both included.
pub(super) fn of_group(conn: &mut Conn, group: GroupId, from: Day, to: Day) -> Result<Needs, CapitalError> {
    let mut ingredients: BTreeMap<IngredientId, PricedLine> = BTreeMap::new();
    let mut batches = Vec::new();
    for of in store::batches_to_make(conn, group, from, to)? {
        let (needs, sheet) = with_sheet(conn, of)?;
        for line in sheet.iter().flat_map(|sheet| &sheet.lines) {
            ingredients
                .entry(line.ingredient)
                .and_modify(|known| {
                    known.quantity = known.quantity.plus(line.quantity);
                    known.cost = known.cost.zip(line.cost).and_then(|(one, other)| one.plus(other).ok());
                })
                .or_insert_with(|| line.clone());
        }
        batches.push(needs);
    }
    let mut ingredients: Vec<PricedLine> = ingredients.into_values().collect();
    ingredients.sort_by(|one, other| one.name.cmp(&other.name).then(one.ingredient.cmp(&other.ingredient)));
    Ok(Needs { batches, ingredients })
}
