//! Validation of orders and batches, each rule with its own code; and the ways to order.

use lumbung::catalogue::Offering;
use lumbung::kernel::ids::ProductId;
use lumbung::kernel::{Duration, Instant, Quantity, Rupiah};
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Client, Person, Reply, Village, World, abon, pastel};

/// The body of a quote for one line, modified by `change`.
fn basket(village: &Village, product: ProductId, change: impl Fn(&mut Value)) -> Value {
    let mut body = json!({"cooperative": village.cooperative, "lines": [{"product": product, "quantity": 10}]});
    change(&mut body);
    body
}

async fn quote(village: &Village, product: ProductId, change: impl Fn(&mut Value)) -> Reply {
    village.guest().post("/v1/quotes", basket(village, product, change)).await
}

/// Places an order with this expected total.
async fn place(village: &Village, product: ProductId, total: i64, change: impl Fn(&mut Value)) -> Reply {
    let mut body = basket(village, product, change);
    body["expected_total"] = json!(total);
    village.buyer.with_new_key().post("/v1/orders", body).await
}

#[actix_web::test]
async fn an_invalid_quantity_is_explained_in_both_languages() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let batch = village.plan_batch(product, 100, 0).await;
    let before = village.count_rows().await;
    let body = |quantity: &str| {
        format!(
            r#"{{"cooperative":"{}","lines":[{{"product":"{product}","quantity":{quantity}}}],"expected_total":1}}"#,
            village.cooperative
        )
    };
    for (quantity, code) in [
        ("-1", "quantity-out-of-bounds"),
        ("-0.5", "quantity-out-of-bounds"),
        ("1000001", "quantity-out-of-bounds"),
        ("1.0005", "quantity-too-fine"),
        ("1e3", "quantity-not-plain"),
        ("\"30\"", "malformed"),
        ("null", "malformed"),
    ] {
        let mut sentences = Vec::new();
        for caller in [village.buyer.with_new_key(), village.buyer.with_new_key().in_english()] {
            let reply =
                caller.upload(Method::POST, "/v1/orders", "application/json", body(quantity).into_bytes()).await;
            let refused = reply.expect_problem(400, "body-unreadable").expect_field_error("/lines/0/quantity", code);
            sentences.push(refused.json["errors"][0]["detail"].as_str().unwrap().to_owned());
        }
        assert_ne!(sentences[0], sentences[1], "{quantity}");
        assert_eq!(code == "malformed", sentences[0] == "Bentuknya salah.", "{quantity}: {sentences:?}");
    }
    // Optional and nullable fields are validated in the same way.
    let wrong = village
        .sari
        .with_version_of(&batch)
        .patch(&format!("/v1/batches/{}", batch.id()), json!({"capacity": -5}))
        .await;
    wrong.expect_problem(400, "body-unreadable").expect_field_error("/capacity", "quantity-out-of-bounds");
    let made = format!("/v1/batches/{}/production", batch.id());
    let wrong = village.sari.with_new_key().post(&made, json!({"made": 1.0005})).await;
    wrong.expect_problem(400, "body-unreadable").expect_field_error("/made", "quantity-too-fine");
    assert_eq!(village.count_rows().await, before);
}

#[actix_web::test]
async fn an_unavailable_day_is_reported_by_its_own_code() {
    let village = World::village().await;
    let (made, kept) = (village.publish_product(pastel()).await, village.publish_product(abon()).await);
    village.open_stock_batch(kept, 40, "2026-09-25").await;
    let on = |day: &'static str| move |body: &mut Value| body["lines"][0]["ready_on"] = json!(day);
    // Best before sixty days, on the 24th.
    place(&village, kept, 150_000, on("2026-12-01")).await.expect_problem(409, "not-fresh-that-day");
    place(&village, made, 25_000, on("2027-01-30")).await.expect_problem(422, "day-too-far-ahead");
    place(&village, made, 25_000, on("2026-11-29")).await.expect_problem(422, "not-made-that-day");
    place(&village, made, 25_000, on("2026-11-24")).await.expect_problem(409, "cutoff-passed");
    let past = place(&village, made, 25_000, on("2026-11-22")).await.expect_problem(422, "body-invalid");
    past.expect_field_error("/lines/0/ready_on", "day-past");
    let needed = |body: &mut Value| body["needed_on"] = json!("2026-11-22");
    place(&village, made, 25_000, needed)
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/needed_on", "day-past");
    village.work().await;
}

