//! A lost password: a link by mail, or, for people without one, a code that an officer of their group reads aloud.

use super::account::{AccountStatus, Login};
use super::login_throttle::{self, Counted, ThrottleError};
use super::one_time::{self, OneTimeToken, Purpose};
use super::verify_email::LinkError;
use super::{mails, store};
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::ids::AccountId;
use crate::kernel::{Duration, Instant};

const LIFE: Duration = Duration::minutes(30);
/// What a new password can be set by.
pub(super) const RESET_PURPOSES: [Purpose; 2] = [Purpose::ResetPassword, Purpose::ResetCode];

/// A code for one person, to be read aloud once, and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct ResetCode {
    /// The code; it goes into the path of `PUT /v1/password_resets/{code}`.
    pub code: String,
    /// Until when it is good.
    pub expires_at: Instant,
}

impl std::fmt::Debug for ResetCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResetCode").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// Sends a link to the mail address of this login's account. Who asks is not told whether there is one.
pub fn request_reset(tx: &mut Tx<'_>, now: Instant, public_url: &str, login: &Login) -> db::Result<()> {
    let account = store::account_by_login(tx, login)?.filter(|account| account.status == AccountStatus::Active);
    match login_throttle::count_mail(tx, now, "reset", &Counted::of(account.as_ref().map(|account| account.id), login))
    {
        Ok(()) => {}
        Err(ThrottleError::Wait(_)) => return Ok(()),
        Err(ThrottleError::Db(error)) => return Err(error),
    }
    let Some((account, email)) = account.and_then(|account| account.email.clone().map(|email| (account, email))) else {
        return Ok(());
    };
    let token =
        OneTimeToken { account: account.id, purpose: Purpose::ResetPassword, address: email.as_str().to_owned() };
    let secret = one_time::issue(tx, now, &token, LIFE)?;
    events::record(tx, now, &Event::new("account.reset_requested", account.id))?;
    mails::reset_password(tx, now, public_url, &account, &email, &secret)
}

/// Issues a code for this account, on behalf of `by`, who must be an officer of a group of theirs: the caller has
/// checked that. The owner hears of it by mail, where they have one.
pub fn issue_reset_code(tx: &mut Tx<'_>, now: Instant, account: AccountId, by: AccountId) -> db::Result<ResetCode> {
    let token = OneTimeToken { account, purpose: Purpose::ResetCode, address: String::new() };
    let code = one_time::issue_code(tx, now, &token, LIFE)?;
    let event = events::record(tx, now, &Event::new("account.reset_code_issued", account).by(by))?;
    if let Some(account) = store::account(tx, account)? {
        mails::reset_code_issued(tx, now, event, &account)?;
    }
    Ok(ResetCode { code, expires_at: now.after(LIFE) })
}

/// Sets a new password by a link or code: all sessions end, and the owner is told.
pub fn reset_password(tx: &mut Tx<'_>, now: Instant, shown: &str, password_hash: &str) -> Result<(), LinkError> {
    let (token, hash) = one_time::find(tx, now, shown, &RESET_PURPOSES)?.ok_or(LinkError::Invalid)?;
    if !store::use_up(tx, now, &hash)? {
        return Err(LinkError::Invalid);
    }
    let account = store::account(tx, token.account)?.ok_or(LinkError::Invalid)?;
    let sent_elsewhere = token.purpose == Purpose::ResetPassword
        && account.email.as_ref().is_none_or(|email| email.as_str() != token.address);
    if account.status != AccountStatus::Active || sent_elsewhere {
        return Err(LinkError::Invalid);
    }
    if token.purpose == Purpose::ResetPassword && account.email_verified_at.is_none() {
        store::verify_address(tx, now, account.id, &token.address)?;
    }
    store::set_password(tx, account.id, password_hash)?;
    store::end_sessions(tx, now, account.id, None, "password-reset")?;
    store::forget_one_time_tokens(tx, account.id, &RESET_PURPOSES)?;
    // Whoever was kept out by a stranger's guesses is let in again.
    login_throttle::forgive_everywhere(tx, account.id)?;
    let event = events::record(tx, now, &Event::new("account.password_reset", account.id).by(account.id))?;
    mails::password_changed(tx, now, event, &account)?;
    Ok(())
}
