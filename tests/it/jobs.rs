//! Work that is done later: nothing is lost, nothing is done twice, and a slept-through schedule catches up.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::prelude::*;
use lumbung::db::schema::{events, idempotency_keys, jobs as table};
use lumbung::db::{self, Db};
use lumbung::events::{Event, record};
use lumbung::jobs::{Handler, Job, JobRegistry, PeriodicTask, TaskError, Worker, enqueue};
use lumbung::kernel::ids::AccountId;
use lumbung::kernel::{Clock, Duration, Entropy, Instant};

use crate::world::World;

/// A handler that counts, and the count.
fn counting(kind: &'static str) -> (Handler, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let handler = Handler::new(kind, move |_, _, _| {
        counted.fetch_add(1, Ordering::SeqCst);
        Ok(())
    });
    (handler, count)
}

async fn wanted(world: &World, job: Job) -> bool {
    let now = world.clock.now();
    world.app.state.db.write::<_, db::Error, _>(move |tx| enqueue(tx, now, &job)).await.unwrap()
}

/// A chore's trace: one event a run.
fn leave_a_trace(db: &Db, now: Instant) -> Result<usize, TaskError> {
    let id: AccountId = Entropy::System.id(now);
    db.write_blocking::<_, db::Error, _>(move |tx| record(tx, now, &Event::new("test.ran", id)))?;
    Ok(1)
}

async fn traces(world: &World) -> i64 {
    world.app.state.db.read::<_, db::Error, _>(|conn| Ok(events::table.count().get_result(conn)?)).await.unwrap()
}