#[actix_web::test]
async fn a_batch_of_another_product_is_unknown() {
    let village = World::village().await;
    let (product, other) = (village.publish_product(pastel()).await, village.publish_product(abon()).await);
    let shelf = village.open_stock_batch(other, 40, "2026-11-20").await;
    let unknown = "01900000-0000-7000-8000-000000000000".to_owned();
    for batch in [shelf.to_string(), unknown] {
        let of = |body: &mut Value| body["lines"][0]["batch"] = json!(batch);
        quote(&village, product, of)
            .await
            .expect_problem(422, "body-invalid")
            .expect_field_error("/lines/0/batch", "not-there");
        place(&village, product, 25_000, of)
            .await
            .expect_problem(422, "body-invalid")
            .expect_field_error("/lines/0/batch", "not-there");
    }
    village.work().await;
}

#[actix_web::test]
async fn invalid_lines_are_reported_with_their_pointer() {
    let village = World::village().await;
    let product = village
        .publish_product(Offering {
            minimum_quantity: Quantity::from_units(10),
            quantity_step: Quantity::from_units(5),
            ..pastel()
        })
        .await;
    type Change = fn(&mut Value);
    let cases: [(&str, &str, Change); 9] = [
        ("/lines/1", "line-twice", |body| {
            let line = body["lines"][0].clone();
            body["lines"].as_array_mut().unwrap().push(line);
        }),
        ("/lines/0/at_least", "at-least", |body| body["lines"][0]["at_least"] = json!(0)),
        ("/lines/0/at_least", "at-least", |body| body["lines"][0]["at_least"] = json!(15)),
        ("/lines/0/at_least", "off-step", |body| body["lines"][0]["at_least"] = json!(7)),
        ("/lines/0/quantity", "below-minimum", |body| body["lines"][0]["quantity"] = json!(5)),
        ("/lines/0/quantity", "off-step", |body| body["lines"][0]["quantity"] = json!(12)),
        ("/lines/0/quantity", "not-positive", |body| body["lines"][0]["quantity"] = json!(0)),
        ("/lines", "required", |body| body["lines"] = json!([])),
        ("/lines", "too-long", |body| {
            let line = body["lines"][0].clone();
            body["lines"] = Value::Array(vec![line; 51]);
        }),
    ];
    for (pointer, code, change) in cases {
        quote(&village, product, change).await.expect_problem(422, "body-invalid").expect_field_error(pointer, code);
        place(&village, product, 25_000, change)
            .await
            .expect_problem(422, "body-invalid")
            .expect_field_error(pointer, code);
    }
    let same_of_two_days = |body: &mut Value| {
        let mut line = body["lines"][0].clone();
        line["ready_on"] = json!("2026-11-26");
        body["lines"].as_array_mut().unwrap().push(line);
    };
    quote(&village, product, same_of_two_days).await.expect(200);
    village.work().await;
}

#[actix_web::test]
async fn members_that_do_not_apply_to_the_delivery_kind_are_reported() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let address = "RT 02 RW 05, rumah cat hijau";
    for (delivery, pointer, code) in [
        (json!({"kind": "pickup", "zone": village.zone}), "/delivery/zone", "not-here"),
        (json!({"kind": "pickup", "fee": 5_000}), "/delivery/fee", "not-here"),
        (
            json!({"kind": "local", "zone": village.zone, "address": address, "point": village.pickup_point}),
            "/delivery/point",
            "not-here",
        ),
        (json!({"kind": "local", "zone": village.zone, "address": address, "fee": 1}), "/delivery/fee", "not-here"),
        (json!({"kind": "courier", "zone": village.zone, "address": address}), "/delivery/zone", "not-here"),
        (json!({"kind": "local", "address": address}), "/delivery/zone", "required"),
        (json!({"kind": "local", "zone": village.zone}), "/delivery/address", "required"),
        (json!({"kind": "courier"}), "/delivery/address", "required"),
    ] {
        let by = |body: &mut Value| body["delivery"] = delivery.clone();
        quote(&village, product, by).await.expect_problem(422, "body-invalid").expect_field_error(pointer, code);
        place(&village, product, 25_000, by)
            .await
            .expect_problem(422, "body-invalid")
            .expect_field_error(pointer, code);
    }
    village.work().await;
}

