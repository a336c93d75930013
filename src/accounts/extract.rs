//! Who is calling.

use crate::kernel::ids::{AccountId, SessionId};
use crate::web::Scope;

/// A person who is signed in, checked against their session on every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Whose account.
    pub account: AccountId,
    /// Which of their devices.
    pub session: SessionId,
    /// Whether they administer the whole service.
    pub admin: bool,
}

/// Anyone: a guest, or a person who is signed in. A bad token is not a guest but a 401.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visitor {
    /// Nobody we know.
    Guest,
    /// Somebody we know.
    SignedIn(SignedIn),
}

impl SignedIn {
    /// Whose idempotency keys these are.
    pub fn scope(&self) -> Scope {
        Scope::account(self.account)
    }
}

impl Visitor {
    /// The account, when it is not a guest.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Visitor::Guest => None,
            Visitor::SignedIn(person) => Some(person.account),
        }
    }

    /// Whose idempotency keys these are.
    pub fn scope(&self) -> Scope {
        self.account().map_or_else(Scope::guest, Scope::account)
    }
}
