//! What a person's profile shows of cooperatives and groups, what they may take with them, and being forgotten.

use serde_json::{Value, json};

use super::group::{HeldMembership, HeldOffice};
use super::membership::{MemberError, keep_a_chair, part};
use super::store;
use crate::db::{Conn, Result, Tx};
use crate::events::{self, Event};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, MembershipId};
use crate::web::idempotency;

/// What a person holds now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeldByPerson {
    /// Their places in groups.
    pub memberships: Vec<HeldMembership>,
    /// Their offices in cooperatives.
    pub offices: Vec<HeldOffice>,
}

/// What this person holds now.
pub fn held_by(conn: &mut Conn, account: AccountId) -> Result<HeldByPerson> {
    Ok(HeldByPerson {
        memberships: store::held_memberships(conn, account)?,
        offices: store::held_offices(conn, account)?,
    })
}

/// Everything that is kept about this person here, for themselves.
pub fn export(conn: &mut Conn, account: AccountId) -> Result<Value> {
    let memberships: Vec<Value> = store::every_membership(conn, account)?
        .into_iter()
        .map(|it| {
            json!({
                "id": it.id, "group": it.group_id, "cooperative": it.cooperative_id, "name": it.name,
                "phone": it.phone, "role": it.role, "joined_at": it.joined_at, "left_at": it.left_at,
            })
        })
        .collect();
    let offices: Vec<Value> = store::held_offices(conn, account)?
        .into_iter()
        .map(|it| {
            json!({
                "cooperative": it.cooperative, "cooperative_name": it.cooperative_name, "role": it.office,
                "assigned_at": it.assigned_at,
            })
        })
        .collect();
    Ok(json!({ "memberships": memberships, "offices": offices }))
}

/// Forgets a person: their offices end, they leave their groups, and the names and numbers kept there go. A group
/// that still works must have another chair first.
pub fn forget(tx: &mut Tx<'_>, now: Instant, account: AccountId) -> std::result::Result<(), MemberError> {
    for held in store::memberships(tx, account)? {
        let Some(group) = store::hold_group(tx, held.group)? else { continue };
        let Some(member) = store::member(tx, held.group, held.membership)? else { continue };
        let alone = store::member_counts(tx, &[group.id])?.first().is_none_or(|(_, count)| *count <= 1);
        if member.role == super::MemberRole::Chair && (!alone || group.is_active()) {
            keep_a_chair(tx, &group, member.id)?;
        }
        part(tx, now, member, account)?;
    }
    if store::end_offices_of(tx, account, now)? > 0 {
        events::record(tx, now, &Event::new("office.all_ended", account).by(account))?;
    }
    let places: Vec<MembershipId> = store::every_membership(tx, account)?.into_iter().map(|it| it.id).collect();
    idempotency::forget_about(tx, &places)?;
    store::forget_member(tx, account)?;
    Ok(())
}
