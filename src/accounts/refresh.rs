//! Renewing a session's tokens, so that a lost answer does no harm and a stolen token does not go unnoticed.
//!
//! A token is used once and gives a new pair. Shown again while that pair was never used, the answer was lost on
//! the way: the pair is taken back and another one given. Otherwise two hold the token: the whole session ends,
//! and its owner is told. There are never two living branches.

use super::account::digest;
use super::session::{self, Pair};
use super::{mails, store};
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::Instant;

/// Gives the next pair for a refresh token; none when it is not good, or no longer. What a theft ends is to be
/// committed, so this is no error.
pub fn refresh(tx: &mut Tx<'_>, now: Instant, token: &str) -> db::Result<Option<Pair>> {
    let hash = digest(token);
    let Some(first) = store::shown(tx, &hash)? else { return Ok(None) };
    if !store::hold_session(tx, now, first.session)? {
        return Ok(None);
    }
    // Read again: while we waited for the session, somebody else may have shown the same token.
    let Some(shown) = store::shown(tx, &hash)? else { return Ok(None) };
    if shown.expires_at <= now || !shown.in_good_standing {
        return Ok(None);
    }
    let is_lost_answer = shown.was_used && !shown.was_revoked && store::take_back_unused(tx, now, shown.id)?;
    if shown.was_revoked || (shown.was_used && !is_lost_answer) {
        store::end_session(tx, now, shown.account, shown.session, "token-reused")?;
        let event = events::record(tx, now, &Event::new("session.token_reused", shown.session).by(shown.account))?;
        if let Some(account) = store::account(tx, shown.account)? {
            mails::token_reused(tx, now, event, &account)?;
        }
        return Ok(None);
    }
    if !shown.was_used {
        store::mark_used(tx, now, shown.id)?;
    }
    session::issue(tx, now, shown.account, shown.session, shown.session_ends, Some(shown.id)).map(Some)
}
