//! One product: to everyone while it is on sale, to its own people always.

use actix_web::web::Data;

use crate::catalogue::views::{Inside, ProductView};
use crate::catalogue::{Actor, Product, ProductStatus, actions_for, store};
use crate::cooperatives::{Office, OptionalCaller, Roles};
use crate::db;
use crate::kernel::ids::ProductId;
use crate::kernel::{Instant, Language};
use crate::web::{ApiResponse, AppState, Code, PathIds, Problem, Routes, routes};

/// The route of one product.
pub(super) fn routes() -> Routes {
    routes![show_product]
}

/// How this caller sees the product from inside: its group's members and its cooperative's offices do.
pub(super) fn inside(roles: &Roles, product: &Product, language: Language, now: Instant) -> Option<Inside> {
    let own = roles.role_in(product.group).is_some() || roles.oversees(product.cooperative);
    let withdrawn = product.withdrawn_reason.is_some();
    let mandates = [
        (roles.is_officer_of(product.group), Actor::Officer),
        (roles.holds(Office::Board, product.cooperative), Actor::Board),
    ];
    let actions = mandates
        .into_iter()
        .filter(|(holds, _)| *holds)
        .flat_map(|(_, actor)| actions_for(product.status, withdrawn, actor))
        .collect();
    own.then_some(Inside { actions, language, now })
}

/// One product: to everyone while it is on sale, to its own people always.
#[utoipa::path(
    get, path = "/v1/products/{id}", tag = "catalogue", operation_id = "show_product",
    params(("id" = ProductId, Path, description = "The product")),
    responses(
        (status = 200, description = "The product", body = ProductView),
        (status = 410, description = "No longer sold"),
    ),
    security((), ("bearer" = [])),
)]
async fn show_product(
    state: Data<AppState>,
    caller: OptionalCaller,
    language: Language,
    path: PathIds<ProductId>,
) -> Result<ApiResponse, Problem> {
    let (PathIds(id), now) = (path, state.now());
    let shown = state.db.read::<_, NotShown, _>(move |conn| {
        let product = store::find_of_any_status(conn, id)?.ok_or(NotShown::Absent)?;
        if let Some(inside) = inside(&caller.roles, &product, language, now) {
            let view = ProductView::load(conn, product, Some(&inside))?;
            return Ok(ApiResponse::ok(&view).version(view.version));
        }
        let retired = product.status == ProductStatus::Retired && product.published_at.is_some();
        let product = store::find(conn, id)?.ok_or(if retired { NotShown::Retired } else { NotShown::Absent })?;
        let view = ProductView::load(conn, product, None)?;
        Ok(ApiResponse::ok(&view).version(view.version).public())
    });
    Ok(shown.await?)
}

/// Why a product is not shown.
#[derive(Debug, thiserror::Error)]
enum NotShown {
    #[error("no such product")]
    Absent,
    #[error("no longer sold")]
    Retired,
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<NotShown> for Problem {
    fn from(error: NotShown) -> Self {
        match error {
            NotShown::Absent => Problem::not_found(),
            NotShown::Retired => Problem::new(Code::ProductRetired),
            NotShown::Db(error) => error.into(),
        }
    }
}
