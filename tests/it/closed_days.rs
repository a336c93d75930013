//! Closed days of groups, on which nothing can be ordered in any way.

use std::sync::{Arc, Mutex};

use diesel::connection::{Connection, InstrumentationEvent};
use lumbung::catalogue::Offering;
use lumbung::kernel::ids::ProductId;
use lumbung::kernel::{Duration, Quantity};
use lumbung::supply::Stock;
use lumbung::{db, events};
use serde_json::{Value, json};

use crate::world::{Reply, Village, World};

impl Village {
    fn closed_days_path(&self) -> String {
        format!("/v1/groups/{}/closed_days", self.sekar_laras)
    }

    /// Closes Sekar Laras on this day.
    pub(crate) async fn close_day(&self, day: &str) -> Reply {
        self.sari.put(&format!("{}/{day}", self.closed_days_path()), json!({"reason": "Hajatan di dusun"})).await
    }

    /// Lists the closed days as a guest.
    async fn list_closed_days(&self, query: &str) -> Vec<Value> {
        let reply = self.guest().get(&format!("{}{query}", self.closed_days_path())).await.expect(200);
        reply.json["data"].as_array().unwrap().clone()
    }

    /// The body of an order of ten for a day, or for the earliest possible one.
    fn order_of_ten(&self, product: ProductId, day: Option<&str>) -> Value {
        let mut body = self.order_body(product, 10, 25_000);
        if let Some(day) = day {
            body["lines"][0]["ready_on"] = json!(day);
        }
        body
    }

    /// The first line of a quote for this order.
    async fn quote_first_line(&self, mut order: Value) -> Value {
        order.as_object_mut().unwrap().remove("expected_total");
        self.buyer.post("/v1/quotes", order).await.expect(200).json["lines"][0].clone()
    }
}

fn sixty_a_day(offering: &mut Offering) {
    offering.daily_capacity = Quantity::from_units(60);
}

#[actix_web::test]
async fn an_officer_closes_and_reopens_a_day_publicly() {
    let village = World::village().await;
    let closed = village.close_day("2026-12-24").await.expect(201);
    assert_eq!(
        (closed.str("day"), closed.str("reason"), closed.json["open_parts"].as_i64()),
        ("2026-12-24".into(), "Hajatan di dusun".into(), Some(0))
    );
    village.close_day("2026-12-24").await.expect(200);
    let path = format!("{}/2026-12-24", village.closed_days_path());
    let other = village.sari.put(&path, json!({"reason": "  "})).await.expect(200);
    assert_eq!(other.json["reason"], Value::Null);
    assert_eq!(village.list_closed_days("").await, [json!({"day": "2026-12-24", "reason": null})]);
    for _ in 0..2 {
        village.sari.delete(&path).await.expect(204);
    }
    assert_eq!(village.list_closed_days("").await, Vec::<Value>::new());
    let db = &village.app.state.db;
    db.write::<_, db::Error, _>(events::assign_seq).await.unwrap();
    let all = db.read::<_, db::Error, _>(|conn| events::list_after(conn, 0, None, 1000)).await.unwrap();
    let mut recorded: Vec<(String, Value)> = all
        .into_iter()
        .filter(|event| event.kind.ends_with("ed_day"))
        .map(|event| {
            assert_eq!((event.group, event.cooperative), (Some(village.sekar_laras), Some(village.cooperative)));
            assert_eq!(event.actor.map(|actor| actor.to_string()), Some(village.sari.id.clone()));
            (event.kind, event.payload)
        })
        .collect();
    // Events of the same time have no defined order.
    recorded.sort_by(|a, b| a.0.cmp(&b.0));
    // Two closings, the second with another reason. A request without a change records no event.
    let day = json!({"day": "2026-12-24"});
    let kinds = ["group.closed_day", "group.closed_day", "group.opened_day"];
    assert_eq!(recorded, kinds.map(|kind| (kind.to_owned(), day.clone())));
}

#[actix_web::test]
async fn days_from_today_to_a_year_ahead_can_be_closed_and_reopened() {
    let village = World::village().await;
    // It is the 24th in Cihonje and still the 23rd in UTC.
    village.clock.advance(Duration::hours(10));
    let sari = village.sign_in_again(&village.sari).await;
    for (day, status) in [("2026-11-24", 201), ("2027-11-25", 201), ("2026-11-23", 422), ("2027-11-26", 422)] {
        let path = format!("{}/{day}", village.closed_days_path());
        let closed = sari.put(&path, json!({})).await.expect(status);
        let reopened = sari.delete(&path).await.expect(if status == 201 { 204 } else { 422 });
        let code = if day < "2027" { "day-past" } else { "closed-day-too-far" };
        for refused in [closed, reopened].into_iter().filter(|reply| reply.status == 422) {
            refused.expect_problem(422, code);
        }
    }
    let path = format!("{}/2026-11-30", village.closed_days_path());
    let long = sari.put(&path, json!({"reason": "x".repeat(201)})).await;
    long.expect_problem(422, "body-invalid").expect_field_error("/reason", "too-long");
    for day in ["2026-02-30", "tomorrow", "1"] {
        sari.put(&format!("{}/{day}", village.closed_days_path()), json!({})).await.expect_problem(404, "not-found");
    }
}

