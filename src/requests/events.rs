//! What the log tells of requests and offers: ids and figures.

use super::offer::Offer;
use super::request::Request;
use crate::events::{Event, Kind};

/// Something happened to a request.
pub fn request_event(kind: Kind, request: &Request) -> Event {
    Event::new(kind, request.id)
        .in_cooperative(request.cooperative)
        .with("request", request.id)
        .with("product", request.product)
        .with("quantity", request.quantity)
        .with("missing", request.missing())
        .with("needed_on", request.needed_on)
}

/// Something happened to an offer.
pub fn offer_event(kind: Kind, offer: &Offer) -> Event {
    Event::new(kind, offer.id)
        .in_cooperative(offer.cooperative)
        .of_group(offer.group)
        .with("request", offer.request)
        .with("offer", offer.id)
        .with("group", offer.group)
        .with("product", offer.product)
        .with("quantity", offer.quantity)
}
