//! Quoting, placing, cancelling and fulfilling orders.

use lumbung::catalogue::Offering;
use lumbung::db;
use lumbung::kernel::{Duration, Quantity};
use lumbung::orders;
use lumbung::supply::Opening;
use serde_json::{Value, json};

use crate::world::{Reply, Village, World};

pub async fn available(village: &Village, product: lumbung::kernel::ids::ProductId) -> Value {
    let body = json!({"cooperative": village.cooperative, "lines": [{"product": product, "quantity": 1000}]});
    village.guest().post("/v1/quotes", body).await.expect(200).json["lines"][0]["available"].clone()
}

#[actix_web::test]
async fn a_quote_returns_totals_and_shortages_and_reserves_nothing() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let body = json!({
        "cooperative": village.cooperative,
        "lines": [{"product": product, "quantity": 30}],
        "delivery": {"kind": "local", "zone": village.zone, "address": "RT 02 RW 05"},
    });
    let quote = village.guest().post("/v1/quotes", body).await.expect(200);
    assert_eq!(quote.json["goods_total"], 75_000);
    assert_eq!(quote.json["delivery_fee"], 10_000);
    assert_eq!(quote.json["total"], 85_000);
    assert_eq!(quote.json["complete"], true);
    let body = json!({
        "cooperative": village.cooperative,
        "lines": [{"product": product, "quantity": 50, "at_least": 10}],
    });
    let quote = village.buyer.post("/v1/quotes", body).await.expect(200);
    assert_eq!(quote.json["complete"], false);
    assert_eq!(quote.json["lines"][0]["quantity"], 40);
    assert_eq!(quote.json["lines"][0]["short"], 10);
    assert_eq!(quote.json["total"], 100_000);
    assert_eq!(available(&village, product).await, 40);
}

#[actix_web::test]
async fn a_sale_goes_from_order_to_hand_over_and_is_counted() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let order = village.place_order(product, 30).await;
    assert_eq!(order.str("number"), "CIH-2611-0001");
    assert_eq!(order.str("status"), "placed");
    assert_eq!(order.json["actions"], json!(["cancel"]));
    assert_eq!(available(&village, product).await, 10);
    let path = format!("/v1/orders/{}", order.id());
    let seen = village.sari.get(&path).await.expect(200);
    assert_eq!(seen.json["fulfilments"][0]["actions"], json!(["accept", "decline"]));
    for (action, status) in [("accept", "accepted"), ("ready", "ready"), ("hand_over", "handed_over")] {
        let reply = village.transition_fulfilment(&village.sari, &order, action).await.expect(200);
        assert_eq!(reply.json["fulfilments"][0]["status"], status);
    }
    assert_eq!(village.buyer.get(&path).await.expect(200).str("status"), "completed");
    village.transition_fulfilment(&village.sari, &order, "accept").await.expect_problem(409, "transition-invalid");
    assert_eq!(sale_facts(&village).await, (1, 30_000, 75_000));
    village.transition_fulfilment(&village.sari, &order, "undo").await.expect(200);
    assert_eq!(sale_facts(&village).await, (2, 0, 0));
    village.transition_fulfilment(&village.sari, &order, "hand_over").await.expect(200);
    village.clock.advance(Duration::minutes(15));
    let sari = village.sign_in_again(&village.sari).await;
    village.transition_fulfilment(&sari, &order, "undo").await.expect_problem(409, "undo-too-late");
    let returned = village.transition_fulfilment(&sari, &order, "return").await.expect(200);
    assert_eq!((returned.json["total"].clone(), returned.str("status")), (json!(0), "completed".into()));
    assert_eq!(sale_facts(&village).await, (4, 0, 0));
    assert_eq!(available(&village, product).await, 40);
}

/// The number of sale facts, and their summed quantity and amount.
async fn sale_facts(village: &Village) -> (usize, i64, i64) {
    use diesel::prelude::*;
    use lumbung::db::schema::sales;
    let facts: Vec<(i64, i64)> = village
        .app
        .state
        .db
        .read::<_, db::Error, _>(|conn| Ok(sales::table.select((sales::quantity, sales::amount)).load(conn)?))
        .await
        .unwrap();
    (facts.len(), facts.iter().map(|fact| fact.0).sum(), facts.iter().map(|fact| fact.1).sum())
}

