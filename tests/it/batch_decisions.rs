//! Decisions about batches at their cut-off, and their effects on orders and mails.

use lumbung::kernel::Duration;
use serde_json::{Value, json};

use crate::world::{Reply, Village, World};

/// Opens a batch for the 27th with a capacity of 96 and these additional terms.
async fn open_batch(village: &Village, terms: Value) -> (lumbung::kernel::ids::ProductId, Reply) {
    let product = village.create_pastel(|_| {}).await;
    let mut plan = json!({"ready_on": "2026-11-27", "capacity": 96, "cutoff_at": "2026-11-24T10:00:00Z"});
    plan.as_object_mut().unwrap().extend(terms.as_object().unwrap().clone());
    let batch = village.sari.with_new_key().post(&format!("/v1/products/{product}/batches"), plan).await.expect(201);
    (product, batch)
}

/// Places an order of the batch that accepts a smaller quantity of at least `at_least`.
async fn order_at_least(
    village: &Village,
    product: lumbung::kernel::ids::ProductId,
    batch: &Reply,
    want: i64,
    at_least: i64,
) -> Reply {
    let mut body = village.batch_order_body(product, batch, want);
    body["lines"][0]["at_least"] = json!(at_least);
    village.buyer.with_new_key().post("/v1/orders", body).await.expect(201)
}

/// Advances the clock past the cut-off, runs all tasks and returns the batch.
async fn decide_at_cutoff(village: &mut Village, batch: &Reply) -> Value {
    village.clock.advance(Duration::hours(27));
    village.work().await;
    village.sari = village.sign_in_again(&village.sari).await;
    village.buyer = village.sign_in_again(&village.buyer).await;
    village.sari.get(&format!("/v1/batches/{}", batch.id())).await.expect(200).json
}

async fn get_order(village: &Village, order: &Reply) -> Value {
    village.buyer.get(&format!("/v1/orders/{}", order.id())).await.expect(200).json
}

fn line(order: &Value) -> &Value {
    &order["fulfilments"][0]["lines"][0]
}

fn mail_subjects(village: &Village, to: &str) -> Vec<String> {
    village.mails().iter().filter(|mail| mail.to == to).map(|mail| mail.subject.clone()).collect()
}

#[actix_web::test]
async fn buyers_of_a_batch_that_misses_its_minimum_owe_nothing_and_are_notified() {
    let mut village = World::village().await;
    let (product, batch) = open_batch(&village, json!({"minimum": 30})).await;
    let placed = order_at_least(&village, product, &batch, 20, 20).await;
    village.transition_fulfilment(&village.sari, &placed, "accept").await.expect(200);
    let before_cutoff = village.sari.get(&format!("/v1/batches/{}", batch.id())).await.expect(200);
    assert_eq!(before_cutoff.json["needed_to_run"], 10);
    let batch = decide_at_cutoff(&mut village, &batch).await;
    assert_eq!((batch["status"].as_str(), batch["claimed"].as_i64()), (Some("failed"), Some(0)));
    let order = get_order(&village, &placed).await;
    assert_eq!((order["status"].as_str(), order["total"].as_i64()), (Some("cancelled"), Some(0)));
    let line = line(&order);
    assert_eq!(line["reason"], "minimum_not_reached");
    assert_eq!((line["wanted"].as_i64(), line["quantity"].as_i64()), (Some(20), Some(0)));
    let mail_subjects = mail_subjects(&village, &village.buyer.email);
    assert!(mail_subjects.iter().any(|subject| subject.contains("tidak jadi")), "{mail_subjects:?}");
}

#[actix_web::test]
async fn a_batch_that_reaches_its_minimum_is_confirmed_and_its_buyers_are_notified() {
    let mut village = World::village().await;
    let (product, batch) = open_batch(&village, json!({"minimum": 30})).await;
    let placed = order_at_least(&village, product, &batch, 30, 30).await;
    village.transition_fulfilment(&village.sari, &placed, "accept").await.expect(200);
    let batch = decide_at_cutoff(&mut village, &batch).await;
    assert_eq!((batch["status"].as_str(), batch["claimed"].as_i64()), (Some("confirmed"), Some(30)));
    assert_eq!(line(&get_order(&village, &placed).await)["quantity"], 30);
    let mail_subjects = mail_subjects(&village, &village.buyer.email);
    assert!(mail_subjects.iter().any(|subject| subject.contains("jadi dibuat")), "{mail_subjects:?}");
}

#[actix_web::test]
async fn a_batch_below_its_minimum_is_extended_once() {
    let mut village = World::village().await;
    let (product, batch) = open_batch(&village, json!({"minimum": 30, "extend_to": "2026-11-25T10:00:00Z"})).await;
    let placed = order_at_least(&village, product, &batch, 20, 20).await;
    village.transition_fulfilment(&village.sari, &placed, "accept").await.expect(200);
    let extended = decide_at_cutoff(&mut village, &batch).await;
    assert_eq!((extended["status"].as_str(), extended["extended"].as_bool()), (Some("open"), Some(true)));
    assert_eq!(extended["cutoff_at"], "2026-11-25T10:00:00Z");
    let mail_subjects = mail_subjects(&village, &village.buyer.email);
    assert!(mail_subjects.iter().any(|subject| subject.contains("diperpanjang")), "{mail_subjects:?}");
    let more = order_at_least(&village, product, &batch, 10, 10).await;
    village.transition_fulfilment(&village.sari, &more, "accept").await.expect(200);
    let confirmed = decide_at_cutoff(&mut village, &batch).await;
    assert_eq!((confirmed["status"].as_str(), confirmed["claimed"].as_i64()), (Some("confirmed"), Some(30)));
}

