//! The cost sheet of a quantity of a product, and its break-even quantity.
//!
//! Amounts are calculated as exact fractions and rounded to whole rupiah once, at the end of each line.

use super::ingredient::CostIngredient;
use super::recipe::Recipe;
use crate::kernel::ids::IngredientId;
use crate::kernel::{Day, Quantity, Rupiah, divide_rounding};

/// A line of the sheet: the needed quantity of an ingredient and its cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedLine {
    /// The ingredient.
    pub ingredient: IngredientId,
    /// The ingredient's name.
    pub name: String,
    /// The ingredient's unit.
    pub unit: String,
    /// The needed quantity, rounded up to the thousandth.
    pub quantity: Quantity,
    /// The price of a unit in rupiah and the day from which it is valid.
    pub price: Option<(Rupiah, Day)>,
    /// The cost of the line in rupiah; `None` without a price.
    pub cost: Option<Rupiah>,
}

/// The costs of making a quantity of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostSheet {
    /// The quantity of the product.
    pub quantity: Quantity,
    /// The ingredients.
    pub lines: Vec<PricedLine>,
    /// The cost of energy, in rupiah.
    pub energy: Rupiah,
    /// The cost of packaging, in rupiah.
    pub packaging: Rupiah,
    /// The cost of labour, in rupiah.
    pub labour: Rupiah,
    /// The fixed cost of a batch, in rupiah.
    pub fixed: Rupiah,
    /// The variable cost of one run without packaging and labour, in thousandths of a rupiah; `None` without a price.
    run_cost: Option<i128>,
    recipe: Recipe,
}

/// The terms of sale that margin and break-even depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SaleTerms {
    /// The unit price, in rupiah.
    pub price: Rupiah,
    /// The cooperative's share of the price, in percent.
    pub service_percent: u8,
    /// The quantity step of the product.
    pub step: Quantity,
}

fn to_rupiah(amount: i128) -> Option<Rupiah> {
    i64::try_from(amount).ok().map(Rupiah).filter(|amount| amount.0.abs() <= Rupiah::MAX_SUM.0)
}

fn thousandths(quantity: Quantity) -> i128 {
    i128::from(quantity.as_thousandths())
}

impl CostSheet {
    /// Calculates the sheet of a quantity by a recipe. `None` when an amount is out of bounds or an ingredient is missing
    /// from `ingredients`.
    pub fn calculate(recipe: &Recipe, ingredients: &[CostIngredient], quantity: Quantity) -> Option<CostSheet> {
        let (quantity_thousandths, yields) = (thousandths(quantity), thousandths(recipe.yields));
        let mut lines = Vec::with_capacity(recipe.lines.len());
        let mut run_cost = Some(i128::from(recipe.energy.0).saturating_mul(1000));
        for line in &recipe.lines {
            let ingredient = ingredients.iter().find(|ingredient| ingredient.id == line.ingredient)?;
            let scaled = thousandths(line.quantity).saturating_mul(quantity_thousandths);
            let rounded_up = scaled.saturating_add(yields.saturating_sub(1)).checked_div(yields)?;
            let cost = match ingredient.price {
                Some((price, _)) => {
                    let line_cost = thousandths(line.quantity).saturating_mul(i128::from(price.0));
                    run_cost = run_cost.map(|run_cost| run_cost.saturating_add(line_cost));
                    let exact = line_cost.saturating_mul(quantity_thousandths);
                    Some(to_rupiah(divide_rounding(exact, yields.saturating_mul(1000)))?)
                }
                None => {
                    run_cost = None;
                    None
                }
            };
            lines.push(PricedLine {
                ingredient: ingredient.id,
                name: ingredient.name.clone(),
                unit: ingredient.unit.clone(),
                quantity: Quantity::from_thousandths(i64::try_from(rounded_up).ok()?),
                price: ingredient.price,
                cost,
            });
        }
        let energy = divide_rounding(i128::from(recipe.energy.0).saturating_mul(quantity_thousandths), yields);
        let per_unit = |amount: Rupiah| {
            to_rupiah(divide_rounding(i128::from(amount.0).saturating_mul(quantity_thousandths), 1000))
        };
        Some(CostSheet {
            quantity,
            lines,
            energy: to_rupiah(energy)?,
            packaging: per_unit(recipe.packaging)?,
            labour: per_unit(recipe.labour)?,
            fixed: recipe.fixed,
            run_cost,
            recipe: recipe.clone(),
        })
    }

