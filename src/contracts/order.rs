//! Places single orders under a contract.

use super::credit::lock_active;
use super::error::ContractError;
use super::events::{self, ContractEvent};
use super::{access, store};
use crate::cooperatives::{AccessError, Roles};
use crate::db::Tx;
use crate::kernel::ids::{ContractId, OrderId, ProductId};
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::orders::{self, Basket, BasketLine, Channel, DeliveryChoice, NewOrder, OrderWithFulfilments, Settings};
use crate::web::{FieldErrors, Rule};

/// An order to place under a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractOrder {
    /// Id of the order to place.
    pub order: OrderId,
    /// The day for which the goods are ordered.
    pub ready_on: Day,
    /// Product, quantity, and minimum quantity the buyer accepts.
    pub lines: Vec<(ProductId, Quantity, Option<Quantity>)>,
    /// Delivery.
    pub delivery: DeliveryChoice,
    /// Note for the groups.
    pub note: Option<String>,
    /// The total that the buyer expects, in rupiah.
    pub expected_total: Option<Rupiah>,
}

/// Places an order under a contract: at its prices, without a deposit, up to its credit limit. The contract's row stays
/// locked, so that concurrent orders run one after the other.
pub fn place_order(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    roles: &Roles,
    id: ContractId,
    contract_order: &ContractOrder,
) -> Result<OrderWithFulfilments, ContractError> {
    let contract = store::find_contract(tx, id)?.ok_or(AccessError::Hidden)?;
    access::require_buyer(roles, &contract)?;
    let buyer = contract.buyer;
    let mut errors = FieldErrors::default();
    errors.require(contract.covers(contract_order.ready_on), "/ready_on", Rule::OutsideThePeriod);
    errors.require(contract.weekdays.contains(contract_order.ready_on), "/ready_on", Rule::NotThatWeekday);
    let agreed_products: Vec<ProductId> = store::list_lines(tx, id)?.iter().map(|line| line.product).collect();
    for (index, (product, ..)) in contract_order.lines.iter().enumerate() {
        errors.require(agreed_products.contains(product), &format!("/lines/{index}/product"), Rule::NotAgreed);
    }
    if !errors.is_empty() {
        return Err(ContractError::Invalid(errors));
    }
    let active = lock_active(tx, id, contract_order.ready_on)?.ok_or(ContractError::NotInForce)?;
    let line = |(product, quantity, at_least): &(ProductId, Quantity, Option<Quantity>)| BasketLine {
        product: *product,
        ready_on: Some(contract_order.ready_on),
        batch: None,
        quantity: *quantity,
        at_least: *at_least,
    };
    let basket = Basket {
        cooperative: contract.cooperative,
        lines: contract_order.lines.iter().map(line).collect(),
        delivery: contract_order.delivery.clone(),
        needed_on: None,
        agreement: active.agreement(tx, contract_order.ready_on)?,
    };
    let total = orders::quote(tx, now, settings, &basket)?.total;
    active.require_credit(tx, total)?;
    let (contact, locale) = orders::find_contact(tx, buyer)?.ok_or(AccessError::Hidden)?;
    let new_order = NewOrder {
        buyer: Some(buyer),
        note: contract_order.note.clone(),
        expected_total: contract_order.expected_total,
        promised: true,
        ..NewOrder::new(contract_order.order, basket, Channel::App, contact, locale)
    };
    let placed = orders::place(tx, now, settings, &new_order)?;
    active.link_order(tx, placed.order.id)?;
    // Capacity freed between quote and order may have raised the total: check the limit again with the placed order.
    active.require_credit(tx, Rupiah::ZERO)?;
    let (order, total) = (placed.order.id, placed.order.total);
    let event = ContractEvent::Ordered { contract: contract.id, status: contract.status, order, total };
    events::record(tx, now, &event.about(contract.id).by(buyer).in_cooperative(contract.cooperative))?;
    Ok(placed)
}
