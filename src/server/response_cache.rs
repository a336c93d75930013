//! A cache of public responses.
//!
//! The key contains everything that can influence a public response. An entry is valid until the next commit of this
//! instance, so that callers always see their own changes, and for at most one second, because other instances commit
//! too and responses depend on the time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use actix_web::body::{BoxBody, EitherBody, MessageBody, to_bytes};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, AUTHORIZATION, CACHE_CONTROL, HeaderMap};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpResponse, ResponseError};
use tokio::sync::Semaphore;

use crate::kernel::{Duration, Instant};
use crate::web::{AppState, Problem};

/// How long an entry is valid.
const TTL: Duration = Duration::seconds(1);
/// Responses that are computed concurrently.
const MAX_CONCURRENT_FILLS: usize = 4;
/// The assumed size of an entry's key and headers, in bytes.
const ENTRY_OVERHEAD: usize = 1024;

/// A cache of public responses, limited in bytes.
#[derive(Debug)]
pub struct ResponseCache {
    max_bytes: usize,
    entries: Mutex<Entries>,
    /// Limits concurrent computation: of many equal requests most then find the cached response. Compression needs
    /// megabytes of memory each.
    fill_permits: Semaphore,
}

/// Responses that were all computed at the same commit count.
#[derive(Debug, Default)]
struct Entries {
    commits: u64,
    bytes: usize,
    responses: HashMap<CacheKey, CachedResponse>,
}

/// Everything that can influence a public response.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct CacheKey {
    target: String,
    /// The values of the headers for content negotiation.
    negotiation: [Option<Vec<u8>>; 3],
}

#[derive(Debug, Clone)]
struct CachedResponse {
    created_at: Instant,
    headers: HeaderMap,
    body: Bytes,
}

impl CacheKey {
    /// The key of a cacheable request: an anonymous GET other than a health check, which must not be cached nor wait.
    fn from_request(request: &ServiceRequest) -> Option<Self> {
        let headers = request.headers();
        let is_anonymous_get = request.method() == Method::GET && !headers.contains_key(AUTHORIZATION);
        if !is_anonymous_get || request.path().starts_with("/health/") {
            return None;
        }
        let value = |name| headers.get(name).map(|value| value.as_bytes().to_vec());
        Some(CacheKey {
            target: request.uri().to_string(),
            negotiation: [value(ACCEPT), value(ACCEPT_LANGUAGE), value(ACCEPT_ENCODING)],
        })
    }
}

impl ResponseCache {
    /// An empty cache of this size; 0 disables caching.
    pub fn new(max_bytes: usize) -> Self {
        ResponseCache { max_bytes, entries: Mutex::default(), fill_permits: Semaphore::new(MAX_CONCURRENT_FILLS) }
    }

    fn get(&self, key: &CacheKey, commits: u64, now: Instant) -> Option<CachedResponse> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let response = entries.responses.get(key).filter(|_| entries.commits == commits)?;
        (response.created_at <= now && now.since(response.created_at) < TTL).then(|| response.clone())
    }

    /// Inserts a response computed at this commit count. Older counts are ignored; a newer one or a full cache clears
    /// the other entries.
    fn insert(&self, key: CacheKey, commits: u64, response: CachedResponse) {
        let size = response.body.len().saturating_add(ENTRY_OVERHEAD);
        if size > self.max_bytes {
            return;
        }
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.commits > commits {
            return;
        }
        if entries.commits < commits || entries.bytes.saturating_add(size) > self.max_bytes {
            *entries = Entries { commits, ..Entries::default() };
        }
        entries.bytes = entries.bytes.saturating_add(size);
        entries.responses.insert(key, response);
    }
}

impl CachedResponse {
    fn into_response(self) -> HttpResponse {
        let mut response = HttpResponse::with_body(StatusCode::OK, BoxBody::new(self.body));
        *response.headers_mut() = self.headers;
        response
    }
}

