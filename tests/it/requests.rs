//! Requests of buyers, what groups offer for them, and how several win one together.

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

async fn asked(village: &Village) -> Reply {
    village.buyer.fresh_key().post("/v1/requests", feast(village)).await.expect(201)
}

/// A product of each of the two groups.
async fn goods(village: &Village) -> (ProductId, ProductId) {
    let darsih = village.permit_of(&village.darsih, village.singkong_wareg);
    (village.pastel(|_| {}).await, village.product_of(darsih, "Pastel singkong", |_| {}).await)
}

fn offer_of(product: ProductId, quantity: i64, price: i64) -> Value {
    json!({
        "product": product, "quantity": quantity, "unit_price": price, "ready_on": "2026-12-14", "deposit_percent": 30,
    })
}

fn path_of(request: &Reply, rest: &str) -> String {
    format!("/v1/requests/{}{rest}", request.id())
}

async fn offer(officer: &Client, request: &Reply, product: ProductId, quantity: i64, price: i64) -> Reply {
    officer.fresh_key().post(&path_of(request, "/offers"), offer_of(product, quantity, price)).await
}

async fn take(buyer: &Client, request: &Reply, offers: Value, total: i64) -> Reply {
    let body = json!({"offers": offers, "expected_total": total});
    buyer.fresh_key().post(&path_of(request, "/acceptances"), body).await
}

async fn now(client: &Client, request: &Reply) -> Reply {
    client.get(&path_of(request, "")).await.expect(200)
}

async fn batch_of(officer: &Client, offer: &Reply, request: &Reply) -> Reply {
    let offer = officer.get(&path_of(request, &format!("/offers/{}", offer.id()))).await.expect(200);
    officer.get(&format!("/v1/batches/{}", offer.str("batch"))).await.expect(200)
}

/// The addresses to which letters of this kind went.
fn told(village: &Village, kind: &str) -> Vec<String> {
    let mut all: Vec<String> = letters(village, kind).into_iter().map(|(to, _)| to).collect();
    all.sort();
    all
}

#[actix_web::test]
async fn two_groups_win_one_request_together() {
    let village = World::village().await;
    let (pastel, cassava) = goods(&village).await;
    let snacks = village.pastel(|_| {}).await;
    let request = asked(&village).await;
    assert_eq!((request.str("status"), request.json["missing"].clone()), ("open".into(), json!(500)));
    assert_eq!(request.str("answers_until"), "2026-12-10T17:00:00Z");
    village.work().await;
    let mut officers = vec![village.sari.email.clone(), village.darsih.email.clone()];
    officers.sort();
    assert_eq!(told(&village, "request-asked"), officers);
    let letter = &letters(&village, "request-asked")[0].1;
    assert!(letter.contains("500 buah Pastel kecil") && letter.contains("hajatan"), "{letter}");
    assert!(letter.contains("Contoh membutuhkan") && !letter.contains("Budi"), "{letter}");

    let first = offer(&village.sari, &request, pastel, 300, 2_300).await.expect(201);
    let second = offer(&village.darsih, &request, cassava, 250, 2_000).await.expect(201);
    let third = offer(&village.sari, &request, snacks, 100, 3_000).await.expect(201);
    assert_eq!(first.json["total"], 690_000);
    village.work().await;
    assert_eq!(told(&village, "offer-made"), vec![village.buyer.email.clone(); 3]);
    let seen = village.buyer.get(&path_of(&request, "/offers")).await.expect(200);
    assert_eq!(seen.json["data"].as_array().unwrap().len(), 3);

    let both = json!([{"offer": first.id()}, {"offer": second.id()}]);
    let wrong = take(&village.buyer, &request, both.clone(), 1_000).await.problem(409, "total-changed");
    assert_eq!(wrong.json["total"], 300 * 2_300 + 200 * 2_000);
    let key = village.buyer.fresh_key();
    let body = json!({"offers": both, "expected_total": 1_090_000});
    let taken = key.post(&path_of(&request, "/acceptances"), body.clone()).await.expect(201);
    let again = key.post(&path_of(&request, "/acceptances"), body).await.expect(201);
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

    let batch = batch_of(&village.darsih, &second, &request).await;
    assert_eq!((batch.str("kind"), batch.str("status")), ("request".into(), "confirmed".into()));
    assert_eq!((&batch.json["capacity"], &batch.json["claimed"]), (&json!(200), &json!(200)));
    assert_eq!((&batch.json["price"], &batch.json["deposit_percent"]), (&json!(2_000), &json!(30)));
    let left = village.sari.get(&path_of(&request, &format!("/offers/{}", third.id()))).await.expect(200);
    assert_eq!(left.str("status"), "lapsed");
    village.work().await;
    assert_eq!(told(&village, "offer-lapsed"), [village.sari.email.as_str()]);
    assert_eq!(told(&village, "order-arrived"), officers);
    assert!(letters(&village, "order-arrived")[0].1.contains("sudah Anda janjikan"));
    assert_eq!(told(&village, "order-placed"), [village.buyer.email.as_str()]);
    take(&village.buyer, &request, json!([{"offer": third.id()}]), 0).await.problem(409, "request-closed");
    offer(&village.sari, &request, pastel, 10, 100).await.problem(409, "request-closed");
    assert_eq!(now(&village.sari, &request).await.json["asker"]["name"], "Contoh Budi");
}

