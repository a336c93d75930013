//! Authentication: extractors that verify the access token and look its session up on every request.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::{Accounts, store};
use crate::kernel::ids::{AccountId, SessionId};
use crate::web::rate_limit;
use crate::web::{AppState, Code, DescribeOperation, Description, IdempotencyScope, Problem};

/// An authenticated caller, checked against their session on every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The caller's account.
    pub account: AccountId,
    /// The session of this device.
    pub session: SessionId,
    /// Whether the caller administers the whole service.
    pub admin: bool,
}

/// A guest or an authenticated caller. An invalid token is a 401, not a guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visitor {
    /// No `Authorization` header.
    Guest,
    /// An authenticated caller.
    SignedIn(SignedIn),
}

impl SignedIn {
    /// The scope of the caller's idempotency keys.
    pub fn idempotency_scope(&self) -> IdempotencyScope {
        IdempotencyScope::account(self.account)
    }
}

impl Visitor {
    /// The account; `None` for guests.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Visitor::Guest => None,
            Visitor::SignedIn(person) => Some(person.account),
        }
    }

    /// The scope of the caller's idempotency keys.
    pub fn idempotency_scope(&self) -> IdempotencyScope {
        self.account().map_or_else(IdempotencyScope::guest, IdempotencyScope::account)
    }
}

type ExtractFuture<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

impl FromRequest for Visitor {
    type Error = Problem;
    type Future = ExtractFuture<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let Some(header) = request.headers().get(AUTHORIZATION) else { return Ok(Visitor::Guest) };
            // Several extractors of one handler use this; the session is looked up once per request.
            if let Some(person) = request.extensions().get::<SignedIn>() {
                return Ok(Visitor::SignedIn(person.clone()));
            }
            let parts = header.to_str().ok().and_then(|header| header.split_once(' '));
            let (_, token) = parts
                .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
                .ok_or_else(|| Problem::new(Code::TokenInvalid).because("no bearer token"))?;
            let accounts = request.app_data::<Data<Accounts>>();
            let accounts = accounts.ok_or_else(|| Problem::internal("the accounts are not wired"))?;
            let person = authenticate(&*AppState::of(&request)?, accounts, token.trim()).await?;
            rate_limit::charge(&request, person.account)?;
            request.extensions_mut().insert(person.clone());
            Ok(Visitor::SignedIn(person))
        })
    }
}

async fn authenticate(state: &AppState, accounts: &Accounts, token: &str) -> Result<SignedIn, Problem> {
    let now = state.now();
    let refused = || Problem::new(Code::TokenInvalid);
    let claims = accounts.access_tokens.verify(token, now).map_err(|error| refused().because(error))?;
    let token_status = state.db.read(move |conn| store::find_access_token_status(conn, claims, now)).await?;
    let token_status = token_status.ok_or_else(|| refused().because("its session has ended"))?;
    if !token_status.access_token_was_used {
        // From now on, reuse of the previous refresh token counts as theft instead of a lost response.
        // A failed write (a full disk) must not block reads, so it is only logged.
        let write = state.db.write(move |tx| store::mark_access_token_used(tx, now, claims.refresh_token));
        if let Err(error) = write.await {
            tracing::warn!(%error, "the first use of an access token could not be noted");
        }
    }
    Ok(SignedIn { account: claims.account, session: claims.session, admin: token_status.is_admin })
}

impl FromRequest for SignedIn {
    type Error = Problem;
    type Future = ExtractFuture<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let visitor = Visitor::from_request(request, payload);
        Box::pin(async move {
            match visitor.await? {
                Visitor::SignedIn(person) => Ok(person),
                Visitor::Guest => Err(Problem::new(Code::Unauthenticated)),
            }
        })
    }
}

impl DescribeOperation for SignedIn {
    fn describe(description: &mut Description) {
        description.require_bearer();
    }
}

impl DescribeOperation for Visitor {
    fn describe(description: &mut Description) {
        description.allow_bearer();
    }
}
