//! Access to requests: callers who act for it, people of its cooperative, or nobody.

use super::offer::Offer;
use super::request::Request;
use crate::cooperatives::{AccessError, Office, Roles};
use crate::kernel::ids::{AccountId, CooperativeId};

/// A caller's relation to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestRelation {
    /// Acts for it: the buyer, or the officer who recorded it. The board acts for every recorded request too, so that
    /// it does not depend on one officer.
    Owner,
    /// An officer of a group of its cooperative, or someone who oversees the cooperative.
    Insider,
    /// A member of a group of its cooperative.
    Member,
}

impl RequestRelation {
    /// The caller's relation; `None` when the caller may not know of the request.
    pub fn of(request: &Request, roles: &Roles) -> Option<Self> {
        let own = request.cooperative;
        let (officer, board) = (roles.is_officer_in_cooperative(own), roles.has_office(Office::Board, own));
        let is_me = |account: Option<AccountId>| account.is_some() && account == roles.account;
        let captured = request.captured_by.is_some() && (board || officer && is_me(request.captured_by));
        if is_me(request.buyer) || captured {
            Some(RequestRelation::Owner)
        } else if officer || roles.has_any_office(own) || roles.admin {
            Some(RequestRelation::Insider)
        } else {
            roles.is_member_in_cooperative(own).then_some(RequestRelation::Member)
        }
    }

    /// Requires that the caller acts for the request. Returns their account.
    pub fn require_owner(request: &Request, roles: &Roles) -> Result<AccountId, AccessError> {
        let relation = RequestRelation::of(request, roles);
        AccessError::check(relation == Some(RequestRelation::Owner), relation.is_some())?;
        roles.account.ok_or(AccessError::Hidden)
    }

    /// Whether the caller sees the offers of all groups: those who act for the request, and office holders.
    pub fn can_see_all_offers(self, roles: &Roles, cooperative: CooperativeId) -> bool {
        self == RequestRelation::Owner || roles.has_any_office(cooperative) || roles.admin
    }

    /// Whether the caller sees this offer; members see those of their own groups.
    pub fn can_see_offer(self, roles: &Roles, offer: &Offer) -> bool {
        self.can_see_all_offers(roles, offer.cooperative) || roles.role_in_group(offer.group).is_some()
    }
}

/// Whether the caller may record requests for others, and set agreed fees: officers and the board.
pub fn can_order_for_others(roles: &Roles, cooperative: CooperativeId) -> bool {
    roles.is_officer_in_cooperative(cooperative) || roles.has_office(Office::Board, cooperative)
}
