//! The SQL of contributions.

use diesel::prelude::*;

use crate::db::schema::{contributions, memberships};
use crate::db::{Conn, Result, Tx};
use crate::kernel::ids::{AccountId, BatchId, ContributionId, GroupId, MembershipId};
use crate::supply::{Batch, Contribution};

/// Finds the name of a current or former member of this group.
pub fn find_member_name(conn: &mut Conn, group: GroupId, membership: MembershipId) -> Result<Option<String>> {
    Ok(memberships::table
        .filter(memberships::id.eq(membership))
        .filter(memberships::group_id.eq(group))
        .select(memberships::name)
        .get_result(conn)
        .optional()?)
}

/// Inserts a contribution.
pub fn insert_contribution(tx: &mut Tx<'_>, batch: &Batch, by: AccountId, contribution: &Contribution) -> Result<()> {
    diesel::insert_into(contributions::table)
        .values((
            contributions::id.eq(contribution.id),
            contributions::cooperative_id.eq(batch.cooperative_id),
            contributions::batch_id.eq(batch.id),
            contributions::membership_id.eq(contribution.membership),
            contributions::kind.eq(contribution.kind),
            contributions::amount.eq(contribution.amount),
            contributions::noted_by.eq(by),
            contributions::noted_at.eq(contribution.noted_at),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Lists the contributions to a batch, oldest first, after the given one.
pub fn list_contributions(
    conn: &mut Conn,
    batch: BatchId,
    after: Option<ContributionId>,
    limit: i64,
) -> Result<Vec<Contribution>> {
    let mut query = contributions::table
        .inner_join(memberships::table.on(memberships::id.eq(contributions::membership_id)))
        .filter(contributions::batch_id.eq(batch))
        .order(contributions::id.asc())
        .limit(limit)
        .select((
            contributions::id,
            contributions::membership_id,
            memberships::name,
            contributions::kind,
            contributions::amount,
            contributions::noted_at,
        ))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(contributions::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Finds a contribution to a batch.
pub fn find_contribution(conn: &mut Conn, batch: BatchId, id: ContributionId) -> Result<Option<Contribution>> {
    Ok(contributions::table
        .inner_join(memberships::table.on(memberships::id.eq(contributions::membership_id)))
        .filter(contributions::batch_id.eq(batch))
        .filter(contributions::id.eq(id))
        .select((
            contributions::id,
            contributions::membership_id,
            memberships::name,
            contributions::kind,
            contributions::amount,
            contributions::noted_at,
        ))
        .get_result(conn)
        .optional()?)
}
