//! Standing orders: recurring orders that claim before anyone else.

use lumbung::kernel::ids::ProductId;
use lumbung::kernel::{Duration, Instant, Quantity};
use serde_json::{Value, json};

use crate::world::{Person, Reply, Village, World, pastel};

/// A standing order for every Friday.
fn friday_order(village: &Village, product: ProductId, quantity: i64, at_least: i64) -> Value {
    json!({
        "cooperative": village.cooperative,
        "lines": [{"product": product, "quantity": quantity, "at_least": at_least}],
        "weekdays": ["friday"],
    })
}

async fn create_standing_order(village: &Village, person: &Person, body: Value) -> Reply {
    let standing_order = person.with_new_key().post("/v1/standing_orders", body).await.expect(201);
    village.work().await;
    standing_order
}

async fn list_occurrences(person: &Person, standing_order: &Reply) -> Vec<Value> {
    let path = format!("/v1/standing_orders/{}/occurrences", standing_order.id());
    let mut days = person.get(&path).await.expect(200).json["data"].as_array().unwrap().clone();
    days.reverse();
    days
}

fn dates_and_statuses(days: &[Value]) -> Vec<(String, String)> {
    days.iter()
        .map(|day| (day["due_on"].as_str().unwrap().to_owned(), day["status"].as_str().unwrap().to_owned()))
        .collect()
}

fn expected(days: &[(&str, &str)]) -> Vec<(String, String)> {
    days.iter().map(|(day, status)| ((*day).to_owned(), (*status).to_owned())).collect()
}

async fn get_order(person: &Person, day: &Value) -> Value {
    person.get(&format!("/v1/orders/{}", day["order"].as_str().unwrap())).await.expect(200).json
}

/// The available quantity of a product on a day.
async fn available(village: &Village, product: ProductId, day: &str) -> Value {
    let path = format!("/v1/products/{product}/availability?from={day}&to={day}");
    village.guest().get(&path).await.expect(200).json["data"][0]["available"].clone()
}

async fn advance_to(village: &mut Village, moment: &str) {
    let now = village.clock.now();
    village.clock.advance(moment.parse::<Instant>().unwrap().utc() - now.utc());
    village.sari = village.sign_in_again(&village.sari).await;
    village.board = village.sign_in_again(&village.board).await;
    village.buyer = village.sign_in_again(&village.buyer).await;
    village.other_buyer = village.sign_in_again(&village.other_buyer).await;
}

fn letters(village: &Village, to: &Person) -> Vec<String> {
    village.mails().iter().filter(|mail| mail.to == to.email).map(|mail| mail.kind.clone()).collect()
}

#[actix_web::test]
async fn it_places_orders_on_its_days_and_its_group_sees_what_is_committed() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let standing_order = create_standing_order(&village, &village.buyer, friday_order(&village, product, 20, 15)).await;
    let days = list_occurrences(&village.buyer, &standing_order).await;
    assert_eq!(
        dates_and_statuses(&days),
        expected(&[("2026-11-27", "placed"), ("2026-12-04", "placed")]),
        "fifteen days ahead"
    );
    let order = get_order(&village.buyer, &days[0]).await;
    assert_eq!((&order["status"], &order["fulfilments"][0]["status"]), (&json!("confirmed"), &json!("accepted")));
    assert_eq!((&order["total"], &order["fulfilments"][0]["ready_on"]), (&json!(50_000), &json!("2026-11-27")));
    assert_eq!(available(&village, product, "2026-11-27").await, 40);
    let board_path = format!("/v1/groups/{}/board", village.sekar_laras);
    let board = village.sari.get(&board_path).await.expect(200);
    let standing_on: Vec<_> = board.json["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["standing"] != 0)
        .map(|row| json!([row["day"], row["product"], row["standing"]]))
        .collect();
    assert_eq!(standing_on, [json!(["2026-11-27", product, 20]), json!(["2026-12-04", product, 20])]);
    village.darsih.get(&board_path).await.expect_problem(404, "not-found");
    village.work().await;
    assert_eq!(list_occurrences(&village.buyer, &standing_order).await.len(), 2, "a day yields at most one order");
    let order_path = format!("/v1/standing_orders/{}", standing_order.id());
    village.other_buyer.get(&order_path).await.expect_problem(404, "not-found");
    village.guest().get(&order_path).await.expect_problem(401, "unauthenticated");
    let listed = village.buyer.get("/v1/standing_orders").await.expect(200);
    assert_eq!(listed.json["data"][0]["id"], json!(standing_order.id()));
    assert_eq!(village.other_buyer.get("/v1/standing_orders").await.expect(200).json["data"], json!([]));
}

