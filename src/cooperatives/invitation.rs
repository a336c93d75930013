//! Invitations: a secret link that links a person's account to a membership, once.

use diesel::prelude::*;

use super::group::Membership;
use super::membership::NewMember;
use crate::db::schema::invitations;
use crate::kernel::ids::{AccountId, CooperativeId, GroupId, InvitationId, MembershipId};
use crate::kernel::{Duration, Instant, Language};

/// How long an invitation is valid.
pub const INVITATION_TTL: Duration = Duration::days(14);
/// How many invitations one account may send within 24 hours.
pub const MAX_INVITATIONS_PER_DAY: i64 = 50;

/// The URL of an invitation.
pub(super) fn invitation_url(public_url: &str, token: &str) -> String {
    format!("{public_url}/v1/invitations/{token}")
}

/// An invitation. Only the hash of its token is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = invitations)]
pub struct Invitation {
    /// The invitation's id.
    pub id: InvitationId,
    /// The group's cooperative.
    pub cooperative_id: CooperativeId,
    /// The group.
    pub group_id: GroupId,
    /// The membership that is linked when it is accepted.
    pub membership_id: MembershipId,
    /// The address it was sent to; deleted when it is accepted or revoked.
    pub email: Option<String>,
    /// The account of the inviter.
    pub invited_by: AccountId,
    /// When it was created.
    pub created_at: Instant,
    /// When it expires.
    pub expires_at: Instant,
    /// When it was accepted.
    pub accepted_at: Option<Instant>,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
}

/// Who is invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvitationTarget {
    /// An existing member without an account.
    Member(MembershipId),
    /// A new member, who is added now.
    New(NewMember),
}

/// How an invitation is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationMail {
    /// The address; `None` when the inviter passes the link on.
    pub email: Option<String>,
    /// The language of the mail.
    pub language: Language,
    /// The public base URL of the service.
    pub public_url: std::sync::Arc<str>,
}

/// A new invitation with the only copy of its token, which `Debug` does not print.
#[derive(Clone)]
pub struct IssuedInvitation {
    /// The invitation.
    pub invitation: Invitation,
    /// The invited member.
    pub membership: Membership,
    /// The secret token.
    pub token: String,
}

impl std::fmt::Debug for IssuedInvitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IssuedInvitation").field("membership", &self.membership.id).finish_non_exhaustive()
    }
}
