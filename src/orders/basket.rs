//! Baskets: the input that quotes and orders share.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::delivery::DeliveryChoice;
use crate::kernel::ids::{AccountId, BatchId, CooperativeId, ProductId};
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::web::{FieldErrors, Rule};

/// Maximum number of lines of one order.
pub const MAX_LINES: usize = 50;

/// The lines, delivery and date that a quote or an order is made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basket {
    /// The selling cooperative.
    pub cooperative: CooperativeId,
    /// The ordered products and quantities.
    pub lines: Vec<BasketLine>,
    /// The delivery choice.
    pub delivery: DeliveryChoice,
    /// The day by which the buyer needs the goods.
    pub needed_on: Option<Day>,
    /// Terms agreed with the buyer beforehand.
    pub agreement: AgreedTerms,
}

/// Terms agreed with a buyer beforehand, instead of the public terms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgreedTerms {
    /// Agreed unit prices by product.
    pub prices: BTreeMap<ProductId, Rupiah>,
    /// Payment deadline of an order paid later by invoice; no deposit is due then.
    pub on_account_pay_by: Option<Instant>,
    /// How many days ahead the goods may be ordered, where that is more than the public limit.
    pub days_ahead: i64,
    /// The buyer's account, if known: regular buyers pay no deposit.
    pub buyer: Option<AccountId>,
    /// Sold over the counter: from today's stock, and the minimum order quantity does not apply.
    pub over_the_counter: bool,
}

impl Basket {
    /// A basket on public terms.
    pub fn of(cooperative: CooperativeId, lines: Vec<BasketLine>, delivery: DeliveryChoice) -> Self {
        Basket { cooperative, lines, delivery, needed_on: None, agreement: AgreedTerms::default() }
    }

    /// The same basket for this buyer; `None` for guests.
    pub fn with_buyer(&self, buyer: Option<AccountId>) -> Basket {
        Basket { agreement: AgreedTerms { buyer, ..self.agreement.clone() }, ..self.clone() }
    }

    /// Indexes of the lines in planning and claiming order: by product, so that concurrent orders lock batches in one
    /// order and cannot deadlock, and lines for a fixed day before lines for any day.
    pub fn claiming_order(&self) -> Vec<usize> {
        let mut indexes: Vec<usize> = (0..self.lines.len()).collect();
        indexes.sort_by_key(|index| {
            let line = self.lines.get(*index);
            (line.map(|line| (line.product, line.ready_on.is_none(), line.ready_on)), *index)
        });
        indexes
    }
}

/// One product of a basket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BasketLine {
    /// The product.
    pub product: ProductId,
    /// The day on which the goods are wanted; if absent, the first day on which the whole quantity is available.
    #[serde(default)]
    pub ready_on: Option<Day>,
    /// The batch to claim from; if absent, the batch with the earliest best-before date.
    #[serde(default)]
    pub batch: Option<BatchId>,
    /// Quantity in the product's unit.
    pub quantity: Quantity,
    /// The smallest acceptable quantity; if absent, the whole quantity or nothing.
    #[serde(default)]
    pub at_least: Option<Quantity>,
}

/// Validates the lines alone, without looking up products.
pub fn check_lines(lines: &[BasketLine], errors: &mut FieldErrors) {
    errors.check_length("/lines", lines.len(), 1..=MAX_LINES);
    for (position, line) in lines.iter().enumerate().take(MAX_LINES) {
        let quantity = format!("/lines/{position}/quantity");
        errors.require(line.quantity.is_positive(), &quantity, Rule::NotPositive);
        if let Some(at_least) = line.at_least {
            let is_valid = at_least.is_positive() && at_least <= line.quantity;
            errors.require(is_valid, &format!("/lines/{position}/at_least"), Rule::AtLeastDoesNotFit);
        }
        let is_duplicate = lines
            .iter()
            .take(position)
            .any(|other| other.product == line.product && other.ready_on == line.ready_on && other.batch == line.batch);
        errors.require(!is_duplicate, &format!("/lines/{position}"), Rule::LineTwice);
    }
}
