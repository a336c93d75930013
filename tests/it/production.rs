//! Recording production and discards: a shortage is allocated to the orders, and the response has the allocations.

use lumbung::kernel::Duration;
use serde_json::{Value, json};

use crate::world::{Reply, Village, World, abon, pastel};

async fn record(village: &Village, batch: &str, resource: &str, body: Value) -> Reply {
    village.sari.with_new_key().post(&format!("/v1/batches/{batch}/{resource}"), body).await
}

/// The quantities of these orders before and after, from the allocations of the response.
fn allocations(reply: &Reply, orders: &[&Reply]) -> Vec<(i64, i64)> {
    let rows = reply.json["allocations"].as_array().unwrap();
    assert_eq!(rows.len(), orders.len(), "{rows:?}");
    let quantities = |order: &&Reply| {
        let line = &order.json["fulfilments"][0]["lines"][0]["id"];
        let row = rows.iter().find(|row| row["order"] == json!(order.id()) && row["line"] == *line).expect("a row");
        (row["before"].as_i64().unwrap(), row["quantity"].as_i64().unwrap())
    };
    orders.iter().map(quantities).collect()
}

async fn line_and_total(village: &Village, order: &Reply) -> (i64, i64) {
    let current = village.buyer.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
    (current.json["fulfilments"][0]["lines"][0]["quantity"].as_i64().unwrap(), current.json["total"].as_i64().unwrap())
}

/// Places orders of a batch one after the other, each accepting any quantity from one piece on.
async fn place_flexible_orders<const N: usize>(village: &Village, batch: &Reply, quantities: [i64; N]) -> [Reply; N] {
    let product = batch.str("product").parse().unwrap();
    let mut orders = Vec::new();
    for quantity in quantities {
        let mut body = village.batch_order_body(product, batch, quantity);
        body["lines"][0]["at_least"] = json!(1);
        village.clock.advance(Duration::seconds(1));
        orders.push(village.buyer.with_new_key().post("/v1/orders", body).await.expect(201));
    }
    orders.try_into().unwrap()
}

#[actix_web::test]
async fn a_shortage_is_allocated_fairly_and_the_response_has_the_allocations() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let batch = village.plan_batch(product, 100, 0).await;
    let [small, middle, large] = place_flexible_orders(&village, &batch, [10, 30, 40]).await;
    let made = record(&village, &batch.id(), "production", json!({"made": 51})).await.expect(200);
    assert_eq!((made.json["claimed"].clone(), made.json["available"].clone()), (json!(51), json!(0)));
    // The smallest order is met; the remaining piece goes to the older of the others.
    assert_eq!(allocations(&made, &[&small, &middle, &large]), [(10, 10), (30, 21), (40, 20)]);
    assert_eq!(line_and_total(&village, &small).await, (10, 25_000));
    assert_eq!(line_and_total(&village, &middle).await, (21, 52_500));
    assert_eq!(line_and_total(&village, &large).await, (20, 50_000));
    village.work().await;
    let mail_count = village.mails().iter().filter(|mail| mail.kind == "order-shrunk").count();
    assert_eq!(mail_count, 2, "no mail for the order that is met");
}

#[actix_web::test]
async fn production_of_at_least_the_ordered_quantity_leaves_orders_alone_and_stocks_the_rest() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let batch = village.plan_batch(product, 100, 0).await;
    let [order] = place_flexible_orders(&village, &batch, [30]).await;
    let made = record(&village, &batch.id(), "production", json!({"made": 45, "unit_cost": 1600})).await.expect(200);
    assert_eq!(allocations(&made, &[]), []);
    assert_eq!((made.str("status"), made.json["available"].clone()), ("made".into(), json!(15)));
    let corrected = record(&village, &batch.id(), "production", json!({"made": 30})).await.expect(200);
    assert_eq!((corrected.json["available"].clone(), corrected.json["unit_cost"].clone()), (json!(0), json!(1600)));
    assert_eq!(line_and_total(&village, &order).await, (30, 75_000));
    village.work().await;
}

