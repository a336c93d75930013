//! The routes of costs.

mod bodies;
mod views;

use self::bodies::{AddIngredient, SetPrice, SetRecipe, SheetQuery};
use self::views::{CostSheetView, IngredientPrice, IngredientView, RecipeView};
use super::error::CostError;
use super::ingredient::{add_ingredient, set_price};
use super::recipe::set_recipe;
use super::sheet::{CostSheet, SaleTerms};
use super::store::{self, IngredientPageKey};
use crate::catalogue::{self, Product};
use crate::cooperatives::{self, AccessError, Caller, Officer, Roles};
use crate::db::Conn;
use crate::kernel::ids::{GroupId, IngredientId, ProductId};
use crate::kernel::{Day, Quantity};
use crate::web::{ApiResponse, Code, FieldError, List, Page, PathIds, Problem, Query, Read, Routes, Write, routes};

/// The routes of this slice.
pub(super) fn routes() -> Routes {
    routes![
        "costs": list_ingredients,
        create_ingredient,
        list_ingredient_prices,
        set_ingredient_price,
        get_recipe,
        replace_recipe,
        get_cost_sheet
    ]
}

/// Loads the product for a caller who can see the money of its group.
fn load_visible_product(conn: &mut Conn, roles: &Roles, id: ProductId) -> Result<Product, CostError> {
    let product = catalogue::find_of_any_status(conn, id)?.ok_or(AccessError::Hidden)?;
    roles.require_money_access(product.group, product.cooperative)?;
    Ok(product)
}

/// List the ingredients of a group
///
/// By name, with today's prices. For the group's members, and for the board, the treasurer, the supervisors and the
/// companions.
#[utoipa::path(get, path = "/v1/groups/{id}/ingredients", responses((status = 200, body = Page<IngredientView>)))]
async fn list_ingredients(
    list: List<IngredientPageKey>,
    caller: Caller,
    id: PathIds<GroupId>,
) -> Result<ApiResponse, Problem> {
    let rows = list.read(move |conn, list| {
        let group = cooperatives::find_group(conn, id.0)?.ok_or(AccessError::Hidden)?;
        caller.roles.require_money_access(group.id, group.cooperative_id)?;
        let today = cooperatives::load_zone(conn, group.cooperative_id)?.day_of(list.now);
        Ok(store::list_ingredients(conn, group.id, today, list.after.clone(), list.limit)?)
    });
    Ok(rows.await?.answer(|ingredient| (ingredient.name.clone(), ingredient.id), IngredientView::from))
}

/// Create an ingredient
///
/// With its price of today. For the group's officers.
#[utoipa::path(
    post, path = "/v1/groups/{id}/ingredients",
    responses((status = 201, body = IngredientView), (status = 409, description = "`too-many-ingredients`")),
)]
async fn create_ingredient(
    call: Write<AddIngredient>,
    officer: Officer,
    id: PathIds<GroupId>,
) -> Result<ApiResponse, Problem> {
    let permit = officer.permit(id.0)?;
    call.once(officer.person.idempotency_scope(), move |tx, now, body| {
        let ingredient = add_ingredient(tx, now, &permit, &body.to_new_ingredient(tx.id(now)))?;
        let list = format!("/v1/groups/{}/ingredients", permit.group);
        Ok(ApiResponse::created(list, &IngredientView::from(ingredient)))
    })
    .await
}

/// Set the price of an ingredient from a day on
///
/// For the group's officers. Existing batches keep their unit costs.
#[utoipa::path(put, path = "/v1/ingredients/{id}/prices/{day}", responses((status = 200, body = IngredientView)))]
async fn set_ingredient_price(
    call: Write<SetPrice>,
    caller: Caller,
    path: PathIds<(IngredientId, Day)>,
) -> Result<ApiResponse, Problem> {
    let (id, day) = path.0;
    call.run(move |tx, now, body| {
        let ingredient = set_price(tx, now, &caller.roles, id, day, body.price)?;
        Ok(ApiResponse::ok(&IngredientView::from(ingredient)))
    })
    .await
}