#[actix_web::test]
async fn an_invalid_order_is_refused_with_its_pointer_and_nothing_is_stored() {
    let village = World::village().await;
    let product = village
        .create_pastel(|offering| {
            offering.minimum_quantity = Quantity::from_units(20);
            offering.quantity_step = Quantity::from_units(10);
            offering.daily_capacity = Quantity::from_units(100);
            offering.lead_time_days = 2;
        })
        .await;
    let buyer = village.buyer.with_new_key();
    let mut body = village.order_body(product, 35, 0);
    buyer
        .post("/v1/orders", body.clone())
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/lines/0/quantity", "off-step");
    body["lines"][0]["quantity"] = json!(30);
    body["lines"][0]["ready_on"] = json!("2026-11-20");
    buyer
        .post("/v1/orders", body.clone())
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/lines/0/ready_on", "day-past");
    body["lines"][0]["ready_on"] = json!("2026-11-24");
    buyer.post("/v1/orders", body.clone()).await.expect_problem(409, "cutoff-passed");
    body["lines"][0]["ready_on"] = json!("2026-11-26");
    let changed = buyer.post("/v1/orders", body.clone()).await.expect_problem(409, "total-changed");
    assert_eq!(changed.json["quote"]["total"], 75_000);
    body["expected_total"] = json!(75_000);
    village.buyer.post("/v1/orders", body.clone()).await.expect_problem(400, "idempotency-key-required");
    village
        .guest()
        .with_new_key()
        .post("/v1/orders", body.clone())
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/contact", "required");
    body["channel"] = json!("whatsapp");
    body["contact"] = json!({"name": "Contoh Tetangga"});
    buyer.post("/v1/orders", body.clone()).await.expect_problem(403, "forbidden");
    body["nope"] = json!(1);
    buyer.post("/v1/orders", body).await.expect_problem(400, "body-unreadable").expect_field_error("/nope", "unknown");
    assert_eq!(village.buyer.get("/v1/orders").await.expect(200).json["data"], json!([]));
}

#[actix_web::test]
async fn others_do_not_see_an_order_and_officers_see_their_part() {
    let village = World::village().await;
    let (pastel, _) = village.create_pastel_in_stock(40).await;
    let permit = village.group_permit(&village.darsih, village.singkong_wareg);
    let chips = village.create_product(permit, "Keripik original 200 g", |_| {}).await;
    village
        .open_group_batch(permit, chips, Opening { made: Some(Quantity::from_units(20)), ..Opening::default() })
        .await;
    let body = json!({
        "cooperative": village.cooperative,
        "lines": [{"product": pastel, "quantity": 10}, {"product": chips, "quantity": 4}],
        "expected_total": 35_000,
    });
    let order = village.buyer.with_new_key().post("/v1/orders", body).await.expect(201);
    assert_eq!(order.json["fulfilments"].as_array().unwrap().len(), 2);
    let path = format!("/v1/orders/{}", order.id());
    for stranger in [&village.other_buyer, &village.foreign_officer, &village.foreign_board] {
        stranger.get(&path).await.expect_problem(404, "not-found");
        let step = json!({"action": "cancel"});
        stranger.with_new_key().post(&format!("{path}/transitions"), step).await.expect_problem(404, "not-found");
    }
    village.guest().get(&path).await.expect_problem(401, "unauthenticated");
    let seen = village.darsih.get(&path).await.expect(200);
    assert_eq!(seen.json["fulfilments"].as_array().unwrap().len(), 1);
    assert_eq!(seen.json["fulfilments"][0]["group"]["id"], json!(village.singkong_wareg));
    assert_eq!(village.agency.get(&path).await.expect(200).json["contact"], Value::Null);
    let board = village.sari.get(&format!("/v1/groups/{}/orders", village.sekar_laras)).await.expect(200);
    assert_eq!(board.json["data"][0]["fulfilments"].as_array().unwrap().len(), 1);
    village.darsih.get(&format!("/v1/groups/{}/orders", village.sekar_laras)).await.expect_problem(404, "not-found");
    let all = village.board.get(&format!("/v1/cooperatives/{}/orders", village.cooperative)).await.expect(200);
    assert_eq!(all.json["data"][0]["id"], order.json["id"]);
    let note = json!({"text": "Tolong dipisah dua kotak ya, Bu."});
    village.buyer.with_new_key().post(&format!("{path}/notes"), note.clone()).await.expect(201);
    village.other_buyer.with_new_key().post(&format!("{path}/notes"), note).await.expect_problem(404, "not-found");
    let notes = village.sari.get(&format!("{path}/notes")).await.expect(200);
    assert_eq!(notes.json["data"][0]["from_buyer"], true);
    // The agency sees goods and figures, never personal messages.
    village.agency.get(&format!("{path}/notes")).await.expect_problem(404, "not-found");
    let quote = village.buyer.post(&format!("{path}/repeat_quote"), json!({})).await.expect(200);
    assert_eq!(quote.json["total"], 35_000);
}

