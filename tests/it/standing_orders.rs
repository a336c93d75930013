//! Standing orders: what a buyer wants again and again, claimed before anyone else, managed by themselves.

use lumbung::kernel::ids::ProductId;
use lumbung::kernel::{Duration, Instant, Quantity};
use serde_json::{Value, json};

use crate::world::{Person, Reply, Village, World, pastel};

/// Every Friday so much of a product, of which so little would do.
fn fridays(village: &Village, product: ProductId, quantity: i64, at_least: i64) -> Value {
    json!({
        "cooperative": village.cooperative,
        "lines": [{"product": product, "quantity": quantity, "at_least": at_least}],
        "weekdays": ["friday"],
    })
}

async fn made(village: &Village, person: &Person, wanted: Value) -> Reply {
    let made = person.fresh_key().post("/v1/standing_orders", wanted).await.expect(201);
    village.work().await;
    made
}

async fn came(person: &Person, standing: &Reply) -> Vec<Value> {
    let path = format!("/v1/standing_orders/{}/occurrences", standing.id());
    let mut days = person.get(&path).await.expect(200).json["data"].as_array().unwrap().clone();
    days.reverse();
    days
}

fn shown(days: &[Value]) -> Vec<(String, String)> {
    days.iter()
        .map(|day| (day["due_on"].as_str().unwrap().to_owned(), day["status"].as_str().unwrap().to_owned()))
        .collect()
}

fn each(days: &[(&str, &str)]) -> Vec<(String, String)> {
    days.iter().map(|(day, status)| ((*day).to_owned(), (*status).to_owned())).collect()
}

async fn order_of(person: &Person, day: &Value) -> Value {
    person.get(&format!("/v1/orders/{}", day["order"].as_str().unwrap())).await.expect(200).json
}

/// How much of a product can be had on a day.
async fn available(village: &Village, product: ProductId, day: &str) -> Value {
    let path = format!("/v1/products/{product}/availability?from={day}&to={day}");
    village.guest().get(&path).await.expect(200).json["data"][0]["available"].clone()
}

async fn at(village: &mut Village, moment: &str) {
    let now = village.clock.now();
    village.clock.advance(moment.parse::<Instant>().unwrap().utc() - now.utc());
    village.sari = village.again(&village.sari).await;
    village.board = village.again(&village.board).await;
    village.buyer = village.again(&village.buyer).await;
    village.other_buyer = village.again(&village.other_buyer).await;
}

fn letters(village: &Village, to: &Person) -> Vec<String> {
    village.mails().iter().filter(|mail| mail.to == to.email).map(|mail| mail.kind.clone()).collect()
}

#[actix_web::test]
async fn it_comes_round_on_its_days_and_its_group_knows_what_it_has_committed() {
    let village = World::village().await;
    let product = village.lists(pastel()).await;
    let standing = made(&village, &village.buyer, fridays(&village, product, 20, 15)).await;
    let days = came(&village.buyer, &standing).await;
    assert_eq!(shown(&days), each(&[("2026-11-27", "placed"), ("2026-12-04", "placed")]), "fifteen days ahead");
    let order = order_of(&village.buyer, &days[0]).await;
    assert_eq!((&order["status"], &order["fulfilments"][0]["status"]), (&json!("confirmed"), &json!("accepted")));
    assert_eq!((&order["total"], &order["fulfilments"][0]["ready_on"]), (&json!(50_000), &json!("2026-11-27")));
    assert_eq!(available(&village, product, "2026-11-27").await, 40);
    let held = format!("/v1/groups/{}/board", village.sekar_laras);
    let board = village.sari.get(&held).await.expect(200);
    let standing_on: Vec<_> = board.json["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["standing"] != 0)
        .map(|row| json!([row["day"], row["product"], row["standing"]]))
        .collect();
    assert_eq!(standing_on, [json!(["2026-11-27", product, 20]), json!(["2026-12-04", product, 20])]);
    village.darsih.get(&held).await.problem(404, "not-found");
    village.work().await;
    assert_eq!(came(&village.buyer, &standing).await.len(), 2, "a day gives one order at most");
    let own = format!("/v1/standing_orders/{}", standing.id());
    village.other_buyer.get(&own).await.problem(404, "not-found");
    village.guest().get(&own).await.problem(401, "unauthenticated");
    let listed = village.buyer.get("/v1/standing_orders").await.expect(200);
    assert_eq!(listed.json["data"][0]["id"], json!(standing.id()));
    assert_eq!(village.other_buyer.get("/v1/standing_orders").await.expect(200).json["data"], json!([]));
}

#[actix_web::test]
async fn it_claims_a_day_before_that_day_is_open_to_everyone() {
    let mut village = World::village().await;
    let product = village.lists(pastel()).await;
    let mut daily = fridays(&village, product, 60, 60);
    daily["weekdays"] = json!(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]);
    let standing = made(&village, &village.buyer, daily).await;
    let last = came(&village.buyer, &standing).await.pop().unwrap();
    assert_eq!((&last["due_on"], &last["status"]), (&json!("2026-12-08"), &json!("placed")));
    // The day on which everyone may order for the eighth.
    at(&mut village, "2026-11-23T17:00:00Z").await;
    let mut walk_in = village.order_of(product, 30, 75_000);
    walk_in["lines"][0]["ready_on"] = json!("2026-12-08");
    village.other_buyer.fresh_key().post("/v1/orders", walk_in).await.problem(409, "sold-out");
    village.work().await;
}

