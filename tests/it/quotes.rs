//! Quotes: totals, planning as for an order, and deposits.

use lumbung::catalogue::Offering;
use lumbung::kernel::Duration;
use lumbung::kernel::ids::ProductId;
use serde_json::{Value, json};

use crate::world::{Reply, Village, World, abon, pastel};

fn basket(village: &Village, lines: Value) -> Value {
    json!({"cooperative": village.cooperative, "lines": lines})
}

/// Places the quoted lines, at the quoted total.
async fn place(village: &Village, lines: Value, total: &Value) -> Reply {
    let mut body = basket(village, lines);
    body["delivery"] = json!({"kind": "pickup"});
    body["expected_total"] = total.clone();
    village.buyer.with_new_key().post("/v1/orders", body).await
}

fn days(lines: &Value) -> Vec<&str> {
    lines.as_array().unwrap().iter().map(|line| line["ready_on"].as_str().unwrap_or("none")).collect()
}

async fn availability(village: &Village, product: ProductId) -> Value {
    village.guest().get(&format!("/v1/products/{product}/availability")).await.expect(200).json["data"].clone()
}

#[actix_web::test]
async fn two_lines_of_one_product_share_the_capacity_of_a_day_in_a_quote_as_in_an_order() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let before = availability(&village, product).await;
    let lines =
        json!([{"product": product, "quantity": 40}, {"product": product, "quantity": 40, "ready_on": "2026-11-25"}]);
    let quote = village.buyer.post("/v1/quotes", basket(&village, lines.clone())).await.expect(200);
    assert_eq!(quote.json["complete"], true);
    assert_eq!(days(&quote.json["lines"]), ["2026-11-26", "2026-11-25"], "the day that was asked for comes first");
    assert_eq!(availability(&village, product).await, before, "a quote reserves nothing");
    let order = place(&village, lines, &quote.json["total"]).await.expect(201);
    assert_eq!(days(&order.json["fulfilments"][0]["lines"]), ["2026-11-26", "2026-11-25"]);
    assert_eq!(order.json["total"], 200_000);
}

#[actix_web::test]
async fn two_lines_of_one_product_are_not_promised_the_same_goods_on_the_shelf() {
    let village = World::village().await;
    let product = village.publish_product(abon()).await;
    let shelf = village.open_stock_batch(product, 40, "2026-11-23").await;
    let lines = json!([{"product": product, "quantity": 30, "batch": shelf}, {"product": product, "quantity": 30}]);
    let quote = village.buyer.post("/v1/quotes", basket(&village, lines.clone())).await.expect(200);
    assert_eq!(quote.json["complete"], false);
    assert_eq!([&quote.json["lines"][0]["quantity"], &quote.json["lines"][1]["quantity"]], [30, 0]);
    assert_eq!(quote.json["lines"][1]["available"], 10);
    let refused = place(&village, lines, &json!(900_000)).await.expect_problem(409, "sold-out");
    assert_eq!(refused.json["available"], 10);
    let lines = json!([
        {"product": product, "quantity": 30, "batch": shelf},
        {"product": product, "quantity": 30, "at_least": 5},
    ]);
    let quote = village.buyer.post("/v1/quotes", basket(&village, lines.clone())).await.expect(200);
    assert_eq!(quote.json["total"], 600_000);
    place(&village, lines, &quote.json["total"]).await.expect(201);
}

/// Sayur with 30 percent deposit and ayam with 50, both made to order, and abon in stock.
async fn list_goods(village: &Village) -> [ProductId; 3] {
    let with_deposit = |name: &str, percent: u8| Offering { name: name.into(), deposit_percent: percent, ..pastel() };
    let sayur = village.publish_product(with_deposit("Pastel sayur", 30)).await;
    let ayam = village.publish_product(with_deposit("Pastel ayam", 50)).await;
    let abon = village.publish_product(Offering { deposit_percent: 40, ..abon() }).await;
    village.open_stock_batch(abon, 10, "2026-11-20").await;
    [sayur, ayam, abon]
}

/// Forty sayur, twenty ayam and two abon; less pastel is acceptable.
async fn place_three_lines(village: &Village, [sayur, ayam, abon]: [ProductId; 3]) -> Reply {
    let mut body = village.order_body(sayur, 40, 180_000);
    body["lines"] = json!([
        {"product": sayur, "quantity": 40, "at_least": 1, "ready_on": "2026-11-27"},
        {"product": ayam, "quantity": 20, "at_least": 1, "ready_on": "2026-11-27"},
        {"product": abon, "quantity": 2},
    ]);
    village.buyer.with_new_key().post("/v1/orders", body).await.expect(201)
}

fn batch_of(order: &Reply, product: ProductId) -> String {
    let lines = order.json["fulfilments"][0]["lines"].as_array().unwrap();
    let line = lines.iter().find(|line| line["product"] == json!(product)).unwrap();
    line["claims"][0]["batch"].as_str().unwrap().to_owned()
}

