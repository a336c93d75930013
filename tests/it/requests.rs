//! Requests of buyers, offers of groups, and acceptance of several offers at once.

use futures_util::future::join_all;
use lumbung::kernel::Duration;
use lumbung::kernel::ids::ProductId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::tokens::letters;
use crate::world::{Client, PASSWORD, Person, Reply, Village, World};

/// A feast on the 14th of December: 500 small pastel, in words, of any group that makes wet snacks.
fn feast(village: &Village) -> Value {
    json!({
        "cooperative": village.cooperative, "words": "Pastel kecil", "category": "fresh_snacks", "quantity": 500,
        "needed_on": "2026-12-14", "place": {"kind": "pickup", "point": village.pickup_point},
        "budget": 1_250_000, "occasion": "hajatan", "note": "Tanpa udang.",
    })
}

async fn create_request(village: &Village) -> Reply {
    village.buyer.with_new_key().post("/v1/requests", feast(village)).await.expect(201)
}

/// A product of each of the two groups.
async fn create_products(village: &Village) -> (ProductId, ProductId) {
    let darsih = village.group_permit(&village.darsih, village.singkong_wareg);
    (village.create_pastel(|_| {}).await, village.create_product(darsih, "Pastel singkong", |_| {}).await)
}

fn offer_body(product: ProductId, quantity: i64, price: i64) -> Value {
    json!({
        "product": product, "quantity": quantity, "unit_price": price, "ready_on": "2026-12-14", "deposit_percent": 30,
    })
}

fn request_path(request: &Reply, rest: &str) -> String {
    format!("/v1/requests/{}{rest}", request.id())
}

async fn create_offer(officer: &Client, request: &Reply, product: ProductId, quantity: i64, price: i64) -> Reply {
    officer.with_new_key().post(&request_path(request, "/offers"), offer_body(product, quantity, price)).await
}

async fn accept_offers(buyer: &Client, request: &Reply, offers: Value, total: i64) -> Reply {
    let body = json!({"offers": offers, "expected_total": total});
    buyer.with_new_key().post(&request_path(request, "/acceptances"), body).await
}

async fn get_request(client: &Client, request: &Reply) -> Reply {
    client.get(&request_path(request, "")).await.expect(200)
}

async fn get_offer_batch(officer: &Client, offer: &Reply, request: &Reply) -> Reply {
    let offer = officer.get(&request_path(request, &format!("/offers/{}", offer.id()))).await.expect(200);
    officer.get(&format!("/v1/batches/{}", offer.str("batch"))).await.expect(200)
}

/// The recipients of letters of this kind, sorted.
fn letter_recipients(village: &Village, kind: &str) -> Vec<String> {
    let mut recipients: Vec<String> = letters(village, kind).into_iter().map(|(to, _)| to).collect();
    recipients.sort();
    recipients
}

