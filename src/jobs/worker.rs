//! The worker threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use super::registry::JobRegistry;
use crate::db::Db;
use crate::kernel::Clock;

/// How long a thread waits without a local commit; another instance may have enqueued work.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// The minimum pause between rounds, so that a busy database is not queried after every commit.
const MIN_PAUSE: Duration = Duration::from_millis(50);
/// Jobs that run before periodic tasks are checked again.
const JOBS_PER_ROUND: usize = 64;

/// The worker threads: one for periodic tasks and jobs, and one for each poller, so that a slow mail server delays
/// nothing else.
#[derive(Debug)]
pub struct Worker {
    db: Db,
    stopping: Arc<AtomicBool>,
    ended: Receiver<()>,
    threads: usize,
}

impl Worker {
    /// Starts the threads.
    pub fn start(registry: &JobRegistry, db: &Db, clock: &Clock) -> std::io::Result<Self> {
        let (end, ended) = channel();
        let mut worker = Worker { db: db.clone(), stopping: Arc::default(), ended, threads: 0 };
        let shared = registry.clone();
        worker.spawn("jobs", &end, clock, move |db, now| {
            let tasks = shared.run_periodic_tasks(db, now).processed;
            tasks.saturating_add(shared.run_jobs(db, now, JOBS_PER_ROUND).processed)
        })?;
        for poller in registry.pollers().to_vec() {
            worker.spawn(poller.name, &end, clock, move |db, now| poller.run_once(db, now).processed)?;
        }
        Ok(worker)
    }

    fn spawn(
        &mut self,
        name: &str,
        end: &Sender<()>,
        clock: &Clock,
        round: impl Fn(&Db, crate::kernel::Instant) -> usize + Send + 'static,
    ) -> std::io::Result<()> {
        let (db, clock, stopping, end) = (self.db.clone(), clock.clone(), Arc::clone(&self.stopping), end.clone());
        std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            while !stopping.load(Ordering::SeqCst) {
                let seen = db.commits();
                if round(&db, clock.now()) == 0 && !stopping.load(Ordering::SeqCst) {
                    std::thread::sleep(MIN_PAUSE);
                    db.wait_for_commit(seen, POLL_INTERVAL);
                }
            }
            let _ = end.send(());
        })?;
        self.threads = self.threads.saturating_add(1);
        Ok(())
    }

    /// Stops the threads after the work that is running, and waits for them up to the timeout. Unfinished work runs
    /// again elsewhere when its lease expires. Returns whether all threads have stopped.
    pub fn stop(self, timeout: Duration) -> bool {
        self.request_stop();
        let start = std::time::Instant::now();
        (0..self.threads).all(|_| self.ended.recv_timeout(timeout.saturating_sub(start.elapsed())).is_ok())
    }

    fn request_stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.db.wake_waiters();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.request_stop();
    }
}
