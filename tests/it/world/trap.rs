//! A trap among the statements of a database's write transactions: whoever steps on it falls over right there, and
//! takes the connection along.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};

use super::TestDatabase;

/// How many statements are left before the fall, by what the connection was opened with.
static SET: Mutex<Option<HashMap<String, u32>>> = Mutex::new(None);

/// The statements that have written into the books since somebody began to count, by what the connection was opened with.
static WRITTEN: Mutex<Option<HashMap<String, Vec<String>>>> = Mutex::new(None);

fn written() -> MutexGuard<'static, Option<HashMap<String, Vec<String>>>> {
    WRITTEN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn set() -> MutexGuard<'static, Option<HashMap<String, u32>>> {
    SET.lock().unwrap_or_else(PoisonError::into_inner)
}

fn opened_with(database: &TestDatabase) -> String {
    database.url.trim_start_matches("sqlite:").to_owned()
}

/// Lets connections that are opened from now on notice traps; to be called before the world is made.
pub fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| set_default_instrumentation(|| Some(Box::new(Walker::default()))).unwrap());
}

/// Sets the trap before the nth statement from now, counted from one.
pub fn before_statement(database: &TestDatabase, nth: u32) {
    set().get_or_insert_default().insert(opened_with(database), nth);
}

/// Takes the trap away, and tells whether someone had stepped on it.
pub fn was_sprung(database: &TestDatabase) -> bool {
    set().get_or_insert_default().remove(&opened_with(database)).is_none()
}

/// Tells what has been written into the books of this database since it was asked before, statement by statement.
pub fn written_into_books(database: &TestDatabase) -> Vec<String> {
    written().get_or_insert_default().insert(opened_with(database), Vec::new()).unwrap_or_default()
}

/// Walks with one connection from statement to statement.
#[derive(Default)]
struct Walker {
    opened_with: String,
    is_writing: bool,
}

impl Instrumentation for Walker {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => self.opened_with = url.to_owned(),
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
                    && let Some(all) = written().get_or_insert_default().get_mut(&self.opened_with)
                {
                    all.push(text.clone());
                }
                if !controls.iter().any(|control| text.starts_with(control)) {
                    self.step();
                }
            }
            _ => {}
        }
    }
}

impl Walker {
    fn step(&mut self) {
        let mut set = set();
        let traps = set.get_or_insert_default();
        let Some(left) = traps.get_mut(&self.opened_with) else { return };
        *left -= 1;
        if *left == 0 {
            traps.remove(&self.opened_with);
            drop(set);
            self.is_writing = false;
            // As a panic, but without its words on the screen.
            std::panic::resume_unwind(Box::new("a trap"));
        }
    }
}
