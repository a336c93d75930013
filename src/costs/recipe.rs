//! The recipe of a product.

use super::error::CostError;
use super::events::{self, CostEvent};
use super::store;
use crate::catalogue;
use crate::cooperatives::{AccessError, GroupPermit};
use crate::db::Tx;
use crate::kernel::ids::{IngredientId, ProductId};
use crate::kernel::{Instant, Quantity, Rupiah};
use crate::web::{FieldError, FieldErrors, Rule};

/// The ingredients and other costs of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    /// The quantity that one run yields, in the product's unit.
    pub yields: Quantity,
    /// The ingredients of one run.
    pub lines: Vec<RecipeLine>,
    /// The cost of energy for one run, in rupiah.
    pub energy: Rupiah,
    /// The cost of packaging for one unit, in rupiah.
    pub packaging: Rupiah,
    /// The cost of labour for one unit, in rupiah.
    pub labour: Rupiah,
    /// The fixed cost of a batch, such as transport to the market or heating the oven, in rupiah.
    pub fixed: Rupiah,
}

/// The quantity of an ingredient in one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecipeLine {
    /// The ingredient.
    pub ingredient: IngredientId,
    /// The quantity, in the ingredient's unit.
    pub quantity: Quantity,
}

/// Sets the recipe of a product. Existing batches keep their unit costs. The ingredients must belong to the group, each
/// in one line only.
pub fn set_recipe(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    product: ProductId,
    recipe: &Recipe,
) -> Result<(), CostError> {
    catalogue::find_of_any_status(tx, product)?
        .filter(|product| product.group == permit.group)
        .ok_or(AccessError::Hidden)?;
    let group_ingredients = store::list_ingredient_ids(tx, permit.group)?;
    let mut errors = FieldErrors::default();
    for (index, line) in recipe.lines.iter().enumerate() {
        errors.require(
            group_ingredients.contains(&line.ingredient),
            &format!("/lines/{index}/ingredient"),
            FieldError::Unknown,
        );
        let is_duplicate = recipe.lines.iter().take(index).any(|other| other.ingredient == line.ingredient);
        errors.require(!is_duplicate, &format!("/lines/{index}/ingredient"), Rule::Twice);
    }
    if !errors.is_empty() {
        return Err(CostError::Invalid(errors));
    }
    store::set_recipe(tx, now, permit, product, recipe)?;
    let event = CostEvent::RecipeSet { product }.about(product).by(permit.account);
    events::record(tx, now, &event.in_group(permit.cooperative, permit.group))?;
    Ok(())
}