    /// The total cost of the ingredients; `None` when a price is missing.
    pub fn ingredient_cost(&self) -> Option<Rupiah> {
        let costs: Option<Vec<Rupiah>> = self.lines.iter().map(|line| line.cost).collect();
        Rupiah::sum(costs?).ok()
    }

    /// The cash needed before anything is sold: all costs except labour. `None` when a price is missing.
    pub fn cash_needed(&self) -> Option<Rupiah> {
        Rupiah::sum([self.ingredient_cost()?, self.energy, self.packaging, self.fixed]).ok()
    }

    /// The total cost; `None` when a price is missing.
    pub fn total(&self) -> Option<Rupiah> {
        self.cash_needed()?.plus(self.labour).ok()
    }

    /// The cost of a unit, rounded to whole rupiah; `None` when a price is missing.
    pub fn unit_cost(&self) -> Option<Rupiah> {
        let total = i128::from(self.total()?.0).saturating_mul(1000);
        if self.quantity.is_positive() { to_rupiah(divide_rounding(total, thousandths(self.quantity))) } else { None }
    }

    /// The margin of a unit: the price less the cooperative's share and the unit cost. Negative for a loss.
    pub fn margin(&self, terms: &SaleTerms) -> Option<Rupiah> {
        let service_share = terms.price.percent(terms.service_percent);
        terms.price.minus(service_share).ok()?.minus(self.unit_cost()?).ok()
    }

    /// The smallest quantity whose sale covers the cost of the whole batch; `None` when no quantity does, or when a price is
    /// missing.
    ///
    /// With the price p after the cooperative's share, the variable cost v of a unit and the fixed cost f of a batch: the
    /// smallest q in whole steps with q (p - v) >= f.
    pub fn break_even(&self, terms: &SaleTerms) -> Option<Quantity> {
        let net_percent = 100_i128.saturating_sub(terms.service_percent.into());
        let price = i128::from(terms.price.0).saturating_mul(net_percent);
        let per_unit = i128::from(self.recipe.packaging.plus(self.recipe.labour).ok()?.0).saturating_mul(100);
        let yields = thousandths(self.recipe.yields);
        // The contribution margin of a thousandth of a unit, times 100,000 times the yield of a run.
        let contribution_margin =
            price.saturating_sub(per_unit).saturating_mul(yields).saturating_sub(self.run_cost?.saturating_mul(100));
        if contribution_margin <= 0 {
            return None;
        }
        let fixed = i128::from(self.fixed.0).saturating_mul(100_000).saturating_mul(yields);
        let least = fixed.saturating_add(contribution_margin.saturating_sub(1)).checked_div(contribution_margin)?;
        let least = Quantity::from_thousandths(i64::try_from(least).ok()?);
        Some(least.max(Quantity::from_thousandths(1)).round_up_to(terms.step))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Entropy, Instant};
    use proptest::prelude::*;

    fn ingredient(name: &str, price: Option<i64>) -> CostIngredient {
        let entropy = Entropy::System;
        let now = Instant::EPOCH;
        CostIngredient {
            id: entropy.id(now),
            cooperative: entropy.id(now),
            group: entropy.id(now),
            name: name.to_owned(),
            unit: "kg".to_owned(),
            price: price.map(|price| (Rupiah(price), Day::default())),
        }
    }

    fn recipe(ingredients: &[(CostIngredient, i64)], fixed: i64) -> (Recipe, Vec<CostIngredient>) {
        let lines = ingredients
            .iter()
            .map(|(ingredient, grams)| super::super::RecipeLine {
                ingredient: ingredient.id,
                quantity: Quantity::from_thousandths(*grams),
            })
            .collect();
        let recipe = Recipe {
            yields: Quantity::from_units(50),
            lines,
            energy: Rupiah(5_000),
            packaging: Rupiah(100),
            labour: Rupiah(400),
            fixed: Rupiah(fixed),
        };
        (recipe, ingredients.iter().map(|(ingredient, _)| ingredient.clone()).collect())
    }

