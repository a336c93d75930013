//! Production costs: ingredients with their prices, recipes, cost sheets, and the needs of future batches.

use lumbung::kernel::ids::ProductId;
use serde_json::{Value, json};

use crate::world::{Client, Reply, Village, World, pastel};

async fn post(client: &Client, path: &str, body: Value) -> Reply {
    client.with_new_key().post(path, body).await
}

async fn create_ingredient(village: &Village, name: &str, price: i64) -> Reply {
    let path = format!("/v1/groups/{}/ingredients", village.sekar_laras);
    post(&village.sari, &path, json!({"name": name, "unit": "kg", "price": price})).await.expect(201)
}

/// Sets a recipe of 2.5 kg of flour at 12,000 and a kilogram of carrots at 9,000 for fifty pieces. Returns the id of the
/// flour.
pub async fn create_recipe(village: &Village, product: ProductId) -> String {
    let (flour, carrots) =
        (create_ingredient(village, "Terigu", 12_000).await, create_ingredient(village, "Wortel", 9_000).await);
    let recipe = json!({
        "yields": 50, "energy": 5_000, "packaging": 100, "labour": 400, "fixed": 20_000,
        "lines": [{"ingredient": flour.id(), "quantity": 2.5}, {"ingredient": carrots.id(), "quantity": 1}],
    });
    village.sari.put(&format!("/v1/products/{product}/recipe"), recipe).await.expect(200);
    flour.id()
}

#[actix_web::test]
async fn a_cost_sheet_has_costs_margin_and_break_even() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let path = format!("/v1/products/{product}/cost_sheet");
    village.sari.get(&path).await.expect_problem(404, "not-found");
    create_recipe(&village, product).await;
    let sheet = village.wati.get(&path).await.expect(200);
    for (name, amount) in [
        ("ingredients", 39_000),
        ("energy", 5_000),
        ("packaging", 5_000),
        ("labour", 20_000),
        ("fixed", 20_000),
        ("cash", 69_000),
        ("total", 89_000),
        ("unit_cost", 1_780),
        ("price", 2_500),
        ("margin", 470),
    ] {
        assert_eq!(sheet.json[name], json!(amount), "{name}");
    }
    assert_eq!((&sheet.json["quantity"], &sheet.json["lines"][0]["cost"]), (&json!(50), &json!(30_000)));
    let least = sheet.json["break_even"].as_i64().unwrap();
    let terms = village.guest().get(&format!("/v1/products/{product}")).await.expect(200);
    let step = terms.json["quantity_step"].as_i64().unwrap();
    assert!((23..23 + step).contains(&least) && least % step == 0, "the break-even is 23, in steps of {step}: {least}");
    let half = village.wati.get(&format!("{path}?quantity=25")).await.expect(200);
    assert_eq!((&half.json["unit_cost"], &half.json["lines"][0]["quantity"]), (&json!(2_180), &json!(1.25)));
    let before = village.wati.get(&format!("{path}?on=2026-11-22")).await.expect(200);
    assert_eq!(
        (&before.json["unit_cost"], &before.json["break_even"]),
        (&Value::Null, &Value::Null),
        "no price was known"
    );
    village.wati.get(&format!("{path}?quantity=0")).await.expect_field_error("/quantity", "out-of-range");
    village.buyer.get(&path).await.expect_problem(404, "not-found");
}

#[actix_web::test]
async fn the_unit_cost_is_stored_on_the_batch_and_a_price_change_affects_the_next() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let early = village.plan_batch(product, 50, 0).await;
    assert_eq!(early.json["unit_cost"], Value::Null);
    let flour = create_recipe(&village, product).await;
    let first = village.plan_batch(product, 50, 0).await;
    assert_eq!(first.json["unit_cost"], json!(1_780));
    let price = format!("/v1/ingredients/{flour}/prices/2026-11-23");
    let dearer = village.sari.put(&price, json!({"price": 16_000})).await.expect(200);
    assert_eq!((&dearer.json["price"], &dearer.json["price_from"]), (&json!(16_000), &json!("2026-11-23")));
    let next = village.plan_batch(product, 50, 0).await;
    assert_eq!(next.json["unit_cost"], json!(1_980));
    let unchanged = village.sari.get(&format!("/v1/batches/{}", first.id())).await.expect(200);
    assert_eq!(unchanged.json["unit_cost"], json!(1_780));
    // A batch without a unit cost gets it at production; an officer's value takes precedence.
    let production_path = |batch: &Reply| format!("/v1/batches/{}/production", batch.id());
    let produced = post(&village.sari, &production_path(&early), json!({"made": 50})).await.expect(200);
    assert_eq!(produced.json["unit_cost"], json!(1_980));
    let overridden =
        post(&village.sari, &production_path(&first), json!({"made": 40, "unit_cost": 1_500})).await.expect(200);
    assert_eq!(overridden.json["unit_cost"], json!(1_500));
    let history = village.sari.get(&format!("/v1/ingredients/{flour}/prices")).await.expect(200);
    assert_eq!(history.json["data"], json!([{"from": "2026-11-23", "price": 16_000}]));
}

