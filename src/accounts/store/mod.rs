//! The SQL of people and their sessions.

#![allow(clippy::arithmetic_side_effects, reason = "columns are added up by the database, which checks")]

mod one_time;
mod sessions;

use diesel::prelude::*;

use crate::accounts::account::{Account, AccountStatus, Login};
use crate::accounts::email::Email;
use crate::accounts::login_throttle::Count;
use crate::db::schema::{accounts, throttles};
use crate::db::{Conn, Result, Tx, on_both};
use crate::kernel::ids::AccountId;
use crate::kernel::{Duration, Instant, Language, Phone};

pub(in crate::accounts) use one_time::*;
pub(in crate::accounts) use sessions::*;

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

pub(in crate::accounts) fn insert_account(tx: &mut Tx<'_>, account: &Account, password_hash: &str) -> Result<()> {
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
pub(in crate::accounts) struct Credentials {
    pub(in crate::accounts) account: AccountId,
    pub(in crate::accounts) password_hash: String,
    pub(in crate::accounts) token_version: i64,
    pub(in crate::accounts) status: AccountStatus,
}

pub(in crate::accounts) fn credentials(conn: &mut Conn, login: &Login) -> Result<Option<Credentials>> {
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

/// The password of an account that may be used.
pub(in crate::accounts) fn password_hash(conn: &mut Conn, account: AccountId) -> Result<Option<String>> {
    Ok(accounts::table
        .find(account)
        .filter(accounts::status.eq(AccountStatus::Active))
        .select(accounts::password_hash)
        .first(conn)
        .optional()?)
}

pub(in crate::accounts) fn renew_password_hash(tx: &mut Tx<'_>, account: AccountId, hash: &str) -> Result<()> {
    diesel::update(accounts::table.find(account)).set(accounts::password_hash.eq(hash)).execute(&mut **tx)?;
    Ok(())
}

pub(in crate::accounts) fn count_of(conn: &mut Conn, bucket: &[u8]) -> Result<Option<Count>> {
    let row: Option<(i64, Instant, Instant)> = throttles::table
        .find(bucket)
        .select((throttles::spent, throttles::since, throttles::last_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(spent, since, last_at)| Count { spent, since, last_at }))
}

/// Counts one more, from one again when the window is over.
pub(in crate::accounts) fn count_up(tx: &mut Tx<'_>, now: Instant, bucket: &[u8], window: Duration) -> Result<()> {
    begin_count(tx, now, bucket, false)?;
    let over = now.before(window);
    diesel::update(throttles::table.find(bucket).filter(throttles::since.le(over)))
        .set((throttles::spent.eq(0_i64), throttles::since.eq(now)))
        .execute(&mut **tx)?;
    add_to_count(tx, now, bucket)
}

/// Counts one more of those in a row, which no window ends. What is kept stays until it is forgotten by name.
pub(in crate::accounts) fn count_in_a_row(tx: &mut Tx<'_>, now: Instant, bucket: &[u8], is_kept: bool) -> Result<()> {
    begin_count(tx, now, bucket, is_kept)?;
    add_to_count(tx, now, bucket)
}

fn begin_count(tx: &mut Tx<'_>, now: Instant, bucket: &[u8], is_kept: bool) -> Result<()> {
    let row = (
        throttles::bucket.eq(bucket),
        throttles::spent.eq(0_i64),
        throttles::since.eq(now),
        throttles::last_at.eq(now),
        throttles::kept.eq(is_kept),
    );
    on_both!(tx, c => diesel::insert_into(throttles::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

fn add_to_count(tx: &mut Tx<'_>, now: Instant, bucket: &[u8]) -> Result<()> {
    diesel::update(throttles::table.find(bucket))
        .set((throttles::spent.eq(throttles::spent + 1_i64), throttles::last_at.eq(now)))
        .execute(&mut **tx)?;
    Ok(())
}

pub(in crate::accounts) fn forget_count(tx: &mut Tx<'_>, bucket: &[u8]) -> Result<()> {
    diesel::delete(throttles::table.find(bucket)).execute(&mut **tx)?;
    Ok(())
}

/// Forgets counters that nobody added to for two days, but for those that no time ends.
pub(in crate::accounts) fn purge_counts(tx: &mut Tx<'_>, now: Instant) -> Result<usize> {
    let old = now.before(Duration::days(2));
    Ok(diesel::delete(throttles::table.filter(throttles::last_at.lt(old)).filter(throttles::kept.eq(false)))
        .execute(&mut **tx)?)
}

/// Sets a password; every session that was opened under another one is over.
pub(in crate::accounts) fn set_password(tx: &mut Tx<'_>, account: AccountId, hash: &str) -> Result<i64> {
    diesel::update(accounts::table.find(account))
        .set((accounts::password_hash.eq(hash), accounts::token_version.eq(accounts::token_version + 1_i64)))
        .execute(&mut **tx)?;
    Ok(accounts::table.find(account).select(accounts::token_version).first(&mut **tx)?)
}

/// Notes that the address is this account's, if it still is the one that it has.
pub(in crate::accounts) fn verify_address(
    tx: &mut Tx<'_>,
    now: Instant,
    account: AccountId,
    address: &str,
) -> Result<bool> {
    let rows = accounts::table.find(account).filter(accounts::email.eq(address));
    let changed = diesel::update(rows)
        .set((accounts::email_verified_at.eq(now), accounts::version.eq(accounts::version + 1_i64)))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Writes what can be edited, if the account still has the version before.
pub(in crate::accounts) fn update_account(tx: &mut Tx<'_>, account: &Account) -> Result<bool> {
    let before = account.version.saturating_sub(1);
    let rows = accounts::table.find(account.id).filter(accounts::version.eq(before));
    let changed = diesel::update(rows)
        .set((
            accounts::name.eq(&account.name),
            accounts::email.eq(&account.email),
            accounts::email_verified_at.eq(account.email_verified_at),
            accounts::phone.eq(&account.phone),
            accounts::phone_vouched_at.eq(account.phone_vouched_at),
            accounts::locale.eq(account.language),
            accounts::version.eq(account.version),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Notes that somebody vouches for the number.
pub(in crate::accounts) fn vouch_phone(tx: &mut Tx<'_>, now: Instant, account: AccountId) -> Result<bool> {
    let rows = accounts::table
        .find(account)
        .filter(accounts::phone.is_not_null())
        .filter(accounts::phone_vouched_at.is_null());
    let changed = diesel::update(rows)
        .set((accounts::phone_vouched_at.eq(now), accounts::version.eq(accounts::version + 1_i64)))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Stops an account, or lets it be used again. Closed ones stay closed.
pub(in crate::accounts) fn set_status(tx: &mut Tx<'_>, account: AccountId, status: AccountStatus) -> Result<bool> {
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

/// Takes the person out of the account, whose id stays for what they bought and sold.
pub(in crate::accounts) fn forget_person(tx: &mut Tx<'_>, now: Instant, account: AccountId) -> Result<()> {
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
