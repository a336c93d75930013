//! Group commit: writes that share a commit on SQLite are isolated from each other, as on PostgreSQL.

use std::sync::mpsc;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use futures_util::FutureExt;
use lumbung::db::schema::{event_readers, events};
use lumbung::db::{self, Db};
use lumbung::events::{Event, record};
use lumbung::kernel::Entropy;
use lumbung::kernel::Instant;
use lumbung::kernel::ids::AccountId;

use crate::world::World;

/// Inserts a row with a unique name.
fn insert_name(conn: &mut db::Conn, name: &str) -> db::Result<()> {
    let row = (event_readers::name.eq(name), event_readers::seq.eq(1_i64));
    diesel::insert_into(event_readers::table).values(row).execute(conn)?;
    Ok(())
}

async fn list_names(db: &Db) -> Vec<String> {
    db.read::<_, db::Error, _>(|conn| {
        Ok(event_readers::table.select(event_readers::name).order(event_readers::name).load(conn)?)
    })
    .await
    .unwrap()
}

/// Blocks the writer, so that further writes queue up and share a commit; sending a message unblocks it.
async fn block_writer(db: &Db) -> (mpsc::Sender<()>, actix_web::rt::task::JoinHandle<db::Result<()>>) {
    let (unblock, released) = mpsc::channel::<()>();
    let (started, has_started) = tokio::sync::oneshot::channel();
    let (started, released) = (std::sync::Mutex::new(Some(started)), std::sync::Mutex::new(released));
    let db = db.clone();
    let blocking = actix_web::rt::spawn(async move {
        db.write::<_, db::Error, _>(move |_| {
            if let Some(started) = started.lock().unwrap().take() {
                started.send(()).unwrap();
                let _ = released.lock().unwrap().recv_timeout(Duration::from_secs(20));
            }
            Ok(())
        })
        .await
    });
    has_started.await.unwrap();
    (unblock, blocking)
}

#[actix_web::test]
async fn in_a_group_only_failing_writes_are_rolled_back() {
    let world = World::empty().await;
    let db = &world.app.state.db;
    db.write::<_, db::Error, _>(|tx| insert_name(tx, "taken")).await.unwrap();
    let (unblock, blocking) = block_writer(db).await;
    let before = db.write::<_, db::Error, _>(|tx| insert_name(tx, "a"));
    let failing = db.write::<(), db::Error, _>(|tx| {
        insert_name(tx, "fails")?;
        Err(db::Error::Busy)
    });
    let between = db.write::<_, db::Error, _>(|tx| insert_name(tx, "b"));
    let violating = db.write::<_, db::Error, _>(|tx| {
        insert_name(tx, "violates")?;
        insert_name(tx, "taken")
    });
    let panicking = db.write::<(), db::Error, _>(|tx| {
        insert_name(tx, "panics")?;
        std::panic::resume_unwind(Box::new("in the middle"));
    });
    let panicking_within = db.write::<(), db::Error, _>(|tx| {
        insert_name(tx, "panics within")?;
        tx.transaction(|conn| -> diesel::QueryResult<()> {
            insert_name(conn, "deeper").unwrap();
            std::panic::resume_unwind(Box::new("within a transaction of its own"))
        })?;
        Ok(())
    });
    let after = db.write::<_, db::Error, _>(|tx| insert_name(tx, "c"));
    let unblocking = async { unblock.send(()).unwrap() };
    let (before, failing, between, violating, panicking, within, after, ()) =
        tokio::join!(before, failing, between, violating, panicking, panicking_within, after, unblocking);
    blocking.await.unwrap().unwrap();
    assert!(before.is_ok() && between.is_ok() && after.is_ok(), "{before:?} {between:?} {after:?}");
    assert!(matches!(failing, Err(db::Error::Busy)), "{failing:?}");
    assert!(violating.is_err_and(
        |error| db::is_unique_violation(&error, "event_readers", &["name"]) || matches!(error, db::Error::Query(_))
    ));
    assert!(matches!(panicking, Err(db::Error::Panicked)), "{panicking:?}");
    assert!(matches!(within, Err(db::Error::Panicked)), "{within:?}");
    assert_eq!(list_names(db).await, ["a", "b", "c", "taken"]);
    db.write::<_, db::Error, _>(|tx| insert_name(tx, "next")).await.unwrap();
    assert_eq!(list_names(db).await.len(), 5, "the writer continues");
}

