//! Consignment: outlets sell goods of groups; delivered is always sold, returned, damaged and on hand.

use futures_util::future::join_all;
use lumbung::kernel::Duration;
use lumbung::kernel::ids::BatchId;
use serde_json::{Value, json};

use crate::world::{Client, Reply, Village, World, pastel};

async fn post(client: &Client, path: &str, body: Value) -> Reply {
    client.with_new_key().post(path, body).await
}

fn outlets_path(village: &Village) -> String {
    format!("/v1/cooperatives/{}/outlets", village.cooperative)
}

async fn create_outlet(village: &Village, more: Value) -> Reply {
    let mut body = json!({"name": "Warung Contoh Barokah", "cut_percent": 0, "settle_days": 7});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    post(&village.board, &outlets_path(village), body).await.expect(201)
}

async fn deliver(village: &Village, outlet: &str, batch: BatchId, quantity: i64, more: Value) -> Reply {
    let mut body = json!({"batch": batch, "quantity": quantity});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    village.clock.advance(Duration::seconds(1));
    post(&village.sari, &format!("/v1/outlets/{outlet}/consignments"), body).await
}

async fn record_count(village: &Village, outlet: &str, lines: Value) -> Reply {
    village.clock.advance(Duration::seconds(1));
    let body = json!({"group": village.sekar_laras, "lines": lines});
    post(&village.sari, &format!("/v1/outlets/{outlet}/counts"), body).await
}

fn count_line(consignment: &Reply, on_hand: i64, returned: i64, damaged: i64) -> Value {
    json!({"consignment": consignment.id(), "on_hand": on_hand, "returned": returned, "damaged": damaged})
}

/// Delivered, sold, returned, damaged and on hand.
async fn quantities(village: &Village, consignment: &Reply) -> [i64; 5] {
    let consignment = village.sari.get(&format!("/v1/consignments/{}", consignment.id())).await.expect(200);
    ["delivered", "sold", "returned", "damaged", "on_hand"].map(|name| consignment.json[name].as_i64().unwrap())
}

async fn available(village: &Village, batch: BatchId) -> i64 {
    let batch = village.sari.get(&format!("/v1/batches/{batch}")).await.expect(200);
    batch.json["available"].as_i64().unwrap()
}

async fn get_ageing(client: &Client, village: &Village) -> Reply {
    client.get(&format!("/v1/cooperatives/{}/consignment_ageing", village.cooperative)).await.expect(200)
}

/// The balance of an account, as a positive amount.
async fn account_balance(village: &Village, number: i64) -> i64 {
    let path = format!("/v1/cooperatives/{}/ledger/trial_balance", village.cooperative);
    let sheet = village.treasurer.get(&path).await.expect(200);
    let lines = sheet.json["rows"].as_array().unwrap();
    let line = lines.iter().find(|line| line["account"] == json!(number));
    line.map_or(0, |line| (line["debit"].as_i64().unwrap() - line["credit"].as_i64().unwrap()).abs())
}

/// Creates an outlet, a consignment and a count. Returns their ids.
pub async fn create_counted_outlet(village: &Village) -> (String, String, String) {
    let (_, batch) = village.create_pastel_in_stock(40).await;
    let outlet = create_outlet(village, json!({"name": "Warung Contoh Sumber"})).await.id();
    let goods = deliver(village, &outlet, batch, 20, json!({})).await.expect(201);
    let count = record_count(village, &outlet, json!([count_line(&goods, 15, 0, 0)])).await.expect(201);
    (outlet, goods.id(), count.id())
}

