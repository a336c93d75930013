//! The routes of photos.

use actix_web::HttpRequest;
use actix_web::web::{Data, Payload};

use super::attach::admits;
use super::discard::discard_later;
use super::{AttachError, DetachError, Photo, attach, detach, upload};
use crate::catalogue::api::{Reader, known};
use crate::catalogue::views::ProductView;
use crate::cooperatives::Officer;
use crate::db;
use crate::files::{FileName, ImageProcessor, PictureBytes, Renditions};
use crate::kernel::ids::ProductId;
use crate::web::rate_limit::QuotaError;
use crate::web::{ApiResponse, AppState, IfMatch, PathIds, Problem, Routes, routes};

/// The routes of photos.
pub(in crate::catalogue) fn routes() -> Routes {
    routes![show_photo, put_photo, delete_photo]
}

/// A photo's file. Its name is made from its content, so that it may be kept for good.
#[utoipa::path(
    get, path = "/v1/photos/{file}", tag = "catalogue", operation_id = "show_photo",
    params(("file" = String, Path, max_length = 60, description = "The name as a product's photos give it", example = "0f343b0931126a20f133d67c2b018a3b-480.webp")),
    responses(
        (status = 200, description = "The picture", content((PictureBytes = "image/jpeg"), (PictureBytes = "image/webp"))),
    ),
)]
async fn show_photo(image_processor: Data<ImageProcessor>, path: PathIds<String>) -> Result<ApiResponse, Problem> {
    let name = FileName::parse(&path.0).ok_or_else(Problem::not_found)?;
    let (store, file) = (image_processor.store().clone(), name.clone());
    let read = tokio::task::spawn_blocking(move || store.load(&file)).await;
    let content = read.map_err(Problem::internal)?.map_err(Problem::internal)?.ok_or_else(Problem::not_found)?;
    Ok(ApiResponse::raw(actix_web::http::StatusCode::OK, name.content_type(), content).tagged().immutable())
}

/// Puts a photo into its place among a product's photos. Its EXIF data, position and all else but its pixels are
/// dropped.
#[utoipa::path(
    put, path = "/v1/products/{id}/photos/{position}", tag = "catalogue", operation_id = "put_photo",
    params(
        ("id" = ProductId, Path, description = "The product"),
        ("position" = u8, Path, minimum = 1, maximum = 8, description = "The place, 1 to 8", example = 1),
        ("If-Match" = Option<String>, Header, max_length = 80, description = "The product's version; needed to replace a photo"),
    ),
    request_body(description = "The picture, at most 5 MiB and 25 megapixels", content((PictureBytes = "image/jpeg"), (PictureBytes = "image/png"), (PictureBytes = "image/webp"))),
    responses(
        (status = 201, description = "The product with its new photo", body = ProductView),
        (status = 200, description = "The product with its photo replaced", body = ProductView),
        (status = 413, description = "More than 5 MiB"),
        (status = 415, description = "Not JPEG, PNG or WebP"),
        (status = 422, description = "The picture cannot be used, or there is no such place"),
        (status = 428, description = "A photo is replaced without `If-Match`"),
        (status = 429, description = "Too many requests, or too many pictures today"),
        (status = 503, description = "Too many pictures wait"),
    ),
    security(("bearer" = [])),
)]
async fn put_photo(
    (state, image_processor): (Data<AppState>, Data<ImageProcessor>),
    request: HttpRequest,
    officer: Officer,
    reader: Reader,
    path: PathIds<(ProductId, u8)>,
    version: IfMatch,
    payload: Payload,
) -> Result<ApiResponse, Problem> {
    let (PathIds((id, position)), now, expected) = (path, state.now(), version.sent());
    let permit = officer.of(known(&state, id).await?.group)?;
    // What will be refused is refused before megabytes are read and a picture is worked on.
    let (_, before) = state.db.read(move |conn| admits(conn, &permit, id, expected, position)).await?;
    let said = upload::format_of(&request)?;
    state.db.write::<_, QuotaError, _>(move |tx| upload::QUOTA.take(tx, now, permit.account)).await?;
    let bytes = upload::receive(&request, payload).await?;
    let renditions = image_processor.process(bytes, said).await?;
    let Renditions { stem, width, height, .. } = &renditions;
    let (photo, stem) = (Photo { position, stem: stem.clone(), width: *width, height: *height }, stem.clone());
    // Files are looked after before they are kept: an upload that loses or breaks off leaves nothing for good.
    state.db.write::<_, db::Error, _>(move |tx| discard_later(tx, now, &stem)).await?;
    image_processor.keep(renditions).await?;
    let work = move |tx: &mut db::Tx<'_>| -> Result<ApiResponse, AttachError> {
        let product = attach(tx, now, &permit, id, expected, &photo)?;
        Ok(if before.is_some() { reader.ok(tx, product)? } else { reader.created(tx, product)? })
    };
    Ok(state.db.write(work).await?)
}

/// Takes a photo away.
#[utoipa::path(
    delete, path = "/v1/products/{id}/photos/{position}", tag = "catalogue", operation_id = "delete_photo",
    params(
        ("id" = ProductId, Path, description = "The product"),
        ("position" = u8, Path, minimum = 1, maximum = 8, description = "The place, 1 to 8", example = 1),
        ("If-Match" = String, Header),
    ),
    responses(
        (status = 200, description = "The product without the photo", body = ProductView),
    ),
    security(("bearer" = [])),
)]
async fn delete_photo(
    state: Data<AppState>,
    officer: Officer,
    reader: Reader,
    path: PathIds<(ProductId, u8)>,
    version: IfMatch,
) -> Result<ApiResponse, Problem> {
    let (PathIds((id, position)), now) = (path, state.now());
    let (permit, expected) = (officer.of(known(&state, id).await?.group)?, version.required()?);
    let work = move |tx: &mut db::Tx<'_>| -> Result<ApiResponse, DetachError> {
        let product = detach(tx, now, &permit, id, expected, position)?;
        Ok(reader.ok(tx, product)?)
    };
    Ok(state.db.write(work).await?)
}
