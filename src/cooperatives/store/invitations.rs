//! Invitations.

use diesel::prelude::*;

use crate::cooperatives::invitation::Invitation;
use crate::db::schema::invitations::dsl;
use crate::db::{Conn, Result, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, GroupId, InvitationId, MembershipId};

/// Writes an invitation down; of its token only the hash.
pub(in crate::cooperatives) fn insert_invitation(tx: &mut Tx<'_>, it: &Invitation, hash: &[u8]) -> Result<()> {
    diesel::insert_into(dsl::invitations)
        .values((
            dsl::id.eq(it.id),
            dsl::cooperative_id.eq(it.cooperative_id),
            dsl::group_id.eq(it.group_id),
            dsl::membership_id.eq(it.membership_id),
            dsl::email.eq(&it.email),
            dsl::hash.eq(hash),
            dsl::invited_by.eq(it.invited_by),
            dsl::created_at.eq(it.created_at),
            dsl::expires_at.eq(it.expires_at),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// The invitation whose token has this hash.
pub(in crate::cooperatives) fn invitation_of(conn: &mut Conn, hash: &[u8]) -> Result<Option<Invitation>> {
    Ok(dsl::invitations.filter(dsl::hash.eq(hash)).select(Invitation::as_select()).first(conn).optional()?)
}

/// Takes an invitation: true for exactly one caller. The address it was sent to is forgotten.
pub(in crate::cooperatives) fn take_invitation(tx: &mut Tx<'_>, id: InvitationId, now: Instant) -> Result<bool> {
    let open = dsl::invitations
        .find(id)
        .filter(dsl::accepted_at.is_null())
        .filter(dsl::revoked_at.is_null())
        .filter(dsl::expires_at.gt(now));
    let taken =
        diesel::update(open).set((dsl::accepted_at.eq(now), dsl::email.eq(None::<String>))).execute(&mut **tx)?;
    Ok(taken == 1)
}

/// Revokes an open invitation of this group; false when there is none.
pub(in crate::cooperatives) fn revoke_invitation(
    tx: &mut Tx<'_>,
    group: GroupId,
    id: InvitationId,
    now: Instant,
) -> Result<bool> {
    let open = dsl::invitations
        .find(id)
        .filter(dsl::group_id.eq(group))
        .filter(dsl::accepted_at.is_null())
        .filter(dsl::revoked_at.is_null());
    let revoked =
        diesel::update(open).set((dsl::revoked_at.eq(now), dsl::email.eq(None::<String>))).execute(&mut **tx)?;
    Ok(revoked == 1)
}

/// Revokes every open invitation of this member.
pub(in crate::cooperatives) fn revoke_invitations_of(
    tx: &mut Tx<'_>,
    membership: MembershipId,
    now: Instant,
) -> Result<usize> {
    let open = dsl::invitations
        .filter(dsl::membership_id.eq(membership))
        .filter(dsl::accepted_at.is_null())
        .filter(dsl::revoked_at.is_null());
    Ok(diesel::update(open).set((dsl::revoked_at.eq(now), dsl::email.eq(None::<String>))).execute(&mut **tx)?)
}

/// The open invitations of a group, the oldest first, from behind the one that is given.
pub(in crate::cooperatives) fn open_invitations(
    conn: &mut Conn,
    group: GroupId,
    now: Instant,
    after: Option<InvitationId>,
    rows: i64,
) -> Result<Vec<Invitation>> {
    let mut query = dsl::invitations
        .filter(dsl::group_id.eq(group))
        .filter(dsl::accepted_at.is_null())
        .filter(dsl::revoked_at.is_null())
        .filter(dsl::expires_at.gt(now))
        .select(Invitation::as_select())
        .order(dsl::id.asc())
        .limit(rows)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(dsl::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// How many invitations this person has sent since then.
pub(in crate::cooperatives) fn invitations_sent(conn: &mut Conn, by: AccountId, since: Instant) -> Result<i64> {
    Ok(dsl::invitations.filter(dsl::invited_by.eq(by)).filter(dsl::created_at.ge(since)).count().get_result(conn)?)
}