#[actix_web::test]
async fn a_guest_tracks_and_cancels_by_the_secret_and_an_account_claims_an_order() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let body = village.guest_order_body(product, 30, 75_000);
    let placed = village.guest().with_new_key().post("/v1/orders", body).await.expect(201);
    assert_eq!(placed.header("cache-control"), Some("no-store"));
    let track = format!("/v1/track/{}", placed.json["track"]["secret"].as_str().unwrap());
    let seen = village.guest().get(&track).await.expect(200);
    assert_eq!(seen.json["contact"]["name"], "Contoh Tamu");
    village.guest().get(&format!("{track}A")).await.expect_problem(404, "not-found");
    let cancelled = village
        .guest()
        .with_new_key()
        .post(&format!("{track}/transitions"), json!({"action": "cancel"}))
        .await
        .expect(200);
    assert_eq!(cancelled.str("status"), "cancelled");
    assert_eq!(available(&village, product).await, 40);
    let body = village.guest_order_body(product, 10, 25_000);
    let placed = village.guest().with_new_key().post("/v1/orders", body).await.expect(201);
    let track = format!("/v1/track/{}", placed.json["track"]["secret"].as_str().unwrap());
    village.buyer.with_new_key().post(&format!("{track}/claim"), json!({})).await.expect(200);
    village.buyer.get(&format!("/v1/orders/{}", placed.id())).await.expect(200);
    village.guest().get(&track).await.expect_problem(404, "not-found");
    village
        .other_buyer
        .with_new_key()
        .post(&format!("{track}/claim"), json!({}))
        .await
        .expect_problem(404, "not-found");
}

#[actix_web::test]
async fn a_buyer_cancels_until_the_cut_off_and_an_officer_later() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let order = village.place_order(product, 30).await;
    let path = format!("/v1/orders/{}/transitions", order.id());
    village.clock.advance(Duration::hours(2));
    let buyer = village.sign_in_again(&village.buyer).await;
    let sari = village.sign_in_again(&village.sari).await;
    let board = village.sign_in_again(&village.board).await;
    buyer.with_new_key().post(&path, json!({"action": "cancel"})).await.expect_problem(409, "cancel-too-late");
    let reply =
        sari.with_new_key().post(&path, json!({"action": "cancel", "reason": "diminta pembeli"})).await.expect(200);
    assert_eq!((reply.str("status"), reply.json["total"].clone()), ("cancelled".into(), json!(0)));
    board.with_new_key().post(&path, json!({"action": "cancel"})).await.expect_problem(409, "transition-invalid");
    assert_eq!(available(&village, product).await, 40);
}

#[actix_web::test]
async fn an_officer_orders_for_a_neighbour_and_an_unanswered_order_expires() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let mut body = village.order_body(product, 30, 75_000);
    body["channel"] = json!("whatsapp");
    body["contact"] = json!({"name": "Contoh Tetangga", "phone": "0812-0000-0998"});
    let order = village.sari.with_new_key().post("/v1/orders", body).await.expect(201);
    assert_eq!(order.json["captured_by"], json!(village.sari.id));
    assert_eq!(order.json["buyer"], Value::Null);
    assert!(order.json["track"]["secret"].is_string());
    village.clock.advance(Duration::hours(25));
    let (db, now) = (village.app.state.db.clone(), village.clock.now());
    let done = tokio::task::spawn_blocking(move || {
        orders::periodic_tasks().iter().map(|task| (task.run)(&db, now).unwrap()).sum::<usize>()
    })
    .await
    .unwrap();
    assert_eq!(done, 1);
    let seen = village.sign_in_again(&village.sari).await.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
    assert_eq!(seen.str("status"), "expired");
    assert_eq!(available(&village, product).await, 40);
}

