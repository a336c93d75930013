//! Signing in: the same steps, in the same time, whether the account exists or not.

use super::account::{AccountStatus, Login};
use super::address::CallerAddress;
use super::hashing::{HashingError, Verdict};
use super::login_throttle::{self, Counted, Limited, ThrottleError};
use super::password::Password;
use super::session::{self, Pair};
use super::{Accounts, store};
use crate::db::{self, Db};
use crate::kernel::Instant;
use crate::web::{Code, Problem};

/// Who wants to sign in, and on what.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// What they typed.
    pub login: Login,
    /// The password they typed.
    pub password: Password,
    /// What the device calls itself.
    pub device: String,
    /// Where the call came from.
    pub address: CallerAddress,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Unknown, wrong, suspended or closed: nobody is told which.
    #[error("the login or the password is wrong")]
    Refused,
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

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Refused => Problem::new(Code::SignInFailed),
            SignInError::Throttled(error) => error.into(),
            SignInError::Hashing(error) => error.into(),
            SignInError::Db(error) => error.into(),
        }
    }
}

/// Signs a person in: counts the attempt, compares the password outside of any transaction, opens a session.
pub async fn sign_in(db: &Db, accounts: &Accounts, now: Instant, who: SignIn) -> Result<Pair, SignInError> {
    let most = accounts.limit(&who.address, accounts.settings.sign_ins_an_hour);
    let (login, address) = (who.login.clone(), who.address.clone());
    let known = db
        .write(move |tx| {
            login_throttle::count_call(tx, now, Limited::SignIns, &address, most)?;
            let credentials = store::credentials(tx, &login)?;
            let is_known = match &credentials {
                Some(credentials) => store::has_signed_in_from(tx, credentials.account, address.as_str())?,
                None => false,
            };
            let counted = Counted::of(credentials.as_ref().map(|credentials| credentials.account), &login);
            login_throttle::count_attempt(tx, now, &counted, &address, is_known)?;
            Ok::<_, ThrottleError>(credentials)
        })
        .await?;
    let hash = known.as_ref().map(|credentials| credentials.password_hash.clone());
    let verdict = accounts.hasher.verify(&who.password, hash).await?;
    let credentials = match (known, verdict) {
        (Some(credentials), Verdict::Right | Verdict::RightButStale) if credentials.status == AccountStatus::Active => {
            credentials
        }
        _ => return Err(SignInError::Refused),
    };
    let renewed = match verdict {
        Verdict::RightButStale => Some(accounts.hasher.hash(&who.password).await?),
        _ => None,
    };
    db.write(move |tx| {
        // Its password may have been changed, or the account stopped, while we were hashing.
        let current = store::credentials(tx, &who.login)?.ok_or(SignInError::Refused)?;
        if current.password_hash != credentials.password_hash || current.status != AccountStatus::Active {
            return Err(SignInError::Refused);
        }
        if let Some(hash) = &renewed {
            store::renew_password_hash(tx, credentials.account, hash)?;
        }
        login_throttle::forgive(tx, &Counted::Account(current.account), &who.address)?;
        let pair = session::open(tx, now, current.account, current.token_version, &who.device, who.address.as_str())?;
        Ok(pair)
    })
    .await
}
