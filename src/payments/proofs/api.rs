//! Routes of payment proofs.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};

use super::attach::{attach, prepare_upload};
use crate::catalogue::photos::upload;
use crate::cooperatives::Caller;
use crate::db::Tx;
use crate::files::{FileName, ImageProcessor, PictureBytes};
use crate::kernel::ids::PaymentId;
use crate::payments::access::{API_PREFIX, OrderCredential};
use crate::payments::api::views::PaymentView;
use crate::web::{
    ApiResponse, AppState, Fingerprint, IdempotencyKey, IdempotencyScope, IfMatch, PathIds, Problem, Read, Routes,
    routes,
};

/// The routes of proofs.
pub(in crate::payments) fn routes() -> Routes {
    routes!["payments": attach_proof, get_payment_proof, attach_tracked_proof, get_tracked_proof]
}

/// An upload and what its processing needs.
struct Upload {
    state: Data<AppState>,
    image_processor: Data<ImageProcessor>,
    request: HttpRequest,
    idempotency: IdempotencyKey,
    expected_version: Option<i64>,
    payload: Payload,
}

impl Upload {
    /// Processes an upload. Requests that will be refused are refused before the body is read and decoded.
    async fn receive(
        self,
        credential: OrderCredential,
        scope: IdempotencyScope,
        id: PaymentId,
    ) -> Result<ApiResponse, Problem> {
        let (state, expected_version) = (self.state, self.expected_version);
        let now = state.now();
        let format = upload::parse_format(&self.request)?;
        let file = FileName::random(state.db.entropy());
        let (opened, announced_file) = (credential.clone(), file.clone());
        state.db.write(move |tx| prepare_upload(tx, now, &opened, id, expected_version, &announced_file)).await?;
        let bytes = upload::receive(&self.request, self.payload).await?;
        let fingerprint = Fingerprint::of(&self.request, &bytes);
        self.image_processor.process_private(bytes, format, file.clone()).await?;
        let caller = credential.clone();
        let work = Box::new(move |tx: &mut Tx<'_>| {
            let (payment, order, access) = attach(tx, now, &credential, id, expected_version, &file)?;
            let view = PaymentView::of(payment, &order, &access, API_PREFIX);
            let response = ApiResponse::created(format!("{API_PREFIX}/payments/{id}/proof"), &view);
            Ok(response.with_version(view.version).about_subject(order.id))
        });
        let response = self.idempotency.once(&state.db, now, scope, fingerprint, work).await?;
        Ok(caller.with_own_urls(response))
    }
}

/// The proof of a payment, for callers who see the payment; never cached.
async fn serve_proof(
    read: Read,
    image_processor: &ImageProcessor,
    credential: OrderCredential,
    id: PaymentId,
) -> Result<ApiResponse, Problem> {
    let (payment, _, _) = read.run(move |conn, _| Ok(credential.find_payment(conn, id)?)).await?;
    let name = payment.proof.as_deref().and_then(FileName::parse).ok_or_else(Problem::not_found)?;
    let (store, file) = (image_processor.store().private(), name.clone());
    let read = tokio::task::spawn_blocking(move || store.load(&file)).await;
    let content = read.map_err(Problem::internal)?.map_err(Problem::internal)?.ok_or_else(Problem::not_found)?;
    Ok(ApiResponse::raw(StatusCode::OK, name.content_type(), content).no_store())
}

/// Upload the proof of a transfer
///
/// By the buyer, an officer of a group of the order, or the treasurer, while the payment is pending; it then does not
/// expire. Another upload replaces the picture. Everything but the pixels, such as EXIF data, is dropped.
#[utoipa::path(
    post, path = "/v1/payments/{id}/proof",
    request_body(
        description = "The picture, at most 5 MiB and 25 megapixels",
        content((PictureBytes = "image/jpeg"), (PictureBytes = "image/png"), (PictureBytes = "image/webp")),
    ),
    responses(
        (status = 201, body = PaymentView),
        (status = 409, description = "The payment does not wait for the treasurer any more"),
        (status = 413, description = "More than 5 MiB"),
        (status = 415, description = "Not JPEG, PNG or WebP"),
        (status = 422, description = "The picture cannot be used"),
        (status = 429, description = "Too many requests, or too many pictures today"),
        (status = 503, description = "Too many pictures wait"),
    ),
)]
async fn attach_proof(
    (state, image_processor): (Data<AppState>, Data<ImageProcessor>),
    request: HttpRequest,
    caller: Caller,
    PathIds(id): PathIds<PaymentId>,
    idempotency: IdempotencyKey,
    version: IfMatch<Option<i64>>,
    payload: Payload,
) -> Result<ApiResponse, Problem> {
    let scope = caller.person.idempotency_scope();
    let upload = Upload { state, image_processor, request, idempotency, expected_version: version.0, payload };
    upload.receive(OrderCredential::of_roles(caller.roles), scope, id).await
}

/// The proof of a transfer
#[utoipa::path(
    get, path = "/v1/payments/{id}/proof", responses((status = 200, content((PictureBytes = "image/jpeg")))),
)]
async fn get_payment_proof(
    read: Read,
    image_processor: Data<ImageProcessor>,
    caller: Caller,
    PathIds(id): PathIds<PaymentId>,
) -> Result<ApiResponse, Problem> {
    serve_proof(read, &image_processor, OrderCredential::of_roles(caller.roles), id).await
}

/// Upload the proof of a transfer for a tracked order
///
/// For guests, by the order's tracking secret.
#[utoipa::path(
    post, path = "/v1/track/{secret}/payments/{id}/proof",
    params(("secret" = String, Path, description = "The secret of the order's link", max_length = 100)),
    request_body(
        description = "The picture, at most 5 MiB and 25 megapixels",
        content((PictureBytes = "image/jpeg"), (PictureBytes = "image/png"), (PictureBytes = "image/webp")),
    ),
    responses(
        (status = 201, body = PaymentView),
        (status = 409, description = "The payment does not wait for the treasurer any more"),
        (status = 413, description = "More than 5 MiB"),
        (status = 415, description = "Not JPEG, PNG or WebP"),
        (status = 422, description = "The picture cannot be used"),
        (status = 429, description = "Too many requests, or too many pictures today"),
        (status = 503, description = "Too many pictures wait"),
    ),
)]
async fn attach_tracked_proof(
    (state, image_processor): (Data<AppState>, Data<ImageProcessor>),
    request: HttpRequest,
    PathIds((secret, id)): PathIds<(String, PaymentId)>,
    idempotency: IdempotencyKey,
    version: IfMatch<Option<i64>>,
    payload: Payload,
) -> Result<ApiResponse, Problem> {
    let (_, credential) = OrderCredential::parse_secret(&state, secret)?;
    let upload = Upload { state, image_processor, request, idempotency, expected_version: version.0, payload };
    Ok(upload.receive(credential, IdempotencyScope::guest(), id).await?.no_store())
}

/// The proof of a transfer for a tracked order
#[utoipa::path(
    get, path = "/v1/track/{secret}/payments/{id}/proof",
    params(("secret" = String, Path, description = "The secret of the order's link", max_length = 100)),
    responses((status = 200, content((PictureBytes = "image/jpeg")))),
)]
async fn get_tracked_proof(
    read: Read,
    (state, image_processor): (Data<AppState>, Data<ImageProcessor>),
    PathIds((secret, id)): PathIds<(String, PaymentId)>,
) -> Result<ApiResponse, Problem> {
    let (_, credential) = OrderCredential::parse_secret(&state, secret)?;
    serve_proof(read, &image_processor, credential, id).await
}
