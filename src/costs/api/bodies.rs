//! Request bodies and query parameters about costs.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::costs::ingredient::NewIngredient;
use crate::costs::recipe::{Recipe, RecipeLine};
use crate::kernel::ids::IngredientId;
use crate::kernel::{Day, Quantity, Rupiah};
use crate::web::{FieldErrors, Rule, Validate};

/// The highest price or cost that can be set, in rupiah.
const MAX_AMOUNT: i64 = 1_000_000_000;

/// A new ingredient of a group.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Terigu", "unit": "kg", "price": 12000}))]
pub(super) struct AddIngredient {
    /// The name, new in the group.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// The unit it is counted in.
    #[schema(min_length = 1, max_length = 20)]
    unit: String,
    /// The price of a unit today, in rupiah.
    #[schema(value_type = i64, minimum = 0, maximum = 1_000_000_000, example = 12_000)]
    price: Rupiah,
}

impl Validate for AddIngredient {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_line("/name", &self.name, 1..=100);
        errors.check_line("/unit", &self.unit, 1..=20);
        errors.check_range("/price", self.price.0, 0..=MAX_AMOUNT);
    }
}

impl AddIngredient {
    pub(super) fn to_new_ingredient(&self, id: IngredientId) -> NewIngredient {
        NewIngredient { id, name: self.name.clone(), unit: self.unit.clone(), price: self.price }
    }
}

/// The price of a unit of an ingredient.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"price": 12500}))]
pub(super) struct SetPrice {
    /// The price, in rupiah.
    #[schema(value_type = i64, minimum = 0, maximum = 1_000_000_000, example = 12_500)]
    pub(super) price: Rupiah,
}

impl Validate for SetPrice {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_range("/price", self.price.0, 0..=MAX_AMOUNT);
    }
}

/// The recipe of a product.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "yields": 50, "lines": [{"ingredient": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11", "quantity": 2.5}], "energy": 5000,
    "packaging": 100, "labour": 400, "fixed": 20000,
}))]
pub(super) struct SetRecipe {
    /// The quantity that one run yields, in the product's unit.
    yields: Quantity,
    /// The ingredients of one run, each in one line only.
    #[schema(max_items = 50)]
    lines: Vec<SetRecipeLine>,
    /// The cost of energy for one run, in rupiah.
    #[serde(default)]
    #[schema(value_type = i64, minimum = 0, maximum = 1_000_000_000, example = 5_000)]
    energy: Rupiah,
    /// The cost of packaging for one unit, in rupiah.
    #[serde(default)]
    #[schema(value_type = i64, minimum = 0, maximum = 1_000_000_000, example = 100)]
    packaging: Rupiah,
    /// The cost of labour for one unit, in rupiah.
    #[serde(default)]
    #[schema(value_type = i64, minimum = 0, maximum = 1_000_000_000, example = 400)]
    labour: Rupiah,
    /// The fixed cost of a batch, such as transport to the market or heating the oven, in rupiah.
    #[serde(default)]
    #[schema(value_type = i64, minimum = 0, maximum = 1_000_000_000, example = 20_000)]
    fixed: Rupiah,
}

/// The quantity of an ingredient in one run.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetRecipeLine {
    /// An ingredient of the group.
    ingredient: IngredientId,
    /// The quantity, in the ingredient's unit.
    quantity: Quantity,
}

impl Validate for SetRecipe {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.require(self.yields.is_positive(), "/yields", Rule::NotPositive);
        errors.check_length("/lines", self.lines.len(), 0..=50);
        for (index, line) in self.lines.iter().enumerate() {
            errors.require(line.quantity.is_positive(), &format!("/lines/{index}/quantity"), Rule::NotPositive);
        }
        for (pointer, amount) in
            [("/energy", self.energy), ("/packaging", self.packaging), ("/labour", self.labour), ("/fixed", self.fixed)]
        {
            errors.check_range(pointer, amount.0, 0..=MAX_AMOUNT);
        }
    }
}

impl SetRecipe {
    pub(super) fn to_recipe(&self) -> Recipe {
        let to_line = |line: &SetRecipeLine| RecipeLine { ingredient: line.ingredient, quantity: line.quantity };
        Recipe {
            yields: self.yields,
            lines: self.lines.iter().map(to_line).collect(),
            energy: self.energy,
            packaging: self.packaging,
            labour: self.labour,
            fixed: self.fixed,
        }
    }
}

/// The query parameters of a cost sheet.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SheetQuery {
    /// The quantity of the product. Default: the yield of one run.
    #[param(value_type = Option<String>, max_length = 20, example = "50")]
    #[serde(default, deserialize_with = "parse_quantity")]
    pub(super) quantity: Option<Quantity>,
    /// The day whose prices are used. Default: today.
    pub(super) on: Option<Day>,
}

/// Parses a quantity from a query string.
fn parse_quantity<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Quantity>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(serde::de::Error::custom)
}