#[actix_web::test]
async fn it_claims_a_day_before_that_day_is_open_to_everyone() {
    let mut village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let mut daily = friday_order(&village, product, 60, 60);
    daily["weekdays"] = json!(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]);
    let standing_order = create_standing_order(&village, &village.buyer, daily).await;
    let last = list_occurrences(&village.buyer, &standing_order).await.pop().unwrap();
    assert_eq!((&last["due_on"], &last["status"]), (&json!("2026-12-08"), &json!("placed")));
    // The day on which everyone may order for the eighth.
    advance_to(&mut village, "2026-11-23T17:00:00Z").await;
    let mut guest_order = village.order_body(product, 30, 75_000);
    guest_order["lines"][0]["ready_on"] = json!("2026-12-08");
    village.other_buyer.with_new_key().post("/v1/orders", guest_order).await.expect_problem(409, "sold-out");
    village.work().await;
}

#[actix_web::test]
async fn when_a_market_day_opens_standing_orders_claim_before_a_hundred_guests() {
    let mut village = World::village_with(|config| config.database.wait_ms = 60_000).await;
    let market = json!({
        "name": "Pasar Jumat", "weekdays": ["friday"], "opens_days_before": 4, "opens_at": "06:00",
        "closes_days_before": 1, "closes_at": "17:00", "from": "07:00", "until": "10:00",
    });
    let path = format!("/v1/cooperatives/{}/schedules", village.cooperative);
    village.board.with_new_key().post(&path, market).await.expect(201);
    village.work().await;
    let days = format!("/v1/cooperatives/{}/market_days?from=2026-12-04", village.cooperative);
    let day = village.guest().get(&days).await.expect(200).json["data"][0].clone();
    let product = village.create_pastel(|_| {}).await;
    let offering = format!("/v1/market_days/{}/offerings/{product}", day["id"].as_str().unwrap());
    village.sari.put(&offering, json!({"capacity": 50})).await.expect(201);
    let every = |quantity: i64, at_least: i64| {
        let mut body = friday_order(&village, product, quantity, at_least);
        body["every_market_day"] = json!(true);
        body.as_object_mut().unwrap().remove("weekdays");
        body
    };
    let first = create_standing_order(&village, &village.buyer, every(20, 20)).await;
    let second = create_standing_order(&village, &village.other_buyer, every(12, 6)).await;
    assert_eq!(list_occurrences(&village.buyer, &first).await, Vec::<Value>::new(), "the day is not open");

    advance_to(&mut village, "2026-11-29T23:00:00Z").await;
    // A hundred guests order while the day opens.
    let guest_body = {
        let mut body = village.guest_order_body(product, 1, 2_500);
        body["lines"][0]["ready_on"] = json!("2026-12-04");
        body
    };
    let opening = {
        let (app, now) = (village.app.clone(), village.clock.now());
        tokio::task::spawn_blocking(move || {
            lumbung::standing_orders::process_due(&app.state.db, now, &app.orders, &app.market).unwrap()
        })
    };
    let mut sold = 0;
    for _ in 0..4 {
        let guest_orders = (0..25).map(|_| {
            let (guest, body) = (village.guest().with_new_key(), guest_body.clone());
            async move { guest.post("/v1/orders", body).await }
        });
        for reply in futures_util::future::join_all(guest_orders).await {
            match reply.status {
                201 => sold += 1,
                409 => assert_eq!(reply.str("code"), "sold-out"),
                other => panic!("{other}: {}", reply.text()),
            }
        }
    }
    opening.await.unwrap();
    let (own_days, other_days) =
        (list_occurrences(&village.buyer, &first).await, list_occurrences(&village.other_buyer, &second).await);
    assert_eq!(dates_and_statuses(&own_days), expected(&[("2026-12-04", "placed")]));
    let quantity = async |person: &Person, day: &Value| {
        get_order(person, day).await["fulfilments"][0]["lines"][0]["quantity"].as_i64().unwrap()
    };
    let (own_quantity, other_quantity) =
        (quantity(&village.buyer, &own_days[0]).await, quantity(&village.other_buyer, &other_days[0]).await);
    assert_eq!((own_quantity, other_quantity), (20, 12), "standing orders are served first");
    let more = (0..30).map(|_| village.guest().with_new_key());
    for guest in more {
        sold += i64::from(guest.post("/v1/orders", guest_body.clone()).await.status == 201);
    }
    assert_eq!(own_quantity + other_quantity + sold, 50, "and nothing is sold twice");
    village.work().await;
}