#[actix_web::test]
async fn a_request_may_be_covered_piece_by_piece_and_never_beyond() {
    let village = World::village().await;
    let (pastel, cassava) = goods(&village).await;
    let request = asked(&village).await;
    let first = offer(&village.sari, &request, pastel, 300, 2_300).await.expect(201);
    let second = offer(&village.darsih, &request, cassava, 400, 2_000).await.expect(201);
    let some = json!([{"offer": first.id(), "quantity": 200}]);
    take(&village.buyer, &request, json!([{"offer": first.id(), "quantity": 301}]), 0)
        .await
        .problem(422, "body-invalid")
        .fault("/offers/0/quantity", "more-than-offered");
    let twice = json!([{"offer": first.id()}, {"offer": first.id()}]);
    take(&village.buyer, &request, twice, 0).await.problem(422, "body-invalid").fault("/offers/1/offer", "offer-twice");
    let too_much = json!([{"offer": first.id()}, {"offer": second.id(), "quantity": 201}]);
    let refused = take(&village.buyer, &request, too_much, 0).await.problem(409, "more-than-missing");
    assert_eq!(refused.json["missing"], 200);
    let taken = take(&village.buyer, &request, some.clone(), 460_000).await.expect(201);
    assert_eq!((&taken.json["request"]["status"], &taken.json["request"]["missing"]), (&json!("open"), &json!(300)));
    // What was left of an offer is not kept for later.
    let refused = take(&village.buyer, &request, some, 460_000).await.problem(409, "offer-closed");
    assert_eq!(refused.json["offer_status"], "taken");
    let rest = take(&village.buyer, &request, json!([{"offer": second.id()}]), 600_000).await.expect(201);
    assert_eq!(rest.json["request"]["status"], "covered");
    assert_ne!(rest.json["order"]["id"], taken.json["order"]["id"]);
}

