//! What a person may take with them, and forgetting them.

use serde_json::{Value, json};

use super::account::AccountStatus;
use super::login_throttle;
use super::one_time::Purpose;
use super::{mails, store};
use crate::db::{self, Conn, Tx};
use crate::events::{self, Event};
use crate::kernel::Instant;
use crate::kernel::ids::AccountId;

/// Everything that is kept about this person here, for themselves.
pub fn export(conn: &mut Conn, now: Instant, account: AccountId) -> db::Result<Value> {
    let Some(it) = store::account(conn, account)? else { return Ok(Value::Null) };
    let sessions: Vec<Value> = store::open_sessions(conn, now, account, None, 1000)?
        .into_iter()
        .map(|session| {
            json!({
                "id": session.id, "device": session.device, "address": session.address,
                "created_at": session.created_at, "last_used_at": session.last_used_at,
            })
        })
        .collect();
    Ok(json!({
        "id": it.id, "name": it.name, "email": it.email, "email_verified_at": it.email_verified_at,
        "phone": it.phone, "phone_verified_at": it.phone_vouched_at, "locale": it.language,
        "created_at": it.created_at, "sessions": sessions,
    }))
}

/// Closes an account and forgets the person: name, address, number and password go, all sessions end. The id stays,
/// because orders and ledgers refer to it.
pub fn forget(tx: &mut Tx<'_>, now: Instant, account: AccountId) -> db::Result<()> {
    let Some(it) = store::account(tx, account)? else { return Ok(()) };
    login_throttle::forgive_everywhere(tx, account)?;
    store::end_sessions(tx, now, account, None, "account-closed")?;
    store::forget_devices(tx, account)?;
    store::forget_one_time_tokens(tx, account, Purpose::ALL)?;
    store::forget_person(tx, now, account)?;
    let event = events::record(tx, now, &Event::new("account.closed", account).by(account))?;
    mails::account_closed(tx, now, event, &it)
}

/// Notes that an officer or companion knows the number to be this person's. False when there is nothing to note.
pub fn vouch_for_phone(tx: &mut Tx<'_>, now: Instant, account: AccountId, by: AccountId) -> db::Result<bool> {
    let vouched = store::vouch_phone(tx, now, account)?;
    if vouched {
        events::record(tx, now, &Event::new("account.phone_vouched", account).by(by))?;
    }
    Ok(vouched)
}

/// Stops an account, or lets it be used again: what is signed in ends on its next request.
pub fn suspend(tx: &mut Tx<'_>, now: Instant, account: AccountId, by: AccountId, stop: bool) -> db::Result<bool> {
    let status = if stop { AccountStatus::Suspended } else { AccountStatus::Active };
    let changed = store::set_status(tx, account, status)?;
    if changed {
        let kind = if stop { "account.suspended" } else { "account.reopened" };
        events::record(tx, now, &Event::new(kind, account).by(by))?;
    }
    Ok(changed)
}