#[actix_web::test]
async fn a_day_is_skipped_and_unskipped() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let standing_order = create_standing_order(&village, &village.buyer, friday_order(&village, product, 20, 20)).await;
    let skips = format!("/v1/standing_orders/{}/skips", standing_order.id());
    let skipped = village.buyer.put(&format!("{skips}/2026-12-04"), json!(null)).await.expect(200);
    assert_eq!(skipped.json["skipped"], json!(["2026-12-04"]));
    let days = list_occurrences(&village.buyer, &standing_order).await;
    assert_eq!(dates_and_statuses(&days), expected(&[("2026-11-27", "placed"), ("2026-12-04", "skipped")]));
    assert_eq!(get_order(&village.buyer, &days[1]).await["status"], "cancelled");
    assert_eq!(available(&village, product, "2026-12-04").await, 60);
    village.buyer.delete(&format!("{skips}/2026-12-04")).await.expect(200);
    assert_eq!(available(&village, product, "2026-12-04").await, 40, "it claims again");
    village.buyer.delete(&format!("{skips}/2026-12-04")).await.expect_problem(404, "not-found");
    village.other_buyer.put(&format!("{skips}/2026-12-04"), json!(null)).await.expect_problem(404, "not-found");
    village.buyer.put(&format!("{skips}/2026-11-20"), json!(null)).await.expect_problem(422, "body-invalid");
    village.work().await;
}

#[actix_web::test]
async fn skipping_too_late_is_refused_and_changes_nothing() {
    let mut village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let standing_order = create_standing_order(&village, &village.buyer, friday_order(&village, product, 20, 20)).await;
    // The cut-off of the 27th was at five in the afternoon.
    advance_to(&mut village, "2026-11-25T11:00:00Z").await;
    village.work().await;
    let path = format!("/v1/standing_orders/{}/skips/2026-11-27", standing_order.id());
    village.buyer.put(&path, json!(null)).await.expect_problem(409, "cancel-too-late");
    let response = village.buyer.get(&format!("/v1/standing_orders/{}", standing_order.id())).await.expect(200);
    assert_eq!((&response.json["skipped"], &response.json["version"]), (&json!([]), &json!(1)));
}

#[actix_web::test]
async fn it_is_paused_until_a_day_resumed_and_ended() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let standing_order = create_standing_order(&village, &village.buyer, friday_order(&village, product, 20, 20)).await;
    let path = format!("/v1/standing_orders/{}/transitions", standing_order.id());
    let transition = |body: Value| {
        let (buyer, path) = (village.buyer.with_new_key(), path.clone());
        async move { buyer.post(&path, body).await }
    };
    transition(json!({"action": "pause", "until": "2026-11-23"})).await.expect_problem(422, "body-invalid");
    transition(json!({"action": "resume"})).await.expect_problem(409, "transition-invalid");
    let paused = transition(json!({"action": "pause", "until": "2026-12-01"})).await.expect(200);
    assert_eq!((paused.str("status"), paused.str("paused_until")), ("paused".into(), "2026-12-01".into()));
    let days = list_occurrences(&village.buyer, &standing_order).await;
    assert_eq!(
        dates_and_statuses(&days),
        expected(&[("2026-11-27", "skipped"), ("2026-12-04", "placed")]),
        "it is paused until then"
    );
    village.work().await;
    let resumed = transition(json!({"action": "resume"})).await.expect(200);
    assert_eq!(resumed.str("status"), "active");
    let ended = transition(json!({"action": "end"})).await.expect(200);
    assert_eq!((ended.str("status"), &ended.json["actions"]), ("ended".into(), &json!([])));
    let days = list_occurrences(&village.buyer, &standing_order).await;
    assert!(days.iter().all(|day| day["status"] == "skipped"), "{days:?}");
    assert_eq!(available(&village, product, "2026-12-04").await, 60);
    transition(json!({"action": "pause"})).await.expect_problem(409, "transition-invalid");
    village.work().await;
}

