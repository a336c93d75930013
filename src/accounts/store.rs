//! The SQL of people and their sessions.

use diesel::prelude::*;

use super::access::Bearer;
use super::account::{Account, AccountStatus, Login};
use super::email::Email;
use super::session::Session;
use super::throttle::Count;
use crate::db::schema::{accounts, refresh_tokens, sessions, throttles};
use crate::db::{Conn, Result, Tx, on_both};
use crate::kernel::ids::{AccountId, RefreshTokenId, SessionId};
use crate::kernel::{Duration, Instant, Language, Phone};

type AccountRow = (
    AccountId,
    String,
    Option<Email>,
    Option<Instant>,
    Option<Phone>,
    Option<Instant>,
    Language,
    bool,
    AccountStatus,
    Instant,
    i64,
);

fn account_of(row: AccountRow) -> Account {
    let (id, name, email, email_verified_at, phone, phone_vouched_at, language, admin, status, created_at, version) =
        row;
    Account {
        id,
        name,
        email,
        email_verified_at,
        phone,
        phone_vouched_at,
        language,
        admin,
        status,
        created_at,
        version,
    }
}

macro_rules! account_columns {
    () => {
        (
            accounts::id,
            accounts::name,
            accounts::email,
            accounts::email_verified_at,
            accounts::phone,
            accounts::phone_vouched_at,
            accounts::locale,
            accounts::admin,
            accounts::status,
            accounts::created_at,
            accounts::version,
        )
    };
}

pub(super) fn insert_account(tx: &mut Tx<'_>, account: &Account, password_hash: &str) -> Result<()> {
    diesel::insert_into(accounts::table)
        .values((
            accounts::id.eq(account.id),
            accounts::name.eq(&account.name),
            accounts::email.eq(&account.email),
            accounts::email_verified_at.eq(account.email_verified_at),
            accounts::phone.eq(&account.phone),
            accounts::phone_vouched_at.eq(account.phone_vouched_at),
            accounts::password_hash.eq(password_hash),
            accounts::locale.eq(account.language),
            accounts::admin.eq(account.admin),
            accounts::status.eq(account.status),
            accounts::created_at.eq(account.created_at),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// One account, closed ones too.
pub fn account(conn: &mut Conn, id: AccountId) -> Result<Option<Account>> {
    let row: Option<AccountRow> = accounts::table.find(id).select(account_columns!()).first(conn).optional()?;
    Ok(row.map(account_of))
}

/// The account with this login.
pub fn account_by_login(conn: &mut Conn, login: &Login) -> Result<Option<Account>> {
    let row: Option<AccountRow> = match login {
        Login::Email(email) => {
            accounts::table.filter(accounts::email.eq(email)).select(account_columns!()).first(conn).optional()?
        }
        Login::Phone(phone) => {
            accounts::table.filter(accounts::phone.eq(phone)).select(account_columns!()).first(conn).optional()?
        }
        Login::Nobody(_) => None,
    };
    Ok(row.map(account_of))
}

/// What signing in needs to know.
#[derive(Clone)]
pub(super) struct Credentials {
    pub(super) account: AccountId,
    pub(super) password_hash: String,
    pub(super) token_version: i64,
    pub(super) status: AccountStatus,
}

pub(super) fn credentials(conn: &mut Conn, login: &Login) -> Result<Option<Credentials>> {
    let columns = (accounts::id, accounts::password_hash, accounts::token_version, accounts::status);
    let row: Option<(AccountId, String, i64, AccountStatus)> = match login {
        Login::Email(email) => {
            accounts::table.filter(accounts::email.eq(email)).select(columns).first(conn).optional()?
        }
        Login::Phone(phone) => {
            accounts::table.filter(accounts::phone.eq(phone)).select(columns).first(conn).optional()?
        }
        // The same query for nobody, so that it takes the same time.
        Login::Nobody(text) => {
            accounts::table.filter(accounts::email.eq(text)).select(columns).first(conn).optional()?
        }
    };
    Ok(row.map(|(account, password_hash, token_version, status)| Credentials {
        account,
        password_hash,
        token_version,
        status,
    }))
}

pub(super) fn renew_password_hash(tx: &mut Tx<'_>, account: AccountId, hash: &str) -> Result<()> {
    diesel::update(accounts::table.find(account)).set(accounts::password_hash.eq(hash)).execute(&mut **tx)?;
    Ok(())
}

/// Whether the account has opened a session from this address that was not ended for a theft.
pub(super) fn has_signed_in_from(conn: &mut Conn, account: AccountId, address: &str) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(
        sessions::table.filter(sessions::account_id.eq(account)).filter(sessions::address.eq(address)),
    ))
    .get_result(conn)?)
}

