//! Invitations into a group over HTTP.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::members::{MemberView, load_group_inside};
use super::trimmed;
use super::web_page;
use crate::accounts::{Email, SignedIn};
use crate::cooperatives::access::{AccessError, Roles};
use crate::cooperatives::extract::Caller;
use crate::cooperatives::group::GroupRef;
use crate::cooperatives::invitation::{Invitation, InvitationMail, InvitationTarget, invitation_url};
use crate::cooperatives::invite;
use crate::cooperatives::membership::NewMember;
use crate::cooperatives::roles::MemberRole;
use crate::cooperatives::store;
use crate::kernel::ids::{GroupId, InvitationId, MembershipId};
use crate::kernel::{Instant, Language, Phone};
use crate::web::html::{HtmlPage, Reader};
use crate::web::{
    ApiResponse, AppState, Code, FieldErrors, KeyIgnored, List, Page, PathIds, Problem, Read, Routes, Rule, Validate,
    Write, routes,
};

pub(super) fn routes() -> Routes {
    routes!["groups": list_invitations, create_invitation, revoke_invitation, get_invitation, accept_invitation]
}

/// The invited person: an existing member without an account, or a new member by name and role.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Contoh Wati", "role": "member", "email": "contoh.wati@example.org"}))]
struct Invite {
    /// An existing member without an account.
    membership: Option<MembershipId>,
    /// The name of a new member in the group.
    #[schema(min_length = 1, max_length = 80)]
    name: Option<String>,
    /// The role of a new member.
    role: Option<MemberRole>,
    /// The phone number of a new member.
    phone: Option<Phone>,
    /// The address to which the invitation is sent; without one, pass the link on.
    email: Option<Email>,
    /// The language of the mail; Indonesian by default.
    locale: Option<Language>,
}

impl Validate for Invite {
    fn validate(&self, errors: &mut FieldErrors) {
        let is_new_complete = self.name.is_some() && self.role.is_some();
        let has_new_fields = self.name.is_some() || self.role.is_some() || self.phone.is_some();
        errors.require(
            if self.membership.is_some() { !has_new_fields } else { is_new_complete },
            "/membership",
            Rule::MembershipOrName,
        );
        errors.check_line("/name", &self.name, 1..=80);
    }
}

impl Invite {
    fn target(&self) -> Option<InvitationTarget> {
        match (self.membership, &self.name, self.role) {
            (Some(membership), ..) => Some(InvitationTarget::Member(membership)),
            (None, Some(name), Some(role)) => {
                Some(InvitationTarget::New(NewMember { name: trimmed(name), phone: self.phone.clone(), role }))
            }
            _ => None,
        }
    }
}

/// A new invitation. Its link is only in this response.
#[derive(Serialize, utoipa::ToSchema)]
struct InviteeView {
    /// The invitation's id.
    id: InvitationId,
    /// The invited membership.
    membership: MembershipId,
    /// The secret link for the invited person.
    #[schema(
        max_length = 300,
        example = "https://lumbung.example/invitations/q2Jc0yq3m1ZKfP4nXb7sT9vL5hR8wE6uG2dA0oY1iCk"
    )]
    link: String,
    /// The secret token of the link.
    #[schema(max_length = 43, example = "q2Jc0yq3m1ZKfP4nXb7sT9vL5hR8wE6uG2dA0oY1iCk")]
    token: String,
    /// When it expires.
    expires_at: Instant,
}

/// An open invitation, as the group's officers see it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct InvitationRow {
    /// The invitation's id.
    id: InvitationId,
    /// The invited membership.
    membership: MembershipId,
    /// The address to which it was sent.
    #[schema(max_length = 254)]
    email: Option<String>,
    /// When it was created.
    created_at: Instant,
    /// When it expires.
    expires_at: Instant,
}

/// An invitation, as the invited person sees it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct InvitationView {
    /// The group.
    group: GroupRef,
    /// The member's name in the group.
    #[schema(max_length = 80, example = "Contoh Wati")]
    name: String,
    /// The role in the group.
    role: MemberRole,
    /// When it expires.
    expires_at: Instant,
}

