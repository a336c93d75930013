//! Public answers, kept for those who ask the same while nothing has been written.
//!
//! What is kept is told apart by everything that may shape a public answer. It holds only as long as this instance
//! has committed nothing since before it was read, so that whoever has changed something sees it changed; and only
//! for a moment, for other instances commit too and the day goes on.

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

/// How long an answer is kept at most.
const TTL: Duration = Duration::seconds(1);
/// How many answers are made at once.
const MAX_CONCURRENT_FILLS: usize = 4;
/// What an answer weighs besides its body: its question and its headers.
const ENTRY_OVERHEAD: usize = 1024;

/// The answers that are kept, and how many bytes of them at most.
#[derive(Debug)]
pub struct ResponseCache {
    at_most: usize,
    shelf: Mutex<Shelf>,
    /// One for each answer that is being made: of many who ask the same at once, most find it made. Compressing takes
    /// memory by the megabyte.
    turns: Semaphore,
}

/// Answers that were all read after the same commit.
#[derive(Debug, Default)]
struct Shelf {
    commits: u64,
    bytes: usize,
    answers: HashMap<CacheKey, KeptAnswer>,
}

/// Everything that may shape a public answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct CacheKey {
    target: String,
    /// The values of the headers that choose among forms of one answer.
    forms: [Option<Vec<u8>>; 3],
}

#[derive(Debug, Clone)]
struct KeptAnswer {
    since: Instant,
    headers: HeaderMap,
    body: Bytes,
}

impl CacheKey {
    /// Only who reads without saying who they are asks what others ask, too. How the server is, is told anew each time
    /// and without waiting.
    fn of(request: &ServiceRequest) -> Option<Self> {
        let headers = request.headers();
        let is_shared = request.method() == Method::GET && !headers.contains_key(AUTHORIZATION);
        if !is_shared || request.path().starts_with("/health/") {
            return None;
        }
        let form = |name| headers.get(name).map(|value| value.as_bytes().to_vec());
        Some(CacheKey {
            target: request.uri().to_string(),
            forms: [form(ACCEPT), form(ACCEPT_LANGUAGE), form(ACCEPT_ENCODING)],
        })
    }
}

impl ResponseCache {
    /// An empty shelf for so many bytes; for none, nothing is kept.
    pub fn new(at_most: usize) -> Self {
        ResponseCache { at_most, shelf: Mutex::default(), turns: Semaphore::new(MAX_CONCURRENT_FILLS) }
    }

    fn find(&self, question: &CacheKey, commits: u64, now: Instant) -> Option<KeptAnswer> {
        let shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = shelf.answers.get(question).filter(|_| shelf.commits == commits)?;
        (answer.since <= now && now.since(answer.since) < TTL).then(|| answer.clone())
    }

    /// Keeps what was read when so many commits had happened.
    fn keep(&self, question: CacheKey, commits: u64, answer: KeptAnswer) {
        let weight = answer.body.len().saturating_add(ENTRY_OVERHEAD);
        if weight > self.at_most {
            return;
        }
        let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        if shelf.commits > commits {
            return;
        }
        if shelf.commits < commits || shelf.bytes.saturating_add(weight) > self.at_most {
            *shelf = Shelf { commits, ..Shelf::default() };
        }
        shelf.bytes = shelf.bytes.saturating_add(weight);
        shelf.answers.insert(question, answer);
    }
}

impl KeptAnswer {
    fn response(self) -> HttpResponse {
        let mut response = HttpResponse::with_body(StatusCode::OK, BoxBody::new(self.body));
        *response.headers_mut() = self.headers;
        response
    }
}

/// Wraps the compressor, so that an answer is compressed once for all who take it so.
pub async fn keep<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let place = (request.app_data::<Data<ResponseCache>>().cloned(), request.app_data::<Data<AppState>>().cloned());
    let (Some(kept), Some(state), Some(question)) = (place.0, place.1, CacheKey::of(&request)) else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    if let Some(answer) = kept.find(&question, state.db.commits(), state.now()) {
        return Ok(request.into_response(answer.response()).map_into_right_body());
    }
    let _turn = kept.turns.acquire().await.map_err(Problem::internal)?;
    let (commits, now) = (state.db.commits(), state.now());
    if let Some(answer) = kept.find(&question, commits, now) {
        return Ok(request.into_response(answer.response()).map_into_right_body());
    }
    let response = next.call(request).await?;
    if kept.at_most == 0 || response.status() != StatusCode::OK || !is_for_everyone(response.headers()) {
        return Ok(response.map_into_left_body());
    }
    let (request, response) = response.into_parts();
    let (head, body) = response.into_parts();
    let Ok(body) = to_bytes(body).await else {
        let broken = Problem::internal("a public answer broke off").error_response();
        return Ok(ServiceResponse::new(request, broken).map_into_right_body());
    };
    let answer = KeptAnswer { since: now, headers: head.headers().clone(), body };
    kept.keep(question, commits, answer.clone());
    Ok(ServiceResponse::new(request, answer.response()).map_into_right_body())
}

/// Whether the route has said that anyone may keep the answer for a while. What may be kept for good is kept by those
/// who ask, and would fill the shelf with photos.
fn is_for_everyone(headers: &HeaderMap) -> bool {
    let said = headers.get(CACHE_CONTROL).and_then(|value| value.to_str().ok()).unwrap_or_default();
    said.starts_with("public") && !said.contains("immutable")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(target: &str) -> CacheKey {
        CacheKey { target: target.into(), forms: [None, None, None] }
    }

    fn answer(since: Instant, length: usize) -> KeptAnswer {
        KeptAnswer { since, headers: HeaderMap::new(), body: Bytes::from(vec![0; length]) }
    }

    fn noon() -> Instant {
        "2026-11-23T05:00:00Z".parse().unwrap()
    }

    #[test]
    fn it_holds_for_a_moment_and_until_the_next_commit() {
        let kept = ResponseCache::new(1 << 20);
        kept.keep(question("/a"), 7, answer(noon(), 10));
        assert!(kept.find(&question("/a"), 7, noon()).is_some());
        assert!(kept.find(&question("/a"), 8, noon()).is_none());
        assert!(kept.find(&question("/b"), 7, noon()).is_none());
        assert!(kept.find(&question("/a"), 7, noon().after(TTL)).is_none());
        assert!(kept.find(&question("/a"), 7, noon().before(Duration::seconds(1))).is_none(), "the clock was set back");
    }

    #[test]
    fn what_was_read_before_a_commit_never_replaces_what_was_read_after_it() {
        let kept = ResponseCache::new(1 << 20);
        kept.keep(question("/a"), 8, answer(noon(), 2));
        kept.keep(question("/a"), 7, answer(noon(), 1));
        assert_eq!(kept.find(&question("/a"), 8, noon()).map(|answer| answer.body.len()), Some(2));
        assert!(kept.find(&question("/a"), 7, noon()).is_none());
    }

    #[test]
    fn it_never_holds_more_than_its_bytes() {
        let kept = ResponseCache::new(10 * ENTRY_OVERHEAD);
        for place in 0..1000 {
            kept.keep(question(&format!("/{place}")), 1, answer(noon(), ENTRY_OVERHEAD));
            assert!(kept.shelf.lock().unwrap().bytes <= 10 * ENTRY_OVERHEAD);
        }
        kept.keep(question("/large"), 1, answer(noon(), 10 * ENTRY_OVERHEAD));
        assert!(kept.find(&question("/large"), 1, noon()).is_none());
        assert!(kept.find(&question("/999"), 1, noon()).is_some());
    }
}
