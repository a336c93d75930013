//! Editing an account: the name, the language, and what its owner signs in with.

use super::account::Account;
use super::email::Email;
use super::one_time::Purpose;
use super::register::RegisterError;
use super::verify_email::send_verification;
use super::{mails, store};
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::ids::AccountId;
use crate::kernel::{Instant, Language, Phone};
use crate::web::{Code, Patch, Problem, StaleVersion};

/// What is to change.
#[derive(Debug, Clone, Default)]
pub struct Edit {
    /// What the person is called.
    pub name: Option<String>,
    /// Where mail reaches them.
    pub email: Patch<Email>,
    /// Their mobile number.
    pub phone: Patch<Phone>,
    /// The language of their mails.
    pub language: Option<Language>,
}

/// Why an account was not edited.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// There is no such account.
    #[error("there is no such account")]
    Missing,
    /// It has moved on.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// Somebody else has this address or number.
    #[error(transparent)]
    Taken(RegisterError),
    /// Nothing to sign in with would be left.
    #[error("nothing to sign in with would be left")]
    LoginNeeded,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<EditError> for Problem {
    fn from(error: EditError) -> Self {
        match error {
            EditError::Missing => Problem::not_found(),
            EditError::Stale(stale) => stale.into(),
            EditError::Taken(taken) => taken.into(),
            EditError::LoginNeeded => Problem::new(Code::LoginNeeded),
            EditError::Db(error) => error.into(),
        }
    }
}

/// Edits an account of this version. A new address is to be verified again, and the old one is told.
pub fn edit(
    tx: &mut Tx<'_>,
    now: Instant,
    public_url: &str,
    id: AccountId,
    version: i64,
    edit: Edit,
) -> Result<Account, EditError> {
    let before = store::account(tx, id)?.ok_or(EditError::Missing)?;
    StaleVersion::check(Some(version), before.version)?;
    let mut account = before.clone();
    account.name = edit.name.map_or(account.name, |name| name.trim().to_owned());
    account.language = edit.language.unwrap_or(account.language);
    edit.email.apply(&mut account.email);
    edit.phone.apply(&mut account.phone);
    if account.email.is_none() && account.phone.is_none() {
        return Err(EditError::LoginNeeded);
    }
    let (new_email, new_phone) = (account.email != before.email, account.phone != before.phone);
    if new_email {
        account.email_verified_at = None;
    }
    if new_phone {
        account.phone_vouched_at = None;
    }
    if account == before {
        return Ok(account);
    }
    account.version = before.version.saturating_add(1);
    match store::update_account(tx, &account) {
        Ok(true) => {}
        Ok(false) => {
            let current = store::account(tx, id)?.ok_or(EditError::Missing)?.version;
            return Err(StaleVersion { current }.into());
        }
        Err(error) => {
            return Err(match RegisterError::from_db(error) {
                RegisterError::Db(error) => EditError::Db(error),
                taken => EditError::Taken(taken),
            });
        }
    }
    let event = Event::new("account.edited", id).by(id).with("email", new_email).with("phone", new_phone);
    let event = events::record(tx, now, &event)?;
    if new_email {
        // Links that were sent to the old address are good no longer.
        store::forget_one_time_tokens(tx, id, &[Purpose::VerifyEmail, Purpose::ResetPassword])?;
        send_verification(tx, now, public_url, &account)?;
        mails::email_changed(tx, now, event, &before)?;
    }
    Ok(account)
}
