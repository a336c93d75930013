//! Database errors, classified by what the caller can do about them.

use std::path::PathBuf;

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// A database error.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A query failed.
    #[error("a query failed")]
    Query(#[source] DieselError),
    /// The disk is full.
    #[error("the storage is full")]
    StorageFull(#[source] DieselError),
    /// The connection broke; whether a commit succeeded is unknown.
    #[error("the connection to the database is lost")]
    ConnectionLost(#[source] DieselError),
    /// A connection could not be opened.
    #[error("the database cannot be reached")]
    Connect(#[source] diesel::ConnectionError),
    /// The pool could not provide a connection.
    #[error("the database cannot be reached")]
    Pool(#[source] diesel::r2d2::PoolError),
    /// The SQLite file could not be opened or created.
    #[error("the database {} cannot be opened", path.display())]
    OpenFile {
        /// The path of the file.
        path: PathBuf,
        /// The cause.
        source: diesel::ConnectionError,
    },
    /// The directory of the SQLite file could not be created.
    #[error("the folder {} cannot be created", path.display())]
    CreateDir {
        /// The path of the directory.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The writer thread could not be started.
    #[error("the writer thread of the database cannot be started")]
    StartThread(#[source] std::io::Error),
    /// No connection became free in time, or the write queue is full.
    #[error("the database is busy")]
    Busy,
    /// The work panicked and was rolled back.
    #[error("a transaction panicked")]
    Panicked,
    /// The server is stopping.
    #[error("the database has been closed")]
    Stopped,
    /// The URL's scheme is unknown.
    #[error("the database URL begins with neither sqlite: nor postgres://")]
    UnknownScheme,
}

/// The result of a store function.
pub type Result<T> = std::result::Result<T, Error>;

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => Error::ConnectionLost(error),
            DieselError::DatabaseError(_, info) if is_full(info.message()) => Error::StorageFull(error),
            DieselError::BrokenTransactionManager => Error::ConnectionLost(error),
            _ => Error::Query(error),
        }
    }
}

/// Matches the messages of SQLITE_FULL, SQLITE_IOERR and PostgreSQL's 53100; the drivers do not expose the codes.
fn is_full(message: &str) -> bool {
    message.contains("database or disk is full")
        || message.contains("disk I/O error")
        || message.contains("No space left on device")
}

fn find_diesel_error<'e>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e DieselError> {
    let mut cause = Some(error);
    while let Some(current) = cause {
        if let Some(error) = current.downcast_ref::<DieselError>() {
            return Some(error);
        }
        if let Some(Error::Query(error) | Error::ConnectionLost(error) | Error::StorageFull(error)) =
            current.downcast_ref::<Error>()
        {
            return Some(error);
        }
        cause = current.source();
    }
    None
}

/// Whether the transaction can succeed when it is retried (PostgreSQL's 40001 and 40P01).
pub(super) fn is_retryable(error: &(dyn std::error::Error + 'static)) -> bool {
    match find_diesel_error(error) {
        Some(DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _)) => true,
        Some(DieselError::DatabaseError(_, info)) => info.message() == "deadlock detected",
        _ => false,
    }
}

/// Whether a row was not found.
pub fn is_not_found(error: &Error) -> bool {
    matches!(error, Error::Query(DieselError::NotFound))
}

/// Whether the data causes the error, so that retrying is useless: a missing row, a value that cannot be read or
/// written, a violated constraint. Lock timeouts, cancelled statements and missing tables are not data errors.
pub fn is_data_error(error: &Error) -> bool {
    use DatabaseErrorKind::{CheckViolation, ForeignKeyViolation, NotNullViolation, UniqueViolation};
    match error {
        Error::Query(DieselError::DatabaseError(kind, _)) => {
            matches!(kind, CheckViolation | ForeignKeyViolation | NotNullViolation | UniqueViolation)
        }
        Error::Query(error) => matches!(
            error,
            DieselError::NotFound
                | DieselError::DeserializationError(_)
                | DieselError::SerializationError(_)
                | DieselError::InvalidCString(_)
        ),
        _ => false,
    }
}

/// Whether the unique constraint on these columns of this table was violated.
///
/// SQLite names the columns in its message; PostgreSQL names the constraint, by convention
/// `{table}_{columns joined by _}_key`.
pub fn is_unique_violation(error: &Error, table: &str, columns: &[&str]) -> bool {
    let Error::Query(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, info)) = error else {
        return false;
    };
    let constraint = format!("{table}_{}_key", columns.join("_"));
    if let Some(name) = info.constraint_name() {
        return name == constraint;
    }
    let listed: Vec<String> = columns.iter().map(|column| format!("{table}.{column}")).collect();
    let message = info.message();
    message == format!("UNIQUE constraint failed: {}", listed.join(", "))
        || message.contains(&format!("'{constraint}'"))
}

/// Maps a violated unique constraint on these columns to `taken`, and every other error as `?` does.
pub fn on_unique_violation<E: From<Error>>(table: &str, columns: &[&str], taken: E) -> impl FnOnce(Error) -> E {
    move |error| if is_unique_violation(&error, table, columns) { taken } else { error.into() }
}

/// Whether an inserted row has the id of an existing one.
pub fn is_id_conflict(error: &Error) -> bool {
    let Error::Query(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, info)) = error else {
        return false;
    };
    match info.constraint_name() {
        Some(name) => name.ends_with("_pkey") || name == "products_id_key",
        None => info.message().starts_with("UNIQUE constraint failed: ") && info.message().ends_with(".id"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database_error(kind: DatabaseErrorKind, message: &str) -> Error {
        DieselError::DatabaseError(kind, Box::new(message.to_owned())).into()
    }

    #[test]
    fn locks_and_limits_are_not_data_errors() {
        for message in ["database is locked", "canceling statement due to lock timeout", "relation does not exist"] {
            assert!(!is_data_error(&database_error(DatabaseErrorKind::Unknown, message)), "{message}");
        }
        let transient = [
            database_error(DatabaseErrorKind::SerializationFailure, "could not serialize access"),
            database_error(DatabaseErrorKind::ReadOnlyTransaction, "cannot execute UPDATE in a read-only transaction"),
            database_error(DatabaseErrorKind::ClosedConnection, "server closed the connection"),
            database_error(DatabaseErrorKind::Unknown, "database or disk is full"),
            Error::Busy,
            Error::Stopped,
        ];
        assert!(transient.iter().all(|error| !is_data_error(error)));
        let permanent = [
            DieselError::NotFound.into(),
            DieselError::DeserializationError("a channel that nobody knows".into()).into(),
            database_error(DatabaseErrorKind::CheckViolation, "a rule"),
        ];
        assert!(permanent.iter().all(is_data_error));
    }
}
