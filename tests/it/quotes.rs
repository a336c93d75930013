//! Quotes: what a wish comes to, planned as an order would claim it.

use lumbung::kernel::ids::ProductId;
use serde_json::{Value, json};

use crate::world::{Reply, Village, World, abon, pastel};

fn wish(village: &Village, lines: Value) -> Value {
    json!({"cooperative": village.cooperative, "lines": lines})
}

/// Places what was quoted, at the quoted total.
async fn place(village: &Village, lines: Value, total: &Value) -> Reply {
    let mut body = wish(village, lines);
    body["delivery"] = json!({"kind": "pickup"});
    body["expected_total"] = total.clone();
    village.buyer.fresh_key().post("/v1/orders", body).await
}

fn days(answer: &Value) -> Vec<&str> {
    answer.as_array().unwrap().iter().map(|line| line["ready_on"].as_str().unwrap_or("none")).collect()
}

async fn claimed_by_quotes(village: &Village, product: ProductId) -> Value {
    village.guest().get(&format!("/v1/products/{product}/availability")).await.expect(200).json["data"].clone()
}

#[actix_web::test]
async fn two_lines_of_one_product_share_the_promise_of_a_day_in_a_quote_as_in_an_order() {
    let village = World::village().await;
    let product = village.lists(pastel()).await;
    let before = claimed_by_quotes(&village, product).await;
    let lines =
        json!([{"product": product, "quantity": 40}, {"product": product, "quantity": 40, "ready_on": "2026-11-25"}]);
    let quote = village.buyer.post("/v1/quotes", wish(&village, lines.clone())).await.expect(200);
    assert_eq!(quote.json["complete"], true);
    assert_eq!(days(&quote.json["lines"]), ["2026-11-26", "2026-11-25"], "the day that was asked for comes first");
    assert_eq!(claimed_by_quotes(&village, product).await, before, "a quote reserves nothing");
    let order = place(&village, lines, &quote.json["total"]).await.expect(201);
    assert_eq!(days(&order.json["fulfilments"][0]["lines"]), ["2026-11-26", "2026-11-25"]);
    assert_eq!(order.json["total"], 200_000);
}

#[actix_web::test]
async fn two_lines_of_one_product_are_not_promised_the_same_goods_on_the_shelf() {
    let village = World::village().await;
    let product = village.lists(abon()).await;
    let shelf = village.shelves(product, 40, "2026-11-23").await;
    let lines = json!([{"product": product, "quantity": 30, "batch": shelf}, {"product": product, "quantity": 30}]);
    let quote = village.buyer.post("/v1/quotes", wish(&village, lines.clone())).await.expect(200);
    assert_eq!(quote.json["complete"], false);
    assert_eq!([&quote.json["lines"][0]["quantity"], &quote.json["lines"][1]["quantity"]], [30, 0]);
    assert_eq!(quote.json["lines"][1]["available"], 10);
    let refused = place(&village, lines, &json!(900_000)).await.problem(409, "sold-out");
    assert_eq!(refused.json["available"], 10);
    let lines = json!([
        {"product": product, "quantity": 30, "batch": shelf},
        {"product": product, "quantity": 30, "at_least": 5},
    ]);
    let quote = village.buyer.post("/v1/quotes", wish(&village, lines.clone())).await.expect(200);
    assert_eq!(quote.json["total"], 600_000);
    place(&village, lines, &quote.json["total"]).await.expect(201);
}
