//! Costs: what groups make their goods of, what that costs, and from how many on a batch pays.
//!
//! An officer notes ingredients with their prices from a day on, and for each product a [`Recipe`]: what one run takes, and
//! what a batch takes however large it is. From that follow the [`Sheet`] of any quantity, what a unit of a new batch
//! costs, which is frozen on it, and the quantity from which it pays.

mod api;
mod error;
mod ingredient;
mod recipe;
mod sheet;
mod store;

use crate::db::{Conn, Result};
use crate::kernel::ids::ProductId;
use crate::kernel::{Day, Quantity, Rupiah};
use crate::web::Routes;

pub use error::CostError;
pub use ingredient::{Ingredient, NewIngredient, add_ingredient, set_price};
pub use recipe::{Recipe, RecipeLine, set_recipe};
pub use sheet::{PricedLine, Sheet, Terms};

/// The routes of this slice.
pub fn routes() -> Routes {
    api::routes()
}

/// What this much of a product takes by its recipe, at the prices of this day; nothing when it has none.
pub fn sheet_of(conn: &mut Conn, product: ProductId, quantity: Quantity, on: Day) -> Result<Option<Sheet>> {
    let Some(recipe) = store::recipe(conn, product)? else { return Ok(None) };
    let prices = store::prices(conn, &recipe, on)?;
    Ok(Sheet::of(&recipe, &prices, quantity))
}

/// What a unit costs when this much of a product is made at the prices of this day; nothing when that is not known.
pub fn unit_cost(conn: &mut Conn, product: ProductId, quantity: Quantity, on: Day) -> Result<Option<Rupiah>> {
    Ok(sheet_of(conn, product, quantity, on)?.and_then(|sheet| sheet.unit_cost()))
}
