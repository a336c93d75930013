//! Batches over HTTP: planned, shelved, changed, stepped, and what members did for them.

use futures_util::future::join_all;
use serde_json::json;

use crate::world::{Reply, World, abon, pastel};

#[actix_web::test]
async fn an_officer_shelves_goods_and_notes_who_made_them() {
    let village = World::village().await;
    let product = village.lists(abon()).await;
    let path = format!("/v1/products/{product}/batches");
    let body = json!({"made": 40, "unit_cost": 9000});
    village.sari.post(&path, body.clone()).await.problem(400, "idempotency-key-required");
    village.wati.fresh_key().post(&path, body.clone()).await.problem(403, "forbidden");
    village.darsih.fresh_key().post(&path, body.clone()).await.problem(404, "not-found");
    let keyed = village.sari.fresh_key();
    let batch = keyed.post(&path, body.clone()).await.expect(201);
    assert_eq!(keyed.post(&path, body).await.expect(201).id(), batch.id(), "sent twice, shelved once");
    assert_eq!((batch.json["kind"].as_str(), batch.json["available"].as_i64()), (Some("shelf"), Some(40)));
    assert_eq!(batch.str("best_before"), "2027-01-22");
    let one = format!("/v1/batches/{}", batch.id());
    let did = json!({"membership": village.mbah_contoh, "kind": "pieces", "amount": 40});
    village.sari.fresh_key().post(&format!("{one}/contributions"), did).await.expect(201);
    let told = village.wati.get(&format!("{one}/contributions")).await.expect(200);
    assert_eq!(told.json["data"][0]["amount"], 40);
    village.buyer.get(&one).await.problem(404, "not-found");
    let foreign = json!({"membership": village.cooperative, "kind": "hours", "amount": 1});
    village
        .sari
        .fresh_key()
        .post(&format!("{one}/contributions"), foreign)
        .await
        .fault("/membership", "not-of-the-group");
}

#[actix_web::test]
async fn a_planned_batch_is_changed_on_its_version_and_never_below_what_is_claimed() {
    let village = World::village().await;
    let product = village.lists(pastel()).await;
    let plan = json!({"ready_on": "2026-11-27", "capacity": 100, "minimum": 30});
    let made = village.sari.fresh_key().post(&format!("/v1/products/{product}/batches"), plan).await.expect(201);
    let one = format!("/v1/batches/{}", made.id());
    village.claims(product, Some("2026-11-27"), 50).await.unwrap();
    village.sari.patch(&one, json!({"capacity": 60})).await.problem(428, "version-required");
    let low = village.sari.editing(&made).patch(&one, json!({"capacity": 49})).await.problem(409, "batch-too-small");
    assert_eq!(low.json["claimed"], 50);
    village.sari.editing(&made).patch(&one, json!({"capacity": 60})).await.expect(200);
    village.sari.editing(&made).patch(&one, json!({"capacity": 70})).await.problem(412, "version-stale");
    let step = village.sari.fresh_key().post(&format!("{one}/transitions"), json!({"action": "confirm"})).await;
    assert_eq!(step.expect(200).str("status"), "confirmed");
    let days = village.guest().get(&format!("/v1/products/{product}/availability?from=2026-11-27&to=2026-11-27")).await;
    let days = days.expect(200);
    assert_eq!(
        (days.json["data"][0]["available"].as_i64(), days.json["data"][0]["kind"].as_str()),
        (Some(10), Some("planned"))
    );
}

#[actix_web::test]
async fn a_batch_is_confirmed_made_and_closed_and_takes_no_step_twice() {
    let village = World::village().await;
    let product = village.lists(pastel()).await;
    let batch = village.planned(product, 100, 30).await;
    let actions = |batch: &Reply| batch.json["actions"].as_array().unwrap().clone();
    assert_eq!(actions(&batch), ["confirm", "extend", "fail", "cancel"]);
    village.ordered_of(product, &batch, 40).await;
    village.step_batch(&village.wati, &batch, "confirm").await.problem(403, "forbidden");
    village.step_batch(&village.darsih, &batch, "confirm").await.problem(404, "not-found");
    let confirmed = village.step_batch(&village.sari, &batch, "confirm").await.expect(200);
    assert_eq!((confirmed.str("status"), actions(&confirmed)), ("confirmed".into(), vec![json!("cancel")]));
    for action in ["confirm", "fail", "close"] {
        let refused = village.step_batch(&village.sari, &batch, action).await.problem(409, "transition-invalid");
        assert_eq!(refused.json["state"], "confirmed", "{action}");
    }
    let path = format!("/v1/batches/{}/production", batch.id());
    village.sari.fresh_key().post(&path, json!({"made": 45})).await.expect(200);
    let closed = village.step_batch(&village.sari, &batch, "close").await.expect(200);
    assert_eq!((closed.str("status"), actions(&closed)), ("closed".into(), vec![]));
    village.step_batch(&village.sari, &batch, "close").await.problem(409, "transition-invalid");
    let late = village.order_of_batch(product, &batch, 5);
    village.buyer.fresh_key().post("/v1/orders", late).await.problem(409, "batch-closed");
    village.work().await;
}

