//! Data export and deletion of an account.

use serde_json::{Value, json};

use super::account::AccountStatus;
use super::events::{self, AccountEvent};
use super::login_throttle;
use super::one_time::Purpose;
use super::{mails, store};
use crate::db::{self, Conn, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::AccountId;
use crate::mail::letter_kind;

/// The account's data, for its owner. `null` when there is no such account.
pub fn export(conn: &mut Conn, now: Instant, account: AccountId) -> db::Result<Value> {
    let Some(owner) = store::find_account(conn, account)? else { return Ok(Value::Null) };
    let sessions: Vec<Value> = store::list_sessions(conn, now, account, None, 1000)?
        .into_iter()
        .map(|session| {
            json!({
                "id": session.id, "device": session.device, "address": session.address,
                "created_at": session.created_at, "last_used_at": session.last_used_at,
            })
        })
        .collect();
    Ok(json!({
        "id": owner.id, "name": owner.name, "email": owner.email, "email_verified_at": owner.email_verified_at,
        "phone": owner.phone, "phone_verified_at": owner.phone_vouched_at, "locale": owner.language,
        "created_at": owner.created_at, "sessions": sessions,
    }))
}

/// Closes an account: deletes name, address, number and password, and ends all sessions. The id stays, because orders
/// and ledger entries refer to it.
pub fn forget(tx: &mut Tx<'_>, now: Instant, account: AccountId) -> db::Result<()> {
    let Some(before) = store::find_account(tx, account)? else { return Ok(()) };
    login_throttle::clear_failures_of_account(tx, account)?;
    store::end_sessions(tx, now, account, None, "account-closed")?;
    store::anonymize_sessions(tx, account)?;
    store::delete_one_time_tokens(tx, account, Purpose::ALL)?;
    store::anonymize_account(tx, now, account)?;
    let event = events::record(tx, now, &AccountEvent::Closed {}.about(account).by(account))?;
    mails::send(tx, now, letter_kind!("account-closed"), Some(event), &before, None)
}

/// Records that an officer or companion vouches for the account's phone number. `false` when it has none or is vouched
/// for already.
pub fn vouch_for_phone(tx: &mut Tx<'_>, now: Instant, account: AccountId, by: AccountId) -> db::Result<bool> {
    let is_changed = store::set_phone_vouched(tx, now, account)?;
    if is_changed {
        events::record(tx, now, &AccountEvent::PhoneVouched {}.about(account).by(by))?;
    }
    Ok(is_changed)
}

/// Suspends an account or reactivates it. Its sessions end on their next request. `false` when it is closed.
pub fn set_suspended(
    tx: &mut Tx<'_>,
    now: Instant,
    account: AccountId,
    by: AccountId,
    is_suspended: bool,
) -> db::Result<bool> {
    let status = if is_suspended { AccountStatus::Suspended } else { AccountStatus::Active };
    let is_changed = store::set_status(tx, account, status)?;
    if is_changed {
        let event = if is_suspended { AccountEvent::Suspended {} } else { AccountEvent::Reopened {} };
        events::record(tx, now, &event.about(account).by(by))?;
    }
    Ok(is_changed)
}
