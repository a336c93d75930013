//! Reset codes for members without mail, and vouching for phone numbers.

use serde::Serialize;

use crate::cooperatives::extract::Caller;
use crate::cooperatives::vouching;
use crate::kernel::Instant;
use crate::kernel::ids::{GroupId, MembershipId};
use crate::web::{ApiResponse, KeyIgnored, PathIds, Problem, Routes, Write, routes};

pub(super) fn routes() -> Routes {
    routes!["groups": issue_reset_code, vouch_for_phone]
}

/// A one-time code to be read to the member.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct ResetCodeView {
    /// The code; the member sets a new password with `PUT /v1/password_resets/{code}`.
    #[schema(max_length = 64, example = "K7QM-2XRD")]
    code: String,
    /// When the code expires.
    expires_at: Instant,
}

/// Issue a reset code
///
/// For a member who signs in by phone and has no mail: an officer of their group, or the board, reads the code to them.
/// It is recorded as an event, and refused for people with mail, with an office, or who are officers of another group. The
/// response contains a secret: it is never stored, and an `Idempotency-Key` is ignored.
#[utoipa::path(
    post, path = "/v1/groups/{id}/members/{membership}/reset_code",
    responses(
        (status = 201, body = ResetCodeView),
        (status = 409, description = "`member-unlinked`: no account is linked; `reset-code-refused`"),
    ),
)]
async fn issue_reset_code(
    call: Write<(), KeyIgnored>,
    caller: Caller,
    ids: PathIds<(GroupId, MembershipId)>,
) -> Result<ApiResponse, Problem> {
    let (group, membership) = ids.0;
    call.run(move |tx, now, _| {
        let issued = vouching::issue_reset_code(tx, now, &caller.roles, group, membership)?;
        let view = ResetCodeView { code: issued.code, expires_at: issued.expires_at };
        Ok(ApiResponse::created(format!("/v1/groups/{group}/members/{membership}"), &view).no_store())
    })
    .await
}

/// Vouch for a phone number
///
/// An officer of the group or a companion confirms that the number is the member's. Repeating it has no effect.
#[utoipa::path(
    post, path = "/v1/groups/{id}/members/{membership}/phone_vouch",
    responses((status = 204), (status = 409, description = "No account is linked, or it has no number")),
)]
async fn vouch_for_phone(
    call: Write<(), KeyIgnored>,
    caller: Caller,
    ids: PathIds<(GroupId, MembershipId)>,
) -> Result<ApiResponse, Problem> {
    let (group, membership) = ids.0;
    call.run(move |tx, now, _| {
        vouching::vouch_for_phone(tx, now, &caller.roles, group, membership)?;
        Ok(ApiResponse::no_content())
    })
    .await
}
