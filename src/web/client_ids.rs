//! Client-made ids: a create that is sent again with the same id returns the existing object.

use diesel::prelude::*;
use serde::Serialize;

use super::api_response::ApiResponse;
use super::body::Fingerprint;
use super::errors::verb_errors;
use super::idempotency::IdempotencyScope;
use crate::db::schema::client_ids;
use crate::db::{self, Tx, on_both};
use crate::kernel::Instant;
use crate::kernel::ids::{Id, SubjectId};

/// The id of an object to create.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientId<I> {
    /// The id is new: the client's, now reserved for this request, or one that the server made.
    New(I),
    /// The same caller has created the object with the same request before: respond 200 with it.
    Repeated(I),
}

verb_errors! {
    /// Why an id could not be reserved.
    pub enum ClientIdError {
        /// Another request or caller has used the id.
        Taken => IdTaken,
    }
    + Db(db::Error)
}

impl<I: Id> ClientId<I> {
    /// Reserves a client-made id, in the transaction that creates the object; makes one if there is none.
    pub(super) fn reserve(
        tx: &mut Tx<'_>,
        now: Instant,
        id: Option<I>,
        scope: &IdempotencyScope,
        fingerprint: &Fingerprint,
    ) -> Result<Self, ClientIdError> {
        let Some(id) = id else { return Ok(ClientId::New(tx.id(now))) };
        let key = SubjectId::from_uuid(id.uuid());
        let row = (
            client_ids::id.eq(key),
            client_ids::scope.eq(scope.as_str()),
            client_ids::fingerprint.eq(&fingerprint.0),
            client_ids::created_at.eq(now),
        );
        let inserted =
            on_both!(tx, c => diesel::insert_into(client_ids::table).values(row).on_conflict_do_nothing().execute(c))
                .map_err(db::Error::from)?;
        if inserted == 1 {
            return Ok(ClientId::New(id));
        }
        let (owner, stored): (String, Vec<u8>) = client_ids::table
            .find(key)
            .select((client_ids::scope, client_ids::fingerprint))
            .get_result(&mut **tx)
            .map_err(db::Error::from)?;
        if owner == scope.as_str() && stored == fingerprint.0 {
            Ok(ClientId::Repeated(id))
        } else {
            Err(ClientIdError::Taken)
        }
    }

    /// 201 with the new object, or 200 with the one that the same request has created before.
    pub fn respond<T: Serialize>(self, location: impl Into<String>, view: &T) -> ApiResponse {
        match self {
            ClientId::New(_) => ApiResponse::created(location, view),
            ClientId::Repeated(_) => ApiResponse::ok(view),
        }
    }
}
