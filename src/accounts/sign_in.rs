//! Signing in: the same steps in the same time whether the account exists or not.

use super::account::{AccountStatus, Login};
use super::address::CallerAddress;
use super::hashing::{HashingError, PasswordCheck};
use super::login_throttle::{self, AddressLimit, ThrottleError, ThrottleSubject};
use super::password::Password;
use super::session::{self, TokenPair};
use super::{Accounts, store};
use crate::db::{self, Db};
use crate::kernel::Instant;
use crate::web::verb_errors;

/// A sign-in attempt.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// The login as parsed.
    pub login: Login,
    /// The password.
    pub password: Password,
    /// The device name sent by the client.
    pub device: String,
    /// The network address of the caller.
    pub address: CallerAddress,
}

verb_errors! {
    /// Why signing in failed.
    pub enum SignInError {
        /// Unknown login, wrong password, suspended or closed account: the response does not tell which.
        Refused => SignInFailed,
    }
    + Throttled(ThrottleError), Hashing(HashingError), Db(db::Error)
}

/// Counts the attempt, verifies the password outside of any transaction, and opens a session.
pub async fn sign_in(db: &Db, accounts: &Accounts, now: Instant, request: SignIn) -> Result<TokenPair, SignInError> {
    let limit = accounts.limit_for(&request.address, accounts.settings.sign_ins_an_hour);
    let (login, address) = (request.login.clone(), request.address.clone());
    let credentials = db
        .write(move |tx| {
            login_throttle::limit_address(tx, now, AddressLimit::SignIns, &address, limit)?;
            let credentials = store::find_credentials(tx, &login)?;
            let is_known = match &credentials {
                Some(credentials) => store::has_signed_in_from(tx, credentials.id, address.as_str())?,
                None => false,
            };
            let subject = ThrottleSubject::new(credentials.as_ref().map(|credentials| credentials.id), &login);
            login_throttle::count_attempt(tx, now, &subject, &address, is_known)?;
            Ok::<_, ThrottleError>(credentials)
        })
        .await?;
    let hash = credentials.as_ref().map(|credentials| credentials.password_hash.clone());
    let verdict = accounts.hasher.verify(&request.password, hash).await?;
    let credentials = credentials
        .filter(|credentials| verdict != PasswordCheck::Invalid && credentials.status == AccountStatus::Active)
        .ok_or(SignInError::Refused)?;
    let new_hash = match verdict {
        PasswordCheck::ValidOutdated => Some(accounts.hasher.hash(&request.password).await?),
        _ => None,
    };
    db.write(move |tx| {
        // The password may have been changed, or the account suspended, during hashing.
        let current = store::find_credentials(tx, &request.login)?.ok_or(SignInError::Refused)?;
        if current.password_hash != credentials.password_hash || current.status != AccountStatus::Active {
            return Err(SignInError::Refused);
        }
        if let Some(hash) = &new_hash {
            store::update_password_hash(tx, credentials.id, hash)?;
        }
        login_throttle::clear_failures(tx, &ThrottleSubject::Account(current.id), &request.address)?;
        let (device, address) = (&request.device, request.address.as_str());
        Ok(session::open(tx, now, current.id, current.token_version, device, address)?)
    })
    .await
}
