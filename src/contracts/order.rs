//! Ordering once under a contract.

use super::credit::in_force;
use super::error::ContractError;
use super::events::contract_event;
use super::{store, viewer};
use crate::cooperatives::{AccessError, Roles};
use crate::db::Tx;
use crate::events;
use crate::kernel::ids::{ContractId, OrderId, ProductId};
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::orders::{self, Basket, BasketLine, Channel, DeliveryWish, NewOrder, Settings, WholeOrder};
use crate::web::{FieldError, FieldErrors};

/// What is ordered under a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractOrder {
    /// The order's id, new.
    pub order: OrderId,
    /// For which day.
    pub ready_on: Day,
    /// What, how much, and how little would do.
    pub lines: Vec<(ProductId, Quantity, Option<Quantity>)>,
    /// How the goods reach the buyer.
    pub delivery: DeliveryWish,
    /// What the groups should know.
    pub note: Option<String>,
    /// What the buyer believes it comes to.
    pub expected_total: Option<Rupiah>,
}

/// Orders under a contract at its prices, without a deposit, as far as its limit goes. The contract's row is held until the
/// end: two who order at once do so one after the other, and the second sees what the first has left.
pub fn order(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    roles: &Roles,
    id: ContractId,
    wanted: &ContractOrder,
) -> Result<WholeOrder, ContractError> {
    let contract = store::contract(tx, id)?.ok_or(AccessError::Hidden)?;
    let buyer = viewer::buyer(roles, &contract)?;
    let mut errors = FieldErrors::default();
    errors.require(contract.holds(wanted.ready_on), "/ready_on", OUTSIDE);
    errors.require(contract.weekdays.contains(wanted.ready_on), "/ready_on", NOT_THAT_DAY);
    let agreed: Vec<ProductId> = store::lines_of(tx, id)?.iter().map(|line| line.product).collect();
    for (place, (product, ..)) in wanted.lines.iter().enumerate() {
        errors.require(agreed.contains(product), &format!("/lines/{place}/product"), NOT_AGREED);
    }
    if !errors.is_empty() {
        return Err(ContractError::Invalid(errors));
    }
    let held = in_force(tx, id, wanted.ready_on)?.ok_or(ContractError::NotInForce)?;
    let line = |(product, quantity, at_least): &(ProductId, Quantity, Option<Quantity>)| BasketLine {
        product: *product,
        ready_on: Some(wanted.ready_on),
        batch: None,
        quantity: *quantity,
        at_least: *at_least,
    };
    let basket = Basket {
        cooperative: contract.cooperative,
        lines: wanted.lines.iter().map(line).collect(),
        delivery: wanted.delivery.clone(),
        needed_on: None,
        agreement: held.agreement(tx, wanted.ready_on)?,
    };
    let total = orders::quote(tx, now, settings, &basket)?.total;
    held.has_room(tx, total)?;
    let (contact, locale) = orders::contact_of(tx, buyer)?.ok_or(AccessError::Hidden)?;
    let new_order = NewOrder {
        id: wanted.order,
        basket,
        buyer: Some(buyer),
        captured_by: None,
        channel: Channel::App,
        contact,
        recipient: None,
        note: wanted.note.clone(),
        locale,
        expected_total: wanted.expected_total,
        promised: true,
    };
    let whole = orders::place(tx, now, settings, &new_order)?;
    held.count(tx, whole.order.id)?;
    // What came free between looking and taking may have made it more: the limit holds for what was taken.
    held.has_room(tx, Rupiah::ZERO)?;
    let event = contract_event("contract.called_off", &contract)
        .by(buyer)
        .with("order", whole.order.id)
        .with("total", whole.order.total);
    events::record(tx, now, &event)?;
    Ok(whole)
}

const OUTSIDE: FieldError = FieldError::Rule {
    code: "outside-the-period",
    id: "Hari ini di luar masa kontrak.",
    en: "That day is outside the period of the contract.",
};
const NOT_THAT_DAY: FieldError = FieldError::Rule {
    code: "not-that-weekday",
    id: "Kontrak ini tidak berlaku untuk hari itu.",
    en: "The contract has no goods on that weekday.",
};
const NOT_AGREED: FieldError = FieldError::Rule {
    code: "not-agreed",
    id: "Barang ini tidak ada dalam kontrak.",
    en: "This product is not in the contract.",
};
