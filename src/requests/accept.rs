//! Taking offers: each becomes a batch and a line of one order, all of it or nothing.

use super::events::request_event;
use super::offer::{Offer, OfferStatus};
use super::request::{Request, RequestStatus, UNKNOWN};
use super::viewer::Relation;
use super::withdraw::close;
use super::{shown, store};
use crate::catalogue;
use crate::cooperatives::{self, AccessError, Office, Roles};
use crate::db::{self, Tx};
use crate::events;
use crate::kernel::ids::{AccountId, OfferId, OrderId, RequestId};
use crate::kernel::{Duration, Instant, Quantity, Rupiah, Zone};
use crate::orders::{
    self, Agreement, Basket, BasketLine, DeliveryWish, NewOrder, PlaceOrderError, Settings, WholeOrder,
};
use crate::supply::{self, Batch, BatchAction, BatchKind, OpenError, Opening, TransitionError, whole_steps};
use crate::web::{Code, FieldError, FieldErrors, Problem};

/// Offers may lie further ahead than the days on which others may order.
const DAYS_AHEAD: i64 = super::request::LONGEST_AHEAD;

/// Which offers are taken, and how the goods reach the buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taking {
    /// The order's id, new.
    pub order: OrderId,
    /// Which offers, and how much of each; as much as is missing, when it is not said.
    pub offers: Vec<(OfferId, Option<Quantity>)>,
    /// How the goods reach the buyer; as the request says, when it is not said.
    pub delivery: Option<DeliveryWish>,
    /// What the groups should know.
    pub note: Option<String>,
    /// What the buyer believes it comes to.
    pub expected_total: Rupiah,
}

/// Why no offer was taken; nothing is kept of it.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// It is not theirs, or not there.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The request is over.
    #[error("the request is {0}")]
    RequestClosed(RequestStatus),
    /// An offer was taken, withdrawn or is no longer valid.
    #[error("offer {0} is {1}")]
    OfferClosed(OfferId, OfferStatus),
    /// More than is still missing.
    #[error("only {0} are missing")]
    MoreThanMissing(Quantity),
    /// What was sent does not hold together.
    #[error("the acceptance does not hold together")]
    Invalid(FieldErrors),
    /// A batch could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The order was not placed.
    #[error(transparent)]
    Place(#[from] PlaceOrderError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<AcceptError> for Problem {
    fn from(error: AcceptError) -> Self {
        match error {
            AcceptError::Access(denied) => denied.into(),
            AcceptError::RequestClosed(status) => Problem::new(Code::RequestClosed).with("request_status", status),
            AcceptError::OfferClosed(offer, status) => {
                Problem::new(Code::OfferClosed).with("offer", offer).with("offer_status", status)
            }
            AcceptError::MoreThanMissing(missing) => Problem::new(Code::MoreThanMissing).with("missing", missing),
            AcceptError::Invalid(errors) => Problem::new(Code::BodyInvalid).with_faults(errors),
            AcceptError::Open(error) => error.into(),
            AcceptError::Place(error) => error.into(),
            AcceptError::Db(error) => error.into(),
        }
    }
}

/// An offer and how much of it is taken.
struct Taken {
    offer: Offer,
    quantity: Quantity,
}

/// Takes offers for a request, whose row is held until the end: two who take at once do so one after the other, and the
/// second sees what the first has left.
pub fn accept(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    roles: &Roles,
    id: RequestId,
    taking: &Taking,
) -> Result<(Request, WholeOrder), AcceptError> {
    let request = store::locked(tx, id)?.ok_or(AccessError::Hidden)?;
    let account = Relation::keeper(&request, roles)?;
    if request.status != RequestStatus::Open {
        return Err(AcceptError::RequestClosed(request.status));
    }
    let delivery = delivery(&request, roles, taking)?;
    let taken = taken(tx, now, &request, taking)?;
    let zone = cooperatives::find_cooperative(tx, request.cooperative)?.ok_or(AccessError::Hidden)?.zone;
    let mut batches = Vec::with_capacity(taken.len());
    for it in &taken {
        batches.push(open(tx, now, settings, zone, account, it)?);
    }
    let new_order = new_order(tx, &request, account, taking, delivery, &taken, &batches)?;
    let whole = orders::place(tx, now, settings, &new_order)?;
    for (it, batch) in taken.iter().zip(&batches) {
        let step = supply::Step { action: BatchAction::Confirm, cutoff_at: None, by: Some(account), version: None };
        // Nobody has seen the batch yet, so that nothing but the database can stand in its way.
        supply::transition(tx, now, batch.id, step).map_err(|error| match error {
            TransitionError::Db(error) => error,
            _ => diesel::result::Error::NotFound.into(),
        })?;
        store::take_offer(tx, now, it.offer.id, it.quantity, batch.id, whole.order.id)?;
    }
    let sum = Quantity::sum(taken.iter().map(|it| it.quantity));
    if !store::take(tx, id, sum)? {
        return Err(AcceptError::MoreThanMissing(request.missing()));
    }
    let request = store::request(tx, id)?.ok_or(AccessError::Hidden)?;
    let event = request_event("request.taken", &request)
        .by(account)
        .with("order", whole.order.id)
        .with("offers", taken.iter().map(|it| it.offer.id).collect::<Vec<_>>())
        .with("taken", sum);
    events::record(tx, now, &event)?;
    let request = if request.missing().is_positive() {
        request
    } else {
        close(tx, now, &request, RequestStatus::Covered, Some(account))?
    };
    Ok((request, whole))
}

