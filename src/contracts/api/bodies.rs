//! JSON request bodies of contracts and invoices.

use serde::Deserialize;

use crate::contracts::contract::ContractAction;
use crate::contracts::propose::{Buyer, MAX_CREDIT_LIMIT, MAX_LINES, MAX_UNIT_PRICE, NewContract};
use crate::contracts::{ContractOrder, propose::MAX_TERM_DAYS};
use crate::kernel::ids::{AccountId, ContractId, OrderId, ProductId};
use crate::kernel::{Day, Quantity, Rupiah, Weekdays};
use crate::orders::DeliveryChoice;
use crate::payments::Method;
use crate::web::{FieldError, FieldErrors, Rule, Validate};

/// A product and its agreed price.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AgreedPrice {
    /// The product.
    product: ProductId,
    /// Price per unit, in rupiah.
    #[schema(value_type = i64, minimum = 1, maximum = 100_000_000, example = 2_300)]
    unit_price: Rupiah,
}

/// A contract to propose. The buyer is named by account id, or by the e-mail address or mobile number the account signs
/// in with.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "contact": "sd.cihonje@contoh.example", "starts_on": "2026-12-01", "ends_on": "2027-05-31",
    "weekdays": ["tuesday", "friday"],
    "lines": [{"product": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11", "unit_price": 2_300}],
    "credit_limit": 3_000_000, "term_days": 14,
}))]
pub(super) struct ProposeContract {
    /// Client-generated id (UUIDv7); the server generates one when absent.
    #[schema(nullable = false)]
    pub(super) id: Option<ContractId>,
    /// The buyer's account. Send either this or `contact`.
    account: Option<AccountId>,
    /// The e-mail address or mobile number of the buyer's account.
    #[schema(min_length = 3, max_length = 254)]
    contact: Option<String>,
    /// First day for which goods can be ordered under it.
    starts_on: Day,
    /// Last day for which goods can be ordered under it; at most a year after `starts_on`.
    ends_on: Day,
    /// Weekdays for which goods can be ordered.
    weekdays: Weekdays,
    /// Products and their agreed prices.
    #[schema(min_items = 1, max_items = 50)]
    lines: Vec<AgreedPrice>,
    /// Credit limit in rupiah: maximum total of orders that are not paid.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000, example = 3_000_000)]
    credit_limit: Rupiah,
    /// Payment term: days from the issue of an invoice until it is due.
    #[schema(minimum = 0, maximum = 90, example = 14)]
    term_days: i32,
    /// Note for both parties.
    #[schema(max_length = 500)]
    note: Option<String>,
}

impl Validate for ProposeContract {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.require(self.account.is_some() != self.contact.is_some(), "/contact", Rule::EitherAccountOrContact);
        errors.check_line("/contact", &self.contact, 3..=254);
        errors.check_length("/lines", self.lines.len(), 1..=MAX_LINES);
        for (index, line) in self.lines.iter().enumerate().take(MAX_LINES) {
            errors.check_range(&format!("/lines/{index}/unit_price"), line.unit_price.0, 1..=MAX_UNIT_PRICE);
        }
        errors.check_range("/credit_limit", self.credit_limit.0, 1..=MAX_CREDIT_LIMIT);
        errors.check_range("/term_days", self.term_days.into(), 0..=MAX_TERM_DAYS);
        errors.check_text("/note", &self.note, 0..=500);
    }
}

impl ProposeContract {
    pub(super) fn to_new_contract(&self, id: ContractId) -> NewContract {
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
            note: trim_note(self.note.as_ref()),
        }
    }
}

fn trim_note(note: Option<&String>) -> Option<String> {
    note.map(|note| note.trim()).filter(|note| !note.is_empty()).map(str::to_owned)
}

/// A transition of a contract.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "accept"}))]
pub(super) struct TransitionContract {
    /// The action.
    pub(super) action: ContractAction,
}

impl Validate for TransitionContract {}

/// A product to order.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderedProduct {
    /// The product.
    product: ProductId,
    /// Quantity.
    #[schema(example = 40)]
    quantity: Quantity,
    /// Minimum quantity the buyer accepts. Absent: all or nothing.
    #[schema(example = 30)]
    at_least: Option<Quantity>,
}

/// An order to place under a contract.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "ready_on": "2026-12-04",
    "lines": [{"product": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11", "quantity": 40}],
    "delivery": {"kind": "pickup"}, "expected_total": 92_000,
}))]
pub(super) struct OrderByContract {
    /// Client-generated id of the order (UUIDv7); the server generates one when absent.
    #[schema(nullable = false)]
    pub(super) id: Option<OrderId>,
    /// The day for which the goods are ordered.
    ready_on: Day,
    /// Products and quantities.
    #[schema(min_items = 1, max_items = 50)]
    lines: Vec<OrderedProduct>,
    /// Delivery. Absent: pickup.
    delivery: Option<DeliveryChoice>,
    /// Note for the groups.
    #[schema(max_length = 500)]
    note: Option<String>,
    /// The total that the buyer expects, in rupiah.
    expected_total: Option<Rupiah>,
}

impl Validate for OrderByContract {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_length("/lines", self.lines.len(), 1..=MAX_LINES);
        for (index, line) in self.lines.iter().enumerate().take(MAX_LINES) {
            errors.require(line.quantity.is_positive(), &format!("/lines/{index}/quantity"), Rule::NotPositive);
            let is_within = line.at_least.is_none_or(|minimum| minimum.is_positive() && minimum <= line.quantity);
            errors.require(is_within, &format!("/lines/{index}/at_least"), Rule::AtLeastDoesNotFit);
            let is_duplicate = self.lines.iter().take(index).any(|other| other.product == line.product);
            errors.require(!is_duplicate, &format!("/lines/{index}/product"), Rule::LineTwice);
        }
        if let Some(delivery) = &self.delivery {
            delivery.validate(errors);
            errors.require(delivery.fee.is_none(), "/delivery/fee", FieldError::Unknown);
        }
        errors.check_text("/note", &self.note, 0..=500);
    }
}

impl OrderByContract {
    pub(super) fn to_contract_order(&self, order: OrderId) -> ContractOrder {
        ContractOrder {
            order,
            ready_on: self.ready_on,
            lines: self.lines.iter().map(|line| (line.product, line.quantity, line.at_least)).collect(),
            delivery: self.delivery.clone().unwrap_or_else(DeliveryChoice::pickup),
            note: trim_note(self.note.as_ref()),
            expected_total: self.expected_total,
        }
    }
}

/// A payment of an invoice.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"method": "transfer", "amount": 1_150_000}))]
pub(super) struct PayInvoice {
    /// Payment method.
    pub(super) method: Method,
    /// Amount, in rupiah.
    pub(super) amount: Rupiah,
}

impl Validate for PayInvoice {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_range("/amount", self.amount.0, 1..=1_000_000_000_000);
    }
}
