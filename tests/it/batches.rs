//! Batches over HTTP: opening, amending and transitioning them, and members' contributions.

use futures_util::future::join_all;
use serde_json::json;

use crate::world::{Reply, World, abon, pastel};

#[actix_web::test]
async fn an_officer_opens_a_stock_batch_and_records_contributions() {
    let village = World::village().await;
    let product = village.publish_product(abon()).await;
    let path = format!("/v1/products/{product}/batches");
    let body = json!({"made": 40, "unit_cost": 9000});
    village.sari.post(&path, body.clone()).await.expect_problem(400, "idempotency-key-required");
    village.wati.with_new_key().post(&path, body.clone()).await.expect_problem(403, "forbidden");
    village.darsih.with_new_key().post(&path, body.clone()).await.expect_problem(404, "not-found");
    let keyed = village.sari.with_new_key();
    let batch = keyed.post(&path, body.clone()).await.expect(201);
    assert_eq!(keyed.post(&path, body).await.expect(201).id(), batch.id(), "a repeated request opens one batch");
    assert_eq!((batch.json["kind"].as_str(), batch.json["available"].as_i64()), (Some("shelf"), Some(40)));
    assert_eq!(batch.str("best_before"), "2027-01-22");
    let path = format!("/v1/batches/{}", batch.id());
    let contribution = json!({"membership": village.mbah_contoh, "kind": "pieces", "amount": 40});
    village.sari.with_new_key().post(&format!("{path}/contributions"), contribution).await.expect(201);
    let contributions = village.wati.get(&format!("{path}/contributions")).await.expect(200);
    assert_eq!(contributions.json["data"][0]["amount"], 40);
    village.buyer.get(&path).await.expect_problem(404, "not-found");
    let foreign = json!({"membership": village.cooperative, "kind": "hours", "amount": 1});
    village
        .sari
        .with_new_key()
        .post(&format!("{path}/contributions"), foreign)
        .await
        .expect_field_error("/membership", "not-of-the-group");
}

#[actix_web::test]
async fn a_planned_batch_is_amended_on_its_version_and_never_below_the_claimed_quantity() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let plan = json!({"ready_on": "2026-11-27", "capacity": 100, "minimum": 30});
    let made = village.sari.with_new_key().post(&format!("/v1/products/{product}/batches"), plan).await.expect(201);
    let path = format!("/v1/batches/{}", made.id());
    village.claim(product, Some("2026-11-27"), 50).await.unwrap();
    village.sari.patch(&path, json!({"capacity": 60})).await.expect_problem(428, "version-required");
    let too_small = village
        .sari
        .with_version_of(&made)
        .patch(&path, json!({"capacity": 49}))
        .await
        .expect_problem(409, "batch-too-small");
    assert_eq!(too_small.json["claimed"], 50);
    village.sari.with_version_of(&made).patch(&path, json!({"capacity": 60})).await.expect(200);
    village
        .sari
        .with_version_of(&made)
        .patch(&path, json!({"capacity": 70}))
        .await
        .expect_problem(412, "version-stale");
    let confirmed =
        village.sari.with_new_key().post(&format!("{path}/transitions"), json!({"action": "confirm"})).await;
    assert_eq!(confirmed.expect(200).str("status"), "confirmed");
    let days = village.guest().get(&format!("/v1/products/{product}/availability?from=2026-11-27&to=2026-11-27")).await;
    let days = days.expect(200);
    assert_eq!(
        (days.json["data"][0]["available"].as_i64(), days.json["data"][0]["kind"].as_str()),
        (Some(10), Some("planned"))
    );
}

#[actix_web::test]
async fn a_batch_is_confirmed_made_and_closed_once_each() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let batch = village.plan_batch(product, 100, 30).await;
    let actions = |batch: &Reply| batch.json["actions"].as_array().unwrap().clone();
    assert_eq!(actions(&batch), ["confirm", "extend", "fail", "cancel"]);
    village.place_batch_order(product, &batch, 40).await;
    village.transition_batch(&village.wati, &batch, "confirm").await.expect_problem(403, "forbidden");
    village.transition_batch(&village.darsih, &batch, "confirm").await.expect_problem(404, "not-found");
    let confirmed = village.transition_batch(&village.sari, &batch, "confirm").await.expect(200);
    assert_eq!((confirmed.str("status"), actions(&confirmed)), ("confirmed".into(), vec![json!("cancel")]));
    for action in ["confirm", "fail", "close"] {
        let refused =
            village.transition_batch(&village.sari, &batch, action).await.expect_problem(409, "transition-invalid");
        assert_eq!(refused.json["state"], "confirmed", "{action}");
    }
    let path = format!("/v1/batches/{}/production", batch.id());
    village.sari.with_new_key().post(&path, json!({"made": 45})).await.expect(200);
    let closed = village.transition_batch(&village.sari, &batch, "close").await.expect(200);
    assert_eq!((closed.str("status"), actions(&closed)), ("closed".into(), vec![]));
    village.transition_batch(&village.sari, &batch, "close").await.expect_problem(409, "transition-invalid");
    let late = village.batch_order_body(product, &batch, 5);
    village.buyer.with_new_key().post("/v1/orders", late).await.expect_problem(409, "batch-closed");
    village.work().await;
}

