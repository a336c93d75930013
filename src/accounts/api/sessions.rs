//! Sessions over HTTP: signing in, renewing, the list of devices, signing out.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::accounts::account::Login;
use crate::accounts::password::Password;
use crate::accounts::session::{Pair, Session};
use crate::accounts::sign_in::SignIn;
use crate::accounts::{
    Accounts, CallerAddress, SignedIn, access_token, refresh as renew, sign_in as enter, sign_out, store,
};
use crate::db;
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, SessionId};
use crate::web::{
    ApiResponse, AppState, Body, Code, FieldErrors, Page, Paging, PathIds, Problem, Query, Routes, Validate, routes,
};

/// The routes of sessions.
pub(super) fn routes() -> Routes {
    routes![refresh, sign_in, list_sessions, sign_out_current, end_session]
}

/// Who signs in.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"login": "0812-0000-0001", "password": "sepeda-kumbang-merah", "device": "HP Sari"}))]
struct SignInBody {
    /// An e-mail address or a mobile number.
    #[schema(min_length = 1, max_length = 254)]
    login: String,
    /// The password.
    password: Password,
    /// What to call this device in the list of sessions.
    #[schema(max_length = 80)]
    device: Option<String>,
}

impl Validate for SignInBody {
    fn check(&self, errors: &mut FieldErrors) {
        errors.line("/login", &self.login, 1..=254);
        self.password.bound("/password", errors);
        if let Some(device) = &self.device {
            errors.line("/device", device, 0..=80);
        }
    }
}

/// Tokens of a session.
#[derive(Serialize, utoipa::ToSchema)]
struct TokensView {
    /// Goes into `Authorization: Bearer …`.
    #[schema(max_length = 4096, example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSIsImtpZCI6IjEifQ.e30.c2lnbmF0dXJl")]
    access_token: String,
    /// Renews both, once. Keep it where only the app can read it.
    #[schema(max_length = 64, example = "q2Jc0yq3m1ZKfP4nXb7sT9vL5hR8wE6uG2dA0oY1iCk")]
    refresh_token: String,
    /// Always `Bearer`.
    #[schema(max_length = 6, example = "Bearer")]
    token_type: &'static str,
    /// Seconds for which the access token is good.
    #[schema(minimum = 1, maximum = 3600, example = 600)]
    expires_in: i64,
    /// Whose session it is.
    account: AccountId,
    /// Which session it is.
    session: SessionId,
}

impl TokensView {
    fn answer(accounts: &Accounts, now: Instant, pair: Pair) -> Result<ApiResponse, Problem> {
        let access_token = accounts.access.issue(pair.bearer, now).map_err(Problem::internal)?;
        let view = TokensView {
            access_token,
            refresh_token: pair.refresh,
            token_type: "Bearer",
            expires_in: access_token::LIFE.num_seconds(),
            account: pair.bearer.account,
            session: pair.bearer.session,
        };
        Ok(ApiResponse::created(format!("/v1/sessions/{}", pair.bearer.session), &view).no_store())
    }
}

/// Signs in on a device. The answer is the same for unknown people and for wrong passwords.
#[utoipa::path(
    post, path = "/v1/sessions", tag = "accounts", operation_id = "sign_in",
    request_body = SignInBody,
    responses(
        (status = 201, description = "Signed in", body = TokensView),
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
    let who = SignIn {
        login: Login::read(&body.login),
        password: body.password,
        device: body.device.unwrap_or_default(),
        address,
    };
    let pair = enter(&state.db, &accounts, now, who).await?;
    TokensView::answer(&accounts, now, pair)
}

/// The refresh token to be used up.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct RefreshBody {
    /// The refresh token of the last answer.
    #[schema(min_length = 1, max_length = 64, example = "q2Jc0yq3m1ZKfP4nXb7sT9vL5hR8wE6uG2dA0oY1iCk")]
    refresh_token: String,
}

impl Validate for RefreshBody {
    fn check(&self, errors: &mut FieldErrors) {
        errors.line("/refresh_token", &self.refresh_token, 1..=64);
    }
}

