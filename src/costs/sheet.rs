//! What so much of a product costs to make, and from how many on it pays.
//!
//! Everything is counted in whole rupiah over exact fractions, rounded once at the end of each line.

use super::ingredient::Ingredient;
use super::recipe::Recipe;
use crate::kernel::ids::IngredientId;
use crate::kernel::{Day, Quantity, Rupiah, divide_rounding};

/// What is needed of an ingredient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedLine {
    /// Which.
    pub ingredient: IngredientId,
    /// What it is called.
    pub name: String,
    /// In what it is counted.
    pub unit: String,
    /// How much, rounded up to the thousandth.
    pub quantity: Quantity,
    /// What a unit costs, and since when.
    pub price: Option<(Rupiah, Day)>,
    /// What that comes to; nothing when no price is known.
    pub cost: Option<Rupiah>,
}

/// What so much of a product costs to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// How much of the product.
    pub quantity: Quantity,
    /// What is needed of each ingredient.
    pub lines: Vec<PricedLine>,
    /// Gas and electricity.
    pub energy: Rupiah,
    /// Packaging.
    pub packaging: Rupiah,
    /// Work.
    pub labour: Rupiah,
    /// What a batch takes however large it is.
    pub fixed: Rupiah,
    /// What one run costs that grows with the quantity, without packaging and labour, in thousandths of a rupiah.
    run: Option<i128>,
    recipe: Recipe,
}

/// On what terms a product is sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// For how much a unit.
    pub price: Rupiah,
    /// What of that the cooperative keeps, in percent.
    pub service_percent: u8,
    /// The steps in which it is sold.
    pub step: Quantity,
}

fn whole(amount: i128) -> Option<Rupiah> {
    i64::try_from(amount).ok().map(Rupiah).filter(|amount| amount.0.abs() <= Rupiah::MAX_SUM.0)
}

/// A quantity as a number, in thousandths.
fn of(quantity: Quantity) -> i128 {
    i128::from(quantity.in_thousandths())
}

impl Sheet {
    /// The sheet of this much by this recipe, at these prices; nothing when it leaves the bounds.
    pub fn of(recipe: &Recipe, prices: &[Ingredient], quantity: Quantity) -> Option<Sheet> {
        let (wanted, yields) = (of(quantity), of(recipe.yields));
        let mut lines = Vec::with_capacity(recipe.lines.len());
        let mut run = Some(i128::from(recipe.energy.0).saturating_mul(1000));
        for line in &recipe.lines {
            let known = prices.iter().find(|known| known.id == line.ingredient)?;
            let needed = of(line.quantity).saturating_mul(wanted);
            let up = needed.saturating_add(yields.saturating_sub(1)).checked_div(yields)?;
            let cost = match known.price {
                Some((price, _)) => {
                    let of_run = of(line.quantity).saturating_mul(i128::from(price.0));
                    run = run.map(|run| run.saturating_add(of_run));
                    let exact = of_run.saturating_mul(wanted);
                    Some(whole(divide_rounding(exact, yields.saturating_mul(1000)))?)
                }
                None => {
                    run = None;
                    None
                }
            };
            lines.push(PricedLine {
                ingredient: known.id,
                name: known.name.clone(),
                unit: known.unit.clone(),
                quantity: Quantity::thousandths(i64::try_from(up).ok()?),
                price: known.price,
                cost,
            });
        }
        let energy = divide_rounding(i128::from(recipe.energy.0).saturating_mul(wanted), yields);
        let each = |amount: Rupiah| whole(divide_rounding(i128::from(amount.0).saturating_mul(wanted), 1000));
        Some(Sheet {
            quantity,
            lines,
            energy: whole(energy)?,
            packaging: each(recipe.packaging)?,
            labour: each(recipe.labour)?,
            fixed: recipe.fixed,
            run,
            recipe: recipe.clone(),
        })
    }

    /// What the ingredients come to; nothing when a price is missing.
    pub fn ingredients(&self) -> Option<Rupiah> {
        let costs: Option<Vec<Rupiah>> = self.lines.iter().map(|line| line.cost).collect();
        Rupiah::sum(costs?).ok()
    }

    /// What must be paid before anything is sold: all but the members' own work.
    pub fn cash(&self) -> Option<Rupiah> {
        Rupiah::sum([self.ingredients()?, self.energy, self.packaging, self.fixed]).ok()
    }

    /// What all of it costs.
    pub fn total(&self) -> Option<Rupiah> {
        self.cash()?.plus(self.labour).ok()
    }

    /// What a unit of it costs, rounded to whole rupiah.
    pub fn unit_cost(&self) -> Option<Rupiah> {
        let total = i128::from(self.total()?.0).saturating_mul(1000);
        if self.quantity.is_positive() { whole(divide_rounding(total, of(self.quantity))) } else { None }
    }

    /// What of the price of a unit is left when the cooperative and the costs have had theirs; below zero for a loss.
    pub fn margin(&self, terms: &Terms) -> Option<Rupiah> {
        let kept = terms.price.percent(terms.service_percent);
        terms.price.minus(kept).ok()?.minus(self.unit_cost()?).ok()
    }