#[actix_web::test]
async fn at_the_opening_of_a_market_day_standing_orders_have_theirs_before_a_hundred_walk_ins() {
    let mut village = World::village_with(|config| config.database.wait_ms = 60_000).await;
    let market = json!({
        "name": "Pasar Jumat", "weekdays": ["friday"], "opens_days_before": 4, "opens_at": "06:00",
        "closes_days_before": 1, "closes_at": "17:00", "from": "07:00", "until": "10:00",
    });
    let path = format!("/v1/cooperatives/{}/schedules", village.cooperative);
    village.board.fresh_key().post(&path, market).await.expect(201);
    village.work().await;
    let days = format!("/v1/cooperatives/{}/market_days?from=2026-12-04", village.cooperative);
    let day = village.guest().get(&days).await.expect(200).json["data"][0].clone();
    let product = village.pastel(|_| {}).await;
    let offering = format!("/v1/market_days/{}/offerings/{product}", day["id"].as_str().unwrap());
    village.sari.put(&offering, json!({"capacity": 50})).await.expect(201);
    let every = |quantity: i64, at_least: i64| {
        let mut wanted = fridays(&village, product, quantity, at_least);
        wanted["every_market_day"] = json!(true);
        wanted.as_object_mut().unwrap().remove("weekdays");
        wanted
    };
    let first = made(&village, &village.buyer, every(20, 20)).await;
    let second = made(&village, &village.other_buyer, every(12, 6)).await;
    assert_eq!(came(&village.buyer, &first).await, Vec::<Value>::new(), "the day is not open");

    at(&mut village, "2026-11-29T23:00:00Z").await;
    // A hundred stand at the door while the day opens.
    let batchless = {
        let mut body = village.guest_order_of(product, 1, 2_500);
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
        let walk_ins = (0..25).map(|_| {
            let (guest, body) = (village.guest().fresh_key(), batchless.clone());
            async move { guest.post("/v1/orders", body).await }
        });
        for reply in futures_util::future::join_all(walk_ins).await {
            match reply.status {
                201 => sold += 1,
                409 => assert_eq!(reply.str("code"), "sold-out"),
                other => panic!("{other}: {}", reply.text()),
            }
        }
    }
    opening.await.unwrap();
    let (mine, others) = (came(&village.buyer, &first).await, came(&village.other_buyer, &second).await);
    assert_eq!(shown(&mine), each(&[("2026-12-04", "placed")]));
    let quantity = async |person: &Person, day: &Value| {
        order_of(person, day).await["fulfilments"][0]["lines"][0]["quantity"].as_i64().unwrap()
    };
    let (mine, others) = (quantity(&village.buyer, &mine[0]).await, quantity(&village.other_buyer, &others[0]).await);
    assert_eq!((mine, others), (20, 12), "the standing orders have theirs");
    let more = (0..30).map(|_| village.guest().fresh_key());
    for guest in more {
        sold += i64::from(guest.post("/v1/orders", batchless.clone()).await.status == 201);
    }
    assert_eq!(mine + others + sold, 50, "and nothing is sold twice");
    village.work().await;
}

