//! Throttling of logins. Counters are in the database, so that limits hold across servers and restarts.
//!
//! An attempt is counted before its outcome is known, and the counters are deleted when it succeeds, so that parallel
//! guesses are all counted. E-mail address, phone number and password confirmation of one account share its counters.
//! The limit by account alone never locks the owner out of an address they have signed in from, nor out of a reset by
//! mail or code.

use super::account::{Login, digest};
use super::address::CallerAddress;
use super::store;
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
const MAX_FAILURES_IN_A_ROW: i64 = 100;

/// The counter of one bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counter {
    pub(super) spent: i64,
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

/// Counts a mail to this subject; at most three an hour.
pub fn limit_mails(
    tx: &mut Tx<'_>,
    now: Instant,
    purpose: &str,
    subject: &ThrottleSubject,
) -> Result<(), ThrottleError> {
    increment_within(tx, now, &bucket_key(&["mail", purpose, &subject.as_text()]), 3, HOUR)
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
        if counter.spent >= MAX_ATTEMPTS_PER_WINDOW && !is_over {
            return Err(wait_until(counter.since.after(ATTEMPT_WINDOW), now));
        }
        if counter.spent >= FREE_FAILURES && !is_over {
            // Delays of 1, 2, 4, 8, 16 seconds after the fifth, sixth… failure.
            let doublings = u32::try_from(counter.spent.saturating_sub(FREE_FAILURES)).unwrap_or(0).min(10);
            let next_at = counter.last_at.after(Duration::seconds(1_i64.checked_shl(doublings).unwrap_or(1024)));
            if now < next_at {
                return Err(wait_until(next_at, now));
            }
        }
    }
    let global_key = subject_key(subject);
    if !is_known && store::find_counter(tx, &global_key)?.is_some_and(|counter| counter.spent >= MAX_FAILURES_IN_A_ROW)
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
        Some(counter) if counter.spent >= limit && now.since(counter.since) < window => {
            Err(wait_until(counter.since.after(window), now))
        }
        _ => Ok(store::increment_counter(tx, now, bucket, window)?),
    }
}

fn wait_until(until: Instant, now: Instant) -> ThrottleError {
    ThrottleError::Wait(u32::try_from(until.since(now).num_seconds().max(0).saturating_add(1)).unwrap_or(u32::MAX))
}
