//! Accounts: registration, sign-in, sessions, verification, and the extractors `Visitor` and `SignedIn`.
//!
//! A person registers with an e-mail address or a mobile number ([`register()`]) and signs in on a device
//! ([`sign_in()`]), which opens a session: a short-lived access token, and a refresh token that renews both.
//! Every request looks its session up, so that signing out, a new password or a suspension takes effect at once.
//! [`refresh()`] tolerates lost responses and detects stolen tokens; a lost password is reset by a link or a code
//! ([`reset_password()`]); passwords are hashed on a bounded pool, never inside a transaction.

mod access_token;
mod account;
mod address;
mod api;
mod change_password;
mod eddsa;
mod email;
pub(crate) mod events;
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
mod update_account;
mod verify_email;

use std::sync::Arc;

use crate::kernel::{Entropy, Instant};

pub use access_token::{AccessClaims, AccessTokens};
pub use account::{Account, AccountStatus, Login};
pub use address::CallerAddress;
pub use api::{AccountView, pages, routes};
pub use change_password::{PasswordError, change_password, confirm_password};
pub use email::{Email, EmailError};
pub use extract::{SignedIn, Visitor};
pub use hashing::{Hasher, HashingError, PasswordCheck};
pub use keys::{Key, KeyError, KeyFolder};
pub use password::Password;
pub use privacy::{export, forget, set_suspended, vouch_for_phone};
pub use refresh::refresh;
pub use register::{RegisterError, Registration, create_admin, register};
use reset_password::RESET_PURPOSES;
pub use reset_password::{ResetCode, issue_reset_code, request_reset, reset_password};
pub use session::{Session, TokenPair};
pub use settings::Settings;
pub use sign_in::{SignIn, SignInError, sign_in};
pub use sign_out::sign_out;
pub use store::{find_account, find_account_by_login};
pub use tasks::periodic_tasks;
pub use update_account::{AccountUpdate, UpdateAccountError, update_account};
pub use verify_email::{LinkError, request_verification, send_verification, verify_email};

/// The state of this slice: the hashing pool, the signing keys, the settings.
#[derive(Debug, Clone)]
pub struct Accounts {
    /// Hashes passwords.
    pub hasher: Hasher,
    /// Issues and verifies access tokens.
    pub access_tokens: AccessTokens,
    /// Passwords, keys and limits.
    pub settings: Arc<Settings>,
}

/// Creates a new signing key for access tokens, used from the next start on; tokens of the previous key stay valid.
pub fn rotate_signing_key(
    now: Instant,
    settings: &Settings,
    folder: &KeyFolder,
    entropy: &Entropy,
) -> Result<(), KeyError> {
    let ttl = access_token::TTL.to_std().unwrap_or_default();
    folder.rotate(now, SIGNING_KEYS, &settings.signing_keys, SIGNING_KEY, ttl, entropy)
}

/// The configuration key of the signing keys.
const SIGNING_KEYS: &str = "accounts.signing_keys";
/// The file name of the generated signing key.
const SIGNING_KEY: &str = "access";

/// Why [`Accounts::new`] failed.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// A key is missing or weak.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The hashing parameters are invalid, or a thread cannot be started.
    #[error(transparent)]
    Hashing(#[from] HashingError),
}

impl Accounts {
    /// Loads the signing keys and starts the hashing pool.
    pub fn new(
        settings: &Settings,
        issuer: &str,
        folder: &KeyFolder,
        entropy: &Entropy,
    ) -> Result<Self, AccountsError> {
        let keys = folder.load_keys(SIGNING_KEYS, &settings.signing_keys, SIGNING_KEY, &Entropy::System)?;
        Ok(Accounts {
            hasher: Hasher::new(settings, entropy.clone())?,
            access_tokens: AccessTokens::new(issuer, &keys)?,
            settings: Arc::new(settings.clone()),
        })
    }

    /// The limit for this network address: unlimited for loopback callers where the settings say so.
    fn limit_for(&self, address: &CallerAddress, limit: u32) -> u32 {
        if self.settings.loopback_is_unlimited && address.is_loopback() { u32::MAX } else { limit }
    }
}
