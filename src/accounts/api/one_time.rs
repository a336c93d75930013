//! Links and codes over HTTP: verifying an address, resetting and changing a password.

use std::time::Duration;

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::accounts::account::Login;
use crate::accounts::login_throttle::{AddressLimit, limit_address};
use crate::accounts::one_time::is_redeemable;
use crate::accounts::password::Password;
use crate::accounts::{
    Accounts, CallerAddress, Email, RESET_PURPOSES, SignedIn, change_password, confirm_password, request_reset,
    request_verification, reset_password as redeem, verify_email as verify,
};
use crate::web::{
    ApiResponse, AppState, Body, Code, FieldErrors, KeyIgnored, PathIds, Problem, Routes, Rule, Validate, Write, routes,
};

/// The routes of links and codes.
pub(super) fn routes() -> Routes {
    routes!["accounts": request_email_verification, verify_email, request_password_reset, reset_password, set_password]
}

/// Requests for mails respond after this time, so that the response time does not reveal whether an account exists.
const MIN_RESPONSE_TIME: Duration = Duration::from_millis(120);

/// The response to every request for a mail.
#[derive(Serialize, utoipa::ToSchema)]
struct Requested {
    /// Always `requested`, whether or not the account exists.
    #[schema(max_length = 20, example = "requested")]
    status: &'static str,
}

/// The state, and the network address whose requests are limited.
pub(super) type Limited = (Data<AppState>, Data<Accounts>, CallerAddress);

/// Counts the request against the limit of its network address.
pub(super) async fn limit_requests((state, accounts, address): &Limited) -> Result<(), Problem> {
    let (now, address, limit) =
        (state.now(), address.clone(), accounts.limit_for(address, accounts.settings.resets_an_hour));
    let write = state.db.write(move |tx| limit_address(tx, now, AddressLimit::Resets, &address, limit));
    Ok(write.await?)
}

/// A request for a verification mail.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct VerificationBody {
    /// The address of the account.
    #[schema(max_length = 254, example = "contoh.sari@example.org")]
    email: String,
}

impl Validate for VerificationBody {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.require(self.email.parse::<Email>().is_ok(), "/email", Rule::EmailInvalid);
    }
}

/// Sends the verification link again. The response is the same whether or not the account exists.
#[utoipa::path(post, path = "/v1/email_verifications", responses((status = 202, body = Requested)))]
async fn request_email_verification(
    call: Write<VerificationBody, KeyIgnored>,
    limited: Limited,
) -> Result<ApiResponse, Problem> {
    limit_requests(&limited).await?;
    let pause = tokio::time::sleep(MIN_RESPONSE_TIME);
    let public_url = limited.0.public_url.clone();
    call.run(move |tx, now, body| {
        let Ok(email) = body.email.parse() else { return Ok(()) };
        Ok(request_verification(tx, now, &public_url, &email)?)
    })
    .await?;
    pause.await;
    Ok(ApiResponse::accepted(&Requested { status: "requested" }).no_store())
}

/// Verifies an e-mail address by the token of its link. The token works once.
#[utoipa::path(
    put, path = "/v1/email_verifications/{token}",
    params(("token" = String, Path, max_length = 64, description = "The last path segment of the link")),
    responses((status = 204), (status = 410, description = "`link-invalid`: unknown, used or expired")),
)]
async fn verify_email(call: Write, limited: Limited, token: PathIds<String>) -> Result<ApiResponse, Problem> {
    limit_requests(&limited).await?;
    call.run(move |tx, now, _| Ok(verify(tx, now, &token.0)?)).await?;
    Ok(ApiResponse::no_content().no_store())
}

/// A request for a password reset.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ResetBody {
    /// An e-mail address or a mobile number.
    #[schema(min_length = 1, max_length = 254, example = "contoh.sari@example.org")]
    login: String,
}

impl Validate for ResetBody {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_line("/login", &self.login, 1..=254);
    }
}

/// Sends a reset link to the mail address of this account. The response and its time are the same whether or not the
/// account exists. People without mail get a code from an officer of their group.
#[utoipa::path(post, path = "/v1/password_resets", responses((status = 202, body = Requested)))]
async fn request_password_reset(call: Write<ResetBody, KeyIgnored>, limited: Limited) -> Result<ApiResponse, Problem> {
    limit_requests(&limited).await?;
    let pause = tokio::time::sleep(MIN_RESPONSE_TIME);
    let public_url = limited.0.public_url.clone();
    call.run(move |tx, now, body| Ok(request_reset(tx, now, &public_url, &Login::parse(&body.login))?)).await?;
    pause.await;
    Ok(ApiResponse::accepted(&Requested { status: "requested" }).no_store())
}

/// A new password.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPasswordBody {
    /// 8 to 128 characters of any kind.
    password: Password,
}

impl Validate for NewPasswordBody {
    fn validate(&self, errors: &mut FieldErrors) {
        self.password.check("/password", &[], errors);
    }
}

/// Sets a new password by the token of a link, or by a code. All sessions end.
#[utoipa::path(
    put, path = "/v1/password_resets/{token}",
    params(("token" = String, Path, max_length = 64, description = "The last path segment of the link, or the code")),
    responses((status = 204), (status = 410, description = "`link-invalid`: unknown, used or expired")),
)]
async fn reset_password(
    limited: Limited,
    token: PathIds<String>,
    body: Body<NewPasswordBody>,
) -> Result<ApiResponse, Problem> {
    redeem_reset_token(&limited, token.0, &body.value.password).await?;
    Ok(ApiResponse::no_content().no_store())
}

/// Sets a validated password by a link or code.
pub(super) async fn redeem_reset_token(limited: &Limited, token: String, password: &Password) -> Result<(), Problem> {
    limit_requests(limited).await?;
    let (state, accounts, _) = limited;
    // Invalid links must not cost a hash.
    let (now, presented) = (state.now(), token.clone());
    let read = state.db.read(move |conn| is_redeemable(conn, now, &presented, &RESET_PURPOSES));
    if !read.await? {
        return Err(Problem::new(Code::LinkInvalid));
    }
    let hash = accounts.hasher.hash(password).await?;
    let write = state.db.write(move |tx| redeem(tx, now, &token, &hash));
    Ok(write.await?)
}

/// A change of password.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangePasswordBody {
    /// The current password.
    current_password: Password,
    /// 8 to 128 characters of any kind.
    password: Password,
}

impl Validate for ChangePasswordBody {
    fn validate(&self, errors: &mut FieldErrors) {
        self.current_password.check_length("/current_password", errors);
        self.password.check("/password", &[], errors);
    }
}

/// Changes the caller's password. All other sessions end.
#[utoipa::path(
    put, path = "/v1/me/password",
    responses((status = 204), (status = 403, description = "`password-wrong`: the current password is wrong")),
)]
async fn set_password(
    state: Data<AppState>,
    accounts: Data<Accounts>,
    person: SignedIn,
    address: CallerAddress,
    body: Body<ChangePasswordBody>,
) -> Result<ApiResponse, Problem> {
    let (now, body) = (state.now(), body.value);
    confirm_password(&state.db, &accounts, now, &person, &address, &body.current_password).await?;
    change_password(&state.db, &accounts, now, person, &body.password).await?;
    Ok(ApiResponse::no_content().no_store())
}
