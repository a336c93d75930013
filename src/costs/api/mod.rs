//! The routes of costs.

mod bodies;
mod views;

use actix_web::HttpRequest;
use actix_web::web::Data;

use self::bodies::{AddIngredient, SetPrice, SetRecipe, SheetQuery};
use self::views::{CostSheetView, IngredientPrice, IngredientView, RecipeView};
use super::error::CostError;
use super::ingredient::{add_ingredient, set_price};
use super::recipe::set_recipe;
use super::sheet::{CostSheet, SaleTerms};
use super::store::{self, IngredientKey};
use crate::catalogue::{self, Product};
use crate::cooperatives::{self, AccessError, Caller, Officer, Roles};
use crate::db::Conn;
use crate::kernel::ids::{GroupId, IngredientId, ProductId};
use crate::kernel::{Day, Quantity};
use crate::ledger;
use crate::web::{
    ApiResponse, AppState, Body, Code, FieldError, FieldErrors, Idempotency, Page, PageQuery, Paging, PathIds, Problem,
    Query, Routes, routes,
};

/// The routes of this slice.
pub(super) fn routes() -> Routes {
    routes![
        list_ingredients,
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
#[utoipa::path(
    get, path = "/v1/groups/{id}/ingredients", tag = "costs",
    params(("id" = GroupId, Path, description = "The group"), PageQuery),
    responses((status = 200, description = "A page of ingredients", body = Page<IngredientView>)),
)]
async fn list_ingredients(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<GroupId>,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let list = format!("ingredients of {}", id.0);
    let paging = Paging::<IngredientKey>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, limit, now) = (paging.after.clone(), paging.fetch_limit(), state.now());
    let rows = state
        .db
        .read::<_, CostError, _>(move |conn| {
            let group = cooperatives::find_group(conn, id.0)?.ok_or(AccessError::Hidden)?;
            caller.roles.require_money_access(group.id, group.cooperative_id)?;
            let today = ledger::load_zone(conn, group.cooperative_id)?.day_of(now);
            Ok(store::list_ingredients(conn, group.id, today, after, limit)?)
        })
        .await?;
    let page =
        paging.page(&state.signer, rows, |ingredient| (ingredient.name.clone(), ingredient.id), IngredientView::from);
    Ok(page.to_response(request.path(), request.query_string()))
}

/// Create an ingredient
///
/// With its price of today. For the group's officers.
#[utoipa::path(
    post, path = "/v1/groups/{id}/ingredients", tag = "costs",
    params(("id" = GroupId, Path, description = "The group"), ("Idempotency-Key" = Option<String>, Header)),
    request_body = AddIngredient,
    responses(
        (status = 201, description = "The ingredient", body = IngredientView),
        (status = 409, description = "`too-many-ingredients`"),
    ),
)]
async fn create_ingredient(
    state: Data<AppState>,
    officer: Officer,
    key: Idempotency,
    id: PathIds<GroupId>,
    body: Body<AddIngredient>,
) -> Result<ApiResponse, Problem> {
    let permit = officer.permit(id.0)?;
    let (now, scope, new_ingredient) = (state.now(), officer.person.scope(), body.value);
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let new = new_ingredient.to_new_ingredient(tx.id(now));
        let ingredient = add_ingredient(tx, now, &permit, &new)?;
        let list = format!("/v1/groups/{}/ingredients", permit.group);
        Ok::<_, CostError>(ApiResponse::created(list, &IngredientView::from(ingredient)))
    })
    .await
}

/// Set the price of an ingredient from a day on
///
/// For the group's officers. Existing batches keep their unit costs.
#[utoipa::path(
    put, path = "/v1/ingredients/{id}/prices/{day}", tag = "costs",
    params(
        ("id" = IngredientId, Path, description = "The ingredient"),
        ("day" = String, Path, format = Date, description = "The day from which the price is valid", example = "2026-12-01"),
    ),
    request_body = SetPrice,
    responses((status = 200, description = "The ingredient with its price of today", body = IngredientView)),
)]
async fn set_ingredient_price(
    state: Data<AppState>,
    caller: Caller,
    path: PathIds<(IngredientId, Day)>,
    body: Body<SetPrice>,
) -> Result<ApiResponse, Problem> {
    let ((id, day), now, price) = (path.0, state.now(), body.value.price);
    let response = state.db.write(move |tx| {
        let ingredient = set_price(tx, now, &caller.roles, id, day, price)?;
        Ok::<_, CostError>(ApiResponse::ok(&IngredientView::from(ingredient)))
    });
    Ok(response.await?)
}

