//! Throttling of logins. Counters are in the database, so that limits hold across servers and restarts.
//!
//! An attempt is counted before its password is checked, so that parallel guesses are all counted; a success deletes the
//! counters. There are two: one for account and network address, which delays and then stops attempts for some minutes,
//! and one for the account alone, which stops attempts from addresses where it never signed in. Signing in by e-mail
//! address or phone number and confirming the password count for the same account. A reset by mail or code is always
//! possible.

use diesel::prelude::*;

use super::account::{Account, Login, digest};
use super::address::CallerAddress;
use super::store;
use crate::db::schema::throttles;
use crate::db::{self, Tx};
use crate::kernel::ids::AccountId;
use crate::kernel::{Duration, Instant};
use crate::web::{Code, Problem, verb_errors};

const ATTEMPT_WINDOW: Duration = Duration::minutes(15);
const HOUR: Duration = Duration::hours(1);
const DAY: Duration = Duration::days(1);
/// Failures for one account from one address before delays begin.
const FREE_FAILURES: i64 = 5;
/// Attempts for one account from one address within [`ATTEMPT_WINDOW`].
const MAX_ATTEMPTS_PER_WINDOW: i64 = 10;
/// Consecutive failures for one account from all addresses (NIST SP 800-63B §5.2.2). They do not expire: only a success
/// from a known address or a password reset clears them.
const MAX_CONSECUTIVE_FAILURES: i64 = 100;

/// The counter of one bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = throttles)]
pub(super) struct Counter {
    #[diesel(column_name = spent)]
    pub(super) count: i64,
    pub(super) since: Instant,
    pub(super) last_at: Instant,
}

/// Whose attempts are counted together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ThrottleSubject {
    /// An account, whichever login was used.
    Account(AccountId),
    /// A login that no account has: throttled like the others, so that the response does not reveal it.
    UnknownLogin(Login),
}

impl ThrottleSubject {
    /// The subject of this login: its account, if there is one.
    pub fn new(account: Option<AccountId>, login: &Login) -> Self {
        account.map_or_else(|| ThrottleSubject::UnknownLogin(login.clone()), ThrottleSubject::Account)
    }

    fn as_text(&self) -> String {
        match self {
            ThrottleSubject::Account(account) => format!("account {account}"),
            ThrottleSubject::UnknownLogin(login) => format!("login {}", login.as_str()),
        }
    }
}

verb_errors! {
    /// Too many attempts, or the database failed.
    pub enum ThrottleError {
        /// Retry after this many seconds.
        Wait(seconds: u32) => { Problem::new(Code::TooManyRequests).retry_after(seconds) },
    }
    + Db(db::Error)
}

/// Requests that are limited by network address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressLimit {
    /// Registrations.
    Registrations,
    /// Sign-in attempts.
    SignIns,
    /// Requests for mails with links, and attempts to redeem a link or code.
    Resets,
}

impl AddressLimit {
    fn as_text(self) -> &'static str {
        match self {
            AddressLimit::Registrations => "registrations",
            AddressLimit::SignIns => "sign-ins",
            AddressLimit::Resets => "resets",
        }
    }
}

/// The key of a stored counter. The words are hashed into it: a changed word would reset the counters.
fn bucket_key(parts: &[&str]) -> Vec<u8> {
    digest(&parts.join("\n"))
}

fn subject_and_address_key(subject: &ThrottleSubject, address: &CallerAddress) -> Vec<u8> {
    bucket_key(&["pair", &subject.as_text(), address.as_str()])
}

fn subject_key(subject: &ThrottleSubject) -> Vec<u8> {
    bucket_key(&["in a row", &subject.as_text()])
}

/// Counts a request of this kind from this address; at most `limit` an hour.
pub fn limit_address(
    tx: &mut Tx<'_>,
    now: Instant,
    kind: AddressLimit,
    address: &CallerAddress,
    limit: u32,
) -> Result<(), ThrottleError> {
    increment_within(tx, now, &bucket_key(&[kind.as_text(), address.as_str()]), i64::from(limit), HOUR)
}