#[actix_web::test]
async fn a_price_is_valid_from_its_day_on() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let flour = create_recipe(&village, product).await;
    let price = format!("/v1/ingredients/{flour}/prices/2026-12-01");
    let later = village.sari.put(&price, json!({"price": 20_000})).await.expect(200);
    assert_eq!(later.json["price"], json!(12_000), "the price of today is unchanged");
    let path = format!("/v1/products/{product}/cost_sheet");
    assert_eq!(village.sari.get(&path).await.expect(200).json["unit_cost"], json!(1_780));
    let then = village.sari.get(&format!("{path}?on=2026-12-01")).await.expect(200);
    assert_eq!(then.json["unit_cost"], json!(2_180));
    village.wati.put(&price, json!({"price": 1})).await.expect_problem(403, "forbidden");
    village.darsih.put(&price, json!({"price": 1})).await.expect_problem(404, "not-found");
}

#[actix_web::test]
async fn an_invalid_recipe_changes_nothing() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let flour = create_recipe(&village, product).await;
    let path = format!("/v1/products/{product}/recipe");
    let before = village.sari.get(&path).await.expect(200);
    let line = |ingredient: &str, quantity: Value| json!({"ingredient": ingredient, "quantity": quantity});
    let recipe = |lines: Value| json!({"yields": 10, "lines": lines});
    let twice = recipe(json!([line(&flour, json!(1)), line(&flour, json!(2))]));
    village.sari.put(&path, twice).await.expect_field_error("/lines/1/ingredient", "twice");
    village
        .sari
        .put(&path, recipe(json!([line(&flour, json!(0))])))
        .await
        .expect_field_error("/lines/0/quantity", "not-positive");
    village.sari.put(&path, json!({"yields": 0, "lines": []})).await.expect_field_error("/yields", "not-positive");
    let foreign_path = format!("/v1/groups/{}/ingredients", village.foreign_group);
    let foreign = json!({"name": "Gula", "unit": "kg", "price": 15_000});
    post(&village.foreign_officer, &foreign_path, foreign).await.expect(201);
    let list = village.foreign_officer.get(&foreign_path).await.expect(200);
    let foreign = list.json["data"][0]["id"].as_str().unwrap().to_owned();
    village
        .sari
        .put(&path, recipe(json!([line(&foreign, json!(1))])))
        .await
        .expect_field_error("/lines/0/ingredient", "unknown");
    let own_path = format!("/v1/groups/{}/ingredients", village.sekar_laras);
    post(&village.sari, &own_path, json!({"name": " Terigu ", "unit": "kg", "price": 1}))
        .await
        .expect_field_error("/name", "known-already");
    assert_eq!(village.sari.get(&path).await.expect(200).json, before.json);
}

#[actix_web::test]
async fn the_needs_of_batches_have_ingredients_cash_and_deposits() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    create_recipe(&village, product).await;
    let batch = village.plan_batch(product, 100, 0).await;
    let order = village.place_batch_order(product, &batch, 30).await;
    village.place_batch_order(product, &batch, 20).await;
    let paid = json!({"method": "transfer", "amount": 25_000});
    post(&village.treasurer, &format!("/v1/orders/{}/payments", order.id()), paid).await.expect(201);
    let path = format!("/v1/batches/{}/needs", batch.id());
    let needs = village.sari.get(&path).await.expect(200);
    assert_eq!(
        ["quantity", "cash", "deposits", "missing"].map(|name| needs.json[name].as_i64().unwrap()),
        [50, 69_000, 25_000, 44_000],
    );
    assert_eq!(needs.json["sentence"], json!("Kloter ini perlu Rp69.000; uang muka di tangan Rp25.000."));
    let group = format!("/v1/groups/{}/needs?from={}", village.sekar_laras, batch.str("ready_on"));
    let open = village.sari.get(&group).await.expect(200);
    assert_eq!((&open.json["batches"], &open.json["cash"]), (&json!([]), &json!(0)), "the batch is not confirmed yet");
    village.transition_batch(&village.sari, &batch, "confirm").await.expect(200);
    let coming = village.wati.get(&group).await.expect(200);
    assert_eq!((&coming.json["cash"], &coming.json["deposits"]), (&json!(69_000), &json!(25_000)));
    let purchases: Vec<(&str, f64, i64)> = coming.json["ingredients"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["name"].as_str().unwrap(), row["quantity"].as_f64().unwrap(), row["cost"].as_i64().unwrap()))
        .collect();
    assert_eq!(purchases, [("Terigu", 2.5, 30_000), ("Wortel", 1.0, 9_000)]);
    village.sari.get(&format!("{group}&days=32")).await.expect_field_error("/days", "out-of-range");
    village.darsih.get(&path).await.expect_problem(404, "not-found");
}
