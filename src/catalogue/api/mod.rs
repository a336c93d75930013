//! The routes of products.

mod bodies;
mod categories;
mod officers;
mod product;
pub mod views;

use super::{Product, store};
use crate::db;
use crate::kernel::ids::ProductId;
use crate::web::{AppState, Problem, Routes};

/// The routes of this slice.
pub(super) fn routes() -> Routes {
    categories::routes().and(product::routes()).and(super::photos::routes()).and(officers::routes())
}

/// Loads a product of any status, for permission checks on its group; 404 when there is none.
pub(super) async fn load_product(state: &AppState, id: ProductId) -> Result<Product, Problem> {
    let product = state.db.read::<_, db::Error, _>(move |conn| store::find_of_any_status(conn, id)).await?;
    product.ok_or_else(Problem::not_found)
}
