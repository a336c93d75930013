//! The event log: no reader skips an event, in whatever order concurrent transactions start and commit.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::{Connection, PgConnection};
use lumbung::db::schema::events;
use lumbung::db::{self, Db};
use lumbung::events::{Event, assign_seq, list_after, record};
use lumbung::kernel::ids::{CooperativeId, EventId};
use lumbung::kernel::{Duration, Entropy, Instant};

use crate::world::{TestDatabase, World};

/// A reader that remembers its position, like the app.
struct Reader {
    db: Db,
    cooperative: CooperativeId,
    at: i64,
    seen: Vec<EventId>,
}

impl Reader {
    fn new(db: &Db, cooperative: CooperativeId) -> Reader {
        Reader { db: db.clone(), cooperative, at: 0, seen: Vec::new() }
    }

    fn read_on(&mut self) {
        self.db.write_blocking::<_, db::Error, _>(assign_seq).unwrap();
        let (at, cooperative) = (self.at, self.cooperative);
        let found = self.db.read_blocking::<_, db::Error>(|conn| list_after(conn, at, Some(cooperative), 100)).unwrap();
        for event in found {
            assert!(event.seq > self.at, "the feed goes back");
            self.at = event.seq;
            self.seen.push(event.id);
        }
    }
}

/// A writer with a manually controlled transaction. SQLite has no concurrent write transactions: there the event is
/// written at commit.
struct Writer {
    conn: Option<PgConnection>,
    db: Db,
    cooperative: CooperativeId,
    written: Vec<(EventId, Instant)>,
}

impl Writer {
    fn new(world: &World, cooperative: CooperativeId) -> Writer {
        let conn = world.database.is_postgres().then(|| {
            let mut conn = PgConnection::establish(&world.database.url).unwrap();
            conn.batch_execute("BEGIN").unwrap();
            conn
        });
        Writer { conn, db: world.app.state.db.clone(), cooperative, written: Vec::new() }
    }

    fn write(&mut self, now: Instant) -> EventId {
        let id: EventId = Entropy::System.id(now);
        if let Some(conn) = &mut self.conn {
            insert(id, now, self.cooperative, None).execute(conn).unwrap();
        }
        self.written.push((id, now));
        id
    }

    fn commit(mut self) {
        match &mut self.conn {
            Some(conn) => conn.batch_execute("COMMIT").unwrap(),
            None => {
                for (id, now) in self.written {
                    let cooperative = self.cooperative;
                    self.db
                        .write_blocking::<_, db::Error, _>(move |tx| {
                            let last: Option<i64> =
                                events::table.select(diesel::dsl::max(events::seq)).first(&mut **tx)?;
                            insert(id, now, cooperative, Some(last.unwrap_or(0) + 1)).execute(&mut **tx)?;
                            Ok(())
                        })
                        .unwrap();
                }
            }
        }
    }
}

/// The row that `record` writes, with an id chosen by the test.
macro_rules! row {
    ($id:expr, $now:expr, $cooperative:expr, $seq:expr) => {
        (
            events::id.eq($id),
            events::seq.eq($seq),
            events::recorded_at.eq($now),
            events::cooperative_id.eq(Some($cooperative)),
            events::subject_id.eq($id),
            events::kind.eq("test.happened"),
            events::payload.eq("{}"),
        )
    };
}

struct Insert {
    id: EventId,
    now: Instant,
    cooperative: CooperativeId,
    seq: Option<i64>,
}

fn insert(id: EventId, now: Instant, cooperative: CooperativeId, seq: Option<i64>) -> Insert {
    Insert { id, now, cooperative, seq }
}

trait Execute<C> {
    fn execute(self, conn: &mut C) -> diesel::QueryResult<usize>;
}

impl Execute<PgConnection> for Insert {
    fn execute(self, conn: &mut PgConnection) -> diesel::QueryResult<usize> {
        let row = row!(self.id, self.now, self.cooperative, self.seq);
        RunQueryDsl::execute(diesel::insert_into(events::table).values(row), conn)
    }
}

impl Execute<db::Conn> for Insert {
    fn execute(self, conn: &mut db::Conn) -> diesel::QueryResult<usize> {
        let row = row!(self.id, self.now, self.cooperative, self.seq);
        RunQueryDsl::execute(diesel::insert_into(events::table).values(row), conn)
    }
}

fn cooperative() -> CooperativeId {
    Entropy::System.id(Instant::EPOCH)
}

#[actix_web::test]
async fn no_event_is_skipped_when_the_earlier_transaction_commits_first() {
    let world = World::empty().await;
    let cooperative = cooperative();
    let mut reader = Reader::new(&world.app.state.db, cooperative);
    let now = world.clock.now();
    let (mut early, mut late) = (Writer::new(&world, cooperative), Writer::new(&world, cooperative));
    let earlier = early.write(now);
    let later = late.write(now.after(Duration::seconds(1)));
    reader.read_on();
    assert_eq!(reader.seen, [], "uncommitted events are not visible");
    early.commit();
    reader.read_on();
    assert_eq!(reader.seen, [earlier]);
    late.commit();
    reader.read_on();
    assert_eq!(reader.seen, [earlier, later]);
}

