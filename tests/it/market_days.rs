//! Market days: schedules, offerings, closing, moving and cancelling.

use lumbung::kernel::ids::ProductId;
use lumbung::kernel::{Duration, Instant};
use serde_json::{Value, json};

use crate::world::{Reply, Village, World, diff_rows};

/// Every Friday; orders open on Sunday at six and close on Wednesday at five in the afternoon.
pub(crate) fn friday_schedule() -> Value {
    json!({
        "name": "Pasar Jumat", "weekdays": ["friday"], "opens_days_before": 5, "opens_at": "06:00",
        "closes_days_before": 2, "closes_at": "17:00", "extension_hours": 12, "from": "07:00", "until": "10:00",
    })
}

pub(crate) async fn create_schedule(village: &Village, schedule: Value) -> Reply {
    let path = format!("/v1/cooperatives/{}/schedules", village.cooperative);
    let reply = village.board.with_new_key().post(&path, schedule).await.expect(201);
    village.work().await;
    reply
}

async fn list_days(village: &Village) -> Vec<Value> {
    let path = format!("/v1/cooperatives/{}/market_days", village.cooperative);
    village.guest().get(&path).await.expect(200).json["data"].as_array().unwrap().clone()
}

pub(crate) async fn get_day(village: &Village, id: &Value) -> Reply {
    village.guest().get(&format!("/v1/market_days/{}", id.as_str().unwrap())).await.expect(200)
}

/// The market day held on this date.
pub(crate) async fn find_day_on(village: &Village, date: &str) -> Value {
    list_days(village)
        .await
        .into_iter()
        .find(|day| day["held_on"] == date)
        .unwrap_or_else(|| panic!("no market on {date}"))
}

pub(crate) fn offering_path(day: &Value, product: ProductId) -> String {
    format!("/v1/market_days/{}/offerings/{product}", day["id"].as_str().unwrap())
}

pub(crate) async fn list_offerings(village: &Village, day: &Value) -> Vec<Value> {
    let path = format!("/v1/market_days/{}/offerings", day["id"].as_str().unwrap());
    village.guest().get(&path).await.expect(200).json["data"].as_array().unwrap().clone()
}

/// Advances the clock to this moment and signs everybody in again.
pub(crate) async fn advance_to(village: &mut Village, moment: &str) {
    let now = village.clock.now();
    village.clock.advance(moment.parse::<Instant>().unwrap().utc() - now.utc());
    village.sari = village.sign_in_again(&village.sari).await;
    village.board = village.sign_in_again(&village.board).await;
    village.buyer = village.sign_in_again(&village.buyer).await;
    village.darsih = village.sign_in_again(&village.darsih).await;
}

/// The buyer orders from the offering of a product.
pub(crate) async fn order_offering(village: &Village, product: ProductId, day: &Value, quantity: i64) -> Reply {
    let batch =
        list_offerings(village, day).await.into_iter().find(|offering| offering["product"] == json!(product)).unwrap();
    let mut body = village.order_body(product, quantity, quantity * 2500);
    body["lines"][0]["batch"] = batch["batch"].clone();
    village.buyer.with_new_key().post("/v1/orders", body).await
}

async fn get_order(village: &Village, order: &Reply) -> Value {
    village.buyer.get(&format!("/v1/orders/{}", order.id())).await.expect(200).json
}

fn letters(village: &Village, to: &str) -> Vec<(String, String)> {
    village.mails().iter().filter(|mail| mail.to == to).map(|mail| (mail.kind.clone(), mail.text.clone())).collect()
}

