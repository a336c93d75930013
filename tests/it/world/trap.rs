//! Fault injection: panics at a chosen statement of a write transaction, which also drops the connection.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};

use super::TestDatabase;

/// Statements left before the panic, by connection URL.
static TRAPS: Mutex<Option<HashMap<String, u32>>> = Mutex::new(None);

/// Recorded INSERT statements of ledger tables, by connection URL.
static LEDGER_WRITES: Mutex<Option<HashMap<String, Vec<String>>>> = Mutex::new(None);

fn recorded_writes() -> MutexGuard<'static, Option<HashMap<String, Vec<String>>>> {
    LEDGER_WRITES.lock().unwrap_or_else(PoisonError::into_inner)
}

fn traps() -> MutexGuard<'static, Option<HashMap<String, u32>>> {
    TRAPS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connection_url(database: &TestDatabase) -> String {
    database.url.trim_start_matches("sqlite:").to_owned()
}

/// Instruments connections that are opened from now on; call it before creating the world.
pub fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| set_default_instrumentation(|| Some(Box::new(TrapInstrumentation::default()))).unwrap());
}

/// Panics at the nth statement from now, counted from one.
pub fn fail_at_statement(database: &TestDatabase, nth: u32) {
    traps().get_or_insert_default().insert(connection_url(database), nth);
}

/// Removes the trap; returns whether it was triggered.
pub fn was_triggered(database: &TestDatabase) -> bool {
    traps().get_or_insert_default().remove(&connection_url(database)).is_none()
}

/// The recorded ledger writes since the last call, statement by statement.
pub fn ledger_writes(database: &TestDatabase) -> Vec<String> {
    recorded_writes().get_or_insert_default().insert(connection_url(database), Vec::new()).unwrap_or_default()
}

/// The instrumentation of one connection.
#[derive(Default)]
struct TrapInstrumentation {
    connection_url: String,
    is_writing: bool,
}

impl Instrumentation for TrapInstrumentation {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => self.connection_url = url.to_owned(),
            InstrumentationEvent::BeginTransaction { .. } => self.is_writing = true,
            InstrumentationEvent::CommitTransaction { depth, .. }
            | InstrumentationEvent::RollbackTransaction { depth, .. }
                if depth.get() == 1 =>
            {
                self.is_writing = false;
            }
            InstrumentationEvent::StartQuery { query, .. } if self.is_writing => {
                let text = query.to_string();
                let controls = ["BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT"];
                if text.contains("INTO ledger_")
                    && let Some(all) = recorded_writes().get_or_insert_default().get_mut(&self.connection_url)
                {
                    all.push(text.clone());
                }
                if !controls.iter().any(|control| text.starts_with(control)) {
                    self.count_statement();
                }
            }
            _ => {}
        }
    }
}

impl TrapInstrumentation {
    fn count_statement(&mut self) {
        let mut guard = traps();
        let traps = guard.get_or_insert_default();
        let Some(left) = traps.get_mut(&self.connection_url) else { return };
        *left -= 1;
        if *left == 0 {
            traps.remove(&self.connection_url);
            drop(guard);
            self.is_writing = false;
            // A panic without its message on the screen.
            std::panic::resume_unwind(Box::new("a trap"));
        }
    }
}
