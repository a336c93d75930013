//! Recipes and ingredient prices of some products.

use super::today::Today;
use super::village::{IngredientSpec, RECIPES};
use crate::costs::{self, NewIngredient, Recipe, RecipeLine};
use crate::db::Tx;
use crate::kernel::{Quantity, Rupiah};
use crate::web::Problem;

impl Today<'_> {
    /// The groups record their ingredients and recipes.
    pub(super) fn write_recipes(&self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let now = self.at(5 * 60);
        for spec in RECIPES.iter() {
            let (shop, _, permit) = self.shop(spec.group)?;
            let Some(product) = shop.products.get(spec.product).copied() else { continue };
            let mut lines = Vec::new();
            for IngredientSpec { name, unit, price, thousandths } in &spec.ingredients {
                let new_ingredient =
                    NewIngredient { id: tx.id(now), name: name.clone(), unit: unit.clone(), price: Rupiah(*price) };
                let ingredient = costs::add_ingredient(tx, now, &permit, &new_ingredient)?.id;
                lines.push(RecipeLine { ingredient, quantity: Quantity::from_thousandths(*thousandths) });
            }
            let recipe = Recipe {
                yields: Quantity::from_units(spec.yields),
                lines,
                energy: Rupiah(spec.energy),
                packaging: Rupiah(spec.packaging),
                labour: Rupiah(spec.labour),
                fixed: Rupiah(spec.fixed),
            };
            costs::set_recipe(tx, now, &permit, product, &recipe)?;
        }
        Ok(())
    }
}