/// Renews both tokens. Each refresh token is good once; if the answer was lost on the way, it may be sent again as
/// long as neither of the new tokens was used. Anything else ends the session.
#[utoipa::path(
    post, path = "/v1/sessions/refresh", tag = "accounts", operation_id = "refresh",
    request_body = RefreshBody,
    responses(
        (status = 201, description = "Renewed", body = TokensView),
        (status = 401, description = "`refresh-invalid`: sign in again"),
    ),
)]
async fn refresh(
    state: Data<AppState>,
    accounts: Data<Accounts>,
    body: Body<RefreshBody>,
) -> Result<ApiResponse, Problem> {
    let now = state.now();
    let token = body.value.refresh_token;
    let pair = state.db.write::<_, db::Error, _>(move |tx| renew(tx, now, &token)).await?;
    TokensView::answer(&accounts, now, pair.ok_or_else(|| Problem::new(Code::RefreshInvalid))?)
}

/// A signed-in device.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct SessionView {
    /// Its id.
    id: SessionId,
    /// What it called itself.
    #[schema(max_length = 80, example = "HP Sari")]
    device: String,
    /// The network address from which it signed in.
    #[schema(max_length = 64, example = "203.0.113.7")]
    address: String,
    /// Since when.
    created_at: Instant,
    /// When it last renewed its tokens.
    last_used_at: Instant,
    /// When it ends at the latest.
    expires_at: Instant,
    /// Whether it is the one that asks.
    current: bool,
}

impl SessionView {
    fn of(session: Session, current: SessionId) -> Self {
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

/// Which page of the list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SessionsQuery {
    /// Rows on a page.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next` of the page before.
    #[param(max_length = 600)]
    cursor: Option<String>,
}

/// The devices on which the caller is signed in, newest first.
#[utoipa::path(
    get, path = "/v1/sessions", tag = "accounts", operation_id = "list_sessions", params(SessionsQuery),
    responses(
        (status = 200, description = "The devices", body = Page<SessionView>),
    ),
    security(("bearer" = [])),
)]
async fn list_sessions(
    state: Data<AppState>,
    person: SignedIn,
    query: Query<SessionsQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let (now, query) = (state.now(), query.0);
    let list = format!("sessions of {}", person.account);
    let paging = Paging::<SessionId>::read(&state.signer, list, query.limit, query.cursor.as_deref())?;
    let (account, after, limit) = (person.account, paging.after, paging.rows_to_read());
    let rows: Vec<Session> = state
        .db
        .read(move |conn| store::open_sessions(conn, now, account, after, limit))
        .await
        .map_err(|error: db::Error| Problem::from(error))?;
    let page = paging.page(&state.signer, rows, |row| row.id, |row| SessionView::of(row, person.session));
    Ok(page.answer(request.path(), request.query_string()))
}

/// Signs this device out.
#[utoipa::path(
    delete, path = "/v1/sessions/current", tag = "accounts", operation_id = "sign_out",
    responses(
        (status = 204, description = "Signed out"),
    ),
    security(("bearer" = [])),
)]
async fn sign_out_current(state: Data<AppState>, person: SignedIn) -> Result<ApiResponse, Problem> {
    end(&state, person.account, person.session).await
}

/// Signs another device of the caller out.
#[utoipa::path(
    delete, path = "/v1/sessions/{id}", tag = "accounts", operation_id = "end_session",
    params(("id" = SessionId, Path, description = "The session")),
    responses(
        (status = 204, description = "Signed out"),
    ),
    security(("bearer" = [])),
)]
async fn end_session(state: Data<AppState>, person: SignedIn, id: PathIds<SessionId>) -> Result<ApiResponse, Problem> {
    end(&state, person.account, id.0).await
}

async fn end(state: &AppState, account: AccountId, session: SessionId) -> Result<ApiResponse, Problem> {
    let now = state.now();
    let ended = state.db.write::<_, db::Error, _>(move |tx| sign_out(tx, now, account, session)).await?;
    if ended { Ok(ApiResponse::no_content()) } else { Err(Problem::not_found()) }
}
