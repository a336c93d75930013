//! The routes of proofs.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};

use super::attach::{announce, attach};
use crate::catalogue::photos::upload;
use crate::cooperatives::Insider;
use crate::files::{Darkroom, FileName, PictureBytes};
use crate::kernel::ids::PaymentId;
use crate::payments::door::{Door, KEPT};
use crate::payments::error::PaymentError;
use crate::payments::view::PaymentView;
use crate::web::{Answer, Fingerprint, Idempotency, IfMatch, PathIds, Problem, Routes, Scope, Site, routes};

/// The routes of proofs.
pub(in crate::payments) fn routes() -> Routes {
    routes![attach_proof, show_proof, attach_tracked_proof, show_tracked_proof]
}

/// A picture on its way in, with what it needs.
struct Upload {
    site: Data<Site>,
    darkroom: Data<Darkroom>,
    request: HttpRequest,
    idempotency: Idempotency,
    expected: Option<i64>,
    payload: Payload,
}

impl Upload {
    /// What will be refused is refused before megabytes are read and a picture is worked on.
    async fn receive(self, door: Door, scope: Scope, id: PaymentId) -> Result<Answer, Problem> {
        let (site, expected) = (self.site, self.expected);
        let now = site.now();
        let said = upload::format_of(&self.request)?;
        let file = FileName::random(site.db.entropy());
        let (opened, announced) = (door.clone(), file.clone());
        site.db.write::<_, PaymentError, _>(move |tx| announce(tx, now, &opened, id, expected, &announced)).await?;
        let bytes = upload::receive(&self.request, self.payload).await?;
        let fingerprint = Fingerprint::of(&self.request, &bytes);
        self.darkroom.develop_private(bytes, said, file.clone()).await?;
        let caller = door.clone();
        let answer = self
            .idempotency
            .once(&site.db, now, scope, fingerprint, move |tx| {
                let (payment, order, party) = attach(tx, now, &door, id, expected, &file)?;
                let version = payment.version;
                let view = PaymentView::of(payment, &order, &party, KEPT);
                let answer = Answer::created(format!("{KEPT}/payments/{id}/proof"), &view);
                Ok::<_, PaymentError>(answer.version(version).about(order.id))
            })
            .await?;
        Ok(caller.told(answer))
    }
}

/// The picture of a payment, for those who see the payment; nobody keeps it.
async fn show(site: &Site, darkroom: &Darkroom, door: Door, id: PaymentId) -> Result<Answer, Problem> {
    let (payment, _, _) = site.db.read(move |conn| door.find(conn, id)).await?;
    let name = payment.proof.as_deref().and_then(FileName::parse).ok_or_else(Problem::not_found)?;
    let (store, file) = (darkroom.store().private(), name.clone());
    let read = tokio::task::spawn_blocking(move || store.load(&file)).await;
    let content = read.map_err(Problem::internal)?.map_err(Problem::internal)?.ok_or_else(Problem::not_found)?;
    Ok(Answer::raw(StatusCode::OK, name.content_type(), content).no_store())
}

/// Show that a transfer was made
///
/// By the buyer, an officer of a group of the order, or the treasurer, while the transfer waits for the treasurer; it
/// then does not expire. Sent again it replaces the picture. Its EXIF data and all else but its pixels are dropped.
#[utoipa::path(
    post, path = "/v1/payments/{id}/proof", tag = "payments", operation_id = "attach_proof",
    params(
        ("id" = PaymentId, Path, description = "The payment"),
        ("Idempotency-Key" = Option<String>, Header),
        ("If-Match" = Option<String>, Header),
    ),
    request_body(description = "The picture, at most 5 MiB and 25 megapixels", content((PictureBytes = "image/jpeg"), (PictureBytes = "image/png"), (PictureBytes = "image/webp"))),
    responses(
        (status = 201, description = "The payment with its proof", body = PaymentView),
        (status = 409, description = "The payment does not wait for the treasurer any more"),
        (status = 413, description = "More than 5 MiB"),
        (status = 415, description = "Not JPEG, PNG or WebP"),
        (status = 422, description = "The picture cannot be used"),
        (status = 429, description = "Too many requests, or too many pictures today"),
        (status = 503, description = "Too many pictures wait"),
    ),
    security(("bearer" = [])),
)]
async fn attach_proof(
    (site, darkroom): (Data<Site>, Data<Darkroom>),
    request: HttpRequest,
    insider: Insider,
    PathIds(id): PathIds<PaymentId>,
    idempotency: Idempotency,
    version: IfMatch,
    payload: Payload,
) -> Result<Answer, Problem> {
    let scope = insider.person.scope();
    let upload = Upload { site, darkroom, request, idempotency, expected: version.sent(), payload };
    upload.receive(Door::of(insider.standing), scope, id).await
}

