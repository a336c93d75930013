//! What an officer states about a product: its name, price and the terms on which it can be had.

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

use super::{Category, Label, Unit};
use crate::kernel::{Quantity, Rupiah, Weekdays};
use crate::web::{FieldError, FieldErrors};

/// From this quantity on, this is the price of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceTier {
    /// The least quantity of a line for this price.
    pub from: Quantity,
    /// The price of one unit.
    pub price: Rupiah,
}

/// What an officer states about a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offering {
    /// What it is called.
    pub name: String,
    /// What it is like.
    pub description: String,
    /// What kind of goods it is.
    pub category: Category,
    /// What one of it is.
    pub unit: Unit,
    /// The price of one.
    pub price: Rupiah,
    /// Other prices for larger quantities, by rising quantity.
    pub price_tiers: Vec<PriceTier>,
    /// Days from the order to the goods.
    pub lead_time_days: u16,
    /// Days it keeps; none when it does not spoil.
    pub shelf_life_days: Option<u16>,
    /// The least one can order.
    pub minimum_quantity: Quantity,
    /// Quantities go by this step.
    pub quantity_step: Quantity,
    /// How much can be made to order for one day; nothing when it is never made to order.
    pub daily_capacity: Quantity,
    /// The weekdays it is made.
    pub made_on: Weekdays,
    /// Until when on the last day one may order, on the clock on the wall.
    pub order_by: NaiveTime,
    /// How many days ahead orders are taken.
    pub open_days_ahead: u16,
    /// Percent of the price that is paid ahead.
    pub deposit_percent: u8,
    /// What stands on its label.
    pub label: Label,
}

/// The most price tiers a product has.
pub const MAX_TIERS: usize = 10;
/// The longest lead time, and the furthest day that orders are taken for.
pub const MAX_DAYS_AHEAD: u16 = 60;
/// Ten years: nothing keeps longer.
const MAX_SHELF_LIFE: u16 = 3650;

impl Offering {
    /// An offering on the usual terms: single units from the shelf, none made to order, orders until 17.00 for up
    /// to 14 days ahead, nothing paid ahead.
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
            minimum_quantity: Quantity::units(1),
            quantity_step: Quantity::units(1),
            daily_capacity: Quantity::ZERO,
            made_on: Weekdays::ALL,
            order_by: NaiveTime::from_hms_opt(17, 0, 0).unwrap_or_default(),
            open_days_ahead: 14,
            deposit_percent: 0,
            label: Label::default(),
        }
    }

    /// Notes everything about it that breaks a rule, by the place in a product's JSON.
    pub fn check(&self, errors: &mut FieldErrors) {
        errors.line("/name", &self.name, 1..=80);
        errors.require(!crate::kernel::fold(&self.name).is_empty(), "/name", NO_LETTERS);
        errors.text("/description", &self.description, 0..=2000);
        errors.range("/price", self.price.0, 0..=MAX_PRICE);
        self.check_tiers(errors);
        errors.range("/lead_time_days", self.lead_time_days.into(), 0..=MAX_DAYS_AHEAD.into());
        if let Some(days) = self.shelf_life_days {
            errors.range("/shelf_life_days", days.into(), 1..=MAX_SHELF_LIFE.into());
        }
        errors.require(self.quantity_step.is_positive(), "/quantity_step", MUST_BE_POSITIVE);
        errors.require(self.minimum_quantity.is_positive(), "/minimum_quantity", MUST_BE_POSITIVE);
        errors.require(self.minimum_quantity.is_multiple_of(self.quantity_step), "/minimum_quantity", OFF_STEP);
        if !self.unit.is_divisible() {
            errors.require(self.quantity_step.is_multiple_of(Quantity::units(1)), "/quantity_step", NOT_DIVISIBLE);
        }
        errors.require(!self.made_on.is_empty(), "/made_on", FieldError::Required);
        errors.range("/open_days_ahead", self.open_days_ahead.into(), 1..=MAX_DAYS_AHEAD.into());
        errors.require(self.open_days_ahead >= self.lead_time_days, "/open_days_ahead", CLOSED_BEFORE_LEAD);
        errors.range("/deposit_percent", self.deposit_percent.into(), 0..=100);
        self.check_label(errors);
    }

    fn check_tiers(&self, errors: &mut FieldErrors) {
        errors.length("/price_tiers", self.price_tiers.len(), 0..=MAX_TIERS);
        let mut last = Quantity::ZERO;
        for (position, tier) in self.price_tiers.iter().enumerate() {
            errors.range(&format!("/price_tiers/{position}/price"), tier.price.0, 0..=MAX_PRICE);
            errors.require(tier.from > last, &format!("/price_tiers/{position}/from"), NOT_RISING);
            last = tier.from;
        }
    }

    fn check_label(&self, errors: &mut FieldErrors) {
        let label = &self.label;
        errors.length("/label/composition", label.composition.len(), 0..=50);
        for (position, ingredient) in label.composition.iter().enumerate() {
            errors.line(&format!("/label/composition/{position}"), ingredient, 1..=80);
        }
        errors.length("/label/allergens", label.allergens.len(), 0..=9);
        if let Some(contents) = &label.net_content {
            errors.require(contents.value.is_positive(), "/label/net_content/value", MUST_BE_POSITIVE);
        }
        if let Some(storage) = &label.storage {
            errors.line("/label/storage", storage, 1..=200);
        }
        if let Some(licence) = &label.licence {
            errors.line("/label/licence/number", &licence.number, 1..=40);
        }
        if let Some(number) = &label.halal.number {
            errors.line("/label/halal/number", number, 1..=40);
        }
    }

    /// The same with blanks at the ends of texts gone, and each allergen once.
    #[must_use]
    pub fn tidied(mut self) -> Self {
        let trim = |text: &mut String| *text = text.trim().to_owned();
        trim(&mut self.name);
        trim(&mut self.description);
        self.label.composition.iter_mut().for_each(trim);
        self.label.allergens.sort_unstable();
        self.label.allergens.dedup();
        self
    }
}

