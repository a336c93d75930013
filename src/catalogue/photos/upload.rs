//! A picture on its way in: what photos of products and slips of transfers have in common.

use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Payload;

use crate::files::{DarkroomError, Format, MAX_BYTES, PictureError};
use crate::web::rate_limit::Quota;
use crate::web::{Code, Problem, collect};

/// How many pictures one caller may send a day: a chair who lists forty products comes to about that many.
pub const QUOTA: Quota = Quota { name: "pictures", most: 200 };

/// What the caller says the picture is.
pub fn format_of(request: &HttpRequest) -> Result<Format, Problem> {
    let said = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    said.and_then(Format::of_content_type)
        .ok_or_else(|| Problem::new(Code::MediaTypeUnsupported).with("expected", "image/jpeg, image/png, image/webp"))
}

/// The whole picture, within the limits of size and time.
pub async fn receive(request: &HttpRequest, payload: Payload) -> Result<Vec<u8>, Problem> {
    collect(request, payload.into_inner(), MAX_BYTES).await
}

impl From<DarkroomError> for Problem {
    fn from(error: DarkroomError) -> Self {
        let code = match &error {
            DarkroomError::Picture(PictureError::TooManyPixels) => Code::PhotoTooManyPixels,
            DarkroomError::Picture(PictureError::Animated) => Code::PhotoAnimated,
            DarkroomError::Picture(PictureError::NotAsSaid | PictureError::Unreadable(_)) => Code::PhotoUnreadable,
            DarkroomError::Busy => return Problem::new(Code::Unavailable).retry_after(5).because(error),
            DarkroomError::Storage(cause) if cause.kind() == std::io::ErrorKind::StorageFull => Code::StorageFull,
            DarkroomError::Storage(_) | DarkroomError::BrokeOff => Code::Internal,
        };
        Problem::new(code).because(error)
    }
}
