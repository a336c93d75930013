//! Batches that are called off with orders on them: the orders are released, and their buyers told.

use futures_util::future::{join, join_all};
use serde_json::{Value, json};

use crate::world::{Reply, Village, World, abon, pastel};

/// An order of the buyer, as it is now.
async fn now(village: &Village, order: &Reply) -> Reply {
    village.buyer.get(&format!("/v1/orders/{}", order.id())).await.expect(200)
}

/// A batch as its officers see it now.
async fn batch_now(village: &Village, batch: &Reply) -> Reply {
    village.sari.get(&format!("/v1/batches/{}", batch.id())).await.expect(200)
}

fn shrunk_mails(village: &Village) -> Vec<(String, String)> {
    village
        .mails()
        .iter()
        .filter(|mail| mail.kind == "order-shrunk")
        .map(|mail| (mail.to.clone(), mail.text.clone()))
        .collect()
}

#[actix_web::test]
async fn a_batch_that_fails_releases_its_orders_and_tells_the_buyers() {
    let village = World::village().await;
    let (product, chips) = (village.lists(pastel()).await, village.lists(abon()).await);
    village.shelves(chips, 10, "2026-11-20").await;
    let batch = village.planned(product, 100, 60).await;
    let alone = village.ordered_of(product, &batch, 20).await;
    let mut body = village.order_of_batch(product, &batch, 10);
    body["lines"].as_array_mut().unwrap().push(json!({"product": chips, "quantity": 2}));
    body["expected_total"] = json!(55_000);
    let beside = village.buyer.fresh_key().post("/v1/orders", body).await.expect(201);
    let mut body = village.order_of_batch(product, &batch, 5);
    body["contact"] = json!({"name": "Contoh Tamu", "email": "tamu@example.org"});
    let guest = village.guest().in_english().fresh_key().post("/v1/orders", body).await.expect(201);
    let paid = json!({"method": "transfer", "purpose": "full", "amount": 50_000});
    village.treasurer.fresh_key().post(&format!("/v1/orders/{}/payments", alone.id()), paid).await.expect(201);

    let failed = village.step_batch(&village.sari, &batch, "fail").await.expect(200);
    assert_eq!((failed.str("status"), failed.json["claimed"].clone()), ("failed".into(), json!(0)));
    let alone = now(&village, &alone).await;
    assert_eq!((alone.str("status"), alone.str("payment_state")), ("cancelled".into(), "refund_due".into()));
    let beside = now(&village, &beside).await;
    assert_eq!((beside.str("status"), beside.json["total"].clone()), ("placed".into(), json!(30_000)));
    let track = format!("/v1/track/{}", guest.json["track"]["secret"].as_str().unwrap());
    let guest = village.guest().get(&track).await.expect(200);
    assert_eq!((guest.str("status"), guest.json["total"].clone()), ("cancelled".into(), json!(0)));

    village.work().await;
    let mut told = shrunk_mails(&village);
    told.sort();
    let people: Vec<&str> = told.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(people, [village.buyer.email.as_str(), village.buyer.email.as_str(), "tamu@example.org"]);
    assert!(
        told[0].1.contains("Pesanan Pastel sayur sampai batas pesan belum mencapai jumlah paling sedikit"),
        "{}",
        told[0].1
    );
    assert!(told[2].1.contains("Too little Pastel sayur was ordered by the cut-off"), "{}", told[2].1);
}

#[actix_web::test]
async fn a_batch_of_which_something_is_handed_over_is_not_called_off() {
    let village = World::village().await;
    let product = village.lists(pastel()).await;
    let batch = village.planned(product, 100, 0).await;
    let (early, late) = (village.ordered_of(product, &batch, 20).await, village.ordered_of(product, &batch, 15).await);
    for action in ["accept", "start", "ready", "hand_over"] {
        village.step(&village.sari, &early, action).await.expect(200);
    }
    let refused = village.step_batch(&village.sari, &batch, "cancel").await.problem(409, "batch-has-claims");
    assert_eq!(refused.json["claimed"], 20, "what is handed over stands in the way");
    let batch = batch_now(&village, &batch).await;
    assert_eq!((batch.str("status"), batch.json["claimed"].clone()), ("open".into(), json!(35)));
    let late = now(&village, &late).await;
    assert_eq!((late.str("status"), late.json["total"].clone()), ("placed".into(), json!(37_500)));
    village.work().await;
    assert!(shrunk_mails(&village).is_empty());
}

#[actix_web::test]
async fn of_two_officers_at_once_one_calls_a_batch_off_and_the_other_is_told_that_it_has_changed() {
    let village = World::village().await;
    let product = village.lists(pastel()).await;
    let batch = village.planned(product, 100, 60).await;
    let order = village.ordered_of(product, &batch, 20).await;
    let officer = village.sari.editing(&batch);
    let (one, other) =
        join(village.step_batch(&officer, &batch, "fail"), village.step_batch(&officer, &batch, "confirm")).await;
    let (won, lost) = if one.status == 200 { (one, other) } else { (other, one) };
    let won = won.expect(200).str("status");
    assert_eq!(lost.problem(412, "version-stale").json["current_version"], 2);
    assert_eq!(batch_now(&village, &batch).await.str("status"), won);
    let expected = if won == "failed" { "cancelled" } else { "placed" };
    assert_eq!(now(&village, &order).await.str("status"), expected);
    village.work().await;
}

#[actix_web::test]
async fn whoever_orders_while_a_batch_is_called_off_is_released_or_refused() {
    let village = World::village().await;
    let product = village.lists(pastel()).await;
    let batch = village.planned(product, 100, 0).await;
    let first = village.ordered_of(product, &batch, 5).await;
    let buyers = (0..12).map(|_| {
        let body = village.order_of_batch(product, &batch, 5);
        let client = village.buyer.fresh_key();
        async move { client.post("/v1/orders", body).await }
    });
    let (placed, cancelled) = join(join_all(buyers), village.step_batch(&village.sari, &batch, "cancel")).await;
    assert_eq!(cancelled.expect(200).str("status"), "cancelled");
    for order in placed.iter().chain([&first]) {
        if order.status == 201 {
            let order = now(&village, order).await;
            assert_eq!((order.str("status"), order.json["total"].clone()), ("cancelled".into(), json!(0)));
            assert_eq!(order.json["fulfilments"][0]["lines"][0]["quantity"], 0);
        } else {
            order.clone().problem(409, "batch-closed");
        }
    }
    assert_eq!(batch_now(&village, &batch).await.json["claimed"], Value::from(0));
    village.work().await;
}