/// Example: twenty at 8,000; six returned, one damaged, none left.
#[actix_web::test]
async fn of_twenty_at_eight_thousand_thirteen_are_sold_and_the_outlet_owes_a_hundred_and_four_thousand() {
    let village = World::village().await;
    let (product, batch) = village.create_pastel_in_stock(30).await;
    let outlet = create_outlet(&village, json!({})).await.id();
    let goods = deliver(&village, &outlet, batch, 20, json!({"consignment_price": 8_000})).await.expect(201);
    assert_eq!(
        (available(&village, batch).await, account_balance(&village, 1202).await),
        (10, 0),
        "the group still owns them"
    );
    let before = get_ageing(&village.board, &village).await;
    assert_eq!((&before.json["cash_locked"], &before.json["goods"]), (&json!(160_000), &json!(160_000)));
    let report = record_count(&village, &outlet, json!([count_line(&goods, 0, 6, 1)])).await.expect(201);
    assert_eq!((&report.json["settlement"], &report.json["lines"][0]["sold"]), (&json!(104_000), &json!(13)));
    assert_eq!(quantities(&village, &goods).await, [20, 13, 6, 1, 0]);
    assert_eq!(available(&village, batch).await, 16, "returned goods are on the shelf");

    let order = village.sari.get(&format!("/v1/orders/{}", report.str("order"))).await.expect(200);
    assert_eq!(
        ["channel", "status", "payment_state", "outlet"].map(|name| order.json[name].clone()),
        [json!("consignment"), json!("completed"), json!("unpaid"), json!(outlet)],
    );
    assert_eq!(order.json["fulfilments"][0]["actions"], json!([]), "it is changed by its count only");
    assert_eq!(
        [
            account_balance(&village, 1202).await,
            account_balance(&village, 4101).await,
            account_balance(&village, 2102).await
        ],
        [104_000, 104_000, 93_600],
    );
    let owing = get_ageing(&village.wati, &village).await;
    assert_eq!((&owing.json["owed"], &owing.json["goods"]), (&json!(104_000), &json!(0)));
    let by_channel = format!("/v1/groups/{}/sales?by=channel", village.sekar_laras);
    assert!(village.sari.get(&by_channel).await.expect(200).text().contains("consignment"));

    let paid = json!({"method": "transfer", "amount": 104_000});
    let settled = post(&village.treasurer, &format!("/v1/outlets/{outlet}/payments"), paid.clone()).await.expect(201);
    assert_eq!((&settled.json["owed"], &settled.json["payments"][0]["order"]), (&json!(0), &report.json["order"]));
    post(&village.treasurer, &format!("/v1/outlets/{outlet}/payments"), paid).await.expect_problem(409, "nothing-owed");
    assert_eq!((account_balance(&village, 1202).await, account_balance(&village, 1103).await), (0, 104_000));
    let entries = format!("/v1/cooperatives/{}/ledger/entries?outlet={outlet}", village.cooperative);
    let entries = village.treasurer.get(&entries).await.expect(200);
    assert_eq!(entries.json["data"].as_array().unwrap().len(), 2, "the sale and its payment");
    let paid = village.sari.get(&format!("/v1/outlet_counts/{}", report.id())).await.expect(200);
    assert_eq!(paid.json["paid"], json!(104_000));
    assert_eq!(get_ageing(&village.board, &village).await.json["cash_locked"], json!(0));
    village.buyer.get(&format!("/v1/products/{product}")).await.expect(200);
}

#[actix_web::test]
async fn an_outlet_with_a_commission_owes_the_rest_and_its_commission_is_booked() {
    let village = World::village().await;
    let (_, batch) = village.create_pastel_in_stock(30).await;
    let outlet = create_outlet(&village, json!({"cut_percent": 20})).await;
    let goods = deliver(&village, &outlet.id(), batch, 10, json!({})).await.expect(201);
    assert_eq!((&goods.json["retail_price"], &goods.json["unit_price"]), (&json!(2_500), &json!(2_000)));
    // Goods delivered before keep their price.
    let more = json!({"name": "Warung Contoh Barokah", "cut_percent": 50, "settle_days": 7});
    village.board.with_version_of(&outlet).put(&format!("/v1/outlets/{}", outlet.id()), more).await.expect(200);
    let report = record_count(&village, &outlet.id(), json!([count_line(&goods, 0, 0, 0)])).await.expect(201);
    assert_eq!(report.json["settlement"], json!(20_000));
    assert_eq!(
        [
            account_balance(&village, 4101).await,
            account_balance(&village, 5102).await,
            account_balance(&village, 4102).await
        ],
        [25_000, 5_000, 0],
    );
    assert_eq!(account_balance(&village, 1202).await, 20_000);
}

#[actix_web::test]
async fn an_outlet_that_bears_damage_pays_it_and_a_count_may_find_nothing_sold() {
    let village = World::village().await;
    let (_, batch) = village.create_pastel_in_stock(30).await;
    let outlet = create_outlet(&village, json!({"bears_damage": true})).await.id();
    let goods = deliver(&village, &outlet, batch, 10, json!({})).await.expect(201);
    let nothing = record_count(&village, &outlet, json!([count_line(&goods, 10, 0, 0)])).await.expect(201);
    assert_eq!((&nothing.json["order"], &nothing.json["settlement"]), (&Value::Null, &json!(0)));
    let report = record_count(&village, &outlet, json!([count_line(&goods, 5, 0, 2)])).await.expect(201);
    assert_eq!((&report.json["settlement"], &report.json["lines"][0]["billed"]), (&json!(12_500), &json!(5)));
    assert_eq!(quantities(&village, &goods).await, [10, 3, 0, 2, 5]);
    let reversal = format!("/v1/outlet_counts/{}/transitions", nothing.id());
    post(&village.sari, &reversal, json!({"action": "reverse"})).await.expect_problem(409, "transition-invalid");
}