/// The picture of a transfer
#[utoipa::path(
    get, path = "/v1/payments/{id}/proof", tag = "payments", operation_id = "show_proof",
    params(("id" = PaymentId, Path, description = "The payment")),
    responses(
        (status = 200, description = "The picture", content((PictureBytes = "image/jpeg"))),
    ),
    security(("bearer" = [])),
)]
async fn show_proof(
    (site, darkroom): (Data<Site>, Data<Darkroom>),
    insider: Insider,
    PathIds(id): PathIds<PaymentId>,
) -> Result<Answer, Problem> {
    show(&site, &darkroom, Door::of(insider.standing), id).await
}

/// Show that a transfer for a tracked order was made
///
/// As a guest, by the order's secret link.
#[utoipa::path(
    post, path = "/v1/track/{secret}/payments/{id}/proof", tag = "payments", operation_id = "attach_tracked_proof",
    params(
        ("secret" = String, Path, description = "The secret of the order's link", max_length = 100),
        ("id" = PaymentId, Path, description = "The payment"),
        ("Idempotency-Key" = Option<String>, Header),
        ("If-Match" = Option<String>, Header),
    ),
    request_body(description = "The picture, at most 5 MiB and 25 megapixels", content((PictureBytes = "image/jpeg"), (PictureBytes = "image/png"), (PictureBytes = "image/webp"))),
    responses(
        (status = 201, description = "The payment with its proof", body = PaymentView),
        (status = 409, description = "The payment does not wait for the treasurer any more"),
        (status = 413, description = "More than 5 MiB"),
        (status = 415, description = "Not JPEG, PNG or WebP"),
        (status = 422, description = "The picture cannot be used"),
        (status = 429, description = "Too many requests, or too many pictures today"),
        (status = 503, description = "Too many pictures wait"),
    ),
    security(()),
)]
async fn attach_tracked_proof(
    (site, darkroom): (Data<Site>, Data<Darkroom>),
    request: HttpRequest,
    PathIds((secret, id)): PathIds<(String, PaymentId)>,
    idempotency: Idempotency,
    version: IfMatch,
    payload: Payload,
) -> Result<Answer, Problem> {
    let (_, door) = Door::with_secret(&site, secret)?;
    let upload = Upload { site, darkroom, request, idempotency, expected: version.sent(), payload };
    Ok(upload.receive(door, Scope::guest(), id).await?.no_store())
}

/// The picture of a transfer for a tracked order
#[utoipa::path(
    get, path = "/v1/track/{secret}/payments/{id}/proof", tag = "payments", operation_id = "show_tracked_proof",
    params(
        ("secret" = String, Path, description = "The secret of the order's link", max_length = 100),
        ("id" = PaymentId, Path, description = "The payment"),
    ),
    responses(
        (status = 200, description = "The picture", content((PictureBytes = "image/jpeg"))),
    ),
    security(()),
)]
async fn show_tracked_proof(
    (site, darkroom): (Data<Site>, Data<Darkroom>),
    PathIds((secret, id)): PathIds<(String, PaymentId)>,
) -> Result<Answer, Problem> {
    let (_, door) = Door::with_secret(&site, secret)?;
    show(&site, &darkroom, door, id).await
}
