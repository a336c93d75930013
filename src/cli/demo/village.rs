//! The data of the demo's village, from `village.toml`: eight groups and forty products, all invented.

use std::sync::LazyLock;

use chrono::Weekday;
use config::{Config, ConfigError, File, FileFormat};
use serde::Deserialize;

use crate::catalogue::{Allergen, Category, Unit};

/// The seasonal demand class of a group's goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::cli) enum DemandClass {
    /// Made in the morning, eaten the same day.
    Fresh,
    /// Chips and other dry goods.
    Dry,
    /// Palm sugar and ginger drinks.
    Sugar,
    /// Cookies, in demand before Lebaran.
    Cookie,
    /// Fruit and vegetables.
    Fruit,
    /// Eggs and what goes with them.
    Egg,
    /// Batik and other craft.
    Craft,
}

/// A business group.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::cli) struct GroupSpec {
    pub(in crate::cli) name: String,
    pub(in crate::cli) hamlet: String,
    pub(in crate::cli) description: String,
    pub(in crate::cli) class: DemandClass,
    pub(in crate::cli) members: usize,
    /// Orders on an ordinary day, in hundredths.
    pub(in crate::cli) daily_orders: u32,
    /// The usual amount of an order, in rupiah.
    pub(in crate::cli) usual_order: i64,
    pub(in crate::cli) products: Vec<ProductSpec>,
}

/// A product; quantities in whole units.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::cli) struct ProductSpec {
    pub(in crate::cli) name: String,
    pub(in crate::cli) category: Category,
    pub(in crate::cli) unit: Unit,
    pub(in crate::cli) price: i64,
    pub(in crate::cli) lead: u16,
    /// The shelf life in days; 0 when it does not spoil.
    pub(in crate::cli) shelf: u16,
    pub(in crate::cli) minimum: i64,
    /// The made-to-order capacity per day; 0 when it is sold from stock only.
    pub(in crate::cli) capacity: i64,
    pub(in crate::cli) deposit: u8,
    pub(in crate::cli) fried: bool,
    /// The net content of a unit in grams; 0 when it is sold by the piece.
    pub(in crate::cli) grams: i64,
    pub(in crate::cli) composition: Vec<String>,
    pub(in crate::cli) allergens: Vec<Allergen>,
    pub(in crate::cli) description: String,
}

impl Default for ProductSpec {
    fn default() -> Self {
        ProductSpec {
            name: String::new(),
            category: Category::DrySnacks,
            unit: Unit::Pack,
            price: 0,
            lead: 0,
            shelf: 0,
            minimum: 1,
            capacity: 0,
            deposit: 0,
            fried: false,
            grams: 0,
            composition: Vec::new(),
            allergens: Vec::new(),
            description: String::new(),
        }
    }
}

/// A standing order. Without weekdays it is due on every market day.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RegularSpec {
    pub(super) group: usize,
    pub(super) product: usize,
    pub(super) quantity: i64,
    pub(super) at_least: i64,
    #[serde(default)]
    pub(super) weekdays: Vec<Weekday>,
    pub(super) every_weeks: i32,
    #[serde(default)]
    pub(super) requires_confirmation: bool,
    pub(super) note: String,
}

/// A recipe: yield and energy of a run, packaging and labour of a unit, fixed cost of a batch.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecipeSpec {
    pub(super) group: usize,
    pub(super) product: usize,
    pub(super) yields: i64,
    pub(super) energy: i64,
    pub(super) packaging: i64,
    pub(super) labour: i64,
    pub(super) fixed: i64,
    pub(super) ingredients: Vec<IngredientSpec>,
}

/// An ingredient: the price of a unit, and the quantity of a run in thousandths.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IngredientSpec {
    pub(super) name: String,
    pub(super) unit: String,
    pub(super) price: i64,
    pub(super) thousandths: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Village {
    given_names: Vec<String>,
    outlets: Vec<String>,
    groups: Vec<GroupSpec>,
    regulars: Vec<RegularSpec>,
    recipes: Vec<RecipeSpec>,
}

impl Village {
    fn read() -> Result<Village, ConfigError> {
        let file = File::from_str(include_str!("village.toml"), FileFormat::Toml);
        Config::builder().add_source(file).build()?.try_deserialize()
    }
}

#[expect(clippy::expect_used, reason = "the file is part of the program; a test reads it")]
static VILLAGE: LazyLock<Village> = LazyLock::new(|| Village::read().expect("village.toml is valid"));

/// The groups.
pub(in crate::cli) static GROUPS: LazyLock<&[GroupSpec]> = LazyLock::new(|| &VILLAGE.groups);

/// The names of the outlets.
pub(super) static OUTLETS: LazyLock<&[String]> = LazyLock::new(|| &VILLAGE.outlets);

/// The standing orders, each of a different buyer.
pub(super) static REGULARS: LazyLock<&[RegularSpec]> = LazyLock::new(|| &VILLAGE.regulars);

/// The recipes.
pub(super) static RECIPES: LazyLock<&[RecipeSpec]> = LazyLock::new(|| &VILLAGE.recipes);

/// Given names; all people of the demo are called "Contoh" and one of these.
pub(in crate::cli) static GIVEN_NAMES: LazyLock<&[String]> = LazyLock::new(|| &VILLAGE.given_names);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_eight_groups_and_forty_products_with_unique_names() {
        assert_eq!((GROUPS.len(), GIVEN_NAMES.len()), (8, 40));
        let names: std::collections::HashSet<_> =
            GROUPS.iter().flat_map(|group| &group.products).map(|product| &product.name).collect();
        assert_eq!(names.len(), 40);
        assert!(
            GROUPS
                .iter()
                .all(|group| group.products.iter().all(|product| product.price > 0 && !product.description.is_empty()))
        );
    }
}
