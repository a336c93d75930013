//! Closed days: on them nothing of a group's can be had, whichever way it is asked for.

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
    fn closed_days(&self) -> String {
        format!("/v1/groups/{}/closed_days", self.sekar_laras)
    }

    /// Sari shuts Sekar Laras on this day.
    pub(crate) async fn shuts(&self, day: &str) -> Reply {
        self.sari.put(&format!("{}/{day}", self.closed_days()), json!({"reason": "Hajatan di dusun"})).await
    }

    /// What a guest sees of the closed days.
    async fn shut_days(&self, query: &str) -> Vec<Value> {
        let reply = self.guest().get(&format!("{}{query}", self.closed_days())).await.expect(200);
        reply.json["data"].as_array().unwrap().clone()
    }

    /// An order of ten for a day, or as soon as possible.
    fn ten_for(&self, product: ProductId, day: Option<&str>) -> Value {
        let mut body = self.order_of(product, 10, 25_000);
        if let Some(day) = day {
            body["lines"][0]["ready_on"] = json!(day);
        }
        body
    }

    /// How the first line of a quote looks.
    async fn quoted(&self, mut order: Value) -> Value {
        order.as_object_mut().unwrap().remove("expected_total");
        self.buyer.post("/v1/quotes", order).await.expect(200).json["lines"][0].clone()
    }
}

fn sixty_a_day(offering: &mut Offering) {
    offering.daily_capacity = Quantity::units(60);
}

#[actix_web::test]
async fn an_officer_shuts_a_day_and_opens_it_again_for_all_to_see() {
    let village = World::village().await;
    let shut = village.shuts("2026-12-24").await.expect(201);
    assert_eq!(
        (shut.str("day"), shut.str("reason"), shut.json["open_parts"].as_i64()),
        ("2026-12-24".into(), "Hajatan di dusun".into(), Some(0))
    );
    village.shuts("2026-12-24").await.expect(200);
    let path = format!("{}/2026-12-24", village.closed_days());
    let other = village.sari.put(&path, json!({"reason": "  "})).await.expect(200);
    assert_eq!(other.json["reason"], Value::Null);
    assert_eq!(village.shut_days("").await, [json!({"day": "2026-12-24", "reason": null})]);
    for _ in 0..2 {
        village.sari.delete(&path).await.expect(204);
    }
    assert_eq!(village.shut_days("").await, Vec::<Value>::new());
    let db = &village.app.state.db;
    db.write::<_, db::Error, _>(events::stamp).await.unwrap();
    let all = db.read::<_, db::Error, _>(|conn| events::after(conn, 0, None, 1000)).await.unwrap();
    let mut told: Vec<(String, Value)> = all
        .into_iter()
        .filter(|event| event.kind.ends_with("ed_day"))
        .map(|event| {
            assert_eq!((event.group, event.cooperative), (Some(village.sekar_laras), Some(village.cooperative)));
            assert_eq!(event.actor.map(|actor| actor.to_string()), Some(village.sari.id.clone()));
            (event.kind, event.payload)
        })
        .collect();
    // Those of one moment have no other order.
    told.sort_by(|one, other| one.0.cmp(&other.0));
    // Twice closed: the second time for another reason. What changes nothing is not told.
    let day = json!({"day": "2026-12-24"});
    let kinds = ["group.closed_day", "group.closed_day", "group.opened_day"];
    assert_eq!(told, kinds.map(|kind| (kind.to_owned(), day.clone())));
}

#[actix_web::test]
async fn only_days_from_today_to_a_year_ahead_are_shut_or_opened() {
    let village = World::village().await;
    // Near midnight it is the 24th in Cihonje, and the 23rd still in UTC.
    village.clock.advance(Duration::hours(10));
    let sari = village.again(&village.sari).await;
    for (day, status) in [("2026-11-24", 201), ("2027-11-25", 201), ("2026-11-23", 422), ("2027-11-26", 422)] {
        let path = format!("{}/{day}", village.closed_days());
        let shut = sari.put(&path, json!({})).await.expect(status);
        let opened = sari.delete(&path).await.expect(if status == 201 { 204 } else { 422 });
        let code = if day < "2027" { "day-past" } else { "closed-day-too-far" };
        for refused in [shut, opened].into_iter().filter(|reply| reply.status == 422) {
            refused.problem(422, code);
        }
    }
    let path = format!("{}/2026-11-30", village.closed_days());
    let long = sari.put(&path, json!({"reason": "x".repeat(201)})).await;
    long.problem(422, "body-invalid").fault("/reason", "too-long");
    for day in ["2026-02-30", "tomorrow", "1"] {
        sari.put(&format!("{}/{day}", village.closed_days()), json!({})).await.problem(404, "not-found");
    }
}

