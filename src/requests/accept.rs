//! Accepting offers: each becomes a batch and a line of one order, in one transaction.

use super::access::{RequestRelation, can_order_for_others};
use super::events::{self, RequestEvent, RequestPayload};
use super::offer::{Offer, OfferStatus};
use super::request::{Request, RequestStatus};
use super::withdraw::close_request;
use super::{store, summary};
use crate::catalogue;
use crate::cooperatives::{self, AccessError, Roles};
use crate::db::{self, Tx};
use crate::kernel::ids::{AccountId, OfferId, OrderId, RequestId};
use crate::kernel::{Duration, Instant, Quantity, Rupiah, Zone};
use crate::orders::{
    self, AgreedTerms, Basket, BasketLine, DeliveryChoice, NewOrder, OrderWithFulfilments, PlaceOrderError, Settings,
};
use crate::supply::{
    self, Batch, BatchAction, BatchKind, BatchTransitionError, OpenError, Opening, round_down_to_step,
};
use crate::web::{FieldError, FieldErrors, Problem, Rule, verb_errors};

/// Accepted offers may be ordered further ahead than other goods.
const MAX_ORDER_DAYS_AHEAD: i64 = super::request::MAX_DAYS_AHEAD;

/// The offers to accept, and how the goods are delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// Id of the order to place.
    pub order: OrderId,
    /// Offers with the quantity to accept; `None`: as much as is still missing.
    pub offers: Vec<(OfferId, Option<Quantity>)>,
    /// Delivery; `None`: as the request says.
    pub delivery: Option<DeliveryChoice>,
    /// Note for the groups.
    pub note: Option<String>,
    /// The total that the buyer expects, in rupiah.
    pub expected_total: Rupiah,
}

verb_errors! {
    /// Errors of accepting offers. Nothing is stored then.
    pub enum AcceptError {
        /// The request is closed.
        RequestClosed(status: RequestStatus) => RequestClosed ["request_status" = status],
        /// An offer is no longer open: it was accepted, withdrawn, or has lapsed or expired.
        OfferClosed(offer: OfferId, status: OfferStatus) => OfferClosed ["offer" = offer, "offer_status" = status],
        /// More than the request still needs.
        MoreThanMissing(missing: Quantity) => MoreThanMissing,
        /// The request body is invalid.
        Invalid(errors: FieldErrors) => { Problem::invalid(errors) },
    }
    + Access(AccessError), Open(OpenError), Place(PlaceOrderError), Db(db::Error)
}

/// An offer with the accepted quantity.
struct AcceptedOffer {
    offer: Offer,
    quantity: Quantity,
}

/// Accepts offers for a request. Locks the request's row until the end of the transaction, so that concurrent calls run
/// one after the other and see what is still missing.
pub fn accept(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    roles: &Roles,
    id: RequestId,
    acceptance: &Acceptance,
) -> Result<(Request, OrderWithFulfilments), AcceptError> {
    let request = store::lock_request(tx, id)?.ok_or(AccessError::Hidden)?;
    let account = RequestRelation::require_owner(&request, roles)?;
    if request.status != RequestStatus::Open {
        return Err(AcceptError::RequestClosed(request.status));
    }
    let delivery = resolve_delivery(&request, roles, acceptance)?;
    let accepted_offers = resolve_offers(tx, now, &request, acceptance)?;
    let zone = cooperatives::load_zone(tx, request.cooperative)?;
    let mut batches = Vec::with_capacity(accepted_offers.len());
    for accepted in &accepted_offers {
        batches.push(open_batch(tx, now, settings, zone, account, accepted)?);
    }
    let new_order = build_order(tx, &request, account, acceptance, delivery, &accepted_offers, &batches)?;
    let placed = orders::place(tx, now, settings, &new_order)?;
    for (accepted, batch) in accepted_offers.iter().zip(&batches) {
        let confirmation =
            supply::BatchTransition { action: BatchAction::Confirm, cutoff_at: None, by: Some(account), version: None };
        // No other transaction sees the batch yet, so only the database can fail here.
        supply::transition(tx, now, batch.id, confirmation).map_err(|error| match error {
            BatchTransitionError::Db(error) => error,
            _ => diesel::result::Error::NotFound.into(),
        })?;
        store::mark_offer_accepted(tx, now, accepted.offer.id, accepted.quantity, batch.id, placed.order.id)?;
    }
    let total_quantity = Quantity::sum(accepted_offers.iter().map(|accepted| accepted.quantity));
    if !store::add_accepted(tx, id, total_quantity)? {
        return Err(AcceptError::MoreThanMissing(request.missing()));
    }
    let request = store::find_request(tx, id)?.ok_or(AccessError::Hidden)?;
    let event = RequestEvent::Taken(RequestPayload {
        order: Some(placed.order.id),
        offers: Some(accepted_offers.iter().map(|accepted| accepted.offer.id).collect()),
        taken: Some(total_quantity),
        ..RequestPayload::new(&request)
    });
    events::record(tx, now, &event.about(id).by(account).in_cooperative(request.cooperative))?;
    let request = if request.missing().is_positive() {
        request
    } else {
        close_request(tx, now, &request, RequestStatus::Covered, Some(account))?
    };
    Ok((request, placed))
}

