//! The routes of costs.

mod bodies;
mod views;

use actix_web::HttpRequest;
use actix_web::web::Data;

use self::bodies::{AddIngredient, SetPrice, SetRecipe, SheetQuery};
use self::views::{CostSheet, IngredientPrice, IngredientView, RecipeView};
use super::error::CostError;
use super::ingredient::{add_ingredient, set_price};
use super::recipe::set_recipe;
use super::sheet::{Sheet, Terms};
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
        note_ingredient,
        list_ingredient_prices,
        set_ingredient_price,
        show_recipe,
        put_recipe,
        show_cost_sheet
    ]
}

/// The product, for those who see what it costs.
fn product_of(conn: &mut Conn, roles: &Roles, id: ProductId) -> Result<Product, CostError> {
    let product = catalogue::find_of_any_status(conn, id)?.ok_or(AccessError::Hidden)?;
    roles.sees_money_of(product.group, product.cooperative)?;
    Ok(product)
}

/// List what a group makes its goods of
///
/// By name, with what a unit costs today. For the group's members, and for the board, the treasurer, the supervisors and the
/// companions.
#[utoipa::path(
    get, path = "/v1/groups/{id}/ingredients", tag = "costs", operation_id = "list_ingredients",
    params(("id" = GroupId, Path, description = "The group"), PageQuery),
    responses((status = 200, description = "A page of ingredients", body = Page<IngredientView>)),
    security(("bearer" = [])),
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
    let (after, rows, now) = (paging.after.clone(), paging.rows_to_read(), state.now());
    let found = state
        .db
        .read::<_, CostError, _>(move |conn| {
            let group = cooperatives::find_group(conn, id.0)?.ok_or(AccessError::Hidden)?;
            caller.roles.sees_money_of(group.id, group.cooperative_id)?;
            let today = ledger::zone_of(conn, group.cooperative_id)?.day_of(now);
            Ok(store::ingredients_of(conn, group.id, today, after, rows)?)
        })
        .await?;
    let page = paging.page(&state.signer, found, |it| (it.name.clone(), it.id), IngredientView::from);
    Ok(page.answer(request.path(), request.query_string()))
}

/// Note an ingredient
///
/// For the group's officers, with what a unit costs today.
#[utoipa::path(
    post, path = "/v1/groups/{id}/ingredients", tag = "costs", operation_id = "note_ingredient",
    params(("id" = GroupId, Path, description = "The group"), ("Idempotency-Key" = Option<String>, Header)),
    request_body = AddIngredient,
    responses(
        (status = 201, description = "Noted", body = IngredientView),
        (status = 409, description = "`too-many-ingredients`"),
    ),
    security(("bearer" = [])),
)]
async fn note_ingredient(
    state: Data<AppState>,
    officer: Officer,
    key: Idempotency,
    id: PathIds<GroupId>,
    body: Body<AddIngredient>,
) -> Result<ApiResponse, Problem> {
    let permit = officer.of(id.0)?;
    let (now, scope, asked) = (state.now(), officer.person.scope(), body.value);
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let new = asked.meant(tx.id(now));
        let ingredient = add_ingredient(tx, now, &permit, &new)?;
        let list = format!("/v1/groups/{}/ingredients", permit.group);
        Ok::<_, CostError>(ApiResponse::created(list, &IngredientView::from(ingredient)))
    })
    .await
}

/// Say what an ingredient costs from a day on
///
/// For the group's officers. What batches cost that are there already stays as it is.
#[utoipa::path(
    put, path = "/v1/ingredients/{id}/prices/{day}", tag = "costs", operation_id = "set_ingredient_price",
    params(
        ("id" = IngredientId, Path, description = "The ingredient"),
        ("day" = String, Path, format = Date, description = "From which day on", example = "2026-12-01"),
    ),
    request_body = SetPrice,
    responses((status = 200, description = "The ingredient with what it costs today", body = IngredientView)),
    security(("bearer" = [])),
)]
async fn set_ingredient_price(
    state: Data<AppState>,
    caller: Caller,
    path: PathIds<(IngredientId, Day)>,
    body: Body<SetPrice>,
) -> Result<ApiResponse, Problem> {
    let ((id, day), now, price) = (path.0, state.now(), body.value.price);
    let written = state.db.write(move |tx| {
        let ingredient = set_price(tx, now, &caller.roles, id, day, price)?;
        Ok::<_, CostError>(ApiResponse::ok(&IngredientView::from(ingredient)))
    });
    Ok(written.await?)
}