#[actix_web::test]
async fn a_job_of_a_transaction_that_failed_is_never_done() {
    let world = World::empty().await;
    let (handler, count) = counting("test.knock");
    let now = world.clock.now();
    let failed: Result<(), db::Error> = world
        .app
        .state
        .db
        .write(move |tx| {
            enqueue(tx, now, &Job::new("test.knock", &1))?;
            Err(db::Error::Busy)
        })
        .await;
    assert!(failed.is_err());
    assert_eq!(world.work_with(&JobRegistry::new().handler(handler)).await.pieces, 0);
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

#[actix_web::test]
async fn a_job_gets_what_it_was_given_and_is_done_once() {
    let world = World::empty().await;
    let heard = Arc::new(std::sync::Mutex::new(Vec::new()));
    let hears = Arc::clone(&heard);
    let registry = JobRegistry::new().handler(Handler::new("test.tell", move |_, _, payload| {
        hears.lock().unwrap().push(payload.read::<String>()?);
        Ok(())
    }));
    assert!(wanted(&world, Job::new("test.tell", "pastel")).await);
    assert_eq!(world.work_with(&registry).await.pieces, 1);
    assert_eq!(world.work_with(&registry).await.pieces, 0);
    assert_eq!(*heard.lock().unwrap(), ["pastel"]);
}

#[actix_web::test]
async fn a_unique_job_waits_only_once_and_may_be_wanted_again_when_done() {
    let world = World::empty().await;
    let (handler, count) = counting("test.knock");
    let registry = JobRegistry::new().handler(handler);
    assert!(wanted(&world, Job::new("test.knock", &1).unique("door")).await);
    assert!(!wanted(&world, Job::new("test.knock", &2).unique("door")).await);
    assert!(wanted(&world, Job::new("test.knock", &3).unique("window")).await);
    world.work_with(&registry).await;
    assert_eq!(count.load(Ordering::SeqCst), 2);
    assert!(wanted(&world, Job::new("test.knock", &4).unique("door")).await);
    world.work_with(&registry).await;
    assert_eq!(count.load(Ordering::SeqCst), 3);
}

#[actix_web::test]
async fn a_job_for_later_waits_for_its_time() {
    let world = World::empty().await;
    let (handler, count) = counting("test.knock");
    let registry = JobRegistry::new().handler(handler);
    let later = world.clock.now().after(Duration::hours(1));
    wanted(&world, Job::new("test.knock", &1).not_before(later)).await;
    assert_eq!(world.work_with(&registry).await.pieces, 0);
    world.clock.advance(Duration::hours(1));
    assert_eq!(world.work_with(&registry).await.pieces, 1);
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[actix_web::test]
async fn eight_workers_at_once_do_forty_jobs_once_each() {
    let world = World::empty().await;
    let (handler, count) = counting("test.knock");
    let registry = JobRegistry::new().handler(handler);
    for number in 0..40 {
        wanted(&world, Job::new("test.knock", &number)).await;
    }
    let all = futures_util::future::join_all((0..8).map(|_| world.work_with(&registry))).await;
    assert_eq!(all.iter().map(|done| done.pieces).sum::<usize>(), 40);
    assert!(all.iter().all(|done| done.failures.is_empty()), "{all:?}");
    assert_eq!(count.load(Ordering::SeqCst), 40);
}

#[actix_web::test]
async fn a_job_that_fails_or_panics_rests_longer_each_time_and_is_given_up_after_ten_tries() {
    let world = World::empty().await;
    let tries = Arc::new(AtomicUsize::new(0));
    let tried = Arc::clone(&tries);
    let registry = JobRegistry::new().handler(Handler::new("test.fail", move |_, _, _| {
        if tried.fetch_add(1, Ordering::SeqCst).is_multiple_of(2) {
            Err("no luck".into())
        } else {
            panic!("worse luck")
        }
    }));
    wanted(&world, Job::new("test.fail", &1)).await;
    let done = world.work_with(&registry).await;
    assert_eq!(done.failures, ["test.fail: no luck"]);
    assert!(world.work_with(&registry).await.failures.is_empty(), "it rests");
    world.clock.advance(Duration::seconds(30));
    assert_eq!(world.work_with(&registry).await.failures, ["test.fail: it panicked"]);
    world.clock.advance(Duration::seconds(30));
    assert!(world.work_with(&registry).await.failures.is_empty(), "it rests longer");
    for _ in 0..20 {
        world.clock.advance(Duration::hours(6));
        world.work_with(&registry).await;
    }
    assert_eq!(tries.load(Ordering::SeqCst), 10);
    let (failed_at, error): (Option<Instant>, Option<String>) = world
        .app
        .state
        .db
        .read::<_, db::Error, _>(|conn| Ok(table::table.select((table::failed_at, table::last_error)).first(conn)?))
        .await
        .unwrap();
    assert!(failed_at.is_some() && error.is_some());
}

#[actix_web::test]
async fn a_job_whose_worker_died_is_taken_over_when_its_lease_ends() {
    let world = World::empty().await;
    let (handler, count) = counting("test.knock");
    let registry = JobRegistry::new().handler(handler);
    wanted(&world, Job::new("test.knock", &1)).await;
    // As the row looks when a machine died in the middle of the work.
    let until = world.clock.now().after(Duration::minutes(5));
    world
        .app
        .state
        .db
        .write::<_, db::Error, _>(move |tx| {
            diesel::update(table::table)
                .set((table::attempts.eq(1), table::leased_until.eq(until)))
                .execute(&mut **tx)?;
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(world.work_with(&registry).await.pieces, 0);
    world.clock.advance(Duration::minutes(5));
    assert_eq!(world.work_with(&registry).await.pieces, 1);
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[actix_web::test]
async fn two_schedulers_at_once_run_a_chore_once() {
    let world = World::empty().await;
    let registry = JobRegistry::new().periodic_tasks([PeriodicTask {
        name: "test.trace",
        every: Duration::hours(1),
        run: leave_a_trace,
    }]);
    for turn in 1..=3 {
        let all = futures_util::future::join_all((0..8).map(|_| world.work_with(&registry))).await;
        assert!(all.iter().all(|done| done.failures.is_empty()), "{all:?}");
        assert_eq!(traces(&world).await, turn);
        world.clock.advance(Duration::hours(1));
    }
}

#[actix_web::test]
async fn a_schedule_that_slept_two_days_catches_up_with_one_run_and_keeps_its_rhythm() {
    let world = World::empty().await;
    let registry = JobRegistry::new().periodic_tasks([PeriodicTask {
        name: "test.trace",
        every: Duration::hours(1),
        run: leave_a_trace,
    }]);
    world.work_with(&registry).await;
    world.clock.advance(Duration::minutes(59));
    world.work_with(&registry).await;
    assert_eq!(traces(&world).await, 1, "its turn has not come");
    world.clock.advance(Duration::days(2));
    world.work_with(&registry).await;
    world.work_with(&registry).await;
    assert_eq!(traces(&world).await, 2);
    world.clock.advance(Duration::hours(1));
    world.work_with(&registry).await;
    assert_eq!(traces(&world).await, 3);
}

fn always_fail(_: &Db, _: Instant) -> Result<usize, TaskError> {
    Err("not today".into())
}

#[actix_web::test]
async fn a_chore_that_fails_is_tried_again_a_minute_later_and_stops_no_other() {
    let world = World::empty().await;
    let registry = JobRegistry::new().periodic_tasks([
        PeriodicTask { name: "test.fail", every: Duration::days(1), run: always_fail },
        PeriodicTask { name: "test.trace", every: Duration::days(1), run: leave_a_trace },
    ]);
    assert_eq!(world.work_with(&registry).await.failures, ["test.fail: not today"]);
    assert_eq!(traces(&world).await, 1);
    assert!(world.work_with(&registry).await.failures.is_empty());
    world.clock.advance(Duration::minutes(1));
    assert_eq!(world.work_with(&registry).await.failures, ["test.fail: not today"]);
    assert_eq!(traces(&world).await, 1);
}

#[actix_web::test]
async fn the_worker_hears_of_a_commit_at_once_and_stops_when_told() {
    let world = World::empty().await;
    let (handler, count) = counting("test.knock");
    let registry = JobRegistry::new().handler(handler);
    let worker = Worker::start(&registry, &world.app.state.db, &Clock::standing_at(world.clock.now())).unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let begun = std::time::Instant::now();
    wanted(&world, Job::new("test.knock", &1)).await;
    while count.load(Ordering::SeqCst) == 0 {
        assert!(begun.elapsed() < std::time::Duration::from_secs(5), "nobody does the job");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert!(worker.stop(std::time::Duration::from_secs(10)));
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[actix_web::test]
#[should_panic(expected = "the test left work undone")]
async fn a_test_that_leaves_a_due_job_undone_fails() {
    let world = World::empty().await;
    wanted(&world, Job::new("test.forgotten", &1)).await;
}

#[actix_web::test]
async fn keys_are_forgotten_after_thirty_days_and_not_before() {
    let world = World::empty().await;
    let now = world.clock.now();
    let db = world.app.state.db.clone();
    db.write::<_, db::Error, _>(move |tx| {
        use idempotency_keys::dsl;
        diesel::insert_into(dsl::idempotency_keys)
            .values((
                dsl::scope.eq("guest"),
                dsl::route.eq("POST /v1/orders"),
                dsl::key.eq("0123456789abcdef"),
                dsl::fingerprint.eq(vec![1_u8]),
                dsl::created_at.eq(now),
            ))
            .execute(&mut **tx)?;
        Ok(())
    })
    .await
    .unwrap();
    let kept = || async {
        db.read::<_, db::Error, _>(|conn| Ok(idempotency_keys::table.count().get_result::<i64>(conn)?)).await.unwrap()
    };
    world.work().await;
    world.clock.advance(Duration::days(30));
    world.work().await;
    assert_eq!(kept().await, 1);
    world.clock.advance(Duration::hours(1));
    world.work().await;
    assert_eq!(kept().await, 0);
}