#[actix_web::test]
async fn a_shortage_of_production_is_allocated_and_the_order_totals_shrink() {
    let village = World::village().await;
    let product = village.create_pastel(|offering| offering.daily_capacity = Quantity::from_units(100)).await;
    let mut orders = Vec::new();
    for at_least in [10, 40] {
        let mut body = village.order_body(product, 40, 100_000);
        body["lines"][0]["at_least"] = json!(at_least);
        body["lines"][0]["ready_on"] = json!("2026-11-25");
        orders.push(village.buyer.with_new_key().post("/v1/orders", body).await.expect(201));
    }
    let batch = orders[0].json["fulfilments"][0]["lines"][0]["claims"][0]["batch"].as_str().unwrap().to_owned();
    let path = format!("/v1/batches/{batch}/production");
    village.darsih.with_new_key().post(&path, json!({"made": 60})).await.expect_problem(404, "not-found");
    let made = village.sari.with_new_key().post(&path, json!({"made": 60, "unit_cost": 1600})).await.expect(200);
    assert_eq!((made.json["claimed"].clone(), made.json["available"].clone()), (json!(40), json!(20)));
    let first = village.buyer.get(&format!("/v1/orders/{}", orders[0].id())).await.expect(200);
    let second = village.buyer.get(&format!("/v1/orders/{}", orders[1].id())).await.expect(200);
    assert_eq!(first.json["total"], 100_000);
    assert_eq!((second.json["total"].clone(), second.str("status")), (json!(0), "cancelled".into()));
    let discard = json!({"quantity": 30, "reason": "gosong"});
    let left = village.sari.with_new_key().post(&format!("/v1/batches/{batch}/discards"), discard).await.expect(200);
    assert_eq!((left.json["claimed"].clone(), left.json["available"].clone()), (json!(30), json!(0)));
    let first = village.buyer.get(&format!("/v1/orders/{}", orders[0].id())).await.expect(200);
    assert_eq!((first.json["total"].clone(), first.json["goods_total"].clone()), (json!(75_000), json!(75_000)));
}

#[actix_web::test]
async fn the_response_to_an_order_equals_the_stored_order() {
    let village = World::village().await;
    let (pastel, _) = village.create_pastel_in_stock(80).await;
    let permit = village.group_permit(&village.darsih, village.singkong_wareg);
    let made_to_order = |offering: &mut Offering| offering.daily_capacity = Quantity::from_units(100);
    let chips = village.create_product(permit, "Keripik singkong", made_to_order).await;
    let basket = json!({
        "cooperative": village.cooperative,
        "lines": [{"product": chips, "quantity": 30}, {"product": pastel, "quantity": 40}],
    });
    let quote = village.buyer.post("/v1/quotes", basket.clone()).await.expect(200);
    let mut order = basket;
    order["delivery"] = json!({"kind": "pickup"});
    order["note"] = json!("  Jangan terlalu pedas  ");
    order["expected_total"] = quote.json["total"].clone();
    let placed = village.buyer.with_new_key().post("/v1/orders", order).await.expect(201);
    let read = village.buyer.get(placed.header("location").unwrap()).await.expect(200);
    assert_eq!(placed.json, read.json);
    assert_eq!(placed.json["fulfilments"].as_array().unwrap().len(), 2);
    assert_eq!(placed.json["note"], "Jangan terlalu pedas");
    village.work().await;
}

