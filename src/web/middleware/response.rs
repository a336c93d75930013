//! The outer middleware of every response: request ids, localized problems, 304 for unchanged content, security
//! headers.

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
use super::super::shutdown::ShutdownFlag;
use crate::db::timing;
use crate::kernel::{Entropy, Language};

/// The content security policy of responses that are not pages.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request, for logs and support.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// How to render problems for this request.
struct RequestInfo {
    reader: Reader,
    language: Language,
    id: String,
}

impl RequestInfo {
    fn render(&self, problem: &Problem) -> HttpResponse {
        problem.render(self.reader, self.language, &self.id)
    }
}

/// Finishes every response of the service; see the module.
pub async fn finalize<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let start = Stopwatch::now();
    let id = request_id(&request);
    request.extensions_mut().insert(RequestId(id.clone()));
    let info = RequestInfo { reader: Reader::of(request.request()), language: language_of(request.request()), id };
    // The route and not the path: paths may contain secrets.
    let route = request.match_pattern().unwrap_or_default();
    let span = tracing::info_span!("request", id = %info.id, method = %request.method(), route);

    let (outcome, db) = match charge_address(request.request()) {
        Ok(()) => {
            let work = AssertUnwindSafe(next.call(request)).catch_unwind().instrument(span.clone());
            timing::measure_db_time(work).await
        }
        Err(problem) => {
            let refused = request.error_response(problem).map_into_right_body();
            return Ok(span.in_scope(|| complete(refused, &info, start, Duration::ZERO)));
        }
    };
    // actix-web cannot route a request that is still referenced, so none is kept here: an error comes without its
    // request.
    let response = match outcome {
        Ok(Ok(response)) => response.map_into_left_body(),
        Ok(Err(error)) => {
            let problem = match error.as_error::<Problem>() {
                Some(problem) => info.render(problem),
                None => info.render(&framework_problem(error.as_response_error().status_code())),
            };
            return Err(span.in_scope(|| finalize_error(problem, &info.id, start)));
        }
        Err(_) => {
            let problem = Problem::internal("a handler panicked");
            span.in_scope(|| log(&problem));
            return Err(span.in_scope(|| finalize_error(info.render(&problem), &info.id, start)));
        }
    };
    Ok(span.in_scope(|| complete(response, &info, start, db)))
}

/// Finishes a response that comes with its request.
fn complete<B>(
    response: ServiceResponse<EitherBody<B, BoxBody>>,
    info: &RequestInfo,
    start: Stopwatch,
    db: Duration,
) -> ServiceResponse<EitherBody<B, BoxBody>> {
    let request = response.request().clone();
    let mut response = localize_problem(response, info);
    tag_encoding(response.headers_mut());
    if is_unchanged(&request, response.headers(), response.status()) {
        response = into_not_modified(response);
    }
    let status = response.status().as_u16();
    let rate_limit = request.extensions().get::<RateLimitStatus>().copied();
    set_headers(response.headers_mut(), &info.id, start, db, rate_limit);
    if request.app_data::<web::Data<ShutdownFlag>>().is_some_and(|shutdown| shutdown.has_begun()) {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    tracing::info!(status, elapsed_us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX), "answered");
    response
}

/// Finishes a response without its request, as an error that carries the rendered response.
fn finalize_error(mut response: HttpResponse, id: &str, start: Stopwatch) -> Error {
    set_headers(response.headers_mut(), id, start, Duration::ZERO, None);
    tracing::info!(status = response.status().as_u16(), "answered");
    InternalError::from_response("answered", response).into()
}

fn request_id(request: &ServiceRequest) -> String {
    let is_valid = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let sent = request.headers().get(&REQUEST_ID).and_then(|value| value.to_str().ok()).filter(is_valid);
    match (sent, request.app_data::<web::Data<AppState>>()) {
        (Some(id), _) => id.to_owned(),
        (None, Some(state)) => state.db.entropy().uuid().to_string(),
        (None, None) => Entropy::System.uuid().to_string(),
    }
}

/// Renders problems in the caller's language, and turns the framework's own errors into problems.
fn localize_problem<B>(
    response: ServiceResponse<EitherBody<B, BoxBody>>,
    info: &RequestInfo,
) -> ServiceResponse<EitherBody<B, BoxBody>> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let allow = response.headers().get(header::ALLOW).cloned();
    let rendered = match response.response().error() {
        Some(error) => match error.as_error::<Problem>() {
            Some(problem) => {
                log(problem);
                info.render(problem)
            }
            None => info.render(&framework_problem(status).because(error.to_string())),
        },
        // The framework's own refusals are plain text.
        None if !is_rendered(response.headers()) => info.render(&framework_problem(status)),
        None => return response,
    };
    let mut response = response.into_response(rendered).map_into_right_body();
    if let Some(allow) = allow {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}

/// Whether an error is already a problem document or a page.
fn is_rendered(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind == PROBLEM || kind.starts_with("text/html")
}

fn log(problem: &Problem) {
    let code = problem.code().as_str();
    match problem.cause() {
        Some(cause) if problem.code().status().is_server_error() => {
            tracing::error!(code, cause = %ErrorChain(cause), "failed")
        }
        Some(cause) => tracing::debug!(code, cause = %ErrorChain(cause), "refused"),
        None => tracing::debug!(code, "refused"),
    }
}

/// An error with all its causes.
struct ErrorChain<'a>(&'a (dyn std::error::Error + Send + Sync));

impl std::fmt::Display for ErrorChain<'_> {
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

/// The problem for an error of the framework.
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

/// Charges the request to the client's address.
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

/// Adds the content encoding to the entity tag, because each encoding needs a tag of its own; removes the `identity`
/// mark of uncompressed bodies.
fn tag_encoding(headers: &mut HeaderMap) {
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

fn into_not_modified<B>(response: ServiceResponse<EitherBody<B, BoxBody>>) -> ServiceResponse<EitherBody<B, BoxBody>> {
    let mut not_modified = HttpResponse::NotModified();
    for name in [header::ETAG, header::CACHE_CONTROL, header::VARY, header::LINK] {
        if let Some(value) = response.headers().get(&name) {
            not_modified.insert_header((name, value.clone()));
        }
    }
    response.into_response(not_modified.finish()).map_into_right_body()
}

fn set_headers(headers: &mut HeaderMap, id: &str, start: Stopwatch, db: Duration, rate_limit: Option<RateLimitStatus>) {
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
        let policy = if is_page { html::POLICY.as_str() } else { DATA_POLICY };
        if let Ok(policy) = HeaderValue::from_str(policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    headers.append(header::VARY, HeaderValue::from_static("Accept, Accept-Language, Authorization"));
    let timing = format!("app;dur={}, db;dur={}", milliseconds(start.elapsed()), milliseconds(db));
    let mut computed = vec![(REQUEST_ID, id.to_owned()), (HeaderName::from_static("server-timing"), timing)];
    if let Some(rate_limit) = rate_limit {
        computed.push((HeaderName::from_static("ratelimit-policy"), rate_limit.policy_header()));
        computed.push((HeaderName::from_static("ratelimit"), rate_limit.header()));
    }
    for (name, value) in computed {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
}

/// With three decimal places, for `Server-Timing`.
fn milliseconds(duration: Duration) -> String {
    format!("{}.{:03}", duration.as_millis(), duration.subsec_micros().checked_rem(1000).unwrap_or(0))
}
