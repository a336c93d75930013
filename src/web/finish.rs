//! The last touch on every answer: request ids, problems put into words, unchanged answers left out, safe headers.

use std::panic::AssertUnwindSafe;
use std::time::Instant as Stopwatch;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, web};
use futures_util::FutureExt;
use tracing::Instrument;

use super::language::language_of;
use super::problem::{Code, Problem};
use super::site::Site;
use crate::kernel::Language;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request, for logs and for asking about it.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Wraps the whole service.
pub async fn finish<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let begun = Stopwatch::now();
    let id = request_id(&request);
    request.extensions_mut().insert(RequestId(id.clone()));
    let language = language_of(request.request());
    let span = tracing::info_span!("request", id = %id, method = %request.method(), path = %request.path());

    let outcome = AssertUnwindSafe(next.call(request)).catch_unwind().instrument(span.clone()).await;
    // A request that is kept while it is routed cannot be routed: where no response bears it, it is gone.
    let response = match outcome {
        Ok(Ok(response)) => response.map_into_left_body(),
        Ok(Err(error)) => {
            let problem = match error.as_error::<Problem>() {
                Some(problem) => problem.respond(language, &id),
                None => foreign(error.as_response_error().status_code()).respond(language, &id),
            };
            return Err(span.in_scope(|| dressed_alone(problem, &id, begun)));
        }
        Err(_) => {
            let problem = Problem::internal("a handler panicked");
            span.in_scope(|| log(&problem));
            return Err(span.in_scope(|| dressed_alone(problem.respond(language, &id), &id, begun)));
        }
    };
    let kept = response.request().clone();
    let mut response = span.in_scope(|| put_into_words(response, language, &id));
    if is_unchanged(&kept, response.headers(), response.status()) {
        response = leave_out_body(response);
    }
    let status = response.status().as_u16();
    dress(response.headers_mut(), &id, begun);
    span.in_scope(|| {
        tracing::info!(status, elapsed_us = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX), "answered")
    });
    Ok(response)
}

/// The answer to a request that is gone, as an error whose response is already put into words.
fn dressed_alone(mut response: HttpResponse, id: &str, begun: Stopwatch) -> Error {
    dress(response.headers_mut(), id, begun);
    tracing::info!(status = response.status().as_u16(), "answered");
    InternalError::from_response("answered", response).into()
}

fn request_id(request: &ServiceRequest) -> String {
    let sound = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let sent = request.headers().get(&REQUEST_ID).and_then(|value| value.to_str().ok()).filter(sound);
    match (sent, request.app_data::<web::Data<Site>>()) {
        (Some(id), _) => id.to_owned(),
        (None, Some(site)) => site.db.entropy().uuid().to_string(),
        (None, None) => String::new(),
    }
}

/// Problems know their code only; here they meet the caller's language. What is no problem yet becomes one.
fn put_into_words<B>(
    response: ServiceResponse<EitherBody<B, BoxBody>>,
    language: Language,
    id: &str,
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
                problem.respond(language, id)
            }
            None => foreign(status).because(error.to_string()).respond(language, id),
        },
        None => return response,
    };
    let mut response = response.into_response(spoken).map_into_right_body();
    if let Some(allow) = allow {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
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
fn foreign(status: StatusCode) -> Problem {
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

fn dress(headers: &mut HeaderMap, id: &str, begun: Stopwatch) {
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
        let policy =
            HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    headers.append(header::VARY, HeaderValue::from_static("Accept-Language, Authorization"));
    let elapsed = begun.elapsed();
    let timing =
        format!("app;dur={}.{:03}", elapsed.as_millis(), elapsed.subsec_micros().checked_rem(1000).unwrap_or(0));
    for (name, value) in [(REQUEST_ID, id.to_owned()), (HeaderName::from_static("server-timing"), timing)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
}
