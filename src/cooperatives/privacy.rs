//! A person's roles for their profile, export of their data, and its deletion.

use serde_json::{Value, json};

use super::events::{self, CooperativeEvent};
use super::group::{HeldMembership, HeldOffice};
use super::membership::{MemberError, end_membership, require_other_chair};
use super::store;
use crate::db::{Conn, Result, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, MembershipId};
use crate::web::idempotency;

/// A person's current roles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeldRoles {
    /// Memberships of groups.
    pub memberships: Vec<HeldMembership>,
    /// Offices in cooperatives.
    pub offices: Vec<HeldOffice>,
}

/// Loads the current roles of this account.
pub fn load_held_roles(conn: &mut Conn, account: AccountId) -> Result<HeldRoles> {
    Ok(HeldRoles {
        memberships: store::list_held_memberships(conn, account)?,
        offices: store::list_held_offices(conn, account)?,
    })
}

/// The account's memberships and offices, for its owner.
pub fn export(conn: &mut Conn, account: AccountId) -> Result<Value> {
    let memberships: Vec<Value> = store::list_all_memberships(conn, account)?
        .into_iter()
        .map(|member| {
            json!({
                "id": member.id, "group": member.group_id, "cooperative": member.cooperative_id, "name": member.name,
                "phone": member.phone, "role": member.role, "joined_at": member.joined_at, "left_at": member.left_at,
            })
        })
        .collect();
    let offices: Vec<Value> = store::list_held_offices(conn, account)?
        .into_iter()
        .map(|office| {
            json!({
                "cooperative": office.cooperative_id, "cooperative_name": office.cooperative_name,
                "role": office.role, "assigned_at": office.assigned_at,
            })
        })
        .collect();
    Ok(json!({ "memberships": memberships, "offices": offices }))
}

/// Ends the offices and memberships of this account and deletes its names and numbers there.
/// [`MemberError::LastChair`] when a group that is active or has other members would be left without a chair.
pub fn forget(tx: &mut Tx<'_>, now: Instant, account: AccountId) -> std::result::Result<(), MemberError> {
    for held in store::list_memberships(tx, account)? {
        let Some(group) = store::lock_group(tx, held.group_id)? else { continue };
        let Some(member) = store::find_member(tx, held.group_id, held.id)? else { continue };
        let is_alone = store::count_members(tx, &[group.id])?.first().is_none_or(|(_, count)| *count <= 1);
        if member.role == super::MemberRole::Chair && (!is_alone || group.is_active()) {
            require_other_chair(tx, &group, member.id)?;
        }
        end_membership(tx, now, member, account)?;
    }
    if store::end_offices(tx, account, now)? > 0 {
        events::record(tx, now, &CooperativeEvent::AllOfficesEnded {}.about(account).by(account))?;
    }
    let memberships: Vec<MembershipId> =
        store::list_all_memberships(tx, account)?.into_iter().map(|membership| membership.id).collect();
    idempotency::erase_responses_about(tx, &memberships)?;
    store::anonymize_members(tx, account)?;
    Ok(())
}
