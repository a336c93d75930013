//! All the work of the program, and doing what is due of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::job::Handler;
use super::periodic_task::{PeriodicTask, TaskError};
use super::store::{self, Claimed};
use crate::db::{self, Db};
use crate::kernel::{Duration, Instant};

/// How long a chore's turn is held while it runs; it comes round again when nobody said that it was done.
const TURN: Duration = Duration::minutes(5);
/// How soon a chore that failed is tried again, at the latest.
const AGAIN: Duration = Duration::minutes(1);
/// Rounds after which work that causes work is taken for a circle.
const ROUNDS: usize = 10_000;

/// How many jobs that are done apart are done in a round.
const JOBS_APART: usize = 16;

type Run = Arc<dyn Fn(&Db, Instant) -> Done + Send + Sync>;

/// Work with a queue of its own, asked at every round. It looks by a read whether there is anything to do, does a
/// part of it, and tells how much.
#[derive(Clone)]
pub(super) struct Poller {
    pub(super) name: &'static str,
    run: Run,
}

/// All the work of the program.
#[derive(Clone, Default)]
pub struct JobRegistry {
    periodic_tasks: Vec<PeriodicTask>,
    handlers: Vec<Handler>,
    errands: Vec<Poller>,
}

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// How many pieces of work.
    pub pieces: usize,
    /// What failed, by name and cause; it is tried again later.
    pub failures: Vec<String>,
}

impl Done {
    fn note(&mut self, name: &str, outcome: Result<usize, TaskError>) {
        match outcome {
            Ok(pieces) => self.pieces = self.pieces.saturating_add(pieces),
            Err(error) => {
                let cause = with_causes(&*error);
                tracing::error!(work = name, %cause, "work failed");
                self.failures.push(format!("{name}: {cause}"));
            }
        }
    }

    fn add(&mut self, other: Done) {
        self.pieces = self.pieces.saturating_add(other.pieces);
        self.failures.extend(other.failures);
    }
}

impl JobRegistry {
    /// Nothing to do yet.
    pub fn new() -> Self {
        JobRegistry::default()
    }

    /// With these chores.
    #[must_use]
    pub fn periodic_tasks(mut self, periodic_tasks: impl IntoIterator<Item = PeriodicTask>) -> Self {
        self.periodic_tasks.extend(periodic_tasks);
        self
    }

    /// With somebody who does the jobs of one kind.
    #[must_use]
    pub fn handler(mut self, handler: Handler) -> Self {
        self.handlers.push(handler);
        self
    }

    /// With work that has a queue of its own: asked often, it looks by a read whether there is anything to do,
    /// does a part of it, and tells how much.
    #[must_use]
    pub fn poller(
        mut self,
        name: &'static str,
        run: impl Fn(&Db, Instant) -> Result<usize, TaskError> + Send + Sync + 'static,
    ) -> Self {
        let run = move |db: &Db, now: Instant| {
            let mut done = Done::default();
            done.note(name, guarded(|| run(db, now)));
            done
        };
        self.errands.push(Poller { name, run: Arc::new(run) });
        self
    }

    /// With people who do their jobs apart, because these wait for machines of others: nothing else waits for them.
    #[must_use]
    pub fn on_own_thread(mut self, name: &'static str, handlers: Vec<Handler>) -> Self {
        let apart = JobRegistry { handlers, ..JobRegistry::default() };
        self.errands.push(Poller { name, run: Arc::new(move |db, now| apart.run_jobs(db, now, JOBS_APART)) });
        self
    }

    pub(super) fn errands(&self) -> &[Poller] {
        &self.errands
    }

    /// Does everything that is due at this moment, also what that causes, until nothing is left. It blocks.
    pub fn run_due(&self, db: &Db, now: Instant) -> Done {
        let mut all = Done::default();
        for _ in 0..ROUNDS {
            let mut round = self.run_chores(db, now);
            round.add(self.run_jobs(db, now, usize::MAX));
            for poller in &self.errands {
                round.add(poller.run_once(db, now));
            }
            let finished = round.pieces == 0;
            all.add(round);
            if finished {
                return all;
            }
        }
        all.failures.push("work causes work without an end".into());
        all
    }

