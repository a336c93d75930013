//! Writes that share one commit on SQLite do each other no harm; on PostgreSQL each has its own, and it is the same.

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

/// Notes a line by name; the same name twice breaks a rule of the table.
fn note(conn: &mut db::Conn, name: &str) -> db::Result<()> {
    let row = (event_readers::name.eq(name), event_readers::seq.eq(1_i64));
    diesel::insert_into(event_readers::table).values(row).execute(conn)?;
    Ok(())
}

async fn noted(db: &Db) -> Vec<String> {
    db.read::<_, db::Error, _>(|conn| {
        Ok(event_readers::table.select(event_readers::name).order(event_readers::name).load(conn)?)
    })
    .await
    .unwrap()
}

/// Keeps the writer busy, so that what is written meanwhile waits and then goes together; told, it lets go.
async fn hold(db: &Db) -> (mpsc::Sender<()>, actix_web::rt::task::JoinHandle<db::Result<()>>) {
    let (let_go, told) = mpsc::channel::<()>();
    let (begun, is_begun) = tokio::sync::oneshot::channel();
    let (begun, told) = (std::sync::Mutex::new(Some(begun)), std::sync::Mutex::new(told));
    let db = db.clone();
    let holding = actix_web::rt::spawn(async move {
        db.write::<_, db::Error, _>(move |_| {
            if let Some(begun) = begun.lock().unwrap().take() {
                begun.send(()).unwrap();
                let _ = told.lock().unwrap().recv_timeout(Duration::from_secs(20));
            }
            Ok(())
        })
        .await
    });
    is_begun.await.unwrap();
    (let_go, holding)
}

#[actix_web::test]
async fn of_those_who_commit_together_only_who_fails_leaves_nothing() {
    let world = World::empty().await;
    let db = &world.app.state.db;
    db.write::<_, db::Error, _>(|tx| note(tx, "taken")).await.unwrap();
    let (let_go, holding) = hold(db).await;
    let before = db.write::<_, db::Error, _>(|tx| note(tx, "a"));
    let failing = db.write::<(), db::Error, _>(|tx| {
        note(tx, "fails")?;
        Err(db::Error::Busy)
    });
    let between = db.write::<_, db::Error, _>(|tx| note(tx, "b"));
    let violating = db.write::<_, db::Error, _>(|tx| {
        note(tx, "violates")?;
        note(tx, "taken")
    });
    let panicking = db.write::<(), db::Error, _>(|tx| {
        note(tx, "panics")?;
        std::panic::resume_unwind(Box::new("in the middle"));
    });
    let panicking_within = db.write::<(), db::Error, _>(|tx| {
        note(tx, "panics within")?;
        tx.transaction(|conn| -> diesel::QueryResult<()> {
            note(conn, "deeper").unwrap();
            std::panic::resume_unwind(Box::new("within a transaction of its own"))
        })?;
        Ok(())
    });
    let after = db.write::<_, db::Error, _>(|tx| note(tx, "c"));
    let letting_go = async { let_go.send(()).unwrap() };
    let (before, failing, between, violating, panicking, within, after, ()) =
        tokio::join!(before, failing, between, violating, panicking, panicking_within, after, letting_go);
    holding.await.unwrap().unwrap();
    assert!(before.is_ok() && between.is_ok() && after.is_ok(), "{before:?} {between:?} {after:?}");
    assert!(matches!(failing, Err(db::Error::Busy)), "{failing:?}");
    assert!(
        violating.is_err_and(
            |error| db::violated(&error, "event_readers", &["name"]) || matches!(error, db::Error::Query(_))
        )
    );
    assert!(matches!(panicking, Err(db::Error::Panicked)), "{panicking:?}");
    assert!(matches!(within, Err(db::Error::Panicked)), "{within:?}");
    assert_eq!(noted(db).await, ["a", "b", "c", "taken"]);
    db.write::<_, db::Error, _>(|tx| note(tx, "next")).await.unwrap();
    assert_eq!(noted(db).await.len(), 5, "the writer goes on");
}

