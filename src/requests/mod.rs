//! Requests: a buyer asks for what no listing has, groups make offers, and the buyer takes one or several.
//!
//! Whoever is signed in may `ask` for something; an officer may write down what was heard by phone, and then acts for
//! the one who called. Groups of the cooperative that could make it are told and make their `offer`s. The buyer
//! `accept`s one or several: each becomes a batch that is open to nobody else and a line of one order, all in one
//! transaction that holds the request's row, so that no more is ever taken than was asked for. What is covered lets the
//! other offers lapse; what is not in time `expire`s and is remembered as demand that was not met.
//!
//! An order that is cancelled afterwards takes its batches with it, and the request stays closed: what changed is between
//! the buyer and that group, and who still needs it asks anew.

mod accept;
mod api;
mod ask;
mod change;
mod destination;
mod events;
mod offer;
mod privacy;
mod propose;
mod request;
mod shown;
mod store;
mod tasks;
mod viewer;
mod withdraw;

pub use accept::{AcceptError, Taking, accept};
pub use api::routes;
pub use ask::{AskError, Asking, ask};
pub use change::{ChangeError, change};
pub use destination::{Destination, DestinationKind};
pub use offer::{Offer, OfferAction, OfferStatus};
pub use privacy::{export, forget};
pub use propose::{OfferChange, OfferError, Proposal, propose, retract, revise};
pub use request::{Details, Occasion, Request, RequestAction, RequestStatus, first_name};
pub use shown::{Asker, asker_of};
pub use store::{groups_addressed, offer as find_offer, request as find_request};
pub use tasks::{expire, forget_callers, lapse_late, periodic_tasks};
pub use viewer::Relation;
pub use withdraw::{WithdrawError, withdraw};