#[actix_web::test]
async fn goods_past_their_best_before_date_are_returned_and_discarded() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let batch = village.open_stock_batch(product, 30, "2026-11-23").await;
    let outlet = create_outlet(&village, json!({})).await.id();
    let goods = deliver(&village, &outlet, batch, 10, json!({})).await.expect(201);
    village.clock.advance(Duration::days(3));
    let sari = village.sign_in_again(&village.sari).await;
    let spoiled = get_ageing(&sari, &village).await;
    assert_eq!((&spoiled.json["spoiled"], &spoiled.json["goods"]), (&json!(25_000), &json!(25_000)));
    let line = json!({"consignment": goods.id(), "on_hand": 0, "returned": 10, "goods": "discard"});
    let body = json!({"group": village.sekar_laras, "lines": [line]});
    post(&sari, &format!("/v1/outlets/{outlet}/counts"), body).await.expect(201);
    let batch = sari.get(&format!("/v1/batches/{batch}")).await.expect(200);
    assert_eq!((&batch.json["discarded"], &batch.json["claimed"]), (&json!(10), &json!(0)));
    let more = json!({"batch": batch.id(), "quantity": 1});
    post(&sari, &format!("/v1/outlets/{outlet}/consignments"), more)
        .await
        .expect_field_error("/batch", "past-best-before");
}

#[actix_web::test]
async fn a_wrong_count_is_reversed_and_its_payment_pays_the_next() {
    let village = World::village().await;
    let (_, batch) = village.create_pastel_in_stock(30).await;
    let outlet = create_outlet(&village, json!({"bears_damage": true})).await.id();
    let goods = deliver(&village, &outlet, batch, 20, json!({})).await.expect(201);
    let wrong = record_count(&village, &outlet, json!([count_line(&goods, 8, 1, 1)])).await.expect(201);
    let paid = json!({"method": "transfer", "amount": 27_500});
    post(&village.treasurer, &format!("/v1/outlets/{outlet}/payments"), paid).await.expect(201);
    village.clock.advance(Duration::minutes(10));
    let reversal = format!("/v1/outlet_counts/{}/transitions", wrong.id());
    post(&village.wati, &reversal, json!({"action": "reverse"})).await.expect_problem(403, "forbidden");
    let reversed = post(&village.sari, &reversal, json!({"action": "reverse"})).await.expect(200);
    assert!(reversed.json["reversed_at"].is_string());
    assert_eq!(quantities(&village, &goods).await, [20, 0, 1, 0, 19], "returned goods stay returned");
    assert_eq!(
        (account_balance(&village, 4101).await, account_balance(&village, 2101).await),
        (0, 27_500),
        "the payment is the outlet's credit"
    );
    post(&village.sari, &reversal, json!({"action": "reverse"})).await.expect_problem(409, "transition-invalid");
    let right = record_count(&village, &outlet, json!([count_line(&goods, 9, 0, 0)])).await.expect(201);
    let credit = json!({"method": "credit", "from": wrong.str("order")});
    let orders = |count: &Reply| format!("/v1/orders/{}/payments", count.str("order"));
    post(&village.treasurer, &orders(&right), credit).await.expect(201);
    let settled = village.sari.get(&format!("/v1/outlet_counts/{}", right.id())).await.expect(200);
    assert_eq!((&settled.json["settlement"], &settled.json["paid"]), (&json!(25_000), &json!(25_000)));
    assert_eq!((account_balance(&village, 1202).await, account_balance(&village, 2101).await), (0, 2_500));
}

