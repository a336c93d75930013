//! The registry of background work: periodic tasks, job handlers and pollers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::job::Handler;
use super::periodic_task::{PeriodicTask, TaskError};
use super::store::{self, ClaimedJob};
use crate::db::{self, Db};
use crate::kernel::{Duration, Instant};

/// How long a run of a task is reserved; after that it is due again, because its process has probably died.
const LEASE: Duration = Duration::minutes(5);
/// The longest delay before a failed task is retried.
const MAX_RETRY_DELAY: Duration = Duration::minutes(1);
/// Rounds after which work that causes more work is taken for an endless loop.
const MAX_ROUNDS: usize = 10_000;

/// Jobs per round of handlers with their own thread.
const JOBS_PER_ROUND: usize = 16;

type WorkFn = Arc<dyn Fn(&Db, Instant) -> RunReport + Send + Sync>;

/// Work with its own queue and thread, called in every round.
#[derive(Clone)]
pub(super) struct Poller {
    pub(super) name: &'static str,
    run: WorkFn,
}

/// All background work of the program.
#[derive(Clone, Default)]
pub struct JobRegistry {
    periodic_tasks: Vec<PeriodicTask>,
    handlers: Vec<Handler>,
    pollers: Vec<Poller>,
}

/// The result of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunReport {
    /// The number of processed items.
    pub processed: usize,
    /// Failures, by name and cause; they are retried later.
    pub failures: Vec<String>,
}

impl RunReport {
    fn add_outcome(&mut self, name: &str, outcome: Result<usize, TaskError>) {
        match outcome {
            Ok(processed) => self.processed = self.processed.saturating_add(processed),
            Err(error) => {
                let cause = format_causes(&*error);
                tracing::error!(work = name, %cause, "work failed");
                self.failures.push(format!("{name}: {cause}"));
            }
        }
    }

    fn add(&mut self, other: RunReport) {
        self.processed = self.processed.saturating_add(other.processed);
        self.failures.extend(other.failures);
    }
}

impl JobRegistry {
    /// An empty registry.
    pub fn new() -> Self {
        JobRegistry::default()
    }

    /// Registers periodic tasks.
    #[must_use]
    pub fn add_periodic_tasks(mut self, periodic_tasks: impl IntoIterator<Item = PeriodicTask>) -> Self {
        self.periodic_tasks.extend(periodic_tasks);
        self
    }

    /// Registers the handler of one kind of jobs.
    #[must_use]
    pub fn add_handler(mut self, handler: Handler) -> Self {
        self.handlers.push(handler);
        self
    }

    /// Registers work with its own queue and thread. `run` is called often: it checks with a read whether there is
    /// anything to do, processes a part of it, and returns the number of processed items.
    #[must_use]
    pub fn add_poller(
        mut self,
        name: &'static str,
        run: impl Fn(&Db, Instant) -> Result<usize, TaskError> + Send + Sync + 'static,
    ) -> Self {
        let run = move |db: &Db, now: Instant| {
            let mut report = RunReport::default();
            report.add_outcome(name, catch_panic(|| run(db, now)));
            report
        };
        self.pollers.push(Poller { name, run: Arc::new(run) });
        self
    }

    /// Registers handlers that share a thread of their own, because they wait for external services.
    #[must_use]
    pub fn on_own_thread(mut self, name: &'static str, handlers: Vec<Handler>) -> Self {
        let registry = JobRegistry { handlers, ..JobRegistry::default() };
        self.pollers.push(Poller { name, run: Arc::new(move |db, now| registry.run_jobs(db, now, JOBS_PER_ROUND)) });
        self
    }

    pub(super) fn pollers(&self) -> &[Poller] {
        &self.pollers
    }

    /// Runs everything that is due, and the work that this causes, until nothing is left. Blocks.
    pub fn run_due(&self, db: &Db, now: Instant) -> RunReport {
        let mut all = RunReport::default();
        for _ in 0..MAX_ROUNDS {
            let mut round = self.run_periodic_tasks(db, now);
            round.add(self.run_jobs(db, now, usize::MAX));
            for poller in &self.pollers {
                round.add(poller.run_once(db, now));
            }
            let finished = round.processed == 0;
            all.add(round);
            if finished {
                return all;
            }
        }
        all.failures.push("work causes more work without end".into());
        all
    }

