//! What is worth compressing: texts above one kibibyte.

use actix_web::Error;
use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use actix_web::middleware::Next;

/// Bodies smaller than this are sent as they are.
const WORTH_IT: u64 = 1024;

/// Marks what is not worth compressing, for the compressor that stands around it.
pub async fn choose<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let mut response = next.call(request).await?;
    let small = match response.response().body().size() {
        BodySize::Sized(size) => size < WORTH_IT,
        BodySize::None => true,
        BodySize::Stream => false,
    };
    let packed = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("image/") && !kind.starts_with("image/svg"));
    if (small || packed) && !response.headers().contains_key(CONTENT_ENCODING) {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("identity"));
    }
    Ok(response)
}
