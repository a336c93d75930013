//! Quick sale at the stall: order, cash payment and hand-over in one transaction.

use super::access::PaymentAccess;
use super::error::PaymentError;
use super::new_payment::NewPayment;
use super::payment::{Method, Payment};
use super::record::record_locked;
use super::store;
use crate::cooperatives::{AccessError, GroupPermit};
use crate::db::{self, Tx};
use crate::kernel::ids::OrderId;
use crate::kernel::{Instant, Language, Rupiah};
use crate::orders::{
    self, AgreedTerms, Basket, BasketLine, Channel, DeliveryChoice, NewOrder, OrderContact, OrderWithFulfilments,
    QuickSaleError,
};
use crate::web::verb_errors;

/// A sale at the stall.
#[derive(Debug, Clone)]
pub struct StallSale {
    /// Id of the new order.
    pub order: OrderId,
    /// Products and quantities.
    pub lines: Vec<BasketLine>,
    /// The buyer's name, if given.
    pub buyer: Option<String>,
    /// A note.
    pub note: Option<String>,
    /// Language of the receipt.
    pub language: Language,
    /// The total that was shown to the buyer; the sale fails if it differs.
    pub expected_total: Option<Rupiah>,
}

/// The basket of an over-the-counter sale of the officer's group.
pub(super) fn over_the_counter(permit: &GroupPermit, lines: Vec<BasketLine>) -> Basket {
    Basket {
        cooperative: permit.cooperative,
        lines,
        delivery: DeliveryChoice::pickup(),
        needed_on: None,
        agreement: AgreedTerms { over_the_counter: true, ..AgreedTerms::default() },
    }
}

verb_errors! {
    /// Why nothing was sold.
    pub enum StallSaleError {
    }
    + Sale(QuickSaleError), Access(AccessError), Payment(PaymentError), Db(db::Error)
}

/// A completed sale.
#[derive(Debug, Clone)]
pub struct CompletedSale {
    /// The order, handed over.
    pub order: OrderWithFulfilments,
    /// The cash payment; `None` if the total is zero.
    pub payment: Option<Payment>,
}

/// Sells over the counter, in one transaction: everything is recorded, or nothing.
pub fn sell(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &orders::Settings,
    permit: &GroupPermit,
    sale: &StallSale,
) -> Result<CompletedSale, StallSaleError> {
    let anonymous_buyer = match sale.language {
        Language::Indonesian => "Pembeli di tempat",
        Language::English => "Walk-in buyer",
    };
    let basket = over_the_counter(permit, sale.lines.clone());
    let buyer = sale.buyer.as_deref().map(str::trim).unwrap_or(anonymous_buyer);
    let contact = OrderContact { name: buyer.to_owned(), phone: None, email: None };
    let new_order = NewOrder {
        captured_by: Some(permit.account),
        note: sale.note.clone(),
        expected_total: sale.expected_total,
        ..NewOrder::new(sale.order, basket, Channel::WalkIn, contact, sale.language)
    };
    let sold = orders::quick_sale(tx, now, settings, permit, &new_order)?;
    let order_money = store::lock_order(tx, sale.order)?.ok_or(AccessError::Hidden)?;
    let (access, cash) = (PaymentAccess::of_officer(permit.account), NewPayment::in_full(tx.id(now), Method::Cash));
    let payment = match order_money.total > Rupiah::ZERO {
        true => Some(record_locked(tx, now, &order_money, &access, &cash)?),
        false => None,
    };
    let order = orders::find_with_fulfilments(tx, sold.order.id)?.ok_or(AccessError::Hidden)?;
    Ok(CompletedSale { order, payment })
}
