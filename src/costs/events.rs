//! Events of costs.

use crate::events::events;
use crate::kernel::ids::{IngredientId, ProductId};
use crate::kernel::{Day, Rupiah};

events! {
    /// What happened to ingredients and recipes.
    CostEvent {
        "ingredient.added" => IngredientAdded { ingredient: IngredientId },
        "ingredient.priced" => IngredientPriced { ingredient: IngredientId, from: Day, price: Rupiah },
        "recipe.set" => RecipeSet { product: ProductId },
    }
}
