//! Security mails. They are sent by the use cases themselves, regardless of notification preferences.

use serde_json::json;

use super::account::Account;
use crate::db::{self, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::EventId;
use crate::mail::{self, LetterKind, LetterRecipient};

/// Enqueues a letter to the account's address, if it has one.
pub(super) fn send(
    tx: &mut Tx<'_>,
    now: Instant,
    kind: LetterKind,
    event: Option<EventId>,
    account: &Account,
    link: Option<String>,
) -> db::Result<()> {
    let Some(email) = &account.email else { return Ok(()) };
    let recipient = LetterRecipient {
        // The last letter survives the deletion of the account's letters.
        account: (kind.name != "account-closed").then_some(account.id),
        name: account.name.clone(),
        address: email.as_str().to_owned(),
        language: account.language,
    };
    match mail::compose(kind, event, recipient, json!({ "link": link })) {
        Ok(letter) => mail::enqueue(tx, now, &letter),
        // A test composes every template; a broken mail must not block signing in.
        Err(error) => {
            tracing::error!(%error, kind = kind.name, "a letter could not be composed");
            Ok(())
        }
    }
}
