//! Changing a password, and confirming the current one before sensitive operations, so that a stolen token does not suffice.

use super::address::CallerAddress;
use super::events::{self, AccountEvent};
use super::extract::SignedIn;
use super::hashing::{HashingError, PasswordCheck};
use super::login_throttle::{self, ThrottleError, ThrottleSubject};
use super::password::Password;
use super::reset_password::RESET_PURPOSES;
use super::{Accounts, mails, store};
use crate::db::{self, Db};
use crate::kernel::Instant;
use crate::mail::letter_kind;
use crate::web::verb_errors;

verb_errors! {
    /// Why a password was not confirmed or changed.
    pub enum PasswordError {
        /// The current password is wrong.
        Wrong => PasswordWrong,
    }
    + Throttled(ThrottleError), Hashing(HashingError), Db(db::Error)
}

/// Checks the current password. Attempts are throttled together with those of signing in.
pub async fn confirm_password(
    db: &Db,
    accounts: &Accounts,
    now: Instant,
    person: &SignedIn,
    address: &CallerAddress,
    password: &Password,
) -> Result<(), PasswordError> {
    let (account, caller_address) = (person.account, address.clone());
    let hash = db
        .write(move |tx| {
            let is_known = store::has_signed_in_from(tx, account, caller_address.as_str())?;
            login_throttle::count_attempt(tx, now, &ThrottleSubject::Account(account), &caller_address, is_known)?;
            Ok::<_, ThrottleError>(store::find_password_hash(tx, account)?)
        })
        .await?;
    if accounts.hasher.verify(password, hash).await? == PasswordCheck::Invalid {
        return Err(PasswordError::Wrong);
    }
    let caller_address = address.clone();
    Ok(db
        .write::<_, db::Error, _>(move |tx| {
            login_throttle::clear_failures(tx, &ThrottleSubject::Account(account), &caller_address)
        })
        .await?)
}

/// Sets a new password. Every other session ends and reset links and codes become invalid; this session continues, and
/// the owner is notified by mail.
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
        store::set_session_token_version(tx, person.session, version)?;
        store::delete_one_time_tokens(tx, person.account, &RESET_PURPOSES)?;
        let event = AccountEvent::PasswordChanged {}.about(person.account).by(person.account);
        let event = events::record(tx, now, &event)?;
        if let Some(account) = store::find_account(tx, person.account)? {
            mails::send(tx, now, letter_kind!("password-changed"), Some(event), &account, None)?;
        }
        Ok(())
    })
    .await
}
