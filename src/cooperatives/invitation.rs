//! Invitations: a secret link by which a person's account is linked to their place in a group, once.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::access::{AccessError, MemberRole, Roles};
use super::group::{Group, GroupStatus, Membership};
use super::membership::{MemberError, NewMember, add_member};
use super::{mails, store};
use crate::db::schema::invitations;
use crate::db::{self, Conn, Tx};
use crate::events::{self, Event};
use crate::kernel::ids::{AccountId, CooperativeId, GroupId, InvitationId, MembershipId};
use crate::kernel::{Duration, Instant, Language};
use crate::web::{Code, Problem};

/// How long an invitation stands.
pub const STANDS: Duration = Duration::days(14);
/// How many invitations a person may send in a day.
pub const MOST_A_DAY: i64 = 50;

/// An invitation; its token is nowhere but in the hands of the invited.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = invitations)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// Into which cooperative.
    pub cooperative_id: CooperativeId,
    /// Into which group.
    pub group_id: GroupId,
    /// To which place in it.
    pub membership_id: MembershipId,
    /// The address it was sent to, until it is accepted.
    pub email: Option<String>,
    /// Who invited.
    pub invited_by: AccountId,
    /// When.
    pub created_at: Instant,
    /// Until when it stands.
    pub expires_at: Instant,
    /// When it was accepted.
    pub accepted_at: Option<Instant>,
    /// When it was taken back.
    pub revoked_at: Option<Instant>,
}

/// Whom to invite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invited {
    /// A member who has no account yet.
    Member(MembershipId),
    /// Somebody new, who becomes a member now and gets their account by the invitation.
    New(NewMember),
}

/// Where the invitation is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letterhead {
    /// The address; without one the inviter passes the link on.
    pub email: Option<String>,
    /// The language of the letter.
    pub language: Language,
    /// The public address of the service.
    pub public_url: std::sync::Arc<str>,
}

/// An invitation just made, with the only copy of its token, which is never printed.
#[derive(Clone)]
pub struct Invitee {
    /// The invitation.
    pub invitation: Invitation,
    /// The place it leads to.
    pub membership: Membership,
    /// The secret.
    pub token: String,
}

impl std::fmt::Debug for Invitee {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invitee").field("membership", &self.membership.id).finish_non_exhaustive()
    }
}

