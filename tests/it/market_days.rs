//! Market days: what groups bring together, ordered ahead, decided at the closing, moved and called off.

use lumbung::kernel::ids::ProductId;
use lumbung::kernel::{Duration, Instant};
use serde_json::{Value, json};

use crate::world::{Reply, Village, World, changes};

/// Every Friday; orders open on Sunday at six and close on Wednesday at five in the afternoon.
pub(crate) fn fridays() -> Value {
    json!({
        "name": "Pasar Jumat", "weekdays": ["friday"], "opens_days_before": 5, "opens_at": "06:00",
        "closes_days_before": 2, "closes_at": "17:00", "extension_hours": 12, "from": "07:00", "until": "10:00",
    })
}

pub(crate) async fn scheduled(village: &Village, schedule: Value) -> Reply {
    let path = format!("/v1/cooperatives/{}/schedules", village.cooperative);
    let made = village.board.fresh_key().post(&path, schedule).await.expect(201);
    village.work().await;
    made
}

async fn days(village: &Village) -> Vec<Value> {
    let path = format!("/v1/cooperatives/{}/market_days", village.cooperative);
    village.guest().get(&path).await.expect(200).json["data"].as_array().unwrap().clone()
}

pub(crate) async fn day(village: &Village, id: &Value) -> Reply {
    village.guest().get(&format!("/v1/market_days/{}", id.as_str().unwrap())).await.expect(200)
}

/// The day of this date.
pub(crate) async fn held_on(village: &Village, date: &str) -> Value {
    days(village).await.into_iter().find(|day| day["held_on"] == date).unwrap_or_else(|| panic!("no market on {date}"))
}

pub(crate) fn offering(day: &Value, product: ProductId) -> String {
    format!("/v1/market_days/{}/offerings/{product}", day["id"].as_str().unwrap())
}

pub(crate) async fn brought(village: &Village, day: &Value) -> Vec<Value> {
    let path = format!("/v1/market_days/{}/offerings", day["id"].as_str().unwrap());
    village.guest().get(&path).await.expect(200).json["data"].as_array().unwrap().clone()
}

/// The clock shows this moment, and everybody who acts has a token of it.
pub(crate) async fn at(village: &mut Village, moment: &str) {
    let now = village.clock.now();
    village.clock.advance(moment.parse::<Instant>().unwrap().utc() - now.utc());
    village.sari = village.again(&village.sari).await;
    village.board = village.again(&village.board).await;
    village.buyer = village.again(&village.buyer).await;
    village.darsih = village.again(&village.darsih).await;
}

/// The buyer orders of what is brought.
pub(crate) async fn ordered(village: &Village, product: ProductId, day: &Value, quantity: i64) -> Reply {
    let batch = brought(village, day).await.into_iter().find(|it| it["product"] == json!(product)).unwrap();
    let mut body = village.order_of(product, quantity, quantity * 2500);
    body["lines"][0]["batch"] = batch["batch"].clone();
    village.buyer.fresh_key().post("/v1/orders", body).await
}

async fn order(village: &Village, order: &Reply) -> Value {
    village.buyer.get(&format!("/v1/orders/{}", order.id())).await.expect(200).json
}

fn letters(village: &Village, to: &str) -> Vec<(String, String)> {
    village.mails().iter().filter(|mail| mail.to == to).map(|mail| (mail.kind.clone(), mail.text.clone())).collect()
}

