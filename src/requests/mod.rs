//! Requests: a buyer asks for goods that no listing has, groups make offers, and the buyer accepts one or several.
//!
//! Any signed-in user may create a request; an officer may record one heard by phone and then acts for that person.
//! Groups of the cooperative that could make the goods are notified and make offers. The buyer `accept`s one or
//! several: each becomes a batch that nobody else can order from and a line of one order, all in one transaction that
//! locks the request's row, so that no more is accepted than was requested. When a request is covered, its other offers
//! lapse; when it is not covered in time, it expires and is recorded as unmet demand.
//!
//! Cancelling the order later cancels its batches too, but the request stays closed: whoever still needs the goods
//! creates a new one.

mod accept;
mod access;
mod api;
mod create;
mod create_offer;
mod destination;
mod error;
pub(crate) mod events;
mod offer;
mod privacy;
mod request;
mod store;
mod summary;
mod tasks;
mod update;
mod withdraw;

pub use accept::{AcceptError, Acceptance, accept};
pub use access::RequestRelation;
pub use api::routes;
pub use create::{CreateRequestError, NewRequest, create_request};
pub use create_offer::{NewOffer, OfferChange, OfferError, create_offer, update_offer, withdraw_offer};
pub use destination::{Destination, DestinationKind};
pub use offer::{Offer, OfferAction, OfferStatus};
pub use privacy::{export, forget};
pub use request::{Details, Occasion, Request, RequestAction, RequestStatus, first_name};
pub use store::{find_offer, find_request, list_addressed_groups};
pub use summary::{Requester, find_requester};
pub use tasks::{expire_offer, expire_request, forget_callers, periodic_tasks};
pub use update::{UpdateRequestError, update_request};
pub use withdraw::{WithdrawError, withdraw_request};
