//! Idempotency keys: a request that is sent twice over an unreliable connection takes effect once.
//!
//! The key is inserted first, in the transaction of the effect. When it already exists, the stored response is
//! replayed. A rollback removes the key, so that failed requests run again and only successes are replayed.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::HeaderValue;
use actix_web::{FromRequest, HttpRequest};
use diesel::prelude::*;

use utoipa::openapi::Required;

use super::api_response::{ApiResponse, ResponseHeaders};
use super::body::Fingerprint;
use super::describe::{DescribeOperation, Description};
use super::problem::{Code, Problem};
use crate::db::schema::idempotency_keys::dsl;
use crate::db::{self, Db, Tx, WriteWork, on_both, prepared};
use crate::kernel::ids::{AccountId, Id, SubjectId};
use crate::kernel::{Duration, Instant};

/// How long a response is stored for replays.
pub const RETENTION: Duration = Duration::days(30);

/// The minimum length of guests' keys, which share one scope: 22 characters hold 128 random bits.
const MIN_GUEST_KEY_LENGTH: usize = 22;

/// Subjects per statement.
const BATCH_SIZE: usize = 500;

/// The owner of a key: callers cannot collide with each other's keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyScope(String);

impl IdempotencyScope {
    /// An authenticated account.
    pub fn account(account: AccountId) -> Self {
        IdempotencyScope(format!("account:{account}"))
    }

    /// Guests, who share a scope; the key itself is their secret.
    pub fn guest() -> Self {
        IdempotencyScope("guest".into())
    }

