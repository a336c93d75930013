//! What becomes of a batch at its cut-off, and what those who ordered of it are told and left with.

use lumbung::kernel::Duration;
use serde_json::{Value, json};

use crate::world::{Reply, Village, World};

/// A batch of pastel for the 27th, a hundred at most, with more terms.
async fn announced(village: &Village, terms: Value) -> (lumbung::kernel::ids::ProductId, Reply) {
    let product = village.pastel(|_| {}).await;
    let mut plan = json!({"ready_on": "2026-11-27", "capacity": 96, "cutoff_at": "2026-11-24T10:00:00Z"});
    plan.as_object_mut().unwrap().extend(terms.as_object().unwrap().clone());
    let batch = village.sari.fresh_key().post(&format!("/v1/products/{product}/batches"), plan).await.expect(201);
    (product, batch)
}

/// The buyer orders so much of the batch, of which so little would do.
async fn wanted(
    village: &Village,
    product: lumbung::kernel::ids::ProductId,
    batch: &Reply,
    want: i64,
    at_least: i64,
) -> Reply {
    let mut body = village.order_of_batch(product, batch, want);
    body["lines"][0]["at_least"] = json!(at_least);
    village.buyer.fresh_key().post("/v1/orders", body).await.expect(201)
}

/// Lets the cut-off come, and tells how the batch stands.
async fn after_the_cutoff(village: &mut Village, batch: &Reply) -> Value {
    village.clock.advance(Duration::hours(27));
    village.work().await;
    village.sari = village.again(&village.sari).await;
    village.buyer = village.again(&village.buyer).await;
    village.sari.get(&format!("/v1/batches/{}", batch.id())).await.expect(200).json
}

async fn order(village: &Village, order: &Reply) -> Value {
    village.buyer.get(&format!("/v1/orders/{}", order.id())).await.expect(200).json
}

fn line(order: &Value) -> &Value {
    &order["fulfilments"][0]["lines"][0]
}

fn subjects(village: &Village, to: &str) -> Vec<String> {
    village.mails().iter().filter(|mail| mail.to == to).map(|mail| mail.subject.clone()).collect()
}

#[actix_web::test]
async fn who_ordered_of_a_batch_that_misses_its_minimum_owes_nothing_and_is_told() {
    let mut village = World::village().await;
    let (product, batch) = announced(&village, json!({"minimum": 30})).await;
    let placed = wanted(&village, product, &batch, 20, 20).await;
    village.step(&village.sari, &placed, "accept").await.expect(200);
    let shown = village.sari.get(&format!("/v1/batches/{}", batch.id())).await.expect(200);
    assert_eq!(shown.json["needed_to_run"], 10);
    let batch = after_the_cutoff(&mut village, &batch).await;
    assert_eq!((batch["status"].as_str(), batch["claimed"].as_i64()), (Some("failed"), Some(0)));
    let order = order(&village, &placed).await;
    assert_eq!((order["status"].as_str(), order["total"].as_i64()), (Some("cancelled"), Some(0)));
    let line = line(&order);
    assert_eq!(line["reason"], "minimum_not_reached");
    assert_eq!((line["wanted"].as_i64(), line["quantity"].as_i64()), (Some(20), Some(0)));
    let told = subjects(&village, &village.buyer.email);
    assert!(told.iter().any(|subject| subject.contains("tidak jadi")), "{told:?}");
}

#[actix_web::test]
async fn a_batch_that_reaches_its_minimum_is_confirmed_and_its_buyers_are_told() {
    let mut village = World::village().await;
    let (product, batch) = announced(&village, json!({"minimum": 30})).await;
    let placed = wanted(&village, product, &batch, 30, 30).await;
    village.step(&village.sari, &placed, "accept").await.expect(200);
    let batch = after_the_cutoff(&mut village, &batch).await;
    assert_eq!((batch["status"].as_str(), batch["claimed"].as_i64()), (Some("confirmed"), Some(30)));
    assert_eq!(line(&order(&village, &placed).await)["quantity"], 30);
    let told = subjects(&village, &village.buyer.email);
    assert!(told.iter().any(|subject| subject.contains("jadi dibuat")), "{told:?}");
}

#[actix_web::test]
async fn a_batch_below_its_minimum_is_given_its_second_cutoff_once() {
    let mut village = World::village().await;
    let (product, batch) = announced(&village, json!({"minimum": 30, "extend_to": "2026-11-25T10:00:00Z"})).await;
    let placed = wanted(&village, product, &batch, 20, 20).await;
    village.step(&village.sari, &placed, "accept").await.expect(200);
    let extended = after_the_cutoff(&mut village, &batch).await;
    assert_eq!((extended["status"].as_str(), extended["extended"].as_bool()), (Some("open"), Some(true)));
    assert_eq!(extended["cutoff_at"], "2026-11-25T10:00:00Z");
    let told = subjects(&village, &village.buyer.email);
    assert!(told.iter().any(|subject| subject.contains("diperpanjang")), "{told:?}");
    let more = wanted(&village, product, &batch, 10, 10).await;
    village.step(&village.sari, &more, "accept").await.expect(200);
    let confirmed = after_the_cutoff(&mut village, &batch).await;
    assert_eq!((confirmed["status"].as_str(), confirmed["claimed"].as_i64()), (Some("confirmed"), Some(30)));
}

