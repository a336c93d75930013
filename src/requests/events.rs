//! Events of requests and offers.

use super::offer::Offer;
use super::request::{Request, RequestStatus};
use crate::catalogue::Category;
use crate::events::events;
use crate::kernel::ids::{GroupId, OfferId, OrderId, ProductId, RequestId};
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::orders::Channel;

events! {
    /// What happened to a request or an offer.
    RequestEvent {
        "request.asked" => Asked {
            request: RequestId, product: Option<ProductId>, quantity: Quantity, missing: Quantity, needed_on: Day,
            category: Option<Category>, channel: Channel, answers_until: Instant,
        },
        "request.changed" => Changed(RequestPayload),
        "request.taken" => Taken(RequestPayload),
        "request.covered" => Covered(RequestPayload),
        "request.withdrawn" => Withdrawn(RequestPayload),
        "request.expired" => Expired(RequestPayload),
        "offer.made" => OfferMade(OfferPayload),
        "offer.changed" => OfferChanged(OfferPayload),
        "offer.withdrawn" => OfferWithdrawn(OfferPayload),
        "offer.expired" => OfferExpired(OfferPayload),
        "offer.lapsed" => OfferLapsed(OfferPayload),
    }
    RequestPayload {
        request: RequestId, product: Option<ProductId>, quantity: Quantity, missing: Quantity, needed_on: Day,
        #[serde(skip_serializing_if = "Option::is_none")] order: Option<OrderId>,
        #[serde(skip_serializing_if = "Option::is_none")] offers: Option<Vec<OfferId>>,
        #[serde(skip_serializing_if = "Option::is_none")] taken: Option<Quantity>,
    }
    OfferPayload {
        request: RequestId, offer: OfferId, group: GroupId, product: ProductId, quantity: Quantity,
        #[serde(skip_serializing_if = "Option::is_none")] unit_price: Option<Rupiah>,
        #[serde(skip_serializing_if = "Option::is_none")] ready_on: Option<Day>,
        #[serde(skip_serializing_if = "Option::is_none")] valid_until: Option<Instant>,
        #[serde(skip_serializing_if = "Option::is_none")] reason: Option<RequestStatus>,
    }
}

impl RequestPayload {
    pub(super) fn new(request: &Request) -> Self {
        let missing = request.missing();
        let Request { id, product, quantity, needed_on, .. } = *request;
        RequestPayload { request: id, product, quantity, missing, needed_on, order: None, offers: None, taken: None }
    }
}

impl OfferPayload {
    pub(super) fn new(offer: &Offer) -> Self {
        let Offer { request, id, group, product, quantity, .. } = *offer;
        let (unit_price, ready_on, valid_until, reason) = (None, None, None, None);
        OfferPayload { request, offer: id, group, product, quantity, unit_price, ready_on, valid_until, reason }
    }

    /// With the terms of the offer.
    pub(super) fn with_terms(offer: &Offer) -> Self {
        let Offer { unit_price, ready_on, valid_until, .. } = *offer;
        let (unit_price, ready_on, valid_until) = (Some(unit_price), Some(ready_on), Some(valid_until));
        OfferPayload { unit_price, ready_on, valid_until, ..OfferPayload::new(offer) }
    }
}