    fn is_guest(&self) -> bool {
        *self == IdempotencyScope::guest()
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The `Idempotency-Key` of a request, and its route.
#[derive(Debug, Clone, Default)]
pub struct IdempotencyKey {
    key: Option<String>,
    route: String,
}

impl IdempotencyKey {
    /// The key of this request. Only POST takes keys: the other methods are idempotent themselves.
    pub(super) fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let route = format!("{} {}", request.method(), request.match_pattern().unwrap_or_default());
        let header = request.headers().get("idempotency-key").filter(|_| request.method() == Method::POST);
        let is_valid = |key: &&str| {
            (16..=64).contains(&key.len())
                && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
        };
        let invalid = || Problem::new(Code::IdempotencyKeyInvalid);
        let read = |header: &HeaderValue| header.to_str().ok().filter(is_valid).map(str::to_owned).ok_or_else(invalid);
        Ok(IdempotencyKey { key: header.map(read).transpose()?, route })
    }

    /// For routes that move goods or money: a problem without a key.
    pub fn required(self) -> Result<Self, Problem> {
        if self.key.is_some() { Ok(self) } else { Err(Problem::new(Code::IdempotencyKeyRequired)) }
    }

    /// Runs `work` in one write transaction, once per key; without a key, every time.
    ///
    /// `work` returns the whole response, which is stored in the same transaction.
    pub async fn once(
        self,
        db: &Db,
        now: Instant,
        scope: IdempotencyScope,
        fingerprint: Fingerprint,
        work: WriteWork<ApiResponse, Problem>,
    ) -> Result<ApiResponse, Problem> {
        let Some(key) = self.key else {
            return db.write_boxed(work).await;
        };
        if scope.is_guest() && key.len() < MIN_GUEST_KEY_LENGTH {
            return Err(Problem::new(Code::IdempotencyKeyInvalid));
        }
        let route = self.route;
        db.write(move |tx| {
            if let Some(stored) = reserve_key(tx, now, &scope, &route, &key, &fingerprint)? {
                return Ok(stored);
            }
            let response = work(tx)?;
            store_response(tx, &scope, &route, &key, &response)?;
            Ok(response)
        })
        .await
    }
}

/// Inserts the key; `Some` stored response when it was used before.
fn reserve_key(
    tx: &mut Tx<'_>,
    now: Instant,
    scope: &IdempotencyScope,
    route: &str,
    key: &str,
    fingerprint: &Fingerprint,
) -> Result<Option<ApiResponse>, Problem> {
    let row = (
        dsl::scope.eq(scope.as_str()),
        dsl::route.eq(route),
        dsl::key.eq(key),
        dsl::fingerprint.eq(&fingerprint.0),
        dsl::created_at.eq(now),
    );
    let inserted =
        on_both!(tx, c => diesel::insert_into(dsl::idempotency_keys).values(row).on_conflict_do_nothing().execute(c))
            .map_err(db::Error::from)?;
    if inserted == 1 {
        return Ok(None);
    }
    let stored: Option<(Vec<u8>, Option<i32>, Option<String>, Option<Vec<u8>>)> = dsl::idempotency_keys
        .find((scope.as_str(), route, key))
        .select((dsl::fingerprint, dsl::status, dsl::headers, dsl::body))
        .get_result(&mut **tx)
        .optional()
        .map_err(db::Error::from)?;
    match stored {
        Some((original, _, _, _)) if original != fingerprint.0 => Err(Problem::new(Code::IdempotencyKeyReused)),
        Some((_, Some(_), _, None)) => Err(Problem::new(Code::AnswerForgotten)),
        Some((_, Some(status), headers, Some(body))) => {
            let mut headers: ResponseHeaders =
                headers.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
            headers.replayed = true;
            Ok(Some(ApiResponse { status: u16::try_from(status).unwrap_or(200), headers, body, subject: None }))
        }
        // Only when the other transaction was rolled back between the two statements.
        _ => Err(Problem::new(Code::IdempotencyInProgress).retry_after(1)),
    }
}

fn store_response(
    tx: &mut Tx<'_>,
    scope: &IdempotencyScope,
    route: &str,
    key: &str,
    response: &ApiResponse,
) -> db::Result<()> {
    let update = diesel::update(dsl::idempotency_keys.find((scope.as_str(), route, key))).set((
        dsl::status.eq(i32::from(response.status)),
        dsl::headers.eq(serde_json::to_string(&response.headers).unwrap_or_default()),
        dsl::body.eq(&response.body),
        dsl::subject_id.eq(response.subject),
    ));
    prepared(update).execute(&mut **tx)?;
    Ok(())
}

/// Deletes keys older than [`RETENTION`]; a periodic task calls it.
pub fn purge(tx: &mut Tx<'_>, now: Instant) -> db::Result<usize> {
    let expired = dsl::idempotency_keys.filter(dsl::created_at.lt(now.before(RETENTION)));
    Ok(diesel::delete(expired).execute(&mut **tx)?)
}

/// Deletes the keys and stored responses of one caller.
pub fn forget(tx: &mut Tx<'_>, scope: &IdempotencyScope) -> db::Result<usize> {
    Ok(diesel::delete(dsl::idempotency_keys.filter(dsl::scope.eq(scope.as_str()))).execute(&mut **tx)?)
}

/// Erases the stored responses about these subjects, of all callers. The keys stay, so that no request runs twice.
pub fn erase_responses_about(tx: &mut Tx<'_>, subjects: &[impl Id]) -> db::Result<()> {
    for batch in subjects.chunks(BATCH_SIZE) {
        let ids: Vec<SubjectId> = batch.iter().map(|subject| SubjectId::from_uuid(subject.uuid())).collect();
        diesel::update(dsl::idempotency_keys.filter(dsl::subject_id.eq_any(ids)))
            .set((dsl::body.eq(None::<Vec<u8>>), dsl::headers.eq(None::<String>)))
            .execute(&mut **tx)?;
    }
    Ok(())
}

impl FromRequest for IdempotencyKey {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(IdempotencyKey::of(request))
    }
}

impl DescribeOperation for IdempotencyKey {
    fn describe(description: &mut Description) {
        description.add_header("Idempotency-Key", Required::False);
    }
}
