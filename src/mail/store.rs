//! SQL of the outbox.

#![allow(clippy::arithmetic_side_effects, reason = "columns are added up by the database, which checks")]

use diesel::prelude::*;

use super::letter::Letter;
use crate::db::schema::outbox::dsl;
use crate::db::{Conn, Result, Tx, on_both, prepared};
use crate::kernel::ids::{AccountId, MailId};
use crate::kernel::{Duration, Instant};

/// How long a claim holds: longer than any SMTP conversation takes.
const LEASE: Duration = Duration::minutes(10);
/// How long sent and dead letters are kept.
const RETENTION: Duration = Duration::days(30);

/// A letter claimed by this worker. It contains personal data and secret links, which `Debug` does not print.
#[derive(Clone)]
pub(super) struct OutgoingLetter {
    pub(super) id: MailId,
    pub(super) kind: String,
    pub(super) recipient: String,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
    pub(super) created_at: Instant,
    /// The number of this attempt; also a fencing token for the lease.
    pub(super) attempt: i32,
}

impl std::fmt::Debug for OutgoingLetter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("OutgoingLetter");
        shown.field("id", &self.id).field("kind", &self.kind).field("attempt", &self.attempt).finish_non_exhaustive()
    }
}

type Row = (MailId, String, String, String, String, String, Instant, i32);

/// Pending letters that are due and not leased, oldest first.
macro_rules! due {
    ($now:expr, $columns:expr, $at_most:expr) => {
        dsl::outbox
            .filter(dsl::sent_at.is_null().and(dsl::failed_at.is_null()))
            .filter(dsl::next_try_at.le($now))
            .filter(dsl::leased_until.is_null().or(dsl::leased_until.le($now)))
            .order((dsl::next_try_at.asc(), dsl::id.asc()))
            .select($columns)
            .limit($at_most)
    };
}

macro_rules! columns {
    () => {
        (
            dsl::id,
            dsl::kind,
            dsl::recipient,
            dsl::subject,
            dsl::text_body,
            dsl::html_body,
            dsl::created_at,
            dsl::attempts,
        )
    };
}

