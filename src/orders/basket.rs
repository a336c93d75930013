//! What a buyer wishes for: the part that a quote and an order have in common.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::order::{Contact, DeliveryKind, Recipient};
use crate::kernel::ids::{AccountId, BatchId, CooperativeId, DeliveryZoneId, PickupPointId, ProductId};
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::web::{FieldError, FieldErrors};

/// The most lines of one order.
pub const MAX_LINES: usize = 50;

/// What a buyer wishes for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basket {
    /// Of which cooperative.
    pub cooperative: CooperativeId,
    /// What.
    pub lines: Vec<BasketLine>,
    /// How it reaches the buyer.
    pub delivery: DeliveryWish,
    /// By which day.
    pub needed_on: Option<Day>,
    /// What was agreed with the buyer beforehand.
    pub agreement: Agreement,
}

/// What was agreed with a buyer beforehand, instead of what everyone is offered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Unit prices of some products.
    pub prices: BTreeMap<ProductId, Rupiah>,
    /// By when it is paid when it is paid later, by invoice: then no deposit is asked for.
    pub on_account_until: Option<Instant>,
    /// The goods may be ordered so many days ahead, though for others fewer days are open.
    pub days_ahead: i64,
    /// Who buys, when they are known: of regulars no deposit is asked for.
    pub buyer: Option<AccountId>,
    /// It is sold over the counter: of what is there today, and also less than the least that is delivered.
    pub over_the_counter: bool,
}

impl Basket {
    /// These lines on the terms that everyone is offered.
    pub fn of(cooperative: CooperativeId, lines: Vec<BasketLine>, delivery: DeliveryWish) -> Self {
        Basket { cooperative, lines, delivery, needed_on: None, agreement: Agreement::default() }
    }

    /// The same for this buyer, when they are known.
    pub fn by(&self, buyer: Option<AccountId>) -> Basket {
        Basket { agreement: Agreement { buyer, ..self.agreement.clone() }, ..self.clone() }
    }

    /// The places of the lines in the order in which they are planned and claimed: by product, so that two orders never
    /// wait for each other, and what must be had on a day before what may be had on any.
    pub fn claiming_order(&self) -> Vec<usize> {
        let mut places: Vec<usize> = (0..self.lines.len()).collect();
        places.sort_by_key(|place| {
            let line = self.lines.get(*place);
            (line.map(|line| (line.product, line.ready_on.is_none(), line.ready_on)), *place)
        });
        places
    }
}

/// One product of a wish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BasketLine {
    /// Which product.
    pub product: ProductId,
    /// For which day; unsaid, the first day on which all of it can be had.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date, example = "2026-11-26")]
    pub ready_on: Option<Day>,
    /// Of which batch; unsaid, what spoils first goes first.
    #[serde(default)]
    pub batch: Option<BatchId>,
    /// How much, in the product's unit.
    pub quantity: Quantity,
    /// Less than this is of no use; unsaid, all or nothing.
    #[serde(default)]
    pub at_least: Option<Quantity>,
}

/// How the goods shall reach the buyer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryWish {
    /// Fetched, brought, or sent.
    pub kind: DeliveryKind,
    /// For `pickup`: where.
    #[serde(default)]
    pub point: Option<PickupPointId>,
    /// For `local`: in which zone, which decides the fee.
    #[serde(default)]
    pub zone: Option<DeliveryZoneId>,
    /// For `local` and `courier`: to where.
    #[serde(default)]
    #[schema(max_length = 300, example = "RT 02 RW 05, rumah cat hijau dekat mushola")]
    pub address: Option<String>,
    /// For `courier`: the fee that an officer agreed with the buyer; only officers may say it.
    #[serde(default)]
    pub fee: Option<Rupiah>,
}

impl DeliveryWish {
    /// Fetched, wherever the group hands out.
    pub fn pickup() -> Self {
        DeliveryWish { kind: DeliveryKind::Pickup, point: None, zone: None, address: None, fee: None }
    }

    /// Notes what is missing, and what does not belong there.
    pub fn check(&self, errors: &mut FieldErrors) {
        if let Some(address) = &self.address {
            errors.text("/delivery/address", address, 1..=300);
        }
        let (local, courier) = (self.kind == DeliveryKind::Local, self.kind == DeliveryKind::Courier);
        errors.require(!local || self.zone.is_some(), "/delivery/zone", FieldError::Required);
        errors.require(local || self.zone.is_none(), "/delivery/zone", NOT_HERE);
        errors.require(!(local || courier) || self.address.is_some(), "/delivery/address", FieldError::Required);
        errors.require(self.kind == DeliveryKind::Pickup || self.point.is_none(), "/delivery/point", NOT_HERE);
        errors.require(courier || self.fee.is_none(), "/delivery/fee", NOT_HERE);
        if let Some(fee) = self.fee {
            errors.range("/delivery/fee", fee.0, 0..=10_000_000);
        }
    }
}

/// Notes what is wrong with the lines by themselves, before any product is looked at.
pub fn check_lines(lines: &[BasketLine], errors: &mut FieldErrors) {
    errors.length("/lines", lines.len(), 1..=MAX_LINES);
    for (position, line) in lines.iter().enumerate().take(MAX_LINES) {
        let quantity = format!("/lines/{position}/quantity");
        errors.require(line.quantity.is_positive(), &quantity, NOT_POSITIVE);
        if let Some(at_least) = line.at_least {
            let fits = at_least.is_positive() && at_least <= line.quantity;
            errors.require(fits, &format!("/lines/{position}/at_least"), AT_LEAST);
        }
        let twice = lines
            .iter()
            .take(position)
            .any(|other| other.product == line.product && other.ready_on == line.ready_on && other.batch == line.batch);
        errors.require(!twice, &format!("/lines/{position}"), TWICE);
    }
}

/// Notes what is wrong with who ordered.
pub fn check_contact(contact: &Contact, must_be_reachable: bool, errors: &mut FieldErrors) {
    errors.line("/contact/name", &contact.name, 1..=100);
    if let Some(email) = &contact.email {
        errors.line("/contact/email", email, 3..=254);
        let sound = email.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && domain.contains('.') && !domain.contains('@') && !email.contains(char::is_whitespace)
        });
        errors.require(sound, "/contact/email", FieldError::Malformed);
    }
    if must_be_reachable && contact.phone.is_none() && contact.email.is_none() {
        errors.add("/contact/phone", FieldError::Required);
    }
}

/// Notes what is wrong with who receives.
pub fn check_recipient(recipient: &Recipient, errors: &mut FieldErrors) {
    errors.line("/recipient/name", &recipient.name, 1..=100);
}

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
const NOT_HERE: FieldError = FieldError::Rule {
    code: "not-here",
    id: "Isian ini tidak cocok dengan cara pengiriman yang dipilih.",
    en: "This does not go with the chosen way of delivery.",
};
