//! Members of groups.

use diesel::prelude::*;

use super::offices::{CONTACT_COLUMNS, ContactRow, to_contact};
use crate::cooperatives::access::CallerMembership;
use crate::cooperatives::group::{HeldMembership, Membership};
use crate::cooperatives::office::Contact;
use crate::cooperatives::roles::MemberRole;
use crate::db::schema::{accounts, groups, memberships};
use crate::db::{Conn, Result, Tx};
use crate::kernel::ids::{AccountId, GroupId, MembershipId};

/// The current memberships of this account.
pub fn list_memberships(conn: &mut Conn, account: AccountId) -> Result<Vec<CallerMembership>> {
    Ok(memberships::table
        .filter(memberships::account_id.eq(account))
        .filter(memberships::left_at.is_null())
        .select(CallerMembership::as_select())
        .load(conn)?)
}

/// The current memberships of this account with their groups, for its profile.
pub fn list_held_memberships(conn: &mut Conn, account: AccountId) -> Result<Vec<HeldMembership>> {
    Ok(memberships::table
        .inner_join(groups::table)
        .filter(memberships::account_id.eq(account))
        .filter(memberships::left_at.is_null())
        .order(memberships::id.asc())
        .select(HeldMembership::as_select())
        .load(conn)?)
}

/// All memberships of this account, also ended ones.
pub fn list_all_memberships(conn: &mut Conn, account: AccountId) -> Result<Vec<Membership>> {
    Ok(memberships::table
        .filter(memberships::account_id.eq(account))
        .order(memberships::id.asc())
        .select(Membership::as_select())
        .load(conn)?)
}

/// Inserts a member.
pub fn insert_member(tx: &mut Tx<'_>, member: &Membership) -> Result<()> {
    diesel::insert_into(memberships::table).values(member).execute(&mut **tx)?;
    Ok(())
}

/// Updates a member who was read at the previous version; `false` when they have changed since.
pub fn update_member(tx: &mut Tx<'_>, member: &Membership) -> Result<bool> {
    let before = memberships::table.find(member.id).filter(memberships::version.eq(member.version.saturating_sub(1)));
    Ok(diesel::update(before).set(member).execute(&mut **tx)? == 1)
}

/// The current member of this id in this group.
pub fn find_member(conn: &mut Conn, group: GroupId, id: MembershipId) -> Result<Option<Membership>> {
    Ok(memberships::table
        .find(id)
        .filter(memberships::group_id.eq(group))
        .filter(memberships::left_at.is_null())
        .select(Membership::as_select())
        .get_result(conn)
        .optional()?)
}

/// The membership of this id, also an ended one.
pub fn find_membership(conn: &mut Conn, id: MembershipId) -> Result<Option<Membership>> {
    Ok(memberships::table.find(id).select(Membership::as_select()).get_result(conn).optional()?)
}

/// The current members of a group in the order of joining, after this one.
pub fn list_members(
    conn: &mut Conn,
    group: GroupId,
    after: Option<MembershipId>,
    limit: i64,
) -> Result<Vec<Membership>> {
    let mut query = memberships::table
        .filter(memberships::group_id.eq(group))
        .filter(memberships::left_at.is_null())
        .select(Membership::as_select())
        .order(memberships::id.asc())
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(memberships::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// The number of current members of each of these groups; groups without members are missing.
pub fn count_members(conn: &mut Conn, groups: &[GroupId]) -> Result<Vec<(GroupId, i64)>> {
    Ok(memberships::table
        .filter(memberships::group_id.eq_any(groups.iter().copied()))
        .filter(memberships::left_at.is_null())
        .group_by(memberships::group_id)
        .select((memberships::group_id, diesel::dsl::count_star()))
        .load(conn)?)
}

/// The number of other chairs of the group.
pub fn count_other_chairs(conn: &mut Conn, group: GroupId, except: MembershipId) -> Result<i64> {
    Ok(memberships::table
        .filter(memberships::group_id.eq(group))
        .filter(memberships::left_at.is_null())
        .filter(memberships::role.eq(MemberRole::Chair))
        .filter(memberships::id.ne(except))
        .count()
        .get_result(conn)?)
}

/// The officers of a group who have an account.
pub fn list_officers(conn: &mut Conn, group: GroupId) -> Result<Vec<Contact>> {
    let rows: Vec<ContactRow> = accounts::table
        .inner_join(memberships::table.on(memberships::account_id.eq(accounts::id.nullable())))
        .filter(memberships::group_id.eq(group))
        .filter(memberships::left_at.is_null())
        .filter(memberships::role.ne(MemberRole::Member))
        .filter(accounts::status.eq("active"))
        .order(accounts::id.asc())
        .select(CONTACT_COLUMNS)
        .load(conn)?;
    Ok(rows.into_iter().map(to_contact).collect())
}

/// Deletes name and number from the memberships of this account; the rows stay.
pub fn anonymize_members(tx: &mut Tx<'_>, account: AccountId) -> Result<usize> {
    Ok(diesel::update(memberships::table.filter(memberships::account_id.eq(account)))
        .set((memberships::name.eq("—"), memberships::phone.eq(None::<String>)))
        .execute(&mut **tx)?)
}