#[actix_web::test]
async fn two_groups_win_one_request_together() {
    let village = World::village().await;
    let (pastel, cassava) = create_products(&village).await;
    let snacks = village.create_pastel(|_| {}).await;
    let request = create_request(&village).await;
    assert_eq!((request.str("status"), request.json["missing"].clone()), ("open".into(), json!(500)));
    assert_eq!(request.str("answers_until"), "2026-12-10T17:00:00Z");
    village.work().await;
    let mut officers = vec![village.sari.email.clone(), village.darsih.email.clone()];
    officers.sort();
    assert_eq!(letter_recipients(&village, "request-asked"), officers);
    let letter = &letters(&village, "request-asked")[0].1;
    assert!(letter.contains("500 buah Pastel kecil") && letter.contains("hajatan"), "{letter}");
    assert!(letter.contains("Contoh membutuhkan") && !letter.contains("Budi"), "{letter}");

    let first = create_offer(&village.sari, &request, pastel, 300, 2_300).await.expect(201);
    let second = create_offer(&village.darsih, &request, cassava, 250, 2_000).await.expect(201);
    let third = create_offer(&village.sari, &request, snacks, 100, 3_000).await.expect(201);
    assert_eq!(first.json["total"], 690_000);
    village.work().await;
    assert_eq!(letter_recipients(&village, "offer-made"), vec![village.buyer.email.clone(); 3]);
    let offers_seen = village.buyer.get(&request_path(&request, "/offers")).await.expect(200);
    assert_eq!(offers_seen.json["data"].as_array().unwrap().len(), 3);

    let both = json!([{"offer": first.id()}, {"offer": second.id()}]);
    let refused =
        accept_offers(&village.buyer, &request, both.clone(), 1_000).await.expect_problem(409, "total-changed");
    assert_eq!(refused.json["total"], 300 * 2_300 + 200 * 2_000);
    let key = village.buyer.with_new_key();
    let body = json!({"offers": both, "expected_total": 1_090_000});
    let taken = key.post(&request_path(&request, "/acceptances"), body.clone()).await.expect(201);
    let again = key.post(&request_path(&request, "/acceptances"), body).await.expect(201);
    assert_eq!(taken.bytes, again.bytes);
    let order = &taken.json["order"];
    assert_eq!((&order["status"], &order["total"]), (&json!("confirmed"), &json!(1_090_000)));
    assert_eq!(order["deposit_due"], 327_000);
    assert_eq!(order["needed_on"], "2026-12-14");
    assert_eq!(order["delivery"]["point"], json!(village.pickup_point));
    let parts = order["fulfilments"].as_array().unwrap();
    assert_eq!(parts.len(), 2);
    assert!(parts.iter().all(|part| part["status"] == "accepted"));
    assert_eq!((&taken.json["request"]["status"], &taken.json["request"]["missing"]), (&json!("covered"), &json!(0)));

    let batch = get_offer_batch(&village.darsih, &second, &request).await;
    assert_eq!((batch.str("kind"), batch.str("status")), ("request".into(), "confirmed".into()));
    assert_eq!((&batch.json["capacity"], &batch.json["claimed"]), (&json!(200), &json!(200)));
    assert_eq!((&batch.json["price"], &batch.json["deposit_percent"]), (&json!(2_000), &json!(30)));
    let lapsed = village.sari.get(&request_path(&request, &format!("/offers/{}", third.id()))).await.expect(200);
    assert_eq!(lapsed.str("status"), "lapsed");
    village.work().await;
    assert_eq!(letter_recipients(&village, "offer-lapsed"), [village.sari.email.as_str()]);
    assert_eq!(letter_recipients(&village, "order-arrived"), officers);
    assert!(letters(&village, "order-arrived")[0].1.contains("sudah Anda janjikan"));
    assert_eq!(letter_recipients(&village, "order-placed"), [village.buyer.email.as_str()]);
    accept_offers(&village.buyer, &request, json!([{"offer": third.id()}]), 0)
        .await
        .expect_problem(409, "request-closed");
    create_offer(&village.sari, &request, pastel, 10, 100).await.expect_problem(409, "request-closed");
    assert_eq!(get_request(&village.sari, &request).await.json["asker"]["name"], "Contoh Budi");
}

#[actix_web::test]
async fn a_request_may_be_covered_in_parts_and_never_exceeded() {
    let village = World::village().await;
    let (pastel, cassava) = create_products(&village).await;
    let request = create_request(&village).await;
    let first = create_offer(&village.sari, &request, pastel, 300, 2_300).await.expect(201);
    let second = create_offer(&village.darsih, &request, cassava, 400, 2_000).await.expect(201);
    let part = json!([{"offer": first.id(), "quantity": 200}]);
    accept_offers(&village.buyer, &request, json!([{"offer": first.id(), "quantity": 301}]), 0)
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/offers/0/quantity", "more-than-offered");
    let twice = json!([{"offer": first.id()}, {"offer": first.id()}]);
    accept_offers(&village.buyer, &request, twice, 0)
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/offers/1/offer", "offer-twice");
    let too_much = json!([{"offer": first.id()}, {"offer": second.id(), "quantity": 201}]);
    let refused = accept_offers(&village.buyer, &request, too_much, 0).await.expect_problem(409, "more-than-missing");
    assert_eq!(refused.json["missing"], 200);
    let taken = accept_offers(&village.buyer, &request, part.clone(), 460_000).await.expect(201);
    assert_eq!((&taken.json["request"]["status"], &taken.json["request"]["missing"]), (&json!("open"), &json!(300)));
    // The rest of a partly accepted offer cannot be accepted later.
    let refused = accept_offers(&village.buyer, &request, part, 460_000).await.expect_problem(409, "offer-closed");
    assert_eq!(refused.json["offer_status"], "taken");
    let rest = accept_offers(&village.buyer, &request, json!([{"offer": second.id()}]), 600_000).await.expect(201);
    assert_eq!(rest.json["request"]["status"], "covered");
    assert_ne!(rest.json["order"]["id"], taken.json["order"]["id"]);
}

