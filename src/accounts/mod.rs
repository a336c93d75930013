//! People: registering, signing in, devices, verification, and the extractors `Visitor` and `SignedIn`.
//!
//! A person registers with an e-mail address or a mobile number ([`register()`]) and signs in on a device
//! ([`sign_in()`]), which opens a session: a short-lived access token, and a refresh token that renews both.
//! Every request looks its session up, so that signing out, a new password or a suspension bite at once.

mod access;
mod account;
mod address;
mod api;
mod email;
mod extract;
mod keys;
mod password;
mod register;
mod session;
mod settings;
mod sign_in;
mod store;
mod throttle;

use std::sync::Arc;

use crate::kernel::Entropy;

pub use access::{AccessTokens, Bearer};
pub use account::{Account, AccountStatus, Login};
pub use address::CallerAddress;
pub use api::{AccountView, routes};
pub use email::{Email, EmailError};
pub use extract::{SignedIn, Visitor};
pub use keys::{Key, KeyError, KeyFolder};
pub use password::{Hasher, HashingError, Password, Verdict};
pub use register::{RegisterError, Registration, create_admin, register};
pub use session::{Pair, Session};
pub use settings::Settings;
pub use sign_in::{SignIn, SignInError, sign_in};
pub use store::{account, account_by_login};

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
        let ring = folder.ring("accounts.signing_keys", &settings.signing_keys, "access", &Entropy::System)?;
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
