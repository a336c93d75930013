//! The routes of photos.

use actix_web::web::Data;

use crate::files::{Darkroom, DarkroomError, FileName, PictureError};
use crate::web::{Answer, Code, PathIds, Problem, ProblemDocument, Routes, routes};

/// The routes of photos.
pub(in crate::catalogue) fn routes() -> Routes {
    routes![show_photo]
}

/// A photo's file. Its name is made from its content, so that it may be kept for good.
#[utoipa::path(
    get, path = "/v1/photos/{file}", tag = "catalogue", operation_id = "show_photo",
    params(("file" = String, Path, max_length = 60, description = "The name as a product's photos give it", example = "0f343b0931126a20f133d67c2b018a3b-480.webp")),
    responses(
        (status = 200, description = "The picture", content((Vec<u8> = "image/jpeg"), (Vec<u8> = "image/webp"))),
        (status = 304, description = "Unchanged"),
        (status = 404, description = "There is none", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
async fn show_photo(darkroom: Data<Darkroom>, path: PathIds<String>) -> Result<Answer, Problem> {
    let name = FileName::parse(&path.0).ok_or_else(Problem::not_found)?;
    let (store, file) = (darkroom.store().clone(), name.clone());
    let read = tokio::task::spawn_blocking(move || store.load(&file)).await;
    let content = read.map_err(Problem::internal)?.map_err(Problem::internal)?.ok_or_else(Problem::not_found)?;
    Ok(Answer::raw(actix_web::http::StatusCode::OK, name.content_type(), content).tagged().immutable())
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