#[actix_web::test]
async fn a_cutoff_is_extended_once_and_only_to_a_later_moment_before_the_goods_are_ready() {
    let village = World::village().await;
    let product = village.lists(pastel()).await;
    let batch = village.planned(product, 100, 30).await;
    assert_eq!(batch.str("cutoff_at"), "2026-11-25T10:00:00Z");
    let path = format!("/v1/batches/{}/transitions", batch.id());
    let extend = |until: &str| json!({"action": "extend", "cutoff_at": until});
    let sari = || village.sari.fresh_key();
    sari().post(&path, json!({"action": "extend"})).await.fault("/cutoff_at", "required");
    let until = json!({"action": "confirm", "cutoff_at": "2026-11-26T10:00:00Z"});
    sari().post(&path, until).await.fault("/cutoff_at", "unknown");
    for unfit in ["2026-11-25T10:00:00Z", "2026-11-22T10:00:00Z", "2026-11-27T17:00:01Z"] {
        sari().post(&path, extend(unfit)).await.fault("/cutoff_at", "cutoff-does-not-fit");
    }
    let extended = sari().post(&path, extend("2026-11-26T10:00:00Z")).await.expect(200);
    assert_eq!((extended.str("status"), extended.str("cutoff_at")), ("open".into(), "2026-11-26T10:00:00Z".into()));
    let again = sari().post(&path, extend("2026-11-26T12:00:00Z")).await.problem(409, "transition-invalid");
    assert_eq!(again.json["state"], "open");
    village.clock.set("2026-11-25T12:00:00Z".parse().unwrap());
    village.work().await;
    let (sari, buyer) = (village.again(&village.sari).await, village.again(&village.buyer).await);
    let seen = sari.get(&format!("/v1/batches/{}", batch.id())).await.expect(200);
    assert_eq!(seen.str("status"), "open", "the old cut-off decides nothing any more");
    let order = village.order_of_batch(product, &batch, 30);
    buyer.fresh_key().post("/v1/orders", order).await.expect(201);
    village.clock.set("2026-11-26T10:00:00Z".parse().unwrap());
    village.work().await;
    let seen = village.again(&village.sari).await.get(&format!("/v1/batches/{}", batch.id())).await.expect(200);
    assert_eq!(seen.str("status"), "confirmed", "its minimum is reached at the new one");
}

#[actix_web::test]
async fn a_capacity_below_what_is_ordered_is_refused_and_what_is_made_has_none_to_change() {
    let village = World::village().await;
    let product = village.lists(pastel()).await;
    let batch = village.planned(product, 100, 30).await;
    village.ordered_of(product, &batch, 50).await;
    let one = format!("/v1/batches/{}", batch.id());
    let sari = village.sari.editing(&batch);
    let low = sari.patch(&one, json!({"capacity": 49})).await.problem(409, "batch-too-small");
    assert_eq!(low.json["claimed"], 50);
    sari.patch(&one, json!({"capacity": 60, "minimum": 61})).await.fault("/minimum", "more-than-capacity");
    let changed = sari.patch(&one, json!({"capacity": 50})).await.expect(200);
    assert_eq!((changed.json["capacity"].clone(), changed.json["available"].clone()), (json!(50), json!(0)));
    let more = village.order_of_batch(product, &batch, 1);
    village.buyer.fresh_key().post("/v1/orders", more).await.problem(409, "sold-out");
    let made = village.sari.fresh_key().post(&format!("{one}/production"), json!({"made": 50})).await.expect(200);
    let late = village.sari.editing(&made).patch(&one, json!({"capacity": 70})).await;
    assert_eq!(late.problem(409, "transition-invalid").json["state"], "made");
    village.work().await;
}

#[actix_web::test]
async fn of_two_officers_who_edit_a_batch_at_once_one_wins_and_the_other_is_told_the_version() {
    let village = World::village().await;
    let product = village.lists(pastel()).await;
    let batch = village.planned(product, 100, 30).await;
    let one = format!("/v1/batches/{}", batch.id());
    let sari = village.sari.editing(&batch);
    let edits = (0..8).map(|more| {
        let (sari, one) = (sari.clone(), one.clone());
        async move { sari.patch(&one, json!({"capacity": 101 + more})).await }
    });
    let replies = join_all(edits).await;
    let won: Vec<&Reply> = replies.iter().filter(|reply| reply.status == 200).collect();
    assert_eq!(won.len(), 1);
    for lost in replies.iter().filter(|reply| reply.status != 200) {
        assert_eq!(lost.clone().problem(412, "version-stale").json["current_version"], 2);
    }
    let now = village.sari.get(&one).await.expect(200);
    assert_eq!(now.json["capacity"], won[0].json["capacity"]);
}
