//! Updating an account: name, language and logins.

use super::account::Account;
use super::email::Email;
use super::events::{self, AccountEvent};
use super::one_time::Purpose;
use super::register::RegisterError;
use super::verify_email::send_verification;
use super::{mails, store};
use crate::db::{self, Tx};
use crate::kernel::ids::AccountId;
use crate::kernel::{Instant, Language, Phone};
use crate::mail::letter_kind;
use crate::web::{Patch, StaleVersion, verb_errors};

/// Changes of an account; absent fields stay.
#[derive(Debug, Clone, Default)]
pub struct AccountUpdate {
    /// The person's name.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Patch<Email>,
    /// The mobile number.
    pub phone: Patch<Phone>,
    /// The language of mails.
    pub language: Option<Language>,
}

verb_errors! {
    /// Why an account was not updated.
    pub enum UpdateAccountError {
        /// There is no such account.
        NotFound => NotFound,
        /// The account would have neither address nor number.
        LoginNeeded => LoginNeeded,
    }
    + Login(RegisterError), Stale(StaleVersion), Db(db::Error)
}

/// Updates an account of this version. A new address must be verified again, and the old one is notified.
pub fn update_account(
    tx: &mut Tx<'_>,
    now: Instant,
    public_url: &str,
    id: AccountId,
    version: i64,
    update: AccountUpdate,
) -> Result<Account, UpdateAccountError> {
    let before = store::find_account(tx, id)?.ok_or(UpdateAccountError::NotFound)?;
    StaleVersion::check(Some(version), before.version)?;
    let mut account = before.clone();
    account.name = update.name.map_or(account.name, |name| name.trim().to_owned());
    account.language = update.language.unwrap_or(account.language);
    update.email.apply(&mut account.email);
    update.phone.apply(&mut account.phone);
    if account.email.is_none() && account.phone.is_none() {
        return Err(UpdateAccountError::LoginNeeded);
    }
    let (is_email_new, is_phone_new) = (account.email != before.email, account.phone != before.phone);
    if is_email_new {
        account.email_verified_at = None;
    }
    if is_phone_new {
        account.phone_vouched_at = None;
    }
    if account == before {
        return Ok(account);
    }
    account.version = before.version.saturating_add(1);
    if !store::update_account(tx, &account).map_err(RegisterError::from_db)? {
        let current = store::find_account(tx, id)?.ok_or(UpdateAccountError::NotFound)?.version;
        return Err(StaleVersion { current }.into());
    }
    let event = AccountEvent::Edited { email: is_email_new, phone: is_phone_new };
    let event = events::record(tx, now, &event.about(id).by(id))?;
    if is_email_new {
        // Links that were sent to the old address become invalid.
        store::delete_one_time_tokens(tx, id, &[Purpose::VerifyEmail, Purpose::ResetPassword])?;
        send_verification(tx, now, public_url, &account)?;
        mails::send(tx, now, letter_kind!("email-changed"), Some(event), &before, None)?;
    }
    Ok(account)
}
