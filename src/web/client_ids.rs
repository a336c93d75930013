//! Objects whose id the client made: the same create sent again is the same object, not a second one.

use diesel::prelude::*;

use super::body::Fingerprint;
use super::idempotency::Scope;
use super::problem::{Code, Problem};
use crate::db::schema::client_ids;
use crate::db::{self, Tx, on_both};
use crate::kernel::Instant;
use crate::kernel::ids::{Id, SqlUuid};

/// Whether an id sent by a client is new, or was used for this very request before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientId {
    /// The id is new and is this request's from now on.
    New,
    /// The same caller made the same request before: answer 200 with the object as it is.
    Repeated,
}

/// The id belongs to another request.
#[derive(Debug, thiserror::Error)]
pub enum CreationError {
    /// Used by another request or caller.
    #[error("the id is taken")]
    Taken,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<CreationError> for Problem {
    fn from(error: CreationError) -> Self {
        match error {
            CreationError::Taken => Problem::new(Code::IdTaken),
            CreationError::Db(error) => error.into(),
        }
    }
}

/// Reserves an id that a client made, in the transaction that creates its object.
pub fn reserve_client_id<T>(
    tx: &mut Tx<'_>,
    now: Instant,
    id: T,
    scope: &Scope,
    fingerprint: &Fingerprint,
) -> Result<ClientId, CreationError>
where
    T: Id
        + diesel::expression::AsExpression<SqlUuid>
        + diesel::serialize::ToSql<SqlUuid, diesel::sqlite::Sqlite>
        + diesel::serialize::ToSql<SqlUuid, diesel::pg::Pg>,
{
    let id = crate::kernel::ids::EventId::from_uuid(id.uuid());
    let row = (
        client_ids::id.eq(id),
        client_ids::scope.eq(scope.as_str()),
        client_ids::fingerprint.eq(&fingerprint.0),
        client_ids::created_at.eq(now),
    );
    let inserted =
        on_both!(tx, c => diesel::insert_into(client_ids::table).values(row).on_conflict_do_nothing().execute(c))
            .map_err(db::Error::from)?;
    if inserted == 1 {
        return Ok(ClientId::New);
    }
    let (owner, known): (String, Vec<u8>) = client_ids::table
        .find(id)
        .select((client_ids::scope, client_ids::fingerprint))
        .first(&mut **tx)
        .map_err(db::Error::from)?;
    if owner == scope.as_str() && known == fingerprint.0 { Ok(ClientId::Repeated) } else { Err(CreationError::Taken) }
}

/// Whether the same caller made the same object by the same request before. An id that the server makes is always new.
pub fn is_repeated<T>(
    tx: &mut Tx<'_>,
    now: Instant,
    id: Option<T>,
    scope: &Scope,
    fingerprint: &Fingerprint,
) -> Result<bool, CreationError>
where
    T: Id
        + diesel::expression::AsExpression<SqlUuid>
        + diesel::serialize::ToSql<SqlUuid, diesel::sqlite::Sqlite>
        + diesel::serialize::ToSql<SqlUuid, diesel::pg::Pg>,
{
    match id {
        None => Ok(false),
        Some(id) => Ok(reserve_client_id(tx, now, id, scope, fingerprint)? == ClientId::Repeated),
    }
}