#[actix_web::test]
async fn concurrent_acceptances_never_exceed_the_requested_quantity() {
    let village = World::village_with(|config| {
        config.database.connections = 8;
        config.database.wait_ms = 60_000;
    })
    .await;
    let (pastel, cassava) = create_products(&village).await;
    for _ in 0..2 {
        let request = create_request(&village).await;
        let first = create_offer(&village.sari, &request, pastel, 500, 2_000).await.expect(201);
        let second = create_offer(&village.darsih, &request, cassava, 500, 2_000).await.expect(201);
        let tries = (0..8).map(|index| {
            let offer = if index % 2 == 0 { first.id() } else { second.id() };
            let (buyer, path) = (village.buyer.with_new_key(), request_path(&request, "/acceptances"));
            let body = json!({"offers": [{"offer": offer, "quantity": 500}], "expected_total": 1_000_000});
            async move { buyer.post(&path, body).await }
        });
        let replies = join_all(tries).await;
        assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1);
        assert!(replies.iter().all(|reply| [201, 409].contains(&reply.status)));
        let offers_seen = village.buyer.get(&request_path(&request, "/offers")).await.expect(200);
        let mut statuses: Vec<&str> = offers_seen.json["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|offer| offer["status"].as_str().unwrap())
            .collect();
        statuses.sort_unstable();
        assert_eq!(statuses, ["lapsed", "taken"]);
        assert_eq!(get_request(&village.buyer, &request).await.json["taken"], 500);
    }
    let orders = village.buyer.get("/v1/orders").await.expect(200);
    assert_eq!(orders.json["data"].as_array().unwrap().len(), 2);
    // Withdrawing and accepting an offer at the same time: exactly one of them succeeds.
    let request = create_request(&village).await;
    let last = create_offer(&village.sari, &request, pastel, 500, 2_000).await.expect(201);
    let (officer, transitions) =
        (village.sari.with_new_key(), request_path(&request, &format!("/offers/{}/transitions", last.id())));
    let (taken, withdrawn) = futures_util::future::join(
        accept_offers(&village.buyer, &request, json!([{"offer": last.id()}]), 1_000_000),
        officer.post(&transitions, json!({"action": "withdraw"})),
    )
    .await;
    assert!(
        [(201, 409), (409, 200)].contains(&(taken.status, withdrawn.status)),
        "{} {}",
        taken.text(),
        withdrawn.text()
    );
}

#[actix_web::test]
async fn offers_expire_and_an_uncovered_request_is_recorded_as_unmet_demand() {
    let village = World::village().await;
    let (pastel, _) = create_products(&village).await;
    let mut body = feast(&village);
    body["product"] = json!(pastel);
    let request = village.buyer.with_new_key().post("/v1/requests", body).await.expect(201);
    assert_eq!((request.str("unit"), request.str("category")), ("piece".into(), "fresh_snacks".into()));
    let mut short_offer = offer_body(pastel, 100, 2_000);
    short_offer["valid_until"] = json!("2026-11-24T07:30:00Z");
    let path = request_path(&request, "/offers");
    let early = village.sari.with_new_key().post(&path, short_offer).await.expect(201);
    village.clock.set("2026-11-24T08:00:00Z".parse().unwrap());
    let (buyer, sari) = (village.sign_in_again(&village.buyer).await, village.sign_in_again(&village.sari).await);
    // The periodic task has not run yet.
    let late = accept_offers(&buyer, &request, json!([{"offer": early.id()}]), 200_000)
        .await
        .expect_problem(409, "offer-closed");
    assert_eq!(late.json["offer_status"], "expired");
    village.work().await;
    let last = create_offer(&sari, &request, pastel, 120, 2_000).await.expect(201);
    assert_eq!(last.str("valid_until"), "2026-12-11T17:00:00Z");

    // `answers_until` has passed, but an offer is still open.
    village.clock.set("2026-12-10T18:00:00Z".parse().unwrap());
    village.work().await;
    let (buyer, sari) = (village.sign_in_again(&village.buyer).await, village.sign_in_again(&village.sari).await);
    assert_eq!(get_request(&buyer, &request).await.str("status"), "open");
    create_offer(&sari, &request, pastel, 10, 2_000).await.expect_problem(409, "request-closed");
    accept_offers(&buyer, &request, json!([{"offer": last.id(), "quantity": 20}]), 40_000).await.expect(201);
    village.clock.advance(Duration::minutes(6));
    village.work().await;
    let ended = get_request(&buyer, &request).await;
    assert_eq!((ended.str("status"), ended.json["missing"].clone()), ("expired".into(), json!(480)));
    assert_eq!(letter_recipients(&village, "request-expired"), [village.buyer.email.as_str()]);
    assert!(letters(&village, "request-expired")[0].1.contains("480 buah"));
    let path = format!("/v1/groups/{}/unmet_demand", village.sekar_laras);
    let refused = sari.get(&path).await.expect(200);
    let refused = &refused.json["data"].as_array().unwrap()[..];
    assert_eq!(refused.len(), 1);
    assert_eq!((&refused[0]["quantity"], &refused[0]["reason"]), (&json!(480), &json!("sold_out")));
    assert_eq!((&refused[0]["day"], &refused[0]["anonymous"]), (&json!("2026-12-14"), &json!(false)));
    village.clock.advance(Duration::hours(3));
    village.work().await;
    assert_eq!(letter_recipients(&village, "request-expired").len(), 1);
}

