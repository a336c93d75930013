//! Recipes and ingredient prices of some products.

use super::today::Today;
use crate::costs::{self, NewIngredient, Recipe, RecipeLine};
use crate::db::Tx;
use crate::kernel::{Quantity, Rupiah};
use crate::web::Problem;

/// A recipe: indices of group and product, yield of a run, energy of a run, packaging and labour of a unit, fixed cost of
/// a batch, and the ingredients as name, unit, unit price and quantity in thousandths.
struct RecipeSpec {
    group: usize,
    product: usize,
    yields: i64,
    energy: i64,
    packaging: i64,
    labour: i64,
    fixed: i64,
    lines: &'static [(&'static str, &'static str, i64, i64)],
}

const RECIPES: [RecipeSpec; 3] = [
    RecipeSpec {
        group: 0,
        product: 0,
        yields: 50,
        energy: 5_000,
        packaging: 100,
        labour: 400,
        fixed: 10_000,
        lines: &[
            ("Terigu", "kg", 12_000, 1_500),
            ("Wortel dan kentang", "kg", 11_000, 1_500),
            ("Minyak goreng", "L", 18_000, 500),
        ],
    },
    RecipeSpec {
        group: 1,
        product: 0,
        yields: 20,
        energy: 8_000,
        packaging: 700,
        labour: 2_000,
        fixed: 15_000,
        lines: &[("Singkong", "kg", 3_000, 9_000), ("Minyak", "L", 18_000, 2_000), ("Bumbu", "paket", 6_000, 1_000)],
    },
    RecipeSpec {
        group: 3,
        product: 0,
        yields: 24,
        energy: 15_000,
        packaging: 600,
        labour: 2_500,
        fixed: 10_000,
        lines: &[("Nira kelapa", "L", 2_800, 45_000)],
    },
];

impl Today<'_> {
    /// The groups record their ingredients and recipes.
    pub(super) fn write_recipes(&self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let now = self.at(5 * 60);
        for spec in &RECIPES {
            let (shop, _, permit) = self.shop(spec.group)?;
            let Some(product) = shop.products.get(spec.product).copied() else { continue };
            let mut lines = Vec::new();
            for (name, unit, price, thousandths) in spec.lines {
                let new_ingredient = NewIngredient {
                    id: tx.id(now),
                    name: (*name).to_owned(),
                    unit: (*unit).to_owned(),
                    price: Rupiah(*price),
                };
                let ingredient = costs::add_ingredient(tx, now, &permit, &new_ingredient)?.id;
                lines.push(RecipeLine { ingredient, quantity: Quantity::thousandths(*thousandths) });
            }
            let recipe = Recipe {
                yields: Quantity::units(spec.yields),
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
