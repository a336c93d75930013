//! The single SQLite writer behind a fair queue, with group commit.
//!
//! With eight writers contending for the file the longest wait was 2.4 s, with one behind a queue 0.05 s. The writer
//! takes the waiting work, runs each piece in its own savepoint inside one `BEGIN IMMEDIATE`, commits once, and then
//! sends all results.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use diesel::Connection;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager, TransactionManagerStatus};

use super::commit_signal::CommitSignal;
use super::{Conn, Error, Result, Tx, WriteWork};
use crate::kernel::Entropy;

type Manager = <Conn as Connection>::TransactionManager;

const MAX_WRITES_PER_COMMIT: usize = 64;
/// How long further writes join a commit, so that its first write does not wait long.
const MAX_COMMIT_DELAY: Duration = Duration::from_millis(20);
/// Waiting writes; further ones fail with [`Error::Busy`].
const QUEUE_CAPACITY: usize = 4096;

/// Sends the result to the caller, given the result of the commit.
type Reply = Box<dyn FnOnce(Result<()>) + Send>;
/// Runs the work in the open transaction; given an error instead of a connection, it only replies with it.
type Work = Box<dyn FnOnce(Result<&mut Conn>, &Entropy) -> WorkOutcome + Send>;

/// The outcome of a piece of work, before the commit.
struct WorkOutcome {
    reply: Reply,
    /// Whether it succeeded, so that there is something to commit.
    succeeded: bool,
    /// Why the open transaction can no longer be used, if so.
    fatal_error: Option<String>,
}

pub(super) struct Writer {
    /// `None` once it is closing.
    queue: Option<SyncSender<Work>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the writer thread.
    pub(super) fn start(conn: Conn, entropy: Entropy, commit_signal: Arc<CommitSignal>) -> Result<Self> {
        let (queue, receiver) = sync_channel(QUEUE_CAPACITY);
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || run_writer(conn, &entropy, &commit_signal, &receiver))
            .map_err(Error::StartThread)?;
        Ok(Writer { queue: Some(queue), thread: Some(thread) })
    }

    /// Queues the work; `on_done` gets the result after the commit.
    pub(super) fn submit<T, E>(
        &self,
        work: WriteWork<T, E>,
        on_done: impl FnOnce(std::result::Result<T, E>) + Send + 'static,
    ) -> Result<()>
    where
        T: Send + 'static,
        E: std::error::Error + From<Error> + Send + 'static,
    {
        let span = tracing::Span::current();
        let work: Work = Box::new(move |conn, entropy| {
            let (outcome, fatal_error) = match conn {
                Ok(conn) => span.in_scope(|| in_savepoint(conn, entropy, &work)),
                Err(error) => (Err(error.into()), None),
            };
            let succeeded = outcome.is_ok();
            let reply: Reply = Box::new(move |committed| {
                on_done(match committed {
                    Ok(()) => outcome,
                    Err(error) => outcome.and(Err(error.into())),
                });
            });
            WorkOutcome { reply, succeeded, fatal_error }
        });
        let queue = self.queue.as_ref().ok_or(Error::Stopped)?;
        queue.try_send(work).map_err(|refused| match refused {
            TrySendError::Full(_) => Error::Busy,
            TrySendError::Disconnected(_) => Error::Stopped,
        })
    }
}

/// Waits until the queued work is written and the file is closed.
impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.queue.take());
        // The last handle may be dropped by the work itself; the thread cannot join itself.
        if let Some(thread) = self.thread.take().filter(|thread| thread.thread().id() != std::thread::current().id()) {
            let _ = thread.join();
        }
    }
}

fn in_savepoint<T, E>(
    conn: &mut Conn,
    entropy: &Entropy,
    work: &WriteWork<T, E>,
) -> (std::result::Result<T, E>, Option<String>)
where
    E: std::error::Error + From<Error> + 'static,
{
    let outer_depth = depth(conn);
    if let Err(error) = Manager::begin_transaction(conn) {
        let fatal_error = error.to_string();
        return (Err(Error::from(error).into()), Some(fatal_error));
    }
    let outcome = catch_unwind(AssertUnwindSafe(|| work(&mut Tx::new(conn, entropy))))
        .unwrap_or_else(|_| Err(Error::Panicked.into()));
    let closed = if outcome.is_ok() { Manager::commit_transaction(conn) } else { roll_back_to(outer_depth, conn) };
    match closed {
        Ok(()) if depth(conn) == outer_depth => (outcome, None),
        Ok(()) => (outcome, Some("the work left a transaction open".to_owned())),
        // SQLite may have rolled back the whole transaction, as on a full disk; nothing may be committed then.
        Err(error) => {
            let fatal_error = root_cause(&outcome).unwrap_or_else(|| error.to_string());
            (outcome.and(Err(Error::from(error).into())), Some(fatal_error))
        }
    }
}