#[actix_web::test]
async fn an_officer_records_a_request_made_by_phone_and_acts_for_the_caller() {
    let village = World::village().await;
    let (pastel, cassava) = create_products(&village).await;
    let mut body = feast(&village);
    body["channel"] = json!("phone");
    village.sari.with_new_key().post("/v1/requests", body.clone()).await.expect_problem(422, "body-invalid");
    body["contact"] = json!({"name": "Contoh Ibu Lurah", "phone": "0812-0000-0777"});
    village.other_buyer.with_new_key().post("/v1/requests", body.clone()).await.expect_problem(403, "forbidden");
    village.foreign_officer.with_new_key().post("/v1/requests", body.clone()).await.expect_problem(403, "forbidden");
    let request = village.sari.with_new_key().post("/v1/requests", body).await.expect(201);
    assert_eq!(request.json["asker"], json!({"name": "Contoh Ibu Lurah", "phone": "+6281200000777"}));
    assert_eq!(request.str("captured_by"), village.sari.id);
    village.work().await;
    assert_eq!(
        letter_recipients(&village, "request-asked"),
        [village.darsih.email.as_str()],
        "the officer who recorded it gets no letter"
    );
    let other_view = get_request(&village.darsih, &request).await;
    assert_eq!(other_view.json["asker"], json!({"name": "Contoh", "phone": null}));
    let own_requests = village.sari.get("/v1/requests").await.expect(200);
    assert_eq!(own_requests.json["data"][0]["id"], request.json["id"]);

    let offered = create_offer(&village.darsih, &request, cassava, 500, 2_000).await.expect(201);
    village.work().await;
    let made = &letters(&village, "offer-made")[0];
    assert!(made.0 == village.sari.email && made.1.contains("Contoh Ibu Lurah"), "{made:?}");
    accept_offers(&village.darsih, &request, json!([{"offer": offered.id()}]), 1_000_000)
        .await
        .expect_problem(403, "forbidden");
    let taken = accept_offers(&village.board, &request, json!([{"offer": offered.id()}]), 1_000_000).await.expect(201);
    let order = &taken.json["order"];
    assert_eq!((&order["channel"], &order["buyer"]), (&json!("phone"), &Value::Null));
    assert_eq!(order["contact"], json!({"name": "Contoh Ibu Lurah", "phone": "+6281200000777"}));
    assert_eq!(order["captured_by"], village.board.id);
    assert_eq!(get_request(&village.darsih, &request).await.json["asker"]["phone"], "+6281200000777");
    create_offer(&village.sari, &request, pastel, 1, 1).await.expect_problem(409, "request-closed");

    village.clock.advance(Duration::days(100));
    village.work().await;
    let sari = village.sign_in_again(&village.sari).await;
    assert_eq!(get_request(&sari, &request).await.json["asker"], json!({"name": "—", "phone": null}));
}

