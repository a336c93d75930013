//! Accounts and logins.

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::email::Email;
use crate::db::schema::accounts;
use crate::kernel::ids::AccountId;
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Instant, Language, Phone};

text_enum! {
    /// The status of an account.
    AccountStatus {
        /// In use.
        Active = "active",
        /// Suspended by an administrator.
        Suspended = "suspended",
        /// Closed by its owner; the personal data is deleted.
        Closed = "closed",
    }
}

/// A person's account, without secrets.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = accounts, treat_none_as_null = true)]
pub struct Account {
    /// The account's id.
    pub id: AccountId,
    /// The person's name.
    pub name: String,
    /// The e-mail address.
    pub email: Option<Email>,
    /// When the address was verified.
    pub email_verified_at: Option<Instant>,
    /// The mobile number.
    pub phone: Option<Phone>,
    /// When an officer or companion vouched for the number.
    pub phone_vouched_at: Option<Instant>,
    /// The language of mails.
    #[diesel(column_name = locale)]
    pub language: Language,
    /// Whether the person administers the whole service.
    pub admin: bool,
    /// Active, suspended or closed.
    pub status: AccountStatus,
    /// When the account was created.
    pub created_at: Instant,
    /// Version for optimistic locking.
    pub version: i64,
}

/// A login: an e-mail address or a mobile number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// An e-mail address.
    Email(Email),
    /// A mobile number.
    Phone(Phone),
    /// Neither. No account has it; the caller must not learn that from the response.
    Unknown(String),
}

impl Login {
    /// Parses user input.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        if let Ok(email) = text.parse() {
            Login::Email(email)
        } else if let Ok(phone) = text.parse() {
            Login::Phone(phone)
        } else {
            Login::Unknown(text.to_lowercase())
        }
    }

    /// The normalized text.
    pub fn as_str(&self) -> &str {
        match self {
            Login::Email(email) => email.as_str(),
            Login::Phone(phone) => phone.as_str(),
            Login::Unknown(text) => text,
        }
    }
}

/// SHA-256, for looking secrets and logins up. Unsalted: secrets have 256 random bits.
pub(super) fn digest(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}