#[actix_web::test]
async fn a_schedule_creates_its_days_ahead_once_and_everyone_sees_them() {
    let village = World::village().await;
    let schedule = create_schedule(&village, friday_schedule()).await;
    let shown = village.guest().get(&format!("/v1/schedules/{}", schedule.id())).await.expect(200);
    assert_eq!(shown.json["weekdays"], json!(["friday"]));
    let held = |days: &[Value]| days.iter().map(|day| day["held_on"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(held(&list_days(&village).await), ["2026-11-27", "2026-12-04", "2026-12-11", "2026-12-18"]);
    let first = &list_days(&village).await[0];
    assert_eq!(
        (&first["opens_at"], &first["closes_at"]),
        (&json!("2026-11-21T23:00:00Z"), &json!("2026-11-25T10:00:00Z"))
    );
    assert_eq!((&first["status"], &first["extends_to"]), (&json!("open"), &json!("2026-11-25T22:00:00Z")));
    village.clock.advance(Duration::hours(2));
    village.work().await;
    assert_eq!(list_days(&village).await.len(), 4, "a day is created once");
    let board = village.sign_in_again(&village.board).await;
    let path = format!("/v1/schedules/{}", schedule.id());
    let skip = json!({"skipped": ["2026-12-11"], "days_ahead": 40});
    let changed = board.with_version_of(&shown).patch(&path, skip.clone()).await.expect(200);
    board.with_version_of(&shown).patch(&path, skip).await.expect_problem(412, "version-stale");
    village.clock.advance(Duration::hours(1));
    village.work().await;
    let board = village.sign_in_again(&village.board).await;
    let now = list_days(&village).await;
    assert_eq!(held(&now), ["2026-11-27", "2026-12-04", "2026-12-11", "2026-12-18", "2026-12-25", "2027-01-01"]);
    assert_eq!(now[2]["status"], "cancelled");
    board.with_version_of(&changed).delete(&path).await.expect(204);
    village.clock.advance(Duration::days(20));
    village.work().await;
    let all = format!("/v1/cooperatives/{}/market_days?from=2026-11-01", village.cooperative);
    assert_eq!(village.guest().get(&all).await.expect(200).json["data"].as_array().unwrap().len(), 6, "no more days");
}

#[actix_web::test]
async fn offerings_can_be_ordered_while_the_day_is_open_and_closing_accepts_them() {
    let mut village = World::village().await;
    create_schedule(&village, friday_schedule()).await;
    let next = find_day_on(&village, "2026-12-04").await;
    let product = village.create_pastel(|_| {}).await;
    let path = offering_path(&next, product);
    let offering = village.sari.put(&path, json!({"capacity": 100, "minimum": 30})).await.expect(201);
    assert_eq!((&offering.json["available"], &offering.json["needed_to_run"]), (&json!(0), &json!(30)));
    assert_eq!(
        list_offerings(&village, &next).await,
        Vec::<Value>::new(),
        "offerings are not public before the day opens"
    );
    village.darsih.put(&path, json!({"capacity": 10})).await.expect_problem(404, "not-found");
    village.wati.put(&path, json!({"capacity": 10})).await.expect_problem(403, "forbidden");
    let too_early = village.order_body(product, 10, 25_000);
    village.buyer.with_new_key().post("/v1/orders", too_early).await.expect_problem(409, "sold-out");

    advance_to(&mut village, "2026-11-29T00:00:00Z").await;
    village.work().await;
    let open = list_offerings(&village, &next).await;
    assert_eq!((&open[0]["available"], &open[0]["needed_to_run"]), (&json!(100), &json!(30)));
    let availability = village.guest().get(&format!("/v1/products/{product}/availability")).await.expect(200);
    let row = &availability.json["data"][0];
    assert_eq!(
        (&row["kind"], &row["ready_on"], &row["needed_to_run"]),
        (&json!("market"), &json!("2026-12-04"), &json!(30))
    );
    let placed = order_offering(&village, product, &next, 40).await.expect(201);
    assert_eq!(placed.json["fulfilments"][0]["answer_by"], "2026-12-03T10:00:00Z", "closing accepts it");

    advance_to(&mut village, "2026-12-02T10:00:00Z").await;
    village.work().await;
    assert_eq!(get_day(&village, &next["id"]).await.str("status"), "closed");
    let order = get_order(&village, &placed).await;
    assert_eq!((&order["status"], &order["fulfilments"][0]["status"]), (&json!("confirmed"), &json!("accepted")));
    let mut kinds: Vec<String> = letters(&village, &village.buyer.email).into_iter().map(|(kind, _)| kind).collect();
    kinds.sort();
    assert_eq!(kinds, ["order-accepted", "order-placed"]);
    order_offering(&village, product, &next, 10).await.expect_problem(409, "cutoff-passed");
}

#[actix_web::test]
async fn an_offering_set_while_the_day_is_open_takes_effect_at_once() {
    let village = World::village().await;
    create_schedule(&village, friday_schedule()).await;
    let open = find_day_on(&village, "2026-11-27").await;
    let product = village.create_pastel(|_| {}).await;
    let path = offering_path(&open, product);
    let offering = village.sari.put(&path, json!({"capacity": 50})).await.expect(201);
    assert_eq!(offering.json["available"], 50);
    let placed = order_offering(&village, product, &open, 40).await.expect(201);
    let offering = village.sari.put(&path, json!({"capacity": 60, "price": 3000})).await.expect(200);
    assert_eq!((&offering.json["available"], &offering.json["price"]), (&json!(20), &json!(3000)));
    let refused = village.sari.put(&path, json!({"capacity": 30})).await.expect_problem(409, "batch-too-small");
    assert_eq!(refused.json["claimed"], 40);
    village.sari.put(&path, json!({"capacity": 60, "pack_size": 12})).await.expect_problem(409, "transition-invalid");
    village.sari.delete(&path).await.expect(204);
    let order = get_order(&village, &placed).await;
    assert_eq!(
        (&order["status"], &order["fulfilments"][0]["lines"][0]["reason"]),
        (&json!("cancelled"), &json!("called_off"))
    );
    assert_eq!(list_offerings(&village, &open).await[0]["left_out"], "withdrawn");
    village.work().await;
}

#[actix_web::test]
async fn an_offering_is_withdrawn_once_and_only_before_its_day_closes() {
    let village = World::village().await;
    create_schedule(&village, friday_schedule()).await;
    let open = find_day_on(&village, "2026-11-27").await;
    let (pastel, risoles) = (village.create_pastel(|_| {}).await, village.create_made_to_order().await);
    for product in [pastel, risoles] {
        village.sari.put(&offering_path(&open, product), json!({"capacity": 50})).await.expect(201);
    }
    village.sari.delete(&offering_path(&open, pastel)).await.expect(204);
    village.sari.delete(&offering_path(&open, pastel)).await.expect_problem(409, "transition-invalid");
    let path = format!("/v1/market_days/{}/transitions", open["id"].as_str().unwrap());
    village.board.with_new_key().post(&path, json!({"action": "close"})).await.expect(200);
    village.work().await;
    let refused = village.sari.delete(&offering_path(&open, risoles)).await.expect_problem(409, "transition-invalid");
    assert_eq!(refused.json["state"], "closed");
}

#[actix_web::test]
async fn the_board_sees_what_closing_would_do_and_closes_earlier() {
    let mut village = World::village().await;
    create_schedule(&village, friday_schedule()).await;
    let open = find_day_on(&village, "2026-11-27").await;
    let (pastel, risoles) = (village.create_pastel(|_| {}).await, village.create_made_to_order().await);
    village
        .sari
        .put(&offering_path(&open, pastel), json!({"capacity": 96, "minimum": 12, "pack_size": 12}))
        .await
        .expect(201);
    village.sari.put(&offering_path(&open, risoles), json!({"capacity": 50, "minimum": 30})).await.expect(201);
    order_offering(&village, pastel, &open, 30).await.expect(201);
    let before = village.dump_rows();
    let path = format!("/v1/market_days/{}/transitions", open["id"].as_str().unwrap());
    let close = json!({"action": "close"});
    let preview = village.board.get(&path.replace("transitions", "closing")).await.expect(200);
    let outcome = |product: ProductId| {
        let batches = preview.json["batches"].as_array().unwrap();
        batches.iter().find(|batch| batch["product"] == json!(product)).unwrap().clone()
    };
    assert_eq!(
        (&outcome(risoles)["outcome"], &outcome(risoles)["extends_to"]),
        (&json!("extend"), &json!("2026-11-25T22:00:00Z"))
    );
    let packs = outcome(pastel);
    assert_eq!((&packs["outcome"], &packs["quantity"]), (&json!("extend"), &json!(0)), "thirty fill no whole packs");
    assert_eq!(packs["allocations"], json!([]), "orders are kept while the batch is extended");
    let written: Vec<String> = diff_rows(&before, &village.dump_rows());
    assert!(written.iter().all(|row| row.starts_with("refresh_tokens ")), "nothing is written: {written:?}");
    village.sari.with_new_key().post(&path, close.clone()).await.expect_problem(404, "not-found");
    village.treasurer.with_new_key().post(&path, close.clone()).await.expect_problem(403, "forbidden");
    village.board.post(&path, close.clone()).await.expect_problem(400, "idempotency-key-required");
    village.board.with_new_key().post(&path, close.clone()).await.expect(200);
    order_offering(&village, pastel, &open, 12).await.expect_problem(409, "cutoff-passed");
    village.work().await;
    assert_eq!(get_day(&village, &open["id"]).await.str("status"), "closed");
    village.board.with_new_key().post(&path, close).await.expect_problem(409, "transition-invalid");
    advance_to(&mut village, "2026-11-25T22:00:00Z").await;
    village.work().await;
}

#[actix_web::test]
async fn a_day_is_moved_before_and_after_it_opened_and_everyone_concerned_is_notified() {
    let village = World::village().await;
    create_schedule(&village, friday_schedule()).await;
    let product = village.create_pastel(|offering| offering.shelf_life_days = Some(1)).await;
    let planned = find_day_on(&village, "2026-12-11").await;
    village.sari.put(&offering_path(&planned, product), json!({"capacity": 50})).await.expect(201);
    let path = format!("/v1/market_days/{}", planned["id"].as_str().unwrap());
    let before_move = village.guest().get(&path).await.expect(200);
    let saturday = json!({"held_on": "2026-12-12", "opens_at": "2026-12-06T23:00:00Z"});
    village.board.patch(&path, saturday.clone()).await.expect_problem(428, "version-required");
    let moved = village.board.with_version_of(&before_move).patch(&path, saturday).await.expect(200);
    assert_eq!((moved.str("held_on"), moved.str("status")), ("2026-12-12".into(), "planned".into()));

    let open = find_day_on(&village, "2026-11-27").await;
    village.sari.put(&offering_path(&open, product), json!({"capacity": 50})).await.expect(201);
    let placed = order_offering(&village, product, &open, 10).await.expect(201);
    let path = format!("/v1/market_days/{}", open["id"].as_str().unwrap());
    let before_move = village.guest().get(&path).await.expect(200);
    let editing = village.board.with_version_of(&before_move);
    editing.patch(&path, json!({"opens_at": "2026-11-24T00:00:00Z"})).await.expect_problem(409, "transition-invalid");
    editing.patch(&path, json!({"held_on": "2026-11-20"})).await.expect_problem(422, "body-invalid");
    let saturday = json!({"held_on": "2026-11-28", "closes_at": "2026-11-26T10:00:00Z", "extends_to": null});
    editing.patch(&path, saturday).await.expect(200);
    let order = get_order(&village, &placed).await;
    let part = &order["fulfilments"][0];
    assert_eq!((&part["ready_on"], &part["lines"][0]["ready_on"]), (&json!("2026-11-28"), &json!("2026-11-28")));
    assert_eq!(part["answer_by"], "2026-11-27T10:00:00Z", "the later closing accepts it");
    assert_eq!(order["cancellable_until"], "2026-11-26T10:00:00Z");
    let batch = village
        .sari
        .get(&format!("/v1/batches/{}", list_offerings(&village, &open).await[0]["batch"].as_str().unwrap()))
        .await;
    assert_eq!((&batch.json["ready_on"], &batch.json["best_before"]), (&json!("2026-11-28"), &json!("2026-11-29")));
    village.work().await;
    let buyer = letters(&village, &village.buyer.email);
    let letter = buyer.iter().find(|(kind, _)| kind == "order-moved").unwrap_or_else(|| panic!("{buyer:?}"));
    assert!(
        letter.1.contains("tidak lagi diserahkan Jumat, 27 November 2026, tetapi Sabtu, 28 November 2026"),
        "{}",
        letter.1
    );
    let officer = letters(&village, &village.sari.email);
    assert_eq!(officer.iter().filter(|(kind, _)| kind == "market-moved").count(), 2, "{officer:?}");
}

#[actix_web::test]
async fn a_day_is_cancelled_before_and_after_it_opened_and_everyone_concerned_is_notified() {
    let village = World::village().await;
    create_schedule(&village, friday_schedule()).await;
    let product = village.create_pastel(|_| {}).await;
    let (open, planned) = (find_day_on(&village, "2026-11-27").await, find_day_on(&village, "2026-12-04").await);
    for day in [&open, &planned] {
        village.sari.put(&offering_path(day, product), json!({"capacity": 50})).await.expect(201);
    }
    let placed = order_offering(&village, product, &open, 10).await.expect(201);
    let cancel = json!({"action": "cancel", "reason": "Balai desa dipakai hajatan"});
    for day in [&open, &planned] {
        let path = format!("/v1/market_days/{}/transitions", day["id"].as_str().unwrap());
        let cancelled = village.board.with_new_key().post(&path, cancel.clone()).await.expect(200);
        assert_eq!(
            (cancelled.str("status"), cancelled.str("reason")),
            ("cancelled".into(), "Balai desa dipakai hajatan".into())
        );
        village.board.with_new_key().post(&path, cancel.clone()).await.expect_problem(409, "transition-invalid");
    }
    let order = get_order(&village, &placed).await;
    assert_eq!((&order["status"], &order["total"]), (&json!("cancelled"), &json!(0)));
    assert_eq!(order["fulfilments"][0]["lines"][0]["reason"], "called_off");
    village.work().await;
    let buyer = letters(&village, &village.buyer.email);
    let letter = buyer.iter().find(|(kind, _)| kind == "order-shrunk").unwrap_or_else(|| panic!("{buyer:?}"));
    assert!(letter.1.contains("terpaksa dibatalkan"), "{}", letter.1);
    let officer = letters(&village, &village.sari.email);
    let letters: Vec<_> = officer.iter().filter(|(kind, _)| kind == "market-cancelled").collect();
    assert_eq!(letters.len(), 2, "{officer:?}");
    assert!(letters[0].1.contains("Balai desa dipakai hajatan"), "{}", letters[0].1);
}

#[actix_web::test]
async fn the_last_offerings_are_proposed_and_repeating_ones_are_copied() {
    let mut village = World::village().await;
    create_schedule(&village, friday_schedule()).await;
    let (pastel, risoles) = (village.create_pastel(|_| {}).await, village.create_made_to_order().await);
    let first = find_day_on(&village, "2026-12-18").await;
    village
        .sari
        .put(&offering_path(&first, pastel), json!({"capacity": 50, "minimum": 10, "repeats": true}))
        .await
        .expect(201);
    village.sari.put(&offering_path(&first, risoles), json!({"capacity": 30, "price": 2000})).await.expect(201);
    // Now the next Friday is within `days_ahead`.
    advance_to(&mut village, "2026-11-27T01:00:00Z").await;
    village.work().await;
    let next = find_day_on(&village, "2026-12-25").await;
    let path = format!("/v1/market_days/{}", next["id"].as_str().unwrap());
    let offering = village.sari.get(&format!("{path}/offerings")).await.expect(200);
    let offering = offering.json["data"].as_array().unwrap();
    assert_eq!(offering.iter().map(|offering| &offering["product"]).collect::<Vec<_>>(), [&json!(pastel)]);
    let list = format!("{path}/proposals?group={}", village.sekar_laras);
    let proposed = village.sari.get(&list).await.expect(200);
    let rows: Vec<_> = proposed.json["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["capacity"].as_i64(), row["price"].as_i64(), row["is_brought"].as_bool().unwrap()))
        .collect();
    let mut rows = rows;
    rows.sort();
    assert_eq!(rows, [(Some(30), Some(2000), false), (Some(50), None, true)]);
    assert_eq!(village.darsih.get(&list).await.expect(200).json["data"], json!([]));
}

#[actix_web::test]
async fn an_invalid_schedule_is_refused() {
    let village = World::village().await;
    let path = format!("/v1/cooperatives/{}/schedules", village.cooperative);
    let wrong = |field: &str, value: Value| {
        let mut body = friday_schedule();
        body[field] = value;
        body
    };
    for (body, pointer) in [
        (wrong("weekdays", json!([])), "/weekdays"),
        (wrong("closes_days_before", json!(6)), "/closes_at"),
        (wrong("extension_hours", json!(100)), "/extension_hours"),
        (wrong("until", json!("06:00")), "/until"),
        (wrong("ends_on", json!("2026-11-01")), "/ends_on"),
        (wrong("pickup_point", json!(village.foreign_pickup_point)), "/pickup_point"),
        (wrong("every_weeks", json!(9)), "/every_weeks"),
    ] {
        let refused = village.board.with_new_key().post(&path, body).await.expect_problem(422, "body-invalid");
        assert_eq!(refused.json["errors"][0]["pointer"], pointer);
    }
    village
        .board
        .with_new_key()
        .post(&path, wrong("opens_at", json!("6 pagi")))
        .await
        .expect_problem(400, "body-unreadable");
    village.sari.with_new_key().post(&path, friday_schedule()).await.expect_problem(404, "not-found");
    village.treasurer.with_new_key().post(&path, friday_schedule()).await.expect_problem(403, "forbidden");
    village.foreign_board.with_new_key().post(&path, friday_schedule()).await.expect_problem(404, "not-found");
    let listed = village.guest().get(&path).await.expect(200);
    assert_eq!(listed.json["data"], json!([]), "nothing is written");
}
