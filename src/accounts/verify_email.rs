//! Showing that an e-mail address is its owner's, by a link that was sent to it.

use super::account::{Account, AccountStatus, Login};
use super::email::Email;
use super::login_throttle::{self, Counted, ThrottleError};
use super::one_time::{self, OneTimeToken, Purpose};
use super::{mails, store};
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::{Duration, Instant};
use crate::web::{Code, Problem};

const LIFE: Duration = Duration::days(3);

/// A link or code is unknown, used, or too old; nobody is told which.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Not good, or no longer.
    #[error("the link or code is not good")]
    Invalid,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<LinkError> for Problem {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Invalid => Problem::new(Code::LinkInvalid),
            LinkError::Db(error) => error.into(),
        }
    }
}

/// Sends the link to the account's address, when it has one that is not known to be theirs.
pub fn send_verification(tx: &mut Tx<'_>, now: Instant, public_url: &str, account: &Account) -> db::Result<()> {
    let Some(email) = account.email.as_ref().filter(|_| account.email_verified_at.is_none()) else { return Ok(()) };
    let token = OneTimeToken { account: account.id, purpose: Purpose::VerifyEmail, address: email.as_str().to_owned() };
    let secret = one_time::issue(tx, now, &token, LIFE)?;
    mails::verify_email(tx, now, public_url, account, email, &secret)
}

/// Sends the link again. Who asks is not told whether there is such an account.
pub fn request_verification(tx: &mut Tx<'_>, now: Instant, public_url: &str, email: &Email) -> db::Result<()> {
    let login = Login::Email(email.clone());
    let account = store::account_by_login(tx, &login)?.filter(|account| account.status == AccountStatus::Active);
    match login_throttle::count_mail(
        tx,
        now,
        "verify",
        &Counted::of(account.as_ref().map(|account| account.id), &login),
    ) {
        Ok(()) => {}
        Err(ThrottleError::Wait(_)) => return Ok(()),
        Err(ThrottleError::Db(error)) => return Err(error),
    }
    account.map_or(Ok(()), |account| send_verification(tx, now, public_url, &account))
}

/// Uses the link up: the address is known to be the account's.
pub fn verify_email(tx: &mut Tx<'_>, now: Instant, shown: &str) -> Result<(), LinkError> {
    let (token, hash) = one_time::find(tx, now, shown, &[Purpose::VerifyEmail])?.ok_or(LinkError::Invalid)?;
    if !store::use_up(tx, now, &hash)? || !store::verify_address(tx, now, token.account, &token.address)? {
        return Err(LinkError::Invalid);
    }
    events::record(tx, now, &Event::new("account.email_verified", token.account).by(token.account))?;
    Ok(())
}