/// List what an ingredient has cost
///
/// The latest day first.
#[utoipa::path(
    get, path = "/v1/ingredients/{id}/prices", tag = "costs", operation_id = "list_ingredient_prices",
    params(("id" = IngredientId, Path, description = "The ingredient"), PageQuery),
    responses((status = 200, description = "A page of prices", body = Page<IngredientPrice>)),
    security(("bearer" = [])),
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
    let (after, rows) = (paging.after, paging.rows_to_read());
    let found = state
        .db
        .read::<_, CostError, _>(move |conn| {
            let known = store::ingredient(conn, id.0, Day::default())?.ok_or(AccessError::Hidden)?;
            caller.roles.sees_money_of(known.group, known.cooperative)?;
            Ok(store::prices_of(conn, id.0, after, rows)?)
        })
        .await?;
    let page = paging.page(&state.signer, found, |(day, _)| *day, IngredientPrice::of);
    Ok(page.answer(request.path(), request.query_string()))
}

/// Show what a product is made of
///
/// For the group's members, and for the board, the treasurer, the supervisors and the companions.
#[utoipa::path(
    get, path = "/v1/products/{id}/recipe", tag = "costs", operation_id = "show_recipe",
    params(("id" = ProductId, Path, description = "The product")),
    responses(
        (status = 200, description = "What one run takes", body = RecipeView),
        (status = 404, description = "No such product for you, or its group has not said"),
    ),
    security(("bearer" = [])),
)]
async fn show_recipe(state: Data<AppState>, caller: Caller, id: PathIds<ProductId>) -> Result<ApiResponse, Problem> {
    let found = state.db.read::<_, CostError, _>(move |conn| {
        product_of(conn, &caller.roles, id.0)?;
        Ok(store::recipe(conn, id.0)?.ok_or(AccessError::Hidden)?)
    });
    Ok(ApiResponse::ok(&RecipeView::from(found.await?)).tagged())
}

/// Say what a product is made of
///
/// For the group's officers. What batches cost that are there already stays as it is.
#[utoipa::path(
    put, path = "/v1/products/{id}/recipe", tag = "costs", operation_id = "put_recipe",
    params(("id" = ProductId, Path, description = "The product")),
    request_body = SetRecipe,
    responses((status = 200, description = "What one run takes", body = RecipeView)),
    security(("bearer" = [])),
)]
async fn put_recipe(
    state: Data<AppState>,
    officer: Officer,
    caller: Caller,
    id: PathIds<ProductId>,
    body: Body<SetRecipe>,
) -> Result<ApiResponse, Problem> {
    let (now, recipe) = (state.now(), body.value.recipe());
    state
        .db
        .write(move |tx| {
            let product = product_of(tx, &caller.roles, id.0)?;
            if !caller.roles.is_officer_of(product.group) {
                return Err(Problem::from(AccessError::Forbidden));
            }
            let permit = officer.of(product.group)?;
            set_recipe(tx, now, &permit, id.0, &recipe)?;
            Ok(ApiResponse::ok(&RecipeView::from(recipe.clone())))
        })
        .await
}

/// Show what a product costs to make
///
/// For this quantity, or for one run: what is needed of each ingredient, what all of it costs, what of the price is left,
/// and from how many on a batch pays, to be its minimum.
#[utoipa::path(
    get, path = "/v1/products/{id}/cost_sheet", tag = "costs", operation_id = "show_cost_sheet",
    params(("id" = ProductId, Path, description = "The product"), SheetQuery),
    responses(
        (status = 200, description = "The sheet", body = CostSheet),
        (status = 404, description = "No such product for you, or its group has not said what it is made of"),
    ),
    security(("bearer" = [])),
)]
async fn show_cost_sheet(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<ProductId>,
    Query(query): Query<SheetQuery>,
) -> Result<ApiResponse, Problem> {
    if query.quantity.is_some_and(|quantity| !quantity.is_positive()) {
        let errors = FieldErrors::one("/quantity", FieldError::OutOfRange(1, 1_000_000));
        return Err(Problem::new(Code::QueryInvalid).with_faults(errors));
    }
    let now = state.now();
    let found = state.db.read::<_, CostError, _>(move |conn| {
        let product = product_of(conn, &caller.roles, id.0)?;
        let recipe = store::recipe(conn, id.0)?.ok_or(AccessError::Hidden)?;
        let quantity: Quantity = query.quantity.unwrap_or(recipe.yields);
        let on = match query.on {
            Some(day) => day,
            None => ledger::zone_of(conn, product.cooperative)?.day_of(now),
        };
        let prices = store::prices(conn, &recipe, on)?;
        let kept = cooperatives::find_cooperative(conn, product.cooperative)?.map(|it| it.service_percent);
        let usual = kept.and_then(|kept| u8::try_from(kept).ok()).unwrap_or(0);
        let terms = Terms {
            price: product.price_for(quantity),
            service_percent: product.service_percent.unwrap_or(usual),
            step: product.quantity_step,
        };
        Ok(Sheet::of(&recipe, &prices, quantity).map(|sheet| CostSheet::of(id.0, on, &sheet, &terms)))
    });
    let sheet = found.await?.ok_or_else(|| Problem::new(Code::AmountOutOfBounds))?;
    Ok(ApiResponse::ok(&sheet).tagged())
}
