//! Creates, loads, accepts and revokes invitations.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::access::{AccessError, Roles};
use super::events::{self, CooperativeEvent};
use super::group::{Group, GroupStatus, Membership};
use super::invitation::{
    INVITATION_TTL, Invitation, InvitationMail, InvitationTarget, IssuedInvitation, MAX_INVITATIONS_PER_DAY,
    invitation_url,
};
use super::membership::{MemberError, add_member};
use super::roles::MemberRole;
use super::store;
use crate::db::{self, Conn, Tx};
use crate::kernel::ids::{AccountId, GroupId, InvitationId};
use crate::kernel::{Duration, Instant};
use crate::mail::{self, LetterRecipient, letter_kind};
use crate::web::{Code, Problem, verb_errors};

verb_errors! {
    /// Why an invitation was not created, loaded, accepted or revoked.
    pub enum InviteError {
        /// The member has an account already.
        Linked => MemberLinked,
        /// The inviter has sent `MAX_INVITATIONS_PER_DAY` within 24 hours.
        TooMany => { Problem::new(Code::TooManyRequests).retry_after(86_400) },
        /// It was accepted or revoked, or has expired.
        NotValid => InvitationSpent,
        /// The account has another membership of the group.
        AlreadyIn => AlreadyMember,
        /// The mail could not be composed.
        Letter(error: minijinja::Error) => { Problem::internal(error) },
    }
    + Member(MemberError), Db(db::Error)
}

impl From<AccessError> for InviteError {
    fn from(error: AccessError) -> Self {
        InviteError::Member(error.into())
    }
}

fn hash_token(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Invites a person into a group and, if there is an address, sends a mail. Earlier invitations of the same membership
/// are revoked.
pub fn invite_member(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    group_id: GroupId,
    target: &InvitationTarget,
    invitation_mail: &InvitationMail,
) -> Result<IssuedInvitation, InviteError> {
    let group = store::lock_group(tx, group_id)?.ok_or(AccessError::Hidden)?;
    let by = roles.require_officer_or_board(&group)?;
    if store::count_invitations(tx, by, now.before(Duration::days(1)))? >= MAX_INVITATIONS_PER_DAY {
        return Err(InviteError::TooMany);
    }
    let membership = match target {
        InvitationTarget::Member(id) => {
            let member = store::find_member(tx, group_id, *id)?.ok_or(AccessError::Hidden)?;
            AccessError::forbid_unless(member.role != MemberRole::Chair || roles.can_appoint_chair(&group))?;
            member
        }
        InvitationTarget::New(new) => add_member(tx, now, roles, group_id, tx.id(now), new)?,
    };
    if membership.account_id.is_some() {
        return Err(InviteError::Linked);
    }
    store::revoke_member_invitations(tx, membership.id, now)?;
    let token = URL_SAFE_NO_PAD.encode(tx.entropy().bytes::<32>());
    let invitation = Invitation {
        id: tx.id(now),
        cooperative_id: group.cooperative_id,
        group_id,
        membership_id: membership.id,
        email: invitation_mail.email.clone(),
        invited_by: by,
        created_at: now,
        expires_at: now.after(INVITATION_TTL),
        accepted_at: None,
        revoked_at: None,
    };
    store::insert_invitation(tx, &invitation, &hash_token(&token))?;
    if let Some(address) = invitation_mail.email.clone() {
        let values = json!({
            "group": group.name,
            "role": membership.role.display_name(invitation_mail.language),
            "link": invitation_url(&invitation_mail.public_url, &token),
            "days": INVITATION_TTL.num_days(),
        });
        let (name, language) = (membership.name.clone(), invitation_mail.language);
        let recipient = LetterRecipient { account: None, name, address, language };
        let letter = mail::compose(letter_kind!("group-invitation"), None, recipient, values);
        mail::enqueue(tx, now, &letter.map_err(InviteError::Letter)?)?;
    }
    let event = CooperativeEvent::InvitationSent { membership: membership.id }.about(invitation.id);
    events::record(tx, now, &event.by(by).in_group(group.cooperative_id, group_id))?;
    Ok(IssuedInvitation { invitation, membership, token })
}

/// Loads a valid invitation by its token, with its group and membership.
pub fn load_invitation(
    conn: &mut Conn,
    now: Instant,
    token: &str,
) -> Result<(Invitation, Group, Membership), InviteError> {
    let invitation = store::find_invitation_by_hash(conn, &hash_token(token))?.ok_or(AccessError::Hidden)?;
    let is_open = invitation.accepted_at.is_none() && invitation.revoked_at.is_none() && invitation.expires_at > now;
    let group = store::find_group(conn, invitation.group_id)?.filter(|group| group.status != GroupStatus::Closed);
    let membership = store::find_member(conn, invitation.group_id, invitation.membership_id)?;
    match (is_open, group, membership) {
        (true, Some(group), Some(membership)) => Ok((invitation, group, membership)),
        _ => Err(InviteError::NotValid),
    }
}

/// Links this account to the invited membership. Repeating it with the same account has no effect.
pub fn accept_invitation(
    tx: &mut Tx<'_>,
    now: Instant,
    account: AccountId,
    token: &str,
) -> Result<Membership, InviteError> {
    let invitation = store::find_invitation_by_hash(tx, &hash_token(token))?.ok_or(AccessError::Hidden)?;
    let group = store::lock_group(tx, invitation.group_id)?.filter(|group| group.status != GroupStatus::Closed);
    let membership =
        store::find_member(tx, invitation.group_id, invitation.membership_id)?.ok_or(InviteError::NotValid)?;
    if membership.account_id == Some(account) && invitation.revoked_at.is_none() {
        return Ok(membership);
    }
    if group.is_none() || membership.account_id.is_some() || !store::accept_invitation(tx, invitation.id, now)? {
        return Err(InviteError::NotValid);
    }
    let linked = Membership { account_id: Some(account), version: membership.version.saturating_add(1), ..membership };
    let already_in = db::on_unique_violation("memberships", &["group_id", "account_id"], InviteError::AlreadyIn);
    let is_updated = store::update_member(tx, &linked).map_err(already_in)?;
    if !is_updated {
        return Err(InviteError::NotValid);
    }
    let event = CooperativeEvent::InvitationAccepted { membership: linked.id, role: linked.role }.about(invitation.id);
    events::record(tx, now, &event.by(account).in_group(linked.cooperative_id, linked.group_id))?;
    Ok(linked)
}

/// Revokes an open invitation of this group.
pub fn revoke_invitation(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    group_id: GroupId,
    id: InvitationId,
) -> Result<(), InviteError> {
    let group = store::find_group(tx, group_id)?.ok_or(AccessError::Hidden)?;
    let by = roles.require_officer_or_board(&group)?;
    AccessError::hide_unless(store::revoke_invitation(tx, group_id, id, now)?)?;
    let event = CooperativeEvent::InvitationRevoked {}.about(id).by(by).in_group(group.cooperative_id, group_id);
    events::record(tx, now, &event)?;
    Ok(())
}
