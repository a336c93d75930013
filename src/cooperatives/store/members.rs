//! Members of groups.

use diesel::prelude::*;

use super::offices::{CONTACT, ContactRow, contact};
use crate::cooperatives::access::{CallerMembership, MemberRole};
use crate::cooperatives::group::{GroupStatus, HeldMembership, Membership};
use crate::cooperatives::office::Contact;
use crate::db::schema::{accounts, groups, memberships};
use crate::db::{Conn, Result, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, CooperativeId, GroupId, MembershipId};

/// The groups this account is in now, and as what.
pub(in crate::cooperatives) fn memberships(conn: &mut Conn, account: AccountId) -> Result<Vec<CallerMembership>> {
    let rows: Vec<(MembershipId, GroupId, CooperativeId, MemberRole)> = memberships::table
        .filter(memberships::account_id.eq(account))
        .filter(memberships::left_at.is_null())
        .select((memberships::id, memberships::group_id, memberships::cooperative_id, memberships::role))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(membership, group, cooperative, role)| CallerMembership { membership, group, cooperative, role })
        .collect())
}

/// The groups this account is in now, for its profile.
pub(in crate::cooperatives) fn held_memberships(conn: &mut Conn, account: AccountId) -> Result<Vec<HeldMembership>> {
    let rows: Vec<(MembershipId, GroupId, String, GroupStatus, CooperativeId, MemberRole, Instant)> =
        memberships::table
            .inner_join(groups::table)
            .filter(memberships::account_id.eq(account))
            .filter(memberships::left_at.is_null())
            .order(memberships::id.asc())
            .select((
                memberships::id,
                groups::id,
                groups::name,
                groups::status,
                memberships::cooperative_id,
                memberships::role,
                memberships::joined_at,
            ))
            .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(membership, group, group_name, group_status, cooperative, role, joined_at)| HeldMembership {
            membership,
            group,
            group_name,
            group_status,
            cooperative,
            role,
            joined_at,
        })
        .collect())
}

/// Every membership this account ever had, for its owner.
pub(in crate::cooperatives) fn every_membership(conn: &mut Conn, account: AccountId) -> Result<Vec<Membership>> {
    Ok(memberships::table
        .filter(memberships::account_id.eq(account))
        .order(memberships::id.asc())
        .select(Membership::as_select())
        .load(conn)?)
}

/// Writes a new member down.
pub(in crate::cooperatives) fn insert_member(tx: &mut Tx<'_>, it: &Membership) -> Result<()> {
    diesel::insert_into(memberships::table)
        .values((
            memberships::id.eq(it.id),
            memberships::cooperative_id.eq(it.cooperative_id),
            memberships::group_id.eq(it.group_id),
            memberships::account_id.eq(it.account_id),
            memberships::name.eq(&it.name),
            memberships::phone.eq(&it.phone),
            memberships::role.eq(it.role),
            memberships::joined_at.eq(it.joined_at),
            memberships::version.eq(it.version),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes the changes of a member who was read at the version before; false when they have moved on.
pub(in crate::cooperatives) fn update_member(tx: &mut Tx<'_>, it: &Membership) -> Result<bool> {
    let before = memberships::table.find(it.id).filter(memberships::version.eq(it.version.saturating_sub(1)));
    let changed = diesel::update(before)
        .set((
            memberships::account_id.eq(it.account_id),
            memberships::name.eq(&it.name),
            memberships::phone.eq(&it.phone),
            memberships::role.eq(it.role),
            memberships::left_at.eq(it.left_at),
            memberships::version.eq(it.version),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// The member of this id in this group, unless they left.
pub(in crate::cooperatives) fn member(conn: &mut Conn, group: GroupId, id: MembershipId) -> Result<Option<Membership>> {
    Ok(memberships::table
        .find(id)
        .filter(memberships::group_id.eq(group))
        .filter(memberships::left_at.is_null())
        .select(Membership::as_select())
        .first(conn)
        .optional()?)
}

/// The membership of this id, also of one who left.
pub(in crate::cooperatives) fn membership(conn: &mut Conn, id: MembershipId) -> Result<Option<Membership>> {
    Ok(memberships::table.find(id).select(Membership::as_select()).first(conn).optional()?)
}

/// The members of a group by the order in which they joined, the first behind the one that is given.
pub(in crate::cooperatives) fn members(
    conn: &mut Conn,
    group: GroupId,
    after: Option<MembershipId>,
    rows: i64,
) -> Result<Vec<Membership>> {
    let mut query = memberships::table
        .filter(memberships::group_id.eq(group))
        .filter(memberships::left_at.is_null())
        .select(Membership::as_select())
        .order(memberships::id.asc())
        .limit(rows)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(memberships::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// How many members each of these groups has now.
pub(in crate::cooperatives) fn member_counts(conn: &mut Conn, of: &[GroupId]) -> Result<Vec<(GroupId, i64)>> {
    Ok(memberships::table
        .filter(memberships::group_id.eq_any(of.iter().copied()))
        .filter(memberships::left_at.is_null())
        .group_by(memberships::group_id)
        .select((memberships::group_id, diesel::dsl::count_star()))
        .load(conn)?)
}

/// How many chairs the group has besides this member.
pub(in crate::cooperatives) fn other_chairs(conn: &mut Conn, group: GroupId, besides: MembershipId) -> Result<i64> {
    Ok(memberships::table
        .filter(memberships::group_id.eq(group))
        .filter(memberships::left_at.is_null())
        .filter(memberships::role.eq(MemberRole::Chair))
        .filter(memberships::id.ne(besides))
        .count()
        .get_result(conn)?)
}

/// The officers of a group who have an account.
pub(in crate::cooperatives) fn officers_of(conn: &mut Conn, group: GroupId) -> Result<Vec<Contact>> {
    let rows: Vec<ContactRow> = accounts::table
        .inner_join(memberships::table.on(memberships::account_id.eq(accounts::id.nullable())))
        .filter(memberships::group_id.eq(group))
        .filter(memberships::left_at.is_null())
        .filter(memberships::role.ne(MemberRole::Member))
        .filter(accounts::status.eq("active"))
        .order(accounts::id.asc())
        .select(CONTACT)
        .load(conn)?;
    Ok(rows.into_iter().map(contact).collect())
}

/// Forgets who this account was in its groups; the places stay, without name and number.
pub(in crate::cooperatives) fn forget_member(tx: &mut Tx<'_>, account: AccountId) -> Result<usize> {
    Ok(diesel::update(memberships::table.filter(memberships::account_id.eq(account)))
        .set((memberships::name.eq("—"), memberships::phone.eq(None::<String>)))
        .execute(&mut **tx)?)
}