#[actix_web::test]
async fn a_batch_waits_for_the_deposits_that_it_needs() {
    let mut village = World::village().await;
    let terms = json!({"minimum_deposits": 30_000, "deposit_percent": 40});
    let (product, batch) = announced(&village, terms).await;
    let paid = wanted(&village, product, &batch, 30, 30).await;
    assert_eq!(paid.json["deposit_due"], 30_000);
    assert_eq!(line(&paid.json)["deposit_percent"], 40);
    let unpaid = wanted(&village, product, &batch, 30, 30).await;
    for order in [&paid, &unpaid] {
        village.step(&village.sari, order, "accept").await.expect(200);
    }
    let deposit = json!({"method": "cash", "purpose": "deposit", "amount": 30_000});
    village.sari.fresh_key().post(&format!("/v1/orders/{}/payments", paid.id()), deposit).await.expect(201);
    let confirmed = after_the_cutoff(&mut village, &batch).await;
    assert_eq!(confirmed["status"], "confirmed", "thirty thousand of deposits are in");

    let mut village = World::village().await;
    let (product, batch) = announced(&village, json!({"minimum_deposits": 30_001, "deposit_percent": 40})).await;
    let paid = wanted(&village, product, &batch, 30, 30).await;
    village.step(&village.sari, &paid, "accept").await.expect(200);
    let deposit = json!({"method": "cash", "purpose": "deposit", "amount": 30_000});
    village.sari.fresh_key().post(&format!("/v1/orders/{}/payments", paid.id()), deposit).await.expect(201);
    let failed = after_the_cutoff(&mut village, &batch).await;
    assert_eq!(failed["status"], "failed", "a rupiah is missing");
    let order = order(&village, &paid).await;
    assert_eq!((order["payment_state"].as_str(), order["paid_total"].as_i64()), (Some("refund_due"), Some(30_000)));
}

#[actix_web::test]
async fn whole_packs_are_filled_by_what_is_tolerated_and_shared() {
    let mut village = World::village().await;
    let (product, batch) = announced(&village, json!({"pack_size": 12})).await;
    // Ten firmly and four more if need be; five firmly: fifteen wanted, four tolerated: one pack, for the rest fills none.
    let flexible = wanted(&village, product, &batch, 14, 10).await;
    let firm = wanted(&village, product, &batch, 2, 2).await;
    for order in [&flexible, &firm] {
        village.step(&village.sari, order, "accept").await.expect(200);
    }
    let confirmed = after_the_cutoff(&mut village, &batch).await;
    assert_eq!((confirmed["status"].as_str(), confirmed["claimed"].as_i64()), (Some("confirmed"), Some(12)));
    let (flexible, firm) = (order(&village, &flexible).await, order(&village, &firm).await);
    assert_eq!(
        (line(&flexible)["quantity"].as_i64(), line(&flexible)["reason"].as_str()),
        (Some(10), Some("whole_packs"))
    );
    assert_eq!(flexible["total"], 25_000, "the price follows");
    assert_eq!((line(&firm)["quantity"].as_i64(), line(&firm).get("reason")), (Some(2), None));
    let broken = json!({"made": 13});
    let path = format!("/v1/batches/{}/production", batch.id());
    let refused = village.sari.fresh_key().post(&path, broken).await.problem(422, "body-invalid");
    assert_eq!(refused.json["errors"][0]["code"], "not-whole-packs");
}

#[actix_web::test]
async fn packs_must_fit_the_capacity_and_the_step() {
    let village = World::village().await;
    let product = village.pastel(|_| {}).await;
    let path = format!("/v1/products/{product}/batches");
    for (terms, pointer) in [
        (json!({"pack_size": 12, "capacity": 100}), "/capacity"),
        (json!({"pack_size": 200, "capacity": 100}), "/pack_size"),
        (json!({"pack_size": 1.5, "capacity": 99}), "/pack_size"),
        (json!({"capacity": 99, "extend_to": "2026-11-23T08:00:00Z"}), "/extend_to"),
    ] {
        let mut plan = json!({"ready_on": "2026-11-27"});
        plan.as_object_mut().unwrap().extend(terms.as_object().unwrap().clone());
        let refused = village.sari.fresh_key().post(&path, plan).await.problem(422, "body-invalid");
        assert_eq!(refused.json["errors"][0]["pointer"], pointer, "{terms}");
    }
}