    /// Does the chores whose turn has come.
    pub(super) fn run_chores(&self, db: &Db, now: Instant) -> Done {
        let mut done = Done::default();
        let turns = match db.read_blocking::<_, db::Error>(store::turns) {
            Ok(turns) => turns,
            Err(error) => {
                done.note("schedule", Err(error.into()));
                return done;
            }
        };
        for task in &self.periodic_tasks {
            let due = turns.get(task.name).copied();
            if due.is_none_or(|due| due <= now) {
                done.note(task.name, take_and_run(db, now, *task, due));
            }
        }
        done
    }

    /// Does jobs that are due, at most so many.
    pub(super) fn run_jobs(&self, db: &Db, now: Instant, at_most: usize) -> Done {
        let mut done = Done::default();
        let kinds: Vec<&'static str> = self.handlers.iter().map(|handler| handler.kind).collect();
        if kinds.is_empty() {
            return done;
        }
        for _ in 0..at_most {
            let asked = kinds.clone();
            match db.read_blocking::<_, db::Error>(|conn| store::is_one_due(conn, &asked, now)) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    done.note("jobs", Err(error.into()));
                    break;
                }
            }
            let asked = kinds.clone();
            match db.write_blocking::<_, db::Error, _>(move |tx| store::claim(tx, &asked, now)) {
                Ok(Some(job)) => {
                    let name = job.kind.clone();
                    done.note(&name, self.run_job(db, now, &job));
                }
                Ok(None) => break,
                Err(error) => {
                    done.note("jobs", Err(error.into()));
                    break;
                }
            }
        }
        done
    }

    fn run_job(&self, db: &Db, now: Instant, job: &Claimed) -> Result<usize, TaskError> {
        let (id, attempt) = (job.id, job.attempt);
        let Some(handler) = self.handlers.iter().find(|handler| handler.kind == job.kind) else { return Ok(0) };
        match guarded(|| (handler.run)(db, now, &job.payload)) {
            Ok(()) => {
                db.write_blocking::<_, db::Error, _>(move |tx| store::finish(tx, now, id, attempt))?;
                Ok(1)
            }
            Err(error) => {
                let cause = with_causes(&*error);
                let given_up =
                    db.write_blocking::<_, db::Error, _>(move |tx| store::fail(tx, now, id, attempt, &cause))?;
                if given_up {
                    tracing::error!(job = %id, kind = job.kind, "a job is given up");
                }
                Err(error)
            }
        }
    }
}

impl Poller {
    pub(super) fn run_once(&self, db: &Db, now: Instant) -> Done {
        (self.run)(db, now)
    }
}

/// Runs the chore, unless somebody else took its turn in the meantime.
fn take_and_run(db: &Db, now: Instant, task: PeriodicTask, due: Option<Instant>) -> Result<usize, TaskError> {
    let held = now.after(TURN);
    if !db.write_blocking::<_, db::Error, _>(move |tx| store::take_turn(tx, task.name, due, held))? {
        return Ok(0);
    }
    let outcome = guarded(|| (task.run)(db, now));
    let next = match &outcome {
        // It keeps its rhythm, but does not run for every turn that was slept through.
        Ok(_) => due.map(|due| due.after(task.every)).filter(|next| *next > now).unwrap_or(now.after(task.every)),
        Err(_) => now.after(task.every.min(AGAIN)),
    };
    db.write_blocking::<_, db::Error, _>(move |tx| store::take_turn(tx, task.name, Some(held), next))?;
    outcome
}

/// A panic is an error like another: the other work goes on.
fn guarded<T>(work: impl FnOnce() -> Result<T, TaskError>) -> Result<T, TaskError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err("it panicked".into()))
}

/// An error with all its causes, for the log.
fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
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
        f.debug_struct("Workshop")
            .field("chores", &self.periodic_tasks.iter().map(|task| task.name).collect::<Vec<_>>())
            .field("handlers", &self.handlers)
            .field("errands", &self.errands.iter().map(|poller| poller.name).collect::<Vec<_>>())
            .finish()
    }
}
