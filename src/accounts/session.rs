//! Sessions: one for each device on which a person signed in, renewed by refresh tokens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::prelude::*;

use super::access_token::AccessClaims;
use super::account::digest;
use super::events::{self, AccountEvent};
use super::store;
use crate::db::schema::sessions;
use crate::db::{self, Tx};
use crate::kernel::ids::{AccountId, RefreshTokenId, SessionId};
use crate::kernel::{Duration, Entropy, Instant};

/// How long a session lasts at most, however often it is renewed.
pub const MAX_SESSION_TTL: Duration = Duration::days(180);
/// How long a session lasts without a renewal.
pub const IDLE_TTL: Duration = Duration::days(30);

/// A session of an account.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
pub struct Session {
    /// The session's id.
    pub id: SessionId,
    /// The device name sent by the client.
    pub device: String,
    /// The network address of the sign-in.
    pub address: String,
    /// When the person signed in.
    pub created_at: Instant,
    /// When the tokens were last renewed.
    pub last_used_at: Instant,
    /// When the session ends at the latest.
    pub expires_at: Instant,
}

/// A refresh token and the claims of the access token issued with it.
#[derive(Clone)]
pub struct TokenPair {
    /// The refresh token; only its hash is stored.
    pub refresh_token: String,
    /// The claims of the access token.
    pub claims: AccessClaims,
}

impl std::fmt::Debug for TokenPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenPair").field("claims", &self.claims).finish_non_exhaustive()
    }
}

/// A secret of 256 random bits. Always from the operating system, even where ids come from a seed.
pub(super) fn generate_secret() -> String {
    URL_SAFE_NO_PAD.encode(Entropy::System.bytes::<32>())
}

/// Opens a session and issues its first tokens.
pub(super) fn open(
    tx: &mut Tx<'_>,
    now: Instant,
    account: AccountId,
    token_version: i64,
    device: &str,
    address: &str,
) -> db::Result<TokenPair> {
    let session = Session {
        id: tx.id(now),
        device: device.trim().to_owned(),
        address: address.to_owned(),
        created_at: now,
        last_used_at: now,
        expires_at: now.after(MAX_SESSION_TTL),
    };
    store::insert_session(tx, account, token_version, &session)?;
    events::record(tx, now, &AccountEvent::SessionOpened {}.about(session.id).by(account))?;
    issue(tx, now, account, session.id, session.expires_at, None)
}

/// Issues the next tokens of a session.
pub(super) fn issue(
    tx: &mut Tx<'_>,
    now: Instant,
    account: AccountId,
    session: SessionId,
    session_expires_at: Instant,
    parent: Option<RefreshTokenId>,
) -> db::Result<TokenPair> {
    let secret = generate_secret();
    let refresh_token: RefreshTokenId = tx.id(now);
    let expires_at = now.after(IDLE_TTL).min(session_expires_at);
    store::insert_refresh_token(tx, now, refresh_token, session, parent, &digest(&secret), expires_at)?;
    Ok(TokenPair { refresh_token: secret, claims: AccessClaims { account, session, refresh_token } })
}
