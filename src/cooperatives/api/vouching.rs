//! Letting members without mail back in, and vouching for their numbers.

use actix_web::web::Data;
use serde::Serialize;

use crate::cooperatives::access::Caller;
use crate::cooperatives::vouching::{self, vouch};
use crate::kernel::Instant;
use crate::kernel::ids::{GroupId, MembershipId};
use crate::web::{ApiResponse, AppState, PathIds, Problem, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![issue_reset_code, vouch_for_phone]
}

/// A one-time code, to be read to its owner.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct ResetCodeView {
    /// The code; the owner sets a new password by `PUT /v1/password_resets/{code}`.
    #[schema(max_length = 64, example = "K7QM-2XRD")]
    code: String,
    /// Until when it is good.
    expires_at: Instant,
}

/// Issue a reset code
///
/// For a member who signs in by phone and has no mail: an officer of their group, or the board, reads the code to
/// them. It is audited, and refused for people with mail, an office, or another group to act for. The answer bears a
/// secret: it is never stored, and an `Idempotency-Key` is ignored.
#[utoipa::path(
    post,
    path = "/v1/groups/{id}/members/{membership}/reset_code",
    tag = "groups",
    operation_id = "issue_reset_code",
    params(("id" = GroupId, Path), ("membership" = MembershipId, Path)),
    responses(
        (status = 201, description = "Issued", body = ResetCodeView),
        (status = 409, description = "No account is linked, or its owner must ask elsewhere"),
    ),
    security(("bearer" = [])),
)]
async fn issue_reset_code(
    state: Data<AppState>,
    caller: Caller,
    ids: PathIds<(GroupId, MembershipId)>,
) -> Result<ApiResponse, Problem> {
    let (now, (group, membership)) = (state.now(), ids.0);
    let issued = state.db.write(move |tx| vouching::reset_code(tx, now, &caller.roles, group, membership)).await?;
    let view = ResetCodeView { code: issued.code, expires_at: issued.expires_at };
    Ok(ApiResponse::created(format!("/v1/groups/{group}/members/{membership}"), &view).no_store())
}

/// Vouch for a phone number
///
/// An officer of the group or a companion knows the number to be this member's. Said twice, it is noted once.
#[utoipa::path(
    post,
    path = "/v1/groups/{id}/members/{membership}/phone_vouch",
    tag = "groups",
    operation_id = "vouch_for_phone",
    params(("id" = GroupId, Path), ("membership" = MembershipId, Path)),
    responses(
        (status = 204, description = "Noted"),
        (status = 409, description = "No account is linked, or it has no number"),
    ),
    security(("bearer" = [])),
)]
async fn vouch_for_phone(
    state: Data<AppState>,
    caller: Caller,
    ids: PathIds<(GroupId, MembershipId)>,
) -> Result<ApiResponse, Problem> {
    let (now, (group, membership)) = (state.now(), ids.0);
    state.db.write(move |tx| vouch(tx, now, &caller.roles, group, membership)).await?;
    Ok(ApiResponse::no_content())
}
