//! Signing out.

use super::events::{self, AccountEvent};
use super::store;
use crate::db::{self, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, SessionId};

/// Ends a session of this account; `false` when it has no such open session.
pub fn sign_out(tx: &mut Tx<'_>, now: Instant, account: AccountId, session: SessionId) -> db::Result<bool> {
    let is_ended = store::end_session(tx, now, account, session, "signed-out")?;
    if is_ended {
        events::record(tx, now, &AccountEvent::SessionEnded {}.about(session).by(account))?;
    }
    Ok(is_ended)
}
