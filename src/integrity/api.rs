//! The route of proofs.

use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use super::check::{Check, Finding};
use super::store;
use crate::cooperatives::Auditor;
use crate::db;
use crate::kernel::ids::CooperativeId;
use crate::kernel::{Instant, Language};
use crate::web::{ApiResponse, AppState, PathIds, Problem, Routes, routes};

/// The routes of this slice.
pub(super) fn routes() -> Routes {
    routes![integrity]
}

/// Whether everything agrees.
#[derive(Debug, Serialize, ToSchema)]
struct Integrity {
    /// When it was examined.
    examined_at: Instant,
    /// Whether all of it agrees.
    sound: bool,
    /// What was examined, each on its own.
    #[schema(max_items = 50)]
    checks: Vec<IntegrityCheck>,
}

/// Something that must agree.
#[derive(Debug, Serialize, ToSchema)]
struct IntegrityCheck {
    /// What.
    name: Check,
    /// The same in a sentence.
    #[schema(max_length = 200, example = "Setiap pembayaran tercatat satu kali dengan jumlah yang benar.")]
    sentence: &'static str,
    /// How many things do not agree.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 0)]
    wrong: i64,
    /// One of them: a voucher, the number of an order, a product.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, nullable = false)]
    example: Option<String>,
}

/// Prove that everything agrees
///
/// The books with themselves, with the payments and with what was handed over; claims with supply. For the board, the
/// treasurer and the supervisors.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/integrity", tag = "ledger", operation_id = "integrity",
    params(("id" = CooperativeId, Path, description = "The cooperative")),
    responses((status = 200, description = "What was examined", body = Integrity)),
    security(("bearer" = [])),
)]
async fn integrity(
    state: Data<AppState>,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let (permit, now) = (auditor.of(id.0)?, state.now());
    let findings = state.db.read::<_, db::Error, _>(move |conn| store::examine(conn, permit.cooperative)).await?;
    let view = |it: Finding| IntegrityCheck {
        name: it.check,
        sentence: it.check.sentence(language),
        wrong: it.wrong,
        example: it.example,
    };
    Ok(ApiResponse::ok(&Integrity {
        examined_at: now,
        sound: findings.iter().all(|it| it.wrong == 0),
        checks: findings.into_iter().map(view).collect(),
    }))
}