#[actix_web::test]
async fn closed_days_come_in_pages_and_from_today_on() {
    let village = World::village().await;
    for day in ["2026-12-03", "2026-11-23", "2026-12-01", "2026-12-02", "2027-03-10"] {
        village.shuts(day).await.expect(201);
    }
    let path = format!("{}?limit=2", village.closed_days());
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
        .problem(400, "cursor-invalid");
    assert_eq!(village.shut_days("?from=2026-12-02&to=2026-12-31").await.len(), 2);
    village.clock.advance(Duration::days(1));
    assert_eq!((village.shut_days("").await.len(), village.shut_days("?from=2026-11-01").await.len()), (4, 5));
    // What is not in the village for buyers has no days for them either.
    village.database.run("UPDATE groups SET status = 'suspended' WHERE name = 'Sekar Laras'");
    village.clock.advance(Duration::seconds(2));
    village.guest().get(&village.closed_days()).await.problem(404, "not-found");
    let sari = village.again(&village.sari).await;
    let inside = sari.get(&village.closed_days()).await.expect(200);
    assert_eq!(inside.header("cache-control"), Some("private, no-cache"));
}

#[actix_web::test]
async fn quotes_and_orders_for_a_closed_day_are_refused_and_the_next_day_is_named() {
    let village = World::village().await;
    let pastel = village.pastel(sixty_a_day).await;
    village.shelves(pastel, 20, "2026-11-23").await;
    village.shuts("2026-11-26").await.expect(201);
    village.shuts("2026-11-27").await.expect(201);
    let line = village.quoted(village.ten_for(pastel, Some("2026-11-26"))).await;
    assert_eq!(
        (&line["quantity"], &line["reason"], &line["next_day"]),
        (&json!(0), &json!("group_closed"), &json!("2026-11-23")),
        "{line}"
    );
    let order = village.ten_for(pastel, Some("2026-11-26"));
    let refused = village.buyer.fresh_key().post("/v1/orders", order.clone()).await.problem(409, "group-closed");
    assert_eq!(refused.str("detail"), "Kelompok ini tutup pada hari itu. Pilih hari lain.");
    let refused = village.buyer.in_english().fresh_key().post("/v1/orders", order).await.problem(409, "group-closed");
    assert_eq!(refused.str("detail"), "The group is shut on that day. Choose another day.");
    // It is demand that could not be met.
    let refusals = village.sari.get(&format!("/v1/groups/{}/refusals", village.sekar_laras)).await.expect(200);
    assert_eq!(
        (&refusals.json["data"][0]["reason"], &refusals.json["data"][0]["day"]),
        (&json!("group_closed"), &json!("2026-11-26"))
    );
    // The day before and the day after nothing is different.
    for day in ["2026-11-25", "2026-11-28"] {
        village.buyer.fresh_key().post("/v1/orders", village.ten_for(pastel, Some(day))).await.expect(201);
    }
    village.sari.delete(&format!("{}/2026-11-26", village.closed_days())).await.expect(204);
    village.buyer.fresh_key().post("/v1/orders", village.ten_for(pastel, Some("2026-11-26"))).await.expect(201);
    village.work().await;
}