#[actix_web::test]
async fn a_day_is_skipped_and_not_skipped_after_all() {
    let village = World::village().await;
    let product = village.lists(pastel()).await;
    let standing = made(&village, &village.buyer, fridays(&village, product, 20, 20)).await;
    let skips = format!("/v1/standing_orders/{}/skips", standing.id());
    let skipped = village.buyer.put(&format!("{skips}/2026-12-04"), json!(null)).await.expect(200);
    assert_eq!(skipped.json["skipped"], json!(["2026-12-04"]));
    let days = came(&village.buyer, &standing).await;
    assert_eq!(shown(&days), each(&[("2026-11-27", "placed"), ("2026-12-04", "skipped")]));
    assert_eq!(order_of(&village.buyer, &days[1]).await["status"], "cancelled");
    assert_eq!(available(&village, product, "2026-12-04").await, 60);
    village.buyer.delete(&format!("{skips}/2026-12-04")).await.expect(200);
    assert_eq!(available(&village, product, "2026-12-04").await, 40, "it claims anew");
    village.buyer.delete(&format!("{skips}/2026-12-04")).await.problem(404, "not-found");
    village.other_buyer.put(&format!("{skips}/2026-12-04"), json!(null)).await.problem(404, "not-found");
    village.buyer.put(&format!("{skips}/2026-11-20"), json!(null)).await.problem(422, "body-invalid");
    village.work().await;
}

#[actix_web::test]
async fn too_late_to_skip_is_told_and_nothing_changes() {
    let mut village = World::village().await;
    let product = village.lists(pastel()).await;
    let standing = made(&village, &village.buyer, fridays(&village, product, 20, 20)).await;
    // The cut-off of the 27th was at five in the afternoon.
    at(&mut village, "2026-11-25T11:00:00Z").await;
    village.work().await;
    let path = format!("/v1/standing_orders/{}/skips/2026-11-27", standing.id());
    village.buyer.put(&path, json!(null)).await.problem(409, "cancel-too-late");
    let seen = village.buyer.get(&format!("/v1/standing_orders/{}", standing.id())).await.expect(200);
    assert_eq!((&seen.json["skipped"], &seen.json["version"]), (&json!([]), &json!(1)));
}

#[actix_web::test]
async fn it_is_paused_until_a_day_resumed_and_ended() {
    let village = World::village().await;
    let product = village.lists(pastel()).await;
    let standing = made(&village, &village.buyer, fridays(&village, product, 20, 20)).await;
    let path = format!("/v1/standing_orders/{}/transitions", standing.id());
    let step = |body: Value| {
        let (buyer, path) = (village.buyer.fresh_key(), path.clone());
        async move { buyer.post(&path, body).await }
    };
    step(json!({"action": "pause", "until": "2026-11-23"})).await.problem(422, "body-invalid");
    step(json!({"action": "resume"})).await.problem(409, "transition-invalid");
    let paused = step(json!({"action": "pause", "until": "2026-12-01"})).await.expect(200);
    assert_eq!((paused.str("status"), paused.str("paused_until")), ("paused".into(), "2026-12-01".into()));
    let days = came(&village.buyer, &standing).await;
    assert_eq!(shown(&days), each(&[("2026-11-27", "skipped"), ("2026-12-04", "placed")]), "until then it rests");
    village.work().await;
    let resumed = step(json!({"action": "resume"})).await.expect(200);
    assert_eq!(resumed.str("status"), "active");
    let ended = step(json!({"action": "end"})).await.expect(200);
    assert_eq!((ended.str("status"), &ended.json["actions"]), ("ended".into(), &json!([])));
    let days = came(&village.buyer, &standing).await;
    assert!(days.iter().all(|day| day["status"] == "skipped"), "{days:?}");
    assert_eq!(available(&village, product, "2026-12-04").await, 60);
    step(json!({"action": "pause"})).await.problem(409, "transition-invalid");
    village.work().await;
}