#[actix_web::test]
async fn no_event_is_skipped_when_the_transaction_that_began_earlier_commits_last() {
    let world = World::empty().await;
    let cooperative = cooperative();
    let mut reader = Reader::new(&world.app.state.db, cooperative);
    let now = world.clock.now();
    let (mut early, mut late) = (Writer::new(&world, cooperative), Writer::new(&world, cooperative));
    // The transaction that commits last has the earlier id and timestamp.
    let earlier = early.write(now);
    let later = late.write(now.after(Duration::seconds(1)));
    late.commit();
    reader.read_on();
    assert_eq!(reader.seen, [later]);
    early.commit();
    reader.read_on();
    assert_eq!(reader.seen, [later, earlier], "the late committer gets a later place, whatever its id");
}

#[actix_web::test]
async fn an_older_transaction_that_writes_its_event_last_is_not_skipped_either() {
    let world = World::empty().await;
    let cooperative = cooperative();
    let mut reader = Reader::new(&world.app.state.db, cooperative);
    let now = world.clock.now();
    let (mut old, mut young) = (Writer::new(&world, cooperative), Writer::new(&world, cooperative));
    let first = old.write(now);
    let second = young.write(now.after(Duration::seconds(1)));
    young.commit();
    reader.read_on();
    // Its clock may even be behind.
    let third = old.write(now.before(Duration::seconds(60)));
    old.commit();
    reader.read_on();
    let mut seen = reader.seen.clone();
    assert_eq!(seen.first(), Some(&second));
    seen.sort();
    let mut all = vec![first, second, third];
    all.sort();
    assert_eq!(seen, all);
}

#[actix_web::test]
async fn a_rolled_back_event_is_never_visible() {
    let world = World::empty().await;
    let cooperative = cooperative();
    let mut reader = Reader::new(&world.app.state.db, cooperative);
    let mut rolled_back = Writer::new(&world, cooperative);
    rolled_back.write(world.clock.now());
    drop(rolled_back);
    let mut committed = Writer::new(&world, cooperative);
    let id = committed.write(world.clock.now());
    committed.commit();
    reader.read_on();
    assert_eq!(reader.seen, [id]);
}

/// PostgreSQL: events that commit while numbers are assigned get theirs later, and concurrent assignments are
/// serialized.
#[actix_web::test]
async fn concurrent_readers_assign_no_number_twice() {
    let world = World::empty().await;
    if !world.database.is_postgres() {
        return;
    }
    let cooperative = cooperative();
    let now = world.clock.now();
    let mut numbering = PgConnection::establish(&world.database.url).unwrap();
    let mut first = Writer::new(&world, cooperative);
    let earlier = first.write(now.after(Duration::seconds(1)));
    first.commit();
    // The first reader holds the lock and has numbered, but not yet committed.
    numbering.batch_execute("BEGIN; SELECT pg_advisory_xact_lock(703101)").unwrap();
    diesel::sql_query("UPDATE events SET seq = $1 WHERE seq IS NULL")
        .bind::<BigInt, _>(1)
        .execute(&mut numbering)
        .unwrap();
    let mut second = Writer::new(&world, cooperative);
    let later = second.write(now);
    second.commit();
    let db = world.app.state.db.clone();
    let waiting = std::thread::spawn(move || {
        let mut reader = Reader::new(&db, cooperative);
        reader.read_on();
        reader.seen
    });
    wait_for_blocked_lock(&world.database);
    numbering.batch_execute("COMMIT").unwrap();
    assert_eq!(waiting.join().unwrap(), [earlier, later]);
}

fn wait_for_blocked_lock(database: &TestDatabase) {
    #[derive(QueryableByName)]
    struct Waiting {
        #[diesel(sql_type = BigInt)]
        waiting: i64,
    }
    let mut conn = PgConnection::establish(&database.url).unwrap();
    for _ in 0..500 {
        let waiting: Waiting = diesel::sql_query(
            "SELECT count(*) AS waiting FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database \
             WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted",
        )
        .get_result(&mut conn)
        .unwrap();
        if waiting.waiting > 0 {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("nobody waits");
}

#[actix_web::test]
async fn a_fast_reader_misses_no_event_of_many_writers() {
    let world = World::empty().await;
    let db = world.app.state.db.clone();
    let (cooperative, now) = (cooperative(), world.clock.now());
    let writers: Vec<_> = (0..8)
        .map(|_| {
            let db = db.clone();
            std::thread::spawn(move || {
                for _ in 0..10 {
                    let subject: EventId = Entropy::System.id(now);
                    db.write_blocking::<_, db::Error, _>(move |tx| {
                        record(tx, now, &Event::new("test.happened", subject).in_cooperative(cooperative))
                    })
                    .unwrap();
                }
            })
        })
        .collect();
    let mut reader = Reader::new(&db, cooperative);
    while !writers.iter().all(|writer| writer.is_finished()) {
        reader.read_on();
    }
    for writer in writers {
        writer.join().unwrap();
    }
    reader.read_on();
    assert_eq!(reader.seen.len(), 80);
    reader.seen.sort();
    reader.seen.dedup();
    assert_eq!(reader.seen.len(), 80);
}
