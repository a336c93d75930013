//! Inviting people into a group, and accepting.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::members::{MemberView, inside};
use super::trimmed;
use super::web_page;
use crate::accounts::{Email, SignedIn};
use crate::cooperatives::access::{Caller, MemberRole, Roles};
use crate::cooperatives::invitation::{
    Invitation, Invited, Letterhead, accept, invite as send, read_invitation, revoke,
};
use crate::cooperatives::mails::link;
use crate::cooperatives::membership::NewMember;
use crate::cooperatives::store;
use crate::kernel::ids::{GroupId, InvitationId, MembershipId};
use crate::kernel::{Instant, Language, Phone};
use crate::web::html::{HtmlPage, Reader};
use crate::web::{
    ApiResponse, AppState, Body, Code, FieldError, FieldErrors, Page, PageQuery, Paging, PathIds, Problem, Query,
    Routes, Validate, routes,
};

pub(super) fn routes() -> Routes {
    routes![list_invitations, invite, revoke_invitation, show_invitation, accept_invitation]
}

/// Whom to invite: a member who has no account yet, or somebody new by name and role.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Contoh Wati", "role": "member", "email": "contoh.wati@example.org"}))]
struct Invite {
    /// A member who has no account yet.
    membership: Option<MembershipId>,
    /// How somebody new is called in the group.
    #[schema(min_length = 1, max_length = 80)]
    name: Option<String>,
    /// What somebody new is in the group.
    role: Option<MemberRole>,
    /// Where somebody new can be called.
    phone: Option<Phone>,
    /// Where the invitation is sent; without an address you pass the link on.
    email: Option<Email>,
    /// The language of the letter.
    locale: Option<Language>,
}

const ONE_OF_BOTH: FieldError = FieldError::Rule {
    code: "membership-or-name",
    id: "Isi membership untuk anggota yang sudah ada, atau name dan role untuk anggota baru.",
    en: "Send membership for a member who is there, or name and role for a new one.",
};

impl Validate for Invite {
    fn check(&self, errors: &mut FieldErrors) {
        let new = self.name.is_some() && self.role.is_some();
        let anything_new = self.name.is_some() || self.role.is_some() || self.phone.is_some();
        errors.require(if self.membership.is_some() { !anything_new } else { new }, "/membership", ONE_OF_BOTH);
        if let Some(name) = &self.name {
            errors.line("/name", name, 1..=80);
        }
    }
}

impl Invite {
    fn meant(&self) -> Option<Invited> {
        match (self.membership, &self.name, self.role) {
            (Some(membership), ..) => Some(Invited::Member(membership)),
            (None, Some(name), Some(role)) => {
                Some(Invited::New(NewMember { id: None, name: trimmed(name), phone: self.phone.clone(), role }))
            }
            _ => None,
        }
    }
}

/// An invitation just made. The link is shown this once.
#[derive(Serialize, utoipa::ToSchema)]
struct InviteeView {
    /// Its id.
    id: InvitationId,
    /// The place it leads to.
    membership: MembershipId,
    /// The secret link for the invited person.
    #[schema(
        max_length = 300,
        example = "https://lumbung.example/invitations/q2Jc0yq3m1ZKfP4nXb7sT9vL5hR8wE6uG2dA0oY1iCk"
    )]
    link: String,
    /// The secret of the link by itself.
    #[schema(max_length = 43, example = "q2Jc0yq3m1ZKfP4nXb7sT9vL5hR8wE6uG2dA0oY1iCk")]
    token: String,
    /// Until when it stands.
    expires_at: Instant,
}

/// An open invitation, as the group's officers see it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct InvitationRow {
    /// Its id.
    id: InvitationId,
    /// The place it leads to.
    membership: MembershipId,
    /// Where it was sent.
    #[schema(max_length = 254)]
    email: Option<String>,
    /// When.
    created_at: Instant,
    /// Until when it stands.
    expires_at: Instant,
}

/// An invitation, as the invited person sees it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct InvitationView {
    /// Into which group.
    group: GroupId,
    /// That group's name.
    #[schema(max_length = 80, example = "Sekar Laras")]
    group_name: String,
    /// How the person is called there.
    #[schema(max_length = 80, example = "Contoh Wati")]
    name: String,
    /// As what.
    role: MemberRole,
    /// Until when it stands.
    expires_at: Instant,
}

/// Invite a person
///
/// By the group's officers or the board. The link works once, for two weeks; a new invitation to the same place
/// ends the earlier one. The answer bears a secret: it is never stored, and no `Idempotency-Key` is taken.
#[utoipa::path(
    post,
    path = "/v1/groups/{id}/invitations",
    tag = "groups",
    operation_id = "invite",
    params(("id" = GroupId, Path)),
    request_body = Invite,
    responses(
        (status = 201, description = "Invited", body = InviteeView),
        (status = 409, description = "They have an account there already, or the group is full or closed"),
    ),
    security(("bearer" = [])),
)]
async fn invite(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<GroupId>,
    body: Body<Invite>,
) -> Result<ApiResponse, Problem> {
    let (now, asked) = (state.now(), body.value);
    let invited = asked.meant().ok_or_else(|| Problem::new(Code::BodyInvalid))?;
    let letterhead = Letterhead {
        email: asked.email.map(|email| email.as_str().to_owned()),
        language: asked.locale.unwrap_or(Language::Indonesian),
        public_url: state.public_url.clone(),
    };
    let made = state
        .db
        .write(move |tx| {
            inside(tx, &caller.roles, id.0)?;
            Ok::<_, Problem>(send(tx, now, &caller.roles, id.0, &invited, &letterhead)?)
        })
        .await?;
    let view = InviteeView {
        id: made.invitation.id,
        membership: made.membership.id,
        link: link(&state.public_url, &made.token),
        token: made.token,
        expires_at: made.invitation.expires_at,
    };
    Ok(ApiResponse::created(format!("/v1/groups/{}/invitations/{}", id.0, view.id), &view).no_store())
}