/// How the goods reach the buyer. A fee that is agreed is an officer's to say, as with every order.
fn delivery(request: &Request, roles: &Roles, taking: &Taking) -> Result<DeliveryWish, AcceptError> {
    let wished = taking.delivery.clone().or_else(|| request.place().delivery());
    let delivery = wished.ok_or_else(|| AcceptError::Invalid(FieldErrors::one("/delivery", FieldError::Required)))?;
    let own = request.cooperative;
    if delivery.fee.is_some() && !roles.is_officer_in(own) && !roles.holds(Office::Board, own) {
        return Err(AccessError::Forbidden.into());
    }
    Ok(delivery)
}

/// The offers that are named, and how much is taken of each.
fn taken(tx: &mut Tx<'_>, now: Instant, request: &Request, taking: &Taking) -> Result<Vec<Taken>, AcceptError> {
    let mut errors = FieldErrors::default();
    let mut left = request.missing();
    let mut taken = Vec::with_capacity(taking.offers.len());
    for (place, (id, wanted)) in taking.offers.iter().enumerate() {
        let Some(offer) = store::offer(tx, *id)?.filter(|offer| offer.request == request.id) else {
            errors.add(format!("/offers/{place}/offer"), UNKNOWN);
            continue;
        };
        if !offer.stands(now) {
            return Err(AcceptError::OfferClosed(offer.id, offer.status_at(now)));
        }
        let Some(product) = catalogue::find_of_any_status(tx, offer.product)? else {
            return Err(AcceptError::OfferClosed(offer.id, offer.status));
        };
        let quantity = wanted.unwrap_or_else(|| whole_steps(offer.quantity.min(left), product.quantity_step));
        let pointer = format!("/offers/{place}/quantity");
        errors.require(quantity <= offer.quantity, &pointer, MORE_THAN_OFFERED);
        if quantity > left || quantity == Quantity::ZERO && wanted.is_none() {
            return Err(AcceptError::MoreThanMissing(left));
        }
        if let Err(fault) = product.check_quantity(quantity) {
            errors.add(pointer, fault.fault());
        }
        left = left.minus(quantity);
        taken.push(Taken { offer, quantity });
    }
    if errors.is_empty() { Ok(taken) } else { Err(AcceptError::Invalid(errors)) }
}

/// Opens the batch of an offer: as much as is taken, at its price and deposit. Its cut-off is the product's, as for any
/// order of that day, but leaves the buyer the while in which a mistake can be taken back; until then it may be cancelled.
fn open(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    zone: Zone,
    by: AccountId,
    it: &Taken,
) -> Result<Batch, AcceptError> {
    let offer = &it.offer;
    let terms = supply::terms_of(tx, now, &[offer.product])?.pop().ok_or(OpenError::NotFound)?;
    let soonest = now.after(Duration::minutes(settings.shelf_cancel_minutes.into()));
    // It always lies ahead: an offer stands no longer than until the end of the day on which it is ready.
    let cutoff = terms.cutoff_for(offer.ready_on).max(soonest).min(zone.end_of(offer.ready_on));
    let promise = Opening {
        ready_on: Some(offer.ready_on),
        capacity: Some(it.quantity),
        cutoff_at: Some(cutoff),
        price: Some(offer.unit_price),
        deposit_percent: Some(offer.deposit_percent),
        ..Opening::default()
    };
    Ok(supply::open_promised(tx, now, Some(by), offer.product, BatchKind::Request, &promise)?)
}

/// The order of the offers that are taken, which their groups have promised.
fn new_order(
    tx: &mut Tx<'_>,
    request: &Request,
    account: AccountId,
    taking: &Taking,
    delivery: DeliveryWish,
    taken: &[Taken],
    batches: &[Batch],
) -> Result<NewOrder, AcceptError> {
    let lines = taken.iter().zip(batches).map(|(it, batch)| BasketLine {
        product: it.offer.product,
        ready_on: Some(it.offer.ready_on),
        batch: Some(batch.id),
        quantity: it.quantity,
        at_least: None,
    });
    Ok(NewOrder {
        id: taking.order,
        basket: Basket {
            cooperative: request.cooperative,
            lines: lines.collect(),
            delivery,
            needed_on: Some(request.needed_on),
            agreement: Agreement { days_ahead: DAYS_AHEAD, ..Agreement::default() },
        },
        buyer: request.buyer,
        captured_by: Some(account).filter(|_| request.buyer.is_none()),
        channel: request.channel,
        contact: shown::asker_of(tx, request)?.contact,
        recipient: None,
        note: taking.note.clone(),
        locale: request.locale,
        expected_total: Some(taking.expected_total),
        promised: true,
    })
}

const MORE_THAN_OFFERED: FieldError = FieldError::Rule {
    code: "more-than-offered",
    id: "Lebih banyak dari yang ditawarkan.",
    en: "That is more than what is offered.",
};
