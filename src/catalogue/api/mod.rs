//! The routes of products.

mod bodies;
mod categories;
mod products;
pub mod views;

use super::{Product, store};
use crate::cooperatives::{AccessError, GroupPermit, Officer};
use crate::db::Conn;
use crate::kernel::ids::ProductId;
use crate::web::{Problem, Routes};

/// The routes of this slice.
pub(super) fn routes() -> Routes {
    categories::routes().and(products::routes()).and(super::photos::routes())
}

/// Loads a product of any status, for permission checks; 404 when there is none.
fn load_product(conn: &mut Conn, id: ProductId) -> Result<Product, Problem> {
    Ok(store::find_of_any_status(conn, id)?.ok_or(AccessError::Hidden)?)
}

/// The permit of an officer of the product's group.
pub(super) fn load_permit(conn: &mut Conn, officer: &Officer, id: ProductId) -> Result<GroupPermit, Problem> {
    officer.permit(load_product(conn, id)?.group)
}
