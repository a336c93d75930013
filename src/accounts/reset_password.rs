//! Resetting a lost password: by a link in a mail or, for people without mail, by a code that an officer reads aloud.

use super::account::{AccountStatus, Login};
use super::events::{self, AccountEvent};
use super::login_throttle;
use super::one_time::{self, OneTimeToken, Purpose};
use super::verify_email::LinkError;
use super::{mails, store};
use crate::db::{self, Tx};
use crate::kernel::ids::AccountId;
use crate::kernel::{Duration, Instant};
use crate::mail::letter_kind;

const RESET_TTL: Duration = Duration::minutes(30);
/// The purposes of tokens that reset a password.
pub(super) const RESET_PURPOSES: [Purpose; 2] = [Purpose::ResetPassword, Purpose::ResetCode];

/// A one-time code to be read aloud. `Debug` does not print it.
#[derive(Clone, PartialEq, Eq)]
pub struct ResetCode {
    /// The code; it goes into the path of `PUT /v1/password_resets/{code}`.
    pub code: String,
    /// When the code expires.
    pub expires_at: Instant,
}

impl std::fmt::Debug for ResetCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResetCode").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// Sends a reset link to the account of this login. Succeeds also without such an account, so that the response reveals
/// nothing.
pub fn request_reset(tx: &mut Tx<'_>, now: Instant, public_url: &str, login: &Login) -> db::Result<()> {
    let account = store::find_account_by_login(tx, login)?.filter(|account| account.status == AccountStatus::Active);
    if !login_throttle::may_send_mail(tx, now, "reset", account.as_ref(), login)? {
        return Ok(());
    }
    let Some(account) = account else { return Ok(()) };
    let Some(address) = account.email.as_ref().map(|email| email.as_str().to_owned()) else { return Ok(()) };
    let token = OneTimeToken { account: account.id, purpose: Purpose::ResetPassword, address };
    let secret = one_time::issue(tx, now, &token, RESET_TTL)?;
    events::record(tx, now, &AccountEvent::ResetRequested {}.about(account.id))?;
    let link = format!("{public_url}/reset-password/{secret}");
    mails::send(tx, now, letter_kind!("reset-password"), None, &account, Some(link))
}

/// Issues a reset code for this account on behalf of the officer `by`; the caller has checked their permission. The
/// owner is notified by mail, if they have an address.
pub fn issue_reset_code(tx: &mut Tx<'_>, now: Instant, account: AccountId, by: AccountId) -> db::Result<ResetCode> {
    let token = OneTimeToken { account, purpose: Purpose::ResetCode, address: String::new() };
    let code = one_time::issue_code(tx, now, &token, RESET_TTL)?;
    let event = events::record(tx, now, &AccountEvent::ResetCodeIssued {}.about(account).by(by))?;
    if let Some(account) = store::find_account(tx, account)? {
        mails::send(tx, now, letter_kind!("reset-code-issued"), Some(event), &account, None)?;
    }
    Ok(ResetCode { code, expires_at: now.after(RESET_TTL) })
}

/// Sets a new password by a link or code. All sessions end, and the owner is notified.
pub fn reset_password(tx: &mut Tx<'_>, now: Instant, presented: &str, password_hash: &str) -> Result<(), LinkError> {
    let (token, hash) = one_time::find(tx, now, presented, &RESET_PURPOSES)?.ok_or(LinkError::Invalid)?;
    if !store::redeem_one_time_token(tx, now, &hash)? {
        return Err(LinkError::Invalid);
    }
    let account = store::find_account(tx, token.account)?.ok_or(LinkError::Invalid)?;
    let is_sent_elsewhere = token.purpose == Purpose::ResetPassword
        && account.email.as_ref().is_none_or(|email| email.as_str() != token.address);
    if account.status != AccountStatus::Active || is_sent_elsewhere {
        return Err(LinkError::Invalid);
    }
    if token.purpose == Purpose::ResetPassword && account.email_verified_at.is_none() {
        store::set_email_verified(tx, now, account.id, &token.address)?;
    }
    store::set_password(tx, account.id, password_hash)?;
    store::end_sessions(tx, now, account.id, None, "password-reset")?;
    store::delete_one_time_tokens(tx, account.id, &RESET_PURPOSES)?;
    // The owner has proved their identity: failures caused by strangers no longer block them.
    login_throttle::clear_failures_of_account(tx, account.id)?;
    let event = events::record(tx, now, &AccountEvent::PasswordReset {}.about(account.id).by(account.id))?;
    mails::send(tx, now, letter_kind!("password-changed"), Some(event), &account, None)?;
    Ok(())
}