#[actix_web::test]
async fn a_schedule_creates_its_days_ahead_once_and_everyone_sees_them() {
    let village = World::village().await;
    let schedule = scheduled(&village, fridays()).await;
    let shown = village.guest().get(&format!("/v1/schedules/{}", schedule.id())).await.expect(200);
    assert_eq!(shown.json["weekdays"], json!(["friday"]));
    let held = |days: &[Value]| days.iter().map(|day| day["held_on"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(held(&days(&village).await), ["2026-11-27", "2026-12-04", "2026-12-11", "2026-12-18"]);
    let first = &days(&village).await[0];
    assert_eq!(
        (&first["opens_at"], &first["closes_at"]),
        (&json!("2026-11-21T23:00:00Z"), &json!("2026-11-25T10:00:00Z"))
    );
    assert_eq!((&first["status"], &first["extends_to"]), (&json!("open"), &json!("2026-11-25T22:00:00Z")));
    village.clock.advance(Duration::hours(2));
    village.work().await;
    assert_eq!(days(&village).await.len(), 4, "a day is created once");
    let board = village.again(&village.board).await;
    let path = format!("/v1/schedules/{}", schedule.id());
    let skip = json!({"skipped": ["2026-12-11"], "days_ahead": 40});
    let changed = board.editing(&shown).patch(&path, skip.clone()).await.expect(200);
    board.editing(&shown).patch(&path, skip).await.problem(412, "version-stale");
    village.clock.advance(Duration::hours(1));
    village.work().await;
    let board = village.again(&village.board).await;
    let now = days(&village).await;
    assert_eq!(held(&now), ["2026-11-27", "2026-12-04", "2026-12-11", "2026-12-18", "2026-12-25", "2027-01-01"]);
    assert_eq!(now[2]["status"], "cancelled");
    board.editing(&changed).delete(&path).await.expect(204);
    village.clock.advance(Duration::days(20));
    village.work().await;
    let all = format!("/v1/cooperatives/{}/market_days?from=2026-11-01", village.cooperative);
    assert_eq!(village.guest().get(&all).await.expect(200).json["data"].as_array().unwrap().len(), 6, "no more days");
}

#[actix_web::test]
async fn what_is_brought_can_be_ordered_while_the_day_is_open_and_is_accepted_by_its_closing() {
    let mut village = World::village().await;
    scheduled(&village, fridays()).await;
    let next = held_on(&village, "2026-12-04").await;
    let product = village.pastel(|_| {}).await;
    let path = offering(&next, product);
    let said = village.sari.put(&path, json!({"capacity": 100, "minimum": 30})).await.expect(201);
    assert_eq!((&said.json["available"], &said.json["needed_to_run"]), (&json!(0), &json!(30)));
    assert_eq!(brought(&village, &next).await, Vec::<Value>::new(), "before it opens nobody is told");
    village.darsih.put(&path, json!({"capacity": 10})).await.problem(404, "not-found");
    village.wati.put(&path, json!({"capacity": 10})).await.problem(403, "forbidden");
    let nothing_yet = village.order_of(product, 10, 25_000);
    village.buyer.fresh_key().post("/v1/orders", nothing_yet).await.problem(409, "sold-out");

    at(&mut village, "2026-11-29T00:00:00Z").await;
    village.work().await;
    let open = brought(&village, &next).await;
    assert_eq!((&open[0]["available"], &open[0]["needed_to_run"]), (&json!(100), &json!(30)));
    let availability = village.guest().get(&format!("/v1/products/{product}/availability")).await.expect(200);
    let row = &availability.json["data"][0];
    assert_eq!(
        (&row["kind"], &row["ready_on"], &row["needed_to_run"]),
        (&json!("market"), &json!("2026-12-04"), &json!(30))
    );
    let placed = ordered(&village, product, &next, 40).await.expect(201);
    assert_eq!(placed.json["fulfilments"][0]["answer_by"], "2026-12-03T10:00:00Z", "the closing answers");

    at(&mut village, "2026-12-02T10:00:00Z").await;
    village.work().await;
    assert_eq!(day(&village, &next["id"]).await.str("status"), "closed");
    let order = order(&village, &placed).await;
    assert_eq!((&order["status"], &order["fulfilments"][0]["status"]), (&json!("confirmed"), &json!("accepted")));
    let mut kinds: Vec<String> = letters(&village, &village.buyer.email).into_iter().map(|(kind, _)| kind).collect();
    kinds.sort();
    assert_eq!(kinds, ["order-accepted", "order-placed"]);
    ordered(&village, product, &next, 10).await.problem(409, "cutoff-passed");
}

#[actix_web::test]
async fn what_is_said_while_the_day_is_open_follows_at_once() {
    let village = World::village().await;
    scheduled(&village, fridays()).await;
    let open = held_on(&village, "2026-11-27").await;
    let product = village.pastel(|_| {}).await;
    let path = offering(&open, product);
    let said = village.sari.put(&path, json!({"capacity": 50})).await.expect(201);
    assert_eq!(said.json["available"], 50);
    let placed = ordered(&village, product, &open, 40).await.expect(201);
    let said = village.sari.put(&path, json!({"capacity": 60, "price": 3000})).await.expect(200);
    assert_eq!((&said.json["available"], &said.json["price"]), (&json!(20), &json!(3000)));
    let refused = village.sari.put(&path, json!({"capacity": 30})).await.problem(409, "batch-too-small");
    assert_eq!(refused.json["claimed"], 40);
    village.sari.put(&path, json!({"capacity": 60, "pack_size": 12})).await.problem(409, "transition-invalid");
    village.sari.delete(&path).await.expect(204);
    let order = order(&village, &placed).await;
    assert_eq!(
        (&order["status"], &order["fulfilments"][0]["lines"][0]["reason"]),
        (&json!("cancelled"), &json!("called_off"))
    );
    assert_eq!(brought(&village, &open).await[0]["left_out"], "withdrawn");
    village.work().await;
}

#[actix_web::test]
async fn the_board_sees_what_closing_would_do_and_closes_earlier() {
    let mut village = World::village().await;
    scheduled(&village, fridays()).await;
    let open = held_on(&village, "2026-11-27").await;
    let (pastel, risoles) = (village.pastel(|_| {}).await, village.pastel_on_order().await);
    village
        .sari
        .put(&offering(&open, pastel), json!({"capacity": 96, "minimum": 12, "pack_size": 12}))
        .await
        .expect(201);
    village.sari.put(&offering(&open, risoles), json!({"capacity": 50, "minimum": 30})).await.expect(201);
    ordered(&village, pastel, &open, 30).await.expect(201);
    let before = village.everything();
    let path = format!("/v1/market_days/{}/transitions", open["id"].as_str().unwrap());
    let close = json!({"action": "close"});
    let dry = village.board.post(&format!("{path}?dry_run=true"), close.clone()).await.expect(200);
    let outcome = |of: ProductId| {
        let batches = dry.json["batches"].as_array().unwrap();
        batches.iter().find(|batch| batch["product"] == json!(of)).unwrap().clone()
    };
    assert_eq!(
        (&outcome(risoles)["outcome"], &outcome(risoles)["extends_to"]),
        (&json!("extend"), &json!("2026-11-25T22:00:00Z"))
    );
    let packs = outcome(pastel);
    assert_eq!(
        (&packs["outcome"], &packs["quantity"]),
        (&json!("extend"), &json!(0)),
        "thirty in one lump fill no whole packs"
    );
    assert_eq!(packs["allocations"], json!([]), "who holds something keeps it while there is more time");
    let written: Vec<String> = changes(&before, &village.everything());
    assert!(written.iter().all(|row| row.starts_with("refresh_tokens ")), "nothing is written: {written:?}");
    village.sari.fresh_key().post(&path, close.clone()).await.problem(404, "not-found");
    village.treasurer.fresh_key().post(&path, close.clone()).await.problem(403, "forbidden");
    village.board.post(&path, close.clone()).await.problem(400, "idempotency-key-required");
    village.board.fresh_key().post(&path, close.clone()).await.expect(200);
    ordered(&village, pastel, &open, 12).await.problem(409, "cutoff-passed");
    village.work().await;
    assert_eq!(day(&village, &open["id"]).await.str("status"), "closed");
    village.board.fresh_key().post(&path, close).await.problem(409, "transition-invalid");
    at(&mut village, "2026-11-25T22:00:00Z").await;
    village.work().await;
}

#[actix_web::test]
async fn a_day_is_moved_before_and_after_it_opened_and_everyone_concerned_is_told() {
    let village = World::village().await;
    scheduled(&village, fridays()).await;
    let product = village.pastel(|offering| offering.shelf_life_days = Some(1)).await;
    let planned = held_on(&village, "2026-12-11").await;
    village.sari.put(&offering(&planned, product), json!({"capacity": 50})).await.expect(201);
    let path = format!("/v1/market_days/{}", planned["id"].as_str().unwrap());
    let seen = village.guest().get(&path).await.expect(200);
    let saturday = json!({"held_on": "2026-12-12", "opens_at": "2026-12-06T23:00:00Z"});
    village.board.patch(&path, saturday.clone()).await.problem(428, "version-required");
    let moved = village.board.editing(&seen).patch(&path, saturday).await.expect(200);
    assert_eq!((moved.str("held_on"), moved.str("status")), ("2026-12-12".into(), "planned".into()));

    let open = held_on(&village, "2026-11-27").await;
    village.sari.put(&offering(&open, product), json!({"capacity": 50})).await.expect(201);
    let placed = ordered(&village, product, &open, 10).await.expect(201);
    let path = format!("/v1/market_days/{}", open["id"].as_str().unwrap());
    let seen = village.guest().get(&path).await.expect(200);
    let editing = village.board.editing(&seen);
    editing.patch(&path, json!({"opens_at": "2026-11-24T00:00:00Z"})).await.problem(409, "transition-invalid");
    editing.patch(&path, json!({"held_on": "2026-11-20"})).await.problem(422, "body-invalid");
    let saturday = json!({"held_on": "2026-11-28", "closes_at": "2026-11-26T10:00:00Z", "extends_to": null});
    editing.patch(&path, saturday).await.expect(200);
    let order = order(&village, &placed).await;
    let part = &order["fulfilments"][0];
    assert_eq!((&part["ready_on"], &part["lines"][0]["ready_on"]), (&json!("2026-11-28"), &json!("2026-11-28")));
    assert_eq!(part["answer_by"], "2026-11-27T10:00:00Z", "the later closing still answers");
    assert_eq!(order["cancellable_until"], "2026-11-26T10:00:00Z");
    let batch = village
        .sari
        .get(&format!("/v1/batches/{}", brought(&village, &open).await[0]["batch"].as_str().unwrap()))
        .await;
    assert_eq!((&batch.json["ready_on"], &batch.json["best_before"]), (&json!("2026-11-28"), &json!("2026-11-29")));
    village.work().await;
    let buyer = letters(&village, &village.buyer.email);
    let told = buyer.iter().find(|(kind, _)| kind == "order-moved").unwrap_or_else(|| panic!("{buyer:?}"));
    assert!(
        told.1.contains("tidak lagi diserahkan Jumat, 27 November 2026, tetapi Sabtu, 28 November 2026"),
        "{}",
        told.1
    );
    let officer = letters(&village, &village.sari.email);
    assert_eq!(officer.iter().filter(|(kind, _)| kind == "market-moved").count(), 2, "{officer:?}");
}

#[actix_web::test]
async fn a_day_is_called_off_before_and_after_it_opened_and_everyone_concerned_is_told() {
    let village = World::village().await;
    scheduled(&village, fridays()).await;
    let product = village.pastel(|_| {}).await;
    let (open, planned) = (held_on(&village, "2026-11-27").await, held_on(&village, "2026-12-04").await);
    for day in [&open, &planned] {
        village.sari.put(&offering(day, product), json!({"capacity": 50})).await.expect(201);
    }
    let placed = ordered(&village, product, &open, 10).await.expect(201);
    let cancel = json!({"action": "cancel", "reason": "Balai desa dipakai hajatan"});
    for day in [&open, &planned] {
        let path = format!("/v1/market_days/{}/transitions", day["id"].as_str().unwrap());
        let gone = village.board.fresh_key().post(&path, cancel.clone()).await.expect(200);
        assert_eq!((gone.str("status"), gone.str("reason")), ("cancelled".into(), "Balai desa dipakai hajatan".into()));
        village.board.fresh_key().post(&path, cancel.clone()).await.problem(409, "transition-invalid");
    }
    let order = order(&village, &placed).await;
    assert_eq!((&order["status"], &order["total"]), (&json!("cancelled"), &json!(0)));
    assert_eq!(order["fulfilments"][0]["lines"][0]["reason"], "called_off");
    village.work().await;
    let buyer = letters(&village, &village.buyer.email);
    let told = buyer.iter().find(|(kind, _)| kind == "order-shrunk").unwrap_or_else(|| panic!("{buyer:?}"));
    assert!(told.1.contains("terpaksa dibatalkan"), "{}", told.1);
    let officer = letters(&village, &village.sari.email);
    let told: Vec<_> = officer.iter().filter(|(kind, _)| kind == "market-cancelled").collect();
    assert_eq!(told.len(), 2, "{officer:?}");
    assert!(told[0].1.contains("Balai desa dipakai hajatan"), "{}", told[0].1);
}

#[actix_web::test]
async fn the_last_time_is_the_proposal_and_what_repeats_is_brought_again() {
    let mut village = World::village().await;
    scheduled(&village, fridays()).await;
    let (pastel, risoles) = (village.pastel(|_| {}).await, village.pastel_on_order().await);
    let first = held_on(&village, "2026-12-18").await;
    village
        .sari
        .put(&offering(&first, pastel), json!({"capacity": 50, "minimum": 10, "repeats": true}))
        .await
        .expect(201);
    village.sari.put(&offering(&first, risoles), json!({"capacity": 30, "price": 2000})).await.expect(201);
    // The next Friday comes within reach.
    at(&mut village, "2026-11-27T01:00:00Z").await;
    village.work().await;
    let next = held_on(&village, "2026-12-25").await;
    let path = format!("/v1/market_days/{}", next["id"].as_str().unwrap());
    let said = village.sari.get(&format!("{path}/offerings")).await.expect(200);
    let said = said.json["data"].as_array().unwrap();
    assert_eq!(said.iter().map(|it| &it["product"]).collect::<Vec<_>>(), [&json!(pastel)]);
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
async fn a_schedule_that_does_not_hold_together_is_refused() {
    let village = World::village().await;
    let path = format!("/v1/cooperatives/{}/schedules", village.cooperative);
    let wrong = |field: &str, value: Value| {
        let mut body = fridays();
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
        let refused = village.board.fresh_key().post(&path, body).await.problem(422, "body-invalid");
        assert_eq!(refused.json["errors"][0]["pointer"], pointer);
    }
    village.board.fresh_key().post(&path, wrong("opens_at", json!("6 pagi"))).await.problem(400, "body-unreadable");
    village.sari.fresh_key().post(&path, fridays()).await.problem(404, "not-found");
    village.treasurer.fresh_key().post(&path, fridays()).await.problem(403, "forbidden");
    village.foreign_board.fresh_key().post(&path, fridays()).await.problem(404, "not-found");
    let listed = village.guest().get(&path).await.expect(200);
    assert_eq!(listed.json["data"], json!([]), "nothing is written");
}