#[actix_web::test]
async fn of_several_acceptances_at_once_no_more_is_taken_than_is_asked_for() {
    let village = World::village_with(|config| {
        config.database.connections = 8;
        config.database.wait_ms = 60_000;
    })
    .await;
    let (pastel, cassava) = goods(&village).await;
    for _ in 0..2 {
        let request = asked(&village).await;
        let first = offer(&village.sari, &request, pastel, 500, 2_000).await.expect(201);
        let second = offer(&village.darsih, &request, cassava, 500, 2_000).await.expect(201);
        let tries = (0..8).map(|place| {
            let offer = if place % 2 == 0 { first.id() } else { second.id() };
            let (buyer, path) = (village.buyer.fresh_key(), path_of(&request, "/acceptances"));
            let body = json!({"offers": [{"offer": offer, "quantity": 500}], "expected_total": 1_000_000});
            async move { buyer.post(&path, body).await }
        });
        let replies = join_all(tries).await;
        assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1);
        assert!(replies.iter().all(|reply| [201, 409].contains(&reply.status)));
        let seen = village.buyer.get(&path_of(&request, "/offers")).await.expect(200);
        let mut stand: Vec<&str> =
            seen.json["data"].as_array().unwrap().iter().map(|offer| offer["status"].as_str().unwrap()).collect();
        stand.sort_unstable();
        assert_eq!(stand, ["lapsed", "taken"]);
        assert_eq!(now(&village.buyer, &request).await.json["taken"], 500);
    }
    let orders = village.buyer.get("/v1/orders").await.expect(200);
    assert_eq!(orders.json["data"].as_array().unwrap().len(), 2);
    // An offer that is taken back meets one that is taken: one of both happens.
    let request = asked(&village).await;
    let last = offer(&village.sari, &request, pastel, 500, 2_000).await.expect(201);
    let (officer, steps) = (village.sari.fresh_key(), path_of(&request, &format!("/offers/{}/transitions", last.id())));
    let (taken, withdrawn) = futures_util::future::join(
        take(&village.buyer, &request, json!([{"offer": last.id()}]), 1_000_000),
        officer.post(&steps, json!({"action": "withdraw"})),
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
async fn offers_end_and_what_nobody_offers_in_time_is_remembered_as_refused_demand() {
    let village = World::village().await;
    let (pastel, _) = goods(&village).await;
    let mut body = feast(&village);
    body["product"] = json!(pastel);
    let request = village.buyer.fresh_key().post("/v1/requests", body).await.expect(201);
    assert_eq!((request.str("unit"), request.str("category")), ("piece".into(), "fresh_snacks".into()));
    let mut short = offer_of(pastel, 100, 2_000);
    short["valid_until"] = json!("2026-11-24T07:30:00Z");
    let path = path_of(&request, "/offers");
    let early = village.sari.fresh_key().post(&path, short).await.expect(201);
    village.clock.set("2026-11-24T08:00:00Z".parse().unwrap());
    let (buyer, sari) = (village.again(&village.buyer).await, village.again(&village.sari).await);
    // Nobody has tidied up yet.
    let late = take(&buyer, &request, json!([{"offer": early.id()}]), 200_000).await.problem(409, "offer-closed");
    assert_eq!(late.json["offer_status"], "expired");
    village.work().await;
    let last = offer(&sari, &request, pastel, 120, 2_000).await.expect(201);
    assert_eq!(last.str("valid_until"), "2026-12-11T17:00:00Z");

    // The time for answers is over, but an offer still stands.
    village.clock.set("2026-12-10T18:00:00Z".parse().unwrap());
    village.work().await;
    let (buyer, sari) = (village.again(&village.buyer).await, village.again(&village.sari).await);
    assert_eq!(now(&buyer, &request).await.str("status"), "open");
    offer(&sari, &request, pastel, 10, 2_000).await.problem(409, "request-closed");
    take(&buyer, &request, json!([{"offer": last.id(), "quantity": 20}]), 40_000).await.expect(201);
    village.clock.advance(Duration::minutes(6));
    village.work().await;
    let ended = now(&buyer, &request).await;
    assert_eq!((ended.str("status"), ended.json["missing"].clone()), ("expired".into(), json!(480)));
    assert_eq!(told(&village, "request-expired"), [village.buyer.email.as_str()]);
    assert!(letters(&village, "request-expired")[0].1.contains("480 buah"));
    let path = format!("/v1/groups/{}/refusals", village.sekar_laras);
    let refused = sari.get(&path).await.expect(200);
    let refused = &refused.json["data"].as_array().unwrap()[..];
    assert_eq!(refused.len(), 1);
    assert_eq!((&refused[0]["quantity"], &refused[0]["reason"]), (&json!(480), &json!("sold_out")));
    assert_eq!((&refused[0]["day"], &refused[0]["anonymous"]), (&json!("2026-12-14"), &json!(false)));
    village.clock.advance(Duration::hours(3));
    village.work().await;
    assert_eq!(told(&village, "request-expired").len(), 1);
}

#[actix_web::test]
async fn an_officer_writes_down_what_was_heard_by_phone_and_acts_for_who_called() {
    let village = World::village().await;
    let (pastel, cassava) = goods(&village).await;
    let mut body = feast(&village);
    body["channel"] = json!("phone");
    village.sari.fresh_key().post("/v1/requests", body.clone()).await.problem(422, "body-invalid");
    body["contact"] = json!({"name": "Contoh Ibu Lurah", "phone": "0812-0000-0777"});
    village.other_buyer.fresh_key().post("/v1/requests", body.clone()).await.problem(403, "forbidden");
    village.foreign_officer.fresh_key().post("/v1/requests", body.clone()).await.problem(403, "forbidden");
    let request = village.sari.fresh_key().post("/v1/requests", body).await.expect(201);
    assert_eq!(request.json["asker"], json!({"name": "Contoh Ibu Lurah", "phone": "+6281200000777"}));
    assert_eq!(request.str("captured_by"), village.sari.id);
    village.work().await;
    assert_eq!(told(&village, "request-asked"), [village.darsih.email.as_str()], "who wrote it down knows it");
    let other = now(&village.darsih, &request).await;
    assert_eq!(other.json["asker"], json!({"name": "Contoh", "phone": null}));
    let mine = village.sari.get("/v1/requests").await.expect(200);
    assert_eq!(mine.json["data"][0]["id"], request.json["id"]);

    let offered = offer(&village.darsih, &request, cassava, 500, 2_000).await.expect(201);
    village.work().await;
    let made = &letters(&village, "offer-made")[0];
    assert!(made.0 == village.sari.email && made.1.contains("Contoh Ibu Lurah"), "{made:?}");
    take(&village.darsih, &request, json!([{"offer": offered.id()}]), 1_000_000).await.problem(403, "forbidden");
    let taken = take(&village.board, &request, json!([{"offer": offered.id()}]), 1_000_000).await.expect(201);
    let order = &taken.json["order"];
    assert_eq!((&order["channel"], &order["buyer"]), (&json!("phone"), &Value::Null));
    assert_eq!(order["contact"], json!({"name": "Contoh Ibu Lurah", "phone": "+6281200000777"}));
    assert_eq!(order["captured_by"], village.board.id);
    assert_eq!(now(&village.darsih, &request).await.json["asker"]["phone"], "+6281200000777");
    offer(&village.sari, &request, pastel, 1, 1).await.problem(409, "request-closed");

    village.clock.advance(Duration::days(100));
    village.work().await;
    let sari = village.again(&village.sari).await;
    assert_eq!(now(&sari, &request).await.json["asker"], json!({"name": "—", "phone": null}));
}

#[actix_web::test]
async fn a_request_shows_to_each_what_concerns_them() {
    let village = World::village().await;
    let (pastel, cassava) = goods(&village).await;
    let mut body = feast(&village);
    body["place"] = json!({"kind": "local", "zone": village.zone, "address": "Gang Kenari 7"});
    let request = village.buyer.fresh_key().post("/v1/requests", body.clone()).await.expect(201);
    body["category"] = json!("palm_sugar");
    let sugar = village.buyer.fresh_key().post("/v1/requests", body.clone()).await.expect(201);
    body.as_object_mut().unwrap().remove("category");
    let anything = village.buyer.fresh_key().post("/v1/requests", body).await.expect(201);
    assert_eq!(request.json["actions"], json!(["change", "withdraw"]));
    let officer = now(&village.sari, &request).await;
    assert_eq!(officer.json["asker"], json!({"name": "Contoh", "phone": null}));
    assert_eq!((&officer.json["place"]["address"], &officer.json["actions"]), (&Value::Null, &json!(["offer"])));
    assert_eq!(now(&village.wati, &request).await.json["asker"], Value::Null);
    assert_eq!(now(&village.agency, &request).await.json["asker"], Value::Null);
    for stranger in [&village.other_buyer, &village.foreign_officer, &village.foreign_board] {
        stranger.get(&path_of(&request, "")).await.problem(404, "not-found");
        stranger.get(&path_of(&request, "/offers")).await.problem(404, "not-found");
        offer(stranger, &request, pastel, 10, 100).await.problem(404, "not-found");
    }
    let ids = async |person: &Person, group: &dyn std::fmt::Display| {
        let list = person.get(&format!("/v1/groups/{group}/requests")).await.expect(200);
        let ids = list.json["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned());
        ids.collect::<Vec<_>>()
    };
    let mut those = vec![request.id(), anything.id()];
    those.sort();
    assert_eq!(ids(&village.wati, &village.sekar_laras).await, those);
    assert!(!those.contains(&sugar.id()), "nobody here makes sugar");

    offer(&village.wati, &request, pastel, 10, 100).await.problem(403, "forbidden");
    offer(&village.buyer, &request, pastel, 10, 100).await.problem(403, "forbidden");
    offer(&village.sari, &request, cassava, 10, 100).await.problem(422, "body-invalid").fault("/product", "not-there");
    let ours = offer(&village.sari, &request, pastel, 300, 2_300).await.expect(201);
    offer(&village.sari, &request, pastel, 300, 2_300).await.problem(409, "offer-exists");
    let theirs = offer(&village.darsih, &request, cassava, 250, 2_000).await.expect(201);
    let count = async |person: &Person| {
        let list = person.get(&path_of(&request, "/offers")).await.expect(200);
        list.json["data"].as_array().unwrap().len()
    };
    assert_eq!([count(&village.buyer).await, count(&village.sari).await, count(&village.wati).await], [2, 1, 1]);
    assert_eq!(count(&village.companion).await, 2);
    let at = path_of(&request, &format!("/offers/{}", theirs.id()));
    village.sari.get(&at).await.problem(404, "not-found");
    village.sari.editing(&theirs).patch(&at, json!({"unit_price": 1})).await.problem(404, "not-found");
    village.buyer.editing(&theirs).patch(&at, json!({"unit_price": 1})).await.problem(403, "forbidden");

    village.buyer.patch(&path_of(&request, ""), json!({"quantity": 1})).await.problem(428, "version-required");
    let editing = village.buyer.editing(&request);
    editing.patch(&path_of(&request, ""), json!({"quantity": 1})).await.problem(409, "request-has-offers");
    let at = path_of(&request, &format!("/offers/{}", ours.id()));
    let cheaper = village.sari.editing(&ours).patch(&at, json!({"unit_price": 2_200})).await.expect(200);
    assert_eq!((&cheaper.json["total"], &cheaper.json["version"]), (&json!(660_000), &json!(2)));
    village.sari.editing(&ours).patch(&at, json!({"quantity": 1})).await.problem(412, "version-stale");
    village.sari.fresh_key().post(&format!("{at}/transitions"), json!({"action": "withdraw"})).await.expect(200);
    village.sari.editing(&cheaper).patch(&at, json!({"quantity": 1})).await.problem(412, "version-stale");
    take(&village.buyer, &request, json!([{"offer": ours.id()}]), 0).await.problem(409, "offer-closed");
    village.work().await;
    assert_eq!(told(&village, "offer-changed"), [village.buyer.email.as_str()]);
    assert_eq!(told(&village, "offer-withdrawn"), [village.buyer.email.as_str()]);

    let step = json!({"action": "withdraw"});
    let transitions = path_of(&request, "/transitions");
    village.sari.fresh_key().post(&transitions, step.clone()).await.problem(403, "forbidden");
    let gone = village.buyer.fresh_key().post(&transitions, step.clone()).await.expect(200);
    assert_eq!((gone.str("status"), gone.json["actions"].clone()), ("withdrawn".into(), json!([])));
    village.buyer.fresh_key().post(&transitions, step).await.problem(409, "transition-invalid");
    village.work().await;
    assert_eq!(told(&village, "offer-lapsed"), [village.darsih.email.as_str()]);
}

#[actix_web::test]
async fn a_request_holds_together_and_can_be_changed_while_nobody_has_answered() {
    let village = World::village().await;
    let (pastel, _) = goods(&village).await;
    let ask = async |change: Value| {
        let mut body = feast(&village);
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        village.buyer.fresh_key().post("/v1/requests", body).await
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
        ask(change).await.problem(422, "body-invalid").fault(pointer, code);
    }
    let mut body = feast(&village);
    body["id"] = json!("019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0caa");
    let request = village.buyer.post("/v1/requests", body.clone()).await.expect(201);
    let again = village.buyer.post("/v1/requests", body.clone()).await.expect(200);
    assert_eq!(request.bytes, again.bytes);
    village.other_buyer.post("/v1/requests", body).await.problem(409, "id-taken");

    let edit = json!({"needed_on": "2026-12-20", "quantity": 450, "note": null});
    let changed = village.buyer.editing(&request).patch(&path_of(&request, ""), edit).await.expect(200);
    assert_eq!((&changed.json["quantity"], &changed.json["note"]), (&json!(450), &Value::Null));
    assert_eq!(changed.str("answers_until"), "2026-12-16T17:00:00Z");
    let editing = village.buyer.editing(&changed);
    editing.patch(&path_of(&request, ""), json!({"words": null})).await.problem(422, "body-invalid");
    for (change, pointer, code) in [
        (json!({"quantity": 451}), "/quantity", "more-than-asked"),
        (json!({"ready_on": "2026-12-21"}), "/ready_on", "not-in-time"),
        (json!({"valid_until": "2026-11-23T07:00:00Z"}), "/valid_until", "validity-does-not-fit"),
        (json!({"valid_until": "2026-12-15T07:00:00Z"}), "/valid_until", "validity-does-not-fit"),
        (json!({"deposit_percent": 101}), "/deposit_percent", "out-of-range"),
    ] {
        let mut body = offer_of(pastel, 100, 2_000);
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let path = path_of(&request, "/offers");
        village.sari.fresh_key().post(&path, body).await.problem(422, "body-invalid").fault(pointer, code);
    }
    let fresh = village.pastel(|offering| offering.shelf_life_days = Some(1)).await;
    let spoilt = offer(&village.sari, &request, fresh, 100, 2_000).await.problem(422, "body-invalid");
    spoilt.fault("/ready_on", "spoilt-by-then");
    let draft = village.drafts(crate::world::pastel()).await;
    offer(&village.sari, &request, draft, 100, 2_000).await.problem(409, "not-on-sale");
    for _ in 0..9 {
        ask(json!({})).await.expect(201);
    }
    ask(json!({})).await.problem(409, "too-many-open-requests");
}

#[actix_web::test]
async fn an_order_that_is_cancelled_takes_its_batches_with_it() {
    let village = World::village().await;
    let (pastel, cassava) = goods(&village).await;
    let mut body = feast(&village);
    body["place"] = json!({"kind": "address", "address": "Gang Kenari 7"});
    let request = village.buyer.fresh_key().post("/v1/requests", body).await.expect(201);
    let first = offer(&village.sari, &request, pastel, 300, 2_300).await.expect(201);
    let second = offer(&village.darsih, &request, cassava, 200, 2_000).await.expect(201);
    let offers = json!([{"offer": first.id()}, {"offer": second.id()}]);
    take(&village.buyer, &request, offers.clone(), 1_090_000)
        .await
        .problem(422, "body-invalid")
        .fault("/delivery", "required");
    let local = json!({"kind": "local", "zone": village.zone, "address": "Gang Kenari 7"});
    let body = json!({"offers": offers, "delivery": local, "expected_total": 1_100_000});
    let taken = village.buyer.fresh_key().post(&path_of(&request, "/acceptances"), body).await.expect(201);
    let order = taken.json["order"].clone();
    // The second group finds that it cannot after all.
    let parts = order["fulfilments"].as_array().unwrap();
    let part = parts.iter().find(|part| part["group"] == json!(village.singkong_wareg)).unwrap();
    let steps = format!("/v1/fulfilments/{}/transitions", part["id"].as_str().unwrap());
    let declined = json!({"action": "decline", "reason": "Kompor rusak"});
    let declined = village.darsih.fresh_key().post(&steps, declined).await;
    if declined.status == 200 {
        assert_eq!(batch_of(&village.darsih, &second, &request).await.str("status"), "cancelled");
    }
    let path = format!("/v1/orders/{}/transitions", order["id"].as_str().unwrap());
    let cancelled = village.buyer.fresh_key().post(&path, json!({"action": "cancel"})).await.expect(200);
    assert_eq!(cancelled.str("status"), "cancelled");
    let batch = batch_of(&village.sari, &first, &request).await;
    assert_eq!((batch.str("status"), batch.json["claimed"].clone()), ("cancelled".into(), json!(0)));
    assert_eq!(batch_of(&village.darsih, &second, &request).await.str("status"), "cancelled");
    assert_eq!(now(&village.buyer, &request).await.str("status"), "covered");
    let mut other = village.order_of(pastel, 10, 23_000);
    other["lines"][0]["batch"] = json!(batch.id());
    village.other_buyer.fresh_key().post("/v1/orders", other).await.problem(409, "batch-closed");
    let days = format!("/v1/products/{pastel}/availability?from=2026-12-01&to=2026-12-14");
    let days = village.guest().get(&days).await.expect(200);
    assert!(!days.text().contains("request"), "{}", days.text());
}

#[actix_web::test]
async fn who_leaves_is_forgotten_in_what_they_asked_for() {
    let village = World::village().await;
    let (pastel, _) = goods(&village).await;
    let request = asked(&village).await;
    offer(&village.sari, &request, pastel, 300, 2_300).await.expect(201);
    let export = village.buyer.get("/v1/me/export").await.expect(200);
    assert_eq!(export.json["asking"]["requests"][0]["words"], "Pastel kecil");
    let me = village.buyer.get("/v1/me").await.expect(200);
    let close = json!({"current_password": PASSWORD});
    village.buyer.editing(&me).send(Method::DELETE, "/v1/me", Some(close)).await.expect(204);
    let left = now(&village.sari, &request).await;
    assert_eq!((left.str("status"), left.str("words")), ("withdrawn".into(), "—".into()));
    assert_eq!(left.json["note"], Value::Null);
    village.work().await;
    assert_eq!(told(&village, "offer-lapsed"), [village.sari.email.as_str()]);
}