pub(super) fn insert_session(tx: &mut Tx<'_>, account: AccountId, token_version: i64, session: &Session) -> Result<()> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(session.id),
            sessions::account_id.eq(account),
            sessions::token_version.eq(token_version),
            sessions::device.eq(&session.device),
            sessions::address.eq(&session.address),
            sessions::created_at.eq(session.created_at),
            sessions::last_used_at.eq(session.last_used_at),
            sessions::expires_at.eq(session.expires_at),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

pub(super) fn insert_refresh_token(
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

/// How an access token stands.
pub(super) struct Standing {
    pub(super) admin: bool,
    pub(super) access_was_used: bool,
}

/// How this bearer stands at this moment: none when the session, its pair or the account is no longer good.
pub(super) fn standing(conn: &mut Conn, bearer: Bearer, now: Instant) -> Result<Option<Standing>> {
    let row: Option<(bool, Option<Instant>)> = refresh_tokens::table
        .inner_join(sessions::table.inner_join(accounts::table))
        .filter(refresh_tokens::id.eq(bearer.pair))
        .filter(refresh_tokens::revoked_at.is_null())
        .filter(sessions::id.eq(bearer.session))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(accounts::id.eq(bearer.account))
        .filter(accounts::status.eq(AccountStatus::Active))
        .filter(accounts::token_version.eq(sessions::token_version))
        .select((accounts::admin, refresh_tokens::access_used_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(admin, access_used_at)| Standing { admin, access_was_used: access_used_at.is_some() }))
}

pub(super) fn mark_access_used(tx: &mut Tx<'_>, now: Instant, pair: RefreshTokenId) -> Result<()> {
    diesel::update(refresh_tokens::table.find(pair).filter(refresh_tokens::access_used_at.is_null()))
        .set(refresh_tokens::access_used_at.eq(now))
        .execute(&mut **tx)?;
    Ok(())
}

pub(super) fn count_of(conn: &mut Conn, bucket: &[u8]) -> Result<Option<Count>> {
    let row: Option<(i64, Instant, Instant)> = throttles::table
        .find(bucket)
        .select((throttles::spent, throttles::since, throttles::last_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(spent, since, last_at)| Count { spent, since, last_at }))
}

/// Counts one more, from one again when the window is over.
pub(super) fn count_up(tx: &mut Tx<'_>, now: Instant, bucket: &[u8], window: Duration) -> Result<()> {
    let row = (
        throttles::bucket.eq(bucket),
        throttles::spent.eq(0_i64),
        throttles::since.eq(now),
        throttles::last_at.eq(now),
    );
    on_both!(tx, c => diesel::insert_into(throttles::table).values(row).on_conflict_do_nothing().execute(c))?;
    let over = now.before(window);
    diesel::update(throttles::table.find(bucket).filter(throttles::since.le(over)))
        .set((throttles::spent.eq(0_i64), throttles::since.eq(now)))
        .execute(&mut **tx)?;
    diesel::update(throttles::table.find(bucket))
        .set((throttles::spent.eq(throttles::spent + 1_i64), throttles::last_at.eq(now)))
        .execute(&mut **tx)?;
    Ok(())
}

pub(super) fn forget_count(tx: &mut Tx<'_>, bucket: &[u8]) -> Result<()> {
    diesel::delete(throttles::table.find(bucket)).execute(&mut **tx)?;
    Ok(())
}
