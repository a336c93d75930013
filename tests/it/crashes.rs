//! Panics at every statement, and kills at any time: operations are atomic, and a retry executes them once.

use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use lumbung::db::{self, schema};
use lumbung::kernel::ids::BatchId;
use lumbung::supply::Opening;
use serde_json::{Value, json};

use crate::world::{Client, Reply, ServerProcess, Village, World, trap};

/// Sends the same request with the same key, panicking at the first statement, the second, and so on, until it
/// succeeds. Returns the response and the number of statements.
async fn fail_at_every_statement(village: &Village, client: &Client, path: &str, body: &Value) -> (Reply, u32) {
    let client = client.with_new_key();
    let before = village.dump_rows();
    for statement in 1..200 {
        trap::fail_at_statement(&village.database, statement);
        let reply = client.post(path, body.clone()).await;
        if !trap::was_triggered(&village.database) {
            assert!((200..300).contains(&reply.status), "{path}: {}", reply.text());
            let after = village.dump_rows();
            assert_ne!(after, before);
            let again = client.post(path, body.clone()).await;
            assert_eq!((again.status, &again.bytes), (reply.status, &reply.bytes), "{path}");
            assert_eq!(again.header("idempotency-replayed"), Some("true"));
            assert_eq!(village.dump_rows(), after, "{path}: the replay was executed again");
            return (reply, statement - 1);
        }
        reply.expect_problem(500, "internal");
        assert_eq!(village.dump_rows(), before, "{path}: failing at statement {statement} is not atomic");
    }
    panic!("{path} takes no end of statements");
}

#[actix_web::test]
async fn a_failure_at_any_statement_changes_nothing_and_the_same_key_succeeds() {
    trap::watch();
    let village = World::village().await;
    let (pastel, _) = village.create_pastel_in_stock(40).await;
    let permit = village.group_permit(&village.darsih, village.singkong_wareg);
    let chips = village.create_product(permit, "Keripik original 200 g", |_| {}).await;
    village
        .open_group_batch(
            permit,
            chips,
            Opening { made: Some(lumbung::kernel::Quantity::from_units(20)), ..Opening::default() },
        )
        .await;
    // The first use of a token is recorded in its own transaction.
    for person in [&village.buyer, &village.sari, &village.treasurer] {
        person.get("/v1/me").await.expect(200);
    }

    let two_groups = json!({
        "cooperative": village.cooperative,
        "lines": [{"product": pastel, "quantity": 10}, {"product": chips, "quantity": 4}],
        "expected_total": 35_000,
    });
    let (order, statements) = fail_at_every_statement(&village, &village.buyer, "/v1/orders", &two_groups).await;
    assert!(statements >= 10, "only {statements} statements are seen");
    let guests = village.guest_order_body(pastel, 5, 12_500);
    fail_at_every_statement(&village, &village.guest(), "/v1/orders", &guests).await;

    let part =
        |order: &Reply| format!("/v1/fulfilments/{}/transitions", order.json["fulfilments"][0]["id"].as_str().unwrap());
    village.transition_fulfilment(&village.sari, &order, "accept").await;
    let handed_over = village.place_order(pastel, 5).await;
    fail_at_every_statement(&village, &village.sari, &part(&handed_over), &json!({"action": "accept"})).await;
    fail_at_every_statement(&village, &village.sari, &part(&handed_over), &json!({"action": "hand_over"})).await;
    fail_at_every_statement(&village, &village.sari, &part(&handed_over), &json!({"action": "undo"})).await;

    let payments = format!("/v1/orders/{}/payments", handed_over.id());
    let transfer = json!({"method": "transfer", "purpose": "full"});
    let (payment, _) = fail_at_every_statement(&village, &village.buyer, &payments, &transfer).await;
    let decide = format!("/v1/payments/{}/transitions", payment.id());
    fail_at_every_statement(&village, &village.treasurer, &decide, &json!({"action": "confirm"})).await;

    let cancel = format!("/v1/orders/{}/transitions", order.id());
    let (cancelled, _) = fail_at_every_statement(&village, &village.buyer, &cancel, &json!({"action": "cancel"})).await;
    assert_eq!(cancelled.str("status"), "cancelled");

    let sale = json!({"lines": [{"product": pastel, "quantity": 3}], "expected_total": 7500});
    let sales = format!("/v1/groups/{}/sales", village.sekar_laras);
    let (_, statements) = fail_at_every_statement(&village, &village.sari, &sales, &sale).await;
    assert!(statements >= 10, "only {statements} statements are seen");
    village.work().await;
}