/// List the prices of an ingredient
///
/// Latest day first.
#[utoipa::path(
    get, path = "/v1/ingredients/{id}/prices", tag = "costs",
    params(("id" = IngredientId, Path, description = "The ingredient"), PageQuery),
    responses((status = 200, description = "A page of prices", body = Page<IngredientPrice>)),
)]
async fn list_ingredient_prices(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<IngredientId>,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let list = format!("prices of {}", id.0);
    let paging = Paging::<Day>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, limit) = (paging.after, paging.fetch_limit());
    let rows = state
        .db
        .read::<_, CostError, _>(move |conn| {
            let ingredient = store::find_ingredient(conn, id.0, Day::default())?.ok_or(AccessError::Hidden)?;
            caller.roles.require_money_access(ingredient.group, ingredient.cooperative)?;
            Ok(store::list_prices(conn, id.0, after, limit)?)
        })
        .await?;
    let page = paging.page(&state.signer, rows, |(day, _)| *day, IngredientPrice::of);
    Ok(page.to_response(request.path(), request.query_string()))
}

/// Get the recipe of a product
///
/// For the group's members, and for the board, the treasurer, the supervisors and the companions.
#[utoipa::path(
    get, path = "/v1/products/{id}/recipe", tag = "costs",
    params(("id" = ProductId, Path, description = "The product")),
    responses(
        (status = 200, description = "The recipe", body = RecipeView),
        (status = 404, description = "The product is not visible to the caller, or has no recipe"),
    ),
)]
async fn get_recipe(state: Data<AppState>, caller: Caller, id: PathIds<ProductId>) -> Result<ApiResponse, Problem> {
    let recipe = state.db.read::<_, CostError, _>(move |conn| {
        load_visible_product(conn, &caller.roles, id.0)?;
        Ok(store::find_recipe(conn, id.0)?.ok_or(AccessError::Hidden)?)
    });
    Ok(ApiResponse::ok(&RecipeView::from(recipe.await?)).with_etag())
}

/// Set the recipe of a product
///
/// For the group's officers. Existing batches keep their unit costs.
#[utoipa::path(
    put, path = "/v1/products/{id}/recipe", tag = "costs",
    params(("id" = ProductId, Path, description = "The product")),
    request_body = SetRecipe,
    responses((status = 200, description = "The recipe", body = RecipeView)),
)]
async fn replace_recipe(
    state: Data<AppState>,
    officer: Officer,
    caller: Caller,
    id: PathIds<ProductId>,
    body: Body<SetRecipe>,
) -> Result<ApiResponse, Problem> {
    let (now, recipe) = (state.now(), body.value.to_recipe());
    state
        .db
        .write(move |tx| {
            let product = load_visible_product(tx, &caller.roles, id.0)?;
            if !caller.roles.is_officer_of(product.group) {
                return Err(Problem::from(AccessError::Forbidden));
            }
            let permit = officer.permit(product.group)?;
            set_recipe(tx, now, &permit, id.0, &recipe)?;
            Ok(ApiResponse::ok(&RecipeView::from(recipe.clone())))
        })
        .await
}

/// Get the cost sheet of a product
///
/// For a quantity, or for one run: the needed ingredients, the costs, the margin and the break-even quantity, which is a
/// good minimum of a batch.
#[utoipa::path(
    get, path = "/v1/products/{id}/cost_sheet", tag = "costs",
    params(("id" = ProductId, Path, description = "The product"), SheetQuery),
    responses(
        (status = 200, description = "The cost sheet", body = CostSheetView),
        (status = 404, description = "The product is not visible to the caller, or has no recipe"),
    ),
)]
async fn get_cost_sheet(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<ProductId>,
    Query(query): Query<SheetQuery>,
) -> Result<ApiResponse, Problem> {
    if query.quantity.is_some_and(|quantity| !quantity.is_positive()) {
        let errors = FieldErrors::single("/quantity", FieldError::OutOfRange(1, 1_000_000));
        return Err(Problem::new(Code::QueryInvalid).with_field_errors(errors));
    }
    let now = state.now();
    let sheet = state.db.read::<_, CostError, _>(move |conn| {
        let product = load_visible_product(conn, &caller.roles, id.0)?;
        let recipe = store::find_recipe(conn, id.0)?.ok_or(AccessError::Hidden)?;
        let quantity: Quantity = query.quantity.unwrap_or(recipe.yields);
        let on = match query.on {
            Some(day) => day,
            None => ledger::load_zone(conn, product.cooperative)?.day_of(now),
        };
        let ingredients = store::list_recipe_ingredients(conn, &recipe, on)?;
        let cooperative = cooperatives::find_cooperative(conn, product.cooperative)?;
        let default_percent = cooperative.and_then(|it| u8::try_from(it.service_percent).ok()).unwrap_or(0);
        let terms = SaleTerms {
            price: product.price_for(quantity),
            service_percent: product.service_percent.unwrap_or(default_percent),
            step: product.quantity_step,
        };
        Ok(CostSheet::calculate(&recipe, &ingredients, quantity)
            .map(|sheet| CostSheetView::of(id.0, on, &sheet, &terms)))
    });
    let sheet = sheet.await?.ok_or_else(|| Problem::new(Code::AmountOutOfBounds))?;
    Ok(ApiResponse::ok(&sheet).with_etag())
}