#[actix_web::test]
async fn as_soon_as_possible_is_the_first_day_on_which_the_group_is_open() {
    let village = World::village().await;
    let (shelved, batch) = village.pastel_on_the_shelf(40).await;
    let on_order = village.pastel_on_order().await;
    for day in ["2026-11-23", "2026-11-24"] {
        village.shuts(day).await.expect(201);
    }
    let mut of_batch = village.ten_for(shelved, None);
    of_batch["lines"][0]["batch"] = json!(batch);
    for order in [village.ten_for(shelved, None), of_batch, village.ten_for(on_order, None)] {
        let placed = village.buyer.fresh_key().post("/v1/orders", order).await.expect(201);
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
    // At the stall, too, the day is opened first.
    let sale = json!({"lines": [{"product": shelved, "quantity": 1}]});
    let sales = format!("/v1/groups/{}/sales", village.sekar_laras);
    village.sari.fresh_key().post(&sales, sale.clone()).await.problem(409, "group-closed");
    village.sari.delete(&format!("{}/2026-11-23", village.closed_days())).await.expect(204);
    village.sari.fresh_key().post(&sales, sale).await.expect(201);
    village.work().await;
}

#[actix_web::test]
async fn orders_that_stand_for_the_day_stay_and_the_officer_is_told_of_them() {
    let village = World::village().await;
    let pastel = village.pastel(sixty_a_day).await;
    let order = async || {
        village.buyer.fresh_key().post("/v1/orders", village.ten_for(pastel, Some("2026-11-27"))).await.expect(201)
    };
    let (first, second) = (order().await, order().await);
    village
        .buyer
        .fresh_key()
        .post(&format!("/v1/orders/{}/transitions", second.id()), json!({"action": "cancel"}))
        .await
        .expect(200);
    order().await;
    let other_day = village.ten_for(pastel, Some("2026-11-28"));
    village.buyer.fresh_key().post("/v1/orders", other_day).await.expect(201);
    assert_eq!(village.shuts("2026-11-27").await.expect(201).json["open_parts"], 2);
    village.step(&village.sari, &first, "accept").await.expect(200);
    village.step(&village.sari, &first, "hand_over").await.expect(200);
    assert_eq!(village.shuts("2026-11-27").await.expect(200).json["open_parts"], 1);
    assert_eq!(village.buyer.get(&format!("/v1/orders/{}", first.id())).await.expect(200).str("status"), "completed");
    village.work().await;
}

#[actix_web::test]
async fn no_batch_is_planned_for_a_closed_day_and_one_that_was_is_not_handed_out() {
    let village = World::village().await;
    let pastel = village.pastel(|_| {}).await;
    let planned = village.planned(pastel, 40, 0).await;
    village.shuts("2026-11-27").await.expect(201);
    let path = format!("/v1/products/{pastel}/batches");
    let again = json!({"ready_on": "2026-11-27", "capacity": 20});
    let refused = village.sari.fresh_key().post(&path, again).await;
    refused.problem(422, "body-invalid").fault("/ready_on", "closed-that-day");
    // What is made may be laid on the shelf on any day.
    village.sari.fresh_key().post(&path, json!({"made": 5})).await.expect(201);
    let mut order = village.order_of_batch(pastel, &planned, 10);
    order["lines"][0]["ready_on"] = json!("2026-11-27");
    village.buyer.fresh_key().post("/v1/orders", order.clone()).await.problem(409, "group-closed");
    order["lines"][0]["ready_on"] = json!("2026-11-28");
    village.buyer.fresh_key().post("/v1/orders", order).await.expect(201);
    village.work().await;
}

#[actix_web::test]
async fn closed_days_cost_one_query_however_many_goods_are_asked_for() {
    let village = World::village().await;
    let chips = village.permit_of(&village.darsih, village.singkong_wareg);
    let goods = vec![village.pastel(sixty_a_day).await, village.product_of(chips, "Keripik", sixty_a_day).await];
    village.shuts("2026-11-26").await.expect(201);
    let now = village.clock.now();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ear = Arc::clone(&heard);
    let read = village.app.state.db.read::<_, db::Error, _>(move |conn| {
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                ear.lock().unwrap().push(query.to_string());
            }
        });
        let stock = Stock::of(conn, now, &goods);
        conn.set_instrumentation(|_: InstrumentationEvent<'_>| {});
        let stock = stock?;
        Ok(goods
            .iter()
            .map(|product| stock.terms(*product).unwrap().closed.contains("2026-11-26".parse().unwrap()))
            .collect::<Vec<_>>())
    });
    assert_eq!(read.await.unwrap(), [true, false]);
    let heard = heard.lock().unwrap();
    assert_eq!(heard.len(), 3, "terms, closed days, batches: {heard:?}");
}
