//! Closing an account: every slice deletes its personal data, in one transaction.

use crate::cooperatives::MemberError;
use crate::db::{self, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::AccountId;
use crate::web::{Problem, Scope, StaleVersion, idempotency};
use crate::{accounts, bank, contracts, cooperatives, mail, orders, payments, requests, standing_orders, supply};

/// Why an account was not closed.
#[derive(Debug, thiserror::Error)]
pub enum CloseError {
    /// There is no such account.
    #[error("there is no such account")]
    NotFound,
    /// It has another version.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// A group would be left without a chair.
    #[error(transparent)]
    Member(#[from] MemberError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<CloseError> for Problem {
    fn from(error: CloseError) -> Self {
        match error {
            CloseError::NotFound => Problem::not_found(),
            CloseError::Stale(stale) => stale.into(),
            CloseError::Member(error) => error.into(),
            CloseError::Db(error) => error.into(),
        }
    }
}

/// Closes an account of this version. Orders, contributions and the event log keep its id, without personal data.
pub fn close(tx: &mut Tx<'_>, now: Instant, account: AccountId, version: i64) -> Result<(), CloseError> {
    let current = accounts::find_account(tx, account)?.ok_or(CloseError::NotFound)?;
    StaleVersion::check(Some(version), current.version)?;
    cooperatives::forget(tx, now, account)?;
    payments::forget(tx, now, account)?;
    bank::forget(tx, account)?;
    requests::forget(tx, now, account)?;
    orders::forget(tx, account)?;
    standing_orders::forget(tx, account)?;
    contracts::forget(tx, now, account)?;
    supply::forget(tx, account)?;
    // Stored responses may contain personal data. A key of theirs that is reused afterwards runs as a new request.
    idempotency::forget(tx, &Scope::account(account))?;
    idempotency::erase_responses_about(tx, &[account])?;
    mail::forget(tx, account, current.email.as_ref().map(|email| email.as_str()))?;
    accounts::forget(tx, now, account)?;
    Ok(())
}