/// List the prices of an ingredient
///
/// Latest day first.
#[utoipa::path(get, path = "/v1/ingredients/{id}/prices", responses((status = 200, body = Page<IngredientPrice>)))]
async fn list_ingredient_prices(
    list: List<Day>,
    caller: Caller,
    id: PathIds<IngredientId>,
) -> Result<ApiResponse, Problem> {
    let rows = list.read(move |conn, list| {
        let ingredient = store::find_ingredient(conn, id.0, Day::default())?.ok_or(AccessError::Hidden)?;
        caller.roles.require_money_access(ingredient.group, ingredient.cooperative)?;
        Ok(store::list_prices(conn, id.0, list.after, list.limit)?)
    });
    Ok(rows.await?.answer(|(day, _)| *day, IngredientPrice::of))
}

/// Get the recipe of a product
///
/// For the group's members, and for the board, the treasurer, the supervisors and the companions.
#[utoipa::path(
    get, path = "/v1/products/{id}/recipe",
    responses(
        (status = 200, body = RecipeView),
        (status = 404, description = "The product is not visible to the caller, or has no recipe"),
    ),
)]
async fn get_recipe(read: Read, caller: Caller, id: PathIds<ProductId>) -> Result<ApiResponse, Problem> {
    read.run(move |conn, _| {
        load_visible_product(conn, &caller.roles, id.0)?;
        let recipe = store::find_recipe(conn, id.0)?.ok_or(AccessError::Hidden)?;
        Ok(ApiResponse::ok(&RecipeView::from(recipe)).with_etag())
    })
    .await
}

/// Set the recipe of a product
///
/// For the group's officers. Existing batches keep their unit costs.
#[utoipa::path(put, path = "/v1/products/{id}/recipe", responses((status = 200, body = RecipeView)))]
async fn replace_recipe(
    call: Write<SetRecipe>,
    officer: Officer,
    caller: Caller,
    id: PathIds<ProductId>,
) -> Result<ApiResponse, Problem> {
    call.run(move |tx, now, body| {
        let product = load_visible_product(tx, &caller.roles, id.0)?;
        if !caller.roles.is_officer_of_group(product.group) {
            return Err(AccessError::Forbidden.into());
        }
        let (permit, recipe) = (officer.permit(product.group)?, body.to_recipe());
        set_recipe(tx, now, &permit, id.0, &recipe)?;
        Ok(ApiResponse::ok(&RecipeView::from(recipe)))
    })
    .await
}

/// Get the cost sheet of a product
///
/// For a quantity, or for one run: the needed ingredients, the costs, the margin and the break-even quantity, which is a
/// good minimum of a batch.
#[utoipa::path(
    get, path = "/v1/products/{id}/cost_sheet",
    responses(
        (status = 200, body = CostSheetView),
        (status = 404, description = "The product is not visible to the caller, or has no recipe"),
    ),
)]
async fn get_cost_sheet(
    read: Read,
    caller: Caller,
    id: PathIds<ProductId>,
    Query(query): Query<SheetQuery>,
) -> Result<ApiResponse, Problem> {
    if query.quantity.is_some_and(|quantity| !quantity.is_positive()) {
        return Err(Problem::invalid_parameter("/quantity", FieldError::OutOfRange(1, 1_000_000)));
    }
    read.run(move |conn, now| {
        let product = load_visible_product(conn, &caller.roles, id.0)?;
        let recipe = store::find_recipe(conn, id.0)?.ok_or(AccessError::Hidden)?;
        let quantity: Quantity = query.quantity.unwrap_or(recipe.yields);
        let on = match query.on {
            Some(day) => day,
            None => cooperatives::load_zone(conn, product.cooperative)?.day_of(now),
        };
        let ingredients = store::list_recipe_ingredients(conn, &recipe, on)?;
        let cooperative = cooperatives::find_cooperative(conn, product.cooperative)?;
        let default_percent = cooperative.and_then(|it| u8::try_from(it.service_percent).ok()).unwrap_or(0);
        let terms = SaleTerms {
            price: product.price_for(quantity),
            service_percent: product.service_percent.unwrap_or(default_percent),
            step: product.quantity_step,
        };
        let sheet = CostSheet::calculate(&recipe, &ingredients, quantity);
        let sheet = sheet.ok_or_else(|| Problem::new(Code::AmountOutOfBounds))?;
        Ok(ApiResponse::ok(&CostSheetView::of(id.0, on, &sheet, &terms)).with_etag())
    })
    .await
}