    fn terms(price: i64) -> SaleTerms {
        SaleTerms { price: Rupiah(price), service_percent: 10, step: Quantity::from_units(1) }
    }

    #[test]
    fn the_sheet_adds_up_ingredients_and_other_costs() {
        let (recipe, prices) =
            recipe(&[(ingredient("Terigu", Some(12_000)), 2_500), (ingredient("Wortel", Some(9_000)), 1_000)], 20_000);
        let sheet = CostSheet::calculate(&recipe, &prices, Quantity::from_units(50)).unwrap();
        assert_eq!(sheet.ingredient_cost(), Some(Rupiah(39_000)));
        assert_eq!((sheet.energy, sheet.packaging, sheet.labour), (Rupiah(5_000), Rupiah(5_000), Rupiah(20_000)));
        assert_eq!((sheet.cash_needed(), sheet.total()), (Some(Rupiah(69_000)), Some(Rupiah(89_000))));
        assert_eq!((sheet.unit_cost(), sheet.margin(&terms(2_500))), (Some(Rupiah(1_780)), Some(Rupiah(470))));
        // 2,250 less 880 for the run, 100 and 400 leave 870 a piece; 20,000 need 23 of them.
        assert_eq!(sheet.break_even(&terms(2_500)), Some(Quantity::from_units(23)));
        let half = CostSheet::calculate(&recipe, &prices, Quantity::from_units(25)).unwrap();
        assert_eq!(half.lines[0].quantity, Quantity::from_thousandths(1_250));
        assert_eq!(half.unit_cost(), Some(Rupiah(2_180)), "the fixed cost weighs more on a small batch");
    }

    #[test]
    fn a_missing_price_leaves_the_cost_unknown_and_a_price_too_low_has_no_break_even() {
        let (unpriced, prices) = recipe(&[(ingredient("Terigu", None), 2_500)], 0);
        let sheet = CostSheet::calculate(&unpriced, &prices, Quantity::from_units(50)).unwrap();
        assert_eq!((sheet.unit_cost(), sheet.cash_needed(), sheet.break_even(&terms(2_500))), (None, None, None));
        assert_eq!(
            sheet.lines[0].quantity,
            Quantity::from_thousandths(2_500),
            "the needed quantity is known without a price"
        );
        let (dear, prices) = recipe(&[(ingredient("Daging", Some(150_000)), 2_000)], 1_000);
        let sheet = CostSheet::calculate(&dear, &prices, Quantity::from_units(50)).unwrap();
        assert_eq!(sheet.break_even(&terms(2_500)), None);
        assert!(sheet.margin(&terms(2_500)).unwrap() < Rupiah::ZERO);
    }

    proptest! {
        #[test]
        fn a_batch_covers_its_costs_at_the_break_even_and_not_one_step_below(
            grams in 1..5_000_i64, price in 0..100_000_i64, fixed in 0..500_000_i64, sells in 100..50_000_i64,
        ) {
            let (recipe, prices) = recipe(&[(ingredient("Terigu", Some(price)), grams)], fixed);
            let terms = terms(sells);
            let sheet = CostSheet::calculate(&recipe, &prices, Quantity::from_units(1)).unwrap();
            // The rounding of each line may add or remove a rupiah.
            let result = |units: i64| {
                let sheet = CostSheet::calculate(&recipe, &prices, Quantity::from_units(units)).unwrap();
                sells * 90 * units / 100 - sheet.total().unwrap().0
            };
            match sheet.break_even(&terms) {
                Some(quantity) => {
                    let units = quantity.as_thousandths() / 1000;
                    prop_assume!(units < 100_000);
                    prop_assert!(result(units) >= -4, "{units}: {}", result(units));
                    prop_assert!(units == 1 || result(units - 1) < 4, "{units}: {}", result(units - 1));
                }
                None => prop_assert!(result(100_000) < 4 + 100_000 / 50),
            }
        }
    }
}
