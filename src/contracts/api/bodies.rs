//! What clients send about contracts.

use serde::Deserialize;

use crate::contracts::contract::ContractAction;
use crate::contracts::propose::{Buyer, MOST_CREDIT, MOST_LINES, MOST_PRICE, NewContract};
use crate::contracts::{ContractOrder, propose::LONGEST_TERM};
use crate::kernel::ids::{AccountId, ContractId, OrderId, ProductId};
use crate::kernel::{Day, Quantity, Rupiah, Weekdays};
use crate::orders::DeliveryWish;
use crate::payments::Method;
use crate::web::{FieldError, FieldErrors, Validate};

/// A product and its agreed price.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AgreedPrice {
    /// Which product.
    product: ProductId,
    /// The price of a unit.
    #[schema(value_type = i64, minimum = 1, maximum = 100_000_000, example = 2_300)]
    unit_price: Rupiah,
}

/// A contract to be. Its buyer is named by the account or by the address or number that the account signs in with.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "contact": "sd.cihonje@contoh.example", "starts_on": "2026-12-01", "ends_on": "2027-05-31",
    "weekdays": ["tuesday", "friday"],
    "lines": [{"product": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11", "unit_price": 2_300}],
    "credit_limit": 3_000_000, "term_days": 14,
}))]
pub(super) struct DrawUpContract {
    /// Its id, when the client makes it.
    #[schema(nullable = false)]
    pub(super) id: Option<ContractId>,
    /// With whom: an account. Either this or `contact`.
    account: Option<AccountId>,
    /// With whom: the e-mail address or mobile number of an account.
    #[schema(min_length = 3, max_length = 254)]
    contact: Option<String>,
    /// The first day for which something is ordered under it.
    #[schema(value_type = String, format = Date)]
    starts_on: Day,
    /// The last one; a year later at most.
    #[schema(value_type = String, format = Date)]
    ends_on: Day,
    /// The weekdays on which there are goods.
    weekdays: Weekdays,
    /// What is sold, and for how much.
    #[schema(min_items = 1, max_items = 50)]
    lines: Vec<AgreedPrice>,
    /// How much may be open: ordered and not paid.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000, example = 3_000_000)]
    credit_limit: Rupiah,
    /// How many days after it is issued an invoice is due.
    #[schema(minimum = 0, maximum = 90, example = 14)]
    term_days: i32,
    /// What both should know.
    #[schema(max_length = 500)]
    note: Option<String>,
}

impl Validate for DrawUpContract {
    fn check(&self, errors: &mut FieldErrors) {
        errors.require(self.account.is_some() != self.contact.is_some(), "/contact", EITHER);
        if let Some(contact) = &self.contact {
            errors.line("/contact", contact, 3..=254);
        }
        errors.length("/lines", self.lines.len(), 1..=MOST_LINES);
        for (place, line) in self.lines.iter().enumerate().take(MOST_LINES) {
            errors.range(&format!("/lines/{place}/unit_price"), line.unit_price.0, 1..=MOST_PRICE);
        }
        errors.range("/credit_limit", self.credit_limit.0, 1..=MOST_CREDIT);
        errors.range("/term_days", self.term_days.into(), 0..=LONGEST_TERM);
        if let Some(note) = &self.note {
            errors.text("/note", note, 0..=500);
        }
    }
}

impl DrawUpContract {
    pub(super) fn drawing(&self, id: ContractId) -> NewContract {
        let buyer = match self.account {
            Some(account) => Buyer::Account(account),
            None => Buyer::Login(self.contact.clone().unwrap_or_default()),
        };
        NewContract {
            id,
            buyer,
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            weekdays: self.weekdays,
            lines: self.lines.iter().map(|line| (line.product, line.unit_price)).collect(),
            credit_limit: self.credit_limit,
            term_days: self.term_days,
            note: tidy(self.note.as_ref()),
        }
    }
}

fn tidy(note: Option<&String>) -> Option<String> {
    note.map(|note| note.trim()).filter(|note| !note.is_empty()).map(str::to_owned)
}

/// A step of a contract.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "accept"}))]
pub(super) struct StepContract {
    /// Which step.
    pub(super) action: ContractAction,
}

