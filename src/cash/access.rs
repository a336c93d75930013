//! Who sees and decides handovers: the board, the treasurer and the supervisors see all of their cooperative, officers
//! see their own.

use super::handover::{Handover, HandoverAction, HandoverStatus};
use super::store;
use crate::cooperatives::{AccessError, Caller, CooperativePermit, Office};
use crate::db::Conn;
use crate::kernel::ids::{CooperativeId, HandoverId};
use crate::web::Problem;

/// Whether the caller sees all handovers to this cooperative; officers see their own.
pub(super) fn can_see_all(caller: &Caller, cooperative: CooperativeId) -> bool {
    let offices = [Office::Board, Office::Treasurer, Office::Supervisor];
    offices.into_iter().any(|office| caller.roles.has_office(office, cooperative))
}

/// Requires a caller who sees all handovers to this cooperative, or an officer of one of its groups.
pub(super) fn require_access(caller: &Caller, cooperative: CooperativeId) -> Result<(), AccessError> {
    let is_allowed = can_see_all(caller, cooperative) || caller.roles.is_officer_in_cooperative(cooperative);
    AccessError::check(is_allowed, caller.roles.is_affiliated_with(cooperative))
}

/// Requires the treasurer of this cooperative.
pub(super) fn require_treasurer(caller: &Caller, cooperative: CooperativeId) -> Result<CooperativePermit, AccessError> {
    AccessError::forbid_unless(caller.roles.has_office(Office::Treasurer, cooperative))?;
    Ok(CooperativePermit { account: caller.person.account, cooperative, office: Office::Treasurer })
}

/// The handover with this id, if the caller may see it.
pub(super) fn find_visible_handover(conn: &mut Conn, caller: &Caller, id: HandoverId) -> Result<Handover, Problem> {
    let handover = store::find_handover(conn, id)?.ok_or(AccessError::Hidden)?;
    if handover.holder != caller.person.account {
        require_access(caller, handover.cooperative)?;
        AccessError::hide_unless(can_see_all(caller, handover.cooperative))?;
    }
    Ok(handover)
}

/// The actions that a caller who sees the handover may perform now.
pub(super) fn available_actions(caller: &Caller, handover: &Handover) -> Vec<HandoverAction> {
    if handover.status != HandoverStatus::Declared {
        return Vec::new();
    }
    let is_treasurer = caller.roles.has_office(Office::Treasurer, handover.cooperative);
    let receives = is_treasurer.then_some(HandoverAction::Receive);
    let refuses = (is_treasurer || handover.holder == caller.person.account).then_some(HandoverAction::Refuse);
    receives.into_iter().chain(refuses).collect()
}
