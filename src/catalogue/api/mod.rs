//! The routes of products.

mod categories;
mod officers;
mod reader;
mod shown;

use super::{Product, store};
use crate::db;
use crate::kernel::ids::ProductId;
use crate::web::{AppState, Problem, Routes};

pub(super) use reader::Reader;

/// The routes of this slice.
pub(super) fn routes() -> Routes {
    categories::routes().and(shown::routes()).and(super::photos::routes()).and(officers::routes())
}

/// The product, wherever it stands: whose it is decides what the caller may do.
pub(super) async fn known(state: &AppState, id: ProductId) -> Result<Product, Problem> {
    let found = state.db.read::<_, db::Error, _>(move |conn| store::find_of_any_status(conn, id)).await?;
    found.ok_or_else(Problem::not_found)
}
