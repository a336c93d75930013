//! The quick sale at the stall: ordered, paid in cash and handed over, in one call and one transaction.

use super::access::PaymentAccess;
use super::error::PaymentError;
use super::payment::{Method, Payment, Purpose};
use super::record::{Recording, record};
use super::store::{self, OrderMoney};
use crate::cooperatives::GroupPermit;
use crate::db::{self, Tx};
use crate::kernel::ids::OrderId;
use crate::kernel::{Instant, Language, Rupiah};
use crate::orders::{
    self, Agreement, Basket, BasketLine, Channel, Contact, DeliveryWish, NewOrder, QuickSaleError, WholeOrder,
};
use crate::web::Problem;

/// What was sold at the stall.
#[derive(Debug, Clone)]
pub struct StallSale {
    /// The id of its order, new.
    pub order: OrderId,
    /// What, and how much.
    pub lines: Vec<BasketLine>,
    /// Who bought, if they said.
    pub buyer: Option<String>,
    /// What is worth remembering.
    pub note: Option<String>,
    /// The language of the stall.
    pub language: Language,
    /// What the officer told the buyer; another price is refused.
    pub expected_total: Option<Rupiah>,
}

/// What is wished for over the counter of the officer's group.
pub(super) fn over_the_counter(permit: &GroupPermit, lines: Vec<BasketLine>) -> Basket {
    Basket {
        cooperative: permit.cooperative,
        lines,
        delivery: DeliveryWish::pickup(),
        needed_on: None,
        agreement: Agreement { over_the_counter: true, ..Agreement::default() },
    }
}

/// Why nothing was sold.
#[derive(Debug, thiserror::Error)]
pub enum StallSaleError {
    /// The goods cannot be sold.
    #[error(transparent)]
    Sale(#[from] QuickSaleError),
    /// The cash cannot be written down.
    #[error(transparent)]
    Payment(#[from] PaymentError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<StallSaleError> for Problem {
    fn from(error: StallSaleError) -> Self {
        match error {
            StallSaleError::Sale(error) => error.into(),
            StallSaleError::Payment(error) => error.into(),
            StallSaleError::Db(error) => error.into(),
        }
    }
}

/// A sale that was done.
#[derive(Debug, Clone)]
pub struct Sold {
    /// The order, handed over.
    pub order: WholeOrder,
    /// The cash; none when everything was for free.
    pub payment: Option<Payment>,
}

/// Sells over the counter. Either all of it is there afterwards, or nothing.
pub fn sell(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &orders::Settings,
    permit: &GroupPermit,
    sale: &StallSale,
) -> Result<Sold, StallSaleError> {
    let nobody = match sale.language {
        Language::Indonesian => "Pembeli di tempat",
        Language::English => "Walk-in buyer",
    };
    let new_order = NewOrder {
        id: sale.order,
        basket: over_the_counter(permit, sale.lines.clone()),
        buyer: None,
        captured_by: Some(permit.account),
        channel: Channel::WalkIn,
        contact: Contact {
            name: sale.buyer.as_deref().map(str::trim).unwrap_or(nobody).to_owned(),
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
    let money = store::locked_order(tx, sale.order)?.ok_or(PaymentError::NotFound)?;
    let payment = (money.total > Rupiah::ZERO).then(|| cash(tx, now, permit, &money)).transpose()?;
    let order = orders::find_whole(tx, sold.order.id)?.ok_or(PaymentError::NotFound)?;
    Ok(Sold { order, payment })
}

fn cash(tx: &mut Tx<'_>, now: Instant, permit: &GroupPermit, order: &OrderMoney) -> Result<Payment, PaymentError> {
    let access = PaymentAccess { account: Some(permit.account), officer: true, ..PaymentAccess::default() };
    let recording = Recording {
        purpose: Some(Purpose::Full),
        amount: Some(order.total),
        ..Recording::of_all(tx.id(now), Method::Cash)
    };
    record(tx, now, order, &access, &recording)
}
