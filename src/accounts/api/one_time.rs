//! Links and codes over HTTP: verifying an address, a lost password, and a new one.

use std::time::Duration;

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::accounts::account::Login;
use crate::accounts::login_throttle::{self, Limited, ThrottleError};
use crate::accounts::one_time::is_good;
use crate::accounts::password::Password;
use crate::accounts::{
    Accounts, CallerAddress, Email, LinkError, RESET_PURPOSES, SignedIn, change_password, confirm_password,
    request_reset, request_verification, reset_password as redeem, verify_email as verify,
};
use crate::db;
use crate::kernel::Instant;
use crate::web::{ApiResponse, AppState, Body, Code, FieldErrors, PathIds, Problem, Routes, Validate, routes};

/// The routes of links and codes.
pub(super) fn routes() -> Routes {
    routes![ask_to_verify_email, verify_email, ask_for_password_reset, reset_password, set_password]
}

/// Whether somebody is known must not be told by how long it takes: every answer waits until then.
const ANSWERED_AFTER: Duration = Duration::from_millis(120);

/// What is answered to everyone who asks for a mail.
#[derive(Serialize, utoipa::ToSchema)]
struct Requested {
    /// Always `requested`, whether there is such an account or not.
    #[schema(max_length = 20, example = "requested")]
    status: &'static str,
}

pub(super) async fn count(
    state: &AppState,
    accounts: &Accounts,
    now: Instant,
    address: CallerAddress,
) -> Result<(), Problem> {
    let most = accounts.limit(&address, accounts.settings.resets_an_hour);
    state
        .db
        .write(move |tx| login_throttle::count_call(tx, now, Limited::Resets, &address, most))
        .await
        .map_err(|error: ThrottleError| Problem::from(error))
}

/// Whose address is to be verified.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct VerificationBody {
    /// The address of the account.
    #[schema(max_length = 254, example = "contoh.sari@example.org")]
    email: String,
}

impl Validate for VerificationBody {
    fn check(&self, errors: &mut FieldErrors) {
        errors.require(self.email.parse::<Email>().is_ok(), "/email", super::EMAIL_INVALID);
    }
}

/// Sends the link that verifies an address again. The answer is the same whether the account exists or not.
#[utoipa::path(
    post, path = "/v1/email_verifications", tag = "accounts", operation_id = "ask_to_verify_email",
    request_body = VerificationBody,
    responses(
        (status = 202, description = "If there is such an account, a mail is on its way", body = Requested),
    ),
)]
async fn ask_to_verify_email(
    state: Data<AppState>,
    accounts: Data<Accounts>,
    address: CallerAddress,
    body: Body<VerificationBody>,
) -> Result<ApiResponse, Problem> {
    let now = state.now();
    count(&state, &accounts, now, address).await?;
    let pause = tokio::time::sleep(ANSWERED_AFTER);
    let (public_url, email) = (state.public_url.clone(), body.value.email.parse::<Email>());
    if let Ok(email) = email {
        state.db.write::<_, db::Error, _>(move |tx| request_verification(tx, now, &public_url, &email)).await?;
    }
    pause.await;
    Ok(ApiResponse::accepted(&Requested { status: "requested" }).no_store())
}

/// Uses up the link: the address is verified.
#[utoipa::path(
    put, path = "/v1/email_verifications/{token}", tag = "accounts", operation_id = "verify_email",
    params(("token" = String, Path, max_length = 64, description = "What the link ends with")),
    responses(
        (status = 204, description = "Verified"),
        (status = 410, description = "`link-invalid`: unknown, used, or too old"),
    ),
)]
async fn verify_email(
    state: Data<AppState>,
    accounts: Data<Accounts>,
    address: CallerAddress,
    token: PathIds<String>,
) -> Result<ApiResponse, Problem> {
    let now = state.now();
    count(&state, &accounts, now, address).await?;
    state.db.write(move |tx| verify(tx, now, &token.0)).await.map_err(|error: LinkError| Problem::from(error))?;
    Ok(ApiResponse::no_content().no_store())
}

