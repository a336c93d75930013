//! The routes of products.

mod categories;
mod officers;
mod reader;
mod shown;

use super::{Product, store};
use crate::db;
use crate::kernel::ids::ProductId;
use crate::web::{Problem, Routes, Site};

pub(super) use reader::Reader;

/// The routes of this slice.
pub(super) fn routes() -> Routes {
    categories::routes().and(shown::routes()).and(super::photos::routes()).and(officers::routes())
}

/// The product, wherever it stands: whose it is decides what the caller may do.
pub(super) async fn known(site: &Site, id: ProductId) -> Result<Product, Problem> {
    let found = site.db.read::<_, db::Error, _>(move |conn| store::find_of_any_status(conn, id)).await?;
    found.ok_or_else(Problem::not_found)
}
