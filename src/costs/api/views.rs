//! Response bodies about costs.

use serde::Serialize;
use utoipa::ToSchema;

use crate::costs::ingredient::CostIngredient;
use crate::costs::recipe::Recipe;
use crate::costs::sheet::{CostSheet, PricedLine, SaleTerms};
use crate::kernel::ids::{IngredientId, ProductId};
use crate::kernel::{Day, Quantity, Rupiah, SignedRupiah};

/// An ingredient of a group.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct IngredientView {
    /// The id.
    id: IngredientId,
    /// The name.
    #[schema(max_length = 100, example = "Terigu")]
    name: String,
    /// The unit it is counted in.
    #[schema(max_length = 20, example = "kg")]
    unit: String,
    /// The price of a unit today, in rupiah; null before the first price.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 1_000_000_000, example = 12_000)]
    price: Option<Rupiah>,
    /// The day from which the price is valid.
    price_from: Option<Day>,
}

impl From<CostIngredient> for IngredientView {
    fn from(ingredient: CostIngredient) -> Self {
        IngredientView {
            id: ingredient.id,
            name: ingredient.name,
            unit: ingredient.unit,
            price: ingredient.price.map(|(price, _)| price),
            price_from: ingredient.price.map(|(_, from)| from),
        }
    }
}

/// A price of an ingredient, valid from a day on.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct IngredientPrice {
    /// The day from which the price is valid.
    from: Day,
    /// The price of a unit, in rupiah.
    #[schema(value_type = i64, minimum = 0, maximum = 1_000_000_000, example = 12_000)]
    price: Rupiah,
}

impl IngredientPrice {
    pub(super) fn of((from, price): (Day, Rupiah)) -> Self {
        IngredientPrice { from, price }
    }
}

/// The recipe of a product.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RecipeView {
    /// The quantity that one run yields, in the product's unit.
    yields: Quantity,
    /// The ingredients of one run.
    #[schema(max_items = 50)]
    lines: Vec<RecipeLineView>,
    /// The cost of energy for one run, in rupiah.
    energy: Rupiah,
    /// The cost of packaging for one unit, in rupiah.
    packaging: Rupiah,
    /// The cost of labour for one unit, in rupiah.
    labour: Rupiah,
    /// The fixed cost of a batch, in rupiah.
    fixed: Rupiah,
}

/// The quantity of an ingredient in one run.
#[derive(Debug, Serialize, ToSchema)]
struct RecipeLineView {
    /// The ingredient.
    ingredient: IngredientId,
    /// The quantity, in the ingredient's unit.
    quantity: Quantity,
}

impl From<Recipe> for RecipeView {
    fn from(recipe: Recipe) -> Self {
        let lines = recipe.lines.into_iter();
        RecipeView {
            yields: recipe.yields,
            lines: lines.map(|line| RecipeLineView { ingredient: line.ingredient, quantity: line.quantity }).collect(),
            energy: recipe.energy,
            packaging: recipe.packaging,
            labour: recipe.labour,
            fixed: recipe.fixed,
        }
    }
}

/// The costs of making a quantity of a product.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CostSheetView {
    /// The product.
    product: ProductId,
    /// The quantity of the product.
    quantity: Quantity,
    /// The day whose prices are used.
    on: Day,
    /// The needed ingredients.
    #[schema(max_items = 50)]
    lines: Vec<CostLine>,
    /// The total cost of the ingredients, in rupiah; null while a price is missing, like every amount that depends on it.
    ingredients: Option<Rupiah>,
    /// The cost of energy, in rupiah.
    energy: Rupiah,
    /// The cost of packaging, in rupiah.
    packaging: Rupiah,
    /// The cost of labour, in rupiah.
    labour: Rupiah,
    /// The fixed cost of a batch, in rupiah.
    fixed: Rupiah,
    /// The cash needed before anything is sold: all costs except labour, in rupiah.
    cash: Option<Rupiah>,
    /// The total cost, in rupiah.
    total: Option<Rupiah>,
    /// The cost of a unit, in rupiah. A new batch stores it.
    unit_cost: Option<Rupiah>,
    /// The unit price, in rupiah.
    price: Rupiah,
    /// The cooperative's share of the price, in percent.
    #[schema(minimum = 0, maximum = 100, example = 10)]
    service_percent: u8,
    /// The margin of a unit in rupiah: the price less the cooperative's share and the unit cost. Negative for a loss.
    margin: Option<SignedRupiah>,
    /// The break-even quantity of a batch, a good minimum; null when no quantity covers the costs, or a price is missing.
    break_even: Option<Quantity>,
}

/// A line of a cost sheet.
#[derive(Debug, Serialize, ToSchema)]
struct CostLine {
    /// The ingredient.
    ingredient: IngredientId,
    /// The name.
    #[schema(max_length = 100, example = "Terigu")]
    name: String,
    /// The unit it is counted in.
    #[schema(max_length = 20, example = "kg")]
    unit: String,
    /// The needed quantity, in the ingredient's unit.
    quantity: Quantity,
    /// The price of a unit, in rupiah.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 1_000_000_000, example = 12_000)]
    price: Option<Rupiah>,
    /// The cost of the line, in rupiah.
    cost: Option<Rupiah>,
}

impl From<&PricedLine> for CostLine {
    fn from(line: &PricedLine) -> Self {
        CostLine {
            ingredient: line.ingredient,
            name: line.name.clone(),
            unit: line.unit.clone(),
            quantity: line.quantity,
            price: line.price.map(|(price, _)| price),
            cost: line.cost,
        }
    }
}

impl CostSheetView {
    pub(super) fn of(product: ProductId, on: Day, sheet: &CostSheet, terms: &SaleTerms) -> Self {
        CostSheetView {
            product,
            quantity: sheet.quantity,
            on,
            lines: sheet.lines.iter().map(CostLine::from).collect(),
            ingredients: sheet.ingredient_cost(),
            energy: sheet.energy,
            packaging: sheet.packaging,
            labour: sheet.labour,
            fixed: sheet.fixed,
            cash: sheet.cash_needed(),
            total: sheet.total(),
            unit_cost: sheet.unit_cost(),
            price: terms.price,
            service_percent: terms.service_percent,
            margin: sheet.margin(terms),
            break_even: sheet.break_even(terms),
        }
    }
}