    /// Runs the periodic tasks that are due.
    pub(super) fn run_periodic_tasks(&self, db: &Db, now: Instant) -> RunReport {
        let mut report = RunReport::default();
        let next_runs = match db.read_blocking::<_, db::Error>(store::list_next_runs) {
            Ok(next_runs) => next_runs,
            Err(error) => {
                report.add_outcome("schedule", Err(error.into()));
                return report;
            }
        };
        for task in &self.periodic_tasks {
            let due = next_runs.get(task.name).copied();
            if due.is_none_or(|due| due <= now) {
                report.add_outcome(task.name, claim_and_run(db, now, *task, due));
            }
        }
        report
    }

    /// Runs due jobs, at most `limit`.
    pub(super) fn run_jobs(&self, db: &Db, now: Instant, limit: usize) -> RunReport {
        let mut report = RunReport::default();
        let kinds: Vec<&'static str> = self.handlers.iter().map(|handler| handler.kind).collect();
        if kinds.is_empty() {
            return report;
        }
        for _ in 0..limit {
            let wanted_kinds = kinds.clone();
            match db.read_blocking::<_, db::Error>(|conn| store::has_due_job(conn, &wanted_kinds, now)) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    report.add_outcome("jobs", Err(error.into()));
                    break;
                }
            }
            let wanted_kinds = kinds.clone();
            match db.write_blocking::<_, db::Error, _>(move |tx| store::claim(tx, &wanted_kinds, now)) {
                Ok(Some(job)) => {
                    let name = job.kind.clone();
                    report.add_outcome(&name, self.run_job(db, now, &job));
                }
                Ok(None) => break,
                Err(error) => {
                    report.add_outcome("jobs", Err(error.into()));
                    break;
                }
            }
        }
        report
    }

    fn run_job(&self, db: &Db, now: Instant, job: &ClaimedJob) -> Result<usize, TaskError> {
        let (id, attempt) = (job.id, job.attempt);
        let Some(handler) = self.handlers.iter().find(|handler| handler.kind == job.kind) else { return Ok(0) };
        match catch_panic(|| (handler.run)(db, now, &job.payload)) {
            Ok(()) => {
                db.write_blocking::<_, db::Error, _>(move |tx| store::finish(tx, now, id, attempt))?;
                Ok(1)
            }
            Err(error) => {
                let cause = format_causes(&*error);
                let has_given_up =
                    db.write_blocking::<_, db::Error, _>(move |tx| store::fail(tx, now, id, attempt, &cause))?;
                if has_given_up {
                    tracing::error!(job = %id, kind = job.kind, "a job is given up");
                }
                Err(error)
            }
        }
    }
}

impl Poller {
    pub(super) fn run_once(&self, db: &Db, now: Instant) -> RunReport {
        (self.run)(db, now)
    }
}

/// Runs the task, unless another instance has claimed this run.
fn claim_and_run(db: &Db, now: Instant, task: PeriodicTask, due: Option<Instant>) -> Result<usize, TaskError> {
    let lease_end = now.after(LEASE);
    if !db.write_blocking::<_, db::Error, _>(move |tx| store::move_next_run(tx, task.name, due, lease_end))? {
        return Ok(0);
    }
    let outcome = catch_panic(|| (task.run)(db, now));
    let next = match &outcome {
        // It keeps its interval, but missed runs are not repeated.
        Ok(_) => due.map(|due| due.after(task.every)).filter(|next| *next > now).unwrap_or(now.after(task.every)),
        Err(_) => now.after(task.every.min(MAX_RETRY_DELAY)),
    };
    db.write_blocking::<_, db::Error, _>(move |tx| store::move_next_run(tx, task.name, Some(lease_end), next))?;
    outcome
}

/// Turns a panic into an error, so that other work continues.
fn catch_panic<T>(work: impl FnOnce() -> Result<T, TaskError>) -> Result<T, TaskError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err("it panicked".into()))
}

/// The error's message with those of all its causes.
fn format_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

impl std::fmt::Debug for JobRegistry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JobRegistry")
            .field("periodic_tasks", &self.periodic_tasks.iter().map(|task| task.name).collect::<Vec<_>>())
            .field("handlers", &self.handlers)
            .field("pollers", &self.pollers.iter().map(|poller| poller.name).collect::<Vec<_>>())
            .finish()
    }
}
