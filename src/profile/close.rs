//! Closing an account: every slice deletes its personal data, in one transaction.

use crate::cooperatives::MemberError;
use crate::db::{self, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::AccountId;
use crate::web::{IdempotencyScope, StaleVersion, idempotency, verb_errors};
use crate::{accounts, bank, contracts, cooperatives, mail, orders, payments, requests, standing_orders, supply};

verb_errors! {
    /// Why an account was not closed.
    pub enum CloseError {
        /// There is no such account.
        NotFound => NotFound,
    }
    + Stale(StaleVersion), Member(MemberError), Db(db::Error)
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
    idempotency::forget(tx, &IdempotencyScope::account(account))?;
    idempotency::erase_responses_about(tx, &[account])?;
    mail::forget(tx, account, current.email.as_ref().map(|email| email.as_str()))?;
    accounts::forget(tx, now, account)?;
    Ok(())
}
