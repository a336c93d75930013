//! What clients send about standing orders.

use serde::Deserialize;

use crate::kernel::ids::{ContractId, CooperativeId, ProductId, StandingOrderId};
use crate::kernel::{Day, Quantity, Weekdays};
use crate::orders::DeliveryWish;
use crate::standing_orders::subscribe::{LineWanted, MOST_LINES};
use crate::web::{FieldError, FieldErrors, Patch, Validate};

/// One product that is wanted each time.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StandingLineWish {
    /// Which product.
    pub(super) product: ProductId,
    /// How much.
    #[schema(example = 20)]
    pub(super) quantity: Quantity,
    /// Less than this is of no use; all or nothing when left out.
    #[schema(example = 15)]
    pub(super) at_least: Option<Quantity>,
}

impl From<&StandingLineWish> for LineWanted {
    fn from(line: &StandingLineWish) -> Self {
        LineWanted { product: line.product, quantity: line.quantity, at_least: line.at_least }
    }
}

/// A standing order to be: on weekdays every n weeks, or on every market day.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "cooperative": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11",
    "lines": [{"product": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11", "quantity": 20, "at_least": 15}],
    "weekdays": ["friday"], "delivery": {"kind": "pickup"},
}))]
pub(super) struct MakeStandingOrder {
    /// Its id, when the client makes it.
    #[schema(nullable = false)]
    pub(super) id: Option<StandingOrderId>,
    /// Of which cooperative.
    pub(super) cooperative: CooperativeId,
    /// Under which contract: at its prices, on its weekdays, paid by its monthly invoice.
    pub(super) contract: Option<ContractId>,
    /// What is wanted each time.
    #[schema(min_items = 1, max_items = 20)]
    pub(super) lines: Vec<StandingLineWish>,
    /// On which weekdays.
    pub(super) weekdays: Option<Weekdays>,
    /// Every how many weeks, counted from the week of its first day; 1 when left out.
    #[schema(minimum = 1, maximum = 8)]
    pub(super) every_weeks: Option<i32>,
    /// Instead of weekdays: on every market day of the cooperative.
    pub(super) every_market_day: Option<bool>,
    /// The first day on which it may come round; today when left out.
    #[schema(value_type = Option<String>, format = Date)]
    pub(super) starts_on: Option<Day>,
    /// The last one.
    #[schema(value_type = Option<String>, format = Date)]
    pub(super) ends_on: Option<Day>,
    /// Whether it is confirmed each time: silence then means no.
    pub(super) confirms_first: Option<bool>,
    /// How its goods reach the buyer; fetched when left out.
    pub(super) delivery: Option<DeliveryWish>,
    /// What the buyer wants known.
    #[schema(max_length = 500)]
    pub(super) note: Option<String>,
}

fn check_note(note: Option<&String>, errors: &mut FieldErrors) {
    if let Some(note) = note {
        errors.text("/note", note, 0..=500);
    }
}

impl Validate for MakeStandingOrder {
    fn check(&self, errors: &mut FieldErrors) {
        errors.length("/lines", self.lines.len(), 1..=MOST_LINES);
        check_note(self.note.as_ref(), errors);
        if let Some(delivery) = &self.delivery {
            errors.require(delivery.fee.is_none(), "/delivery/fee", FieldError::Unknown);
        }
    }
}

/// What changes about a standing order, from the next time on that is not too late.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ends_on": "2027-03-31"}))]
pub(super) struct ChangeStandingOrder {
    /// What is wanted each time.
    #[serde(default)]
    #[schema(value_type = Option<Vec<StandingLineWish>>, min_items = 1, max_items = 20)]
    pub(super) lines: Patch<Vec<StandingLineWish>>,
    /// On which weekdays.
    #[serde(default)]
    #[schema(value_type = Option<Weekdays>)]
    pub(super) weekdays: Patch<Weekdays>,
    /// Every how many weeks.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 8)]
    pub(super) every_weeks: Patch<i32>,
    /// The last day on which it may come round; null when it goes on.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub(super) ends_on: Patch<Day>,
    /// Whether it is confirmed each time.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub(super) confirms_first: Patch<bool>,
    /// How its goods reach the buyer.
    #[serde(default)]
    #[schema(value_type = Option<DeliveryWish>)]
    pub(super) delivery: Patch<DeliveryWish>,
    /// What the buyer wants known.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub(super) note: Patch<String>,
}

impl Validate for ChangeStandingOrder {
    fn check(&self, errors: &mut FieldErrors) {
        check_note(self.note.value(), errors);
        let never_null = [
            ("/lines", self.lines.is_null()),
            ("/weekdays", self.weekdays.is_null()),
            ("/every_weeks", self.every_weeks.is_null()),
            ("/confirms_first", self.confirms_first.is_null()),
            ("/delivery", self.delivery.is_null()),
        ];
        for (pointer, is_null) in never_null {
            errors.require(!is_null, pointer, FieldError::Required);
        }
        if let Some(lines) = self.lines.value() {
            errors.length("/lines", lines.len(), 1..=MOST_LINES);
        }
    }
}
