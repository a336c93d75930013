//! The log's SQL.

use diesel::prelude::*;

use super::event::{Event, RecordedEvent};
use crate::db::schema::events::dsl;
use crate::db::{Conn, Result, Tx};
use crate::kernel::ids::{AccountId, CooperativeId, EventId, GroupId, Id};
use crate::kernel::{Instant, Json};

/// The lock under which PostgreSQL's events get their numbers.
const STAMPING: i64 = 703_101;

/// Writes an event into the log, in the transaction of the change, and tells its id.
pub fn record(tx: &mut Tx<'_>, now: Instant, event: &Event) -> Result<EventId> {
    let id: EventId = tx.id(now);
    // One writer: the next number is the next in commit order. PostgreSQL leaves it to `stamp`.
    let seq = match &mut **tx {
        Conn::Sqlite(sqlite) => {
            let last: Option<i64> = dsl::events.select(diesel::dsl::max(dsl::seq)).first(sqlite)?;
            Some(last.unwrap_or(0).saturating_add(1))
        }
        Conn::Postgres(_) => None,
    };
    diesel::insert_into(dsl::events)
        .values((
            dsl::id.eq(id),
            dsl::seq.eq(seq),
            dsl::recorded_at.eq(now),
            dsl::actor_id.eq(event.actor),
            dsl::cooperative_id.eq(event.cooperative),
            dsl::group_id.eq(event.group),
            dsl::subject_id.eq(EventId::from_uuid(event.subject)),
            dsl::kind.eq(event.kind),
            dsl::payload.eq(Json::of(&event.payload)),
        ))
        .execute(&mut **tx)?;
    Ok(id)
}

/// Gives the committed events that have none yet their place in the log. Every reader calls it first.
///
/// The lock makes it one at a time; what commits after this statement's snapshot gets a later number next time.
#[expect(clippy::disallowed_methods, reason = "a numbered update over a window is beyond diesel")]
pub fn stamp(tx: &mut Tx<'_>) -> Result<usize> {
    match &mut **tx {
        Conn::Sqlite(_) => Ok(0),
        Conn::Postgres(postgres) => {
            diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
                .bind::<diesel::sql_types::BigInt, _>(STAMPING)
                .execute(postgres)?;
            Ok(diesel::sql_query(
                "UPDATE events SET seq = base.last + fresh.place FROM \
                 (SELECT id, row_number() OVER (ORDER BY recorded_at, id) AS place FROM events WHERE seq IS NULL) AS fresh, \
                 (SELECT coalesce(max(seq), 0) AS last FROM events) AS base WHERE events.id = fresh.id",
            )
            .execute(postgres)?)
        }
    }
}

type Row =
    (EventId, Option<i64>, Instant, Option<AccountId>, Option<CooperativeId>, Option<GroupId>, EventId, String, Json);

/// The events behind this place of the log, of one cooperative or of all, in order.
pub fn after(conn: &mut Conn, seq: i64, cooperative: Option<CooperativeId>, limit: i64) -> Result<Vec<RecordedEvent>> {
    let query = dsl::events.filter(dsl::seq.gt(seq)).order(dsl::seq.asc()).limit(limit).select((
        dsl::id,
        dsl::seq,
        dsl::recorded_at,
        dsl::actor_id,
        dsl::cooperative_id,
        dsl::group_id,
        dsl::subject_id,
        dsl::kind,
        dsl::payload,
    ));
    let rows: Vec<Row> = match cooperative {
        Some(cooperative) => query.filter(dsl::cooperative_id.eq(cooperative)).load(conn)?,
        None => query.load(conn)?,
    };
    Ok(rows
        .into_iter()
        .map(|(id, seq, recorded_at, actor, cooperative, group, subject, kind, payload)| RecordedEvent {
            id,
            seq: seq.unwrap_or(0),
            recorded_at,
            actor,
            cooperative,
            group,
            subject: subject.uuid(),
            kind,
            payload: payload.read().unwrap_or_default(),
        })
        .collect())
}
