//! Doing once what a phone with patchy reception sends twice.
//!
//! The key is a row in the same transaction as the effect, inserted first: nothing inserted means that it was
//! used, and the stored answer is sent again. A rollback takes the key with it, so that failures run again and
//! only successes replay.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use diesel::prelude::*;

use super::api_response::{ApiResponse, ResponseHeaders};
use super::body::Fingerprint;
use super::problem::{Code, Problem};
use crate::db::schema::idempotency_keys::dsl;
use crate::db::{self, Db, Tx, on_both, prepared};
use crate::kernel::ids::{AccountId, Id, SubjectId};
use crate::kernel::{Duration, Instant};

/// How long an answer is kept for replays.
pub const KEPT: Duration = Duration::days(30);

/// The least length of a guest's key, whose scope is the key itself: 22 letters hold 128 random bits.
const GUESTS_KEY: usize = 22;

/// How many subjects one statement looks for.
const BATCH_SIZE: usize = 500;

/// Whose keys: the same key of another caller is another key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope(String);

impl Scope {
    /// A signed-in person.
    pub fn account(account: AccountId) -> Self {
        Scope(format!("account:{account}"))
    }

    /// A guest, whose secret is the key itself.
    pub fn guest() -> Self {
        Scope("guest".into())
    }

    fn is_guest(&self) -> bool {
        *self == Scope::guest()
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The `Idempotency-Key` of a request, and where it was sent.
#[derive(Debug, Clone)]
pub struct Idempotency {
    key: Option<String>,
    route: String,
}

impl Idempotency {
    /// For routes that move goods or money: the key must be there.
    pub fn required(self) -> Result<Self, Problem> {
        if self.key.is_some() { Ok(self) } else { Err(Problem::new(Code::IdempotencyKeyRequired)) }
    }

    /// Does the work in one write transaction, once for each key; without a key, each time.
    ///
    /// `work` must return the whole answer: it is stored beside its effect.
    pub async fn once<E, F>(
        self,
        db: &Db,
        now: Instant,
        scope: Scope,
        fingerprint: Fingerprint,
        work: F,
    ) -> Result<ApiResponse, Problem>
    where
        E: Into<Problem> + std::error::Error + From<db::Error> + Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<ApiResponse, E> + Send + 'static,
    {
        let Some(key) = self.key else {
            return db.write(work).await.map_err(Into::into);
        };
        if scope.is_guest() && key.len() < GUESTS_KEY {
            return Err(Problem::new(Code::IdempotencyKeyInvalid));
        }
        let route = self.route;
        db.write(move |tx| {
            if let Some(answer) = begin(tx, now, &scope, &route, &key, &fingerprint)? {
                return Ok(answer);
            }
            let answer = work(tx).map_err(Once::Work)?;
            finish(tx, &scope, &route, &key, &answer)?;
            Ok(answer)
        })
        .await
        .map_err(|error| match error {
            Once::Work(error) => error.into(),
            Once::Forgotten => Problem::new(Code::AnswerForgotten),
            Once::Reused => Problem::new(Code::IdempotencyKeyReused),
            Once::InProgress => Problem::new(Code::IdempotencyInProgress).retry_after(1),
            Once::Db(error) => error.into(),
        })
    }
}

#[derive(Debug, thiserror::Error)]
enum Once<E: std::error::Error + 'static> {
    #[error("the work failed")]
    Work(#[source] E),
    #[error("the key was used for another request")]
    Reused,
    #[error("the answer was forgotten with the person it told of")]
    Forgotten,
    #[error("the same request is still running")]
    InProgress,
    #[error("the database failed")]
    Db(#[from] db::Error),
}

/// Takes the key, or finds the answer it was used for.
fn begin<E: std::error::Error + 'static>(
    tx: &mut Tx<'_>,
    now: Instant,
    scope: &Scope,
    route: &str,
    key: &str,
    fingerprint: &Fingerprint,
) -> Result<Option<ApiResponse>, Once<E>> {
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
        .first(&mut **tx)
        .optional()
        .map_err(db::Error::from)?;
    match stored {
        Some((known, _, _, _)) if known != fingerprint.0 => Err(Once::Reused),
        Some((_, Some(_), _, None)) => Err(Once::Forgotten),
        Some((_, Some(status), headers, Some(body))) => {
            let mut headers: ResponseHeaders =
                headers.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
            headers.replayed = true;
            Ok(Some(ApiResponse { status: u16::try_from(status).unwrap_or(200), headers, body, subject: None }))
        }
        // Seen only when the other transaction vanished between our two statements.
        _ => Err(Once::InProgress),
    }
}

/// Keeps the answer beside its effect.
fn finish<E: std::error::Error + 'static>(
    tx: &mut Tx<'_>,
    scope: &Scope,
    route: &str,
    key: &str,
    answer: &ApiResponse,
) -> Result<(), Once<E>> {
    let kept = diesel::update(dsl::idempotency_keys.find((scope.as_str(), route, key))).set((
        dsl::status.eq(i32::from(answer.status)),
        dsl::headers.eq(serde_json::to_string(&answer.headers).unwrap_or_default()),
        dsl::body.eq(&answer.body),
        dsl::subject_id.eq(answer.subject),
    ));
    prepared(kept).execute(&mut **tx).map_err(db::Error::from)?;
    Ok(())
}

/// Forgets keys older than [`KEPT`]; a job calls it.
pub fn purge(tx: &mut Tx<'_>, now: Instant) -> db::Result<usize> {
    Ok(diesel::delete(dsl::idempotency_keys.filter(dsl::created_at.lt(now.before(KEPT)))).execute(&mut **tx)?)
}

/// Forgets the stored answers of one caller.
pub fn forget(tx: &mut Tx<'_>, scope: &Scope) -> db::Result<usize> {
    Ok(diesel::delete(dsl::idempotency_keys.filter(dsl::scope.eq(scope.as_str()))).execute(&mut **tx)?)
}

/// Forgets what was answered about these, whoever asked. The keys stay, so that nothing is done twice.
pub fn forget_about(tx: &mut Tx<'_>, subjects: &[impl Id]) -> db::Result<()> {
    for some in subjects.chunks(BATCH_SIZE) {
        let some: Vec<SubjectId> = some.iter().map(|subject| SubjectId::from_uuid(subject.uuid())).collect();
        diesel::update(dsl::idempotency_keys.filter(dsl::subject_id.eq_any(some)))
            .set((dsl::body.eq(None::<Vec<u8>>), dsl::headers.eq(None::<String>)))
            .execute(&mut **tx)?;
    }
    Ok(())
}

impl FromRequest for Idempotency {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let route = format!("{} {}", request.method(), request.match_pattern().unwrap_or_default());
        let Some(header) = request.headers().get("idempotency-key") else {
            return ready(Ok(Idempotency { key: None, route }));
        };
        let sound = |key: &&str| {
            (16..=64).contains(&key.len())
                && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
        };
        ready(match header.to_str().ok().filter(sound) {
            Some(key) => Ok(Idempotency { key: Some(key.to_owned()), route }),
            None => Err(Problem::new(Code::IdempotencyKeyInvalid)),
        })
    }
}
