//! Who stands before a request: the one who acts for it, its cooperative's people, or somebody to whom it is not there.

use super::request::Request;
use crate::cooperatives::{AccessError, Office, Roles};
use crate::kernel::ids::AccountId;

/// What a request is to a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// It is theirs: they asked, or wrote it down for who called. What was written down is the board's as well, so that
    /// it does not end with the officer who did.
    Keeper,
    /// They act for a group of its cooperative, or oversee it.
    Insider,
    /// They belong to a group of its cooperative.
    Member,
}

impl Relation {
    /// What the request is to this caller; nothing when it is not there for them.
    pub fn of(request: &Request, roles: &Roles) -> Option<Self> {
        let own = request.cooperative;
        let (officer, board) = (roles.is_officer_in(own), roles.holds(Office::Board, own));
        let is_me = |account: Option<AccountId>| account.is_some() && account == roles.account;
        let captured = request.captured_by.is_some() && (board || officer && is_me(request.captured_by));
        if is_me(request.buyer) || captured {
            Some(Relation::Keeper)
        } else if officer || roles.oversees(own) || roles.admin {
            Some(Relation::Insider)
        } else if roles.is_member_in(own) {
            Some(Relation::Member)
        } else {
            None
        }
    }

    /// Leave to act for the request.
    pub fn keeper(request: &Request, roles: &Roles) -> Result<AccountId, AccessError> {
        match (Relation::of(request, roles), roles.account) {
            (Some(Relation::Keeper), Some(account)) => Ok(account),
            (Some(_), _) => Err(AccessError::Forbidden),
            (None, _) => Err(AccessError::Hidden),
        }
    }
}