/// Who lost their password.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ResetBody {
    /// An e-mail address or a mobile number.
    #[schema(min_length = 1, max_length = 254, example = "contoh.sari@example.org")]
    login: String,
}

impl Validate for ResetBody {
    fn check(&self, errors: &mut FieldErrors) {
        errors.line("/login", &self.login, 1..=254);
    }
}

/// Sends a link to set a new password to the mail address of this account. The answer is the same, and takes the
/// same time, whether the account exists or not. People without mail get a code from an officer of their group.
#[utoipa::path(
    post, path = "/v1/password_resets", tag = "accounts", operation_id = "ask_for_password_reset",
    request_body = ResetBody,
    responses(
        (status = 202, description = "If there is such an account, a mail is on its way", body = Requested),
    ),
)]
async fn ask_for_password_reset(
    state: Data<AppState>,
    accounts: Data<Accounts>,
    address: CallerAddress,
    body: Body<ResetBody>,
) -> Result<ApiResponse, Problem> {
    let now = state.now();
    count(&state, &accounts, now, address).await?;
    let pause = tokio::time::sleep(ANSWERED_AFTER);
    let (public_url, login) = (state.public_url.clone(), Login::read(&body.value.login));
    state.db.write::<_, db::Error, _>(move |tx| request_reset(tx, now, &public_url, &login)).await?;
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
    fn check(&self, errors: &mut FieldErrors) {
        self.password.check("/password", &[], errors);
    }
}

/// Sets a new password by a link or code; every device is signed out.
#[utoipa::path(
    put, path = "/v1/password_resets/{token}", tag = "accounts", operation_id = "reset_password",
    params(("token" = String, Path, max_length = 64, description = "What the link ends with, or the code")),
    request_body = NewPasswordBody,
    responses(
        (status = 204, description = "Set; sign in with it"),
        (status = 410, description = "`link-invalid`: unknown, used, or too old"),
    ),
)]
async fn reset_password(
    state: Data<AppState>,
    accounts: Data<Accounts>,
    address: CallerAddress,
    token: PathIds<String>,
    body: Body<NewPasswordBody>,
) -> Result<ApiResponse, Problem> {
    set_anew(&state, &accounts, address, token.0, &body.value.password).await?;
    Ok(ApiResponse::no_content().no_store())
}

/// Sets a password that passed its check, by a link or code.
pub(super) async fn set_anew(
    state: &AppState,
    accounts: &Accounts,
    address: CallerAddress,
    token: String,
    password: &Password,
) -> Result<(), Problem> {
    let now = state.now();
    count(state, accounts, now, address).await?;
    // Nobody makes us hash for a link that is no good.
    let shown = token.clone();
    if !state.db.read::<_, db::Error, _>(move |conn| is_good(conn, now, &shown, &RESET_PURPOSES)).await? {
        return Err(Problem::new(Code::LinkInvalid));
    }
    let hash = accounts.hasher.hash(password).await?;
    state.db.write(move |tx| redeem(tx, now, &token, &hash)).await.map_err(|error: LinkError| Problem::from(error))
}

/// The present password and the one to come.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangePasswordBody {
    /// The password until now.
    current_password: Password,
    /// 8 to 128 characters of any kind.
    password: Password,
}

impl Validate for ChangePasswordBody {
    fn check(&self, errors: &mut FieldErrors) {
        self.current_password.bound("/current_password", errors);
        self.password.check("/password", &[], errors);
    }
}

/// Sets a new password; every other device is signed out.
#[utoipa::path(
    put, path = "/v1/me/password", tag = "accounts", operation_id = "set_password",
    request_body = ChangePasswordBody,
    responses(
        (status = 204, description = "Set"),
        (status = 403, description = "`password-wrong`: the present password is another"),
    ),
    security(("bearer" = [])),
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
