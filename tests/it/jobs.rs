//! Background work: jobs are neither lost nor run twice, and missed runs of periodic tasks are made up once.

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

/// A counting handler and its count.
fn counting_handler(kind: &'static str) -> (Handler, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let handler = Handler::new(kind, move |_, _, _| {
        counted.fetch_add(1, Ordering::SeqCst);
        Ok(())
    });
    (handler, count)
}

async fn enqueue_job(world: &World, job: Job) -> bool {
    let now = world.clock.now();
    world.app.state.db.write::<_, db::Error, _>(move |tx| enqueue(tx, now, &job)).await.unwrap()
}

/// Records one event per run.
fn record_run(db: &Db, now: Instant) -> Result<usize, TaskError> {
    let id: AccountId = Entropy::System.id(now);
    db.write_blocking::<_, db::Error, _>(move |tx| record(tx, now, &Event::new("test.ran", id)))?;
    Ok(1)
}

async fn count_runs(world: &World) -> i64 {
    world.app.state.db.read::<_, db::Error, _>(|conn| Ok(events::table.count().get_result(conn)?)).await.unwrap()
}

#[actix_web::test]
async fn a_job_of_a_failed_transaction_never_runs() {
    let world = World::empty().await;
    let (handler, count) = counting_handler("test.knock");
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
    assert_eq!(world.run_registry(&JobRegistry::new().add_handler(handler)).await.processed, 0);
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

#[actix_web::test]
async fn a_job_gets_its_payload_and_runs_once() {
    let world = World::empty().await;
    let payloads = Arc::new(std::sync::Mutex::new(Vec::new()));
    let received = Arc::clone(&payloads);
    let registry = JobRegistry::new().add_handler(Handler::new("test.tell", move |_, _, payload| {
        received.lock().unwrap().push(payload.read::<String>()?);
        Ok(())
    }));
    assert!(enqueue_job(&world, Job::new("test.tell", "pastel")).await);
    assert_eq!(world.run_registry(&registry).await.processed, 1);
    assert_eq!(world.run_registry(&registry).await.processed, 0);
    assert_eq!(*payloads.lock().unwrap(), ["pastel"]);
}

#[actix_web::test]
async fn a_unique_job_is_pending_once_and_can_be_enqueued_again_when_finished() {
    let world = World::empty().await;
    let (handler, count) = counting_handler("test.knock");
    let registry = JobRegistry::new().add_handler(handler);
    assert!(enqueue_job(&world, Job::new("test.knock", &1).unique("door")).await);
    assert!(!enqueue_job(&world, Job::new("test.knock", &2).unique("door")).await);
    assert!(enqueue_job(&world, Job::new("test.knock", &3).unique("window")).await);
    world.run_registry(&registry).await;
    assert_eq!(count.load(Ordering::SeqCst), 2);
    assert!(enqueue_job(&world, Job::new("test.knock", &4).unique("door")).await);
    world.run_registry(&registry).await;
    assert_eq!(count.load(Ordering::SeqCst), 3);
}

#[actix_web::test]
async fn a_delayed_job_waits_for_its_time() {
    let world = World::empty().await;
    let (handler, count) = counting_handler("test.knock");
    let registry = JobRegistry::new().add_handler(handler);
    let later = world.clock.now().after(Duration::hours(1));
    enqueue_job(&world, Job::new("test.knock", &1).not_before(later)).await;
    assert_eq!(world.run_registry(&registry).await.processed, 0);
    world.clock.advance(Duration::hours(1));
    assert_eq!(world.run_registry(&registry).await.processed, 1);
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[actix_web::test]
async fn eight_concurrent_workers_run_forty_jobs_once_each() {
    let world = World::empty().await;
    let (handler, count) = counting_handler("test.knock");
    let registry = JobRegistry::new().add_handler(handler);
    for number in 0..40 {
        enqueue_job(&world, Job::new("test.knock", &number)).await;
    }
    let all = futures_util::future::join_all((0..8).map(|_| world.run_registry(&registry))).await;
    assert_eq!(all.iter().map(|report| report.processed).sum::<usize>(), 40);
    assert!(all.iter().all(|report| report.failures.is_empty()), "{all:?}");
    assert_eq!(count.load(Ordering::SeqCst), 40);
}

#[actix_web::test]
async fn failing_and_panicking_jobs_back_off_and_are_given_up_after_ten_attempts() {
    let world = World::empty().await;
    let attempts = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&attempts);
    let registry = JobRegistry::new().add_handler(Handler::new("test.fail", move |_, _, _| {
        if counter.fetch_add(1, Ordering::SeqCst).is_multiple_of(2) {
            Err("no luck".into())
        } else {
            panic!("worse luck")
        }
    }));
    enqueue_job(&world, Job::new("test.fail", &1)).await;
    let report = world.run_registry(&registry).await;
    assert_eq!(report.failures, ["test.fail: no luck"]);
    assert!(world.run_registry(&registry).await.failures.is_empty(), "it rests");
    world.clock.advance(Duration::seconds(30));
    assert_eq!(world.run_registry(&registry).await.failures, ["test.fail: it panicked"]);
    world.clock.advance(Duration::seconds(30));
    assert!(world.run_registry(&registry).await.failures.is_empty(), "it rests longer");
    for _ in 0..20 {
        world.clock.advance(Duration::hours(6));
        world.run_registry(&registry).await;
    }
    assert_eq!(attempts.load(Ordering::SeqCst), 10);
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
async fn a_job_of_a_dead_worker_runs_again_after_its_lease() {
    let world = World::empty().await;
    let (handler, count) = counting_handler("test.knock");
    let registry = JobRegistry::new().add_handler(handler);
    enqueue_job(&world, Job::new("test.knock", &1)).await;
    // The row as a crashed worker leaves it.
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
    assert_eq!(world.run_registry(&registry).await.processed, 0);
    world.clock.advance(Duration::minutes(5));
    assert_eq!(world.run_registry(&registry).await.processed, 1);
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[actix_web::test]
async fn concurrent_schedulers_run_a_periodic_task_once() {
    let world = World::empty().await;
    let registry = JobRegistry::new().add_periodic_tasks([PeriodicTask {
        name: "test.trace",
        every: Duration::hours(1),
        run: record_run,
    }]);
    for run in 1..=3 {
        let all = futures_util::future::join_all((0..8).map(|_| world.run_registry(&registry))).await;
        assert!(all.iter().all(|report| report.failures.is_empty()), "{all:?}");
        assert_eq!(count_runs(&world).await, run);
        world.clock.advance(Duration::hours(1));
    }
}

#[actix_web::test]
async fn missed_runs_are_made_up_once_and_the_interval_stays() {
    let world = World::empty().await;
    let registry = JobRegistry::new().add_periodic_tasks([PeriodicTask {
        name: "test.trace",
        every: Duration::hours(1),
        run: record_run,
    }]);
    world.run_registry(&registry).await;
    world.clock.advance(Duration::minutes(59));
    world.run_registry(&registry).await;
    assert_eq!(count_runs(&world).await, 1, "it is not due");
    world.clock.advance(Duration::days(2));
    world.run_registry(&registry).await;
    world.run_registry(&registry).await;
    assert_eq!(count_runs(&world).await, 2);
    world.clock.advance(Duration::hours(1));
    world.run_registry(&registry).await;
    assert_eq!(count_runs(&world).await, 3);
}

fn always_fail(_: &Db, _: Instant) -> Result<usize, TaskError> {
    Err("not today".into())
}

#[actix_web::test]
async fn a_failing_periodic_task_is_retried_after_a_minute_and_blocks_no_other() {
    let world = World::empty().await;
    let registry = JobRegistry::new().add_periodic_tasks([
        PeriodicTask { name: "test.fail", every: Duration::days(1), run: always_fail },
        PeriodicTask { name: "test.trace", every: Duration::days(1), run: record_run },
    ]);
    assert_eq!(world.run_registry(&registry).await.failures, ["test.fail: not today"]);
    assert_eq!(count_runs(&world).await, 1);
    assert!(world.run_registry(&registry).await.failures.is_empty());
    world.clock.advance(Duration::minutes(1));
    assert_eq!(world.run_registry(&registry).await.failures, ["test.fail: not today"]);
    assert_eq!(count_runs(&world).await, 1);
}

#[actix_web::test]
async fn the_worker_wakes_up_on_a_commit_and_stops_on_request() {
    let world = World::empty().await;
    let (handler, count) = counting_handler("test.knock");
    let registry = JobRegistry::new().add_handler(handler);
    let worker = Worker::start(&registry, &world.app.state.db, &Clock::fixed_at(world.clock.now())).unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let start = std::time::Instant::now();
    enqueue_job(&world, Job::new("test.knock", &1)).await;
    while count.load(Ordering::SeqCst) == 0 {
        assert!(start.elapsed() < std::time::Duration::from_secs(5), "the job does not run");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert!(worker.stop(std::time::Duration::from_secs(10)));
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[actix_web::test]
#[should_panic(expected = "the test left work undone")]
async fn a_test_that_leaves_a_due_job_undone_fails() {
    let world = World::empty().await;
    enqueue_job(&world, Job::new("test.forgotten", &1)).await;
}

#[actix_web::test]
async fn idempotency_keys_are_deleted_after_thirty_days() {
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
    let count_keys = || async {
        db.read::<_, db::Error, _>(|conn| Ok(idempotency_keys::table.count().get_result::<i64>(conn)?)).await.unwrap()
    };
    world.work().await;
    world.clock.advance(Duration::days(30));
    world.work().await;
    assert_eq!(count_keys().await, 1);
    world.clock.advance(Duration::hours(1));
    world.work().await;
    assert_eq!(count_keys().await, 0);
}
