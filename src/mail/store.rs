//! The SQL of the outbox.

#![allow(clippy::arithmetic_side_effects, reason = "columns are added up by the database, which checks")]

use diesel::prelude::*;

use super::letter::Letter;
use crate::db::schema::outbox::dsl;
use crate::db::{Conn, Result, Tx, on_both, prepared};
use crate::kernel::ids::{AccountId, MailId};
use crate::kernel::{Duration, Instant};

/// How long a claim holds: longer than the most patient conversation with a server takes.
const LEASE: Duration = Duration::minutes(10);
/// How long a letter that was sent is kept, and one that was given up.
const KEPT: Duration = Duration::days(30);

/// A letter this worker holds. It names people and opens doors: only its kind is printed.
#[derive(Clone)]
pub(super) struct Outgoing {
    pub(super) id: MailId,
    pub(super) kind: String,
    pub(super) recipient: String,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
    pub(super) created_at: Instant,
    /// Which try this is; also the proof that the lease is still ours.
    pub(super) attempt: i32,
}

impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Outgoing");
        shown.field("id", &self.id).field("kind", &self.kind).field("attempt", &self.attempt).finish_non_exhaustive()
    }
}

type Row = (MailId, String, String, String, String, String, Instant, i32);

/// Letters that wait and may be tried, held by nobody, oldest first.
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

macro_rules! whole_letter {
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

/// Writes the letter; one with a fault is kept as given up, so that it is seen but never sent.
pub(super) fn insert(tx: &mut Tx<'_>, now: Instant, letter: &Letter, fault: Option<&str>) -> Result<()> {
    // PostgreSQL keeps no NUL; a hostile text must not end the transaction it is told of in.
    let kept = |text: &str| text.replace('\0', "\u{fffd}");
    let row = (
        dsl::id.eq(tx.id::<MailId>(now)),
        dsl::kind.eq(letter.kind),
        dsl::event_id.eq(letter.event),
        dsl::account_id.eq(letter.account),
        dsl::recipient.eq(kept(&letter.recipient)),
        dsl::locale.eq(letter.language),
        dsl::subject.eq(kept(&letter.subject)),
        dsl::text_body.eq(kept(&letter.text)),
        dsl::html_body.eq(kept(&letter.html)),
        dsl::created_at.eq(now),
        dsl::next_try_at.eq(now),
        dsl::failed_at.eq(fault.map(|_| now)),
        dsl::last_error.eq(fault),
    );
    on_both!(tx, c => diesel::insert_into(dsl::outbox).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// Whether a letter may be tried; a look that costs no write.
pub(super) fn is_one_due(conn: &mut Conn, now: Instant) -> Result<bool> {
    let found: Option<MailId> = due!(now, dsl::id, 1).first(conn).optional()?;
    Ok(found.is_some())
}

/// Takes the oldest letters that may be tried, for as long as the lease holds.
pub(super) fn claim(tx: &mut Tx<'_>, now: Instant, at_most: u32) -> Result<Vec<Outgoing>> {
    let limit = i64::from(at_most);
    let rows: Vec<Row> = match &mut **tx {
        Conn::Sqlite(sqlite) => due!(now, whole_letter!(), limit).load(sqlite)?,
        Conn::Postgres(postgres) => due!(now, whole_letter!(), limit).for_update().skip_locked().load(postgres)?,
    };
    let letters: Vec<Outgoing> = rows
        .into_iter()
        .map(|(id, kind, recipient, subject, text, html, created_at, attempts)| Outgoing {
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
    let held = (dsl::attempts.eq(dsl::attempts + 1), dsl::leased_until.eq(now.after(LEASE)));
    on_both!(tx, c => prepared(diesel::update(dsl::outbox.filter(dsl::id.eq_any(&ids))).set(held)).execute(c))?;
    Ok(letters)
}

macro_rules! held {
    ($id:expr, $attempt:expr) => {
        dsl::outbox.filter(
            dsl::id.eq($id).and(dsl::attempts.eq($attempt)).and(dsl::sent_at.is_null()).and(dsl::failed_at.is_null()),
        )
    };
}

/// What a letter said is not kept when it is not needed any more: it names people, and opens doors.
macro_rules! nothing_said {
    () => {
        (dsl::subject.eq(""), dsl::text_body.eq(""), dsl::html_body.eq(""))
    };
}

/// The letter has left: that it did is kept, and for whose account, but neither what it said nor the address. The
/// letter's id stands in its place, because no two letters of an event may have the same.
pub(super) fn sent(tx: &mut Tx<'_>, now: Instant, id: MailId, attempt: i32) -> Result<bool> {
    let left = (dsl::sent_at.eq(now), dsl::leased_until.eq(None::<Instant>), dsl::last_error.eq(None::<String>));
    let changed =
        prepared(diesel::update(held!(id, attempt)).set((left, nothing_said!(), dsl::recipient.eq(id.to_string()))))
            .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// The letter is tried again then.
pub(super) fn put_back(tx: &mut Tx<'_>, id: MailId, attempt: i32, again: Instant, error: &str) -> Result<bool> {
    let changed = diesel::update(held!(id, attempt))
        .set((dsl::next_try_at.eq(again), dsl::leased_until.eq(None::<Instant>), dsl::last_error.eq(error)))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// The letter is given up.
pub(super) fn give_up(tx: &mut Tx<'_>, now: Instant, id: MailId, attempt: i32, error: &str) -> Result<bool> {
    let given_up = (dsl::failed_at.eq(now), dsl::leased_until.eq(None::<Instant>), dsl::last_error.eq(error));
    let changed = diesel::update(held!(id, attempt)).set((given_up, nothing_said!())).execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Letters older than this that still wait, held by nobody: `id`, kind, tries.
pub(super) fn waiting_since(conn: &mut Conn, now: Instant, before: Instant) -> Result<Vec<(MailId, String, i32)>> {
    Ok(dsl::outbox
        .filter(dsl::sent_at.is_null().and(dsl::failed_at.is_null()))
        .filter(dsl::created_at.le(before))
        .filter(dsl::leased_until.is_null().or(dsl::leased_until.le(now)))
        .order(dsl::id.asc())
        .select((dsl::id, dsl::kind, dsl::attempts))
        .limit(100)
        .load(conn)?)
}

/// How many letters wait to leave, and since when the oldest does.
pub fn waiting(conn: &mut Conn) -> Result<(i64, Option<Instant>)> {
    let wait = dsl::outbox.filter(dsl::sent_at.is_null().and(dsl::failed_at.is_null()));
    let many = wait.count().get_result(conn)?;
    Ok((many, wait.select(diesel::dsl::min(dsl::created_at)).first(conn)?))
}

/// Forgets letters that were sent, or given up, a month ago.
pub fn purge(tx: &mut Tx<'_>, now: Instant) -> Result<usize> {
    let old = now.before(KEPT);
    Ok(diesel::delete(dsl::outbox.filter(dsl::sent_at.lt(old).or(dsl::failed_at.lt(old)))).execute(&mut **tx)?)
}

/// Forgets the letters of a person, also those that wait, and those to their address from before they had an account.
pub fn forget(tx: &mut Tx<'_>, account: AccountId, address: Option<&str>) -> Result<usize> {
    let theirs = dsl::account_id.eq(account);
    Ok(match address {
        Some(address) => diesel::delete(dsl::outbox.filter(theirs.or(dsl::recipient.eq(address)))).execute(&mut **tx),
        None => diesel::delete(dsl::outbox.filter(theirs)).execute(&mut **tx),
    }?)
}
