//! Cancelled and failed batches with orders: the orders are released, and their buyers notified.

use futures_util::future::{join, join_all};
use serde_json::{Value, json};

use crate::world::{Reply, Village, World, abon, pastel};

/// Fetches an order of the buyer.
async fn get_order(village: &Village, order: &Reply) -> Reply {
    village.buyer.get(&format!("/v1/orders/{}", order.id())).await.expect(200)
}

/// Fetches a batch as an officer.
async fn get_batch(village: &Village, batch: &Reply) -> Reply {
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
async fn a_failed_batch_releases_its_orders_and_notifies_the_buyers() {
    let village = World::village().await;
    let (product, chips) = (village.publish_product(pastel()).await, village.publish_product(abon()).await);
    village.open_stock_batch(chips, 10, "2026-11-20").await;
    let batch = village.plan_batch(product, 100, 60).await;
    let single_line = village.place_batch_order(product, &batch, 20).await;
    let mut body = village.batch_order_body(product, &batch, 10);
    body["lines"].as_array_mut().unwrap().push(json!({"product": chips, "quantity": 2}));
    body["expected_total"] = json!(55_000);
    let two_lines = village.buyer.with_new_key().post("/v1/orders", body).await.expect(201);
    let mut body = village.batch_order_body(product, &batch, 5);
    body["contact"] = json!({"name": "Contoh Tamu", "email": "tamu@example.org"});
    let guest = village.guest().in_english().with_new_key().post("/v1/orders", body).await.expect(201);
    let paid = json!({"method": "transfer", "purpose": "full", "amount": 50_000});
    village.treasurer.with_new_key().post(&format!("/v1/orders/{}/payments", single_line.id()), paid).await.expect(201);

    let failed = village.transition_batch(&village.sari, &batch, "fail").await.expect(200);
    assert_eq!((failed.str("status"), failed.json["claimed"].clone()), ("failed".into(), json!(0)));
    let single_line = get_order(&village, &single_line).await;
    assert_eq!(
        (single_line.str("status"), single_line.str("payment_state")),
        ("cancelled".into(), "refund_due".into())
    );
    let two_lines = get_order(&village, &two_lines).await;
    assert_eq!((two_lines.str("status"), two_lines.json["total"].clone()), ("placed".into(), json!(30_000)));
    let track = format!("/v1/track/{}", guest.json["track"]["secret"].as_str().unwrap());
    let guest = village.guest().get(&track).await.expect(200);
    assert_eq!((guest.str("status"), guest.json["total"].clone()), ("cancelled".into(), json!(0)));

    village.work().await;
    let mut mails = shrunk_mails(&village);
    mails.sort();
    let recipients: Vec<&str> = mails.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(recipients, [village.buyer.email.as_str(), village.buyer.email.as_str(), "tamu@example.org"]);
    assert!(
        mails[0].1.contains("Pesanan Pastel sayur sampai batas pesan belum mencapai jumlah paling sedikit"),
        "{}",
        mails[0].1
    );
    assert!(mails[2].1.contains("Too little Pastel sayur was ordered by the cut-off"), "{}", mails[2].1);
}

#[actix_web::test]
async fn a_batch_with_goods_handed_over_cannot_be_cancelled() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let batch = village.plan_batch(product, 100, 0).await;
    let (early, late) =
        (village.place_batch_order(product, &batch, 20).await, village.place_batch_order(product, &batch, 15).await);
    for action in ["accept", "start", "ready", "hand_over"] {
        village.transition_fulfilment(&village.sari, &early, action).await.expect(200);
    }
    let refused =
        village.transition_batch(&village.sari, &batch, "cancel").await.expect_problem(409, "batch-has-claims");
    assert_eq!(refused.json["claimed"], 20, "the handed-over quantity");
    let batch = get_batch(&village, &batch).await;
    assert_eq!((batch.str("status"), batch.json["claimed"].clone()), ("open".into(), json!(35)));
    let late = get_order(&village, &late).await;
    assert_eq!((late.str("status"), late.json["total"].clone()), ("placed".into(), json!(37_500)));
    village.work().await;
    assert!(shrunk_mails(&village).is_empty());
}

#[actix_web::test]
async fn of_two_concurrent_transitions_one_wins_and_the_other_gets_a_stale_version() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let batch = village.plan_batch(product, 100, 60).await;
    let order = village.place_batch_order(product, &batch, 20).await;
    let officer = village.sari.with_version_of(&batch);
    let (first, second) =
        join(village.transition_batch(&officer, &batch, "fail"), village.transition_batch(&officer, &batch, "confirm"))
            .await;
    let (winner, loser) = if first.status == 200 { (first, second) } else { (second, first) };
    let status = winner.expect(200).str("status");
    assert_eq!(loser.expect_problem(412, "version-stale").json["current_version"], 2);
    assert_eq!(get_batch(&village, &batch).await.str("status"), status);
    let expected = if status == "failed" { "cancelled" } else { "placed" };
    assert_eq!(get_order(&village, &order).await.str("status"), expected);
    village.work().await;
}

#[actix_web::test]
async fn orders_during_a_cancellation_are_released_or_refused() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let batch = village.plan_batch(product, 100, 0).await;
    let first = village.place_batch_order(product, &batch, 5).await;
    let buyers = (0..12).map(|_| {
        let body = village.batch_order_body(product, &batch, 5);
        let client = village.buyer.with_new_key();
        async move { client.post("/v1/orders", body).await }
    });
    let (placed, cancelled) = join(join_all(buyers), village.transition_batch(&village.sari, &batch, "cancel")).await;
    assert_eq!(cancelled.expect(200).str("status"), "cancelled");
    for order in placed.iter().chain([&first]) {
        if order.status == 201 {
            let order = get_order(&village, order).await;
            assert_eq!((order.str("status"), order.json["total"].clone()), ("cancelled".into(), json!(0)));
            assert_eq!(order.json["fulfilments"][0]["lines"][0]["quantity"], 0);
        } else {
            order.clone().expect_problem(409, "batch-closed");
        }
    }
    assert_eq!(get_batch(&village, &batch).await.json["claimed"], Value::from(0));
    village.work().await;
}