#[actix_web::test]
async fn invalid_requests_change_nothing() {
    let village = World::village().await;
    let (product, batch) = village.create_pastel_in_stock(30).await;
    let outlet = create_outlet(&village, json!({})).await;
    let goods = deliver(&village, &outlet.id(), batch, 20, json!({})).await.expect(201);
    let (at, of) = (outlet.id(), |on_hand, returned| json!([count_line(&goods, on_hand, returned, 0)]));
    record_count(&village, &at, of(19, 2)).await.expect_field_error("/lines/0/on_hand", "more-than-there");
    let twice = json!([count_line(&goods, 20, 0, 0), count_line(&goods, 20, 0, 0)]);
    record_count(&village, &at, twice).await.expect_field_error("/lines/1/consignment", "line-twice");
    let other = json!({"group": village.singkong_wareg, "lines": of(20, 0)});
    let counts = format!("/v1/outlets/{at}/counts");
    post(&village.darsih, &counts, other).await.expect_field_error("/lines/0/consignment", "not-there");
    let foreign_batch = json!({"batch": batch, "quantity": 1});
    post(&village.darsih, &format!("/v1/outlets/{at}/consignments"), foreign_batch)
        .await
        .expect_field_error("/batch", "not-there");
    let sold_out = deliver(&village, &at, batch, 11, json!({})).await.expect_problem(409, "sold-out");
    assert_eq!(sold_out.json["available"], json!(10));
    let planned = village.plan_batch(product, 50, 0).await;
    deliver(&village, &at, planned.id().parse().unwrap(), 1, json!({})).await.expect_problem(409, "transition-invalid");
    deliver(&village, &at, batch, 0, json!({})).await.expect_field_error("/quantity", "not-positive");
    assert_eq!((quantities(&village, &goods).await, available(&village, batch).await), ([20, 0, 0, 0, 20], 10));
    let named = json!({"name": " Warung Contoh Barokah ", "cut_percent": 10, "settle_days": 7});
    post(&village.board, &outlets_path(&village), named).await.expect_field_error("/name", "known-already");
    let inactive = json!({"name": "Warung Contoh Barokah", "cut_percent": 0, "settle_days": 7, "active": false});
    village.board.with_version_of(&outlet).put(&format!("/v1/outlets/{at}"), inactive.clone()).await.expect(200);
    village
        .board
        .with_version_of(&outlet)
        .put(&format!("/v1/outlets/{at}"), inactive)
        .await
        .expect_problem(412, "version-stale");
    deliver(&village, &at, batch, 1, json!({})).await.expect_problem(409, "outlet-not-active");
    record_count(&village, &at, of(12, 0)).await.expect(201);
}

#[actix_web::test]
async fn goods_at_an_outlet_are_sold_to_nobody_else_and_its_sales_are_counted_not_ordered() {
    let village = World::village().await;
    let (product, batch) = village.create_pastel_in_stock(30).await;
    let outlet = create_outlet(&village, json!({})).await.id();
    let goods = deliver(&village, &outlet, batch, 25, json!({})).await.expect(201);
    let shelf = json!({"lines": [{"product": product, "quantity": 10, "batch": batch}]});
    let sales = format!("/v1/groups/{}/sales", village.sekar_laras);
    post(&village.sari, &sales, shelf).await.expect_problem(409, "sold-out");
    let mut order = village.order_body(product, 2, 5_000);
    order["channel"] = json!("consignment");
    post(&village.buyer, "/v1/orders", order).await.expect_field_error("/channel", "unknown");
    // Goods at the outlet cannot be discarded or sold at home.
    let away = json!({"quantity": 6, "reason": "basi"});
    let discards = format!("/v1/batches/{batch}/discards");
    post(&village.sari, &discards, away).await.expect_problem(409, "batch-too-small");
    let report = record_count(&village, &outlet, json!([count_line(&goods, 0, 0, 0)])).await.expect(201);
    let order = village.sari.get(&format!("/v1/orders/{}", report.str("order"))).await.expect(200);
    for action in ["undo", "return"] {
        village.transition_fulfilment(&village.sari, &order, action).await.expect_problem(409, "transition-invalid");
    }
}

