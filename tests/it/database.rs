//! The two doors to the database, and the log behind them.

use diesel::prelude::*;
use lumbung::db::schema::events;
use lumbung::db::{self, Db};
use lumbung::events::{Event, after, record, stamp};
use lumbung::kernel::ids::AccountId;
use lumbung::kernel::{Entropy, Instant};

use crate::world::World;

fn event() -> Event {
    let id: AccountId = Entropy::System.id(Instant::EPOCH);
    Event::new("test.happened", id)
}

async fn count(db: &Db) -> i64 {
    db.read::<_, db::Error, _>(|conn| Ok(events::table.count().get_result(conn)?)).await.unwrap()
}

#[actix_web::test]
async fn a_write_that_fails_leaves_nothing_behind() {
    let world = World::empty().await;
    let db = &world.app.site.db;
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
    let db = &world.app.site.db;
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
    let db = &world.app.site.db;
    let tried: Result<usize, db::Error> = db.read(|conn| Ok(diesel::delete(events::table).execute(conn)?)).await;
    assert!(tried.is_err());
}

#[actix_web::test]
async fn many_writers_at_once_all_succeed_and_their_events_are_numbered_without_gaps() {
    let world = World::empty().await;
    let db = world.app.site.db.clone();
    let writers = (0..64).map(|_| {
        let db = db.clone();
        async move { db.write::<_, db::Error, _>(|tx| record(tx, Instant::EPOCH, &event())).await }
    });
    for outcome in futures_util::future::join_all(writers).await {
        outcome.unwrap();
    }
    db.write::<_, db::Error, _>(stamp).await.unwrap();
    let log = db.read::<_, db::Error, _>(|conn| after(conn, 0, None, 100)).await.unwrap();
    assert_eq!(log.iter().map(|event| event.seq).collect::<Vec<_>>(), (1..=64).collect::<Vec<_>>());
}

#[actix_web::test]
async fn a_write_can_open_a_transaction_within_its_own() {
    let world = World::empty().await;
    let db = &world.app.site.db;
    let half: Result<(), db::Error> = db
        .write(|tx| {
            let kept = tx.transaction::<_, diesel::result::Error, _>(|conn| {
                diesel::update(events::table).set(events::kind.eq("x")).execute(conn)
            });
            kept?;
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
