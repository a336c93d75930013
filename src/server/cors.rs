//! Which web pages may call from a browser: those that the configuration names, and no others.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpResponse};

/// The origins that may call.
#[derive(Debug, Clone, Default)]
pub struct Origins(pub Vec<String>);

const EXPOSED: &str = "ETag, Link, Location, Idempotency-Replayed, RateLimit, RateLimit-Policy, Retry-After, \
                       X-Request-Id, Server-Timing";
const ASKED: &str = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Accept-Language, \
                     X-Request-Id";

/// Wraps the whole service: answers what browsers ask beforehand, and marks what they may read.
pub async fn admit<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let origin = admitted(&request);
    let asks_beforehand = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ORIGIN)
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let any = request.app_data::<Data<Origins>>().is_some_and(|origins| !origins.0.is_empty());
    let mark = |headers: &mut HeaderMap| {
        if any {
            headers.append(header::VARY, HeaderValue::from_static("Origin"));
        }
        if let Some(origin) = &origin {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            headers.insert(HeaderName::from_static("access-control-expose-headers"), HeaderValue::from_static(EXPOSED));
        }
    };
    let mut response = if asks_beforehand {
        let mut answer = HttpResponse::NoContent();
        if origin.is_some() {
            answer
                .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST, PUT, PATCH, DELETE"))
                .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, ASKED))
                .insert_header((header::ACCESS_CONTROL_MAX_AGE, "7200"));
        }
        request.into_response(answer.finish()).map_into_right_body()
    } else {
        match next.call(request).await {
            Ok(response) => response.map_into_left_body(),
            // A page must be able to read these refusals as well: their answer comes without its request.
            Err(error) => {
                let mut answer = error.error_response();
                mark(answer.headers_mut());
                return Err(InternalError::from_response(error, answer).into());
            }
        }
    };
    mark(response.headers_mut());
    Ok(response)
}

fn admitted(request: &ServiceRequest) -> Option<HeaderValue> {
    let origin = request.headers().get(header::ORIGIN)?;
    let known = request.app_data::<Data<Origins>>()?;
    known.0.iter().any(|known| origin.as_bytes() == known.as_bytes()).then(|| origin.clone())
}
