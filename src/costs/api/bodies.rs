//! What clients send about costs.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::costs::ingredient::NewIngredient;
use crate::costs::recipe::{Recipe, RecipeLine};
use crate::kernel::ids::IngredientId;
use crate::kernel::{Day, Quantity, Rupiah};
use crate::web::{FieldError, FieldErrors, Validate};

/// The most that a unit of anything costs, in rupiah.
const DEAREST: i64 = 1_000_000_000;

/// Something that a group makes its goods of.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Terigu", "unit": "kg", "price": 12000}))]
pub(super) struct AddIngredient {
    /// What it is called.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// In what it is counted.
    #[schema(min_length = 1, max_length = 20)]
    unit: String,
    /// What a unit costs today.
    #[schema(value_type = i64, minimum = 0, maximum = 1_000_000_000, example = 12_000)]
    price: Rupiah,
}

impl Validate for AddIngredient {
    fn check(&self, errors: &mut FieldErrors) {
        errors.line("/name", &self.name, 1..=100);
        errors.line("/unit", &self.unit, 1..=20);
        errors.range("/price", self.price.0, 0..=DEAREST);
    }
}

impl AddIngredient {
    pub(super) fn meant(&self, id: IngredientId) -> NewIngredient {
        NewIngredient { id, name: self.name.clone(), unit: self.unit.clone(), price: self.price }
    }
}

/// What a unit of an ingredient costs.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SetIngredientPrice, example = json!({"price": 12500}))]
pub(super) struct SetPrice {
    /// In rupiah.
    #[schema(value_type = i64, minimum = 0, maximum = 1_000_000_000, example = 12_500)]
    pub(super) price: Rupiah,
}

impl Validate for SetPrice {
    fn check(&self, errors: &mut FieldErrors) {
        errors.range("/price", self.price.0, 0..=DEAREST);
    }
}

/// What a product is made of.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "yields": 50, "lines": [{"ingredient": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11", "quantity": 2.5}], "energy": 5000,
    "packaging": 100, "labour": 400, "fixed": 20000,
}))]
pub(super) struct SetRecipe {
    /// How much one run makes, in the product's unit.
    yields: Quantity,
    /// What one run takes of each ingredient.
    #[schema(max_items = 50)]
    lines: Vec<SetRecipeLine>,
    /// What one run takes of gas and electricity, in rupiah.
    #[serde(default)]
    #[schema(value_type = i64, minimum = 0, maximum = 1_000_000_000, example = 5_000)]
    energy: Rupiah,
    /// What the packaging of one unit costs.
    #[serde(default)]
    #[schema(value_type = i64, minimum = 0, maximum = 1_000_000_000, example = 100)]
    packaging: Rupiah,
    /// What the work on one unit is worth.
    #[serde(default)]
    #[schema(value_type = i64, minimum = 0, maximum = 1_000_000_000, example = 400)]
    labour: Rupiah,
    /// What a batch takes however large it is: the way to the market, firing up.
    #[serde(default)]
    #[schema(value_type = i64, minimum = 0, maximum = 1_000_000_000, example = 20_000)]
    fixed: Rupiah,
}

/// What one run takes of an ingredient.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetRecipeLine {
    /// Which, of the group's own.
    ingredient: IngredientId,
    /// How much, in its unit.
    quantity: Quantity,
}

impl Validate for SetRecipe {
    fn check(&self, errors: &mut FieldErrors) {
        let positive =
            || FieldError::Rule { code: "not-positive", id: "Harus lebih dari nol.", en: "Must be more than zero." };
        errors.require(self.yields.is_positive(), "/yields", positive());
        errors.length("/lines", self.lines.len(), 0..=50);
        for (place, line) in self.lines.iter().enumerate() {
            errors.require(line.quantity.is_positive(), &format!("/lines/{place}/quantity"), positive());
        }
        for (pointer, amount) in
            [("/energy", self.energy), ("/packaging", self.packaging), ("/labour", self.labour), ("/fixed", self.fixed)]
        {
            errors.range(pointer, amount.0, 0..=DEAREST);
        }
    }
}

impl SetRecipe {
    pub(super) fn recipe(&self) -> Recipe {
        let line = |line: &SetRecipeLine| RecipeLine { ingredient: line.ingredient, quantity: line.quantity };
        Recipe {
            yields: self.yields,
            lines: self.lines.iter().map(line).collect(),
            energy: self.energy,
            packaging: self.packaging,
            labour: self.labour,
            fixed: self.fixed,
        }
    }
}

/// The sheet of how much, at the prices of which day.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SheetQuery {
    /// How much of the product; one run when it is not said.
    #[param(value_type = Option<String>, max_length = 20, example = "50")]
    #[serde(default, deserialize_with = "quantity")]
    pub(super) quantity: Option<Quantity>,
    /// The prices of this day; of today when it is not said.
    #[param(value_type = Option<String>, format = Date, max_length = 10, example = "2026-11-23")]
    pub(super) on: Option<Day>,
}

/// A quantity in a query, where everything is text.
fn quantity<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Quantity>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(serde::de::Error::custom)
}