#[actix_web::test]
async fn an_update_applies_to_orders_that_can_still_be_cancelled() {
    let mut village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let standing_order = create_standing_order(&village, &village.buyer, friday_order(&village, product, 20, 20)).await;
    advance_to(&mut village, "2026-11-25T11:00:00Z").await;
    village.work().await;
    let path = format!("/v1/standing_orders/{}", standing_order.id());
    let more = json!({"lines": [{"product": product, "quantity": 30}]});
    let changed = village.buyer.with_version_of(&standing_order).patch(&path, more.clone()).await.expect(200);
    assert_eq!((&changed.json["lines"][0]["quantity"], &changed.json["version"]), (&json!(30), &json!(2)));
    village.buyer.with_version_of(&standing_order).patch(&path, more).await.expect_problem(412, "version-stale");
    let days = list_occurrences(&village.buyer, &standing_order).await;
    let mut quantities = Vec::new();
    for day in &days {
        quantities.push(get_order(&village.buyer, day).await["fulfilments"][0]["lines"][0]["quantity"].clone());
    }
    assert_eq!(quantities, [json!(20), json!(30)], "the 27th is being made already");
    let refused = json!({"lines": [{"product": product, "quantity": 30, "at_least": 31}]});
    village.buyer.with_version_of(&changed).patch(&path, refused).await.expect_problem(422, "body-invalid");
    village.work().await;
}

#[actix_web::test]
async fn shortfalls_are_recorded_with_reasons_and_the_buyer_is_notified() {
    let village = World::village().await;
    let (scarce, retired) = (village.publish_product(pastel()).await, village.create_made_to_order().await);
    let mut guest_order = village.order_body(scarce, 50, 125_000);
    guest_order["lines"][0]["ready_on"] = json!("2026-11-27");
    village.other_buyer.with_new_key().post("/v1/orders", guest_order).await.expect(201);
    let mut body = friday_order(&village, scarce, 20, 5);
    body["lines"].as_array_mut().unwrap().push(json!({"product": retired, "quantity": 10}));
    let standing_order = village.buyer.with_new_key().post("/v1/standing_orders", body).await.expect(201);
    let product = village.sari.get(&format!("/v1/products/{retired}")).await.expect(200);
    let retire = json!({"action": "retire"});
    let transitions = format!("/v1/products/{retired}/transitions");
    village.sari.with_new_key().with_version_of(&product).post(&transitions, retire).await.expect(200);
    village.work().await;
    let days = list_occurrences(&village.buyer, &standing_order).await;
    assert_eq!(days[0]["status"], "placed");
    let mut shortfalls = days[0]["shortfalls"].as_array().unwrap().clone();
    shortfalls.sort_by_key(|shortfall| shortfall["wanted"].as_i64());
    assert_eq!(
        shortfalls,
        [
            json!({"product": retired, "wanted": 10, "got": 0, "reason": "retired"}),
            json!({"product": scarce, "wanted": 20, "got": 10, "reason": "short"}),
        ]
    );
    let order = get_order(&village.buyer, &days[0]).await;
    let line = &order["fulfilments"][0]["lines"][0];
    assert_eq!((&line["wanted"], &line["quantity"], &line["reason"]), (&json!(20), &json!(10), &json!("shortage")));

    let all = create_standing_order(&village, &village.other_buyer, friday_order(&village, scarce, 20, 20)).await;
    let days = list_occurrences(&village.other_buyer, &all).await;
    assert_eq!(dates_and_statuses(&days), expected(&[("2026-11-27", "refused"), ("2026-12-04", "placed")]));
    assert_eq!(days[0]["shortfalls"][0]["reason"], "short");
    assert!(letters(&village, &village.other_buyer).contains(&"standing-refused".to_owned()));
    assert!(letters(&village, &village.buyer).contains(&"standing-short".to_owned()));
}

#[actix_web::test]
async fn unconfirmed_orders_are_reminded_and_then_cancelled() {
    let mut village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let mut body = friday_order(&village, product, 20, 20);
    body["confirms_first"] = json!(true);
    body["starts_on"] = json!("2026-12-01");
    let standing_order = create_standing_order(&village, &village.buyer, body.clone()).await;
    let other = create_standing_order(&village, &village.other_buyer, body).await;
    let day = list_occurrences(&village.buyer, &standing_order).await[0].clone();
    // The cut-off is on Wednesday the second at five; a day before, unconfirmed orders are cancelled.
    assert_eq!((&day["due_on"], &day["confirm_by"]), (&json!("2026-12-04"), &json!("2026-12-01T10:00:00Z")));
    assert_eq!(available(&village, product, "2026-12-04").await, 20, "it is held until then");
    advance_to(&mut village, "2026-11-30T10:00:00Z").await;
    village.work().await;
    assert!(letters(&village, &village.buyer).contains(&"standing-reminder".to_owned()));
    let path = format!("/v1/standing_orders/{}/confirmations", standing_order.id());
    let confirmed = village.buyer.with_new_key().post(&path, json!({"day": "2026-12-04"})).await.expect(200);
    assert_eq!(confirmed.json["confirmed_at"], "2026-11-30T10:00:00Z");
    village
        .buyer
        .with_new_key()
        .post(&path, json!({"day": "2026-12-04"}))
        .await
        .expect_problem(409, "transition-invalid");
    village.buyer.with_new_key().post(&path, json!({"day": "2026-12-05"})).await.expect_problem(404, "not-found");
    village.other_buyer.with_new_key().post(&path, json!({"day": "2026-12-04"})).await.expect_problem(404, "not-found");
    advance_to(&mut village, "2026-12-01T10:00:00Z").await;
    village.work().await;
    assert_eq!(list_occurrences(&village.buyer, &standing_order).await[0]["status"], "placed");
    let lapsed = list_occurrences(&village.other_buyer, &other).await;
    assert_eq!(lapsed[0]["status"], "lapsed");
    assert_eq!(get_order(&village.other_buyer, &lapsed[0]).await["status"], "cancelled");
    assert!(letters(&village, &village.other_buyer).contains(&"standing-lapsed".to_owned()));
    assert_eq!(available(&village, product, "2026-12-04").await, 40);
}

