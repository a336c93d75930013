//! JSON request bodies of standing orders.

use serde::Deserialize;

use crate::kernel::ids::{ContractId, CooperativeId, ProductId, StandingOrderId};
use crate::kernel::{Day, Quantity, Weekdays};
use crate::orders::DeliveryChoice;
use crate::standing_orders::create::{MAX_LINES, NewStandingLine, NewStandingOrder};
use crate::standing_orders::update::StandingOrderChange;
use crate::web::{Change, FieldError, FieldErrors, Patch, Validate};

/// A product to order each time.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StandingLineBody {
    /// The product.
    pub(super) product: ProductId,
    /// Quantity.
    #[schema(example = 20)]
    pub(super) quantity: Quantity,
    /// Minimum quantity the buyer accepts. Absent: all or nothing.
    #[schema(example = 15)]
    pub(super) at_least: Option<Quantity>,
}

impl From<&StandingLineBody> for NewStandingLine {
    fn from(line: &StandingLineBody) -> Self {
        NewStandingLine { product: line.product, quantity: line.quantity, at_least: line.at_least }
    }
}

/// A standing order to create: on weekdays every n weeks, or on every market day.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "cooperative": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11",
    "lines": [{"product": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11", "quantity": 20, "at_least": 15}],
    "weekdays": ["friday"], "delivery": {"kind": "pickup"},
}))]
pub(super) struct CreateStandingOrder {
    /// Client-generated id (UUIDv7); the server generates one when absent.
    #[schema(nullable = false)]
    pub(super) id: Option<StandingOrderId>,
    /// The cooperative.
    pub(super) cooperative: CooperativeId,
    /// Contract to order under: at its prices, on its weekdays, paid by its monthly invoice.
    pub(super) contract: Option<ContractId>,
    /// Products to order each time.
    #[schema(min_items = 1, max_items = 20)]
    pub(super) lines: Vec<StandingLineBody>,
    /// Weekdays on which it is due.
    pub(super) weekdays: Option<Weekdays>,
    /// Interval in weeks, counted from the week of `starts_on`. Absent: 1.
    #[schema(minimum = 1, maximum = 8)]
    pub(super) every_weeks: Option<i32>,
    /// Whether it is due on every market day of the cooperative, instead of on weekdays.
    pub(super) every_market_day: Option<bool>,
    /// First day. Absent: today.
    pub(super) starts_on: Option<Day>,
    /// Last day; null: it does not end.
    pub(super) ends_on: Option<Day>,
    /// Whether the buyer confirms each order; unconfirmed orders are cancelled.
    pub(super) confirms_first: Option<bool>,
    /// Delivery. Absent: pickup.
    pub(super) delivery: Option<DeliveryChoice>,
    /// Note for the groups.
    #[schema(max_length = 500)]
    pub(super) note: Option<String>,
}

impl CreateStandingOrder {
    pub(super) fn to_new_standing_order(&self, id: StandingOrderId) -> NewStandingOrder {
        NewStandingOrder {
            id,
            cooperative: self.cooperative,
            contract: self.contract,
            lines: self.lines.iter().map(NewStandingLine::from).collect(),
            every_market_day: self.every_market_day.unwrap_or(false),
            weekdays: self.weekdays.unwrap_or(Weekdays::NONE),
            every_weeks: self.every_weeks.unwrap_or(1),
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            confirms_first: self.confirms_first.unwrap_or(false),
            delivery: self.delivery.clone().unwrap_or_else(DeliveryChoice::pickup),
            note: self.note.as_deref().map(str::trim).filter(|note| !note.is_empty()).map(str::to_owned),
        }
    }
}

fn validate_note(note: Option<&String>, errors: &mut FieldErrors) {
    if let Some(note) = note {
        errors.check_text("/note", note, 0..=500);
    }
}

impl Validate for CreateStandingOrder {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_length("/lines", self.lines.len(), 1..=MAX_LINES);
        validate_note(self.note.as_ref(), errors);
        if let Some(delivery) = &self.delivery {
            errors.require(delivery.fee.is_none(), "/delivery/fee", FieldError::Unknown);
        }
    }
}

/// Changes to a standing order; absent members stay as they are. Orders that can still be cancelled freely are
/// replaced.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ends_on": "2027-03-31"}))]
pub(super) struct UpdateStandingOrder {
    /// Products to order each time.
    #[serde(default)]
    #[schema(value_type = Vec<StandingLineBody>, min_items = 1, max_items = 20)]
    pub(super) lines: Change<Vec<StandingLineBody>>,
    /// Weekdays on which it is due.
    #[serde(default)]
    #[schema(value_type = Weekdays)]
    pub(super) weekdays: Change<Weekdays>,
    /// Interval in weeks, counted from the week of `starts_on`.
    #[serde(default)]
    #[schema(value_type = i32, minimum = 1, maximum = 8)]
    pub(super) every_weeks: Change<i32>,
    /// Last day; null: it does not end.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub(super) ends_on: Patch<Day>,
    /// Whether the buyer confirms each order.
    #[serde(default)]
    #[schema(value_type = bool)]
    pub(super) confirms_first: Change<bool>,
    /// Delivery.
    #[serde(default)]
    #[schema(value_type = DeliveryChoice)]
    pub(super) delivery: Change<DeliveryChoice>,
    /// Note for the groups.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub(super) note: Patch<String>,
}

impl Validate for UpdateStandingOrder {
    fn validate(&self, errors: &mut FieldErrors) {
        validate_note(self.note.value(), errors);
        if let Some(lines) = self.lines.value() {
            errors.check_length("/lines", lines.len(), 1..=MAX_LINES);
        }
    }
}

impl UpdateStandingOrder {
    pub(super) fn to_change(&self) -> StandingOrderChange {
        StandingOrderChange {
            lines: self.lines.value().map(|lines| lines.iter().map(NewStandingLine::from).collect()),
            weekdays: self.weekdays.value().copied(),
            every_weeks: self.every_weeks.value().copied(),
            ends_on: self.ends_on.clone(),
            confirms_first: self.confirms_first.value().copied(),
            delivery: self.delivery.value().cloned(),
            note: self.note.clone(),
        }
    }
}
