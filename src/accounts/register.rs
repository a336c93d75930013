//! Registration of an account. The password is hashed before.

use super::account::{Account, AccountStatus};
use super::email::Email;
use super::events::{self, AccountEvent};
use super::store;
use crate::db::{self, Tx};
use crate::kernel::ids::AccountId;
use crate::kernel::{Instant, Language, Phone};
use crate::web::verb_errors;

/// A new account. `Debug` prints no personal data.
#[derive(Clone)]
pub struct Registration {
    /// The person's name.
    pub name: String,
    /// The e-mail address.
    pub email: Option<Email>,
    /// The mobile number.
    pub phone: Option<Phone>,
    /// The language of mails.
    pub language: Language,
    /// The hashed password.
    pub password_hash: String,
}

impl std::fmt::Debug for Registration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registration").field("language", &self.language).finish_non_exhaustive()
    }
}

verb_errors! {
    /// Why an account was not created.
    pub enum RegisterError {
        /// Another account has this `email` or `phone` (the field's name).
        LoginTaken(field: &'static str) => LoginTaken,
    }
    + Db(db::Error)
}

impl RegisterError {
    /// Maps a violated unique constraint to [`RegisterError::LoginTaken`].
    pub(super) fn from_db(error: db::Error) -> Self {
        if db::is_unique_violation(&error, "accounts", &["email"]) {
            RegisterError::LoginTaken("email")
        } else if db::is_unique_violation(&error, "accounts", &["phone"]) {
            RegisterError::LoginTaken("phone")
        } else {
            RegisterError::Db(error)
        }
    }
}

/// Creates an account.
pub fn register(tx: &mut Tx<'_>, now: Instant, registration: &Registration) -> Result<Account, RegisterError> {
    insert(tx, now, registration, false)
}

/// Creates an administrator's account; only for the command line.
pub fn create_admin(tx: &mut Tx<'_>, now: Instant, registration: &Registration) -> Result<Account, RegisterError> {
    insert(tx, now, registration, true)
}

fn insert(tx: &mut Tx<'_>, now: Instant, registration: &Registration, admin: bool) -> Result<Account, RegisterError> {
    let account = Account {
        id: tx.id::<AccountId>(now),
        name: registration.name.trim().to_owned(),
        email: registration.email.clone(),
        email_verified_at: None,
        phone: registration.phone.clone(),
        phone_vouched_at: None,
        language: registration.language,
        admin,
        status: AccountStatus::Active,
        created_at: now,
        version: 1,
    };
    store::insert_account(tx, &account, &registration.password_hash).map_err(RegisterError::from_db)?;
    events::record(tx, now, &AccountEvent::Registered { admin }.about(account.id).by(account.id))?;
    Ok(account)
}
