//! The last touch on every answer: request ids, problems put into words, unchanged answers left out, safe headers.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant as Stopwatch};

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, web};
use futures_util::FutureExt;
use tracing::Instrument;

use super::super::address::client_address;
use super::super::app_state::AppState;
use super::super::html::{self, Reader};
use super::super::language::language_of;
use super::super::problem::{Code, PROBLEM, Problem};
use super::super::rate_limit::{Limiter, RateLimitStatus};
use super::super::shutdown::Stopping;
use crate::db::timing;
use crate::kernel::Language;

/// What an answer may do that is no page: nothing.
const NO_PAGE: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request, for logs and for asking about it.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Who asked, and how they are to be answered.
struct Caller {
    reader: Reader,
    language: Language,
    id: String,
}

impl Caller {
    fn render(&self, problem: &Problem) -> HttpResponse {
        problem.respond(self.reader, self.language, &self.id)
    }
}

/// Wraps the whole service.
pub async fn finalize<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let begun = Stopwatch::now();
    let id = request_id(&request);
    request.extensions_mut().insert(RequestId(id.clone()));
    let caller = Caller { reader: Reader::of(request.request()), language: language_of(request.request()), id };
    // The route and not the path: paths may bear secrets.
    let route = request.match_pattern().unwrap_or_default();
    let span = tracing::info_span!("request", id = %caller.id, method = %request.method(), route);

    let (outcome, db) = match charge_address(request.request()) {
        Ok(()) => {
            let work = AssertUnwindSafe(next.call(request)).catch_unwind().instrument(span.clone());
            timing::measured(work).await
        }
        Err(problem) => {
            let refused = request.error_response(problem).map_into_right_body();
            return Ok(span.in_scope(|| complete(refused, &caller, begun, Duration::ZERO)));
        }
    };
    // A request that is kept while it is routed cannot be routed: where no response bears it, it is gone.
    let response = match outcome {
        Ok(Ok(response)) => response.map_into_left_body(),
        Ok(Err(error)) => {
            let problem = match error.as_error::<Problem>() {
                Some(problem) => caller.render(problem),
                None => caller.render(&framework_problem(error.as_response_error().status_code())),
            };
            return Err(span.in_scope(|| finalize_error(problem, &caller.id, begun)));
        }
        Err(_) => {
            let problem = Problem::internal("a handler panicked");
            span.in_scope(|| log(&problem));
            return Err(span.in_scope(|| finalize_error(caller.render(&problem), &caller.id, begun)));
        }
    };
    Ok(span.in_scope(|| complete(response, &caller, begun, db)))
}

/// The last touch on a response that bears its request.
fn complete<B>(
    response: ServiceResponse<EitherBody<B, BoxBody>>,
    caller: &Caller,
    begun: Stopwatch,
    db: Duration,
) -> ServiceResponse<EitherBody<B, BoxBody>> {
    let kept = response.request().clone();
    let mut response = localize_problem(response, caller);
    name_coding(response.headers_mut());
    if is_unchanged(&kept, response.headers(), response.status()) {
        response = leave_out_body(response);
    }
    let status = response.status().as_u16();
    let rate_limit = kept.extensions().get::<RateLimitStatus>().copied();
    set_headers(response.headers_mut(), &caller.id, begun, db, rate_limit);
    if kept.app_data::<web::Data<Stopping>>().is_some_and(|stopping| stopping.has_begun()) {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    tracing::info!(status, elapsed_us = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX), "answered");
    response
}

/// The answer to a request that is gone, as an error whose response is already put into words.
fn finalize_error(mut response: HttpResponse, id: &str, begun: Stopwatch) -> Error {
    set_headers(response.headers_mut(), id, begun, Duration::ZERO, None);
    tracing::info!(status = response.status().as_u16(), "answered");
    InternalError::from_response("answered", response).into()
}

fn request_id(request: &ServiceRequest) -> String {
    let sound = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let sent = request.headers().get(&REQUEST_ID).and_then(|value| value.to_str().ok()).filter(sound);
    match (sent, request.app_data::<web::Data<AppState>>()) {
        (Some(id), _) => id.to_owned(),
        (None, Some(state)) => state.db.entropy().uuid().to_string(),
        (None, None) => String::new(),
    }
}

/// Problems know their code only; here they meet the caller's language. What is no problem yet becomes one.
fn localize_problem<B>(
    response: ServiceResponse<EitherBody<B, BoxBody>>,
    caller: &Caller,
) -> ServiceResponse<EitherBody<B, BoxBody>> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let allow = response.headers().get(header::ALLOW).cloned();
    let spoken = match response.response().error() {
        Some(error) => match error.as_error::<Problem>() {
            Some(problem) => {
                log(problem);
                caller.render(problem)
            }
            None => caller.render(&framework_problem(status).because(error.to_string())),
        },
        // What the framework refuses by itself is plain text.
        None if !is_worded(response.headers()) => caller.render(&framework_problem(status)),
        None => return response,
    };
    let mut response = response.into_response(spoken).map_into_right_body();
    if let Some(allow) = allow {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}

