//! Groups.

use diesel::prelude::*;

use super::prefix_upper_bound;
use crate::cooperatives::group::{Group, GroupNames, GroupRef, GroupStatus};
use crate::db::schema::groups::dsl;
use crate::db::{Conn, Result, Tx, prepared};
use crate::kernel::ids::{AccountId, CooperativeId, GroupId};
use crate::kernel::normalize_for_search;

/// Inserts a group.
pub fn insert_group(tx: &mut Tx<'_>, group: &Group) -> Result<()> {
    let row = (group, dsl::search_text.eq(normalize_for_search(&group.name)));
    diesel::insert_into(dsl::groups).values(row).execute(&mut **tx)?;
    Ok(())
}

/// Updates a group that was read at the previous version; `false` when it has changed since.
pub fn update_group(tx: &mut Tx<'_>, group: &Group) -> Result<bool> {
    let before = dsl::groups.find(group.id).filter(dsl::version.eq(group.version.saturating_sub(1)));
    let row = (group, dsl::search_text.eq(normalize_for_search(&group.name)));
    Ok(diesel::update(before).set(row).execute(&mut **tx)? == 1)
}

/// The group of this id.
pub fn find_group(conn: &mut Conn, id: GroupId) -> Result<Option<Group>> {
    Ok(dsl::groups.find(id).select(Group::as_select()).get_result(conn).optional()?)
}

/// The names of these groups.
pub fn load_group_names(conn: &mut Conn, ids: impl IntoIterator<Item = GroupId>) -> Result<GroupNames> {
    let of_ids = dsl::groups.filter(dsl::id.eq_any(Vec::from_iter(ids))).select((dsl::id, dsl::name));
    let names: Vec<(GroupId, String)> = prepared(of_ids).load(conn)?;
    Ok(GroupNames(names.into_iter().collect()))
}

/// The name of this group.
pub fn load_group_name(conn: &mut Conn, id: GroupId) -> Result<GroupRef> {
    Ok(load_group_names(conn, [id])?.get(id))
}

/// Locks a group until the transaction ends, so that rules over all its members hold. An UPDATE, because SQLite has no
/// `FOR UPDATE`.
pub fn lock_group(tx: &mut Tx<'_>, id: GroupId) -> Result<Option<Group>> {
    diesel::update(dsl::groups.find(id)).set(dsl::version.eq(dsl::version)).execute(&mut **tx)?;
    find_group(tx, id)
}

/// How many groups of this founder await the board's decision.
pub fn count_pending_groups(conn: &mut Conn, founder: AccountId) -> Result<i64> {
    Ok(dsl::groups
        .filter(dsl::founded_by.eq(founder))
        .filter(dsl::status.eq_any([GroupStatus::Draft, GroupStatus::Submitted]))
        .count()
        .get_result(conn)?)
}

/// Filter of groups.
#[derive(Debug, Clone, Default)]
pub struct GroupFilter {
    pub cooperative: Option<CooperativeId>,
    pub prefix: Option<String>,
    pub status: Option<GroupStatus>,
}

/// Groups by name, after this key, with their sort keys.
pub fn list_groups(
    conn: &mut Conn,
    filter: &GroupFilter,
    after: Option<(String, GroupId)>,
    limit: i64,
) -> Result<Vec<(Group, String)>> {
    let mut query = dsl::groups
        .select((Group::as_select(), dsl::search_text))
        .order((dsl::search_text.asc(), dsl::id.asc()))
        .limit(limit)
        .into_boxed();
    query = match filter.status {
        Some(GroupStatus::Active) => query.filter(is_active()),
        Some(status) => query.filter(dsl::status.eq(status)),
        None => query,
    };
    if let Some(cooperative) = filter.cooperative {
        query = query.filter(dsl::cooperative_id.eq(cooperative));
    }
    if let Some(prefix) = &filter.prefix {
        query =
            query.filter(dsl::search_text.ge(prefix.clone())).filter(dsl::search_text.lt(prefix_upper_bound(prefix)));
    }
    if let Some((text, id)) = after {
        query = query.filter(dsl::search_text.gt(text.clone()).or(dsl::search_text.eq(text).and(dsl::id.gt(id))));
    }
    Ok(query.load(conn)?)
}

/// The literal condition of the partial index over active groups: a bound value would not match that index.
#[expect(
    clippy::disallowed_methods,
    reason = "a partial index only matches its literal condition, which is a constant"
)]
fn is_active() -> diesel::expression::SqlLiteral<diesel::sql_types::Bool> {
    diesel::dsl::sql("status = 'active'")
}