#[actix_web::test]
async fn everyone_sees_only_the_parts_of_a_request_that_concern_them() {
    let village = World::village().await;
    let (pastel, cassava) = create_products(&village).await;
    let mut body = feast(&village);
    body["place"] = json!({"kind": "local", "zone": village.zone, "address": "Gang Kenari 7"});
    let request = village.buyer.with_new_key().post("/v1/requests", body.clone()).await.expect(201);
    body["category"] = json!("palm_sugar");
    let sugar = village.buyer.with_new_key().post("/v1/requests", body.clone()).await.expect(201);
    body.as_object_mut().unwrap().remove("category");
    let anything = village.buyer.with_new_key().post("/v1/requests", body).await.expect(201);
    assert_eq!(request.json["actions"], json!(["change", "withdraw"]));
    let officer = get_request(&village.sari, &request).await;
    assert_eq!(officer.json["asker"], json!({"name": "Contoh", "phone": null}));
    assert_eq!((&officer.json["place"]["address"], &officer.json["actions"]), (&Value::Null, &json!(["offer"])));
    assert_eq!(get_request(&village.wati, &request).await.json["asker"], Value::Null);
    assert_eq!(get_request(&village.agency, &request).await.json["asker"], Value::Null);
    for stranger in [&village.other_buyer, &village.foreign_officer, &village.foreign_board] {
        stranger.get(&request_path(&request, "")).await.expect_problem(404, "not-found");
        stranger.get(&request_path(&request, "/offers")).await.expect_problem(404, "not-found");
        create_offer(stranger, &request, pastel, 10, 100).await.expect_problem(404, "not-found");
    }
    let ids = async |person: &Person, group: &dyn std::fmt::Display| {
        let list = person.get(&format!("/v1/groups/{group}/requests")).await.expect(200);
        let ids = list.json["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned());
        ids.collect::<Vec<_>>()
    };
    let mut expected = vec![request.id(), anything.id()];
    expected.sort();
    assert_eq!(ids(&village.wati, &village.sekar_laras).await, expected);
    assert!(!expected.contains(&sugar.id()), "nobody here makes sugar");

    create_offer(&village.wati, &request, pastel, 10, 100).await.expect_problem(403, "forbidden");
    create_offer(&village.buyer, &request, pastel, 10, 100).await.expect_problem(403, "forbidden");
    create_offer(&village.sari, &request, cassava, 10, 100)
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/product", "not-there");
    let own_offer = create_offer(&village.sari, &request, pastel, 300, 2_300).await.expect(201);
    create_offer(&village.sari, &request, pastel, 300, 2_300).await.expect_problem(409, "offer-exists");
    let other_offer = create_offer(&village.darsih, &request, cassava, 250, 2_000).await.expect(201);
    let count = async |person: &Person| {
        let list = person.get(&request_path(&request, "/offers")).await.expect(200);
        list.json["data"].as_array().unwrap().len()
    };
    assert_eq!([count(&village.buyer).await, count(&village.sari).await, count(&village.wati).await], [2, 1, 1]);
    assert_eq!(count(&village.companion).await, 2);
    let at = request_path(&request, &format!("/offers/{}", other_offer.id()));
    village.sari.get(&at).await.expect_problem(404, "not-found");
    village
        .sari
        .with_version_of(&other_offer)
        .patch(&at, json!({"unit_price": 1}))
        .await
        .expect_problem(404, "not-found");
    village
        .buyer
        .with_version_of(&other_offer)
        .patch(&at, json!({"unit_price": 1}))
        .await
        .expect_problem(403, "forbidden");

    village
        .buyer
        .patch(&request_path(&request, ""), json!({"quantity": 1}))
        .await
        .expect_problem(428, "version-required");
    let editing = village.buyer.with_version_of(&request);
    editing.patch(&request_path(&request, ""), json!({"quantity": 1})).await.expect_problem(409, "request-has-offers");
    let at = request_path(&request, &format!("/offers/{}", own_offer.id()));
    let cheaper = village.sari.with_version_of(&own_offer).patch(&at, json!({"unit_price": 2_200})).await.expect(200);
    assert_eq!((&cheaper.json["total"], &cheaper.json["version"]), (&json!(660_000), &json!(2)));
    village
        .sari
        .with_version_of(&own_offer)
        .patch(&at, json!({"quantity": 1}))
        .await
        .expect_problem(412, "version-stale");
    village.sari.with_new_key().post(&format!("{at}/transitions"), json!({"action": "withdraw"})).await.expect(200);
    village
        .sari
        .with_version_of(&cheaper)
        .patch(&at, json!({"quantity": 1}))
        .await
        .expect_problem(412, "version-stale");
    accept_offers(&village.buyer, &request, json!([{"offer": own_offer.id()}]), 0)
        .await
        .expect_problem(409, "offer-closed");
    village.work().await;
    assert_eq!(letter_recipients(&village, "offer-changed"), [village.buyer.email.as_str()]);
    assert_eq!(letter_recipients(&village, "offer-withdrawn"), [village.buyer.email.as_str()]);

    let withdraw = json!({"action": "withdraw"});
    let transitions = request_path(&request, "/transitions");
    village.sari.with_new_key().post(&transitions, withdraw.clone()).await.expect_problem(403, "forbidden");
    let withdrawn = village.buyer.with_new_key().post(&transitions, withdraw.clone()).await.expect(200);
    assert_eq!((withdrawn.str("status"), withdrawn.json["actions"].clone()), ("withdrawn".into(), json!([])));
    village.buyer.with_new_key().post(&transitions, withdraw).await.expect_problem(409, "transition-invalid");
    village.work().await;
    assert_eq!(letter_recipients(&village, "offer-lapsed"), [village.darsih.email.as_str()]);
}

#[actix_web::test]
async fn a_request_is_validated_and_can_be_changed_while_it_has_no_offers() {
    let village = World::village().await;
    let (pastel, _) = create_products(&village).await;
    let create = async |change: Value| {
        let mut body = feast(&village);
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        village.buyer.with_new_key().post("/v1/requests", body).await
    };
    for (change, pointer, code) in [
        (json!({"words": null}), "/words", "required"),
        (json!({"quantity": 0}), "/quantity", "not-positive"),
        (json!({"needed_on": "2026-11-22"}), "/needed_on", "not-ahead"),
        (json!({"needed_on": "2027-12-24"}), "/needed_on", "not-ahead"),
        (json!({"answers_until": "2026-11-23T08:00:00Z"}), "/answers_until", "answers-do-not-fit"),
        (json!({"answers_until": "2026-12-16T08:00:00Z"}), "/answers_until", "answers-do-not-fit"),
        (json!({"place": {"kind": "local"}}), "/place/zone", "required"),
        (json!({"place": {"kind": "address"}}), "/place/address", "required"),
        (json!({"place": {"kind": "pickup", "point": village.foreign_pickup_point}}), "/place/point", "not-there"),
        (json!({"product": village.cooperative}), "/product", "not-there"),
        (json!({"product": pastel, "quantity": 1.5}), "/quantity", "off-step"),
        (json!({"budget": -1}), "/budget", "out-of-range"),
    ] {
        create(change).await.expect_problem(422, "body-invalid").expect_field_error(pointer, code);
    }
    let mut body = feast(&village);
    body["id"] = json!("019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0caa");
    let request = village.buyer.post("/v1/requests", body.clone()).await.expect(201);
    let again = village.buyer.post("/v1/requests", body.clone()).await.expect(200);
    assert_eq!(request.bytes, again.bytes);
    village.other_buyer.post("/v1/requests", body).await.expect_problem(409, "id-taken");

    let edit = json!({"needed_on": "2026-12-20", "quantity": 450, "note": null});
    let changed = village.buyer.with_version_of(&request).patch(&request_path(&request, ""), edit).await.expect(200);
    assert_eq!((&changed.json["quantity"], &changed.json["note"]), (&json!(450), &Value::Null));
    assert_eq!(changed.str("answers_until"), "2026-12-16T17:00:00Z");
    let editing = village.buyer.with_version_of(&changed);
    editing.patch(&request_path(&request, ""), json!({"words": null})).await.expect_problem(422, "body-invalid");
    for (change, pointer, code) in [
        (json!({"quantity": 451}), "/quantity", "more-than-asked"),
        (json!({"ready_on": "2026-12-21"}), "/ready_on", "not-in-time"),
        (json!({"valid_until": "2026-11-23T07:00:00Z"}), "/valid_until", "validity-does-not-fit"),
        (json!({"valid_until": "2026-12-15T07:00:00Z"}), "/valid_until", "validity-does-not-fit"),
        (json!({"deposit_percent": 101}), "/deposit_percent", "out-of-range"),
    ] {
        let mut body = offer_body(pastel, 100, 2_000);
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let path = request_path(&request, "/offers");
        village
            .sari
            .with_new_key()
            .post(&path, body)
            .await
            .expect_problem(422, "body-invalid")
            .expect_field_error(pointer, code);
    }
    let fresh = village.create_pastel(|offering| offering.shelf_life_days = Some(1)).await;
    let spoilt = create_offer(&village.sari, &request, fresh, 100, 2_000).await.expect_problem(422, "body-invalid");
    spoilt.expect_field_error("/ready_on", "spoilt-by-then");
    let draft = village.create_draft(crate::world::pastel()).await;
    create_offer(&village.sari, &request, draft, 100, 2_000).await.expect_problem(409, "not-on-sale");
    for _ in 0..9 {
        create(json!({})).await.expect(201);
    }
    create(json!({})).await.expect_problem(409, "too-many-open-requests");
}

#[actix_web::test]
async fn cancelling_the_order_cancels_its_batches() {
    let village = World::village().await;
    let (pastel, cassava) = create_products(&village).await;
    let mut body = feast(&village);
    body["place"] = json!({"kind": "address", "address": "Gang Kenari 7"});
    let request = village.buyer.with_new_key().post("/v1/requests", body).await.expect(201);
    let first = create_offer(&village.sari, &request, pastel, 300, 2_300).await.expect(201);
    let second = create_offer(&village.darsih, &request, cassava, 200, 2_000).await.expect(201);
    let offers = json!([{"offer": first.id()}, {"offer": second.id()}]);
    accept_offers(&village.buyer, &request, offers.clone(), 1_090_000)
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/delivery", "required");
    let local = json!({"kind": "local", "zone": village.zone, "address": "Gang Kenari 7"});
    let body = json!({"offers": offers, "delivery": local, "expected_total": 1_100_000});
    let taken = village.buyer.with_new_key().post(&request_path(&request, "/acceptances"), body).await.expect(201);
    let order = taken.json["order"].clone();
    // The second group declines its part.
    let parts = order["fulfilments"].as_array().unwrap();
    let part = parts.iter().find(|part| part["group"]["id"] == json!(village.singkong_wareg)).unwrap();
    let transitions = format!("/v1/fulfilments/{}/transitions", part["id"].as_str().unwrap());
    let declined = json!({"action": "decline", "reason": "Kompor rusak"});
    let declined = village.darsih.with_new_key().post(&transitions, declined).await;
    if declined.status == 200 {
        assert_eq!(get_offer_batch(&village.darsih, &second, &request).await.str("status"), "cancelled");
    }
    let path = format!("/v1/orders/{}/transitions", order["id"].as_str().unwrap());
    let cancelled = village.buyer.with_new_key().post(&path, json!({"action": "cancel"})).await.expect(200);
    assert_eq!(cancelled.str("status"), "cancelled");
    let batch = get_offer_batch(&village.sari, &first, &request).await;
    assert_eq!((batch.str("status"), batch.json["claimed"].clone()), ("cancelled".into(), json!(0)));
    assert_eq!(get_offer_batch(&village.darsih, &second, &request).await.str("status"), "cancelled");
    assert_eq!(get_request(&village.buyer, &request).await.str("status"), "covered");
    let mut order = village.order_body(pastel, 10, 23_000);
    order["lines"][0]["batch"] = json!(batch.id());
    village.other_buyer.with_new_key().post("/v1/orders", order).await.expect_problem(409, "batch-closed");
    let days = format!("/v1/products/{pastel}/availability?from=2026-12-01&to=2026-12-14");
    let days = village.guest().get(&days).await.expect(200);
    assert!(!days.text().contains("request"), "{}", days.text());
}

#[actix_web::test]
async fn a_closed_account_is_erased_from_its_requests() {
    let village = World::village().await;
    let (pastel, _) = create_products(&village).await;
    let request = create_request(&village).await;
    create_offer(&village.sari, &request, pastel, 300, 2_300).await.expect(201);
    let export = village.buyer.get("/v1/me/export").await.expect(200);
    assert_eq!(export.json["asking"]["requests"][0]["words"], "Pastel kecil");
    let me = village.buyer.get("/v1/me").await.expect(200);
    let close = json!({"current_password": PASSWORD});
    village.buyer.with_version_of(&me).send(Method::DELETE, "/v1/me", Some(close)).await.expect(204);
    let request_after = get_request(&village.sari, &request).await;
    assert_eq!((request_after.str("status"), request_after.str("words")), ("withdrawn".into(), "—".into()));
    assert_eq!(request_after.json["note"], Value::Null);
    village.work().await;
    assert_eq!(letter_recipients(&village, "offer-lapsed"), [village.sari.email.as_str()]);
}
