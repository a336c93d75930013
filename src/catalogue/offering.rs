//! The offering: the editable part of a product, with name, price, terms of sale and label.

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

use super::{Category, Label, Unit};
use crate::kernel::{Quantity, Rupiah, Weekdays};
use crate::web::{FieldError, FieldErrors, Rule};

/// A unit price that applies from a quantity on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceTier {
    /// The smallest quantity of an order line with this price.
    pub from: Quantity,
    /// The unit price, in rupiah.
    pub price: Rupiah,
}

/// The editable part of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offering {
    /// The product's name.
    pub name: String,
    /// The description.
    pub description: String,
    /// The category.
    pub category: Category,
    /// The unit it is sold by.
    pub unit: Unit,
    /// The unit price, in rupiah.
    pub price: Rupiah,
    /// Unit prices for larger quantities, by ascending quantity.
    pub price_tiers: Vec<PriceTier>,
    /// The lead time: days from the cut-off to the day on which the goods are ready.
    pub lead_time_days: u16,
    /// The shelf life in days; `None` when the product does not spoil.
    pub shelf_life_days: Option<u16>,
    /// The smallest quantity of an order line.
    pub minimum_quantity: Quantity,
    /// Ordered quantities are multiples of this step.
    pub quantity_step: Quantity,
    /// How much can be made to order for one day; zero when the product is never made to order.
    pub daily_capacity: Quantity,
    /// The weekdays on which the product is made.
    pub made_on: Weekdays,
    /// The local time of the cut-off, on the last day of ordering.
    pub order_by: NaiveTime,
    /// How many days ahead the product can be ordered.
    pub open_days_ahead: u16,
    /// The deposit, in percent of the price.
    pub deposit_percent: u8,
    /// The label data.
    pub label: Label,
}

/// The largest number of price tiers of a product.
pub const MAX_TIERS: usize = 10;
/// The longest lead time and ordering window, in days.
pub const MAX_DAYS_AHEAD: u16 = 60;
/// Ten years, in days.
const MAX_SHELF_LIFE_DAYS: u16 = 3650;

impl Offering {
    /// An offering with default terms: single units from stock, nothing made to order, cut-off at 17:00, orders up to 14
    /// days ahead, no deposit.
    pub fn new(name: impl Into<String>, category: Category, unit: Unit, price: Rupiah) -> Self {
        Offering {
            name: name.into(),
            description: String::new(),
            category,
            unit,
            price,
            price_tiers: Vec::new(),
            lead_time_days: 0,
            shelf_life_days: None,
            minimum_quantity: Quantity::from_units(1),
            quantity_step: Quantity::from_units(1),
            daily_capacity: Quantity::ZERO,
            made_on: Weekdays::ALL,
            order_by: NaiveTime::from_hms_opt(17, 0, 0).unwrap_or_default(),
            open_days_ahead: 14,
            deposit_percent: 0,
            label: Label::default(),
        }
    }

    /// Adds an error for every broken rule, by JSON pointer into the product.
    pub fn validate(&self, errors: &mut FieldErrors) {
        errors.check_line("/name", &self.name, 1..=80);
        errors.require(!crate::kernel::normalize_for_search(&self.name).is_empty(), "/name", Rule::NoLetters);
        errors.check_text("/description", &self.description, 0..=2000);
        errors.check_range("/price", self.price.0, 0..=MAX_PRICE);
        self.check_tiers(errors);
        errors.check_range("/lead_time_days", self.lead_time_days.into(), 0..=MAX_DAYS_AHEAD.into());
        if let Some(days) = self.shelf_life_days {
            errors.check_range("/shelf_life_days", days.into(), 1..=MAX_SHELF_LIFE_DAYS.into());
        }
        errors.require(self.quantity_step.is_positive(), "/quantity_step", Rule::NotPositive);
        errors.require(self.minimum_quantity.is_positive(), "/minimum_quantity", Rule::NotPositive);
        errors.require(self.minimum_quantity.is_multiple_of(self.quantity_step), "/minimum_quantity", Rule::OffStep);
        if !self.unit.is_divisible() {
            errors.require(
                self.quantity_step.is_multiple_of(Quantity::from_units(1)),
                "/quantity_step",
                Rule::NotDivisible,
            );
        }
        errors.require(!self.made_on.is_empty(), "/made_on", FieldError::Required);
        errors.check_range("/open_days_ahead", self.open_days_ahead.into(), 1..=MAX_DAYS_AHEAD.into());
        errors.require(self.open_days_ahead >= self.lead_time_days, "/open_days_ahead", Rule::ClosedBeforeLeadTime);
        errors.check_range("/deposit_percent", self.deposit_percent.into(), 0..=100);
        self.check_label(errors);
    }