#[actix_web::test]
async fn discards_reduce_stock_first_and_then_orders() {
    let village = World::village().await;
    let product = village.publish_product(abon()).await;
    let batch = village.open_stock_batch(product, 40, "2026-11-20").await.to_string();
    let mut orders = Vec::new();
    for _ in 0..2 {
        let mut body = village.order_body(product, 15, 225_000);
        body["lines"][0]["at_least"] = json!(5);
        village.clock.advance(Duration::seconds(1));
        orders.push(village.buyer.with_new_key().post("/v1/orders", body).await.expect(201));
    }
    let spoiled = |quantity: i64| json!({"quantity": quantity, "reason": "jamuran"});
    let first = record(&village, &batch, "discards", spoiled(10)).await.expect(200);
    assert_eq!(allocations(&first, &[]), []);
    assert_eq!((first.json["claimed"].clone(), first.json["available"].clone()), (json!(30), json!(0)));
    let second = record(&village, &batch, "discards", spoiled(6)).await.expect(200);
    assert_eq!(allocations(&second, &[&orders[0], &orders[1]]), [(15, 12), (15, 12)]);
    assert_eq!((second.json["claimed"].clone(), second.json["discarded"].clone()), (json!(24), json!(16)));
    let third = record(&village, &batch, "discards", spoiled(16)).await.expect(200);
    // Eight pieces are too few to share: the older order gets all of them.
    assert_eq!(allocations(&third, &[&orders[0], &orders[1]]), [(12, 8), (12, 0)]);
    village.work().await;
}

#[actix_web::test]
async fn a_shortage_never_reduces_handed_over_quantities() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let batch = village.plan_batch(product, 100, 0).await;
    let [handed_over, waiting] = place_flexible_orders(&village, &batch, [30, 30]).await;
    for action in ["accept", "start", "ready", "hand_over"] {
        village.transition_fulfilment(&village.sari, &handed_over, action).await.expect(200);
    }
    let refused = record(&village, &batch.id(), "production", json!({"made": 29})).await;
    assert_eq!(refused.expect_problem(409, "batch-too-small").json["available"], 30);
    assert_eq!(line_and_total(&village, &waiting).await, (30, 75_000), "a refused request changes nothing");
    let made = record(&village, &batch.id(), "production", json!({"made": 36})).await.expect(200);
    assert_eq!(allocations(&made, &[&waiting]), [(30, 6)]);
    assert_eq!(line_and_total(&village, &handed_over).await, (30, 75_000));
    village.work().await;
}

#[actix_web::test]
async fn a_batch_must_be_made_and_large_enough_for_a_discard() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let batch = village.plan_batch(product, 100, 0).await;
    let burnt = |quantity: Value| json!({"quantity": quantity, "reason": "gosong"});
    let early = record(&village, &batch.id(), "discards", burnt(json!(1))).await;
    assert_eq!(early.expect_problem(409, "transition-invalid").json["state"], "open");
    record(&village, &batch.id(), "production", json!({"made": 20})).await.expect(200);
    record(&village, &batch.id(), "discards", burnt(json!(0))).await.expect_field_error("/quantity", "not-positive");
    record(&village, &batch.id(), "discards", burnt(json!(21))).await.expect_problem(409, "batch-too-small");
    let all = record(&village, &batch.id(), "discards", burnt(json!(20))).await.expect(200);
    assert_eq!((all.json["discarded"].clone(), all.json["available"].clone()), (json!(20), json!(0)));
}

#[actix_web::test]
async fn the_reason_of_a_discard_is_stored_with_the_batch_and_not_in_events() {
    let village = World::village().await;
    let product = village.publish_product(abon()).await;
    let batch = village.open_stock_batch(product, 40, "2026-11-20").await.to_string();
    let reason = "jatuh dari motor Contoh Narto";
    record(&village, &batch, "discards", json!({"quantity": 3, "reason": reason})).await.expect(200);
    let path = format!("/v1/batches/{batch}/discards");
    let discards = village.wati.get(&path).await.expect(200);
    let discards = discards.json["data"].as_array().unwrap();
    assert_eq!((discards.len(), &discards[0]["quantity"], &discards[0]["reason"]), (1, &json!(3), &json!(reason)));
    village.buyer.get(&path).await.expect_problem(404, "not-found");
    village.work().await;
    let log =
        village.board.get(&format!("/v1/cooperatives/{}/events?limit=100", village.cooperative)).await.expect(200);
    let event = log.json["data"].as_array().unwrap().iter().find(|event| event["kind"] == "batch.discarded");
    let payload = &event.expect("a recorded event")["payload"];
    assert_eq!(*payload, json!({"product": product, "discard": discards[0]["id"], "quantity": 3, "claimed": 0}));
    assert!(!log.text().contains("motor"));
}