/// A hundred million rupiah for one unit: beyond it a finger slipped.
const MAX_PRICE: i64 = 100_000_000;

const MUST_BE_POSITIVE: FieldError =
    FieldError::Rule { code: "not-positive", id: "Harus lebih dari nol.", en: "Must be more than zero." };
const NO_LETTERS: FieldError = FieldError::Rule {
    code: "no-letters",
    id: "Harus berisi huruf atau angka.",
    en: "Must contain letters or digits.",
};
const OFF_STEP: FieldError = FieldError::Rule {
    code: "off-step",
    id: "Harus kelipatan dari langkah jumlah (quantity_step).",
    en: "Must be a multiple of the quantity step.",
};
const NOT_DIVISIBLE: FieldError = FieldError::Rule {
    code: "not-divisible",
    id: "Satuan ini tidak bisa dipecah; pakai bilangan bulat.",
    en: "This unit cannot be divided; use whole numbers.",
};
const NOT_RISING: FieldError = FieldError::Rule {
    code: "not-rising",
    id: "Batas jumlah harus makin besar dari baris ke baris.",
    en: "The quantities must rise from tier to tier.",
};
const CLOSED_BEFORE_LEAD: FieldError = FieldError::Rule {
    code: "closed-before-lead-time",
    id: "Pesanan harus dibuka paling sedikit selama waktu pembuatan.",
    en: "Orders must be open at least as far ahead as the lead time.",
};

#[cfg(test)]
mod tests {
    use super::*;

    fn faulty(change: impl FnOnce(&mut Offering)) -> bool {
        let mut offering = Offering::new("Pastel sayur", Category::FreshSnacks, Unit::Piece, Rupiah(2500));
        change(&mut offering);
        let mut errors = FieldErrors::default();
        offering.check(&mut errors);
        !errors.is_empty()
    }

    #[test]
    fn the_usual_terms_are_sound_and_odd_ones_are_not() {
        assert!(!faulty(|_| {}));
        assert!(faulty(|o| o.name = "***".into()));
        assert!(faulty(|o| o.name = "a\nb".into()));
        assert!(faulty(|o| o.price = Rupiah(-1)));
        assert!(faulty(|o| o.quantity_step = Quantity::ZERO));
        assert!(faulty(|o| o.quantity_step = Quantity::thousandths(500)));
        assert!(!faulty(|o| {
            o.unit = Unit::Kilogram;
            o.quantity_step = Quantity::thousandths(500);
        }));
        assert!(faulty(|o| {
            o.minimum_quantity = Quantity::units(30);
            o.quantity_step = Quantity::units(20);
        }));
        assert!(faulty(|o| o.made_on = Weekdays::NONE));
        assert!(faulty(|o| o.lead_time_days = 15));
        let tier = |from, price| PriceTier { from: Quantity::units(from), price: Rupiah(price) };
        assert!(!faulty(|o| o.price_tiers = vec![tier(50, 2400), tier(100, 2300)]));
        assert!(faulty(|o| o.price_tiers = vec![tier(50, 2400), tier(50, 2300)]));
        assert!(faulty(|o| o.price_tiers = vec![tier(0, 2400)]));
    }
}