#[actix_web::test]
async fn a_cutoff_is_extended_once_to_a_later_time_on_or_before_the_ready_day() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let batch = village.plan_batch(product, 100, 30).await;
    assert_eq!(batch.str("cutoff_at"), "2026-11-25T10:00:00Z");
    let path = format!("/v1/batches/{}/transitions", batch.id());
    let extend = |until: &str| json!({"action": "extend", "cutoff_at": until});
    let sari = || village.sari.with_new_key();
    sari().post(&path, json!({"action": "extend"})).await.expect_field_error("/cutoff_at", "required");
    let until = json!({"action": "confirm", "cutoff_at": "2026-11-26T10:00:00Z"});
    sari().post(&path, until).await.expect_field_error("/cutoff_at", "unknown");
    for invalid in ["2026-11-25T10:00:00Z", "2026-11-22T10:00:00Z", "2026-11-27T17:00:01Z"] {
        sari().post(&path, extend(invalid)).await.expect_field_error("/cutoff_at", "cutoff-does-not-fit");
    }
    let extended = sari().post(&path, extend("2026-11-26T10:00:00Z")).await.expect(200);
    assert_eq!((extended.str("status"), extended.str("cutoff_at")), ("open".into(), "2026-11-26T10:00:00Z".into()));
    let again = sari().post(&path, extend("2026-11-26T12:00:00Z")).await.expect_problem(409, "transition-invalid");
    assert_eq!(again.json["state"], "open");
    village.clock.set("2026-11-25T12:00:00Z".parse().unwrap());
    village.work().await;
    let (sari, buyer) = (village.sign_in_again(&village.sari).await, village.sign_in_again(&village.buyer).await);
    let current = sari.get(&format!("/v1/batches/{}", batch.id())).await.expect(200);
    assert_eq!(current.str("status"), "open", "the old cut-off has no effect");
    let order = village.batch_order_body(product, &batch, 30);
    buyer.with_new_key().post("/v1/orders", order).await.expect(201);
    village.clock.set("2026-11-26T10:00:00Z".parse().unwrap());
    village.work().await;
    let current =
        village.sign_in_again(&village.sari).await.get(&format!("/v1/batches/{}", batch.id())).await.expect(200);
    assert_eq!(current.str("status"), "confirmed", "the minimum is reached at the new cut-off");
}

#[actix_web::test]
async fn a_capacity_cannot_go_below_the_ordered_quantity_or_change_after_production() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let batch = village.plan_batch(product, 100, 30).await;
    village.place_batch_order(product, &batch, 50).await;
    let path = format!("/v1/batches/{}", batch.id());
    let sari = village.sari.with_version_of(&batch);
    let too_small = sari.patch(&path, json!({"capacity": 49})).await.expect_problem(409, "batch-too-small");
    assert_eq!(too_small.json["claimed"], 50);
    sari.patch(&path, json!({"capacity": 60, "minimum": 61}))
        .await
        .expect_field_error("/minimum", "more-than-capacity");
    let changed = sari.patch(&path, json!({"capacity": 50})).await.expect(200);
    assert_eq!((changed.json["capacity"].clone(), changed.json["available"].clone()), (json!(50), json!(0)));
    let more = village.batch_order_body(product, &batch, 1);
    village.buyer.with_new_key().post("/v1/orders", more).await.expect_problem(409, "sold-out");
    let made = village.sari.with_new_key().post(&format!("{path}/production"), json!({"made": 50})).await.expect(200);
    let late = village.sari.with_version_of(&made).patch(&path, json!({"capacity": 70})).await;
    assert_eq!(late.expect_problem(409, "transition-invalid").json["state"], "made");
    village.work().await;
}

#[actix_web::test]
async fn one_of_several_concurrent_amendments_wins_and_the_others_get_the_current_version() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let batch = village.plan_batch(product, 100, 30).await;
    let path = format!("/v1/batches/{}", batch.id());
    let sari = village.sari.with_version_of(&batch);
    let edits = (0..8).map(|more| {
        let (sari, path) = (sari.clone(), path.clone());
        async move { sari.patch(&path, json!({"capacity": 101 + more})).await }
    });
    let replies = join_all(edits).await;
    let winners: Vec<&Reply> = replies.iter().filter(|reply| reply.status == 200).collect();
    assert_eq!(winners.len(), 1);
    for loser in replies.iter().filter(|reply| reply.status != 200) {
        assert_eq!(loser.clone().expect_problem(412, "version-stale").json["current_version"], 2);
    }
    let current = village.sari.get(&path).await.expect(200);
    assert_eq!(current.json["capacity"], winners[0].json["capacity"]);
}
