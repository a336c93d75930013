//! SQL of the event log.

use diesel::prelude::*;

use super::event::{Event, RecordedEvent};
use crate::db::schema::events::dsl;
use crate::db::{Conn, Result, Tx};
use crate::kernel::ids::{AccountId, CooperativeId, EventId, GroupId, Id, SubjectId};
use crate::kernel::{Instant, Json};

/// The PostgreSQL advisory lock under which events get their `seq`.
const SEQ_LOCK: i64 = 703_101;

/// Records an event in the transaction of its change and returns its id.
pub fn record(tx: &mut Tx<'_>, now: Instant, event: &Event) -> Result<EventId> {
    let id: EventId = tx.id(now);
    // With a single writer the insert order is the commit order. On PostgreSQL `assign_seq` does this later.
    let seq = match &mut **tx {
        Conn::Sqlite(sqlite) => {
            let last: Option<i64> = dsl::events.select(diesel::dsl::max(dsl::seq)).get_result(sqlite)?;
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
            dsl::subject_id.eq(SubjectId::from_uuid(event.subject)),
            dsl::kind.eq(event.kind),
            dsl::payload.eq(Json::new(&event.payload)),
        ))
        .execute(&mut **tx)?;
    Ok(id)
}

/// Assigns `seq` to committed events that have none, and returns their number. Every reader calls this first.
///
/// The lock serializes callers; events that commit after this statement's snapshot get later numbers in the next call.
#[expect(clippy::disallowed_methods, reason = "diesel has no update from a window function")]
pub fn assign_seq(tx: &mut Tx<'_>) -> Result<usize> {
    match &mut **tx {
        Conn::Sqlite(_) => Ok(0),
        Conn::Postgres(postgres) => {
            diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
                .bind::<diesel::sql_types::BigInt, _>(SEQ_LOCK)
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
    (EventId, Option<i64>, Instant, Option<AccountId>, Option<CooperativeId>, Option<GroupId>, SubjectId, String, Json);

/// Lists the events after this `seq` in order, of one cooperative or of all.
pub fn list_after(
    conn: &mut Conn,
    seq: i64,
    cooperative: Option<CooperativeId>,
    limit: i64,
) -> Result<Vec<RecordedEvent>> {
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
