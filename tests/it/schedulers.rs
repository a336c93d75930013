//! Whoever opens and closes market days: one that slept, two at once, one that falls or is killed, one that meets a row it
//! cannot deal with. The end is the same each time.

use std::time::{Duration, Instant as Stopwatch};

use diesel::prelude::*;
use lumbung::app::Application;
use lumbung::db;
use lumbung::db::schema::{batches, events};
use lumbung::jobs::PeriodicTask;
use lumbung::kernel::Instant;
use lumbung::kernel::ids::{EventId, ProductId};
use serde_json::{Value, json};

use crate::market_days::{
    advance_to, create_schedule, find_day_on, friday_schedule, get_day, list_offerings, offering_path, order_offering,
};
use crate::world::{ServerProcess, TestDatabase, Village, World, trap};

#[actix_web::test]
async fn a_scheduler_that_slept_for_two_days_opens_and_closes_every_day_once() {
    let mut village = World::village().await;
    let daily = json!({
        "name": "Pasar pagi", "weekdays": ["wednesday", "thursday", "friday", "saturday"], "opens_days_before": 2,
        "opens_at": "06:00", "closes_days_before": 1, "closes_at": "12:00", "from": "06:00", "until": "09:00",
        "days_ahead": 10,
    });
    create_schedule(&village, daily).await;
    let product = village.create_pastel(|_| {}).await;
    for date in ["2026-11-26", "2026-11-27", "2026-11-28"] {
        let path = offering_path(&find_day_on(&village, date).await, product);
        village
            .sari
            .put(&path, json!({"capacity": 50, "minimum": if date == "2026-11-27" { 10 } else { 0 }}))
            .await
            .expect(201);
    }
    // From Tuesday morning to Thursday afternoon nobody looked.
    advance_to(&mut village, "2026-11-26T08:00:00Z").await;
    village.work().await;
    let stands = |days: &[Value]| days.iter().map(|day| day["status"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let path = format!("/v1/cooperatives/{}/market_days?from=2026-11-25&to=2026-11-28", village.cooperative);
    let list = village.guest().get(&path).await.expect(200).json["data"].as_array().unwrap().clone();
    assert_eq!(stands(&list), ["closed", "closed", "closed", "open"]);
    let told =
        village.board.get(&format!("/v1/cooperatives/{}/events?limit=100", village.cooperative)).await.expect(200);
    let mut turns: Vec<(String, String)> = told.json["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| ["market_day.opened", "market_day.closed"].contains(&event["kind"].as_str().unwrap()))
        .map(|event| (event["kind"].as_str().unwrap().into(), event["payload"]["held_on"].as_str().unwrap().into()))
        .collect();
    let mut opened: Vec<&str> =
        turns.iter().filter(|(kind, _)| kind == "market_day.opened").map(|(_, date)| date.as_str()).collect();
    // The days of one round share its moment, and PostgreSQL's log keeps no order within a moment.
    opened.sort_unstable();
    assert_eq!(opened, ["2026-11-25", "2026-11-26", "2026-11-27", "2026-11-28"]);
    let all = turns.len();
    turns.sort();
    turns.dedup();
    assert_eq!(turns.len(), all, "each once: {turns:?}");
    let friday = list_offerings(&village, &list[2]).await;
    let batch = format!("/v1/batches/{}", friday[0]["batch"].as_str().unwrap());
    assert_eq!(village.sari.get(&batch).await.expect(200).str("status"), "failed", "nobody ordered ten of it");
    village.work().await;
}

#[actix_web::test]
async fn two_schedulers_at_once_come_to_the_same_end_as_one() {
    let mut village = World::village().await;
    create_schedule(&village, friday_schedule()).await;
    let next = find_day_on(&village, "2026-12-04").await;
    let mut products = Vec::new();
    for name in ["Pastel sayur", "Risoles", "Lumpia", "Tahu isi"] {
        let product = village.create_product(village.sari_permit(), name, |_| {}).await;
        village.sari.put(&offering_path(&next, product), json!({"capacity": 40, "minimum": 20})).await.expect(201);
        products.push(product);
    }
    let all_at_once = |village: &Village| {
        let (app, now) = (village.app.clone(), village.clock.now());
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let app = app.clone();
                std::thread::spawn(move || {
                    lumbung::standing_orders::process_due(&app.state.db, now, &app.orders, &app.market).unwrap();
                    let trade =
                        |task: &PeriodicTask| task.name.starts_with("market.") || task.name.starts_with("orders.");
                    for task in Application::periodic_tasks().into_iter().filter(trade) {
                        (task.run)(&app.state.db, now).unwrap();
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    };
    advance_to(&mut village, "2026-11-29T00:00:00Z").await;
    all_at_once(&village);
    let open = list_offerings(&village, &next).await;
    assert!(open.iter().all(|it| it["available"] == 40), "one batch each: {open:?}");
    for product in &products[..2] {
        order_offering(&village, *product, &next, 20).await.expect(201);
    }
    order_offering(&village, products[2], &next, 10).await.expect(201);
    advance_to(&mut village, "2026-12-02T10:00:00Z").await;
    all_at_once(&village);
    assert_eq!(get_day(&village, &next["id"]).await.str("status"), "open", "two batches were given more time");
    advance_to(&mut village, "2026-12-02T22:00:00Z").await;
    all_at_once(&village);
    assert_eq!(get_day(&village, &next["id"]).await.str("status"), "closed");
    let mut ends = Vec::new();
    for offering in list_offerings(&village, &next).await {
        let batch = village.sari.get(&format!("/v1/batches/{}", offering["batch"].as_str().unwrap())).await.expect(200);
        ends.push((batch.str("status"), batch.json["claimed"].as_i64().unwrap()));
    }
    ends.sort();
    let expected = [("confirmed", 20), ("confirmed", 20), ("failed", 0), ("failed", 0)];
    assert_eq!(ends, expected.map(|(status, claimed)| (status.to_owned(), claimed)));
    village.work().await;
}

/// Products of Sekar Laras, forty of each brought to the day, twenty at least.
async fn brings(village: &Village, day: &Value, names: &[&'static str]) -> Vec<ProductId> {
    let mut products = Vec::new();
    for name in names {
        let product = village.create_product(village.sari_permit(), name, |_| {}).await;
        village.sari.put(&offering_path(day, product), json!({"capacity": 40, "minimum": 20})).await.expect(201);
        products.push(product);
    }
    products
}

/// How each batch of the day ended, with the decisions that the log knows of.
async fn ends(village: &Village, day: &Value) -> Vec<(String, i64, Vec<String>)> {
    let mut found = Vec::new();
    for it in list_offerings(village, day).await {
        let id = it["batch"].as_str().unwrap();
        let batch = village.sari.get(&format!("/v1/batches/{id}")).await.expect(200);
        let subject: EventId = id.parse().unwrap();
        let decisions = village.app.state.db.read::<_, db::Error, _>(move |conn| {
            Ok(events::table
                .filter(events::subject_id.eq(subject))
                .filter(events::kind.eq_any(["batch.confirmed", "batch.failed"]))
                .select(events::kind)
                .load::<String>(conn)?)
        });
        found.push((batch.str("status"), batch.json["claimed"].as_i64().unwrap(), decisions.await.unwrap()));
    }
    found.sort();
    found
}

/// Twenty are wanted of so many batches, less of the others.
fn decided_once(confirmed: usize, failed: usize) -> Vec<(String, i64, Vec<String>)> {
    let end = |status: &str, claimed, event: &str| (status.to_owned(), claimed, vec![event.to_owned()]);
    let confirmed = (0..confirmed).map(|_| end("confirmed", 20, "batch.confirmed"));
    confirmed.chain((0..failed).map(|_| end("failed", 0, "batch.failed"))).collect()
}

#[actix_web::test]
async fn one_that_falls_at_any_statement_leaves_what_the_next_one_finishes() {
    trap::watch();
    let mut village = World::village().await;
    create_schedule(&village, friday_schedule()).await;
    let next = find_day_on(&village, "2026-12-04").await;
    let products = brings(&village, &next, &["Pastel sayur", "Risoles", "Lumpia"]).await;
    let daily = json!({
        "cooperative": village.cooperative, "every_market_day": true,
        "lines": [{"product": products[0], "quantity": 5}],
    });
    village.buyer.with_new_key().post("/v1/standing_orders", daily).await.expect(201);
    let falls_everywhere = async |village: &Village, work: fn(&Application, Instant) -> bool| {
        for statement in 1..400 {
            trap::fail_at_statement(&village.database, statement);
            let (app, now) = (village.app.clone(), village.clock.now());
            let done = tokio::task::spawn_blocking(move || work(&app, now)).await.unwrap();
            if !trap::was_triggered(&village.database) {
                assert!(done);
                return statement - 1;
            }
            assert!(!done, "falling at statement {statement} goes unnoticed");
        }
        panic!("it never comes to an end");
    };
    let opens = |app: &Application, now| {
        lumbung::standing_orders::process_due(&app.state.db, now, &app.orders, &app.market).is_ok()
    };
    let closes = |app: &Application, now| lumbung::market_days::close_due(&app.state.db, now).is_ok();
    advance_to(&mut village, "2026-11-29T00:00:00Z").await;
    assert!(falls_everywhere(&village, opens).await > 10);
    assert!(list_offerings(&village, &next).await.iter().all(|it| it["capacity"] == 40 && !it["batch"].is_null()));
    order_offering(&village, products[0], &next, 15).await.expect(201);
    order_offering(&village, products[1], &next, 20).await.expect(201);
    order_offering(&village, products[2], &next, 10).await.expect(201);
    // The second cut-off has come as well: nothing is given more time.
    advance_to(&mut village, "2026-12-03T00:00:00Z").await;
    assert!(falls_everywhere(&village, closes).await > 10);
    assert_eq!(get_day(&village, &next["id"]).await.str("status"), "closed");
    assert_eq!(ends(&village, &next).await, decided_once(2, 1));
    village.work().await;
}

/// Every decision takes its time, so that there is a middle to be killed in.
fn slow_down(database: &TestDatabase) {
    database.run(if database.is_postgres() {
        "CREATE FUNCTION dawdle() RETURNS trigger AS $$ BEGIN PERFORM pg_sleep(0.2); RETURN NEW; END $$ LANGUAGE plpgsql;
         CREATE TRIGGER dawdle BEFORE UPDATE OF status ON batches FOR EACH ROW EXECUTE FUNCTION dawdle()"
    } else {
        "CREATE TRIGGER dawdle BEFORE UPDATE OF status ON batches BEGIN
             SELECT count(*) FROM (WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 500000)
                                   SELECT n FROM c);
         END"
    });
}

#[actix_web::test]
async fn one_that_is_killed_in_the_middle_of_a_closing_leaves_the_rest_to_the_next() {
    let mut village = World::village().await;
    create_schedule(&village, friday_schedule()).await;
    let friday = find_day_on(&village, "2026-11-27").await;
    let names =
        ["Pastel", "Risoles", "Lumpia", "Tahu isi", "Onde-onde", "Cenil", "Klepon", "Nagasari", "Lemper", "Bakwan"];
    let products = brings(&village, &friday, &names).await;
    for (turn, product) in products.iter().enumerate() {
        order_offering(&village, *product, &friday, if turn % 2 == 0 { 20 } else { 10 }).await.expect(201);
    }
    village.work().await;
    // The process has the real clock, and for that the day is due, its second cut-off as well.
    slow_down(&village.database);
    let first = ServerProcess::start(&village.database, 1);
    let undecided = async |village: &Village| {
        let count = village.app.state.db.read::<_, db::Error, _>(|conn| {
            Ok(batches::table.filter(batches::status.eq("open")).count().get_result::<i64>(conn)?)
        });
        usize::try_from(count.await.unwrap()).unwrap()
    };
    let begun = Stopwatch::now();
    while undecided(&village).await == products.len() {
        assert!(begun.elapsed() < Duration::from_secs(60), "the closing does not begin");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    first.kill();
    let left = undecided(&village).await;
    assert!(left > 0 && left < products.len(), "{left} are left: that was not in the middle");

    let second = ServerProcess::start(&village.database, 1);
    let begun = Stopwatch::now();
    while get_day(&village, &friday["id"]).await.str("status") != "closed" {
        assert!(begun.elapsed() < Duration::from_secs(60), "the closing does not end");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    second.kill();
    // By the processes' clock the session of then may be long over, and deleted.
    village.sari = village.sign_in_again(&village.sari).await;
    assert_eq!(ends(&village, &friday).await, decided_once(5, 5));
    advance_to(&mut village, "2026-11-24T12:00:00Z").await;
    village.work().await;
}

/// Refuses to write rows like this, as a rule of the database does.
fn refuse(database: &TestDatabase, what: &str, when: &str) {
    database.run(&if database.is_postgres() {
        format!(
            "CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '23514'; END $$
                LANGUAGE plpgsql;
             CREATE TRIGGER refuse BEFORE {what} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION refuse()"
        )
    } else {
        format!(
            "CREATE TABLE refused (so INTEGER CHECK (so IS NULL));
             CREATE TRIGGER refuse BEFORE {what} WHEN {when} BEGIN INSERT INTO refused VALUES (1); END"
        )
    });
}

#[actix_web::test]
async fn a_standing_order_that_cannot_come_round_holds_up_nobody_else() {
    let mut village = World::village().await;
    create_schedule(&village, friday_schedule()).await;
    let next = find_day_on(&village, "2026-12-04").await;
    let products = brings(&village, &next, &["Pastel sayur"]).await;
    let daily = village.create_made_to_order().await;
    let wanted = |product: ProductId, on: &str, note: &str| {
        let mut wanted = json!({
            "cooperative": village.cooperative, "note": note, "lines": [{"product": product, "quantity": 20}],
        });
        wanted[on] = if on == "weekdays" { json!(["friday"]) } else { json!(true) };
        wanted
    };
    refuse(&village.database, "INSERT ON orders", "NEW.note = 'racun'");
    let mut standing = Vec::new();
    for (product, on) in [(daily, "weekdays"), (products[0], "every_market_day")] {
        for (person, note) in [(&village.buyer, "racun"), (&village.other_buyer, "sehat")] {
            let made = person.with_new_key().post("/v1/standing_orders", wanted(product, on, note)).await.expect(201);
            standing.push((person.email.clone(), made.id()));
        }
    }
    advance_to(&mut village, "2026-11-29T00:00:00Z").await;
    village.other_buyer = village.sign_in_again(&village.other_buyer).await;
    village.work().await;
    assert_eq!(get_day(&village, &next["id"]).await.str("status"), "open");
    let mut came = Vec::new();
    for (email, id) in &standing {
        let person = if *email == village.buyer.email { &village.buyer } else { &village.other_buyer };
        let path = format!("/v1/standing_orders/{id}/occurrences");
        let days = person.get(&path).await.expect(200).json["data"].as_array().unwrap().clone();
        let on = days.iter().find(|day| day["due_on"] == "2026-12-04").unwrap();
        came.push((on["status"].as_str().unwrap().to_owned(), on["shortfalls"][0]["reason"].clone()));
    }
    let (refused, placed) = (("refused".to_owned(), json!("fault")), ("placed".to_owned(), Value::Null));
    assert_eq!(came, [refused.clone(), placed.clone(), refused, placed]);
    let told: Vec<_> = village.mails().into_iter().filter(|mail| mail.kind == "standing-refused").collect();
    assert!(told.iter().all(|mail| mail.to == village.buyer.email));
    assert!(told.iter().any(|mail| mail.text.contains("gangguan di sistem kami")), "{told:?}");
}

#[actix_web::test]
async fn a_day_that_cannot_be_opened_or_closed_holds_up_no_other() {
    let mut village = World::village().await;
    let mut poisoned = friday_schedule();
    poisoned["name"] = json!("Racun");
    create_schedule(&village, poisoned).await;
    create_schedule(&village, friday_schedule()).await;
    let path = format!("/v1/cooperatives/{}/market_days?from=2026-12-04&to=2026-12-04", village.cooperative);
    let stands = async |village: &Village| {
        let days = village.guest().get(&path).await.expect(200).json["data"].as_array().unwrap().clone();
        let mut stands: Vec<_> = days.iter().map(|day| (day["name"].to_string(), day["status"].to_string())).collect();
        stands.sort();
        stands.into_iter().map(|(_, status)| status).collect::<Vec<_>>()
    };
    refuse(&village.database, "UPDATE ON market_days", "NEW.name = 'Racun'");
    advance_to(&mut village, "2026-11-29T00:00:00Z").await;
    let done = village.try_work().await;
    assert!(done.failures.iter().all(|failure| failure.starts_with("market")) && !done.failures.is_empty());
    assert_eq!(stands(&village).await, ["\"open\"", "\"planned\""]);
    advance_to(&mut village, "2026-12-03T00:00:00Z").await;
    village.try_work().await;
    assert_eq!(stands(&village).await, ["\"closed\"", "\"planned\""]);
    village.database.run(if village.database.is_postgres() {
        "DROP TRIGGER refuse ON market_days"
    } else {
        "DROP TRIGGER refuse"
    });
    village.work().await;
    assert_eq!(stands(&village).await, ["\"closed\"", "\"closed\""]);
}
