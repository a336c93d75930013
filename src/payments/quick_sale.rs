//! Quick sale at the stall: order, cash payment and hand-over in one transaction.

use super::access::PaymentAccess;
use super::error::PaymentError;
use super::new_payment::NewPayment;
use super::payment::{Method, Payment, PaymentPurpose};
use super::record::record_locked;
use super::store::{self, OrderMoney};
use crate::cooperatives::GroupPermit;
use crate::db::{self, Tx};
use crate::kernel::ids::OrderId;
use crate::kernel::{Instant, Language, Rupiah};
use crate::orders::{
    self, Agreement, Basket, BasketLine, Channel, DeliveryChoice, NewOrder, OrderContact, OrderWithFulfilments,
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
        agreement: Agreement { over_the_counter: true, ..Agreement::default() },
    }
}

verb_errors! {
    /// Why nothing was sold.
    pub enum StallSaleError {
    }
    + Sale(QuickSaleError), Payment(PaymentError), Db(db::Error)
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
    let new_order = NewOrder {
        id: sale.order,
        basket: over_the_counter(permit, sale.lines.clone()),
        buyer: None,
        captured_by: Some(permit.account),
        channel: Channel::WalkIn,
        contact: OrderContact {
            name: sale.buyer.as_deref().map(str::trim).unwrap_or(anonymous_buyer).to_owned(),
            phone: None,
            email: None,
        },
        recipient: None,
        note: sale.note.clone(),
        locale: sale.language,
        expected_total: sale.expected_total,
        promised: false,
    };
    let sold = orders::quick_sale(tx, now, settings, permit, &new_order)?;
    let order_money = store::lock_order(tx, sale.order)?.ok_or(PaymentError::NotFound)?;
    let payment = (order_money.total > Rupiah::ZERO).then(|| record_cash(tx, now, permit, &order_money)).transpose()?;
    let order = orders::find_with_fulfilments(tx, sold.order.id)?.ok_or(PaymentError::NotFound)?;
    Ok(CompletedSale { order, payment })
}

fn record_cash(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    order: &OrderMoney,
) -> Result<Payment, PaymentError> {
    let access = PaymentAccess::of_officer(permit.account);
    let new_payment = NewPayment {
        purpose: Some(PaymentPurpose::Full),
        amount: Some(order.total),
        ..NewPayment::in_full(tx.id(now), Method::Cash)
    };
    record_locked(tx, now, order, &access, &new_payment)
}
