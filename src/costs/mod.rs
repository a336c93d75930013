//! Production costs: ingredients, recipes, unit costs and break-even quantities.
//!
//! An officer records ingredients with their prices from a day on, and for each product a [`Recipe`] with the costs of one
//! run and the fixed costs of a batch. The [`CostSheet`] of a quantity is calculated from them, and so is the unit cost
//! that is stored with each new batch.

mod api;
mod error;
pub(crate) mod events;
mod ingredient;
mod recipe;
mod sheet;
mod store;

use crate::db::{Conn, Result};
use crate::kernel::ids::ProductId;
use crate::kernel::{Day, Quantity, Rupiah};
use crate::web::Routes;

pub use error::CostError;
pub use ingredient::{CostIngredient, NewIngredient, add_ingredient, set_price};
pub use recipe::{Recipe, RecipeLine, set_recipe};
pub use sheet::{CostSheet, PricedLine, SaleTerms};

/// The routes of this slice.
pub fn routes() -> Routes {
    api::routes()
}

/// Calculates the cost sheet of this quantity of a product at the prices of this day; `None` when the product has no
/// recipe or an amount is out of bounds.
pub fn calculate_sheet(conn: &mut Conn, product: ProductId, quantity: Quantity, on: Day) -> Result<Option<CostSheet>> {
    let Some(recipe) = store::find_recipe(conn, product)? else { return Ok(None) };
    let ingredients = store::list_recipe_ingredients(conn, &recipe, on)?;
    Ok(CostSheet::calculate(&recipe, &ingredients, quantity))
}

/// The cost of a unit in rupiah when this quantity is made at the prices of this day; `None` when there is no recipe, a
/// price is missing or an amount is out of bounds.
pub fn unit_cost(conn: &mut Conn, product: ProductId, quantity: Quantity, on: Day) -> Result<Option<Rupiah>> {
    Ok(calculate_sheet(conn, product, quantity, on)?.and_then(|sheet| sheet.unit_cost()))
}
