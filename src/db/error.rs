//! What can go wrong between us and a database, told apart by what the caller can do about it.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// A failure of the database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A query failed.
    #[error("a query failed")]
    Query(#[source] DieselError),
    /// The disk is full.
    #[error("the storage is full")]
    StorageFull(#[source] DieselError),
    /// The connection broke; whether a commit went through is unknown.
    #[error("the connection to the database is lost")]
    Lost(#[source] DieselError),
    /// A connection could not be opened.
    #[error("the database cannot be reached")]
    Connect(#[source] diesel::ConnectionError),
    /// A connection of the pool could not be had.
    #[error("the database cannot be reached")]
    Pool(#[source] diesel::r2d2::PoolError),
    /// The folder of the database cannot be made.
    #[error("the data folder cannot be made")]
    Folder(#[source] std::io::Error),
    /// All connections stayed busy for longer than a request may wait.
    #[error("the database is busy")]
    Busy,
    /// The work panicked; it was rolled back.
    #[error("a transaction panicked")]
    Panicked,
    /// The server is stopping.
    #[error("the database has been closed")]
    Stopped,
    /// The URL names neither database.
    #[error("the database URL begins with neither sqlite: nor postgres://")]
    UnknownScheme,
}

/// What a store function answers.
pub type Result<T> = std::result::Result<T, Error>;

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => Error::Lost(error),
            DieselError::DatabaseError(_, info) if is_full(info.message()) => Error::StorageFull(error),
            DieselError::BrokenTransactionManager => Error::Lost(error),
            _ => Error::Query(error),
        }
    }
}

/// Messages of SQLITE_FULL, SQLITE_IOERR and PostgreSQL's 53100; neither driver hands out the code.
fn is_full(message: &str) -> bool {
    message.contains("database or disk is full")
        || message.contains("disk I/O error")
        || message.contains("No space left on device")
}

fn diesel_cause<'e>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e DieselError> {
    let mut cause = Some(error);
    while let Some(current) = cause {
        if let Some(found) = current.downcast_ref::<DieselError>() {
            return Some(found);
        }
        if let Some(Error::Query(found) | Error::Lost(found) | Error::StorageFull(found)) =
            current.downcast_ref::<Error>()
        {
            return Some(found);
        }
        cause = current.source();
    }
    None
}

/// Whether the same work can succeed when it is simply done again (PostgreSQL's 40001 and 40P01).
pub(super) fn is_worth_another_try(error: &(dyn std::error::Error + 'static)) -> bool {
    match diesel_cause(error) {
        Some(DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _)) => true,
        Some(DieselError::DatabaseError(_, info)) => info.message() == "deadlock detected",
        _ => false,
    }
}

/// Whether a row was asked for that is not there.
pub fn is_missing(error: &Error) -> bool {
    matches!(error, Error::Query(DieselError::NotFound))
}

/// Whether the data itself is at fault, so that the same work fails however often it is tried: a row is not there or
/// cannot be read, a value cannot be written, a rule is broken. A lock that was waited for in vain, a statement that was
/// cancelled and a table that is not there yet are none of that.
pub fn is_about_data(error: &Error) -> bool {
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

/// Whether a uniqueness rule on these columns of this table was broken.
///
/// SQLite names the columns in its message; PostgreSQL names the constraint, which by our convention is
/// `{table}_{columns joined by _}_key`.
pub fn violated(error: &Error, table: &str, columns: &[&str]) -> bool {
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

/// Whether a row was to be written under an id that another row of its table has.
pub fn is_taken_id(error: &Error) -> bool {
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

    fn told(kind: DatabaseErrorKind, message: &str) -> Error {
        DieselError::DatabaseError(kind, Box::new(message.to_owned())).into()
    }

    #[test]
    fn a_lock_or_a_limit_is_not_the_datas_fault() {
        for message in ["database is locked", "canceling statement due to lock timeout", "relation does not exist"] {
            assert!(!is_about_data(&told(DatabaseErrorKind::Unknown, message)), "{message}");
        }
        let away = [
            told(DatabaseErrorKind::SerializationFailure, "could not serialize access"),
            told(DatabaseErrorKind::ReadOnlyTransaction, "cannot execute UPDATE in a read-only transaction"),
            told(DatabaseErrorKind::ClosedConnection, "server closed the connection"),
            told(DatabaseErrorKind::Unknown, "database or disk is full"),
            Error::Busy,
            Error::Stopped,
        ];
        assert!(away.iter().all(|error| !is_about_data(error)));
        let broken = [
            DieselError::NotFound.into(),
            DieselError::DeserializationError("a channel that nobody knows".into()).into(),
            told(DatabaseErrorKind::CheckViolation, "a rule"),
        ];
        assert!(broken.iter().all(is_about_data));
    }
}
