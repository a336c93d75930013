//! Changing a password, and asking for the present one again before what a stolen token must not do.

use super::address::CallerAddress;
use super::extract::SignedIn;
use super::hashing::{HashingError, Verdict};
use super::login_throttle::{self, Counted, ThrottleError};
use super::password::Password;
use super::reset_password::RESET_PURPOSES;
use super::{Accounts, mails, store};
use crate::db::{self, Db};
use crate::events::{self, Event};
use crate::kernel::Instant;
use crate::web::{Code, Problem};

/// Why a password was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The present password is another.
    #[error("the present password is wrong")]
    Wrong,
    /// Too many attempts.
    #[error(transparent)]
    Throttled(#[from] ThrottleError),
    /// No turn to hash.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<PasswordError> for Problem {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Wrong => Problem::new(Code::PasswordWrong),
            PasswordError::Throttled(error) => error.into(),
            PasswordError::Hashing(error) => error.into(),
            PasswordError::Db(error) => error.into(),
        }
    }
}

/// Asks for the present password again; guesses are counted as those at the door are.
pub async fn confirm_password(
    db: &Db,
    accounts: &Accounts,
    now: Instant,
    person: &SignedIn,
    address: &CallerAddress,
    password: &Password,
) -> Result<(), PasswordError> {
    let (account, here) = (person.account, address.clone());
    let hash = db
        .write(move |tx| {
            let is_known = store::has_signed_in_from(tx, account, here.as_str())?;
            login_throttle::count_attempt(tx, now, &Counted::Account(account), &here, is_known)?;
            Ok::<_, ThrottleError>(store::password_hash(tx, account)?)
        })
        .await?;
    if accounts.hasher.verify(password, hash).await? == Verdict::Wrong {
        return Err(PasswordError::Wrong);
    }
    let here = address.clone();
    Ok(db.write::<_, db::Error, _>(move |tx| login_throttle::forgive(tx, &Counted::Account(account), &here)).await?)
}

/// Sets a new password: every other session ends, so does every link or code to set another, this session goes on, and
/// the owner is told.
pub async fn change_password(
    db: &Db,
    accounts: &Accounts,
    now: Instant,
    person: SignedIn,
    password: &Password,
) -> Result<(), PasswordError> {
    let hash = accounts.hasher.hash(password).await?;
    db.write(move |tx| {
        let version = store::set_password(tx, person.account, &hash)?;
        store::end_sessions(tx, now, person.account, Some(person.session), "password-changed")?;
        store::carry_on(tx, person.session, version)?;
        store::forget_one_time_tokens(tx, person.account, &RESET_PURPOSES)?;
        let event =
            events::record(tx, now, &Event::new("account.password_changed", person.account).by(person.account))?;
        if let Some(account) = store::account(tx, person.account)? {
            mails::password_changed(tx, now, event, &account)?;
        }
        Ok(())
    })
    .await
}
