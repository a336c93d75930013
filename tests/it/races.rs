//! Concurrency, repeated requests, and crashes in the middle.

use futures_util::future::join_all;
use lumbung::db::{self, schema};
use lumbung::kernel::Language;
use lumbung::orders::{self, Basket, BasketLine, Channel, DeliveryChoice, NewOrder, OrderContact, PlaceOrderError};
use serde_json::json;

use crate::world::{Village, World};

async fn busy_village() -> Village {
    World::village_with(|config| {
        config.database.connections = 8;
        config.database.wait_ms = 60_000;
    })
    .await
}

#[actix_web::test]
async fn two_hundred_buyers_share_the_last_forty_pieces_and_nothing_is_sold_twice() {
    let village = busy_village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let body = village.guest_order_body(product, 1, 2500);
    let buyers = (0..200).map(|_| {
        let (client, body) = (village.guest().with_new_key(), body.clone());
        async move { client.post("/v1/orders", body).await }
    });
    let replies = join_all(buyers).await;
    let sold = replies.iter().filter(|reply| reply.status == 201).count();
    assert_eq!(sold, 40);
    for reply in replies.into_iter().filter(|reply| reply.status != 201) {
        let reply = reply.expect_problem(409, "sold-out");
        assert_eq!(reply.json["available"], 0);
    }
    let refused = village.board.get(&format!("/v1/cooperatives/{}/orders?limit=100", village.cooperative)).await;
    assert_eq!(refused.expect(200).json["data"].as_array().unwrap().len(), 40);
}

/// Claimed and produced pieces of all batches, as stored.
async fn claimed_and_made(village: &Village) -> Vec<(i64, i64)> {
    use diesel::prelude::*;
    use schema::batches::dsl;
    let rows = |conn: &mut db::Conn| {
        let rows: Vec<(i64, Option<i64>)> = dsl::batches.select((dsl::claimed, dsl::made)).load(conn)?;
        Ok::<_, db::Error>(rows.into_iter().map(|(claimed, made)| (claimed / 1000, made.unwrap_or(0) / 1000)).collect())
    };
    village.app.state.db.read(rows).await.unwrap()
}

/// 64 buyers each order one piece from fifty batches, each starting at another one.
#[actix_web::test]
async fn sixty_four_buyers_of_fifty_last_pieces_buy_exactly_fifty() {
    // The default number of connections and connection timeout.
    let village = World::village_with(|config| {
        let usual = lumbung::db::Settings::default();
        (config.database.connections, config.database.wait_ms) = (usual.connections, usual.wait_ms);
    })
    .await;
    let mut shelves = Vec::new();
    for _ in 0..50 {
        shelves.push(village.create_pastel_in_stock(1).await.0);
    }
    let buyers = (0..64).map(|buyer| {
        let (village, shelves) = (&village, &shelves);
        async move {
            let mut statuses = Vec::new();
            for step in 0..shelves.len() {
                let body = village.guest_order_body(shelves[(buyer * 37 + step * 7) % shelves.len()], 1, 2500);
                let reply = village.guest().with_new_key().post("/v1/orders", body).await;
                statuses.push(reply.status);
                if reply.status != 201 {
                    reply.expect_problem(409, "sold-out");
                }
            }
            statuses
        }
    });
    let statuses = join_all(buyers).await.concat();
    assert_eq!(statuses.len(), 64 * 50);
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 50);
    assert_eq!(claimed_and_made(&village).await, vec![(1, 1); 50]);
}

/// On PostgreSQL only: SQLite has one writer, and so one server.
#[actix_web::test]
async fn two_servers_on_one_database_sell_exactly_what_there_is() {
    let village = World::village_with(|config| {
        let usual = lumbung::db::Settings::default();
        (config.database.connections, config.database.wait_ms) = (usual.connections, usual.wait_ms);
    })
    .await;
    if !village.database.is_postgres() {
        return;
    }
    let second = village.another_instance();
    let (product, _) = village.create_pastel_in_stock(50).await;
    let body = village.guest_order_body(product, 1, 2500);
    let buyers = (0..128).map(|buyer| {
        let client = if buyer % 2 == 0 { village.guest() } else { second.guest() };
        let (client, body) = (client.with_new_key(), body.clone());
        async move { client.post("/v1/orders", body).await }
    });
    let replies = join_all(buyers).await;
    for sold_here in [0, 1] {
        let of_one = replies.iter().skip(sold_here).step_by(2);
        assert!(of_one.filter(|reply| reply.status == 201).count() > 0, "one of the two sold nothing");
    }
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 50);
    for reply in replies.into_iter().filter(|reply| reply.status != 201) {
        assert_eq!(reply.expect_problem(409, "sold-out").json["available"], 0);
    }
    assert_eq!(claimed_and_made(&village).await, [(50, 50)]);
}

