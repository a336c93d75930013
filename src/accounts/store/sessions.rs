//! Sessions and their refresh tokens.

use diesel::prelude::*;

use crate::accounts::access_token::AccessClaims;
use crate::accounts::account::AccountStatus;
use crate::accounts::session::Session;
use crate::db::schema::{accounts, refresh_tokens, sessions};
use crate::db::{Conn, Result, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, RefreshTokenId, SessionId};

/// How many rows one purge deletes.
const BATCH_SIZE: i64 = 500;

/// Whether the account has opened a session from this address.
pub fn has_signed_in_from(conn: &mut Conn, account: AccountId, address: &str) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(
        sessions::table.filter(sessions::account_id.eq(account)).filter(sessions::address.eq(address)),
    ))
    .get_result(conn)?)
}

pub fn insert_session(tx: &mut Tx<'_>, account: AccountId, token_version: i64, session: &Session) -> Result<()> {
    let row = (session, sessions::account_id.eq(account), sessions::token_version.eq(token_version));
    diesel::insert_into(sessions::table).values(row).execute(&mut **tx)?;
    Ok(())
}

pub fn insert_refresh_token(
    tx: &mut Tx<'_>,
    now: Instant,
    id: RefreshTokenId,
    session: SessionId,
    parent: Option<RefreshTokenId>,
    hash: &[u8],
    expires_at: Instant,
) -> Result<()> {
    diesel::insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::id.eq(id),
            refresh_tokens::session_id.eq(session),
            refresh_tokens::parent_id.eq(parent),
            refresh_tokens::hash.eq(hash),
            refresh_tokens::issued_at.eq(now),
            refresh_tokens::expires_at.eq(expires_at),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// The state of a valid access token.
pub struct AccessTokenStatus {
    pub is_admin: bool,
    pub access_token_was_used: bool,
}

/// The state of an access token; `None` when its session, its refresh token or its account is no longer valid.
pub fn find_access_token_status(
    conn: &mut Conn,
    claims: AccessClaims,
    now: Instant,
) -> Result<Option<AccessTokenStatus>> {
    let row: Option<(bool, Option<Instant>)> = refresh_tokens::table
        .inner_join(sessions::table.inner_join(accounts::table))
        .filter(refresh_tokens::id.eq(claims.refresh_token))
        .filter(refresh_tokens::revoked_at.is_null())
        .filter(sessions::id.eq(claims.session))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(accounts::id.eq(claims.account))
        .filter(accounts::status.eq(AccountStatus::Active))
        .filter(accounts::token_version.eq(sessions::token_version))
        .select((accounts::admin, refresh_tokens::access_used_at))
        .get_result(conn)
        .optional()?;
    Ok(row.map(|(is_admin, access_used_at)| AccessTokenStatus {
        is_admin,
        access_token_was_used: access_used_at.is_some(),
    }))
}

pub fn mark_access_token_used(tx: &mut Tx<'_>, now: Instant, token: RefreshTokenId) -> Result<()> {
    diesel::update(refresh_tokens::table.find(token).filter(refresh_tokens::access_used_at.is_null()))
        .set(refresh_tokens::access_used_at.eq(now))
        .execute(&mut **tx)?;
    Ok(())
}

/// A refresh token with its session and account.
#[derive(Queryable, Selectable)]
#[diesel(table_name = refresh_tokens)]
pub struct RefreshToken {
    pub id: RefreshTokenId,
    #[diesel(column_name = session_id)]
    pub session: SessionId,
    #[diesel(select_expression = sessions::account_id)]
    pub account: AccountId,
    #[diesel(select_expression = sessions::expires_at)]
    pub session_expires_at: Instant,
    pub expires_at: Instant,
    pub used_at: Option<Instant>,
    pub revoked_at: Option<Instant>,
    #[diesel(select_expression = accounts::status)]
    pub status: AccountStatus,
    /// The password has not changed since the sign-in.
    #[diesel(select_expression = accounts::token_version.eq(sessions::token_version))]
    pub has_current_password: bool,
}

/// The refresh token of this hash.
pub fn find_refresh_token(conn: &mut Conn, hash: &[u8]) -> Result<Option<RefreshToken>> {
    Ok(refresh_tokens::table
        .inner_join(sessions::table.inner_join(accounts::table))
        .filter(refresh_tokens::hash.eq(hash))
        .select(RefreshToken::as_select())
        .get_result(conn)
        .optional()?)
}

/// Locks an open session until the transaction ends and sets when it was last used, so that its tokens are renewed one
/// at a time; `false` when it has ended. An UPDATE, because SQLite has no `FOR UPDATE`.
pub fn lock_session(tx: &mut Tx<'_>, now: Instant, session: SessionId) -> Result<bool> {
    let rows =
        sessions::table.find(session).filter(sessions::revoked_at.is_null()).filter(sessions::expires_at.gt(now));
    Ok(diesel::update(rows).set(sessions::last_used_at.eq(now)).execute(&mut **tx)? == 1)
}

pub fn mark_refresh_token_used(tx: &mut Tx<'_>, now: Instant, token: RefreshTokenId) -> Result<()> {
    diesel::update(refresh_tokens::table.find(token)).set(refresh_tokens::used_at.eq(now)).execute(&mut **tx)?;
    Ok(())
}

/// Revokes the tokens issued for this one that were never used; `false` when a used one remains.
pub fn revoke_unused_children(tx: &mut Tx<'_>, now: Instant, parent: RefreshTokenId) -> Result<bool> {
    let unused = refresh_tokens::table
        .filter(refresh_tokens::parent_id.eq(parent))
        .filter(refresh_tokens::revoked_at.is_null())
        .filter(refresh_tokens::used_at.is_null())
        .filter(refresh_tokens::access_used_at.is_null());
    diesel::update(unused).set(refresh_tokens::revoked_at.eq(now)).execute(&mut **tx)?;
    let remaining: i64 = refresh_tokens::table
        .filter(refresh_tokens::parent_id.eq(parent))
        .filter(refresh_tokens::revoked_at.is_null())
        .count()
        .get_result(&mut **tx)?;
    Ok(remaining == 0)
}

/// Ends one session of this account; `false` when it is not open.
pub fn end_session(
    tx: &mut Tx<'_>,
    now: Instant,
    account: AccountId,
    session: SessionId,
    reason: &str,
) -> Result<bool> {
    let rows =
        sessions::table.find(session).filter(sessions::account_id.eq(account)).filter(sessions::revoked_at.is_null());
    let ended = diesel::update(rows)
        .set((sessions::revoked_at.eq(now), sessions::revoked_because.eq(reason)))
        .execute(&mut **tx)?;
    Ok(ended == 1)
}

/// Ends the open sessions of this account, except one.
pub fn end_sessions(
    tx: &mut Tx<'_>,
    now: Instant,
    account: AccountId,
    except: Option<SessionId>,
    reason: &str,
) -> Result<usize> {
    let ending = (sessions::revoked_at.eq(now), sessions::revoked_because.eq(reason));
    let rows = sessions::table.filter(sessions::account_id.eq(account)).filter(sessions::revoked_at.is_null());
    Ok(match except {
        Some(except) => diesel::update(rows.filter(sessions::id.ne(except))).set(ending).execute(&mut **tx)?,
        None => diesel::update(rows).set(ending).execute(&mut **tx)?,
    })
}

/// Keeps a session valid under the account's new password.
pub fn set_session_token_version(tx: &mut Tx<'_>, session: SessionId, token_version: i64) -> Result<()> {
    diesel::update(sessions::table.find(session)).set(sessions::token_version.eq(token_version)).execute(&mut **tx)?;
    Ok(())
}

/// The open sessions of this account, newest first, those before `before`.
pub fn list_sessions(
    conn: &mut Conn,
    now: Instant,
    account: AccountId,
    before: Option<SessionId>,
    limit: i64,
) -> Result<Vec<Session>> {
    let query = sessions::table
        .inner_join(accounts::table)
        .filter(sessions::account_id.eq(account))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::token_version.eq(accounts::token_version))
        .order(sessions::id.desc())
        .limit(limit)
        .select(Session::as_select());
    Ok(match before {
        Some(before) => query.filter(sessions::id.lt(before)).load(conn)?,
        None => query.load(conn)?,
    })
}

