//! CORS for the configured origins.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpResponse};

/// The allowed origins.
#[derive(Debug, Clone, Default)]
pub struct Origins(pub Vec<String>);

const EXPOSED_HEADERS: &str = "ETag, Link, Location, Idempotency-Replayed, RateLimit, RateLimit-Policy, Retry-After, \
                       X-Request-Id, Server-Timing";
const ALLOWED_HEADERS: &str = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Accept-Language, \
                     X-Request-Id";

/// The CORS middleware: answers preflight requests and adds the CORS headers.
pub async fn apply_cors<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let origin = allowed_origin(&request);
    let is_preflight = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ORIGIN)
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let has_origins = request.app_data::<Data<Origins>>().is_some_and(|origins| !origins.0.is_empty());
    let set_headers = |headers: &mut HeaderMap| {
        if has_origins {
            headers.append(header::VARY, HeaderValue::from_static("Origin"));
        }
        if let Some(origin) = &origin {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            headers.insert(
                HeaderName::from_static("access-control-expose-headers"),
                HeaderValue::from_static(EXPOSED_HEADERS),
            );
        }
    };
    let mut response = if is_preflight {
        let mut preflight = HttpResponse::NoContent();
        if origin.is_some() {
            preflight
                .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST, PUT, PATCH, DELETE"))
                .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS))
                .insert_header((header::ACCESS_CONTROL_MAX_AGE, "7200"));
        }
        request.into_response(preflight.finish()).map_into_right_body()
    } else {
        match next.call(request).await {
            Ok(response) => response.map_into_left_body(),
            // Errors without their request need the headers as well, or pages could not read them.
            Err(error) => {
                let mut response = error.error_response();
                set_headers(response.headers_mut());
                return Err(InternalError::from_response(error, response).into());
            }
        }
    };
    set_headers(response.headers_mut());
    Ok(response)
}

fn allowed_origin(request: &ServiceRequest) -> Option<HeaderValue> {
    let origin = request.headers().get(header::ORIGIN)?;
    let allowed = request.app_data::<Data<Origins>>()?;
    allowed.0.iter().any(|allowed| origin.as_bytes() == allowed.as_bytes()).then(|| origin.clone())
}