#[actix_web::test]
async fn a_batch_requires_its_minimum_deposits() {
    let mut village = World::village().await;
    let terms = json!({"minimum_deposits": 30_000, "deposit_percent": 40});
    let (product, batch) = open_batch(&village, terms).await;
    let paid = order_at_least(&village, product, &batch, 30, 30).await;
    assert_eq!(paid.json["deposit_due"], 30_000);
    assert_eq!(line(&paid.json)["deposit_percent"], 40);
    let unpaid = order_at_least(&village, product, &batch, 30, 30).await;
    for order in [&paid, &unpaid] {
        village.transition_fulfilment(&village.sari, order, "accept").await.expect(200);
    }
    let deposit = json!({"method": "cash", "purpose": "deposit", "amount": 30_000});
    village.sari.with_new_key().post(&format!("/v1/orders/{}/payments", paid.id()), deposit).await.expect(201);
    let confirmed = decide_at_cutoff(&mut village, &batch).await;
    assert_eq!(confirmed["status"], "confirmed", "deposits of thirty thousand are paid");

    let mut village = World::village().await;
    let (product, batch) = open_batch(&village, json!({"minimum_deposits": 30_001, "deposit_percent": 40})).await;
    let paid = order_at_least(&village, product, &batch, 30, 30).await;
    village.transition_fulfilment(&village.sari, &paid, "accept").await.expect(200);
    let deposit = json!({"method": "cash", "purpose": "deposit", "amount": 30_000});
    village.sari.with_new_key().post(&format!("/v1/orders/{}/payments", paid.id()), deposit).await.expect(201);
    let failed = decide_at_cutoff(&mut village, &batch).await;
    assert_eq!(failed["status"], "failed", "one rupiah is missing");
    let order = get_order(&village, &paid).await;
    assert_eq!((order["payment_state"].as_str(), order["paid_total"].as_i64()), (Some("refund_due"), Some(30_000)));
}

#[actix_web::test]
async fn whole_packs_are_filled_by_optional_demand_and_shared() {
    let mut village = World::village().await;
    let (product, batch) = open_batch(&village, json!({"pack_size": 12})).await;
    // A firm demand of ten with four optional, and a firm demand of two: twelve firm and four optional, which is one pack.
    let flexible = order_at_least(&village, product, &batch, 14, 10).await;
    let firm = order_at_least(&village, product, &batch, 2, 2).await;
    for order in [&flexible, &firm] {
        village.transition_fulfilment(&village.sari, order, "accept").await.expect(200);
    }
    let confirmed = decide_at_cutoff(&mut village, &batch).await;
    assert_eq!((confirmed["status"].as_str(), confirmed["claimed"].as_i64()), (Some("confirmed"), Some(12)));
    let (flexible, firm) = (get_order(&village, &flexible).await, get_order(&village, &firm).await);
    assert_eq!(
        (line(&flexible)["quantity"].as_i64(), line(&flexible)["reason"].as_str()),
        (Some(10), Some("whole_packs"))
    );
    assert_eq!(flexible["total"], 25_000, "the total follows the quantity");
    assert_eq!((line(&firm)["quantity"].as_i64(), line(&firm).get("reason")), (Some(2), None));
    let partial_pack = json!({"made": 13});
    let path = format!("/v1/batches/{}/production", batch.id());
    let refused = village.sari.with_new_key().post(&path, partial_pack).await.expect_problem(422, "body-invalid");
    assert_eq!(refused.json["errors"][0]["code"], "not-whole-packs");
}

#[actix_web::test]
async fn packs_must_fit_the_capacity_and_the_step() {
    let village = World::village().await;
    let product = village.create_pastel(|_| {}).await;
    let path = format!("/v1/products/{product}/batches");
    for (terms, pointer) in [
        (json!({"pack_size": 12, "capacity": 100}), "/capacity"),
        (json!({"pack_size": 200, "capacity": 100}), "/pack_size"),
        (json!({"pack_size": 1.5, "capacity": 99}), "/pack_size"),
        (json!({"capacity": 99, "extend_to": "2026-11-23T08:00:00Z"}), "/extend_to"),
    ] {
        let mut plan = json!({"ready_on": "2026-11-27"});
        plan.as_object_mut().unwrap().extend(terms.as_object().unwrap().clone());
        let refused = village.sari.with_new_key().post(&path, plan).await.expect_problem(422, "body-invalid");
        assert_eq!(refused.json["errors"][0]["pointer"], pointer, "{terms}");
    }
}