/// Deletes the device names and network addresses of the account's sessions.
pub fn anonymize_sessions(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    diesel::update(sessions::table.filter(sessions::account_id.eq(account)))
        .set((sessions::device.eq(""), sessions::address.eq("")))
        .execute(&mut **tx)?;
    Ok(())
}

/// Deletes refresh tokens that expired before this time, at most [`BATCH_SIZE`] per call: an open session leaves one at
/// each renewal.
pub fn purge_refresh_tokens(tx: &mut Tx<'_>, before: Instant) -> Result<usize> {
    let old: Vec<RefreshTokenId> = refresh_tokens::table
        .filter(refresh_tokens::expires_at.lt(before))
        .order(refresh_tokens::id)
        .limit(BATCH_SIZE)
        .select(refresh_tokens::id)
        .load(&mut **tx)?;
    diesel::update(refresh_tokens::table.filter(refresh_tokens::parent_id.eq_any(&old)))
        .set(refresh_tokens::parent_id.eq(None::<RefreshTokenId>))
        .execute(&mut **tx)?;
    Ok(diesel::delete(refresh_tokens::table.filter(refresh_tokens::id.eq_any(&old))).execute(&mut **tx)?)
}

/// Deletes sessions that ended before this time, with their tokens, at most [`BATCH_SIZE`] per call.
pub fn purge_sessions(tx: &mut Tx<'_>, ended_before: Instant) -> Result<usize> {
    let ended: Vec<SessionId> = sessions::table
        .filter(sessions::expires_at.lt(ended_before).or(sessions::revoked_at.lt(ended_before)))
        .order(sessions::id)
        .limit(BATCH_SIZE)
        .select(sessions::id)
        .load(&mut **tx)?;
    // Tokens refer to their parent.
    diesel::update(refresh_tokens::table.filter(refresh_tokens::session_id.eq_any(&ended)))
        .set(refresh_tokens::parent_id.eq(None::<RefreshTokenId>))
        .execute(&mut **tx)?;
    diesel::delete(refresh_tokens::table.filter(refresh_tokens::session_id.eq_any(&ended))).execute(&mut **tx)?;
    Ok(diesel::delete(sessions::table.filter(sessions::id.eq_any(&ended))).execute(&mut **tx)?)
}
