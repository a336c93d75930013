//! The extractor of operations that write.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;
use utoipa::ToSchema;
use utoipa::openapi::Required;

use super::api_response::ApiResponse;
use super::app_state::AppState;
use super::body::{Body, Fingerprint};
use super::client_ids::ClientId;
use super::describe::{DescribeOperation, Description};
use super::idempotency::{IdempotencyKey, IdempotencyScope};
use super::problem::Problem;
use super::validation::Validate;
use crate::db::{Conn, Db, ReadWork, Tx, WriteWork};
use crate::kernel::Instant;
use crate::kernel::ids::Id;

/// Whether an operation takes an idempotency key.
pub trait KeyRule: 'static {
    /// Whether it requires one; `None` when it takes none.
    const KEY: Option<Required>;

    /// The key; a problem when it is required and missing.
    fn check(key: IdempotencyKey) -> Result<IdempotencyKey, Problem> {
        if matches!(Self::KEY, Some(Required::True)) { key.required() } else { Ok(key) }
    }
}

/// The key is optional.
#[derive(Debug, Clone, Copy)]
pub struct KeyOptional;

/// The key is required, because goods or money move.
#[derive(Debug, Clone, Copy)]
pub struct KeyRequired;

/// No key is taken: the operation is idempotent itself, or its response has a secret, which is never stored.
#[derive(Debug, Clone, Copy)]
pub struct KeyIgnored;

impl KeyRule for KeyOptional {
    const KEY: Option<Required> = Some(Required::False);
}

impl KeyRule for KeyRequired {
    const KEY: Option<Required> = Some(Required::True);
}

impl KeyRule for KeyIgnored {
    const KEY: Option<Required> = None;
}

/// What a write needs of its request: the time, the validated body, the idempotency key and the database.
#[derive(Debug, Clone)]
pub struct Write<B = (), K = KeyOptional> {
    /// The time of the request.
    pub now: Instant,
    /// The body; `()` for operations without one.
    pub body: B,
    fingerprint: Fingerprint,
    key: IdempotencyKey,
    db: Db,
    rule: PhantomData<K>,
}

impl<B: Send + 'static, K: KeyRule> Write<B, K> {
    /// Runs `work` in one transaction, with the time and the body of the request. No response is stored; a required key is
    /// still checked.
    pub fn run<T, F>(self, work: F) -> impl Future<Output = Result<T, Problem>>
    where
        F: Fn(&mut Tx<'_>, Instant, &B) -> Result<T, Problem> + Send + 'static,
        T: Send + 'static,
    {
        let Write { now, body, key, db, .. } = self;
        run_write(K::check(key), db, Box::new(move |tx| work(tx, now, &body)))
    }

    /// Runs `work` on one snapshot, for a dry run: it writes nothing, so that no response is stored for its key. A required
    /// key is still checked, so that a preview fails like the call itself.
    pub fn preview<T, F>(self, work: F) -> impl Future<Output = Result<T, Problem>>
    where
        F: FnOnce(&mut Conn, Instant, &B) -> Result<T, Problem> + Send + 'static,
        T: Send + 'static,
    {
        let Write { now, body, key, db, .. } = self;
        run_read(K::check(key), db, Box::new(move |conn| work(conn, now, &body)))
    }

    /// Like [`Write::run`], but once per key of this caller: a repeated request gets the stored response.
    pub fn once<F>(self, caller: IdempotencyScope, work: F) -> impl Future<Output = Result<ApiResponse, Problem>>
    where
        F: Fn(&mut Tx<'_>, Instant, &B) -> Result<ApiResponse, Problem> + Send + 'static,
    {
        let Write { now, body, fingerprint, key, db, .. } = self;
        run_once(K::check(key), db, now, caller, fingerprint, Box::new(move |tx| work(tx, now, &body)))
    }

    /// Like [`Write::once`], for an object whose id the client may have made: `id` returns it. `work` creates the object
    /// under the new id, or responds with the object that the same request has created before.
    pub fn create_once<I, F>(
        self,
        caller: IdempotencyScope,
        id: fn(&B) -> Option<I>,
        work: F,
    ) -> impl Future<Output = Result<ApiResponse, Problem>>
    where
        I: Id,
        F: Fn(&mut Tx<'_>, Instant, &B, ClientId<I>) -> Result<ApiResponse, Problem> + Send + 'static,
    {
        let (owner, fingerprint) = (caller.clone(), self.fingerprint.clone());
        self.once(caller, move |tx, now, body| {
            let id = ClientId::reserve(tx, now, id(body), &owner, &fingerprint)?;
            work(tx, now, body, id)
        })
    }
}

// Not generic over body and closure, so that they are compiled once and not for each operation.

async fn run_write<T: Send + 'static>(
    key: Result<IdempotencyKey, Problem>,
    db: Db,
    work: WriteWork<T, Problem>,
) -> Result<T, Problem> {
    key?;
    db.write_boxed(work).await
}

async fn run_read<T: Send + 'static>(
    key: Result<IdempotencyKey, Problem>,
    db: Db,
    work: ReadWork<T, Problem>,
) -> Result<T, Problem> {
    key?;
    db.read_boxed(work).await
}

async fn run_once(
    key: Result<IdempotencyKey, Problem>,
    db: Db,
    now: Instant,
    caller: IdempotencyScope,
    fingerprint: Fingerprint,
    work: WriteWork<ApiResponse, Problem>,
) -> Result<ApiResponse, Problem> {
    key?.once(&db, now, caller, fingerprint, work).await
}

type ExtractFuture<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

/// The body of a [`Write`]: a validated JSON body, or `()`.
pub trait RequestBody: Sized + 'static {
    /// Reads the body, and the fingerprint of the request with it.
    fn extract(request: &HttpRequest, payload: &mut Payload) -> ExtractFuture<(Self, Fingerprint)>;

    /// Describes the body in the OpenAPI document.
    fn describe(_: &mut Description) {}
}

impl<T: DeserializeOwned + Validate + ToSchema + 'static> RequestBody for T {
    fn extract(request: &HttpRequest, payload: &mut Payload) -> ExtractFuture<(Self, Fingerprint)> {
        let body = Body::<T>::from_request(request, payload);
        Box::pin(async move { body.await.map(|body| (body.value, body.fingerprint)) })
    }

    fn describe(description: &mut Description) {
        description.set_body::<T>();
    }
}

impl RequestBody for () {
    fn extract(request: &HttpRequest, _: &mut Payload) -> ExtractFuture<(Self, Fingerprint)> {
        let fingerprint = Fingerprint::of(request, &[]);
        Box::pin(async move { Ok(((), fingerprint)) })
    }
}

impl<B: RequestBody, K: KeyRule> FromRequest for Write<B, K> {
    type Error = Problem;
    type Future = ExtractFuture<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let state = AppState::of(request);
        let key = K::KEY.map_or_else(|| Ok(IdempotencyKey::default()), |_| IdempotencyKey::of(request));
        let body = B::extract(request, payload);
        Box::pin(async move {
            let ((now, db), key) = (state.map(|state| (state.now(), state.db.clone()))?, key?);
            let (body, fingerprint) = body.await?;
            Ok(Write { now, body, fingerprint, key, db, rule: PhantomData })
        })
    }
}

impl<B: RequestBody, K: KeyRule> DescribeOperation for Write<B, K> {
    fn describe(description: &mut Description) {
        B::describe(description);
        if let Some(required) = K::KEY.filter(|_| description.method == Method::POST) {
            description.add_header("Idempotency-Key", required);
        }
    }
}