/// The message of the innermost cause of a failure.
fn root_cause<T, E: std::error::Error + 'static>(outcome: &std::result::Result<T, E>) -> Option<String> {
    let mut deepest: &dyn std::error::Error = outcome.as_ref().err()?;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    Some(deepest.to_string())
}

/// The number of nested transactions; 0 when it is unknown.
fn depth(conn: &mut Conn) -> u32 {
    let status = match conn {
        Conn::Sqlite(sqlite) => AnsiTransactionManager::transaction_manager_status_mut(sqlite),
        Conn::Postgres(postgres) => AnsiTransactionManager::transaction_manager_status_mut(postgres),
    };
    status.transaction_depth().ok().flatten().map_or(0, std::num::NonZero::get)
}

/// Rolls back to this depth: work that panics inside a nested transaction, which diesel's batch inserts open on SQLite,
/// leaves more than one open.
fn roll_back_to(outer_depth: u32, conn: &mut Conn) -> diesel::QueryResult<()> {
    while depth(conn) > outer_depth {
        Manager::rollback_transaction(conn)?;
    }
    Ok(())
}

fn run_writer(mut conn: Conn, entropy: &Entropy, commit_signal: &CommitSignal, receiver: &Receiver<Work>) {
    while let Ok(first) = receiver.recv() {
        if let Err(error) = begin(&mut conn) {
            tracing::error!(%error, "a write transaction could not begin");
            reset(&mut conn);
            (first(Err(error.into()), entropy).reply)(Ok(()));
            continue;
        }
        let start = Instant::now();
        let WorkOutcome { reply, mut succeeded, mut fatal_error } = first(Ok(&mut conn), entropy);
        let mut replies = vec![reply];
        while fatal_error.is_none() && replies.len() < MAX_WRITES_PER_COMMIT && start.elapsed() < MAX_COMMIT_DELAY {
            let Ok(next) = receiver.try_recv() else { break };
            let outcome = next(Ok(&mut conn), entropy);
            replies.push(outcome.reply);
            succeeded |= outcome.succeeded;
            fatal_error = outcome.fatal_error;
        }
        let failure =
            fatal_error.or_else(|| Manager::commit_transaction(&mut conn).err().map(|error| error.to_string()));
        if let Some(cause) = &failure {
            tracing::error!(cause, writes = replies.len(), "the writes of one commit were rolled back");
        }
        if failure.is_some() {
            reset(&mut conn);
        } else if succeeded {
            commit_signal.notify();
        }
        for reply in replies {
            reply(failure.as_deref().map_or(Ok(()), |message| Err(commit_error(message))));
        }
    }
}

/// Takes the write lock immediately: a transaction that starts with a read may fail to get it later.
fn begin(conn: &mut Conn) -> diesel::QueryResult<()> {
    match conn {
        Conn::Sqlite(sqlite) => AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE"),
        Conn::Postgres(postgres) => AnsiTransactionManager::begin_transaction(postgres),
    }
}

/// Rolls back any open transaction and resets diesel's transaction status.
#[expect(clippy::disallowed_methods, reason = "diesel's view of the transaction may be wrong here")]
fn reset(conn: &mut Conn) {
    // Fails when SQLite has already rolled back, which is fine.
    let _ = conn.batch_execute("ROLLBACK");
    let clean = TransactionManagerStatus::default();
    match conn {
        Conn::Sqlite(sqlite) => *AnsiTransactionManager::transaction_manager_status_mut(sqlite) = clean,
        Conn::Postgres(postgres) => *AnsiTransactionManager::transaction_manager_status_mut(postgres) = clean,
    }
}

/// The error for each caller of a failed commit; diesel's errors cannot be cloned.
fn commit_error(message: &str) -> Error {
    use diesel::result::{DatabaseErrorKind, Error as DieselError};
    DieselError::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned())).into()
}
