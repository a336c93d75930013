//! People: registering, signing in, devices, verification, and the extractors `Visitor` and `SignedIn`.
//!
//! A person registers with an e-mail address or a mobile number ([`register()`]) and signs in on a device
//! ([`sign_in()`]), which opens a session: a short-lived access token, and a refresh token that renews both.
//! Every request looks its session up, so that signing out, a new password or a suspension bite at once.
//! [`refresh()`] survives lost answers and notices stolen tokens; a lost password is set anew by a link or a code
//! ([`reset_password()`]); passwords are hashed on a bounded pool, never inside a transaction.

mod access_token;
mod account;
mod address;
mod api;
mod change_password;
mod edit;
mod email;
mod extract;
mod hashing;
mod keys;
mod login_throttle;
mod mails;
mod one_time;
mod password;
mod privacy;
mod refresh;
mod register;
mod reset_password;
mod session;
mod settings;
mod sign_in;
mod sign_out;
mod store;
mod tasks;
mod verify_email;

use std::sync::Arc;

use crate::kernel::Entropy;

pub use access_token::{AccessTokens, Bearer};
pub use account::{Account, AccountStatus, Login};
pub use address::CallerAddress;
pub use api::{AccountView, pages, routes};
pub(crate) use api::{EMAIL_INVALID, PHONE_INVALID};
pub use change_password::{PasswordError, change_password, confirm_password};
pub use edit::{Edit, EditError, edit};
pub use email::{Email, EmailError};
pub use extract::{SignedIn, Visitor};
pub use hashing::{Hasher, HashingError, Verdict};
pub use keys::{Key, KeyError, KeyFolder};
pub use password::Password;
pub use privacy::{export, forget, suspend, vouch_for_phone};
pub use refresh::refresh;
pub use register::{RegisterError, Registration, create_admin, register};
use reset_password::RESET_PURPOSES;
pub use reset_password::{ResetCode, issue_reset_code, request_reset, reset_password};
pub use session::{Pair, Session};
pub use settings::Settings;
pub use sign_in::{SignIn, SignInError, sign_in};
pub use sign_out::sign_out;
pub use store::{account, account_by_login};
pub use tasks::periodic_tasks;
pub use verify_email::{LinkError, request_verification, send_verification, verify_email};

/// What this slice needs at hand to serve: the hashing pool, the keys, the limits.
#[derive(Debug, Clone)]
pub struct Accounts {
    /// Hashes passwords.
    pub hasher: Hasher,
    /// Signs and reads access tokens.
    pub access: AccessTokens,
    /// What can be set.
    pub settings: Arc<Settings>,
}

/// Makes a new key to sign access tokens with, from the next start on; what the present one has signed stays good.
pub fn rotate_signing_key(settings: &Settings, folder: &KeyFolder, entropy: &Entropy) -> Result<(), KeyError> {
    let life = access_token::LIFE.to_std().unwrap_or_default();
    folder.rotate(SIGNING_KEYS, &settings.signing_keys, SIGNING_KEY, life, entropy)
}

/// The setting of the keys that sign access tokens, and the file in which one is kept where none is set.
const SIGNING_KEYS: &str = "accounts.signing_keys";
const SIGNING_KEY: &str = "access";

/// Why this slice cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// A key is missing or weak.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The parameters for passwords do not work.
    #[error(transparent)]
    Hashing(#[from] HashingError),
}

impl Accounts {
    /// Makes ready what signing in needs.
    pub fn new(
        settings: &Settings,
        issuer: &str,
        folder: &KeyFolder,
        entropy: &Entropy,
    ) -> Result<Self, AccountsError> {
        let ring = folder.ring(SIGNING_KEYS, &settings.signing_keys, SIGNING_KEY, &Entropy::System)?;
        Ok(Accounts {
            hasher: Hasher::new(settings, entropy.clone())?,
            access: AccessTokens::new(issuer, &ring)?,
            settings: Arc::new(settings.clone()),
        })
    }

    /// The limit by network address for this caller.
    fn limit(&self, address: &CallerAddress, most: u32) -> u32 {
        if self.settings.loopback_is_unlimited && address.is_loopback() { u32::MAX } else { most }
    }
}
