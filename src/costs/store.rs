//! The SQL of ingredients and recipes.

use diesel::prelude::*;

use super::ingredient::CostIngredient;
use super::recipe::{Recipe, RecipeLine};
use crate::cooperatives::GroupPermit;
use crate::db::schema::{ingredient_prices, ingredients, recipe_lines, recipes};
use crate::db::{Conn, Result, Tx, insert_rows, on_both};
use crate::kernel::ids::{AccountId, CooperativeId, GroupId, IngredientId, ProductId};
use crate::kernel::{Day, Instant, Quantity, Rupiah};

/// Counts the ingredients of a group.
pub(super) fn count_ingredients(conn: &mut Conn, group: GroupId) -> Result<i64> {
    Ok(ingredients::table.filter(ingredients::group_id.eq(group)).count().get_result(conn)?)
}

/// Whether the group has an ingredient of this name.
pub(super) fn has_ingredient(conn: &mut Conn, group: GroupId, name: &str) -> Result<bool> {
    let rows = ingredients::table.filter(ingredients::group_id.eq(group)).filter(ingredients::name.eq(name));
    Ok(diesel::select(diesel::dsl::exists(rows)).get_result(conn)?)
}

/// Inserts an ingredient.
pub(super) fn insert_ingredient(
    tx: &mut Tx<'_>,
    now: Instant,
    ingredient: &CostIngredient,
    by: AccountId,
) -> Result<()> {
    diesel::insert_into(ingredients::table)
        .values((
            ingredients::id.eq(ingredient.id),
            ingredients::cooperative_id.eq(ingredient.cooperative),
            ingredients::group_id.eq(ingredient.group),
            ingredients::name.eq(&ingredient.name),
            ingredients::unit.eq(&ingredient.unit),
            ingredients::added_at.eq(now),
            ingredients::added_by.eq(by),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Inserts or replaces the price of a unit from this day on.
pub(super) fn set_price(
    tx: &mut Tx<'_>,
    now: Instant,
    ingredient: IngredientId,
    from: Day,
    price: Rupiah,
    by: AccountId,
) -> Result<()> {
    use ingredient_prices as p;
    let values = (p::price.eq(price), p::noted_at.eq(now), p::noted_by.eq(by));
    let insert = diesel::insert_into(p::table)
        .values(((p::ingredient_id.eq(ingredient), p::from_day.eq(from)), values))
        .on_conflict((p::ingredient_id, p::from_day))
        .do_update()
        .set(values);
    on_both!(tx, c => insert.execute(c))?;
    Ok(())
}

type Row = (IngredientId, CooperativeId, GroupId, String, String);

const ROW: (ingredients::id, ingredients::cooperative_id, ingredients::group_id, ingredients::name, ingredients::unit) =
    (ingredients::id, ingredients::cooperative_id, ingredients::group_id, ingredients::name, ingredients::unit);

/// The ingredients of these rows with their prices on this day.
fn with_prices(conn: &mut Conn, rows: Vec<Row>, on: Day) -> Result<Vec<CostIngredient>> {
    use ingredient_prices as p;
    let ids: Vec<IngredientId> = rows.iter().map(|row| row.0).collect();
    let prices: Vec<(IngredientId, Day, Rupiah)> = p::table
        .filter(p::ingredient_id.eq_any(ids))
        .filter(p::from_day.le(on))
        .order(p::from_day.desc())
        .select((p::ingredient_id, p::from_day, p::price))
        .load(conn)?;
    let price = |id| prices.iter().find(|(ingredient, ..)| *ingredient == id).map(|(_, from, price)| (*price, *from));
    Ok(rows
        .into_iter()
        .map(|(id, cooperative, group, name, unit)| CostIngredient {
            id,
            cooperative,
            group,
            name,
            unit,
            price: price(id),
        })
        .collect())
}

/// Finds an ingredient with its price on this day.
pub(super) fn find_ingredient(conn: &mut Conn, id: IngredientId, on: Day) -> Result<Option<CostIngredient>> {
    let row: Option<Row> = ingredients::table.find(id).select(ROW).get_result(conn).optional()?;
    Ok(with_prices(conn, row.into_iter().collect(), on)?.pop())
}

/// Lists the ids of a group's ingredients.
pub(super) fn list_ingredient_ids(conn: &mut Conn, group: GroupId) -> Result<Vec<IngredientId>> {
    Ok(ingredients::table.filter(ingredients::group_id.eq(group)).select(ingredients::id).load(conn)?)
}

/// The keyset of a page of ingredients.
pub(super) type IngredientPageKey = (String, IngredientId);

/// Lists the ingredients of a group by name after the given key, with their prices on this day.
pub(super) fn list_ingredients(
    conn: &mut Conn,
    group: GroupId,
    on: Day,
    after: Option<IngredientPageKey>,
    limit: i64,
) -> Result<Vec<CostIngredient>> {
    use ingredients as i;
    let mut query = i::table
        .filter(i::group_id.eq(group))
        .order((i::name.asc(), i::id.asc()))
        .limit(limit)
        .select(ROW)
        .into_boxed();
    if let Some((name, id)) = after {
        query = query.filter(i::name.gt(name.clone()).or(i::name.eq(name).and(i::id.gt(id))));
    }
    let rows = query.load(conn)?;
    with_prices(conn, rows, on)
}

/// Lists the prices of an ingredient, latest day first, before the given day.
pub(super) fn list_prices(
    conn: &mut Conn,
    ingredient: IngredientId,
    after: Option<Day>,
    limit: i64,
) -> Result<Vec<(Day, Rupiah)>> {
    use ingredient_prices as p;
    let mut query = p::table
        .filter(p::ingredient_id.eq(ingredient))
        .order(p::from_day.desc())
        .limit(limit)
        .select((p::from_day, p::price))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(p::from_day.lt(after));
    }
    Ok(query.load(conn)?)
}

/// Finds the recipe of a product.
pub(super) fn find_recipe(conn: &mut Conn, product: ProductId) -> Result<Option<Recipe>> {
    use recipes as r;
    let row: Option<(Quantity, Rupiah, Rupiah, Rupiah, Rupiah)> = r::table
        .find(product)
        .select((r::yields, r::energy, r::packaging, r::labour, r::fixed))
        .get_result(conn)
        .optional()?;
    let Some((yields, energy, packaging, labour, fixed)) = row else { return Ok(None) };
    let lines: Vec<(IngredientId, Quantity)> = recipe_lines::table
        .inner_join(ingredients::table)
        .filter(recipe_lines::product_id.eq(product))
        .order((ingredients::name.asc(), ingredients::id.asc()))
        .select((recipe_lines::ingredient_id, recipe_lines::quantity))
        .load(conn)?;
    let lines = lines.into_iter().map(|(ingredient, quantity)| RecipeLine { ingredient, quantity }).collect();
    Ok(Some(Recipe { yields, lines, energy, packaging, labour, fixed }))
}

/// Lists the ingredients of a recipe with their prices on this day.
pub(super) fn list_recipe_ingredients(conn: &mut Conn, recipe: &Recipe, on: Day) -> Result<Vec<CostIngredient>> {
    let ids: Vec<IngredientId> = recipe.lines.iter().map(|line| line.ingredient).collect();
    let rows = ingredients::table.filter(ingredients::id.eq_any(ids)).select(ROW).load(conn)?;
    with_prices(conn, rows, on)
}

/// Inserts or replaces the recipe of a product.
pub(super) fn set_recipe(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    product: ProductId,
    recipe: &Recipe,
) -> Result<()> {
    use recipes as r;
    let values = (
        r::yields.eq(recipe.yields),
        r::energy.eq(recipe.energy),
        r::packaging.eq(recipe.packaging),
        r::labour.eq(recipe.labour),
        r::fixed.eq(recipe.fixed),
        r::changed_at.eq(now),
        r::changed_by.eq(permit.account),
    );
    let insert = diesel::insert_into(r::table)
        .values(((r::product_id.eq(product), r::cooperative_id.eq(permit.cooperative)), values))
        .on_conflict(r::product_id)
        .do_update()
        .set(values);
    on_both!(tx, c => insert.execute(c))?;
    diesel::delete(recipe_lines::table.filter(recipe_lines::product_id.eq(product))).execute(&mut **tx)?;
    let row = |line: &RecipeLine| {
        (
            recipe_lines::product_id.eq(product),
            recipe_lines::ingredient_id.eq(line.ingredient),
            recipe_lines::quantity.eq(line.quantity),
        )
    };
    let rows: Vec<_> = recipe.lines.iter().map(row).collect();
    if !rows.is_empty() {
        insert_rows!(tx, recipe_lines::table, rows)?;
    }
    Ok(())
}
