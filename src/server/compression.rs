//! Decides what to compress: content of at least one KiB that is not already compressed.

use actix_web::Error;
use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use actix_web::middleware::Next;

/// The smallest body to compress, in bytes.
const MIN_COMPRESSED_SIZE: u64 = 1024;

/// Marks responses that are not worth compressing with `Content-Encoding: identity`, which the outer compressor skips.
pub async fn skip_compression<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let mut response = next.call(request).await?;
    let is_small = match response.response().body().size() {
        BodySize::Sized(size) => size < MIN_COMPRESSED_SIZE,
        BodySize::None => true,
        BodySize::Stream => false,
    };
    let is_compressed = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("image/") && !kind.starts_with("image/svg"));
    if (is_small || is_compressed) && !response.headers().contains_key(CONTENT_ENCODING) {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("identity"));
    }
    Ok(response)
}
