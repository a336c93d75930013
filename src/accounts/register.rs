//! Registering: a person, their login, and a password that was hashed before.

use super::account::{Account, AccountStatus};
use super::email::Email;
use super::store;
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::ids::AccountId;
use crate::kernel::{Instant, Language, Phone};
use crate::web::{Code, Problem};

/// Who registers. Neither their password nor who they are is printed.
#[derive(Clone)]
pub struct Registration {
    /// What the person is called.
    pub name: String,
    /// Where mail reaches them.
    pub email: Option<Email>,
    /// Their mobile number.
    pub phone: Option<Phone>,
    /// The language of their mails.
    pub language: Language,
    /// Their password, hashed.
    pub password_hash: String,
}

impl std::fmt::Debug for Registration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registration").field("language", &self.language).finish_non_exhaustive()
    }
}

/// Why nobody was registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// Somebody has this e-mail address or phone number.
    #[error("the {0} is taken")]
    LoginTaken(&'static str),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<RegisterError> for Problem {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::LoginTaken(field) => Problem::new(Code::LoginTaken).with("field", field),
            RegisterError::Db(error) => error.into(),
        }
    }
}

impl RegisterError {
    /// A uniqueness rule that was broken, told as what it means.
    pub(super) fn from_db(error: db::Error) -> Self {
        if db::violated(&error, "accounts", &["email"]) {
            RegisterError::LoginTaken("email")
        } else if db::violated(&error, "accounts", &["phone"]) {
            RegisterError::LoginTaken("phone")
        } else {
            RegisterError::Db(error)
        }
    }
}

/// Registers a person.
pub fn register(tx: &mut Tx<'_>, now: Instant, who: &Registration) -> Result<Account, RegisterError> {
    add(tx, now, who, false)
}

/// Makes an account that administers the whole service; for the command line.
pub fn create_admin(tx: &mut Tx<'_>, now: Instant, who: &Registration) -> Result<Account, RegisterError> {
    add(tx, now, who, true)
}

fn add(tx: &mut Tx<'_>, now: Instant, who: &Registration, admin: bool) -> Result<Account, RegisterError> {
    let account = Account {
        id: tx.id::<AccountId>(now),
        name: who.name.trim().to_owned(),
        email: who.email.clone(),
        email_verified_at: None,
        phone: who.phone.clone(),
        phone_vouched_at: None,
        language: who.language,
        admin,
        status: AccountStatus::Active,
        created_at: now,
        version: 1,
    };
    store::insert_account(tx, &account, &who.password_hash).map_err(RegisterError::from_db)?;
    let event = Event::new("account.registered", account.id).by(account.id).with("admin", admin);
    events::record(tx, now, &event)?;
    Ok(account)
}
