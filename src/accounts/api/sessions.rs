//! Sessions over HTTP: signing in, refreshing tokens, listing devices, signing out.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::accounts::account::Login;
use crate::accounts::password::Password;
use crate::accounts::session::{Session, TokenPair};
use crate::accounts::sign_in::SignIn;
use crate::accounts::{
    Accounts, CallerAddress, SignedIn, access_token, refresh, sign_in as open_session, sign_out as close_session, store,
};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, SessionId};
use crate::web::{
    ApiResponse, AppState, Body, Code, FieldErrors, KeyIgnored, List, Page, PathIds, Problem, Routes, Validate, Write,
    routes,
};

/// The routes of sessions.
pub(super) fn routes() -> Routes {
    routes!["accounts": refresh_session, sign_in, list_sessions, sign_out, end_session]
}

/// A sign-in.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"login": "0812-0000-0001", "password": "sepeda-kumbang-merah", "device": "HP Sari"}))]
struct SignInBody {
    /// An e-mail address or a mobile number.
    #[schema(min_length = 1, max_length = 254)]
    login: String,
    /// The password.
    password: Password,
    /// The name of this device in the list of sessions.
    #[schema(max_length = 80)]
    device: Option<String>,
}

impl Validate for SignInBody {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_line("/login", &self.login, 1..=254);
        self.password.check_length("/password", errors);
        errors.check_line("/device", &self.device, 0..=80);
    }
}

/// Tokens of a session.
#[derive(Serialize, utoipa::ToSchema)]
struct TokensView {
    /// Access token for the header `Authorization: Bearer …`.
    #[schema(max_length = 4096, example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSIsImtpZCI6IjEifQ.e30.c2lnbmF0dXJl")]
    access_token: String,
    /// Refreshes both tokens, once. Store it where only the app can read it.
    #[schema(max_length = 64, example = "q2Jc0yq3m1ZKfP4nXb7sT9vL5hR8wE6uG2dA0oY1iCk")]
    refresh_token: String,
    /// Always `Bearer`.
    #[schema(max_length = 6, example = "Bearer")]
    token_type: &'static str,
    /// Lifetime of the access token in seconds.
    #[schema(minimum = 1, maximum = 3600, example = 600)]
    expires_in: i64,
    /// The account of the session.
    account: AccountId,
    /// The session's id.
    session: SessionId,
}

impl TokensView {
    fn respond(accounts: &Accounts, now: Instant, pair: TokenPair) -> Result<ApiResponse, Problem> {
        let access_token = accounts.access_tokens.issue(pair.claims, now).map_err(Problem::internal)?;
        let view = TokensView {
            access_token,
            refresh_token: pair.refresh_token,
            token_type: "Bearer",
            expires_in: access_token::TTL.num_seconds(),
            account: pair.claims.account,
            session: pair.claims.session,
        };
        Ok(ApiResponse::created(format!("/v1/sessions/{}", pair.claims.session), &view).no_store())
    }
}

/// Signs in on a device. The response is the same for unknown logins and wrong passwords.
#[utoipa::path(
    post, path = "/v1/sessions",
    responses(
        (status = 201, body = TokensView),
        (status = 401, description = "`sign-in-failed`: the login or the password is wrong"),
    ),
)]
async fn sign_in(
    state: Data<AppState>,
    accounts: Data<Accounts>,
    address: CallerAddress,
    body: Body<SignInBody>,
) -> Result<ApiResponse, Problem> {
    let (now, body) = (state.now(), body.value);
    let request = SignIn {
        login: Login::parse(&body.login),
        password: body.password,
        device: body.device.unwrap_or_default(),
        address,
    };
    let pair = open_session(&state.db, &accounts, now, request).await?;
    TokensView::respond(&accounts, now, pair)
}

/// A refresh request.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct RefreshBody {
    /// The refresh token of the last response.
    #[schema(min_length = 1, max_length = 64, example = "q2Jc0yq3m1ZKfP4nXb7sT9vL5hR8wE6uG2dA0oY1iCk")]
    refresh_token: String,
}

impl Validate for RefreshBody {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_line("/refresh_token", &self.refresh_token, 1..=64);
    }
}

/// Issues new tokens for a refresh token. Each refresh token works once; if the response was lost, it may be sent again as
/// long as neither of the new tokens was used. Any other reuse ends the session.
#[utoipa::path(
    post, path = "/v1/sessions/refresh",
    responses((status = 201, body = TokensView), (status = 401, description = "`refresh-invalid`: sign in again")),
)]
async fn refresh_session(
    call: Write<RefreshBody, KeyIgnored>,
    accounts: Data<Accounts>,
) -> Result<ApiResponse, Problem> {
    let now = call.now;
    let pair = call.run(|tx, now, body| Ok(refresh(tx, now, &body.refresh_token)?)).await?;
    TokensView::respond(&accounts, now, pair.ok_or_else(|| Problem::new(Code::RefreshInvalid))?)
}

/// A signed-in device.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct SessionView {
    /// The session's id.
    id: SessionId,
    /// The device name sent at sign-in.
    #[schema(max_length = 80, example = "HP Sari")]
    device: String,
    /// The network address of the sign-in.
    #[schema(max_length = 64, example = "203.0.113.7")]
    address: String,
    /// When the person signed in.
    created_at: Instant,
    /// When the tokens were last refreshed.
    last_used_at: Instant,
    /// When the session ends at the latest.
    expires_at: Instant,
    /// Whether it is the session of this request.
    current: bool,
}

impl SessionView {
    fn new(session: Session, current: SessionId) -> Self {
        SessionView {
            id: session.id,
            device: session.device,
            address: session.address,
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            expires_at: session.expires_at,
            current: session.id == current,
        }
    }
}

/// Lists the caller's open sessions, newest first.
#[utoipa::path(get, path = "/v1/sessions", responses((status = 200, body = Page<SessionView>)))]
async fn list_sessions(list: List<SessionId>, person: SignedIn) -> Result<ApiResponse, Problem> {
    let SignedIn { account, session, .. } = person;
    let rows = list.read(move |conn, list| Ok(store::list_sessions(conn, list.now, account, list.after, list.limit)?));
    Ok(rows.await?.answer(|row| row.id, |row| SessionView::new(row, session)))
}

/// Ends the session of this request.
#[utoipa::path(delete, path = "/v1/sessions/current", responses((status = 204)))]
async fn sign_out(call: Write, person: SignedIn) -> Result<ApiResponse, Problem> {
    end_session_of(call, person.account, person.session).await
}

/// Ends a session of the caller.
#[utoipa::path(delete, path = "/v1/sessions/{id}", responses((status = 204)))]
async fn end_session(call: Write, person: SignedIn, id: PathIds<SessionId>) -> Result<ApiResponse, Problem> {
    end_session_of(call, person.account, id.0).await
}

async fn end_session_of(call: Write, account: AccountId, session: SessionId) -> Result<ApiResponse, Problem> {
    let is_ended = call.run(move |tx, now, _| Ok(close_session(tx, now, account, session)?)).await?;
    if is_ended { Ok(ApiResponse::no_content()) } else { Err(Problem::not_found()) }
}
