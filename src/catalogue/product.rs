//! A product, and the calculations on its terms of sale.

use std::ops::Deref;

use chrono::Days;

use super::{Offering, ProductStatus};
use crate::kernel::ids::{CooperativeId, GroupId, ProductId};
use crate::kernel::{Day, Instant, Quantity, Rupiah, Zone};
use crate::web::{FieldError, Rule};

/// A product of a group. Dereferences to its offering: `product.price`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// The id.
    pub id: ProductId,
    /// The cooperative that sells the product.
    pub cooperative: CooperativeId,
    /// The group that makes the product.
    pub group: GroupId,
    /// The name in URLs, unique in the group; it does not change with the name.
    pub slug: String,
    /// The editable part.
    pub offering: Offering,
    /// The status.
    pub status: ProductStatus,
    /// Why the board withdrew the product, if it did.
    pub withdrawn_reason: Option<String>,
    /// When the product was added.
    pub created_at: Instant,
    /// When the product was first published.
    pub published_at: Option<Instant>,
    /// Increments with every change.
    pub version: i64,
    /// The cooperative's share of sales of this product, in percent; `None` for the cooperative's default.
    pub service_percent: Option<u8>,
}

impl Deref for Product {
    type Target = Offering;

    fn deref(&self) -> &Offering {
        &self.offering
    }
}

/// Why a quantity cannot be ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OrderQuantityError {
    /// Less than the product's minimum.
    #[error("less than the minimum of {minimum}")]
    BelowMinimum {
        /// The smallest quantity that can be ordered.
        minimum: Quantity,
    },
    /// Not a multiple of the product's step.
    #[error("not a multiple of {step}")]
    OffStep {
        /// The quantity step.
        step: Quantity,
    },
}

impl From<OrderQuantityError> for FieldError {
    fn from(error: OrderQuantityError) -> Self {
        FieldError::Rule(match error {
            OrderQuantityError::BelowMinimum { .. } => Rule::BelowMinimum,
            OrderQuantityError::OffStep { .. } => Rule::OffStep,
        })
    }
}

impl Product {
    /// The unit price, in rupiah, of an order line with this quantity.
    pub fn price_for(&self, quantity: Quantity) -> Rupiah {
        let tier = self.price_tiers.iter().filter(|tier| tier.from <= quantity).max_by_key(|tier| tier.from);
        tier.map_or(self.price, |tier| tier.price)
    }

    /// Checks a quantity against the product's minimum and step.
    pub fn check_quantity(&self, quantity: Quantity) -> Result<(), OrderQuantityError> {
        if quantity < self.minimum_quantity || !quantity.is_positive() {
            return Err(OrderQuantityError::BelowMinimum { minimum: self.minimum_quantity });
        }
        if !quantity.is_multiple_of(self.quantity_step) {
            return Err(OrderQuantityError::OffStep { step: self.quantity_step });
        }
        Ok(())
    }

    /// The smallest quantity of at least this much that can be ordered.
    pub fn round_up_quantity(&self, quantity: Quantity) -> Quantity {
        quantity.max(self.minimum_quantity).round_up_to(self.quantity_step)
    }

    /// The cut-off of orders for this day.
    pub fn cutoff_for(&self, ready_on: Day, zone: Zone) -> Instant {
        let last_day = ready_on.checked_sub_days(Days::new(self.lead_time_days.into())).unwrap_or(ready_on);
        zone.at(last_day, self.order_by)
    }

    /// The last day on which goods that were ready on this day can be sold; `None` when the product does not spoil.
    pub fn best_before(&self, ready_on: Day) -> Option<Day> {
        self.shelf_life_days.and_then(|days| ready_on.checked_add_days(Days::new(days.into())))
    }

    /// Whether the product is made to order on this weekday, regardless of cut-off and capacity.
    pub fn is_made_to_order_on(&self, day: Day) -> bool {
        self.daily_capacity.is_positive() && self.made_on.contains(day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Category, PriceTier, Unit};
    use crate::kernel::Entropy;
    use proptest::prelude::*;

    fn product(offering: Offering) -> Product {
        let entropy = Entropy::seeded(1);
        Product {
            service_percent: None,
            id: entropy.id(Instant::EPOCH),
            cooperative: entropy.id(Instant::EPOCH),
            group: entropy.id(Instant::EPOCH),
            slug: "pastel-sayur".into(),
            offering,
            status: ProductStatus::Published,
            withdrawn_reason: None,
            created_at: Instant::EPOCH,
            published_at: Some(Instant::EPOCH),
            version: 1,
        }
    }

    fn pastel() -> Product {
        let mut offering = Offering::new("Pastel sayur", Category::FreshSnacks, Unit::Piece, Rupiah(2500));
        offering.minimum_quantity = Quantity::from_units(30);
        offering.quantity_step = Quantity::from_units(10);
        offering.lead_time_days = 2;
        offering.shelf_life_days = Some(1);
        offering.price_tiers = vec![
            PriceTier { from: Quantity::from_units(100), price: Rupiah(2400) },
            PriceTier { from: Quantity::from_units(500), price: Rupiah(2200) },
        ];
        product(offering)
    }

    #[test]
    fn a_larger_order_gets_the_price_of_its_tier() {
        let prices = [30, 99, 100, 499, 500, 5000].map(|units| pastel().price_for(Quantity::from_units(units)).0);
        assert_eq!(prices, [2500, 2500, 2400, 2400, 2200, 2200]);
    }

    #[test]
    fn quantities_respect_minimum_and_step() {
        assert_eq!(pastel().check_quantity(Quantity::from_units(40)), Ok(()));
        let minimum = Quantity::from_units(30);
        for quantity in [Quantity::ZERO, Quantity::from_units(20)] {
            assert_eq!(pastel().check_quantity(quantity), Err(OrderQuantityError::BelowMinimum { minimum }));
        }
        let step = Quantity::from_units(10);
        for quantity in [Quantity::from_units(35), Quantity::from_thousandths(30_001)] {
            assert_eq!(pastel().check_quantity(quantity), Err(OrderQuantityError::OffStep { step }));
        }
    }

    #[test]
    fn the_cutoff_is_the_evening_before_the_lead_time() {
        let cutoff = pastel().cutoff_for("2026-11-26".parse().unwrap(), Zone::Jakarta);
        assert_eq!(cutoff, "2026-11-24T10:00:00Z".parse().unwrap());
        assert_eq!(pastel().best_before("2026-11-26".parse().unwrap()), "2026-11-27".parse().ok());
    }

    proptest! {
        #[test]
        fn the_order_of_the_tiers_does_not_matter_and_the_price_is_one_of_them(
            tiers in prop::collection::vec((1..1000_i64, 1..10_000_i64), 0..8), ordered in 1..2000_i64,
        ) {
            let mut pastel = pastel();
            pastel.offering.price_tiers = tiers
                .iter()
                .map(|(from, price)| PriceTier { from: Quantity::from_units(*from), price: Rupiah(*price) })
                .collect();
            pastel.offering.price_tiers.sort_by_key(|tier| tier.from);
            pastel.offering.price_tiers.dedup_by_key(|tier| tier.from);
            let price = pastel.price_for(Quantity::from_units(ordered));
            prop_assert!(price == pastel.price || pastel.price_tiers.iter().any(|tier| tier.price == price));
            pastel.offering.price_tiers.reverse();
            prop_assert_eq!(pastel.price_for(Quantity::from_units(ordered)), price);
        }
    }
}
