//! Receives uploaded pictures. Used for product photos and for payment proofs.

use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Payload;

use crate::files::{Format, ImageError, MAX_BYTES, PictureError};
use crate::web::rate_limit::Quota;
use crate::web::{Code, Problem, read_body};

/// How many pictures one account can upload a day: about what a chair needs to list forty products.
pub const QUOTA: Quota = Quota { name: "pictures", limit: 200 };

/// The picture format from the `Content-Type` header.
pub fn parse_format(request: &HttpRequest) -> Result<Format, Problem> {
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type
        .and_then(Format::from_content_type)
        .ok_or_else(|| Problem::new(Code::MediaTypeUnsupported).with("expected", "image/jpeg, image/png, image/webp"))
}

/// Reads the whole picture, within the limits of size and time.
pub async fn receive(request: &HttpRequest, payload: Payload) -> Result<Vec<u8>, Problem> {
    read_body(request, payload.into_inner(), MAX_BYTES).await
}

impl From<ImageError> for Problem {
    fn from(error: ImageError) -> Self {
        let code = match &error {
            ImageError::Picture(PictureError::TooManyPixels) => Code::PhotoTooManyPixels,
            ImageError::Picture(PictureError::Animated) => Code::PhotoAnimated,
            ImageError::Picture(PictureError::WrongFormat | PictureError::Unreadable(_)) => Code::PhotoUnreadable,
            ImageError::Busy => return Problem::new(Code::Unavailable).retry_after(5).because(error),
            ImageError::Storage(cause) if cause.kind() == std::io::ErrorKind::StorageFull => Code::StorageFull,
            ImageError::Storage(_) | ImageError::Panicked => Code::Internal,
        };
        Problem::new(code).because(error)
    }
}
