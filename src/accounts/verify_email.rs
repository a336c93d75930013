//! Verifying an e-mail address by a link that is sent to it.

use super::account::{Account, AccountStatus, Login};
use super::email::Email;
use super::events::{self, AccountEvent};
use super::login_throttle;
use super::one_time::{self, OneTimeToken, Purpose};
use super::{mails, store};
use crate::db::{self, Tx};
use crate::kernel::{Duration, Instant};
use crate::mail::letter_kind;
use crate::web::verb_errors;

const VERIFICATION_TTL: Duration = Duration::days(3);

verb_errors! {
    /// Why a link or code was not redeemed.
    pub enum LinkError {
        /// Unknown, used or expired: the response does not tell which.
        Invalid => LinkInvalid,
    }
    + Db(db::Error)
}

/// Sends the link to the account's address, if it has one that is not verified.
pub fn send_verification(tx: &mut Tx<'_>, now: Instant, public_url: &str, account: &Account) -> db::Result<()> {
    let Some(email) = account.email.as_ref().filter(|_| account.email_verified_at.is_none()) else { return Ok(()) };
    let token = OneTimeToken { account: account.id, purpose: Purpose::VerifyEmail, address: email.as_str().to_owned() };
    let secret = one_time::issue(tx, now, &token, VERIFICATION_TTL)?;
    let link = format!("{public_url}/verify-email/{secret}");
    mails::send(tx, now, letter_kind!("verify-email"), None, account, Some(link))
}

/// Sends the link again. Succeeds also without such an account, so that the response reveals nothing.
pub fn request_verification(tx: &mut Tx<'_>, now: Instant, public_url: &str, email: &Email) -> db::Result<()> {
    let login = Login::Email(email.clone());
    let account = store::find_account_by_login(tx, &login)?.filter(|account| account.status == AccountStatus::Active);
    let may_send = login_throttle::may_send_mail(tx, now, "verify", account.as_ref(), &login)?;
    account.filter(|_| may_send).map_or(Ok(()), |account| send_verification(tx, now, public_url, &account))
}

/// Redeems the link: the address is verified.
pub fn verify_email(tx: &mut Tx<'_>, now: Instant, presented: &str) -> Result<(), LinkError> {
    let (token, hash) = one_time::find(tx, now, presented, &[Purpose::VerifyEmail])?.ok_or(LinkError::Invalid)?;
    if !store::redeem_one_time_token(tx, now, &hash)?
        || !store::set_email_verified(tx, now, token.account, &token.address)?
    {
        return Err(LinkError::Invalid);
    }
    events::record(tx, now, &AccountEvent::EmailVerified {}.about(token.account).by(token.account))?;
    Ok(())
}
