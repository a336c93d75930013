//! What clients send about outlets and the goods there.

use serde::Deserialize;

use crate::consignment::count::{Counted, Counting};
use crate::consignment::deliver::{Delivery, MOST_PRICE};
use crate::consignment::outlet::{LONGEST_TERM, MOST_CUT, OutletTerms};
use crate::kernel::ids::{BatchId, ConsignmentId, GroupId, OutletCountId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Phone, Quantity, Rupiah};
use crate::orders::GoodsAfter;
use crate::payments::Method;
use crate::web::{FieldError, FieldErrors, Validate};

/// What is noted of an outlet.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Warung Contoh Barokah", "keeper": "Contoh Darmi", "phone": "081200000077",
    "address": "Jl. Raya Gumelar, depan pasar", "cut_percent": 20, "settle_days": 7,
}))]
pub(super) struct NoteOutlet {
    /// What it is called; each of a cooperative has a name of its own.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Who keeps it.
    #[schema(max_length = 100)]
    keeper: Option<String>,
    /// Their mobile number.
    phone: Option<Phone>,
    /// Where it is.
    #[schema(max_length = 300)]
    address: Option<String>,
    /// What it keeps of the price, in percent; nothing where it owes a price for a unit and adds to it.
    #[schema(minimum = 0, maximum = 90, example = 20)]
    cut_percent: i32,
    /// How many days after a count it pays.
    #[schema(minimum = 0, maximum = 90, example = 7)]
    settle_days: i32,
    /// Whether it pays what is damaged there.
    #[serde(default)]
    #[schema(required = false)]
    bears_damage: bool,
    /// Whether goods are brought there.
    #[serde(default = "yes")]
    #[schema(required = false)]
    active: bool,
}

fn yes() -> bool {
    true
}

impl Validate for NoteOutlet {
    fn check(&self, errors: &mut FieldErrors) {
        errors.line("/name", &self.name, 1..=100);
        for (pointer, text, most) in [("/keeper", &self.keeper, 100), ("/address", &self.address, 300)] {
            if let Some(text) = text {
                errors.line(pointer, text, 0..=most);
            }
        }
        errors.range("/cut_percent", self.cut_percent.into(), 0..=MOST_CUT);
        errors.range("/settle_days", self.settle_days.into(), 0..=LONGEST_TERM);
    }
}

impl NoteOutlet {
    pub(super) fn terms(&self) -> OutletTerms {
        OutletTerms {
            name: self.name.trim().to_owned(),
            keeper: tidy(self.keeper.as_ref()),
            phone: self.phone.clone(),
            address: tidy(self.address.as_ref()),
            cut_percent: self.cut_percent,
            settle_days: self.settle_days,
            bears_damage: self.bears_damage,
            active: self.active,
        }
    }
}

fn tidy(text: Option<&String>) -> Option<String> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Goods that are brought to an outlet.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "batch": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11", "quantity": 20, "consignment_price": 8_000, "received_by": "Contoh Darmi",
}))]
pub(super) struct DeliverConsignment {
    /// Of which batch, which is made.
    batch: BatchId,
    /// How much.
    #[schema(example = 20)]
    quantity: Quantity,
    /// What the outlet owes for a unit; the usual price less its cut when left out.
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 100_000_000, example = 8_000)]
    consignment_price: Option<Rupiah>,
    /// Who took it there.
    #[schema(max_length = 100)]
    received_by: Option<String>,
    /// What is worth remembering.
    #[schema(max_length = 500)]
    note: Option<String>,
}

impl Validate for DeliverConsignment {
    fn check(&self, errors: &mut FieldErrors) {
        errors.require(self.quantity.is_positive(), "/quantity", NOT_POSITIVE);
        if let Some(price) = self.consignment_price {
            errors.range("/consignment_price", price.0, 1..=MOST_PRICE);
        }
        if let Some(name) = &self.received_by {
            errors.line("/received_by", name, 0..=100);
        }
        if let Some(note) = &self.note {
            errors.text("/note", note, 0..=500);
        }
    }
}

impl DeliverConsignment {
    /// Of which batch.
    pub(super) fn batch(&self) -> BatchId {
        self.batch
    }

    pub(super) fn delivery(&self, id: ConsignmentId) -> Delivery {
        Delivery {
            id,
            batch: self.batch,
            quantity: self.quantity,
            consignment_price: self.consignment_price,
            received_by: tidy(self.received_by.as_ref()),
            note: tidy(self.note.as_ref()),
        }
    }
}

/// What was found of a consignment.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CountConsignment {
    /// Of which.
    consignment: ConsignmentId,
    /// What is left there. What is neither there nor given back nor damaged is sold.
    on_hand: Quantity,
    /// What was given back.
    #[serde(default)]
    #[schema(required = false)]
    returned: Quantity,
    /// What was damaged.
    #[serde(default)]
    #[schema(required = false)]
    damaged: Quantity,
    /// What becomes of what was given back: the shelf, when it is not said.
    #[serde(default = "shelf")]
    #[schema(required = false)]
    goods: GoodsAfter,
}

fn shelf() -> GoodsAfter {
    GoodsAfter::Shelf
}

/// A count of a group's goods at an outlet.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "group": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11",
    "lines": [{"consignment": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c12", "on_hand": 0, "returned": 6, "damaged": 1}],
}))]
pub(super) struct CountOutlet {
    /// Whose goods.
    pub(super) group: GroupId,
    /// What was found.
    #[schema(min_items = 1, max_items = 100)]
    lines: Vec<CountConsignment>,
    /// What is worth remembering.
    #[schema(max_length = 500)]
    note: Option<String>,
}

impl Validate for CountOutlet {
    fn check(&self, errors: &mut FieldErrors) {
        errors.length("/lines", self.lines.len(), 1..=100);
        if let Some(note) = &self.note {
            errors.text("/note", note, 0..=500);
        }
    }
}

impl CountOutlet {
    pub(super) fn counting(&self, id: OutletCountId) -> Counting {
        let line = |line: &CountConsignment| Counted {
            consignment: line.consignment,
            on_hand: line.on_hand,
            returned: line.returned,
            damaged: line.damaged,
            goods: line.goods,
        };
        Counting { id, lines: self.lines.iter().map(line).collect(), note: tidy(self.note.as_ref()) }
    }
}

text_enum! {
    /// A step that an officer takes with a count.
    OutletCountAction {
        /// It was wrong: what it found sold is on hand again, and its sale is undone.
        Reverse = "reverse",
    }
}

/// A step of a count.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "reverse"}))]
pub(super) struct StepOutletCount {
    /// Which step.
    pub(super) action: OutletCountAction,
}

impl Validate for StepOutletCount {
    fn check(&self, _: &mut FieldErrors) {}
}

/// What an outlet paid.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"method": "transfer", "amount": 104_000}))]
pub(super) struct PayOutlet {
    /// How the money came.
    pub(super) method: Method,
    /// How much.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000_000_i64, example = 104_000)]
    pub(super) amount: Rupiah,
}

impl Validate for PayOutlet {
    fn check(&self, errors: &mut FieldErrors) {
        errors.range("/amount", self.amount.0, 1..=1_000_000_000_000);
    }
}

const NOT_POSITIVE: FieldError =
    FieldError::Rule { code: "not-positive", id: "Harus lebih dari nol.", en: "Must be more than zero." };
