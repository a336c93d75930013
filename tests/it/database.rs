//! Reads and writes of the database, and the event log.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant as Stopwatch};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use lumbung::db::schema::{events, throttles};
use lumbung::db::{self, Db};
use lumbung::events::{Event, assign_seq, list_after, record};
use lumbung::kernel::ids::AccountId;
use lumbung::kernel::{Entropy, Instant};

use crate::world::{World, clean_up_after_run, databases_of_run, postgres_server};

fn event() -> Event {
    let id: AccountId = Entropy::System.id(Instant::EPOCH);
    Event::new("test.happened", id)
}

async fn count(db: &Db) -> i64 {
    db.read::<_, db::Error, _>(|conn| Ok(events::table.count().get_result(conn)?)).await.unwrap()
}

#[actix_web::test]
async fn a_failed_write_is_rolled_back() {
    let world = World::empty().await;
    let db = &world.app.state.db;
    let failed: Result<(), db::Error> = db
        .write(|tx| {
            record(tx, Instant::EPOCH, &event())?;
            Err(db::Error::Busy)
        })
        .await;
    assert!(failed.is_err());
    assert_eq!(count(db).await, 0);
    db.write::<_, db::Error, _>(|tx| record(tx, Instant::EPOCH, &event())).await.unwrap();
    assert_eq!(count(db).await, 1);
}

#[actix_web::test]
async fn a_write_that_panics_is_an_error_and_the_next_one_works() {
    let world = World::empty().await;
    let db = &world.app.state.db;
    let panicked: Result<(), db::Error> = db
        .write(|tx| {
            record(tx, Instant::EPOCH, &event())?;
            panic!("in the middle of a transaction")
        })
        .await;
    assert!(matches!(panicked, Err(db::Error::Panicked)), "{panicked:?}");
    db.write::<_, db::Error, _>(|tx| record(tx, Instant::EPOCH, &event())).await.unwrap();
    assert_eq!(count(db).await, 1);
}

#[actix_web::test]
async fn a_read_cannot_write() {
    let world = World::empty().await;
    let db = &world.app.state.db;
    let outcome: Result<usize, db::Error> = db.read(|conn| Ok(diesel::delete(events::table).execute(conn)?)).await;
    assert!(outcome.is_err());
}

#[actix_web::test]
async fn many_concurrent_writers_succeed_and_their_events_are_numbered_without_gaps() {
    let world = World::empty().await;
    let db = world.app.state.db.clone();
    let writers = (0..64).map(|_| {
        let db = db.clone();
        async move { db.write::<_, db::Error, _>(|tx| record(tx, Instant::EPOCH, &event())).await }
    });
    for outcome in futures_util::future::join_all(writers).await {
        outcome.unwrap();
    }
    db.write::<_, db::Error, _>(assign_seq).await.unwrap();
    let log = db.read::<_, db::Error, _>(|conn| list_after(conn, 0, None, 100)).await.unwrap();
    assert_eq!(log.iter().map(|event| event.seq).collect::<Vec<_>>(), (1..=64).collect::<Vec<_>>());
}

#[actix_web::test]
async fn transactions_can_be_nested() {
    let world = World::empty().await;
    let db = &world.app.state.db;
    let half: Result<(), db::Error> = db
        .write(|tx| {
            let committed = tx.transaction::<_, diesel::result::Error, _>(|conn| {
                diesel::update(events::table).set(events::kind.eq("x")).execute(conn)
            });
            committed?;
            record(tx, Instant::EPOCH, &event())?;
            let undone = tx.transaction::<(), diesel::result::Error, _>(|conn| {
                diesel::delete(events::table).execute(conn)?;
                Err(diesel::result::Error::RollbackTransaction)
            });
            assert!(undone.is_err());
            Ok(())
        })
        .await;
    half.unwrap();
    assert_eq!(count(db).await, 1);
}

/// Inserts a counter with value 0.
fn counter(name: &str) -> impl Fn(&mut lumbung::db::Tx<'_>) -> db::Result<()> + use<> {
    let bucket = name.as_bytes().to_vec();
    move |tx| {
        let row = (
            throttles::bucket.eq(&bucket),
            throttles::spent.eq(0_i64),
            throttles::since.eq(Instant::EPOCH),
            throttles::last_at.eq(Instant::EPOCH),
        );
        diesel::insert_into(throttles::table).values(row).execute(&mut **tx)?;
        Ok(())
    }
}

fn add_one(conn: &mut db::Conn, name: &str) -> db::Result<()> {
    let row = throttles::table.find(name.as_bytes().to_vec());
    diesel::update(row).set(throttles::spent.eq(throttles::spent + 1_i64)).execute(conn)?;
    Ok(())
}

async fn read_counters(db: &Db) -> Vec<i64> {
    let read = |conn: &mut db::Conn| {
        Ok::<_, db::Error>(throttles::table.select(throttles::spent).order(throttles::bucket).load(conn)?)
    };
    db.read(read).await.unwrap()
}