#[actix_web::test]
async fn a_dropped_caller_does_not_affect_the_others() {
    let world = World::empty().await;
    let db = &world.app.state.db;
    let (unblock, blocking) = block_writer(db).await;
    let mut impatient = Box::pin(db.write::<_, db::Error, _>(|tx| insert_name(tx, "given away")));
    let patient = db.write::<_, db::Error, _>(|tx| insert_name(tx, "waited for"));
    assert!((&mut impatient).now_or_never().is_none());
    drop(impatient);
    unblock.send(()).unwrap();
    patient.await.unwrap();
    blocking.await.unwrap().unwrap();
    assert!(list_names(db).await.contains(&"waited for".to_owned()));
}

#[actix_web::test]
async fn results_are_sent_after_the_commit() {
    let world = World::empty().await;
    let db = world.app.state.db.clone();
    let event = || Event::new("test.happened", Entropy::System.id::<AccountId>(Instant::EPOCH));
    let writers = (0..64).map(|_| {
        let (db, event) = (db.clone(), event());
        async move {
            let id = db.write::<_, db::Error, _>(move |tx| record(tx, Instant::EPOCH, &event)).await.unwrap();
            // Another connection sees only what is committed.
            db.read::<_, db::Error, _>(move |conn| {
                Ok(diesel::select(diesel::dsl::exists(events::table.find(id))).get_result::<bool>(conn)?)
            })
            .await
            .unwrap()
        }
    });
    assert!(futures_util::future::join_all(writers).await.into_iter().all(|seen| seen));
}

#[actix_web::test]
async fn a_failed_commit_is_an_error_for_the_whole_group() {
    let world = World::empty().await;
    let db = &world.app.state.db;
    // A constraint that is checked at commit.
    let deferred = if world.database.is_postgres() {
        "CREATE TABLE cups (id BIGINT PRIMARY KEY); \
         CREATE TABLE teas (cup BIGINT REFERENCES cups DEFERRABLE INITIALLY DEFERRED)"
    } else {
        "CREATE TABLE cups (id INTEGER PRIMARY KEY); \
         CREATE TABLE teas (cup INTEGER REFERENCES cups DEFERRABLE INITIALLY DEFERRED)"
    };
    db.write::<_, db::Error, _>(|tx| Ok(tx.batch_execute(deferred)?)).await.unwrap();
    let (unblock, blocking) = block_writer(db).await;
    let dangling = db.write::<_, db::Error, _>(|tx| Ok(tx.batch_execute("INSERT INTO teas VALUES (7)")?));
    let neighbours = (0..8).map(|number| {
        let name = format!("neighbour {number}");
        async move { (name.clone(), db.write::<_, db::Error, _>(move |tx| insert_name(tx, &name)).await) }
    });
    let unblocking = async { unblock.send(()).unwrap() };
    let (dangling, neighbours, ()) = tokio::join!(dangling, futures_util::future::join_all(neighbours), unblocking);
    let _ = blocking.await.unwrap();
    assert!(dangling.is_err());
    let succeeded: Vec<String> =
        neighbours.into_iter().filter_map(|(name, outcome)| outcome.is_ok().then_some(name)).collect();
    assert_eq!(list_names(db).await, succeeded, "results match the committed rows");
    db.write::<_, db::Error, _>(|tx| insert_name(tx, "next")).await.unwrap();
    assert!(list_names(db).await.contains(&"next".to_owned()), "the writer continues");
}

#[actix_web::test]
async fn a_commit_is_counted_although_its_caller_was_dropped() {
    let world = World::empty().await;
    let db = &world.app.state.db;
    let seen = db.commits();
    // Polled once and then dropped.
    let left = db.write::<_, db::Error, _>(|tx| {
        std::thread::sleep(Duration::from_millis(50));
        insert_name(tx, "left")
    });
    assert!(left.now_or_never().is_none());
    let waiting_db = db.clone();
    let waiting = tokio::task::spawn_blocking(move || waiting_db.wait_for_commit(seen, Duration::from_secs(20)));
    waiting.await.unwrap();
    assert!(db.commits() > seen);
    assert_eq!(list_names(db).await, ["left"]);
}

#[actix_web::test]
async fn a_failed_write_is_not_counted_as_a_commit() {
    let world = World::empty().await;
    let db = &world.app.state.db;
    db.write::<_, db::Error, _>(|tx| insert_name(tx, "taken")).await.unwrap();
    let seen = db.commits();
    db.write::<_, db::Error, _>(|tx| insert_name(tx, "taken")).await.unwrap_err();
    assert_eq!(db.commits(), seen);
}