#[actix_web::test]
async fn a_caller_who_no_longer_waits_changes_nothing_for_the_others() {
    let world = World::empty().await;
    let db = &world.app.state.db;
    let (let_go, holding) = hold(db).await;
    let mut impatient = Box::pin(db.write::<_, db::Error, _>(|tx| note(tx, "given away")));
    let patient = db.write::<_, db::Error, _>(|tx| note(tx, "waited for"));
    assert!((&mut impatient).now_or_never().is_none());
    drop(impatient);
    let_go.send(()).unwrap();
    patient.await.unwrap();
    holding.await.unwrap().unwrap();
    assert!(noted(db).await.contains(&"waited for".to_owned()));
}

#[actix_web::test]
async fn nobody_is_answered_before_the_commit() {
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
async fn a_commit_that_fails_is_an_error_to_all_of_its_group() {
    let world = World::empty().await;
    let db = &world.app.state.db;
    // A rule that is looked at only when all is done.
    let deferred = if world.database.is_postgres() {
        "CREATE TABLE cups (id BIGINT PRIMARY KEY); \
         CREATE TABLE teas (cup BIGINT REFERENCES cups DEFERRABLE INITIALLY DEFERRED)"
    } else {
        "CREATE TABLE cups (id INTEGER PRIMARY KEY); \
         CREATE TABLE teas (cup INTEGER REFERENCES cups DEFERRABLE INITIALLY DEFERRED)"
    };
    db.write::<_, db::Error, _>(|tx| Ok(tx.batch_execute(deferred)?)).await.unwrap();
    let (let_go, holding) = hold(db).await;
    let dangling = db.write::<_, db::Error, _>(|tx| Ok(tx.batch_execute("INSERT INTO teas VALUES (7)")?));
    let neighbours = (0..8).map(|number| {
        let name = format!("neighbour {number}");
        async move { (name.clone(), db.write::<_, db::Error, _>(move |tx| note(tx, &name)).await) }
    });
    let letting_go = async { let_go.send(()).unwrap() };
    let (dangling, neighbours, ()) = tokio::join!(dangling, futures_util::future::join_all(neighbours), letting_go);
    let _ = holding.await.unwrap();
    assert!(dangling.is_err());
    let told: Vec<String> =
        neighbours.into_iter().filter_map(|(name, outcome)| outcome.is_ok().then_some(name)).collect();
    assert_eq!(noted(db).await, told, "who was told that it is done, and what is done");
    db.write::<_, db::Error, _>(|tx| note(tx, "next")).await.unwrap();
    assert!(noted(db).await.contains(&"next".to_owned()), "the writer goes on");
}

#[actix_web::test]
async fn a_commit_is_heard_of_though_its_caller_went_away() {
    let world = World::empty().await;
    let db = &world.app.state.db;
    let seen = db.commits();
    // Asked for once, and then never again.
    let left = db.write::<_, db::Error, _>(|tx| {
        std::thread::sleep(Duration::from_millis(50));
        note(tx, "left")
    });
    assert!(left.now_or_never().is_none());
    let hearing = db.clone();
    let heard = tokio::task::spawn_blocking(move || hearing.wait_for_commit(seen, Duration::from_secs(20)));
    heard.await.unwrap();
    assert!(db.commits() > seen);
    assert_eq!(noted(db).await, ["left"]);
}

#[actix_web::test]
async fn a_write_that_fails_rings_no_bell() {
    let world = World::empty().await;
    let db = &world.app.state.db;
    db.write::<_, db::Error, _>(|tx| note(tx, "taken")).await.unwrap();
    let seen = db.commits();
    db.write::<_, db::Error, _>(|tx| note(tx, "taken")).await.unwrap_err();
    assert_eq!(db.commits(), seen);
}
