//! Letters waiting to be sent, in the transaction of what they tell of.

use diesel::prelude::*;

use super::letter::Letter;
use crate::db::schema::outbox::dsl;
use crate::db::{Result, Tx, on_both};
use crate::kernel::Instant;
use crate::kernel::ids::MailId;

/// Puts a letter into the outbox. A second one for the same event, recipient and kind changes nothing.
pub fn enqueue(tx: &mut Tx<'_>, now: Instant, letter: &Letter) -> Result<()> {
    let row = (
        dsl::id.eq(tx.id::<MailId>(now)),
        dsl::kind.eq(letter.kind),
        dsl::event_id.eq(letter.event),
        dsl::account_id.eq(letter.account),
        dsl::recipient.eq(&letter.recipient),
        dsl::locale.eq(letter.language),
        dsl::subject.eq(&letter.subject),
        dsl::text_body.eq(&letter.text),
        dsl::html_body.eq(&letter.html),
        dsl::created_at.eq(now),
        dsl::next_try_at.eq(now),
    );
    on_both!(tx, c => diesel::insert_into(dsl::outbox).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}