/// Invite a person
///
/// By the group's officers or the board. The link works once, for two weeks; a new invitation of the same membership
/// revokes the earlier one. The response contains a secret: it is never stored, and an `Idempotency-Key` is ignored.
#[utoipa::path(
    post, path = "/v1/groups/{id}/invitations",
    responses(
        (status = 201, body = InviteeView),
        (status = 409, description = "The member has an account already, or the group is full or closed"),
    ),
)]
async fn create_invitation(
    call: Write<Invite, KeyIgnored>,
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<GroupId>,
) -> Result<ApiResponse, Problem> {
    let public_url = state.public_url.clone();
    call.run(move |tx, now, body| {
        let target = body.target().ok_or_else(|| Problem::new(Code::BodyInvalid))?;
        load_group_inside(tx, &caller.roles, id.0)?;
        let mail = InvitationMail {
            email: body.email.as_ref().map(|email| email.as_str().to_owned()),
            language: body.locale.unwrap_or(Language::Indonesian),
            public_url: public_url.clone(),
        };
        let issued = invite::invite_member(tx, now, &caller.roles, id.0, &target, &mail)?;
        let view = InviteeView {
            id: issued.invitation.id,
            membership: issued.membership.id,
            link: invitation_url(&public_url, &issued.token),
            token: issued.token,
            expires_at: issued.invitation.expires_at,
        };
        Ok(ApiResponse::created(format!("/v1/groups/{}/invitations/{}", id.0, view.id), &view).no_store())
    })
    .await
}

impl From<Invitation> for InvitationRow {
    fn from(invitation: Invitation) -> Self {
        InvitationRow {
            id: invitation.id,
            membership: invitation.membership_id,
            email: invitation.email,
            created_at: invitation.created_at,
            expires_at: invitation.expires_at,
        }
    }
}

/// List open invitations
///
/// For the group's officers and the board.
#[utoipa::path(get, path = "/v1/groups/{id}/invitations", responses((status = 200, body = Page<InvitationRow>)))]
async fn list_invitations(
    list: List<InvitationId>,
    caller: Caller,
    id: PathIds<GroupId>,
) -> Result<ApiResponse, Problem> {
    let rows = list.read(move |conn, list| {
        let group = load_group_inside(conn, &caller.roles, id.0)?;
        caller.roles.require_officer_or_board(&group)?;
        Ok(store::list_open_invitations(conn, id.0, list.now, list.after, list.limit)?)
    });
    Ok(rows.await?.answer(|invitation| invitation.id, InvitationRow::from).with_etag())
}

/// Revoke an invitation
///
/// By the group's officers or the board.
#[utoipa::path(delete, path = "/v1/groups/{id}/invitations/{invitation}", responses((status = 204)))]
async fn revoke_invitation(
    call: Write,
    caller: Caller,
    ids: PathIds<(GroupId, InvitationId)>,
) -> Result<ApiResponse, Problem> {
    let (group, id) = ids.0;
    call.run(move |tx, now, _| {
        invite::revoke_invitation(tx, now, &caller.roles, group, id)?;
        Ok(ApiResponse::no_content())
    })
    .await
}

/// Get an invitation
///
/// For whoever has its token: JSON for programs, an HTML page with instructions for browsers.
#[utoipa::path(
    get, path = "/v1/invitations/{token}",
    params(("token" = String, Path, max_length = 43)),
    responses(
        (status = 200, description = "The invitation", content((InvitationView = "application/json"), (HtmlPage = "text/html"))),
        (status = 410, description = "`invitation-spent`: accepted, revoked or expired"),
    ),
)]
async fn get_invitation(
    read: Read,
    reader: Reader,
    language: Language,
    token: PathIds<String>,
) -> Result<ApiResponse, Problem> {
    read.run(move |conn, now| {
        let (invitation, group, member) = invite::load_invitation(conn, now, &token.0)?;
        let cooperative = store::find_cooperative(conn, invitation.cooperative_id)?.ok_or(AccessError::Hidden)?;
        if reader == Reader::Person {
            return web_page::render(&invitation, &group, &member, &token.0, cooperative.zone, language);
        }
        let view = InvitationView {
            group: (&group).into(),
            name: member.name,
            role: member.role,
            expires_at: invitation.expires_at,
        };
        Ok(ApiResponse::ok(&view).no_store())
    })
    .await
}

/// Accept an invitation
///
/// Links the caller's account to the invited membership. Repeating it with the same account has no effect.
#[utoipa::path(
    post, path = "/v1/invitations/{token}/acceptance",
    params(("token" = String, Path, max_length = 43)),
    responses(
        (status = 200, body = MemberView),
        (status = 409, description = "`already-member`: the account has another membership of the group"),
        (status = 410, description = "`invitation-spent`: accepted, revoked or expired"),
    ),
)]
async fn accept_invitation(
    call: Write<(), KeyIgnored>,
    person: SignedIn,
    token: PathIds<String>,
) -> Result<ApiResponse, Problem> {
    call.run(move |tx, now, _| {
        let member = invite::accept_invitation(tx, now, person.account, &token.0)?;
        let group = store::find_group(tx, member.group_id)?.ok_or(AccessError::Hidden)?;
        let roles = Roles::load(tx, person.account)?;
        let view = MemberView::new(&roles, &group, member);
        Ok(ApiResponse::ok(&view).with_version(view.version))
    })
    .await
}