/// The shared state of the buyers and the test that kills the server.
#[derive(Default)]
struct Rush {
    port: AtomicU16,
    is_over: AtomicBool,
    /// Key and response of every acknowledged order.
    acknowledged: Mutex<Vec<(String, Vec<u8>)>>,
}

impl Rush {
    fn count(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }

    fn at(&self, key: &str) -> Client {
        let url = format!("http://127.0.0.1:{}", self.port.load(Ordering::SeqCst));
        Client::new(reqwest::Client::new(), &url).with_key(key)
    }

    async fn until(&self, count: usize) {
        let start = std::time::Instant::now();
        while self.count() < count {
            assert!(start.elapsed().as_secs() < 60, "only {} of {count} orders are acknowledged", self.count());
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    }

    /// Places orders in a loop; requests without a response are retried with the same key.
    async fn buy(&self, body: &Value) {
        while !self.is_over.load(Ordering::SeqCst) {
            let key = uuid::Uuid::from_u128(rand::random()).to_string();
            loop {
                match self.at(&key).try_post("/v1/orders", body.clone()).await {
                    Some(reply) if reply.status == 201 => {
                        self.acknowledged.lock().unwrap().push((key, reply.bytes));
                        break;
                    }
                    Some(reply) if reply.status < 500 => panic!("{}", reply.text()),
                    _ => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
                }
            }
        }
    }
}

#[actix_web::test]
async fn a_server_killed_under_load_loses_no_order_and_creates_none_twice() {
    let village = World::village().await;
    let (pastel, _) = village.create_pastel_in_stock(100_000).await;
    let permit = village.group_permit(&village.darsih, village.singkong_wareg);
    let chips = village.create_product(permit, "Keripik original 200 g", |_| {}).await;
    let shelf = Opening { made: Some(lumbung::kernel::Quantity::from_units(100_000)), ..Opening::default() };
    village.open_group_batch(permit, chips, shelf).await;
    let body = json!({
        "cooperative": village.cooperative,
        "lines": [{"product": pastel, "quantity": 2}, {"product": chips, "quantity": 1}],
        "contact": {"name": "Contoh Tamu", "phone": "0812-0000-0999"},
        "expected_total": 7500,
    });

    let rush = Arc::new(Rush::default());
    let start = || {
        let server = ServerProcess::start(&village.database, 1);
        rush.port.store(server.port, Ordering::SeqCst);
        server
    };
    let mut server = start();
    let buyers: Vec<_> = (0..6)
        .map(|_| {
            let (rush, body) = (Arc::clone(&rush), body.clone());
            actix_web::rt::spawn(async move { rush.buy(&body).await })
        })
        .collect();
    for kill in 1..=4 {
        rush.until(kill * 15).await;
        server.kill();
        server = start();
    }
    rush.until(80).await;
    rush.is_over.store(true, Ordering::SeqCst);
    for buyer in buyers {
        buyer.await.unwrap();
    }

    let acknowledged = rush.acknowledged.lock().unwrap().clone();
    for (key, answer) in &acknowledged {
        let again = rush.at(key).post("/v1/orders", body.clone()).await.expect(201);
        assert_eq!(again.header("idempotency-replayed"), Some("true"), "an acknowledged order is lost");
        assert_eq!(&again.bytes, answer);
    }
    server.kill();
    let count = i64::try_from(acknowledged.len()).unwrap();
    let (orders, keys, parts, lines, placed, unlike) = village
        .app
        .state
        .db
        .read::<_, db::Error, _>(|conn| {
            use diesel::prelude::*;
            let batches: Vec<(BatchId, i64)> =
                schema::batches::table.select((schema::batches::id, schema::batches::claimed)).load(conn)?;
            let claims: Vec<(BatchId, i64)> =
                schema::claims::table.select((schema::claims::batch_id, schema::claims::quantity)).load(conn)?;
            let claimed = |id| claims.iter().filter(|claim| claim.0 == id).map(|claim| claim.1).sum::<i64>();
            let unlike = batches.iter().filter(|(id, figure)| claimed(*id) != *figure).count();
            Ok((
                schema::orders::table.count().get_result::<i64>(conn)?,
                schema::idempotency_keys::table.count().get_result::<i64>(conn)?,
                schema::fulfilments::table.count().get_result::<i64>(conn)?,
                schema::order_lines::table.count().get_result::<i64>(conn)?,
                schema::events::table
                    .filter(schema::events::kind.eq("order.placed"))
                    .count()
                    .get_result::<i64>(conn)?,
                unlike,
            ))
        })
        .await
        .unwrap();
    assert_eq!((orders, keys, parts, lines, placed), (count, count, count * 2, count * 2, count));
    assert_eq!(unlike, 0, "batches that have another figure than their claims");
}
