//! The market: what turns swings into commitments. What opens, closes and is agreed ahead has its place here.
//!
//! [`Request`]s are wishes of buyers that no listing meets, and [`Offer`]s are what groups would make for them.

mod requests;

use crate::jobs::Chore;
use crate::web::Routes;

pub use requests::{
    AcceptError, AskError, Asker, Asking, ChangeError, Destination, DestinationKind, Details, Occasion, Offer,
    OfferAction, OfferChange, OfferError, OfferStatus, Proposal, Relation, Request, RequestAction, RequestStatus,
    Taking, WithdrawError, accept, ask, asker_of, change, expire, export, find_offer, find_request, first_name, forget,
    forget_callers, groups_addressed, lapse_late, propose, retract, revise, withdraw,
};

/// The routes of this slice.
pub fn routes() -> Routes {
    requests::routes()
}

/// The work of this slice that comes round by itself.
pub fn chores() -> Vec<Chore> {
    requests::chores()
}