/// A deadlock: PostgreSQL aborts one of the transactions (40P01), which is retried.
#[actix_web::test]
async fn two_deadlocked_writes_both_succeed() {
    let world = World::empty().await;
    if !world.database.is_postgres() {
        // There is only one writer.
        return;
    }
    let db = &world.app.state.db;
    db.write(counter("a")).await.unwrap();
    db.write(counter("b")).await.unwrap();
    let (meeting, attempts) = (Arc::new(Barrier::new(2)), Arc::new(AtomicU32::new(0)));
    let crossing = |first: &'static str, then: &'static str| {
        let (meeting, attempts, met) = (Arc::clone(&meeting), Arc::clone(&attempts), AtomicBool::new(false));
        db.write::<_, db::Error, _>(move |tx| {
            attempts.fetch_add(1, Ordering::SeqCst);
            add_one(tx, first)?;
            if !met.swap(true, Ordering::SeqCst) {
                meeting.wait();
            }
            add_one(tx, then)
        })
    };
    let (one, other) = futures_util::future::join(crossing("a", "b"), crossing("b", "a")).await;
    one.unwrap();
    other.unwrap();
    assert_eq!(attempts.load(Ordering::SeqCst), 3, "one of them was retried");
    assert_eq!(read_counters(db).await, [2, 2], "each is done once");
}

/// A serialization failure of PostgreSQL (40001), which is retried.
#[actix_web::test]
async fn a_serialization_failure_is_retried() {
    let world = World::empty().await;
    if !world.database.is_postgres() {
        return;
    }
    let db = &world.app.state.db;
    db.write(counter("a")).await.unwrap();
    let (attempts, url) = (Arc::new(AtomicU32::new(0)), world.database.url.clone());
    let seen = Arc::clone(&attempts);
    db.write::<_, db::Error, _>(move |tx| {
        tx.batch_execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")?;
        let _: i64 = throttles::table.select(throttles::spent).first(&mut **tx)?;
        if seen.fetch_add(1, Ordering::SeqCst) == 0 {
            PgConnection::establish(&url).unwrap().batch_execute("UPDATE throttles SET spent = spent + 1").unwrap();
        }
        add_one(tx, "a")
    })
    .await
    .unwrap();
    assert_eq!((attempts.load(Ordering::SeqCst), read_counters(db).await), (2, vec![2]));
}

/// The value of a SQLite pragma.
fn pragma(conn: &mut db::Conn, name: &str) -> db::Result<String> {
    #[derive(QueryableByName)]
    struct Pragma {
        #[diesel(sql_type = diesel::sql_types::Text)]
        value: String,
    }
    let query = diesel::sql_query(format!("SELECT CAST({name} AS TEXT) AS value FROM pragma_{name}"));
    Ok(query.get_result::<Pragma>(conn)?.value)
}

/// Checks the settings for durability, because only a power failure would show the difference.
#[actix_web::test]
async fn sqlite_syncs_to_disk_unless_configured_otherwise() {
    for (durable, synchronous) in [(true, "2"), (false, "0")] {
        let world = World::with(|config| config.database.durable = durable).await;
        if world.database.is_postgres() {
            return;
        }
        let db = &world.app.state.db;
        let read_pragmas = |conn: &mut db::Conn| {
            ["synchronous", "journal_mode", "foreign_keys", "trusted_schema", "query_only"]
                .map(|name| pragma(conn, name))
                .into_iter()
                .collect::<db::Result<Vec<String>>>()
        };
        let writing = db.write::<_, db::Error, _>(move |tx| read_pragmas(tx)).await.unwrap();
        assert_eq!(writing, [synchronous, "wal", "1", "0", "0"]);
        let reading = db.read::<_, db::Error, _>(read_pragmas).await.unwrap();
        assert_eq!(reading, [synchronous, "wal", "1", "0", "1"]);
    }
    // It is the default.
    assert!(lumbung::db::Settings::default().durable);
}

/// A write that starts with a read could fail to get the lock later.
#[actix_web::test]
async fn a_write_locks_the_file_before_its_first_statement() {
    let world = World::empty().await;
    if world.database.is_postgres() {
        return;
    }
    let file = world.database.url.trim_start_matches("sqlite:").to_owned();
    let others = move || {
        let mut other = diesel::SqliteConnection::establish(&file).unwrap();
        other.batch_execute("PRAGMA busy_timeout = 0; BEGIN IMMEDIATE; ROLLBACK")
    };
    others().expect("nobody writes");
    let meanwhile = world.app.state.db.write::<_, db::Error, _>(move |_| Ok(others())).await.unwrap();
    let locked = meanwhile.expect_err("two write at once");
    assert!(locked.to_string().contains("locked"), "{locked}");
}

#[test]
fn the_databases_of_a_run_are_dropped_when_it_ends() {
    if clean_up_after_run() {
        return;
    }
    let Some(server) = postgres_server() else { return };
    let program = std::env::current_exe().unwrap();
    let mut run = Command::new(program)
        .args(["--exact", "database::a_read_cannot_write"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut most = 0;
    while run.try_wait().unwrap().is_none() {
        most = most.max(databases_of_run(&server, run.id()).len());
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(run.wait().unwrap().success());
    assert_eq!(most, 2, "a template and its copy were seen");
    let ended = Stopwatch::now();
    while !databases_of_run(&server, run.id()).is_empty() {
        assert!(ended.elapsed() < Duration::from_secs(30), "{:?}", databases_of_run(&server, run.id()));
        std::thread::sleep(Duration::from_millis(50));
    }
}