    /// The least quantity whose sale pays for the whole batch; nothing when no quantity does, or a price is missing.
    ///
    /// With price p after the cooperative's part, v the costs of a unit and f those of a batch: the least q of whole steps
    /// for which q (p - v) is not less than f.
    pub fn break_even(&self, terms: &Terms) -> Option<Quantity> {
        let left = 100_i128.saturating_sub(terms.service_percent.into());
        let price = i128::from(terms.price.0).saturating_mul(left);
        let each = i128::from(self.recipe.packaging.plus(self.recipe.labour).ok()?.0).saturating_mul(100);
        let yields = of(self.recipe.yields);
        // What a thousandth of a unit leaves, times 100,000 times what a run makes.
        let leaves = price.saturating_sub(each).saturating_mul(yields).saturating_sub(self.run?.saturating_mul(100));
        if leaves <= 0 {
            return None;
        }
        let wanted = i128::from(self.fixed.0).saturating_mul(100_000).saturating_mul(yields);
        let least = wanted.saturating_add(leaves.saturating_sub(1)).checked_div(leaves)?;
        let least = Quantity::thousandths(i64::try_from(least).ok()?);
        Some(least.max(Quantity::thousandths(1)).rounded_up_to(terms.step))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Entropy, Instant};
    use proptest::prelude::*;

    fn ingredient(name: &str, price: Option<i64>) -> Ingredient {
        let entropy = Entropy::System;
        let now = Instant::EPOCH;
        Ingredient {
            id: entropy.id(now),
            cooperative: entropy.id(now),
            group: entropy.id(now),
            name: name.to_owned(),
            unit: "kg".to_owned(),
            price: price.map(|price| (Rupiah(price), Day::default())),
        }
    }

    fn recipe(prices: &[(Ingredient, i64)], fixed: i64) -> (Recipe, Vec<Ingredient>) {
        let lines = prices
            .iter()
            .map(|(known, grams)| super::super::RecipeLine {
                ingredient: known.id,
                quantity: Quantity::thousandths(*grams),
            })
            .collect();
        let recipe = Recipe {
            yields: Quantity::units(50),
            lines,
            energy: Rupiah(5_000),
            packaging: Rupiah(100),
            labour: Rupiah(400),
            fixed: Rupiah(fixed),
        };
        (recipe, prices.iter().map(|(known, _)| known.clone()).collect())
    }

    fn terms(price: i64) -> Terms {
        Terms { price: Rupiah(price), service_percent: 10, step: Quantity::units(1) }
    }

    #[test]
    fn fifty_pastel_cost_what_their_ingredients_and_the_rest_cost() {
        let (recipe, prices) =
            recipe(&[(ingredient("Terigu", Some(12_000)), 2_500), (ingredient("Wortel", Some(9_000)), 1_000)], 20_000);
        let sheet = Sheet::of(&recipe, &prices, Quantity::units(50)).unwrap();
        assert_eq!(sheet.ingredients(), Some(Rupiah(39_000)));
        assert_eq!((sheet.energy, sheet.packaging, sheet.labour), (Rupiah(5_000), Rupiah(5_000), Rupiah(20_000)));
        assert_eq!((sheet.cash(), sheet.total()), (Some(Rupiah(69_000)), Some(Rupiah(89_000))));
        assert_eq!((sheet.unit_cost(), sheet.margin(&terms(2_500))), (Some(Rupiah(1_780)), Some(Rupiah(470))));
        // 2,250 less 880 for the run's part, 100 and 400 leave 870 a piece; 20,000 need 23 of them.
        assert_eq!(sheet.break_even(&terms(2_500)), Some(Quantity::units(23)));
        let half = Sheet::of(&recipe, &prices, Quantity::units(25)).unwrap();
        assert_eq!(half.lines[0].quantity, Quantity::thousandths(1_250));
        assert_eq!(half.unit_cost(), Some(Rupiah(2_180)), "a small batch bears more of what it takes in any case");
    }

    #[test]
    fn a_missing_price_leaves_the_cost_unknown_and_a_price_too_low_has_no_break_even() {
        let (unpriced, prices) = recipe(&[(ingredient("Terigu", None), 2_500)], 0);
        let sheet = Sheet::of(&unpriced, &prices, Quantity::units(50)).unwrap();
        assert_eq!((sheet.unit_cost(), sheet.cash(), sheet.break_even(&terms(2_500))), (None, None, None));
        assert_eq!(sheet.lines[0].quantity, Quantity::thousandths(2_500), "what to buy is known all the same");
        let (dear, prices) = recipe(&[(ingredient("Daging", Some(150_000)), 2_000)], 1_000);
        let sheet = Sheet::of(&dear, &prices, Quantity::units(50)).unwrap();
        assert_eq!(sheet.break_even(&terms(2_500)), None);
        assert!(sheet.margin(&terms(2_500)).unwrap() < Rupiah::ZERO);
    }

    proptest! {
        #[test]
        fn at_the_break_even_a_batch_pays_and_one_step_below_it_does_not(
            grams in 1..5_000_i64, price in 0..100_000_i64, fixed in 0..500_000_i64, sells in 100..50_000_i64,
        ) {
            let (recipe, prices) = recipe(&[(ingredient("Terigu", Some(price)), grams)], fixed);
            let terms = terms(sells);
            let sheet = Sheet::of(&recipe, &prices, Quantity::units(1)).unwrap();
            // Rounding of the lines may take or give a rupiah each.
            let result = |units: i64| {
                let sheet = Sheet::of(&recipe, &prices, Quantity::units(units)).unwrap();
                sells * 90 * units / 100 - sheet.total().unwrap().0
            };
            match sheet.break_even(&terms) {
                Some(quantity) => {
                    let units = quantity.in_thousandths() / 1000;
                    prop_assume!(units < 100_000);
                    prop_assert!(result(units) >= -4, "{units}: {}", result(units));
                    prop_assert!(units == 1 || result(units - 1) < 4, "{units}: {}", result(units - 1));
                }
                None => prop_assert!(result(100_000) < 4 + 100_000 / 50),
            }
        }
    }
}
