//! The SQL of this slice.

#![allow(clippy::arithmetic_side_effects, reason = "columns are added up by the database, which checks")]

mod one_time;
mod sessions;

use diesel::prelude::*;

use crate::accounts::account::{Account, AccountStatus, Login};
use crate::accounts::login_throttle::Counter;
use crate::db::schema::{accounts, throttles};
use crate::db::{Conn, Result, Tx, on_both};
use crate::kernel::ids::AccountId;
use crate::kernel::{Duration, Instant};

pub(in crate::accounts) use one_time::*;
pub(in crate::accounts) use sessions::*;

pub fn insert_account(tx: &mut Tx<'_>, account: &Account, password_hash: &str) -> Result<()> {
    let row = (account, accounts::password_hash.eq(password_hash));
    diesel::insert_into(accounts::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// The account of this id, also a closed one.
pub fn find_account(conn: &mut Conn, id: AccountId) -> Result<Option<Account>> {
    Ok(accounts::table.find(id).select(Account::as_select()).get_result(conn).optional()?)
}

/// The account of this login.
pub fn find_account_by_login(conn: &mut Conn, login: &Login) -> Result<Option<Account>> {
    let rows = accounts::table.select(Account::as_select()).into_boxed();
    let rows = match login {
        Login::Email(email) => rows.filter(accounts::email.eq(email)),
        Login::Phone(phone) => rows.filter(accounts::phone.eq(phone)),
        Login::Unknown(_) => return Ok(None),
    };
    Ok(rows.get_result(conn).optional()?)
}

/// What signing in needs of an account.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = accounts)]
pub struct Credentials {
    pub id: AccountId,
    pub password_hash: String,
    pub token_version: i64,
    pub status: AccountStatus,
}

pub fn find_credentials(conn: &mut Conn, login: &Login) -> Result<Option<Credentials>> {
    let rows = accounts::table.select(Credentials::as_select()).into_boxed();
    let rows = match login {
        Login::Email(email) => rows.filter(accounts::email.eq(email)),
        Login::Phone(phone) => rows.filter(accounts::phone.eq(phone)),
        // The same query, so that it takes the same time.
        Login::Unknown(text) => rows.filter(accounts::email.eq(text)),
    };
    Ok(rows.get_result(conn).optional()?)
}

/// The password hash of an active account.
pub fn find_password_hash(conn: &mut Conn, account: AccountId) -> Result<Option<String>> {
    Ok(accounts::table
        .find(account)
        .filter(accounts::status.eq(AccountStatus::Active))
        .select(accounts::password_hash)
        .get_result(conn)
        .optional()?)
}

pub fn update_password_hash(tx: &mut Tx<'_>, account: AccountId, hash: &str) -> Result<()> {
    diesel::update(accounts::table.find(account)).set(accounts::password_hash.eq(hash)).execute(&mut **tx)?;
    Ok(())
}

pub fn find_counter(conn: &mut Conn, bucket: &[u8]) -> Result<Option<Counter>> {
    Ok(throttles::table.find(bucket).select(Counter::as_select()).get_result(conn).optional()?)
}

/// Adds one to the counter; it starts again when its window is over.
pub fn increment_counter(tx: &mut Tx<'_>, now: Instant, bucket: &[u8], window: Duration) -> Result<()> {
    ensure_counter(tx, now, bucket, false)?;
    let window_start = now.before(window);
    diesel::update(throttles::table.find(bucket).filter(throttles::since.le(window_start)))
        .set((throttles::spent.eq(0_i64), throttles::since.eq(now)))
        .execute(&mut **tx)?;
    add_one(tx, now, bucket)
}

/// Adds one to a counter without a window. A permanent one stays until it is deleted explicitly.
pub fn increment_failures(tx: &mut Tx<'_>, now: Instant, bucket: &[u8], is_permanent: bool) -> Result<()> {
    ensure_counter(tx, now, bucket, is_permanent)?;
    add_one(tx, now, bucket)
}

fn ensure_counter(tx: &mut Tx<'_>, now: Instant, bucket: &[u8], is_permanent: bool) -> Result<()> {
    let row = (
        throttles::bucket.eq(bucket),
        throttles::spent.eq(0_i64),
        throttles::since.eq(now),
        throttles::last_at.eq(now),
        throttles::kept.eq(is_permanent),
    );
    on_both!(tx, c => diesel::insert_into(throttles::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

fn add_one(tx: &mut Tx<'_>, now: Instant, bucket: &[u8]) -> Result<()> {
    diesel::update(throttles::table.find(bucket))
        .set((throttles::spent.eq(throttles::spent + 1_i64), throttles::last_at.eq(now)))
        .execute(&mut **tx)?;
    Ok(())
}

pub fn delete_counter(tx: &mut Tx<'_>, bucket: &[u8]) -> Result<()> {
    diesel::delete(throttles::table.find(bucket)).execute(&mut **tx)?;
    Ok(())
}

/// Deletes counters unchanged for two days, except permanent ones.
pub fn purge_counters(tx: &mut Tx<'_>, now: Instant) -> Result<usize> {
    let unchanged_since = now.before(Duration::days(2));
    let rows = throttles::table.filter(throttles::last_at.lt(unchanged_since)).filter(throttles::kept.eq(false));
    Ok(diesel::delete(rows).execute(&mut **tx)?)
}

/// Sets a password and returns the new token version: sessions of an older version are invalid.
pub fn set_password(tx: &mut Tx<'_>, account: AccountId, hash: &str) -> Result<i64> {
    diesel::update(accounts::table.find(account))
        .set((accounts::password_hash.eq(hash), accounts::token_version.eq(accounts::token_version + 1_i64)))
        .execute(&mut **tx)?;
    Ok(accounts::table.find(account).select(accounts::token_version).get_result(&mut **tx)?)
}

/// Marks the address as verified; `false` when the account has another address by now.
pub fn set_email_verified(tx: &mut Tx<'_>, now: Instant, account: AccountId, address: &str) -> Result<bool> {
    let rows = accounts::table.find(account).filter(accounts::email.eq(address));
    let changes = (accounts::email_verified_at.eq(now), accounts::version.eq(accounts::version + 1_i64));
    Ok(diesel::update(rows).set(changes).execute(&mut **tx)? == 1)
}

/// Updates an account that was read at the previous version; `false` when it has changed since.
pub fn update_account(tx: &mut Tx<'_>, account: &Account) -> Result<bool> {
    let previous = account.version.saturating_sub(1);
    let rows = accounts::table.find(account.id).filter(accounts::version.eq(previous));
    Ok(diesel::update(rows).set(account).execute(&mut **tx)? == 1)
}

/// Marks the phone number as vouched for; `false` when there is none or it is already.
pub fn set_phone_vouched(tx: &mut Tx<'_>, now: Instant, account: AccountId) -> Result<bool> {
    let rows = accounts::table
        .find(account)
        .filter(accounts::phone.is_not_null())
        .filter(accounts::phone_vouched_at.is_null());
    let changes = (accounts::phone_vouched_at.eq(now), accounts::version.eq(accounts::version + 1_i64));
    Ok(diesel::update(rows).set(changes).execute(&mut **tx)? == 1)
}

/// Sets the status and invalidates all sessions; `false` when the account is closed.
pub fn set_status(tx: &mut Tx<'_>, account: AccountId, status: AccountStatus) -> Result<bool> {
    let rows = accounts::table.find(account).filter(accounts::status.ne(AccountStatus::Closed));
    let changed = diesel::update(rows)
        .set((
            accounts::status.eq(status),
            accounts::token_version.eq(accounts::token_version + 1_i64),
            accounts::version.eq(accounts::version + 1_i64),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Deletes the personal data of an account and closes it. The row stays, because orders and sales refer to it.
pub fn anonymize_account(tx: &mut Tx<'_>, now: Instant, account: AccountId) -> Result<()> {
    diesel::update(accounts::table.find(account))
        .set((
            accounts::name.eq("—"),
            accounts::email.eq(None::<String>),
            accounts::email_verified_at.eq(None::<Instant>),
            accounts::phone.eq(None::<String>),
            accounts::phone_vouched_at.eq(None::<Instant>),
            accounts::password_hash.eq(""),
            accounts::admin.eq(false),
            accounts::status.eq(AccountStatus::Closed),
            accounts::closed_at.eq(now),
            accounts::token_version.eq(accounts::token_version + 1_i64),
            accounts::version.eq(accounts::version + 1_i64),
        ))
        .execute(&mut **tx)?;
    Ok(())
}
