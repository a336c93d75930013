//! Invitations.

use diesel::prelude::*;

use crate::cooperatives::invitation::Invitation;
use crate::db::schema::invitations::dsl;
use crate::db::{Conn, Result, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, GroupId, InvitationId, MembershipId};

/// Inserts an invitation with the hash of its token.
pub fn insert_invitation(tx: &mut Tx<'_>, invitation: &Invitation, hash: &[u8]) -> Result<()> {
    diesel::insert_into(dsl::invitations).values((invitation, dsl::hash.eq(hash))).execute(&mut **tx)?;
    Ok(())
}

/// The invitation whose token has this hash.
pub fn find_invitation_by_hash(conn: &mut Conn, hash: &[u8]) -> Result<Option<Invitation>> {
    Ok(dsl::invitations.filter(dsl::hash.eq(hash)).select(Invitation::as_select()).get_result(conn).optional()?)
}

/// Marks an open invitation as accepted and deletes its address; `true` for exactly one caller.
pub fn accept_invitation(tx: &mut Tx<'_>, id: InvitationId, now: Instant) -> Result<bool> {
    let open = dsl::invitations
        .find(id)
        .filter(dsl::accepted_at.is_null())
        .filter(dsl::revoked_at.is_null())
        .filter(dsl::expires_at.gt(now));
    let updated =
        diesel::update(open).set((dsl::accepted_at.eq(now), dsl::email.eq(None::<String>))).execute(&mut **tx)?;
    Ok(updated == 1)
}

/// Revokes an open invitation of this group; `false` when there is none.
pub fn revoke_invitation(tx: &mut Tx<'_>, group: GroupId, id: InvitationId, now: Instant) -> Result<bool> {
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
pub fn revoke_member_invitations(tx: &mut Tx<'_>, membership: MembershipId, now: Instant) -> Result<usize> {
    let open = dsl::invitations
        .filter(dsl::membership_id.eq(membership))
        .filter(dsl::accepted_at.is_null())
        .filter(dsl::revoked_at.is_null());
    Ok(diesel::update(open).set((dsl::revoked_at.eq(now), dsl::email.eq(None::<String>))).execute(&mut **tx)?)
}

/// The open invitations of a group, oldest first, after this one.
pub fn list_open_invitations(
    conn: &mut Conn,
    group: GroupId,
    now: Instant,
    after: Option<InvitationId>,
    limit: i64,
) -> Result<Vec<Invitation>> {
    let mut query = dsl::invitations
        .filter(dsl::group_id.eq(group))
        .filter(dsl::accepted_at.is_null())
        .filter(dsl::revoked_at.is_null())
        .filter(dsl::expires_at.gt(now))
        .select(Invitation::as_select())
        .order(dsl::id.asc())
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(dsl::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// How many invitations this account has sent since this time.
pub fn count_invitations(conn: &mut Conn, by: AccountId, since: Instant) -> Result<i64> {
    Ok(dsl::invitations.filter(dsl::invited_by.eq(by)).filter(dsl::created_at.ge(since)).count().get_result(conn)?)
}