#[actix_web::test]
async fn of_two_officers_at_once_one_wins_and_a_cancel_never_meets_a_hand_over() {
    let village = busy_village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let order = village.place_order(product, 10).await;
    let both = join_all((0..2).map(|_| village.transition_fulfilment(&village.sari, &order, "accept"))).await;
    let mut statuses: Vec<u16> = both.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    for _ in 0..3 {
        let order = village.place_order(product, 5).await;
        village.transition_fulfilment(&village.sari, &order, "accept").await.expect(200);
        let path = format!("/v1/orders/{}/transitions", order.id());
        let buyer = village.buyer.with_new_key();
        let (cancelled, handed_over) = futures_util::future::join(
            buyer.post(&path, json!({"action": "cancel"})),
            village.transition_fulfilment(&village.sari, &order, "hand_over"),
        )
        .await;
        let mut statuses = [cancelled.status, handed_over.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{} {}", cancelled.text(), handed_over.text());
        let seen = village.buyer.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
        let expected = if cancelled.status == 200 { ("cancelled", 0) } else { ("completed", 12_500) };
        assert_eq!((seen.str("status").as_str(), seen.json["total"].as_i64().unwrap()), expected);
    }
}

type Counts = Vec<i64>;

async fn count_rows(village: &Village) -> Counts {
    use diesel::prelude::*;
    village
        .app
        .state
        .db
        .read::<_, db::Error, _>(|conn| {
            Ok(vec![
                schema::orders::table.count().get_result(conn)?,
                schema::fulfilments::table.count().get_result(conn)?,
                schema::order_lines::table.count().get_result(conn)?,
                schema::claims::table.count().get_result(conn)?,
                schema::order_counters::table.count().get_result(conn)?,
                schema::events::table.count().get_result(conn)?,
                schema::idempotency_keys::table.count().get_result(conn)?,
                schema::batches::table.count().get_result(conn)?,
                schema::batches::table.filter(schema::batches::claimed.gt(0_i64)).count().get_result(conn)?,
            ])
        })
        .await
        .unwrap()
}

#[actix_web::test]
async fn a_crashed_checkout_leaves_no_rows() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let promised = village.create_made_to_order().await;
    let before = count_rows(&village).await;
    let (now, settings, cooperative) = (village.clock.now(), village.app.orders, village.cooperative);
    let new_order = move |tx: &lumbung::db::Tx<'_>, quantity: i64| {
        let lines = [product, promised].map(|product| BasketLine {
            product,
            ready_on: None,
            batch: None,
            quantity: lumbung::kernel::Quantity::from_units(quantity),
            at_least: None,
        });
        let basket = Basket::of(cooperative, lines.to_vec(), DeliveryChoice::pickup());
        let contact = OrderContact { name: "Contoh Tamu".into(), phone: None, email: None };
        NewOrder::new(tx.id(now), basket, Channel::Web, contact, Language::Indonesian)
    };
    let panicked: Result<(), PlaceOrderError> = village
        .app
        .state
        .db
        .write(move |tx| {
            let new_order = new_order(tx, 5);
            orders::place(tx, now, &settings, &new_order)?;
            panic!("right after the last statement")
        })
        .await;
    assert!(matches!(panicked, Err(PlaceOrderError::Db(db::Error::Panicked))), "{panicked:?}");
    assert_eq!(count_rows(&village).await, before);
    // The second order with the same id fails between claims and lines.
    let broken: Result<(), PlaceOrderError> = village
        .app
        .state
        .db
        .write(move |tx| {
            let new_order = new_order(tx, 5);
            orders::place(tx, now, &settings, &new_order)?;
            orders::place(tx, now, &settings, &new_order)?;
            Ok(())
        })
        .await;
    assert!(matches!(broken, Err(PlaceOrderError::Db(_))), "{broken:?}");
    assert_eq!(count_rows(&village).await, before);
    // The second line is short: the first one's claim is rolled back.
    let body = json!({
        "cooperative": cooperative,
        "lines": [{"product": promised, "quantity": 10}, {"product": product, "quantity": 41}],
        "expected_total": 0,
    });
    village.buyer.with_new_key().post("/v1/orders", body).await.expect_problem(409, "sold-out");
    let mut after = count_rows(&village).await;
    // Only the unmet demand was recorded.
    after[5] -= 1;
    assert_eq!(after, before);
}