#[actix_web::test]
async fn a_batch_that_contradicts_its_days_is_refused_where_it_does() {
    let village = World::village().await;
    let product = village.publish_product(abon()).await;
    let path = format!("/v1/products/{product}/batches");
    let before = village.count_rows().await;
    for (batch, pointer, code) in [
        (json!({"made": 10, "ready_on": "2026-11-24"}), "/ready_on", "made-later"),
        (json!({"capacity": 10, "ready_on": "2026-11-22"}), "/ready_on", "not-ahead"),
        (json!({"capacity": 10, "ready_on": "2027-01-23"}), "/ready_on", "not-ahead"),
        (json!({"made": 10, "ready_on": "2026-09-20"}), "/best_before", "already-spoiled"),
        (json!({"made": 10, "best_before": "2026-11-22"}), "/best_before", "already-spoiled"),
        (
            json!({"capacity": 10, "ready_on": "2026-11-27", "best_before": "2026-11-26"}),
            "/best_before",
            "already-spoiled",
        ),
        (json!({"made": 10, "capacity": 5}), "/capacity", "less-than-made"),
        (json!({"made": 10, "minimum": 5}), "/minimum", "made-already"),
        (json!({"capacity": 10, "minimum": 11, "ready_on": "2026-11-27"}), "/minimum", "more-than-capacity"),
    ] {
        let refused = village.sari.with_new_key().post(&path, batch).await;
        refused.expect_problem(422, "body-invalid").expect_field_error(pointer, code);
    }
    assert_eq!(village.count_rows().await, before);
}

#[actix_web::test]
async fn an_order_whose_total_is_out_of_bounds_is_refused() {
    let village = World::village().await;
    let dear = Offering { price: Rupiah(100_000_000), daily_capacity: Quantity::from_units(1_000_000), ..pastel() };
    let product = village.publish_product(dear).await;
    let all = |body: &mut Value| body["lines"][0]["quantity"] = json!(1_000_000);
    let before = village.count_rows().await;
    quote(&village, product, all).await.expect_problem(422, "amount-too-large");
    place(&village, product, 1, all).await.expect_problem(422, "amount-too-large");
    assert_eq!(village.count_rows().await, before);
}

#[actix_web::test]
async fn goods_are_picked_up_at_the_chosen_point() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let at = |body: &mut Value| body["delivery"] = json!({"kind": "pickup", "point": village.pickup_point});
    let order = place(&village, product, 25_000, at).await.expect(201);
    assert_eq!(order.json["delivery"]["point"], json!(village.pickup_point));
    assert_eq!((&order.json["delivery"]["fee"], &order.json["total"]), (&json!(0), &json!(25_000)));
    for action in ["accept", "ready"] {
        village.transition_fulfilment(&village.sari, &order, action).await.expect(200);
        village.work().await;
    }
    let mails = village.mails();
    let ready = mails.iter().find(|mail| mail.kind == "order-ready").expect("a letter");
    assert!(ready.text.contains("Balai Desa Cihonje"), "{}", ready.text);
    let foreign =
        |body: &mut Value| body["delivery"] = json!({"kind": "pickup", "point": village.foreign_pickup_point});
    let refused = place(&village, product, 25_000, foreign).await.expect_problem(422, "body-invalid");
    refused.expect_field_error("/delivery/point", "not-there");
}

