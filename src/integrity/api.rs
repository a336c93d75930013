//! Route of the integrity checks.

use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use super::check::{CheckName, Finding};
use super::store;
use crate::cooperatives::Auditor;
use crate::db;
use crate::kernel::ids::CooperativeId;
use crate::kernel::{Instant, Language};
use crate::web::{ApiResponse, AppState, PathIds, Problem, Routes, routes};

/// The routes of this slice.
pub(super) fn routes() -> Routes {
    routes!["ledger": check_integrity]
}

/// Result of the integrity checks.
#[derive(Debug, Serialize, ToSchema)]
struct Integrity {
    /// When the checks ran.
    examined_at: Instant,
    /// Whether all checks passed.
    sound: bool,
    /// The checks.
    #[schema(max_items = 50)]
    checks: Vec<IntegrityCheck>,
}

/// Result of a check.
#[derive(Debug, Serialize, ToSchema)]
struct IntegrityCheck {
    /// The name of the check.
    name: CheckName,
    /// The checked rule in a sentence.
    #[schema(max_length = 200, example = "Setiap pembayaran tercatat satu kali dengan jumlah yang benar.")]
    sentence: &'static str,
    /// The number of violations.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 0)]
    wrong: i64,
    /// An example: a voucher, the number of an order, a product.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, nullable = false)]
    example: Option<String>,
}

/// Check the integrity of the books
///
/// Checks the books in themselves, and against payments and deliveries; and claims against supply. For the board, the
/// treasurer and the supervisors.
#[utoipa::path(get, path = "/v1/cooperatives/{id}/integrity", responses((status = 200, body = Integrity)))]
async fn check_integrity(
    state: Data<AppState>,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let (permit, now) = (auditor.permit(id.0)?, state.now());
    let findings = state.db.read::<_, db::Error, _>(move |conn| store::run_checks(conn, permit.cooperative)).await?;
    let view = |finding: Finding| IntegrityCheck {
        name: finding.check,
        sentence: finding.check.sentence(language),
        wrong: finding.wrong,
        example: finding.example,
    };
    Ok(ApiResponse::ok(&Integrity {
        examined_at: now,
        sound: findings.iter().all(|finding| finding.wrong == 0),
        checks: findings.into_iter().map(view).collect(),
    }))
}