impl Validate for StepContract {
    fn check(&self, _: &mut FieldErrors) {}
}

/// One product that is ordered.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CalledOff {
    /// Which product.
    product: ProductId,
    /// How much.
    #[schema(example = 40)]
    quantity: Quantity,
    /// Less than this is of no use; all or nothing when left out.
    #[schema(example = 30)]
    at_least: Option<Quantity>,
}

/// What is ordered under a contract.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "ready_on": "2026-12-04",
    "lines": [{"product": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11", "quantity": 40}],
    "delivery": {"kind": "pickup"}, "expected_total": 92_000,
}))]
pub(super) struct OrderByContract {
    /// The order's id, when the client makes it.
    #[schema(nullable = false)]
    pub(super) id: Option<OrderId>,
    /// For which day.
    #[schema(value_type = String, format = Date)]
    ready_on: Day,
    /// What, and how much.
    #[schema(min_items = 1, max_items = 50)]
    lines: Vec<CalledOff>,
    /// How the goods reach the buyer; fetched when left out.
    delivery: Option<DeliveryWish>,
    /// What the groups should know.
    #[schema(max_length = 500)]
    note: Option<String>,
    /// What the buyer believes it comes to.
    expected_total: Option<Rupiah>,
}

impl Validate for OrderByContract {
    fn check(&self, errors: &mut FieldErrors) {
        errors.length("/lines", self.lines.len(), 1..=MOST_LINES);
        for (place, line) in self.lines.iter().enumerate().take(MOST_LINES) {
            errors.require(line.quantity.is_positive(), &format!("/lines/{place}/quantity"), NOT_POSITIVE);
            let fits = line.at_least.is_none_or(|least| least.is_positive() && least <= line.quantity);
            errors.require(fits, &format!("/lines/{place}/at_least"), AT_LEAST);
            let twice = self.lines.iter().take(place).any(|other| other.product == line.product);
            errors.require(!twice, &format!("/lines/{place}/product"), TWICE);
        }
        if let Some(delivery) = &self.delivery {
            delivery.check(errors);
            errors.require(delivery.fee.is_none(), "/delivery/fee", FieldError::Unknown);
        }
        if let Some(note) = &self.note {
            errors.text("/note", note, 0..=500);
        }
    }
}

impl OrderByContract {
    pub(super) fn calling_off(&self, order: OrderId) -> ContractOrder {
        ContractOrder {
            order,
            ready_on: self.ready_on,
            lines: self.lines.iter().map(|line| (line.product, line.quantity, line.at_least)).collect(),
            delivery: self.delivery.clone().unwrap_or_else(DeliveryWish::pickup),
            note: tidy(self.note.as_ref()),
            expected_total: self.expected_total,
        }
    }
}

/// What was paid for an invoice.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"method": "transfer", "amount": 1_150_000}))]
pub(super) struct PayInvoice {
    /// How the money came.
    pub(super) method: Method,
    /// How much.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000_000_i64, example = 1_150_000)]
    pub(super) amount: Rupiah,
}

impl Validate for PayInvoice {
    fn check(&self, errors: &mut FieldErrors) {
        errors.range("/amount", self.amount.0, 1..=1_000_000_000_000);
    }
}

const EITHER: FieldError = FieldError::Rule {
    code: "either-or",
    id: "Sebutkan akun pembeli, atau alamat surel atau nomor ponselnya.",
    en: "Name the buyer's account, or their e-mail address or mobile number.",
};
const NOT_POSITIVE: FieldError =
    FieldError::Rule { code: "not-positive", id: "Harus lebih dari nol.", en: "Must be more than zero." };
const AT_LEAST: FieldError = FieldError::Rule {
    code: "at-least",
    id: "Harus lebih dari nol dan tidak lebih dari jumlah yang dipesan.",
    en: "Must be more than zero and no more than the quantity.",
};
const TWICE: FieldError = FieldError::Rule {
    code: "line-twice",
    id: "Barang ini sudah ada di baris lain. Gabungkan jumlahnya.",
    en: "This product stands in another line already. Add the quantities up.",
};