async fn deposit_now(village: &Village, order: &Reply) -> i64 {
    let now = village.buyer.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
    now.json["deposit_due"].as_i64().unwrap()
}

#[actix_web::test]
async fn a_deposit_is_due_by_each_products_percent_and_not_for_goods_in_stock() {
    let village = World::village().await;
    let goods = list_goods(&village).await;
    let order = place_three_lines(&village, goods).await;
    assert_eq!(order.json["total"], 180_000);
    // 30 percent of Rp100.000 and 50 percent of Rp50.000; the abon is in stock.
    assert_eq!(order.json["deposit_due"], 55_000);
    village.work().await;
}

#[actix_web::test]
async fn a_deposit_follows_the_lines_that_shrink() {
    let village = World::village().await;
    let goods = list_goods(&village).await;
    let order = place_three_lines(&village, goods).await;
    let made = |product, made: i64| {
        let path = format!("/v1/batches/{}/production", batch_of(&order, product));
        let sari = village.sari.with_new_key();
        async move { sari.post(&path, json!({"made": made})).await.expect(200) }
    };
    made(goods[0], 25).await;
    assert_eq!(deposit_now(&village, &order).await, 18_750 + 25_000, "30 percent of Rp62.500 beside the ayam");
    made(goods[1], 0).await;
    assert_eq!(deposit_now(&village, &order).await, 18_750, "no ayam, no deposit for it");
    village.work().await;
}

#[actix_web::test]
async fn a_deposit_keeps_the_percent_of_the_day_it_was_ordered() {
    let village = World::village().await;
    let goods = list_goods(&village).await;
    let order = place_three_lines(&village, goods).await;
    let path = format!("/v1/products/{}", goods[0]);
    let product = village.sari.get(&path).await.expect(200);
    village.sari.with_version_of(&product).patch(&path, json!({"deposit_percent": 100})).await.expect(200);
    village.transition_fulfilment(&village.sari, &order, "accept").await.expect(200);
    assert_eq!(deposit_now(&village, &order).await, 55_000);
    village.work().await;
}

#[actix_web::test]
async fn no_deposit_is_due_on_a_cancelled_order() {
    let village = World::village().await;
    let goods = list_goods(&village).await;
    let order = place_three_lines(&village, goods).await;
    let path = format!("/v1/orders/{}/transitions", order.id());
    village.buyer.with_new_key().post(&path, json!({"action": "cancel"})).await.expect(200);
    assert_eq!(deposit_now(&village, &order).await, 0);
    village.work().await;
}

#[actix_web::test]
async fn a_batch_that_sold_out_is_said_to_be_sold_out_for_a_month() {
    let village = World::village().await;
    let product = village.publish_product(abon()).await;
    let batch = village.open_stock_batch(product, 40, "2026-11-23").await;
    let line = json!([{"product": product, "quantity": 40, "batch": batch}]);
    place(&village, line.clone(), &json!(600_000)).await.expect(201);
    for days in [0, 30] {
        village.clock.advance(Duration::days(days));
        let quote = village.guest().post("/v1/quotes", basket(&village, line.clone())).await.expect(200);
        assert_eq!(quote.json["lines"][0]["reason"], "sold_out", "after {days} days");
    }
    village.clock.advance(Duration::days(2));
    let refused = village.guest().post("/v1/quotes", basket(&village, line)).await;
    refused.expect_field_error("/lines/0/batch", "not-there");
}

#[actix_web::test]
async fn what_is_needed_on_a_day_is_fresh_on_that_day_and_ready_by_then() {
    let village = World::village().await;
    let product = village.publish_product(abon()).await;
    let batch = village.open_stock_batch(product, 40, "2026-09-25").await;
    let basket_for_day = |line: Value, needed_on: &str| {
        let mut body = basket(&village, json!([line]));
        body["needed_on"] = json!(needed_on);
        body
    };
    let any = json!({"product": product, "quantity": 5});
    let named = json!({"product": product, "quantity": 5, "batch": batch});
    for line in [&any, &named] {
        let fresh = village.guest().post("/v1/quotes", basket_for_day(line.clone(), "2026-11-24")).await.expect(200);
        assert_eq!(fresh.json["complete"], true, "it keeps until the 24th: {line}");
        let spoiled = village.guest().post("/v1/quotes", basket_for_day(line.clone(), "2026-12-05")).await.expect(200);
        assert_eq!(spoiled.json["complete"], false, "{line}");
        assert_eq!(spoiled.json["lines"][0]["reason"], "spoiled", "{line}");
    }
    let late = json!({"product": product, "quantity": 5, "ready_on": "2026-11-26"});
    let refused = village
        .guest()
        .post("/v1/quotes", basket_for_day(late, "2026-11-25"))
        .await
        .expect_problem(422, "body-invalid");
    let fault = &refused.json["errors"][0];
    assert_eq!((&fault["pointer"], &fault["code"]), (&json!("/lines/0/ready_on"), &json!("ready-too-late")));
    village.guest().post("/v1/quotes", basket_for_day(any, "2026-11-22")).await.expect_problem(422, "body-invalid");
}