/// Whether a refusal is a problem document or a page already.
fn is_worded(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind == PROBLEM || kind.starts_with("text/html")
}

fn log(problem: &Problem) {
    let code = problem.code().as_str();
    match problem.cause() {
        Some(cause) if problem.code().status().is_server_error() => {
            tracing::error!(code, cause = %Chain(cause), "failed")
        }
        Some(cause) => tracing::debug!(code, cause = %Chain(cause), "refused"),
        None => tracing::debug!(code, "refused"),
    }
}

/// An error with all its causes.
struct Chain<'a>(&'a (dyn std::error::Error + Send + Sync));

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(cause) = source {
            write!(f, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

/// The problem of an error that the framework made.
fn framework_problem(status: StatusCode) -> Problem {
    Problem::new(match status.as_u16() {
        404 => Code::NotFound,
        405 => Code::MethodNotAllowed,
        406 => Code::NotAcceptable,
        408 => Code::RequestTimeout,
        413 => Code::BodyTooLarge,
        400..=499 => Code::BodyUnreadable,
        503 => Code::Unavailable,
        _ => Code::Internal,
    })
}

/// Takes one request out of the bucket of the caller's address.
fn charge_address(request: &HttpRequest) -> Result<(), Problem> {
    let Some(limiter) = request.app_data::<web::Data<Limiter>>() else { return Ok(()) };
    if request.path().starts_with("/health/") {
        return Ok(());
    }
    if let Some(rate_limit) = limiter.charge_address(client_address(request), Stopwatch::now())? {
        request.extensions_mut().insert(rate_limit);
    }
    Ok(())
}

/// Each coding of a body has a tag of its own; what was marked as not worth coding says nothing of it.
fn name_coding(headers: &mut HeaderMap) {
    let coding = headers.get(header::CONTENT_ENCODING).and_then(|coding| coding.to_str().ok()).map(str::to_owned);
    match coding.as_deref() {
        Some("identity") => {
            headers.remove(header::CONTENT_ENCODING);
        }
        Some(coding) => {
            let tag = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
            let tag = tag.and_then(|tag| tag.strip_suffix('"')).map(|tag| format!("{tag}-{coding}\""));
            if let Some(tag) = tag.and_then(|tag| HeaderValue::from_str(&tag).ok()) {
                headers.insert(header::ETAG, tag);
            }
        }
        None => {}
    }
}

fn is_unchanged(request: &HttpRequest, headers: &HeaderMap, status: StatusCode) -> bool {
    if status != StatusCode::OK || !matches!(*request.method(), Method::GET | Method::HEAD) {
        return false;
    }
    let text = |headers: &HeaderMap, name| {
        headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).map(str::to_owned)
    };
    match (text(headers, header::ETAG), text(request.headers(), header::IF_NONE_MATCH)) {
        (Some(tag), Some(known)) => {
            known.trim() == "*" || known.split(',').any(|candidate| candidate.trim().trim_start_matches("W/") == tag)
        }
        _ => false,
    }
}

fn leave_out_body<B>(response: ServiceResponse<EitherBody<B, BoxBody>>) -> ServiceResponse<EitherBody<B, BoxBody>> {
    let mut bare = HttpResponse::NotModified();
    for name in [header::ETAG, header::CACHE_CONTROL, header::VARY, header::LINK] {
        if let Some(value) = response.headers().get(&name) {
            bare.insert_header((name, value.clone()));
        }
    }
    response.into_response(bare.finish()).map_into_right_body()
}

fn set_headers(headers: &mut HeaderMap, id: &str, begun: Stopwatch, db: Duration, rate_limit: Option<RateLimitStatus>) {
    let fixed = [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "DENY"),
        ("cross-origin-resource-policy", "cross-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        let is_page = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        let policy = if is_page { html::POLICY.as_str() } else { NO_PAGE };
        if let Ok(policy) = HeaderValue::from_str(policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    headers.append(header::VARY, HeaderValue::from_static("Accept, Accept-Language, Authorization"));
    let timing = format!("app;dur={}, db;dur={}", milliseconds(begun.elapsed()), milliseconds(db));
    let mut told = vec![(REQUEST_ID, id.to_owned()), (HeaderName::from_static("server-timing"), timing)];
    if let Some(rate_limit) = rate_limit {
        told.push((HeaderName::from_static("ratelimit-policy"), rate_limit.policy_header()));
        told.push((HeaderName::from_static("ratelimit"), rate_limit.header()));
    }
    for (name, value) in told {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
}

/// With three places, as `Server-Timing` wants it.
fn milliseconds(duration: Duration) -> String {
    format!("{}.{:03}", duration.as_millis(), duration.subsec_micros().checked_rem(1000).unwrap_or(0))
}