/// The caching middleware. It wraps the compressor, so that responses are cached compressed.
pub async fn cache_responses<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let cache = request.app_data::<Data<ResponseCache>>().cloned();
    let state = request.app_data::<Data<AppState>>().cloned();
    let (Some(cache), Some(state), Some(key)) = (cache, state, CacheKey::from_request(&request)) else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    if let Some(cached) = cache.get(&key, state.db.commits(), state.now()) {
        return Ok(request.into_response(cached.into_response()).map_into_right_body());
    }
    let _permit = cache.fill_permits.acquire().await.map_err(Problem::internal)?;
    let (commits, now) = (state.db.commits(), state.now());
    if let Some(cached) = cache.get(&key, commits, now) {
        return Ok(request.into_response(cached.into_response()).map_into_right_body());
    }
    let response = next.call(request).await?;
    if cache.max_bytes == 0 || response.status() != StatusCode::OK || !is_cacheable(response.headers()) {
        return Ok(response.map_into_left_body());
    }
    let (request, response) = response.into_parts();
    let (head, body) = response.into_parts();
    let Ok(body) = to_bytes(body).await else {
        let error = Problem::internal("the body of a public response failed").error_response();
        return Ok(ServiceResponse::new(request, error).map_into_right_body());
    };
    let cached = CachedResponse { created_at: now, headers: head.headers().clone(), body };
    cache.insert(key, commits, cached.clone());
    Ok(ServiceResponse::new(request, cached.into_response()).map_into_right_body())
}

/// Whether the route has marked the response as public. Immutable responses are cached by clients and would fill the
/// cache with photos.
fn is_cacheable(headers: &HeaderMap) -> bool {
    let cache_control = headers.get(CACHE_CONTROL).and_then(|value| value.to_str().ok()).unwrap_or_default();
    cache_control.starts_with("public") && !cache_control.contains("immutable")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(target: &str) -> CacheKey {
        CacheKey { target: target.into(), negotiation: [None, None, None] }
    }

    fn response(created_at: Instant, length: usize) -> CachedResponse {
        CachedResponse { created_at, headers: HeaderMap::new(), body: Bytes::from(vec![0; length]) }
    }

    fn noon() -> Instant {
        "2026-11-23T05:00:00Z".parse().unwrap()
    }

    #[test]
    fn entries_are_valid_for_the_ttl_and_until_the_next_commit() {
        let cache = ResponseCache::new(1 << 20);
        cache.insert(key("/a"), 7, response(noon(), 10));
        assert!(cache.get(&key("/a"), 7, noon()).is_some());
        assert!(cache.get(&key("/a"), 8, noon()).is_none());
        assert!(cache.get(&key("/b"), 7, noon()).is_none());
        assert!(cache.get(&key("/a"), 7, noon().after(TTL)).is_none());
        assert!(cache.get(&key("/a"), 7, noon().before(Duration::seconds(1))).is_none(), "the clock was set back");
    }

    #[test]
    fn a_response_from_before_a_commit_never_replaces_a_later_one() {
        let cache = ResponseCache::new(1 << 20);
        cache.insert(key("/a"), 8, response(noon(), 2));
        cache.insert(key("/a"), 7, response(noon(), 1));
        assert_eq!(cache.get(&key("/a"), 8, noon()).map(|cached| cached.body.len()), Some(2));
        assert!(cache.get(&key("/a"), 7, noon()).is_none());
    }

    #[test]
    fn the_size_limit_is_never_exceeded() {
        let cache = ResponseCache::new(10 * ENTRY_OVERHEAD);
        for index in 0..1000 {
            cache.insert(key(&format!("/{index}")), 1, response(noon(), ENTRY_OVERHEAD));
            assert!(cache.entries.lock().unwrap().bytes <= 10 * ENTRY_OVERHEAD);
        }
        cache.insert(key("/large"), 1, response(noon(), 10 * ENTRY_OVERHEAD));
        assert!(cache.get(&key("/large"), 1, noon()).is_none());
        assert!(cache.get(&key("/999"), 1, noon()).is_some());
    }
}