#[actix_web::test]
async fn what_is_changed_counts_from_the_next_time_on_that_is_not_too_late() {
    let mut village = World::village().await;
    let product = village.lists(pastel()).await;
    let standing = made(&village, &village.buyer, fridays(&village, product, 20, 20)).await;
    at(&mut village, "2026-11-25T11:00:00Z").await;
    village.work().await;
    let path = format!("/v1/standing_orders/{}", standing.id());
    let more = json!({"lines": [{"product": product, "quantity": 30}]});
    let changed = village.buyer.editing(&standing).patch(&path, more.clone()).await.expect(200);
    assert_eq!((&changed.json["lines"][0]["quantity"], &changed.json["version"]), (&json!(30), &json!(2)));
    village.buyer.editing(&standing).patch(&path, more).await.problem(412, "version-stale");
    let days = came(&village.buyer, &standing).await;
    let mut quantities = Vec::new();
    for day in &days {
        quantities.push(order_of(&village.buyer, day).await["fulfilments"][0]["lines"][0]["quantity"].clone());
    }
    assert_eq!(quantities, [json!(20), json!(30)], "the 27th is being made already");
    let refused = json!({"lines": [{"product": product, "quantity": 30, "at_least": 31}]});
    village.buyer.editing(&changed).patch(&path, refused).await.problem(422, "body-invalid");
    village.work().await;
}

#[actix_web::test]
async fn why_there_is_less_or_nothing_is_written_down_and_told() {
    let village = World::village().await;
    let (short, gone) = (village.lists(pastel()).await, village.pastel_on_order().await);
    let mut walk_in = village.order_of(short, 50, 125_000);
    walk_in["lines"][0]["ready_on"] = json!("2026-11-27");
    village.other_buyer.fresh_key().post("/v1/orders", walk_in).await.expect(201);
    let mut wanted = fridays(&village, short, 20, 5);
    wanted["lines"].as_array_mut().unwrap().push(json!({"product": gone, "quantity": 10}));
    let standing = village.buyer.fresh_key().post("/v1/standing_orders", wanted).await.expect(201);
    let product = village.sari.get(&format!("/v1/products/{gone}")).await.expect(200);
    let retire = json!({"action": "retire"});
    let transitions = format!("/v1/products/{gone}/transitions");
    village.sari.fresh_key().editing(&product).post(&transitions, retire).await.expect(200);
    village.work().await;
    let days = came(&village.buyer, &standing).await;
    assert_eq!(days[0]["status"], "placed");
    let mut shortfalls = days[0]["shortfalls"].as_array().unwrap().clone();
    shortfalls.sort_by_key(|one| one["wanted"].as_i64());
    assert_eq!(
        shortfalls,
        [
            json!({"product": gone, "wanted": 10, "got": 0, "reason": "retired"}),
            json!({"product": short, "wanted": 20, "got": 10, "reason": "short"}),
        ]
    );
    let order = order_of(&village.buyer, &days[0]).await;
    let line = &order["fulfilments"][0]["lines"][0];
    assert_eq!((&line["wanted"], &line["quantity"], &line["reason"]), (&json!(20), &json!(10), &json!("shortage")));

    let all = made(&village, &village.other_buyer, fridays(&village, short, 20, 20)).await;
    let days = came(&village.other_buyer, &all).await;
    assert_eq!(shown(&days), each(&[("2026-11-27", "refused"), ("2026-12-04", "placed")]));
    assert_eq!(days[0]["shortfalls"][0]["reason"], "short");
    assert!(letters(&village, &village.other_buyer).contains(&"standing-refused".to_owned()));
    assert!(letters(&village, &village.buyer).contains(&"standing-short".to_owned()));
}