/// Why an invitation could not be made, shown or accepted.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    /// The caller may not, or the new member cannot be.
    #[error(transparent)]
    Member(#[from] MemberError),
    /// The member has an account already.
    #[error("the member has an account already")]
    Linked,
    /// Too many in a day.
    #[error("too many invitations in a day")]
    TooMany,
    /// Accepted by somebody, taken back, or too old.
    #[error("the invitation no longer stands")]
    Spent,
    /// The person is in the group already, by another membership.
    #[error("the person is in the group already")]
    AlreadyIn,
    /// The letter could not be composed.
    #[error("the letter could not be composed")]
    Letter(#[from] minijinja::Error),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<mails::LetterError> for InviteError {
    fn from(error: mails::LetterError) -> Self {
        match error {
            mails::LetterError::Compose(error) => InviteError::Letter(error),
            mails::LetterError::Db(error) => InviteError::Db(error),
        }
    }
}

impl From<AccessError> for InviteError {
    fn from(denied: AccessError) -> Self {
        InviteError::Member(denied.into())
    }
}

impl From<InviteError> for Problem {
    fn from(error: InviteError) -> Self {
        match error {
            InviteError::Member(error) => error.into(),
            InviteError::Linked => Problem::new(Code::MemberLinked),
            InviteError::TooMany => Problem::new(Code::TooManyRequests).retry_after(86_400),
            InviteError::Spent => Problem::new(Code::InvitationSpent),
            InviteError::AlreadyIn => Problem::new(Code::AlreadyMember),
            InviteError::Letter(error) => Problem::internal(error),
            InviteError::Db(error) => error.into(),
        }
    }
}

fn hash_of(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Invites a person into a group and, when there is an address, writes to them. Earlier invitations to the same
/// place no longer stand.
pub fn invite(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    group: GroupId,
    invited: &Invited,
    letterhead: &Letterhead,
) -> Result<Invitee, InviteError> {
    let held = store::hold_group(tx, group)?.ok_or(AccessError::Hidden)?;
    let by = roles.require_officer(&held)?;
    if store::invitations_sent(tx, by, now.before(Duration::days(1)))? >= MOST_A_DAY {
        return Err(InviteError::TooMany);
    }
    let membership = match invited {
        Invited::Member(id) => {
            let member = store::member(tx, group, *id)?.ok_or(AccessError::Hidden)?;
            if member.role == MemberRole::Chair && !roles.can_appoint_chair(&held) {
                return Err(AccessError::Forbidden.into());
            }
            member
        }
        Invited::New(new) => add_member(tx, now, roles, group, new)?,
    };
    if membership.account_id.is_some() {
        return Err(InviteError::Linked);
    }
    store::revoke_invitations_of(tx, membership.id, now)?;
    let token = URL_SAFE_NO_PAD.encode(tx.entropy().bytes::<32>());
    let invitation = Invitation {
        id: tx.id(now),
        cooperative_id: held.cooperative_id,
        group_id: group,
        membership_id: membership.id,
        email: letterhead.email.clone(),
        invited_by: by,
        created_at: now,
        expires_at: now.after(STANDS),
        accepted_at: None,
        revoked_at: None,
    };
    store::insert_invitation(tx, &invitation, &hash_of(&token))?;
    mails::send_invitation(tx, now, &held, &membership, &token, letterhead)?;
    let event = Event::new("invitation.sent", invitation.id).by(by).in_cooperative(held.cooperative_id);
    events::record(tx, now, &event.of_group(group).with("membership", membership.id))?;
    Ok(Invitee { invitation, membership, token })
}

/// What an invitation leads to, for who holds its token.
pub fn read_invitation(
    conn: &mut Conn,
    now: Instant,
    token: &str,
) -> Result<(Invitation, Group, Membership), InviteError> {
    let invitation = store::invitation_of(conn, &hash_of(token))?.ok_or(AccessError::Hidden)?;
    let open = invitation.accepted_at.is_none() && invitation.revoked_at.is_none() && invitation.expires_at > now;
    let group = store::group(conn, invitation.group_id)?.filter(|group| group.status != GroupStatus::Closed);
    let membership = store::member(conn, invitation.group_id, invitation.membership_id)?;
    match (open, group, membership) {
        (true, Some(group), Some(membership)) => Ok((invitation, group, membership)),
        _ => Err(InviteError::Spent),
    }
}

/// Links this person's account to the place they were invited to. The same person may say so twice.
pub fn accept(tx: &mut Tx<'_>, now: Instant, account: AccountId, token: &str) -> Result<Membership, InviteError> {
    let invitation = store::invitation_of(tx, &hash_of(token))?.ok_or(AccessError::Hidden)?;
    let group = store::hold_group(tx, invitation.group_id)?.filter(|group| group.status != GroupStatus::Closed);
    let membership = store::member(tx, invitation.group_id, invitation.membership_id)?.ok_or(InviteError::Spent)?;
    if membership.account_id == Some(account) && invitation.revoked_at.is_none() {
        return Ok(membership);
    }
    if group.is_none() || membership.account_id.is_some() || !store::take_invitation(tx, invitation.id, now)? {
        return Err(InviteError::Spent);
    }
    let linked = Membership { account_id: Some(account), version: membership.version.saturating_add(1), ..membership };
    let done = store::update_member(tx, &linked).map_err(|error| {
        if db::violated(&error, "memberships", &["group_id", "account_id"]) {
            InviteError::AlreadyIn
        } else {
            error.into()
        }
    })?;
    if !done {
        return Err(InviteError::Spent);
    }
    let event = Event::new("invitation.accepted", invitation.id).by(account).in_cooperative(linked.cooperative_id);
    events::record(tx, now, &event.of_group(linked.group_id).with("membership", linked.id).with("role", linked.role))?;
    Ok(linked)
}

/// Takes an invitation back.
pub fn revoke(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    group: GroupId,
    id: InvitationId,
) -> Result<(), InviteError> {
    let held = store::group(tx, group)?.ok_or(AccessError::Hidden)?;
    let by = roles.require_officer(&held)?;
    if !store::revoke_invitation(tx, group, id, now)? {
        return Err(AccessError::Hidden.into());
    }
    let event = Event::new("invitation.revoked", id).by(by).in_cooperative(held.cooperative_id).of_group(group);
    events::record(tx, now, &event)?;
    Ok(())
}