fn row(it: Invitation) -> InvitationRow {
    InvitationRow {
        id: it.id,
        membership: it.membership_id,
        email: it.email,
        created_at: it.created_at,
        expires_at: it.expires_at,
    }
}

/// List open invitations
///
/// For the group's officers and the board.
#[utoipa::path(
    get,
    path = "/v1/groups/{id}/invitations",
    tag = "groups",
    operation_id = "list_invitations",
    params(("id" = GroupId, Path), PageQuery),
    responses((status = 200, description = "Open invitations", body = Page<InvitationRow>)),
    security(("bearer" = [])),
)]
async fn list_invitations(
    state: Data<AppState>,
    request: HttpRequest,
    caller: Caller,
    id: PathIds<GroupId>,
    query: Query<PageQuery>,
) -> Result<ApiResponse, Problem> {
    let now = state.now();
    let list = format!("invitations {}", id.0);
    let paging: Paging<InvitationId> = Paging::read(&state.signer, list, query.0.limit, query.0.cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let found = state
        .db
        .read(move |conn| {
            let group = inside(conn, &caller.roles, id.0)?;
            caller.roles.require_officer(&group)?;
            Ok::<_, Problem>(store::open_invitations(conn, id.0, now, after, rows)?)
        })
        .await?;
    let page = paging.page(&state.signer, found, |it| it.id, row);
    Ok(page.answer(request.path(), request.query_string()).tagged())
}

/// Take an invitation back
///
/// By the group's officers or the board.
#[utoipa::path(
    delete,
    path = "/v1/groups/{id}/invitations/{invitation}",
    tag = "groups",
    operation_id = "revoke_invitation",
    params(("id" = GroupId, Path), ("invitation" = InvitationId, Path)),
    responses((status = 204, description = "Taken back")),
    security(("bearer" = [])),
)]
async fn revoke_invitation(
    state: Data<AppState>,
    caller: Caller,
    ids: PathIds<(GroupId, InvitationId)>,
) -> Result<ApiResponse, Problem> {
    let (now, (group, invitation)) = (state.now(), ids.0);
    state.db.write(move |tx| revoke(tx, now, &caller.roles, group, invitation)).await?;
    Ok(ApiResponse::no_content())
}

/// Show an invitation
///
/// For who holds its secret: JSON for programs; a page that says what to do, where a browser opens the link.
#[utoipa::path(
    get,
    path = "/v1/invitations/{token}",
    tag = "groups",
    operation_id = "show_invitation",
    params(("token" = String, Path, max_length = 43)),
    responses(
        (status = 200, description = "What it leads to", content((InvitationView = "application/json"), (HtmlPage = "text/html"))),
        (status = 410, description = "`invitation-spent`: it no longer stands"),
    ),
)]
async fn show_invitation(
    state: Data<AppState>,
    reader: Reader,
    language: Language,
    token: PathIds<String>,
) -> Result<ApiResponse, Problem> {
    let (now, shown) = (state.now(), token.0.clone());
    let ((invitation, group, member), zone) = state
        .db
        .read(move |conn| {
            let found = read_invitation(conn, now, &shown)?;
            let cooperative = store::cooperative(conn, found.0.cooperative_id)?.ok_or_else(Problem::not_found)?;
            Ok::<_, Problem>((found, cooperative.zone))
        })
        .await?;
    if reader == Reader::Person {
        return web_page::of(&invitation, &group, &member, &token.0, zone, language);
    }
    let view = InvitationView {
        group: group.id,
        group_name: group.name,
        name: member.name,
        role: member.role,
        expires_at: invitation.expires_at,
    };
    Ok(ApiResponse::ok(&view).no_store())
}

/// Accept an invitation
///
/// Links your account to the place you were invited to. Said twice by the same person, it is done once.
#[utoipa::path(
    post,
    path = "/v1/invitations/{token}/acceptance",
    tag = "groups",
    operation_id = "accept_invitation",
    params(("token" = String, Path, max_length = 43)),
    responses(
        (status = 200, description = "You are in", body = MemberView),
        (status = 409, description = "`already-member`: by another place in the group"),
        (status = 410, description = "`invitation-spent`: it no longer stands"),
    ),
    security(("bearer" = [])),
)]
async fn accept_invitation(
    state: Data<AppState>,
    person: SignedIn,
    token: PathIds<String>,
) -> Result<ApiResponse, Problem> {
    let (now, account) = (state.now(), person.account);
    let view = state
        .db
        .write(move |tx| {
            let member = accept(tx, now, account, &token.0)?;
            let group = store::group(tx, member.group_id)?.ok_or_else(Problem::not_found)?;
            let roles = Roles::of(tx, account)?;
            Ok::<_, Problem>(MemberView::of(&roles, &group, member))
        })
        .await?;
    Ok(ApiResponse::ok(&view).version(view.version))
}