    fn check_tiers(&self, errors: &mut FieldErrors) {
        errors.check_length("/price_tiers", self.price_tiers.len(), 0..=MAX_TIERS);
        let mut previous = Quantity::ZERO;
        for (position, tier) in self.price_tiers.iter().enumerate() {
            errors.check_range(&format!("/price_tiers/{position}/price"), tier.price.0, 0..=MAX_PRICE);
            errors.require(tier.from > previous, &format!("/price_tiers/{position}/from"), Rule::NotRising);
            previous = tier.from;
        }
    }

    fn check_label(&self, errors: &mut FieldErrors) {
        let label = &self.label;
        errors.check_length("/label/composition", label.composition.len(), 0..=50);
        for (position, ingredient) in label.composition.iter().enumerate() {
            errors.check_line(&format!("/label/composition/{position}"), ingredient, 1..=80);
        }
        errors.check_length("/label/allergens", label.allergens.len(), 0..=9);
        if let Some(contents) = &label.net_content {
            errors.require(contents.value.is_positive(), "/label/net_content/value", Rule::NotPositive);
        }
        if let Some(storage) = &label.storage {
            errors.check_line("/label/storage", storage, 1..=200);
        }
        if let Some(licence) = &label.licence {
            errors.check_line("/label/licence/number", &licence.number, 1..=40);
        }
        if let Some(number) = &label.halal.number {
            errors.check_line("/label/halal/number", number, 1..=40);
        }
    }

    /// The offering with trimmed texts and deduplicated allergens.
    #[must_use]
    pub fn normalized(mut self) -> Self {
        let trim = |text: &mut String| *text = text.trim().to_owned();
        trim(&mut self.name);
        trim(&mut self.description);
        self.label.composition.iter_mut().for_each(trim);
        self.label.allergens.sort_unstable();
        self.label.allergens.dedup();
        self
    }
}

/// A hundred million rupiah for one unit: a higher price is a typing error.
const MAX_PRICE: i64 = 100_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn is_invalid(edit: impl FnOnce(&mut Offering)) -> bool {
        let mut offering = Offering::new("Pastel sayur", Category::FreshSnacks, Unit::Piece, Rupiah(2500));
        edit(&mut offering);
        let mut errors = FieldErrors::default();
        offering.validate(&mut errors);
        !errors.is_empty()
    }

    #[test]
    fn default_terms_are_valid_and_broken_rules_are_reported() {
        assert!(!is_invalid(|_| {}));
        assert!(is_invalid(|o| o.name = "***".into()));
        assert!(is_invalid(|o| o.name = "a\nb".into()));
        assert!(is_invalid(|o| o.price = Rupiah(-1)));
        assert!(is_invalid(|o| o.quantity_step = Quantity::ZERO));
        assert!(is_invalid(|o| o.quantity_step = Quantity::from_thousandths(500)));
        assert!(!is_invalid(|o| {
            o.unit = Unit::Kilogram;
            o.quantity_step = Quantity::from_thousandths(500);
        }));
        assert!(is_invalid(|o| {
            o.minimum_quantity = Quantity::from_units(30);
            o.quantity_step = Quantity::from_units(20);
        }));
        assert!(is_invalid(|o| o.made_on = Weekdays::NONE));
        assert!(is_invalid(|o| o.lead_time_days = 15));
        let tier = |from, price| PriceTier { from: Quantity::from_units(from), price: Rupiah(price) };
        assert!(!is_invalid(|o| o.price_tiers = vec![tier(50, 2400), tier(100, 2300)]));
        assert!(is_invalid(|o| o.price_tiers = vec![tier(50, 2400), tier(50, 2300)]));
        assert!(is_invalid(|o| o.price_tiers = vec![tier(0, 2400)]));
    }
}
