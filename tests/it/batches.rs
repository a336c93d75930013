//! Batches over HTTP: planned, shelved, changed, stepped, and what members did for them.

use serde_json::json;

use crate::world::{World, abon, pastel};

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
