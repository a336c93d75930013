//! The routes of product photos.

use actix_web::HttpRequest;
use actix_web::web::{Data, Payload};

use super::attach::check_attachable;
use super::discard::discard_later;
use super::{attach, detach, upload};
use crate::catalogue::access::ProductViewer;
use crate::catalogue::api::load_permit;
use crate::catalogue::api::views::ProductView;
use crate::catalogue::photo::Photo;
use crate::cooperatives::Officer;
use crate::db::{self, Conn, Tx};
use crate::files::{FileName, ImageProcessor, PictureBytes, Renditions};
use crate::kernel::ids::ProductId;
use crate::web::rate_limit::QuotaError;
use crate::web::{ApiResponse, AppState, IfMatch, PathIds, Problem, Routes, Write, routes};

/// The routes of product photos.
pub(in crate::catalogue) fn routes() -> Routes {
    routes!["catalogue": get_photo, upload_photo, delete_photo]
}

/// Returns the file of a photo. Its name is derived from its content, so that clients can cache it forever.
#[utoipa::path(
    get, path = "/v1/photos/{file}",
    params(
        ("file" = String, Path, max_length = 60, description = "The file name, from a photo's paths in a product", example = "0f343b0931126a20f133d67c2b018a3b-480.webp"),
    ),
    responses(
        (status = 200, description = "The picture", content((PictureBytes = "image/jpeg"), (PictureBytes = "image/webp"))),
    ),
)]
async fn get_photo(image_processor: Data<ImageProcessor>, path: PathIds<String>) -> Result<ApiResponse, Problem> {
    let name = FileName::parse(&path.0).ok_or_else(Problem::not_found)?;
    let (store, file) = (image_processor.store().clone(), name.clone());
    let read = tokio::task::spawn_blocking(move || store.load(&file)).await;
    let content = read.map_err(Problem::internal)?.map_err(Problem::internal)?.ok_or_else(Problem::not_found)?;
    Ok(ApiResponse::raw(actix_web::http::StatusCode::OK, name.content_type(), content).with_etag().immutable())
}

/// Uploads a photo of a product to a position. All metadata of the picture, such as EXIF and GPS data, is removed.
#[utoipa::path(
    put, path = "/v1/products/{id}/photos/{position}",
    params(
        ("position" = u8, Path, minimum = 1, maximum = 8, description = "The position, 1 to 8", example = 1),
        ("If-Match" = Option<String>, Header, max_length = 80, description = "The product's version; required to replace a photo"),
    ),
    request_body(
        description = "The picture, at most 5 MiB and 25 megapixels",
        content((PictureBytes = "image/jpeg"), (PictureBytes = "image/png"), (PictureBytes = "image/webp")),
    ),
    responses(
        (status = 201, description = "The product with its new photo", body = ProductView),
        (status = 200, description = "The product with its photo replaced", body = ProductView),
        (status = 413, description = "More than 5 MiB"),
        (status = 415, description = "Not JPEG, PNG or WebP"),
        (status = 422, description = "The picture cannot be used, or the position is invalid"),
        (status = 428, description = "A photo is replaced without `If-Match`"),
        (status = 429, description = "Too many requests, or too many pictures today"),
        (status = 503, description = "Too many pictures are being processed"),
    ),
)]
async fn upload_photo(
    (state, image_processor): (Data<AppState>, Data<ImageProcessor>),
    request: HttpRequest,
    officer: Officer,
    viewer: ProductViewer,
    PathIds((id, position)): PathIds<(ProductId, u8)>,
    IfMatch(version): IfMatch<Option<i64>>,
    payload: Payload,
) -> Result<ApiResponse, Problem> {
    let now = state.now();
    // Check first: an upload that will be rejected should not be read and processed.
    let check = move |conn: &mut Conn| -> Result<_, Problem> {
        let permit = load_permit(conn, &officer, id)?;
        let (_, replaced) = check_attachable(conn, &permit, id, version, position)?;
        Ok((permit, replaced))
    };
    let (permit, replaced) = state.db.read(check).await?;
    let format = upload::parse_format(&request)?;
    state.db.write::<_, QuotaError, _>(move |tx| upload::QUOTA.charge(tx, now, permit.account)).await?;
    let bytes = upload::receive(&request, payload).await?;
    let renditions = image_processor.process(bytes, format).await?;
    let Renditions { stem, width, height, .. } = &renditions;
    let (photo, stem) = (Photo { position, stem: stem.clone(), width: *width, height: *height }, stem.clone());
    // Schedule the clean-up before saving the files, so that a failed or aborted upload leaves no files behind.
    state.db.write::<_, db::Error, _>(move |tx| discard_later(tx, now, &stem)).await?;
    image_processor.save(renditions).await?;
    let work = move |tx: &mut Tx<'_>| {
        let product = attach(tx, now, &permit, id, version, &photo)?;
        if replaced.is_some() { viewer.ok(tx, now, product) } else { viewer.created(tx, now, product) }
    };
    state.db.write(work).await
}

/// Deletes a photo of a product.
#[utoipa::path(
    delete, path = "/v1/products/{id}/photos/{position}",
    params(("position" = u8, Path, minimum = 1, maximum = 8, description = "The position, 1 to 8", example = 1)),
    responses((status = 200, body = ProductView)),
)]
async fn delete_photo(
    call: Write,
    officer: Officer,
    viewer: ProductViewer,
    PathIds((id, position)): PathIds<(ProductId, u8)>,
    IfMatch(version): IfMatch,
) -> Result<ApiResponse, Problem> {
    call.run(move |tx, now, ()| {
        let permit = load_permit(tx, &officer, id)?;
        let product = detach(tx, now, &permit, id, version, position)?;
        viewer.ok(tx, now, product)
    })
    .await
}