#[actix_web::test]
async fn suspending_a_group_pauses_its_standing_orders_and_reopening_resumes_them() {
    let mut village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let standing_order = create_standing_order(&village, &village.buyer, friday_order(&village, product, 20, 20)).await;
    let order_path = format!("/v1/standing_orders/{}", standing_order.id());
    let transitions = format!("/v1/groups/{}/transitions", village.sekar_laras);
    let stop = json!({"action": "suspend", "reason": "Dapur direnovasi"});
    village.board.with_new_key().post(&transitions, stop).await.expect(200);
    village.clock.advance(Duration::minutes(2));
    village.work().await;
    let response = village.buyer.get(&order_path).await.expect(200);
    assert_eq!((response.str("status"), &response.json["paused_by_group"]), ("paused".into(), &json!(true)));
    assert!(letters(&village, &village.buyer).contains(&"standing-paused".to_owned()));
    advance_to(&mut village, "2026-12-01T03:00:00Z").await;
    village.board.with_new_key().post(&transitions, json!({"action": "reopen"})).await.expect(200);
    village.clock.advance(Duration::minutes(2));
    village.work().await;
    let response = village.buyer.get(&order_path).await.expect(200);
    assert_eq!((response.str("status"), &response.json["paused_by_group"]), ("active".into(), &json!(false)));
    let days = list_occurrences(&village.buyer, &standing_order).await;
    assert_eq!(dates_and_statuses(&days)[2], ("2026-12-11".to_owned(), "placed".to_owned()));
    assert!(letters(&village, &village.buyer).contains(&"standing-resumed".to_owned()));
}

#[actix_web::test]
async fn invalid_requests_are_refused_and_one_key_creates_one_standing_order() {
    let village = World::village().await;
    let product = village.create_pastel(|offering| offering.minimum_quantity = Quantity::from_units(10)).await;
    let right = friday_order(&village, product, 20, 20);
    let wrong = |field: &str, value: Value| {
        let mut body = right.clone();
        body[field] = value;
        body
    };
    let line = |product: Value, quantity: i64| json!([{"product": product, "quantity": quantity}]);
    for (body, pointer) in [
        (wrong("weekdays", json!([])), "/weekdays"),
        (wrong("every_market_day", json!(true)), "/weekdays"),
        (wrong("lines", line(json!(product), 5)), "/lines/0/quantity"),
        (wrong("lines", line(json!(village.cooperative), 20)), "/lines/0/product"),
        (wrong("cooperative", json!(village.sekar_laras)), "/cooperative"),
        (wrong("ends_on", json!("2026-11-01")), "/ends_on"),
        (wrong("delivery", json!({"kind": "local"})), "/delivery/zone"),
    ] {
        let refused =
            village.buyer.with_new_key().post("/v1/standing_orders", body).await.expect_problem(422, "body-invalid");
        assert_eq!(refused.json["errors"][0]["pointer"], pointer);
    }
    village.buyer.post("/v1/standing_orders", right.clone()).await.expect_problem(400, "idempotency-key-required");
    village
        .guest()
        .with_new_key()
        .post("/v1/standing_orders", right.clone())
        .await
        .expect_problem(401, "unauthenticated");
    let keyed = village.buyer.with_new_key();
    let once = keyed.post("/v1/standing_orders", right.clone()).await.expect(201);
    let twice = keyed.post("/v1/standing_orders", right).await.expect(201);
    assert_eq!(once.bytes, twice.bytes);
    assert_eq!(village.buyer.get("/v1/standing_orders").await.expect(200).json["data"].as_array().unwrap().len(), 1);
    village.work().await;
}