#[actix_web::test]
async fn a_guest_and_the_officers_exchange_notes_and_nobody_else_reads_them() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let body = village.guest_order_body(product, 30, 75_000);
    let placed = village.guest().with_new_key().post("/v1/orders", body).await.expect(201);
    let track = format!("/v1/track/{}/notes", placed.json["track"]["secret"].as_str().unwrap());
    let notes = format!("/v1/orders/{}/notes", placed.id());
    let messages = [
        (true, "Bisa diambil sebelum subuh?"),
        (false, "Bisa, ketuk pintu dapur."),
        (true, "Matur nuwun <b>sanget</b>"),
    ];
    for (from_guest, text) in messages {
        let note = json!({ "text": text });
        if from_guest {
            village.guest().with_new_key().post(&track, note).await.expect(201);
        } else {
            village.sari.with_new_key().post(&notes, note).await.expect(201);
        }
        village.clock.advance(Duration::seconds(1));
    }
    let notes_in = |reply: Reply| -> Vec<(bool, String)> {
        let parse = |note: &Value| (note["from_buyer"] == true, note["text"].as_str().unwrap().to_owned());
        reply.json["data"].as_array().unwrap().iter().map(parse).collect()
    };
    let all: Vec<(bool, String)> = messages.iter().map(|(guest, text)| (*guest, (*text).to_owned())).collect();
    let guests = village.guest().get(&track).await.expect(200);
    assert_eq!(guests.header("cache-control"), Some("no-store"));
    assert_eq!(notes_in(guests), all);
    let first = village.sari.get(&format!("{notes}?limit=2")).await.expect(200);
    let cursor = first.json["next"].as_str().unwrap().to_owned();
    let rest = village.sari.get(&format!("{notes}?limit=2&cursor={cursor}")).await.expect(200);
    assert_eq!([notes_in(first), notes_in(rest)].concat(), all);

    let stranger = json!({"text": "Halo"});
    village.darsih.get(&notes).await.expect_problem(404, "not-found");
    village.darsih.with_new_key().post(&notes, stranger.clone()).await.expect_problem(404, "not-found");
    village.other_buyer.get(&notes).await.expect_problem(404, "not-found");
    let wrong = track.replace("/v1/track/", "/v1/track/0");
    village.guest().get(&wrong).await.expect_problem(404, "not-found");
    village.guest().with_new_key().post(&wrong, stranger).await.expect_problem(404, "not-found");
    for text in ["", &"a".repeat(1001)] {
        let faulty = village.guest().with_new_key().post(&track, json!({ "text": text })).await;
        faulty
            .expect_problem(422, "body-invalid")
            .expect_field_error("/text", if text.is_empty() { "required" } else { "too-long" });
    }
    assert_eq!(notes_in(village.guest().get(&track).await.expect(200)), all);

    // After an account claims the order, notes continue there; the tracking secret is void.
    village.buyer.with_new_key().post(&track.replace("/notes", "/claim"), json!({})).await.expect(200);
    village.guest().get(&track).await.expect_problem(404, "not-found");
    assert_eq!(notes_in(village.buyer.get(&notes).await.expect(200)), all);
    village.work().await;
}

#[actix_web::test]
async fn goods_in_stock_may_be_ordered_at_night_and_are_answered_the_next_day() {
    let village = World::village().await;
    let product = village.publish_product(crate::world::abon()).await;
    village.open_stock_batch(product, 40, "2026-11-23").await;
    // 23:00 in Cihonje.
    village.clock.advance(Duration::minutes(8 * 60 + 30));
    let order = village.guest().with_new_key().post("/v1/orders", village.guest_order_body(product, 2, 30_000)).await;
    let order = order.expect(201);
    assert_eq!(order.json["fulfilments"][0]["answer_by"], "2026-11-24T16:00:00Z", "a day, whatever the clock says");
    village.clock.advance(Duration::hours(10));
    village.work().await;
    let sari = village.sign_in_again(&village.sari).await;
    village.transition_fulfilment(&sari, &order, "accept").await.expect(200);
    village.work().await;
}

#[actix_web::test]
async fn a_former_officer_no_longer_sees_the_orders_they_recorded() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let mut body = village.guest_order_body(product, 5, 12_500);
    body["channel"] = json!("whatsapp");
    let order = village.sari.with_new_key().post("/v1/orders", body).await.expect(201);
    let path = format!("/v1/orders/{}", order.id());
    village.sari.get(&path).await.expect(200);
    let members = format!("/v1/groups/{}/members", village.sekar_laras);
    let wati = format!("{members}/{}", village.wati_membership);
    let member = village.sari.get(&wati).await.expect(200);
    village.sari.with_version_of(&member).patch(&wati, json!({"role": "chair"})).await.expect(200);
    let sari = format!("{members}/{}", village.sari_membership);
    let member = village.sari.get(&sari).await.expect(200);
    village.sari.with_version_of(&member).delete(&sari).await.expect(204);
    village.sari.get(&path).await.expect_problem(404, "not-found");
    village.sari.get(&format!("{path}/notes")).await.expect_problem(404, "not-found");
    let cancel = json!({"action": "cancel"});
    village.sari.with_new_key().post(&format!("{path}/transitions"), cancel).await.expect_problem(404, "not-found");
    village.work().await;
}

#[actix_web::test]
async fn an_id_assigned_by_the_server_is_taken() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let order = village.place_order(product, 5).await;
    let mut body = village.order_body(product, 5, 12_500);
    body["id"] = json!(order.id());
    village.other_buyer.with_new_key().post("/v1/orders", body).await.expect_problem(409, "id-taken");
    village.work().await;
}
