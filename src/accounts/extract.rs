//! Who is calling: the access token is read, and its session looked up, on every request.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::{Accounts, store};
use crate::db;
use crate::kernel::ids::{AccountId, SessionId};
use crate::web::rate_limit;
use crate::web::{AppState, Code, Problem, Scope};

/// A person who is signed in, checked against their session on every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Whose account.
    pub account: AccountId,
    /// Which of their devices.
    pub session: SessionId,
    /// Whether they administer the whole service.
    pub admin: bool,
}

/// Anyone: a guest, or a person who is signed in. A bad token is not a guest but a 401.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visitor {
    /// Nobody we know.
    Guest,
    /// Somebody we know.
    SignedIn(SignedIn),
}

impl SignedIn {
    /// Whose idempotency keys these are.
    pub fn scope(&self) -> Scope {
        Scope::account(self.account)
    }
}

impl Visitor {
    /// The account, when it is not a guest.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Visitor::Guest => None,
            Visitor::SignedIn(person) => Some(person.account),
        }
    }

    /// Whose idempotency keys these are.
    pub fn scope(&self) -> Scope {
        self.account().map_or_else(Scope::guest, Scope::account)
    }
}

type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

impl FromRequest for Visitor {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let Some(header) = request.headers().get(AUTHORIZATION) else { return Ok(Visitor::Guest) };
            // Several extractors of one handler may ask; the session is looked up once.
            if let Some(person) = request.extensions().get::<SignedIn>() {
                return Ok(Visitor::SignedIn(person.clone()));
            }
            let refused = |cause: &'static str| Problem::new(Code::TokenInvalid).because(cause);
            let (scheme, token) = header
                .to_str()
                .ok()
                .and_then(|header| header.split_once(' '))
                .ok_or_else(|| refused("no bearer token"))?;
            if !scheme.eq_ignore_ascii_case("bearer") {
                return Err(refused("no bearer token"));
            }
            let (Some(state), Some(accounts)) =
                (request.app_data::<Data<AppState>>(), request.app_data::<Data<Accounts>>())
            else {
                return Err(Problem::internal("the accounts are not wired"));
            };
            let person = check(state, accounts, token.trim()).await?;
            rate_limit::charge(&request, person.account)?;
            request.extensions_mut().insert(person.clone());
            Ok(Visitor::SignedIn(person))
        })
    }
}

async fn check(state: &AppState, accounts: &Accounts, token: &str) -> Result<SignedIn, Problem> {
    let now = state.now();
    let refused = || Problem::new(Code::TokenInvalid);
    let bearer = accounts.access.read(token, now).map_err(|error| refused().because(error))?;
    let standing = state.db.read(move |conn| store::standing(conn, bearer, now)).await?;
    let standing = standing.ok_or_else(|| refused().because("its session has ended"))?;
    if !standing.access_was_used {
        // From now on a second showing of the refresh token before this pair is no lost answer but theft.
        // A disk that is full must not keep people from reading.
        let marked = state.db.write(move |tx| store::mark_access_used(tx, now, bearer.pair)).await;
        if let Err(error) = marked {
            let error: db::Error = error;
            tracing::warn!(%error, "the first use of an access token could not be noted");
        }
    }
    Ok(SignedIn { account: bearer.account, session: bearer.session, admin: standing.admin })
}

impl FromRequest for SignedIn {
    type Error = Problem;
    type Future = Extracting<Self>;

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