#[actix_web::test]
async fn of_concurrent_requests_one_delivers_the_last_pieces_and_one_counts_them() {
    let village = World::village().await;
    let (_, batch) = village.create_pastel_in_stock(20).await;
    let outlet = create_outlet(&village, json!({})).await.id();
    let path = format!("/v1/outlets/{outlet}/consignments");
    let body = json!({"batch": batch, "quantity": 20});
    let tries = join_all((0..6).map(|_| post(&village.sari, &path, body.clone()))).await;
    let goods: Vec<&Reply> = tries.iter().filter(|reply| reply.status == 201).collect();
    assert_eq!((goods.len(), available(&village, batch).await), (1, 0));
    let path = format!("/v1/outlets/{outlet}/counts");
    let body = json!({"group": village.sekar_laras, "lines": [count_line(goods[0], 0, 0, 0)]});
    let counts = join_all((0..6).map(|_| post(&village.sari, &path, body.clone()))).await;
    let owed: i64 = counts.iter().map(|count| count.clone().expect(201).json["settlement"].as_i64().unwrap()).sum();
    assert_eq!(owed, 50_000, "each piece is sold once");
    let path = format!("/v1/outlets/{outlet}/payments");
    let body = json!({"method": "transfer", "amount": 50_000});
    let paid = join_all((0..6).map(|_| post(&village.treasurer, &path, body.clone()))).await;
    assert_eq!(paid.iter().filter(|reply| reply.status == 201).count(), 1);
    let first = counts.iter().find(|count| count.json["settlement"] != json!(0)).unwrap();
    let path = format!("/v1/outlet_counts/{}/transitions", first.id());
    let reversals = join_all((0..6).map(|_| post(&village.sari, &path, json!({"action": "reverse"})))).await;
    assert_eq!(reversals.iter().filter(|reply| reply.status == 200).count(), 1);
    assert_eq!(quantities(&village, goods[0]).await, [20, 0, 0, 0, 20]);
}

#[actix_web::test]
async fn a_group_sees_its_own_goods_and_office_holders_see_all() {
    let village = World::village().await;
    let (_, batch) = village.create_pastel_in_stock(30).await;
    let outlet = create_outlet(&village, json!({})).await.id();
    let goods = deliver(&village, &outlet, batch, 20, json!({})).await.expect(201);
    let report = record_count(&village, &outlet, json!([count_line(&goods, 10, 0, 0)])).await.expect(201);
    for (list, item) in [
        ("consignments", format!("/v1/consignments/{}", goods.id())),
        ("counts", format!("/v1/outlet_counts/{}", report.id())),
    ] {
        let list = format!("/v1/outlets/{outlet}/{list}");
        let count_rows = |reply: Reply| reply.expect(200).json["data"].as_array().unwrap().len();
        for client in [&village.wati, &village.sari, &village.treasurer, &village.companion] {
            assert_eq!(count_rows(client.get(&list).await), 1);
            client.get(&item).await.expect(200);
        }
        assert_eq!(count_rows(village.darsih.get(&list).await), 0, "the other group's");
        village.darsih.get(&item).await.expect_problem(404, "not-found");
        village.agency.get(&list).await.expect_problem(403, "forbidden");
        village.buyer.get(&list).await.expect_problem(404, "not-found");
    }
    assert_eq!(get_ageing(&village.darsih, &village).await.json["cash_locked"], json!(0));
    assert_eq!(get_ageing(&village.companion, &village).await.json["cash_locked"], json!(50_000));
    let open = format!("/v1/outlets/{outlet}/consignments?open=true");
    assert_eq!(village.sari.get(&open).await.expect(200).json["data"].as_array().unwrap().len(), 1);
    record_count(&village, &outlet, json!([count_line(&goods, 0, 0, 0)])).await.expect(201);
    assert_eq!(village.sari.get(&open).await.expect(200).json["data"], json!([]));
}

#[actix_web::test]
async fn deliveries_and_counts_are_printed_for_both_sides_to_sign() {
    let village = World::village().await;
    let (_, batch) = village.create_pastel_in_stock(30).await;
    let outlet = create_outlet(&village, json!({"name": "Warung <b>Contoh</b>"})).await.id();
    let more = json!({"consignment_price": 8_000, "received_by": "Contoh Darmi"});
    let goods = deliver(&village, &outlet, batch, 20, more).await.expect(201);
    let report = record_count(&village, &outlet, json!([count_line(&goods, 0, 6, 1)])).await.expect(201);
    let browser = village.sari.with("accept", "text/html");
    let delivery_note = browser.get(&format!("/v1/consignments/{}", goods.id())).await.expect(200);
    for text in ["Nota titip jual", "Warung &lt;b&gt;Contoh", "Contoh Darmi", "20 buah", "Rp8.000", "Rp160.000"] {
        assert!(delivery_note.text().contains(text), "{text}: {}", delivery_note.text());
    }
    let count_note = browser.get(&format!("/v1/outlet_counts/{}", report.id())).await.expect(200);
    for text in ["Hitungan titip jual", "Pastel sayur", "13 terjual · 6 retur · 1 rusak", "Rp104.000", "7 hari"] {
        assert!(count_note.text().contains(text), "{text}: {}", count_note.text());
    }
}