#[actix_web::test]
async fn closed_days_are_paginated_from_today_on() {
    let village = World::village().await;
    for day in ["2026-12-03", "2026-11-23", "2026-12-01", "2026-12-02", "2027-03-10"] {
        village.close_day(day).await.expect(201);
    }
    let path = format!("{}?limit=2", village.closed_days_path());
    let first = village.guest().get(&path).await.expect(200);
    assert!(first.header("cache-control").unwrap().starts_with("public, max-age=60"));
    let again = village.guest().with("if-none-match", first.header("etag").unwrap()).get(&path).await;
    assert_eq!(again.status, 304);
    let second = village.guest().get(&format!("{path}&cursor={}", first.str("next"))).await.expect(200);
    let days = |reply: &Reply| -> Vec<String> {
        reply.json["data"].as_array().unwrap().iter().map(|row| row["day"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        (days(&first), days(&second)),
        (vec!["2026-11-23".to_owned(), "2026-12-01".into()], vec!["2026-12-02".to_owned(), "2026-12-03".into()],)
    );
    village
        .guest()
        .get(&format!("{path}&to=2026-12-02&cursor={}", first.str("next")))
        .await
        .expect_problem(400, "cursor-invalid");
    assert_eq!(village.list_closed_days("?from=2026-12-02&to=2026-12-31").await.len(), 2);
    village.clock.advance(Duration::days(1));
    assert_eq!(
        (village.list_closed_days("").await.len(), village.list_closed_days("?from=2026-11-01").await.len()),
        (4, 5)
    );
    // The closed days of a suspended group are not public.
    village.database.run("UPDATE groups SET status = 'suspended' WHERE name = 'Sekar Laras'");
    village.clock.advance(Duration::seconds(2));
    village.guest().get(&village.closed_days_path()).await.expect_problem(404, "not-found");
    let sari = village.sign_in_again(&village.sari).await;
    let inside = sari.get(&village.closed_days_path()).await.expect(200);
    assert_eq!(inside.header("cache-control"), Some("private, no-cache"));
}

#[actix_web::test]
async fn quotes_and_orders_for_a_closed_day_are_refused_with_the_next_open_day() {
    let village = World::village().await;
    let pastel = village.create_pastel(sixty_a_day).await;
    village.open_stock_batch(pastel, 20, "2026-11-23").await;
    village.close_day("2026-11-26").await.expect(201);
    village.close_day("2026-11-27").await.expect(201);
    let line = village.quote_first_line(village.order_of_ten(pastel, Some("2026-11-26"))).await;
    assert_eq!(
        (&line["quantity"], &line["reason"], &line["next_day"]),
        (&json!(0), &json!("group_closed"), &json!("2026-11-23")),
        "{line}"
    );
    let order = village.order_of_ten(pastel, Some("2026-11-26"));
    let refused =
        village.buyer.with_new_key().post("/v1/orders", order.clone()).await.expect_problem(409, "group-closed");
    assert_eq!(refused.str("detail"), "Kelompok ini tutup pada hari itu. Pilih hari lain.");
    let refused =
        village.buyer.in_english().with_new_key().post("/v1/orders", order).await.expect_problem(409, "group-closed");
    assert_eq!(refused.str("detail"), "The group is shut on that day. Choose another day.");
    // It is recorded as unmet demand.
    let unmet_demand = village.sari.get(&format!("/v1/groups/{}/unmet_demand", village.sekar_laras)).await.expect(200);
    assert_eq!(
        (&unmet_demand.json["data"][0]["reason"], &unmet_demand.json["data"][0]["day"]),
        (&json!("group_closed"), &json!("2026-11-26"))
    );
    // The days before and after are not affected.
    for day in ["2026-11-25", "2026-11-28"] {
        village.buyer.with_new_key().post("/v1/orders", village.order_of_ten(pastel, Some(day))).await.expect(201);
    }
    village.sari.delete(&format!("{}/2026-11-26", village.closed_days_path())).await.expect(204);
    village.buyer.with_new_key().post("/v1/orders", village.order_of_ten(pastel, Some("2026-11-26"))).await.expect(201);
    village.work().await;
}

#[actix_web::test]
async fn the_earliest_possible_day_is_an_open_day() {
    let village = World::village().await;
    let (stocked, batch) = village.create_pastel_in_stock(40).await;
    let on_order = village.create_made_to_order().await;
    for day in ["2026-11-23", "2026-11-24"] {
        village.close_day(day).await.expect(201);
    }
    let mut of_batch = village.order_of_ten(stocked, None);
    of_batch["lines"][0]["batch"] = json!(batch);
    for order in [village.order_of_ten(stocked, None), of_batch, village.order_of_ten(on_order, None)] {
        let placed = village.buyer.with_new_key().post("/v1/orders", order).await.expect(201);
        assert_eq!(
            placed.json["lines"][0]["ready_on"].as_str().or(placed.json["fulfilments"][0]["ready_on"].as_str()),
            Some("2026-11-25"),
            "{}",
            placed.text()
        );
    }
    let days = village.guest().get(&format!("/v1/products/{on_order}/availability?to=2026-11-26")).await.expect(200);
    let days: Vec<&str> =
        days.json["data"].as_array().unwrap().iter().map(|row| row["ready_on"].as_str().unwrap()).collect();
    assert_eq!(days, ["2026-11-25", "2026-11-26"]);
    // Stall sales are refused on a closed day, too.
    let sale = json!({"lines": [{"product": stocked, "quantity": 1}]});
    let sales = format!("/v1/groups/{}/sales", village.sekar_laras);
    village.sari.with_new_key().post(&sales, sale.clone()).await.expect_problem(409, "group-closed");
    village.sari.delete(&format!("{}/2026-11-23", village.closed_days_path())).await.expect(204);
    village.sari.with_new_key().post(&sales, sale).await.expect(201);
    village.work().await;
}

#[actix_web::test]
async fn existing_orders_of_a_closed_day_remain_and_the_officer_gets_their_number() {
    let village = World::village().await;
    let pastel = village.create_pastel(sixty_a_day).await;
    let order = async || {
        village
            .buyer
            .with_new_key()
            .post("/v1/orders", village.order_of_ten(pastel, Some("2026-11-27")))
            .await
            .expect(201)
    };
    let (first, second) = (order().await, order().await);
    village
        .buyer
        .with_new_key()
        .post(&format!("/v1/orders/{}/transitions", second.id()), json!({"action": "cancel"}))
        .await
        .expect(200);
    order().await;
    let other_day = village.order_of_ten(pastel, Some("2026-11-28"));
    village.buyer.with_new_key().post("/v1/orders", other_day).await.expect(201);
    assert_eq!(village.close_day("2026-11-27").await.expect(201).json["open_parts"], 2);
    village.transition_fulfilment(&village.sari, &first, "accept").await.expect(200);
    village.transition_fulfilment(&village.sari, &first, "hand_over").await.expect(200);
    assert_eq!(village.close_day("2026-11-27").await.expect(200).json["open_parts"], 1);
    assert_eq!(village.buyer.get(&format!("/v1/orders/{}", first.id())).await.expect(200).str("status"), "completed");
    village.work().await;
}

#[actix_web::test]
async fn no_batch_can_be_planned_for_a_closed_day_and_an_existing_one_is_not_handed_over_then() {
    let village = World::village().await;
    let pastel = village.create_pastel(|_| {}).await;
    let planned = village.plan_batch(pastel, 40, 0).await;
    village.close_day("2026-11-27").await.expect(201);
    let path = format!("/v1/products/{pastel}/batches");
    let again = json!({"ready_on": "2026-11-27", "capacity": 20});
    let refused = village.sari.with_new_key().post(&path, again).await;
    refused.expect_problem(422, "body-invalid").expect_field_error("/ready_on", "closed-that-day");
    // Stock batches can be opened on any day.
    village.sari.with_new_key().post(&path, json!({"made": 5})).await.expect(201);
    let mut order = village.batch_order_body(pastel, &planned, 10);
    order["lines"][0]["ready_on"] = json!("2026-11-27");
    village.buyer.with_new_key().post("/v1/orders", order.clone()).await.expect_problem(409, "group-closed");
    order["lines"][0]["ready_on"] = json!("2026-11-28");
    village.buyer.with_new_key().post("/v1/orders", order).await.expect(201);
    village.work().await;
}

#[actix_web::test]
async fn closed_days_take_one_query_for_any_number_of_products() {
    let village = World::village().await;
    let chips = village.group_permit(&village.darsih, village.singkong_wareg);
    let goods =
        vec![village.create_pastel(sixty_a_day).await, village.create_product(chips, "Keripik", sixty_a_day).await];
    village.close_day("2026-11-26").await.expect(201);
    let now = village.clock.now();
    let statements = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&statements);
    let query = village.app.state.db.read::<_, db::Error, _>(move |conn| {
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                sink.lock().unwrap().push(query.to_string());
            }
        });
        let stock = Stock::load(conn, now, &goods);
        conn.set_instrumentation(|_: InstrumentationEvent<'_>| {});
        let stock = stock?;
        Ok(goods
            .iter()
            .map(|product| stock.terms(*product).unwrap().closed.contains("2026-11-26".parse().unwrap()))
            .collect::<Vec<_>>())
    });
    assert_eq!(query.await.unwrap(), [true, false]);
    let statements = statements.lock().unwrap();
    assert_eq!(statements.len(), 4, "terms, closed days, recent batches, earlier ones: {statements:?}");
}
