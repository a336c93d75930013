//! What was made and what was thrown away: a shortage is shared over the orders, and the answer tells how.

use lumbung::kernel::Duration;
use serde_json::{Value, json};

use crate::world::{Reply, Village, World, abon, pastel};

async fn records(village: &Village, batch: &str, what: &str, body: Value) -> Reply {
    village.sari.fresh_key().post(&format!("/v1/batches/{batch}/{what}"), body).await
}

/// What each of these orders keeps of the batch, as the answer tells it: before and after.
fn allocations(reply: &Reply, orders: &[&Reply]) -> Vec<(i64, i64)> {
    let told = reply.json["allocations"].as_array().unwrap();
    assert_eq!(told.len(), orders.len(), "{told:?}");
    let of = |order: &&Reply| {
        let line = &order.json["fulfilments"][0]["lines"][0]["id"];
        let one = told.iter().find(|one| one["order"] == json!(order.id()) && one["line"] == *line).expect("is told");
        (one["before"].as_i64().unwrap(), one["quantity"].as_i64().unwrap())
    };
    orders.iter().map(of).collect()
}

async fn line_now(village: &Village, order: &Reply) -> (i64, i64) {
    let now = village.buyer.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
    (now.json["fulfilments"][0]["lines"][0]["quantity"].as_i64().unwrap(), now.json["total"].as_i64().unwrap())
}

/// The buyer's orders of a batch, one after the other, of use from one piece on.
async fn modest_orders<const N: usize>(village: &Village, batch: &Reply, wanted: [i64; N]) -> [Reply; N] {
    let product = batch.str("product").parse().unwrap();
    let mut orders = Vec::new();
    for quantity in wanted {
        let mut body = village.order_of_batch(product, batch, quantity);
        body["lines"][0]["at_least"] = json!(1);
        village.clock.advance(Duration::seconds(1));
        orders.push(village.buyer.fresh_key().post("/v1/orders", body).await.expect(201));
    }
    orders.try_into().unwrap()
}

#[actix_web::test]
async fn less_than_ordered_is_shared_fairly_and_the_answer_tells_who_keeps_what() {
    let village = World::village().await;
    let product = village.lists(pastel()).await;
    let batch = village.planned(product, 100, 0).await;
    let [small, middle, large] = modest_orders(&village, &batch, [10, 30, 40]).await;
    let made = records(&village, &batch.id(), "production", json!({"made": 51})).await.expect(200);
    assert_eq!((made.json["claimed"].clone(), made.json["available"].clone()), (json!(51), json!(0)));
    // The small one is served whole; the odd piece goes to the older of the others.
    assert_eq!(allocations(&made, &[&small, &middle, &large]), [(10, 10), (30, 21), (40, 20)]);
    assert_eq!(line_now(&village, &small).await, (10, 25_000));
    assert_eq!(line_now(&village, &middle).await, (21, 52_500));
    assert_eq!(line_now(&village, &large).await, (20, 50_000));
    village.work().await;
    let told = village.mails().iter().filter(|mail| mail.kind == "order-shrunk").count();
    assert_eq!(told, 2, "who gets all of it needs no letter");
}

#[actix_web::test]
async fn as_much_as_was_ordered_shrinks_nobody_and_more_is_on_the_shelf() {
    let village = World::village().await;
    let product = village.lists(pastel()).await;
    let batch = village.planned(product, 100, 0).await;
    let [order] = modest_orders(&village, &batch, [30]).await;
    let made = records(&village, &batch.id(), "production", json!({"made": 45, "unit_cost": 1600})).await.expect(200);
    assert_eq!(allocations(&made, &[]), []);
    assert_eq!((made.str("status"), made.json["available"].clone()), ("made".into(), json!(15)));
    let corrected = records(&village, &batch.id(), "production", json!({"made": 30})).await.expect(200);
    assert_eq!((corrected.json["available"].clone(), corrected.json["unit_cost"].clone()), (json!(0), json!(1600)));
    assert_eq!(line_now(&village, &order).await, (30, 75_000));
    village.work().await;
}

