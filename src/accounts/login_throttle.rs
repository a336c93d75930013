//! Counting attempts, in the database, so that limits hold over several servers and restarts.
//!
//! An attempt is counted before its outcome is known, and taken back when it was right: guesses made in parallel
//! are all counted. What a person signs in with is theirs, and so are the guesses at it: their address, their number and
//! the password that is asked for again share one count. A limit by account alone never locks the owner out of an
//! address they signed in from, nor out of the way by mail or code.

use super::account::{Login, digest};
use super::address::CallerAddress;
use super::store;
use crate::db::{self, Tx};
use crate::kernel::ids::AccountId;
use crate::kernel::{Duration, Instant};
use crate::web::{Code, Problem};

const QUARTER: Duration = Duration::minutes(15);
const HOUR: Duration = Duration::hours(1);
const DAY: Duration = Duration::days(1);
/// Wrong guesses for one account from one address before waiting begins.
const FREE: i64 = 5;
/// Wrong guesses for one account from one address in a quarter of an hour.
const MOST_IN_A_QUARTER: i64 = 10;
/// Wrong guesses in a row for one account from all addresses (NIST SP 800-63B §5.2.2). No time ends them, only a right
/// one, from an address that is known, or a password that is set anew.
const MOST_IN_A_ROW: i64 = 100;

/// A counter of one bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) spent: i64,
    pub(super) since: Instant,
    pub(super) last_at: Instant,
}

/// Whose attempts are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Counted {
    /// A person's, whatever they typed to say who they are.
    Account(AccountId),
    /// Those with a login that nobody has: counted as all others, so that nobody is told.
    Nobody(Login),
}

impl Counted {
    /// The count of this login, which is this account's if it is anyone's.
    pub fn of(account: Option<AccountId>, login: &Login) -> Self {
        account.map_or_else(|| Counted::Nobody(login.clone()), Counted::Account)
    }

    fn word(&self) -> String {
        match self {
            Counted::Account(account) => format!("account {account}"),
            Counted::Nobody(login) => format!("login {}", login.as_str()),
        }
    }
}

/// Too many attempts, or the database failed.
#[derive(Debug, thiserror::Error)]
pub enum ThrottleError {
    /// Come back after this many seconds.
    #[error("too many attempts, come back in {0} seconds")]
    Wait(u32),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<ThrottleError> for Problem {
    fn from(error: ThrottleError) -> Self {
        match error {
            ThrottleError::Wait(seconds) => Problem::new(Code::TooManyRequests).retry_after(seconds),
            ThrottleError::Db(error) => error.into(),
        }
    }
}

/// What is counted by network address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limited {
    /// New accounts.
    Registrations,
    /// Attempts to sign in.
    SignIns,
    /// Mails for lost passwords, and attempts to redeem a link or code.
    Resets,
}

impl Limited {
    fn word(self) -> &'static str {
        match self {
            Limited::Registrations => "registrations",
            Limited::SignIns => "sign-ins",
            Limited::Resets => "resets",
        }
    }
}

fn bucket(parts: &[&str]) -> Vec<u8> {
    digest(&parts.join("\n"))
}

fn pair(who: &Counted, address: &CallerAddress) -> Vec<u8> {
    bucket(&["pair", &who.word(), address.as_str()])
}

fn in_a_row(who: &Counted) -> Vec<u8> {
    bucket(&["in a row", &who.word()])
}

/// Counts a call of this kind from this address, at most so many in an hour.
pub fn count_call(
    tx: &mut Tx<'_>,
    now: Instant,
    kind: Limited,
    address: &CallerAddress,
    most: u32,
) -> Result<(), ThrottleError> {
    spend(tx, now, &bucket(&[kind.word(), address.as_str()]), i64::from(most), HOUR)
}

/// Counts a mail for this person, at most three in an hour.
pub fn count_mail(tx: &mut Tx<'_>, now: Instant, purpose: &str, who: &Counted) -> Result<(), ThrottleError> {
    spend(tx, now, &bucket(&["mail", purpose, &who.word()]), 3, HOUR)
}

/// Counts an attempt to show who one is. `is_known` tells whether the account has signed in from this address before.
pub fn count_attempt(
    tx: &mut Tx<'_>,
    now: Instant,
    who: &Counted,
    address: &CallerAddress,
    is_known: bool,
) -> Result<(), ThrottleError> {
    let here = pair(who, address);
    if let Some(count) = store::count_of(tx, &here)? {
        let over = now.since(count.since) >= QUARTER;
        if count.spent >= MOST_IN_A_QUARTER && !over {
            return Err(wait(count.since.after(QUARTER), now));
        }
        if count.spent >= FREE && !over {
            // 1, 2, 4, 8, 16 seconds after the fifth, sixth… wrong guess.
            let doublings = u32::try_from(count.spent.saturating_sub(FREE)).unwrap_or(0).min(10);
            let due = count.last_at.after(Duration::seconds(1_i64.checked_shl(doublings).unwrap_or(1024)));
            if now < due {
                return Err(wait(due, now));
            }
        }
    }
    let everywhere = in_a_row(who);
    if !is_known && store::count_of(tx, &everywhere)?.is_some_and(|count| count.spent >= MOST_IN_A_ROW) {
        return Err(wait(now.after(DAY), now));
    }
    store::count_up(tx, now, &here, QUARTER)?;
    // What nobody has is forgotten in time: nobody signs in with it, and strangers could make up any number of them.
    let is_kept = matches!(who, Counted::Account(_));
    Ok(store::count_in_a_row(tx, now, &everywhere, is_kept)?)
}

/// The attempt was right: forgets the wrong ones before it.
pub fn forgive(tx: &mut Tx<'_>, who: &Counted, address: &CallerAddress) -> db::Result<()> {
    store::forget_count(tx, &pair(who, address))?;
    store::forget_count(tx, &in_a_row(who))
}

/// Forgets the wrong guesses at this account from everywhere, once its owner has shown who they are.
pub fn forgive_everywhere(tx: &mut Tx<'_>, account: AccountId) -> db::Result<()> {
    store::forget_count(tx, &in_a_row(&Counted::Account(account)))
}

fn spend(tx: &mut Tx<'_>, now: Instant, bucket: &[u8], most: i64, window: Duration) -> Result<(), ThrottleError> {
    match store::count_of(tx, bucket)? {
        Some(count) if count.spent >= most && now.since(count.since) < window => {
            Err(wait(count.since.after(window), now))
        }
        _ => Ok(store::count_up(tx, now, bucket, window)?),
    }
}

fn wait(until: Instant, now: Instant) -> ThrottleError {
    ThrottleError::Wait(u32::try_from(until.since(now).num_seconds().max(0).saturating_add(1)).unwrap_or(u32::MAX))
}
