//! Refresh token rotation with reuse detection.
//!
//! A refresh token is redeemed once for a new pair. If it is presented again while neither token of that pair was used,
//! the response was lost: the pair is revoked and another one issued. Otherwise two parties hold the token: the whole
//! session ends, and its owner is notified. There is never more than one valid branch.

use super::account::{AccountStatus, digest};
use super::events::{self, AccountEvent};
use super::session::{self, TokenPair};
use super::{mails, store};
use crate::db::{self, Tx};
use crate::kernel::Instant;
use crate::mail::letter_kind;

/// Issues the next pair for a refresh token; `None` when it is unknown, expired or reused. Not an error, because the end
/// of a reused session must be committed.
pub fn refresh(tx: &mut Tx<'_>, now: Instant, token: &str) -> db::Result<Option<TokenPair>> {
    let hash = digest(token);
    let Some(unlocked) = store::find_refresh_token(tx, &hash)? else { return Ok(None) };
    if !store::lock_session(tx, now, unlocked.session)? {
        return Ok(None);
    }
    // Read again: another request may have redeemed the token while this one waited for the lock.
    let Some(presented) = store::find_refresh_token(tx, &hash)? else { return Ok(None) };
    if presented.expires_at <= now || presented.status != AccountStatus::Active || !presented.has_current_password {
        return Ok(None);
    }
    let (was_used, was_revoked) = (presented.used_at.is_some(), presented.revoked_at.is_some());
    let is_lost_response = was_used && !was_revoked && store::revoke_unused_children(tx, now, presented.id)?;
    if was_revoked || (was_used && !is_lost_response) {
        store::end_session(tx, now, presented.account, presented.session, "token-reused")?;
        let event =
            events::record(tx, now, &AccountEvent::TokenReused {}.about(presented.session).by(presented.account))?;
        if let Some(account) = store::find_account(tx, presented.account)? {
            mails::send(tx, now, letter_kind!("token-reused"), Some(event), &account, None)?;
        }
        return Ok(None);
    }
    if !was_used {
        store::mark_refresh_token_used(tx, now, presented.id)?;
    }
    session::issue(tx, now, presented.account, presented.session, presented.session_expires_at, Some(presented.id))
        .map(Some)
}