#[actix_web::test]
async fn what_is_thrown_away_comes_from_the_shelf_first_and_then_from_the_orders() {
    let village = World::village().await;
    let product = village.lists(abon()).await;
    let shelf = village.shelves(product, 40, "2026-11-20").await.to_string();
    let mut orders = Vec::new();
    for _ in 0..2 {
        let mut body = village.order_of(product, 15, 225_000);
        body["lines"][0]["at_least"] = json!(5);
        village.clock.advance(Duration::seconds(1));
        orders.push(village.buyer.fresh_key().post("/v1/orders", body).await.expect(201));
    }
    let spoiled = |quantity: i64| json!({"quantity": quantity, "reason": "jamuran"});
    let first = records(&village, &shelf, "discards", spoiled(10)).await.expect(200);
    assert_eq!(allocations(&first, &[]), []);
    assert_eq!((first.json["claimed"].clone(), first.json["available"].clone()), (json!(30), json!(0)));
    let second = records(&village, &shelf, "discards", spoiled(6)).await.expect(200);
    assert_eq!(allocations(&second, &[&orders[0], &orders[1]]), [(15, 12), (15, 12)]);
    assert_eq!((second.json["claimed"].clone(), second.json["discarded"].clone()), (json!(24), json!(16)));
    let third = records(&village, &shelf, "discards", spoiled(16)).await.expect(200);
    // Eight pieces, of which four each are of no use to either: the older one gets all of them.
    assert_eq!(allocations(&third, &[&orders[0], &orders[1]]), [(12, 8), (12, 0)]);
    village.work().await;
}

#[actix_web::test]
async fn what_is_handed_over_is_not_taken_back_by_a_shortage() {
    let village = World::village().await;
    let product = village.lists(pastel()).await;
    let batch = village.planned(product, 100, 0).await;
    let [gone, waiting] = modest_orders(&village, &batch, [30, 30]).await;
    for action in ["accept", "start", "ready", "hand_over"] {
        village.step(&village.sari, &gone, action).await.expect(200);
    }
    let refused = records(&village, &batch.id(), "production", json!({"made": 29})).await;
    assert_eq!(refused.problem(409, "batch-too-small").json["available"], 30);
    assert_eq!(line_now(&village, &waiting).await, (30, 75_000), "nothing is kept of what was refused");
    let made = records(&village, &batch.id(), "production", json!({"made": 36})).await.expect(200);
    assert_eq!(allocations(&made, &[&waiting]), [(30, 6)]);
    assert_eq!(line_now(&village, &gone).await, (30, 75_000));
    village.work().await;
}

#[actix_web::test]
async fn nothing_is_thrown_away_of_what_is_not_made_or_not_there() {
    let village = World::village().await;
    let product = village.lists(pastel()).await;
    let batch = village.planned(product, 100, 0).await;
    let burnt = |quantity: Value| json!({"quantity": quantity, "reason": "gosong"});
    let early = records(&village, &batch.id(), "discards", burnt(json!(1))).await;
    assert_eq!(early.problem(409, "transition-invalid").json["state"], "open");
    records(&village, &batch.id(), "production", json!({"made": 20})).await.expect(200);
    records(&village, &batch.id(), "discards", burnt(json!(0))).await.fault("/quantity", "not-positive");
    records(&village, &batch.id(), "discards", burnt(json!(21))).await.problem(409, "batch-too-small");
    let all = records(&village, &batch.id(), "discards", burnt(json!(20))).await.expect(200);
    assert_eq!((all.json["discarded"].clone(), all.json["available"].clone()), (json!(20), json!(0)));
}

#[actix_web::test]
async fn why_something_is_thrown_away_is_kept_with_the_batch_and_not_told_to_the_log() {
    let village = World::village().await;
    let product = village.lists(abon()).await;
    let shelf = village.shelves(product, 40, "2026-11-20").await.to_string();
    let reason = "jatuh dari motor Contoh Narto";
    records(&village, &shelf, "discards", json!({"quantity": 3, "reason": reason})).await.expect(200);
    let path = format!("/v1/batches/{shelf}/discards");
    let kept = village.wati.get(&path).await.expect(200);
    let kept = kept.json["data"].as_array().unwrap();
    assert_eq!((kept.len(), &kept[0]["quantity"], &kept[0]["reason"]), (1, &json!(3), &json!(reason)));
    village.buyer.get(&path).await.problem(404, "not-found");
    village.work().await;
    let log =
        village.board.get(&format!("/v1/cooperatives/{}/events?limit=100", village.cooperative)).await.expect(200);
    let told = log.json["data"].as_array().unwrap().iter().find(|event| event["kind"] == "batch.discarded");
    let payload = &told.expect("it stands in the log")["payload"];
    assert_eq!(*payload, json!({"product": product, "discard": kept[0]["id"], "quantity": 3, "claimed": 0}));
    assert!(!log.text().contains("motor"));
}
