//! JSON request bodies of outlets, consignments and counts.

use serde::Deserialize;

use crate::consignment::create_consignment::{MAX_UNIT_PRICE, NewConsignment};
use crate::consignment::outlet::{MAX_CUT_PERCENT, MAX_SETTLE_DAYS, OutletTerms};
use crate::consignment::record_count::{NewCount, NewCountLine};
use crate::kernel::ids::{BatchId, ConsignmentId, GroupId, OutletCountId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Phone, Quantity, Rupiah};
use crate::orders::GoodsDisposition;
use crate::payments::Method;
use crate::web::{FieldErrors, Rule, Validate};

/// Name, contact and terms of an outlet.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Warung Contoh Barokah", "keeper": "Contoh Darmi", "phone": "081200000077",
    "address": "Jl. Raya Gumelar, depan pasar", "cut_percent": 20, "settle_days": 7,
}))]
pub(super) struct OutletBody {
    /// Name; unique in the cooperative.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Name of the shopkeeper.
    #[schema(max_length = 100)]
    keeper: Option<String>,
    /// Mobile number of the shopkeeper.
    phone: Option<Phone>,
    /// Address.
    #[schema(max_length = 300)]
    address: Option<String>,
    /// Commission of the outlet, in percent of the retail price; 0 when it pays a fixed price per unit and sets its own
    /// retail price.
    #[schema(minimum = 0, maximum = 90, example = 20)]
    cut_percent: i32,
    /// Payment term: days after a count.
    #[schema(minimum = 0, maximum = 90, example = 7)]
    settle_days: i32,
    /// Whether the outlet pays for goods damaged there.
    #[serde(default)]
    #[schema(required = false)]
    bears_damage: bool,
    /// Whether goods may be delivered there.
    #[serde(default = "default_active")]
    #[schema(required = false)]
    active: bool,
}

fn default_active() -> bool {
    true
}

impl Validate for OutletBody {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_line("/name", &self.name, 1..=100);
        for (pointer, text, max_length) in [("/keeper", &self.keeper, 100), ("/address", &self.address, 300)] {
            if let Some(text) = text {
                errors.check_line(pointer, text, 0..=max_length);
            }
        }
        errors.check_range("/cut_percent", self.cut_percent.into(), 0..=MAX_CUT_PERCENT);
        errors.check_range("/settle_days", self.settle_days.into(), 0..=MAX_SETTLE_DAYS);
    }
}

impl OutletBody {
    pub(super) fn terms(&self) -> OutletTerms {
        OutletTerms {
            name: self.name.trim().to_owned(),
            keeper: trim_text(self.keeper.as_ref()),
            phone: self.phone.clone(),
            address: trim_text(self.address.as_ref()),
            cut_percent: self.cut_percent,
            settle_days: self.settle_days,
            bears_damage: self.bears_damage,
            active: self.active,
        }
    }
}

fn trim_text(text: Option<&String>) -> Option<String> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Goods to deliver to an outlet.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "batch": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11", "quantity": 20, "consignment_price": 8_000, "received_by": "Contoh Darmi",
}))]
pub(super) struct CreateConsignment {
    /// The batch; it must be made.
    pub(super) batch: BatchId,
    /// Quantity.
    #[schema(example = 20)]
    quantity: Quantity,
    /// Price per unit that the outlet owes, in rupiah. Absent: the regular price less its commission.
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 100_000_000, example = 8_000)]
    consignment_price: Option<Rupiah>,
    /// Name of the person who received the goods.
    #[schema(max_length = 100)]
    received_by: Option<String>,
    /// Note.
    #[schema(max_length = 500)]
    note: Option<String>,
}

impl Validate for CreateConsignment {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.require(self.quantity.is_positive(), "/quantity", Rule::NotPositive);
        if let Some(price) = self.consignment_price {
            errors.check_range("/consignment_price", price.0, 1..=MAX_UNIT_PRICE);
        }
        if let Some(name) = &self.received_by {
            errors.check_line("/received_by", name, 0..=100);
        }
        if let Some(note) = &self.note {
            errors.check_text("/note", note, 0..=500);
        }
    }
}

impl CreateConsignment {
    pub(super) fn to_new_consignment(&self, id: ConsignmentId) -> NewConsignment {
        NewConsignment {
            id,
            batch: self.batch,
            quantity: self.quantity,
            consignment_price: self.consignment_price,
            received_by: trim_text(self.received_by.as_ref()),
            note: trim_text(self.note.as_ref()),
        }
    }
}

/// The count of one consignment.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CountLineBody {
    /// The consignment.
    consignment: ConsignmentId,
    /// Quantity left at the outlet. The rest that was neither returned nor damaged counts as sold.
    on_hand: Quantity,
    /// Quantity returned.
    #[serde(default)]
    #[schema(required = false)]
    returned: Quantity,
    /// Quantity damaged.
    #[serde(default)]
    #[schema(required = false)]
    damaged: Quantity,
    /// What happens to returned goods. Absent: they go back on the shelf.
    #[serde(default = "default_goods")]
    #[schema(required = false)]
    goods: GoodsDisposition,
}

fn default_goods() -> GoodsDisposition {
    GoodsDisposition::Shelf
}

/// A count of a group's goods at an outlet.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "group": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11",
    "lines": [{"consignment": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c12", "on_hand": 0, "returned": 6, "damaged": 1}],
}))]
pub(super) struct CreateOutletCount {
    /// The group that owns the goods.
    pub(super) group: GroupId,
    /// One entry per counted consignment.
    #[schema(min_items = 1, max_items = 100)]
    lines: Vec<CountLineBody>,
    /// Note.
    #[schema(max_length = 500)]
    note: Option<String>,
}

impl Validate for CreateOutletCount {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_length("/lines", self.lines.len(), 1..=100);
        if let Some(note) = &self.note {
            errors.check_text("/note", note, 0..=500);
        }
    }
}

impl CreateOutletCount {
    pub(super) fn to_new_count(&self, id: OutletCountId) -> NewCount {
        let line = |line: &CountLineBody| NewCountLine {
            consignment: line.consignment,
            on_hand: line.on_hand,
            returned: line.returned,
            damaged: line.damaged,
            disposition: line.goods,
        };
        NewCount { id, lines: self.lines.iter().map(line).collect(), note: trim_text(self.note.as_ref()) }
    }
}

text_enum! {
    /// The actions on a count.
    OutletCountAction {
        /// Reverse a wrong count: sold goods are on hand again, and the sale is undone.
        Reverse = "reverse",
    }
}

/// A transition of a count.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "reverse"}))]
pub(super) struct TransitionOutletCount {
    /// The action.
    pub(super) action: OutletCountAction,
}

impl Validate for TransitionOutletCount {}

/// A payment of an outlet.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"method": "transfer", "amount": 104_000}))]
pub(super) struct PayOutlet {
    /// Payment method.
    pub(super) method: Method,
    /// Amount, in rupiah.
    pub(super) amount: Rupiah,
}

impl Validate for PayOutlet {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_range("/amount", self.amount.0, 1..=1_000_000_000_000);
    }
}
