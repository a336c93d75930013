//! Route of the integrity checks.

use serde::Serialize;
use utoipa::ToSchema;

use super::check::{CheckName, Finding};
use super::store;
use crate::cooperatives::Auditor;
use crate::kernel::ids::CooperativeId;
use crate::kernel::{Instant, Language};
use crate::web::{ApiResponse, PathIds, Problem, Read, Routes, routes};

/// The routes of this slice.
pub fn routes() -> Routes {
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
    read: Read,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let permit = auditor.permit(id.0)?;
    read.run(move |conn, now| {
        let findings = store::run_checks(conn, permit.cooperative)?;
        let sound = findings.iter().all(|finding| finding.wrong == 0);
        let checks = findings.into_iter().map(|Finding { check, wrong, example }| IntegrityCheck {
            name: check,
            sentence: check.sentence(language),
            wrong,
            example,
        });
        Ok(ApiResponse::ok(&Integrity { examined_at: now, sound, checks: checks.collect() }))
    })
    .await
}