#[actix_web::test]
async fn a_buyer_chooses_a_courier_and_only_officers_set_the_fee() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let courier = json!({"kind": "courier", "address": "Jl. Contoh 7, Purwokerto"});
    let sent = |body: &mut Value| body["delivery"] = courier.clone();
    let order = place(&village, product, 25_000, sent).await.expect(201);
    assert_eq!((order.json["delivery"]["kind"].as_str(), &order.json["total"]), (Some("courier"), &json!(25_000)));
    let part = order.json["fulfilments"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/fulfilments/{part}/transitions");
    for step in [
        json!({"action": "accept"}),
        json!({"action": "ready"}),
        json!({"action": "hand_over", "courier": "JNE", "tracking_number": "CGK1234567890"}),
    ] {
        village.sari.with_new_key().post(&path, step).await.expect(200);
    }
    let seen = village.buyer.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
    assert_eq!(seen.json["fulfilments"][0]["tracking_number"], "CGK1234567890");
    let with_fee = |body: &mut Value| {
        body["delivery"] = courier.clone();
        body["delivery"]["fee"] = json!(15_000);
    };
    place(&village, product, 40_000, with_fee).await.expect_problem(403, "forbidden");
    village.work().await;
}

#[actix_web::test]
async fn a_walk_in_order_is_recorded_by_an_officer_and_by_nobody_else() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let mut body = village.order_body(product, 10, 25_000);
    body["channel"] = json!("walk_in");
    let unnamed =
        village.sari.with_new_key().post("/v1/orders", body.clone()).await.expect_problem(422, "body-invalid");
    unnamed.expect_field_error("/contact", "required");
    body["contact"] = json!({"name": "Contoh Tetangga"});
    let order = village.sari.with_new_key().post("/v1/orders", body.clone()).await.expect(201);
    assert_eq!((order.str("channel"), order.json["buyer"].clone()), ("walk_in".into(), Value::Null));
    assert_eq!((order.str("captured_by"), order.str("status")), (village.sari.id.clone(), "placed".into()));
    village.board.with_new_key().post("/v1/orders", body.clone()).await.expect(201);
    for nobody in [&village.buyer, &village.wati, &village.darsih, &village.foreign_officer, &village.treasurer] {
        nobody.with_new_key().post("/v1/orders", body.clone()).await.expect_problem(403, "forbidden");
    }
    body["contact"]["phone"] = json!("0812-0000-0999");
    village.guest().with_new_key().post("/v1/orders", body).await.expect_problem(401, "unauthenticated");
    village.work().await;
}

/// A cooperative with one group in eastern Indonesia, two hours ahead of Cihonje.
struct East {
    village: Village,
    officer: Person,
    board: Person,
    cooperative: String,
    group: String,
}

impl East {
    async fn create() -> East {
        let village = World::village().await;
        let new = json!({
            "code": "WIT", "name": "Koperasi Contoh Timur", "kind": "cooperative", "village_code": "33.02.15.2005",
            "address": "Kampung Contoh", "zone": "Asia/Jayapura",
        });
        let cooperative = village.admin.with_new_key().post("/v1/cooperatives", new).await.expect(201);
        assert_eq!(cooperative.str("zone"), "Asia/Jayapura");
        let cooperative = cooperative.id();
        let (board, officer) = (village.register("Contoh Timur").await, village.register("Contoh Ketua Timur").await);
        let offices = format!("/v1/cooperatives/{cooperative}/assignments");
        let office = json!({"contact": board.phone, "role": "board"});
        village.admin.with_new_key().post(&offices, office).await.expect(201);
        let group = json!({"name": "Noken Contoh", "description": "Keripik keladi."});
        let groups = format!("/v1/cooperatives/{cooperative}/groups");
        let group = officer.with_new_key().post(&groups, group).await.expect(201).id();
        let steps = format!("/v1/groups/{group}/transitions");
        officer.with_new_key().post(&steps, json!({"action": "submit"})).await.expect(200);
        board.with_new_key().post(&steps, json!({"action": "approve"})).await.expect(200);
        East { village, officer, board, cooperative, group }
    }

    /// Sets the clock, and signs everyone in again.
    async fn at(&mut self, moment: &str) {
        self.village.clock.set(moment.parse::<Instant>().unwrap());
        self.officer = self.village.sign_in_again(&self.officer).await;
        self.board = self.village.sign_in_again(&self.board).await;
    }

