//! Events of requests and offers. Payloads hold ids and figures only.

use super::offer::Offer;
use super::request::Request;
use crate::events::{Event, Kind};

/// An event of a request.
pub fn request_event(kind: Kind, request: &Request) -> Event {
    Event::new(kind, request.id)
        .in_cooperative(request.cooperative)
        .with("request", request.id)
        .with("product", request.product)
        .with("quantity", request.quantity)
        .with("missing", request.missing())
        .with("needed_on", request.needed_on)
}

/// An event of an offer.
pub fn offer_event(kind: Kind, offer: &Offer) -> Event {
    Event::new(kind, offer.id)
        .in_cooperative(offer.cooperative)
        .for_group(offer.group)
        .with("request", offer.request)
        .with("offer", offer.id)
        .with("group", offer.group)
        .with("product", offer.product)
        .with("quantity", offer.quantity)
}