/// The delivery of the order. Only officers and the board may set an agreed fee, as with every order.
fn resolve_delivery(request: &Request, roles: &Roles, acceptance: &Acceptance) -> Result<DeliveryChoice, AcceptError> {
    let delivery = acceptance.delivery.clone().or_else(|| request.destination().delivery());
    let delivery =
        delivery.ok_or_else(|| AcceptError::Invalid(FieldErrors::single("/delivery", FieldError::Required)))?;
    if delivery.fee.is_some() && !can_order_for_others(roles, request.cooperative) {
        return Err(AccessError::Forbidden.into());
    }
    Ok(delivery)
}

/// Loads the named offers and determines the accepted quantity of each.
fn resolve_offers(
    tx: &mut Tx<'_>,
    now: Instant,
    request: &Request,
    acceptance: &Acceptance,
) -> Result<Vec<AcceptedOffer>, AcceptError> {
    let mut errors = FieldErrors::default();
    let mut remaining = request.missing();
    let mut accepted_offers = Vec::with_capacity(acceptance.offers.len());
    for (index, (id, requested)) in acceptance.offers.iter().enumerate() {
        let Some(offer) = store::find_offer(tx, *id)?.filter(|offer| offer.request == request.id) else {
            errors.add(format!("/offers/{index}/offer"), Rule::UnknownReference);
            continue;
        };
        if !offer.is_open(now) {
            return Err(AcceptError::OfferClosed(offer.id, offer.status_at(now)));
        }
        let Some(product) = catalogue::find_of_any_status(tx, offer.product)? else {
            return Err(AcceptError::OfferClosed(offer.id, offer.status));
        };
        let quantity =
            requested.unwrap_or_else(|| round_down_to_step(offer.quantity.min(remaining), product.quantity_step));
        let pointer = format!("/offers/{index}/quantity");
        errors.require(quantity <= offer.quantity, &pointer, Rule::MoreThanOffered);
        if quantity > remaining || quantity == Quantity::ZERO && requested.is_none() {
            return Err(AcceptError::MoreThanMissing(remaining));
        }
        if let Err(error) = product.check_quantity(quantity) {
            errors.add(pointer, error);
        }
        remaining = remaining.minus(quantity);
        accepted_offers.push(AcceptedOffer { offer, quantity });
    }
    if errors.is_empty() { Ok(accepted_offers) } else { Err(AcceptError::Invalid(errors)) }
}

/// Opens the batch of an accepted offer with its quantity, price and deposit. The cut-off is the product's, as for any
/// order of that day, but not before the free cancellation period of `shelf_cancel_minutes` has passed.
fn open_batch(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    zone: Zone,
    by: AccountId,
    accepted: &AcceptedOffer,
) -> Result<Batch, AcceptError> {
    let offer = &accepted.offer;
    let terms = supply::load_terms(tx, now, &[offer.product])?.pop().ok_or(OpenError::NotFound)?;
    let soonest = now.after(Duration::minutes(settings.shelf_cancel_minutes.into()));
    // The cut-off is never in the past: an offer is valid at most until the end of its `ready_on`.
    let cutoff = terms.cutoff_for(offer.ready_on).max(soonest).min(zone.end_of(offer.ready_on));
    let opening = Opening {
        ready_on: Some(offer.ready_on),
        capacity: Some(accepted.quantity),
        cutoff_at: Some(cutoff),
        price: Some(offer.unit_price),
        deposit_percent: Some(offer.deposit_percent),
        ..Opening::default()
    };
    Ok(supply::open_agreed(tx, now, Some(by), offer.product, BatchKind::Request, &opening)?)
}

/// Builds the order of the accepted offers. Its lines are promised by the groups.
fn build_order(
    tx: &mut Tx<'_>,
    request: &Request,
    account: AccountId,
    acceptance: &Acceptance,
    delivery: DeliveryChoice,
    accepted_offers: &[AcceptedOffer],
    batches: &[Batch],
) -> Result<NewOrder, AcceptError> {
    let lines = accepted_offers.iter().zip(batches).map(|(accepted, batch)| BasketLine {
        product: accepted.offer.product,
        ready_on: Some(accepted.offer.ready_on),
        batch: Some(batch.id),
        quantity: accepted.quantity,
        at_least: None,
    });
    let basket = Basket {
        cooperative: request.cooperative,
        lines: lines.collect(),
        delivery,
        needed_on: Some(request.needed_on),
        agreement: AgreedTerms { days_ahead: MAX_ORDER_DAYS_AHEAD, ..AgreedTerms::default() },
    };
    let contact = summary::find_requester(tx, request)?.contact;
    Ok(NewOrder {
        buyer: request.buyer,
        captured_by: Some(account).filter(|_| request.buyer.is_none()),
        note: acceptance.note.clone(),
        expected_total: Some(acceptance.expected_total),
        promised: true,
        ..NewOrder::new(acceptance.order, basket, request.channel, contact, request.locale)
    })
}