#[actix_web::test]
async fn one_that_asks_first_reminds_and_takes_silence_for_a_no() {
    let mut village = World::village().await;
    let product = village.lists(pastel()).await;
    let mut wanted = fridays(&village, product, 20, 20);
    wanted["confirms_first"] = json!(true);
    wanted["starts_on"] = json!("2026-12-01");
    let standing = made(&village, &village.buyer, wanted.clone()).await;
    let other = made(&village, &village.other_buyer, wanted).await;
    let day = came(&village.buyer, &standing).await[0].clone();
    // The cut-off is on Wednesday the second at five; a day before, silence means no.
    assert_eq!((&day["due_on"], &day["confirm_by"]), (&json!("2026-12-04"), &json!("2026-12-01T10:00:00Z")));
    assert_eq!(available(&village, product, "2026-12-04").await, 20, "it is held until then");
    at(&mut village, "2026-11-30T10:00:00Z").await;
    village.work().await;
    assert!(letters(&village, &village.buyer).contains(&"standing-reminder".to_owned()));
    let path = format!("/v1/standing_orders/{}/confirmations", standing.id());
    let confirmed = village.buyer.fresh_key().post(&path, json!({"day": "2026-12-04"})).await.expect(200);
    assert_eq!(confirmed.json["confirmed_at"], "2026-11-30T10:00:00Z");
    village.buyer.fresh_key().post(&path, json!({"day": "2026-12-04"})).await.problem(409, "transition-invalid");
    village.buyer.fresh_key().post(&path, json!({"day": "2026-12-05"})).await.problem(404, "not-found");
    village.other_buyer.fresh_key().post(&path, json!({"day": "2026-12-04"})).await.problem(404, "not-found");
    at(&mut village, "2026-12-01T10:00:00Z").await;
    village.work().await;
    assert_eq!(came(&village.buyer, &standing).await[0]["status"], "placed");
    let lapsed = came(&village.other_buyer, &other).await;
    assert_eq!(lapsed[0]["status"], "lapsed");
    assert_eq!(order_of(&village.other_buyer, &lapsed[0]).await["status"], "cancelled");
    assert!(letters(&village, &village.other_buyer).contains(&"standing-lapsed".to_owned()));
    assert_eq!(available(&village, product, "2026-12-04").await, 40);
}

#[actix_web::test]
async fn a_group_that_stops_pauses_its_standing_orders_and_they_come_round_again_with_it() {
    let mut village = World::village().await;
    let product = village.lists(pastel()).await;
    let standing = made(&village, &village.buyer, fridays(&village, product, 20, 20)).await;
    let own = format!("/v1/standing_orders/{}", standing.id());
    let step = format!("/v1/groups/{}/transitions", village.sekar_laras);
    let stop = json!({"action": "suspend", "reason": "Dapur direnovasi"});
    village.board.fresh_key().post(&step, stop).await.expect(200);
    village.clock.advance(Duration::minutes(2));
    village.work().await;
    let seen = village.buyer.get(&own).await.expect(200);
    assert_eq!((seen.str("status"), &seen.json["paused_by_group"]), ("paused".into(), &json!(true)));
    assert!(letters(&village, &village.buyer).contains(&"standing-paused".to_owned()));
    at(&mut village, "2026-12-01T03:00:00Z").await;
    village.board.fresh_key().post(&step, json!({"action": "reopen"})).await.expect(200);
    village.clock.advance(Duration::minutes(2));
    village.work().await;
    let seen = village.buyer.get(&own).await.expect(200);
    assert_eq!((seen.str("status"), &seen.json["paused_by_group"]), ("active".into(), &json!(false)));
    let days = came(&village.buyer, &standing).await;
    assert_eq!(shown(&days)[2], ("2026-12-11".to_owned(), "placed".to_owned()));
    assert!(letters(&village, &village.buyer).contains(&"standing-resumed".to_owned()));
}

#[actix_web::test]
async fn what_does_not_hold_together_is_refused_and_the_same_key_makes_one() {
    let village = World::village().await;
    let product = village.pastel(|offering| offering.minimum_quantity = Quantity::units(10)).await;
    let right = fridays(&village, product, 20, 20);
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
        let refused = village.buyer.fresh_key().post("/v1/standing_orders", body).await.problem(422, "body-invalid");
        assert_eq!(refused.json["errors"][0]["pointer"], pointer);
    }
    village.buyer.post("/v1/standing_orders", right.clone()).await.problem(400, "idempotency-key-required");
    village.guest().fresh_key().post("/v1/standing_orders", right.clone()).await.problem(401, "unauthenticated");
    let keyed = village.buyer.fresh_key();
    let once = keyed.post("/v1/standing_orders", right.clone()).await.expect(201);
    let twice = keyed.post("/v1/standing_orders", right).await.expect(201);
    assert_eq!(once.bytes, twice.bytes);
    assert_eq!(village.buyer.get("/v1/standing_orders").await.expect(200).json["data"].as_array().unwrap().len(), 1);
    village.work().await;
}