/// Counts a mail for this login; `false` when it had three within an hour.
pub fn may_send_mail(
    tx: &mut Tx<'_>,
    now: Instant,
    purpose: &str,
    account: Option<&Account>,
    login: &Login,
) -> db::Result<bool> {
    let subject = ThrottleSubject::new(account.map(|account| account.id), login);
    match increment_within(tx, now, &bucket_key(&["mail", purpose, &subject.as_text()]), 3, HOUR) {
        Ok(()) => Ok(true),
        Err(ThrottleError::Wait(_)) => Ok(false),
        Err(ThrottleError::Db(error)) => Err(error),
    }
}

/// Counts a password attempt, or fails while the subject is throttled. `is_known`: the account has signed in from this
/// address before.
pub fn count_attempt(
    tx: &mut Tx<'_>,
    now: Instant,
    subject: &ThrottleSubject,
    address: &CallerAddress,
    is_known: bool,
) -> Result<(), ThrottleError> {
    let local_key = subject_and_address_key(subject, address);
    if let Some(counter) = store::find_counter(tx, &local_key)? {
        let is_over = now.since(counter.since) >= ATTEMPT_WINDOW;
        if counter.count >= MAX_ATTEMPTS_PER_WINDOW && !is_over {
            return Err(wait_until(counter.since.after(ATTEMPT_WINDOW), now));
        }
        if counter.count >= FREE_FAILURES && !is_over {
            // Delays of 1, 2, 4, 8, 16 seconds after the fifth, sixth… failure.
            let doublings = u32::try_from(counter.count.saturating_sub(FREE_FAILURES)).unwrap_or(0).min(10);
            let next_at = counter.last_at.after(Duration::seconds(1_i64.checked_shl(doublings).unwrap_or(1024)));
            if now < next_at {
                return Err(wait_until(next_at, now));
            }
        }
    }
    let global_key = subject_key(subject);
    if !is_known
        && store::find_counter(tx, &global_key)?.is_some_and(|counter| counter.count >= MAX_CONSECUTIVE_FAILURES)
    {
        return Err(wait_until(now.after(DAY), now));
    }
    store::increment_counter(tx, now, &local_key, ATTEMPT_WINDOW)?;
    // Counters of unknown logins are purged: nobody signs in with them, and strangers could invent any number.
    let is_permanent = matches!(subject, ThrottleSubject::Account(_));
    Ok(store::increment_failures(tx, now, &global_key, is_permanent)?)
}

/// Deletes the counters of this subject after a success.
pub fn clear_failures(tx: &mut Tx<'_>, subject: &ThrottleSubject, address: &CallerAddress) -> db::Result<()> {
    store::delete_counter(tx, &subject_and_address_key(subject, address))?;
    store::delete_counter(tx, &subject_key(subject))
}

/// Deletes the counter of consecutive failures of this account, after its owner has proved their identity.
pub fn clear_failures_of_account(tx: &mut Tx<'_>, account: AccountId) -> db::Result<()> {
    store::delete_counter(tx, &subject_key(&ThrottleSubject::Account(account)))
}

fn increment_within(
    tx: &mut Tx<'_>,
    now: Instant,
    bucket: &[u8],
    limit: i64,
    window: Duration,
) -> Result<(), ThrottleError> {
    match store::find_counter(tx, bucket)? {
        Some(counter) if counter.count >= limit && now.since(counter.since) < window => {
            Err(wait_until(counter.since.after(window), now))
        }
        _ => Ok(store::increment_counter(tx, now, bucket, window)?),
    }
}

fn wait_until(until: Instant, now: Instant) -> ThrottleError {
    ThrottleError::Wait(u32::try_from(until.since(now).num_seconds().max(0).saturating_add(1)).unwrap_or(u32::MAX))
}