    async fn publish_product(&self, product: Value) -> String {
        let products = format!("/v1/groups/{}/products", self.group);
        let id = self.officer.with_new_key().post(&products, product).await.expect(201).id();
        let publish = format!("/v1/products/{id}/transitions");
        self.officer.with_new_key().post(&publish, json!({"action": "publish"})).await.expect(200);
        id
    }

    async fn order(&self, product: &str, ready_on: Option<&str>) -> Reply {
        let mut line = json!({"product": product, "quantity": 2});
        if let Some(day) = ready_on {
            line["ready_on"] = json!(day);
        }
        let body = json!({
            "cooperative": self.cooperative, "lines": [line], "expected_total": 20_000,
            "contact": {"name": "Contoh Tamu", "phone": "0812-0000-0999"},
        });
        let guest: Client = self.village.guest().with_new_key();
        guest.post("/v1/orders", body).await
    }
}

#[actix_web::test]
async fn in_the_east_the_day_ends_two_hours_before_it_does_in_cihonje() {
    let mut east = East::create().await;
    let goods = |name: &str, more: Value| {
        let mut product = json!({"name": name, "category": "fresh_snacks", "unit": "pack", "price": 10_000});
        product.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        product
    };
    let shelf = east.publish_product(goods("Keripik keladi", json!({}))).await;
    let made = east
        .publish_product(goods("Sagu lempeng", json!({"daily_capacity": 10, "lead_time_days": 1, "order_by": "17:00"})))
        .await;
    let batches = format!("/v1/products/{shelf}/batches");
    east.officer.with_new_key().post(&batches, json!({"made": 40})).await.expect(201);

    // Monday's last half minute in the east; 22:00 in Cihonje.
    east.at("2026-11-23T14:59:30Z").await;
    let late = east.order(&shelf, Some("2026-11-23")).await.expect(201);
    assert_eq!(late.json["fulfilments"][0]["ready_on"], "2026-11-23");
    // Tuesday in the east, still Monday in Cihonje.
    east.at("2026-11-23T15:00:00Z").await;
    let past = east.order(&shelf, Some("2026-11-23")).await.expect_problem(422, "body-invalid");
    past.expect_field_error("/lines/0/ready_on", "day-past");
    let first = east.order(&shelf, None).await.expect(201);
    assert_eq!(first.json["fulfilments"][0]["ready_on"], "2026-11-24");
    // A sale now is dated Tuesday.
    let part = first.json["fulfilments"][0]["id"].as_str().unwrap().to_owned();
    let steps = format!("/v1/fulfilments/{part}/transitions");
    for action in ["accept", "hand_over"] {
        east.officer.with_new_key().post(&steps, json!({"action": action})).await.expect(200);
    }
    let sales = format!("/v1/groups/{}/sales?from=2026-11-20&to=2026-11-30&by=day", east.group);
    let report = east.officer.get(&sales).await.expect(200);
    let sold: Vec<&Value> = report.json["rows"].as_array().unwrap().iter().filter(|row| row["amount"] != 0).collect();
    assert_eq!((sold.len(), &sold[0]["key"], &sold[0]["amount"]), (1, &json!("2026-11-24"), &json!(20_000)));

    // Orders for Wednesday close on Tuesday at 17:00 local time: 08:00 UTC.
    east.at("2026-11-24T07:59:59Z").await;
    let made_for = east.order(&made, Some("2026-11-25")).await.expect(201);
    assert_eq!(made_for.json["cancellable_until"], "2026-11-24T08:00:00Z");
    east.at("2026-11-24T08:00:00Z").await;
    east.order(&made, Some("2026-11-25")).await.expect_problem(409, "cutoff-passed");
    // The month of order numbers, and the last day to answer, change at local midnight.
    east.at("2026-11-30T14:59:59Z").await;
    assert!(east.order(&shelf, None).await.expect(201).str("number").starts_with("WIT-2611-"));
    east.at("2026-11-30T15:00:00Z").await;
    assert!(east.order(&shelf, None).await.expect(201).str("number").starts_with("WIT-2612-"));
    east.village.clock.advance(Duration::days(3));
    east.village.work().await;
}
