//! Costs as clients see them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::costs::ingredient::Ingredient;
use crate::costs::recipe::Recipe;
use crate::costs::sheet::{PricedLine, Sheet, Terms};
use crate::kernel::ids::{IngredientId, ProductId};
use crate::kernel::{Day, Quantity, Rupiah};

/// Something that a group makes its goods of.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CostIngredient)]
pub(super) struct IngredientView {
    /// Its id.
    id: IngredientId,
    /// What it is called.
    #[schema(max_length = 100, example = "Terigu")]
    name: String,
    /// In what it is counted.
    #[schema(max_length = 20, example = "kg")]
    unit: String,
    /// What a unit costs today; null before its first price.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 1_000_000_000, example = 12_000)]
    price: Option<Rupiah>,
    /// Since when.
    #[schema(value_type = Option<String>, format = Date, max_length = 10, example = "2026-11-23")]
    price_from: Option<Day>,
}

impl From<Ingredient> for IngredientView {
    fn from(it: Ingredient) -> Self {
        IngredientView {
            id: it.id,
            name: it.name,
            unit: it.unit,
            price: it.price.map(|(price, _)| price),
            price_from: it.price.map(|(_, from)| from),
        }
    }
}

/// What a unit of an ingredient costs from a day on.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct IngredientPrice {
    /// From which day on.
    #[schema(value_type = String, format = Date, max_length = 10, example = "2026-11-23")]
    from: Day,
    /// In rupiah.
    #[schema(value_type = i64, minimum = 0, maximum = 1_000_000_000, example = 12_000)]
    price: Rupiah,
}

impl IngredientPrice {
    pub(super) fn of((from, price): (Day, Rupiah)) -> Self {
        IngredientPrice { from, price }
    }
}

/// What a product is made of.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RecipeView {
    /// How much one run makes, in the product's unit.
    yields: Quantity,
    /// What one run takes of each ingredient.
    #[schema(max_items = 50)]
    lines: Vec<RecipeLineView>,
    /// What one run takes of gas and electricity, in rupiah.
    energy: Rupiah,
    /// What the packaging of one unit costs.
    packaging: Rupiah,
    /// What the work on one unit is worth.
    labour: Rupiah,
    /// What a batch takes however large it is.
    fixed: Rupiah,
}

/// What one run takes of an ingredient.
#[derive(Debug, Serialize, ToSchema)]
struct RecipeLineView {
    /// Which.
    ingredient: IngredientId,
    /// How much, in its unit.
    quantity: Quantity,
}

impl From<Recipe> for RecipeView {
    fn from(it: Recipe) -> Self {
        let lines = it.lines.into_iter();
        RecipeView {
            yields: it.yields,
            lines: lines.map(|line| RecipeLineView { ingredient: line.ingredient, quantity: line.quantity }).collect(),
            energy: it.energy,
            packaging: it.packaging,
            labour: it.labour,
            fixed: it.fixed,
        }
    }
}

/// What a product costs to make.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CostSheet {
    /// Which product.
    product: ProductId,
    /// How much of it.
    quantity: Quantity,
    /// At the prices of which day.
    #[schema(value_type = String, format = Date, max_length = 10, example = "2026-11-23")]
    on: Day,
    /// What is needed of each ingredient.
    #[schema(max_items = 50)]
    lines: Vec<CostLine>,
    /// What the ingredients come to; null while a price is missing, as all that follows from it.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 39_000)]
    ingredients: Option<Rupiah>,
    /// Gas and electricity.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 5_000)]
    energy: Rupiah,
    /// Packaging.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 5_000)]
    packaging: Rupiah,
    /// Work.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 20_000)]
    labour: Rupiah,
    /// What a batch takes however large it is.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 20_000)]
    fixed: Rupiah,
    /// What must be paid before anything is sold: all but the members' own work.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 69_000)]
    cash: Option<Rupiah>,
    /// What all of it costs.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 89_000)]
    total: Option<Rupiah>,
    /// What a unit of it costs: a batch that is opened keeps it.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 1_780)]
    unit_cost: Option<Rupiah>,
    /// For how much a unit is sold.
    #[schema(value_type = i64, minimum = 0, maximum = 1_000_000_000_000_i64, example = 2_500)]
    price: Rupiah,
    /// What of that the cooperative keeps, in percent.
    #[schema(minimum = 0, maximum = 100, example = 10)]
    service_percent: u8,
    /// What is left of a unit's price when the cooperative and the costs have had theirs; below zero for a loss.
    #[schema(value_type = Option<i64>, minimum = -9_000_000_000_000_000_i64, maximum = 1_000_000_000_000_i64, example = 470)]
    margin: Option<Rupiah>,
    /// From how many on a batch pays: what its minimum should be; null when no quantity pays, or a price is missing.
    break_even: Option<Quantity>,
}

/// What is needed of an ingredient.
#[derive(Debug, Serialize, ToSchema)]
struct CostLine {
    /// Which.
    ingredient: IngredientId,
    /// What it is called.
    #[schema(max_length = 100, example = "Terigu")]
    name: String,
    /// In what it is counted.
    #[schema(max_length = 20, example = "kg")]
    unit: String,
    /// How much.
    quantity: Quantity,
    /// What a unit costs.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 1_000_000_000, example = 12_000)]
    price: Option<Rupiah>,
    /// What that comes to.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 30_000)]
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

impl CostSheet {
    pub(super) fn of(product: ProductId, on: Day, sheet: &Sheet, terms: &Terms) -> Self {
        CostSheet {
            product,
            quantity: sheet.quantity,
            on,
            lines: sheet.lines.iter().map(CostLine::from).collect(),
            ingredients: sheet.ingredients(),
            energy: sheet.energy,
            packaging: sheet.packaging,
            labour: sheet.labour,
            fixed: sheet.fixed,
            cash: sheet.cash(),
            total: sheet.total(),
            unit_cost: sheet.unit_cost(),
            price: terms.price,
            service_percent: terms.service_percent,
            margin: sheet.margin(terms),
            break_even: sheet.break_even(terms),
        }
    }
}