/// Inserts the letter; one with an error is dead from the start.
pub(super) fn insert(tx: &mut Tx<'_>, now: Instant, letter: &Letter, error: Option<&str>) -> Result<()> {
    // PostgreSQL text has no NUL; user input must not abort the transaction.
    let without_nul = |text: &str| text.replace('\0', "\u{fffd}");
    let row = (
        dsl::id.eq(tx.id::<MailId>(now)),
        dsl::kind.eq(letter.kind),
        dsl::event_id.eq(letter.event),
        dsl::account_id.eq(letter.account),
        dsl::recipient.eq(without_nul(&letter.recipient)),
        dsl::locale.eq(letter.language),
        dsl::subject.eq(without_nul(&letter.subject)),
        dsl::text_body.eq(without_nul(&letter.text)),
        dsl::html_body.eq(without_nul(&letter.html)),
        dsl::created_at.eq(now),
        dsl::next_try_at.eq(now),
        dsl::failed_at.eq(error.map(|_| now)),
        dsl::last_error.eq(error),
    );
    on_both!(tx, c => diesel::insert_into(dsl::outbox).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// Whether there is a letter to claim, without a write.
pub(super) fn has_due_letter(conn: &mut Conn, now: Instant) -> Result<bool> {
    let id: Option<MailId> = due!(now, dsl::id, 1).first(conn).optional()?;
    Ok(id.is_some())
}

/// Claims the oldest due letters for the duration of the lease.
pub(super) fn claim(tx: &mut Tx<'_>, now: Instant, limit: u32) -> Result<Vec<OutgoingLetter>> {
    let limit = i64::from(limit);
    let rows: Vec<Row> = match &mut **tx {
        Conn::Sqlite(sqlite) => due!(now, columns!(), limit).load(sqlite)?,
        Conn::Postgres(postgres) => due!(now, columns!(), limit).for_update().skip_locked().load(postgres)?,
    };
    let letters: Vec<OutgoingLetter> = rows
        .into_iter()
        .map(|(id, kind, recipient, subject, text, html, created_at, attempts)| OutgoingLetter {
            id,
            kind,
            recipient,
            subject,
            text,
            html,
            created_at,
            attempt: attempts.saturating_add(1),
        })
        .collect();
    let ids: Vec<MailId> = letters.iter().map(|letter| letter.id).collect();
    let lease = (dsl::attempts.eq(dsl::attempts + 1), dsl::leased_until.eq(now.after(LEASE)));
    on_both!(tx, c => prepared(diesel::update(dsl::outbox.filter(dsl::id.eq_any(&ids))).set(lease)).execute(c))?;
    Ok(letters)
}

macro_rules! leased {
    ($id:expr, $attempt:expr) => {
        dsl::outbox.filter(
            dsl::id.eq($id).and(dsl::attempts.eq($attempt)).and(dsl::sent_at.is_null()).and(dsl::failed_at.is_null()),
        )
    };
}

/// Erases a letter's content, which has personal data and secret links, when it is no longer needed.
macro_rules! erased_content {
    () => {
        (dsl::subject.eq(""), dsl::text_body.eq(""), dsl::html_body.eq(""))
    };
}

/// Marks the letter as sent and erases its content and address; the account stays. The address is replaced by the
/// letter's id, because it is part of a unique key. `false` when the lease was lost.
pub(super) fn mark_sent(tx: &mut Tx<'_>, now: Instant, id: MailId, attempt: i32) -> Result<bool> {
    let sent = (dsl::sent_at.eq(now), dsl::leased_until.eq(None::<Instant>), dsl::last_error.eq(None::<String>));
    let changed = prepared(diesel::update(leased!(id, attempt)).set((
        sent,
        erased_content!(),
        dsl::recipient.eq(id.to_string()),
    )))
    .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Schedules the next attempt. `false` when the lease was lost.
pub(super) fn schedule_retry(
    tx: &mut Tx<'_>,
    id: MailId,
    attempt: i32,
    retry_at: Instant,
    error: &str,
) -> Result<bool> {
    let changed = diesel::update(leased!(id, attempt))
        .set((dsl::next_try_at.eq(retry_at), dsl::leased_until.eq(None::<Instant>), dsl::last_error.eq(error)))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Marks the letter as dead and erases its content. `false` when the lease was lost.
pub(super) fn give_up(tx: &mut Tx<'_>, now: Instant, id: MailId, attempt: i32, error: &str) -> Result<bool> {
    let dead = (dsl::failed_at.eq(now), dsl::leased_until.eq(None::<Instant>), dsl::last_error.eq(error));
    let changed = diesel::update(leased!(id, attempt)).set((dead, erased_content!())).execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Lists pending letters created before this time that are not leased, at most 100: id, kind, attempts.
pub(super) fn list_pending_created_before(
    conn: &mut Conn,
    now: Instant,
    before: Instant,
) -> Result<Vec<(MailId, String, i32)>> {
    Ok(dsl::outbox
        .filter(dsl::sent_at.is_null().and(dsl::failed_at.is_null()))
        .filter(dsl::created_at.le(before))
        .filter(dsl::leased_until.is_null().or(dsl::leased_until.le(now)))
        .order(dsl::id.asc())
        .select((dsl::id, dsl::kind, dsl::attempts))
        .limit(100)
        .load(conn)?)
}

/// The number of pending letters, and the creation time of the oldest.
pub fn count_pending(conn: &mut Conn) -> Result<(i64, Option<Instant>)> {
    let pending = dsl::outbox.filter(dsl::sent_at.is_null().and(dsl::failed_at.is_null()));
    let count = pending.count().get_result(conn)?;
    Ok((count, pending.select(diesel::dsl::min(dsl::created_at)).get_result(conn)?))
}

/// Deletes letters that were sent or dead for `RETENTION`.
pub fn purge(tx: &mut Tx<'_>, now: Instant) -> Result<usize> {
    let before = now.before(RETENTION);
    Ok(diesel::delete(dsl::outbox.filter(dsl::sent_at.lt(before).or(dsl::failed_at.lt(before)))).execute(&mut **tx)?)
}

/// Deletes the letters of an account, pending ones included, and those to its address from before it existed.
pub fn forget(tx: &mut Tx<'_>, account: AccountId, address: Option<&str>) -> Result<usize> {
    let of_account = dsl::account_id.eq(account);
    Ok(match address {
        Some(address) => {
            diesel::delete(dsl::outbox.filter(of_account.or(dsl::recipient.eq(address)))).execute(&mut **tx)
        }
        None => diesel::delete(dsl::outbox.filter(of_account)).execute(&mut **tx),
    }?)
}
