//! A person's account, and what they sign in with.

use sha2::{Digest, Sha256};

use super::email::Email;
use crate::kernel::ids::AccountId;
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Instant, Language, Phone};

text_enum! {
    /// Whether an account may be used.
    AccountStatus {
        /// In use.
        Active = "active",
        /// Stopped by an admin.
        Suspended = "suspended",
        /// Given up by its owner; the person is forgotten.
        Closed = "closed",
    }
}

/// A person's account, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// What the person is called.
    pub name: String,
    /// Where mail reaches them.
    pub email: Option<Email>,
    /// Since when the address is known to be theirs.
    pub email_verified_at: Option<Instant>,
    /// Their mobile number.
    pub phone: Option<Phone>,
    /// Since when an officer or companion vouches for the number.
    pub phone_vouched_at: Option<Instant>,
    /// The language of their mails.
    pub language: Language,
    /// Whether they administer the whole service.
    pub admin: bool,
    /// Whether it may be used.
    pub status: AccountStatus,
    /// Since when there is one.
    pub created_at: Instant,
    /// Counts its edits.
    pub version: i64,
}

/// What a person signs in with: an e-mail address or a mobile number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// By e-mail.
    Email(Email),
    /// By phone.
    Phone(Phone),
    /// Neither: nobody has it, but nobody is told so.
    Nobody(String),
}

impl Login {
    /// Reads what was typed.
    pub fn read(text: &str) -> Self {
        let text = text.trim();
        if let Ok(email) = text.parse() {
            Login::Email(email)
        } else if let Ok(phone) = text.parse() {
            Login::Phone(phone)
        } else {
            Login::Nobody(text.to_lowercase())
        }
    }

    /// The one way to write it.
    pub fn as_str(&self) -> &str {
        match self {
            Login::Email(email) => email.as_str(),
            Login::Phone(phone) => phone.as_str(),
            Login::Nobody(text) => text,
        }
    }
}

/// The hash under which a secret or a login is kept: secrets of 256 random bits need no salt.
pub(super) fn digest(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}
