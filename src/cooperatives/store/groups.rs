//! Groups.

use diesel::prelude::*;

use super::end_of_prefix;
use crate::cooperatives::group::{Group, GroupStatus};
use crate::db::schema::groups::dsl;
use crate::db::{Conn, Result, Tx};
use crate::kernel::fold;
use crate::kernel::ids::{AccountId, CooperativeId, GroupId};

/// Writes a new group down.
pub(in crate::cooperatives) fn insert_group(tx: &mut Tx<'_>, it: &Group) -> Result<()> {
    diesel::insert_into(dsl::groups)
        .values((
            dsl::id.eq(it.id),
            dsl::cooperative_id.eq(it.cooperative_id),
            dsl::name.eq(&it.name),
            dsl::slug.eq(&it.slug),
            dsl::description.eq(&it.description),
            dsl::search_text.eq(fold(&it.name)),
            dsl::hamlet.eq(&it.hamlet),
            dsl::business_id.eq(&it.business_id),
            dsl::phone.eq(&it.phone),
            dsl::status.eq(it.status),
            dsl::status_reason.eq(&it.status_reason),
            dsl::founded_by.eq(it.founded_by),
            dsl::created_at.eq(it.created_at),
            dsl::version.eq(it.version),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes the changes of a group that was read at the version before; false when it has moved on.
pub(in crate::cooperatives) fn update_group(tx: &mut Tx<'_>, it: &Group) -> Result<bool> {
    let before = dsl::groups.find(it.id).filter(dsl::version.eq(it.version.saturating_sub(1)));
    let changed = diesel::update(before)
        .set((
            dsl::name.eq(&it.name),
            dsl::search_text.eq(fold(&it.name)),
            dsl::description.eq(&it.description),
            dsl::hamlet.eq(&it.hamlet),
            dsl::business_id.eq(&it.business_id),
            dsl::phone.eq(&it.phone),
            dsl::status.eq(it.status),
            dsl::status_reason.eq(&it.status_reason),
            dsl::version.eq(it.version),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// The group of this id.
pub(in crate::cooperatives) fn group(conn: &mut Conn, id: GroupId) -> Result<Option<Group>> {
    Ok(dsl::groups.find(id).select(Group::as_select()).first(conn).optional()?)
}

/// The group of this id, held until the end of the transaction, so that rules over all its members hold.
pub(in crate::cooperatives) fn hold_group(tx: &mut Tx<'_>, id: GroupId) -> Result<Option<Group>> {
    diesel::update(dsl::groups.find(id)).set(dsl::version.eq(dsl::version)).execute(&mut **tx)?;
    group(tx, id)
}

/// How many groups this person has founded that no board has answered yet.
pub(in crate::cooperatives) fn unanswered_groups(conn: &mut Conn, founder: AccountId) -> Result<i64> {
    Ok(dsl::groups
        .filter(dsl::founded_by.eq(founder))
        .filter(dsl::status.eq_any([GroupStatus::Draft, GroupStatus::Submitted]))
        .count()
        .get_result(conn)?)
}

/// Which groups are asked for.
#[derive(Debug, Clone, Default)]
pub(in crate::cooperatives) struct GroupFilter {
    pub(in crate::cooperatives) cooperative: Option<CooperativeId>,
    pub(in crate::cooperatives) prefix: Option<String>,
    pub(in crate::cooperatives) status: Option<GroupStatus>,
}

/// Groups by name, the first behind the key that is given.
pub(in crate::cooperatives) fn groups(
    conn: &mut Conn,
    filter: &GroupFilter,
    after: Option<(String, GroupId)>,
    rows: i64,
) -> Result<Vec<(Group, String)>> {
    let mut query = dsl::groups
        .select((Group::as_select(), dsl::search_text))
        .order((dsl::search_text.asc(), dsl::id.asc()))
        .limit(rows)
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
        query = query.filter(dsl::search_text.ge(prefix.clone())).filter(dsl::search_text.lt(end_of_prefix(prefix)));
    }
    if let Some((text, id)) = after {
        query = query.filter(dsl::search_text.gt(text.clone()).or(dsl::search_text.eq(text).and(dsl::id.gt(id))));
    }
    Ok(query.load(conn)?)
}

/// The condition as the index over active groups has it: one with a bound value does not find that index.
#[expect(clippy::disallowed_methods, reason = "a partial index is found by its own words, which are a constant")]
fn is_active() -> diesel::expression::SqlLiteral<diesel::sql_types::Bool> {
    diesel::dsl::sql("status = 'active'")
}
