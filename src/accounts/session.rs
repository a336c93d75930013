//! Sessions: one for each device a person signed in on, carried on by refresh tokens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::access_token::Bearer;
use super::account::digest;
use super::store;
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::ids::{AccountId, RefreshTokenId, SessionId};
use crate::kernel::{Duration, Entropy, Instant};

/// How long a session lasts at most.
pub const ABSOLUTE_LIFE: Duration = Duration::days(180);
/// How long a session lasts without being used.
pub const IDLE_LIFE: Duration = Duration::days(30);

/// A signed-in device, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// What it called itself.
    pub device: String,
    /// The address from which it signed in.
    pub address: String,
    /// Since when.
    pub created_at: Instant,
    /// When it last renewed its tokens.
    pub last_used_at: Instant,
    /// When it ends at the latest.
    pub expires_at: Instant,
}

/// Tokens that belong together: the refresh token's secret, and whom the access token names.
#[derive(Clone)]
pub struct Pair {
    /// The secret; it is stored as its hash only.
    pub refresh: String,
    /// Whom the access token names.
    pub bearer: Bearer,
}

impl std::fmt::Debug for Pair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pair").field("bearer", &self.bearer).finish_non_exhaustive()
    }
}

/// A secret of 256 random bits. Always the machine's randomness, even where ids are seeded.
pub(super) fn secret() -> String {
    URL_SAFE_NO_PAD.encode(Entropy::System.bytes::<32>())
}

/// Opens a session on this device.
pub(super) fn open(
    tx: &mut Tx<'_>,
    now: Instant,
    account: AccountId,
    token_version: i64,
    device: &str,
    address: &str,
) -> db::Result<Pair> {
    let session = Session {
        id: tx.id(now),
        device: device.trim().to_owned(),
        address: address.to_owned(),
        created_at: now,
        last_used_at: now,
        expires_at: now.after(ABSOLUTE_LIFE),
    };
    store::insert_session(tx, account, token_version, &session)?;
    events::record(tx, now, &Event::new("session.opened", session.id).by(account))?;
    issue(tx, now, account, session.id, session.expires_at, None)
}

/// Issues the next pair of a session.
pub(super) fn issue(
    tx: &mut Tx<'_>,
    now: Instant,
    account: AccountId,
    session: SessionId,
    session_ends: Instant,
    parent: Option<RefreshTokenId>,
) -> db::Result<Pair> {
    let refresh = secret();
    let pair: RefreshTokenId = tx.id(now);
    let expires_at = now.after(IDLE_LIFE).min(session_ends);
    store::insert_refresh_token(tx, now, pair, session, parent, &digest(&refresh), expires_at)?;
    Ok(Pair { refresh, bearer: Bearer { account, session, pair } })
}
