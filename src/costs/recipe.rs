//! What one run of a product takes.

use super::error::CostError;
use super::store;
use crate::catalogue;
use crate::cooperatives::{AccessError, GroupPermit};
use crate::db::Tx;
use crate::events::{self, Event};
use crate::kernel::ids::{IngredientId, ProductId};
use crate::kernel::{Instant, Quantity, Rupiah};
use crate::web::{FieldError, FieldErrors};

/// What a product is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    /// How much one run makes, in the product's unit.
    pub yields: Quantity,
    /// What one run takes of each ingredient.
    pub lines: Vec<RecipeLine>,
    /// What one run takes of gas and electricity.
    pub energy: Rupiah,
    /// What the packaging of one unit costs.
    pub packaging: Rupiah,
    /// What the work on one unit is worth.
    pub labour: Rupiah,
    /// What a batch takes however large it is: the way to the market, firing up.
    pub fixed: Rupiah,
}

/// What one run takes of an ingredient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecipeLine {
    /// Which.
    pub ingredient: IngredientId,
    /// How much, in its unit.
    pub quantity: Quantity,
}

/// Says what a product is made of. What batches cost that are there already stays as it is.
pub fn set_recipe(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    product: ProductId,
    recipe: &Recipe,
) -> Result<(), CostError> {
    let known = catalogue::find_of_any_status(tx, product)?.filter(|known| known.group == permit.group);
    known.ok_or(AccessError::Hidden)?;
    let own = store::ingredient_ids(tx, permit.group)?;
    let mut errors = FieldErrors::default();
    for (place, line) in recipe.lines.iter().enumerate() {
        errors.require(own.contains(&line.ingredient), &format!("/lines/{place}/ingredient"), FieldError::Unknown);
        let twice = recipe.lines.iter().take(place).any(|other| other.ingredient == line.ingredient);
        errors.require(!twice, &format!("/lines/{place}/ingredient"), TWICE);
    }
    if !errors.is_empty() {
        return Err(CostError::Faulty(errors));
    }
    store::set_recipe(tx, now, permit, product, recipe)?;
    let event = Event::new("recipe.set", product)
        .by(permit.account)
        .in_cooperative(permit.cooperative)
        .of_group(permit.group)
        .with("product", product);
    events::record(tx, now, &event)?;
    Ok(())
}

const TWICE: FieldError =
    FieldError::Rule { code: "twice", id: "Bahan ini disebut dua kali.", en: "This is named twice." };
