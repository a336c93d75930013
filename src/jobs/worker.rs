//! The worker: does what is due, from its start until it is told to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use super::registry::JobRegistry;
use crate::db::Db;
use crate::kernel::Clock;

/// How long a worker waits without hearing of a commit; another instance may have made work.
const POLL: Duration = Duration::from_secs(1);
/// The least pause between two rounds, so that a busy database is not asked after every commit.
const PAUSE: Duration = Duration::from_millis(50);
/// How many jobs are done before chores get their turn again.
const JOBS_A_ROUND: usize = 64;

/// Threads that do what is due: one for chores and jobs, one for each errand, so that a slow mail server delays
/// nothing else.
#[derive(Debug)]
pub struct Worker {
    db: Db,
    stopping: Arc<AtomicBool>,
    ended: Receiver<()>,
    threads: usize,
}

impl Worker {
    /// Starts working.
    pub fn start(registry: &JobRegistry, db: &Db, clock: &Clock) -> std::io::Result<Self> {
        let (end, ended) = channel();
        let mut worker = Worker { db: db.clone(), stopping: Arc::default(), ended, threads: 0 };
        let all = registry.clone();
        worker.spawn("chores", &end, clock, move |db, now| {
            let periodic_tasks = all.run_chores(db, now).pieces;
            periodic_tasks.saturating_add(all.run_jobs(db, now, JOBS_A_ROUND).pieces)
        })?;
        for poller in registry.errands().to_vec() {
            worker.spawn(poller.name, &end, clock, move |db, now| poller.run_once(db, now).pieces)?;
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
                    std::thread::sleep(PAUSE);
                    db.wait_for_commit(seen, POLL);
                }
            }
            let _ = end.send(());
        })?;
        self.threads = self.threads.saturating_add(1);
        Ok(())
    }

    /// Lets everyone finish what is begun, for at most so long; what is not finished then is done again elsewhere,
    /// after its lease. Tells whether all have stopped.
    pub fn stop(self, at_most: Duration) -> bool {
        self.tell_to_stop();
        let begun = std::time::Instant::now();
        (0..self.threads).all(|_| self.ended.recv_timeout(at_most.saturating_sub(begun.elapsed())).is_ok())
    }

    fn tell_to_stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.db.nudge();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.tell_to_stop();
    }
}
