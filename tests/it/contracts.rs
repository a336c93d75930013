//! Contracts with regular buyers: agreed prices, orders within a credit limit, and one invoice a month.

use lumbung::kernel::ids::ProductId;
use lumbung::kernel::{Duration, Instant};
use serde_json::{Value, json};

use crate::world::{Person, Reply, Village, World, pastel};

/// Terms of a contract with a school: pastel at Rp2.300 on Tuesdays and Fridays.
fn contract_terms(village: &Village, product: ProductId, credit_limit: i64) -> Value {
    json!({
        "contact": village.buyer.email, "starts_on": "2026-11-23", "ends_on": "2027-05-31",
        "weekdays": ["tuesday", "friday"], "lines": [{"product": product, "unit_price": 2_300}],
        "credit_limit": credit_limit, "term_days": 14,
    })
}

async fn propose_with_terms(village: &Village, terms: Value) -> Reply {
    let path = format!("/v1/cooperatives/{}/contracts", village.cooperative);
    village.board.with_new_key().post(&path, terms).await.expect(201)
}

async fn transition(person: &Person, contract: &Reply, action: &str) -> Reply {
    let path = format!("/v1/contracts/{}/transitions", contract.id());
    person.with_new_key().post(&path, json!({"action": action})).await
}

/// Creates an active contract for every day with an order and the invoice of the current month. Returns product,
/// contract and invoice.
pub async fn create_invoiced_contract(village: &Village) -> (ProductId, String, String) {
    let (product, _) = village.create_pastel_in_stock(1_000).await;
    let mut terms = contract_terms(village, product, 9_000_000);
    terms["weekdays"] = json!(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]);
    let contract = propose_with_terms(village, terms).await;
    transition(&village.buyer, &contract, "accept").await.expect(200);
    let order = order_by_contract(village, &contract, product, "2026-11-23", 10).await.expect(201);
    village.transition_fulfilment(&village.sari, &order, "hand_over").await.expect(200);
    let (db, later) = (village.app.state.db.clone(), village.clock.now().after(Duration::days(10)));
    tokio::task::spawn_blocking(move || lumbung::contracts::issue_due(&db, later).unwrap()).await.unwrap();
    let invoice = list_invoices(&village.buyer, &contract).await[0]["id"].as_str().unwrap().to_owned();
    (product, contract.id(), invoice)
}

/// Proposes a contract of this product; the buyer has not answered it.
pub async fn propose_contract(village: &Village, product: ProductId) -> Reply {
    propose_with_terms(village, contract_terms(village, product, 300_000)).await
}

/// A contract that the buyer has accepted.
async fn create_active_contract(village: &Village, product: ProductId, credit_limit: i64) -> Reply {
    let contract = propose_with_terms(village, contract_terms(village, product, credit_limit)).await;
    transition(&village.buyer, &contract, "accept").await.expect(200)
}

async fn order_by_contract(village: &Village, contract: &Reply, product: ProductId, day: &str, quantity: i64) -> Reply {
    let body = json!({"ready_on": day, "lines": [{"product": product, "quantity": quantity}]});
    village.buyer.with_new_key().post(&format!("/v1/contracts/{}/orders", contract.id()), body).await
}

async fn advance_to(village: &mut Village, moment: &str) {
    let now = village.clock.now();
    village.clock.advance(moment.parse::<Instant>().unwrap().utc() - now.utc());
    village.sari = village.sign_in_again(&village.sari).await;
    village.board = village.sign_in_again(&village.board).await;
    village.treasurer = village.sign_in_again(&village.treasurer).await;
    village.supervisor = village.sign_in_again(&village.supervisor).await;
    village.buyer = village.sign_in_again(&village.buyer).await;
    village.other_buyer = village.sign_in_again(&village.other_buyer).await;
}

async fn list_invoices(person: &Person, contract: &Reply) -> Vec<Value> {
    let path = format!("/v1/contracts/{}/invoices", contract.id());
    let mut invoices = person.get(&path).await.expect(200).json["data"].as_array().unwrap().clone();
    invoices.reverse();
    invoices
}

async fn get_invoice(person: &Person, listed: &Value) -> Value {
    person.get(&format!("/v1/invoices/{}", listed["id"].as_str().unwrap())).await.expect(200).json
}

async fn record_payment(person: &Person, invoice: &Value, amount: i64) -> Reply {
    let path = format!("/v1/invoices/{}/payments", invoice["id"].as_str().unwrap());
    person.with_new_key().post(&path, json!({"method": "transfer", "amount": amount})).await
}

fn letters(village: &Village, to: &Person) -> Vec<String> {
    let about = |kind: &str| kind.starts_with("contract-") || kind.starts_with("invoice-");
    village
        .mails()
        .iter()
        .filter(|mail| mail.to == to.email && about(&mail.kind))
        .map(|mail| mail.kind.clone())
        .collect()
}

fn line_totals(invoice: &Value) -> Vec<i64> {
    invoice["lines"].as_array().unwrap().iter().map(|line| line["total"].as_i64().unwrap()).collect()
}

#[actix_web::test]
async fn the_board_proposes_the_buyer_accepts_and_both_are_notified() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let contract = propose_with_terms(&village, contract_terms(&village, product, 300_000)).await;
    assert_eq!((contract.str("status"), &contract.json["actions"]), ("proposed".into(), &json!(["withdraw"])));
    village.work().await;
    assert_eq!(letters(&village, &village.buyer), ["contract-proposed"]);
    let own = format!("/v1/contracts/{}", contract.id());
    assert_eq!(village.buyer.get(&own).await.expect(200).json["actions"], json!(["accept", "decline"]));
    order_by_contract(&village, &contract, product, "2026-11-27", 20)
        .await
        .expect_problem(409, "contract-not-in-force");
    transition(&village.board, &contract, "accept").await.expect_problem(403, "forbidden");
    transition(&village.buyer, &contract, "withdraw").await.expect_problem(403, "forbidden");
    transition(&village.other_buyer, &contract, "accept").await.expect_problem(404, "not-found");
    let accepted = transition(&village.buyer, &contract, "accept").await.expect(200);
    assert_eq!((accepted.str("status"), &accepted.json["version"]), ("active".into(), &json!(2)));
    transition(&village.buyer, &contract, "decline").await.expect_problem(409, "transition-invalid");
    village.work().await;
    assert_eq!(letters(&village, &village.board), ["contract-accepted"]);
    let listed = format!("/v1/cooperatives/{}/contracts", village.cooperative);
    for person in [&village.board, &village.treasurer, &village.supervisor] {
        assert_eq!(person.get(&listed).await.expect(200).json["data"][0]["id"], json!(contract.id()));
        assert_eq!(
            person.get(&own).await.expect(200).json["actions"].as_array().unwrap().len(),
            usize::from(person.name == village.board.name)
        );
    }
    village.companion.get(&listed).await.expect_problem(403, "forbidden");
    village.sari.get(&listed).await.expect_problem(404, "not-found");
    village.other_buyer.get(&own).await.expect_problem(404, "not-found");
    assert_eq!(village.buyer.get("/v1/contracts").await.expect(200).json["data"][0]["id"], json!(contract.id()));
    transition(&village.board, &contract, "end").await.expect(200);
    village.work().await;
    assert_eq!(letters(&village, &village.buyer), ["contract-proposed", "contract-ended"]);
}

#[actix_web::test]
async fn an_invalid_contract_is_refused() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let path = format!("/v1/cooperatives/{}/contracts", village.cooperative);
    let with = |field: &str, value: Value| {
        let mut terms = contract_terms(&village, product, 300_000);
        terms[field] = value;
        terms
    };
    for (field, value, pointer, code) in [
        ("contact", json!("nobody@contoh.example"), "/contact", "account-unknown"),
        ("ends_on", json!("2026-11-22"), "/ends_on", "ends-before"),
        ("ends_on", json!("2028-01-01"), "/ends_on", "too-long"),
        ("weekdays", json!([]), "/weekdays", "required"),
        ("credit_limit", json!(0), "/credit_limit", "out-of-range"),
        ("term_days", json!(91), "/term_days", "out-of-range"),
        ("lines", json!([{"product": product, "unit_price": 0}]), "/lines/0/unit_price", "out-of-range"),
    ] {
        let refused = village.board.with_new_key().post(&path, with(field, value)).await;
        refused.expect_problem(422, "body-invalid").expect_field_error(pointer, code);
    }
    village
        .sari
        .with_new_key()
        .post(&path, contract_terms(&village, product, 1))
        .await
        .expect_problem(404, "not-found");
    village
        .treasurer
        .with_new_key()
        .post(&path, contract_terms(&village, product, 1))
        .await
        .expect_problem(403, "forbidden");
}

#[actix_web::test]
async fn an_order_under_a_contract_has_its_prices_and_days_and_needs_no_deposit() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let other = village.publish_product(pastel()).await;
    let contract = create_active_contract(&village, product, 300_000).await;
    let order = order_by_contract(&village, &contract, product, "2026-11-27", 20).await.expect(201);
    assert_eq!((&order.json["total"], &order.json["deposit_due"]), (&json!(46_000), &json!(0)));
    assert_eq!(order.str("status"), "confirmed", "the groups have promised it");
    // The last moment of the fifteenth of December, fourteen days after the invoice.
    assert_eq!(order.str("pay_by"), "2026-12-15T17:00:00Z");
    let refused = order_by_contract(&village, &contract, product, "2026-11-28", 20).await;
    refused.expect_problem(422, "body-invalid").expect_field_error("/ready_on", "not-that-weekday");
    let refused = order_by_contract(&village, &contract, product, "2027-06-01", 20).await;
    refused.expect_problem(422, "body-invalid").expect_field_error("/ready_on", "outside-the-period");
    let refused = order_by_contract(&village, &contract, other, "2026-11-27", 20).await;
    refused.expect_problem(422, "body-invalid").expect_field_error("/lines/0/product", "not-agreed");
    let body = json!({"ready_on": "2026-11-27", "lines": [{"product": product, "quantity": 20}]});
    let path = format!("/v1/contracts/{}/orders", contract.id());
    village.other_buyer.with_new_key().post(&path, body.clone()).await.expect_problem(404, "not-found");
    village.board.with_new_key().post(&path, body.clone()).await.expect_problem(403, "forbidden");
    let mut body = body;
    body["expected_total"] = json!(50_000);
    let changed = village.buyer.with_new_key().post(&path, body).await.expect_problem(409, "total-changed");
    assert_eq!(changed.json["quote"]["total"], 46_000);
    transition(&village.board, &contract, "end").await.expect(200);
    order_by_contract(&village, &contract, product, "2026-11-27", 5).await.expect_problem(409, "contract-not-in-force");
}

#[actix_web::test]
async fn concurrent_orders_never_exceed_the_credit_limit() {
    let village = World::village_with(|config| config.database.wait_ms = 60_000).await;
    let product = village.publish_product(pastel()).await;
    // Room for five orders of Rp11.500 and a little more.
    let contract = create_active_contract(&village, product, 60_000).await;
    let orders = (0..12).map(|_| order_by_contract(&village, &contract, product, "2026-11-27", 5));
    let mut placed = 0;
    for reply in futures_util::future::join_all(orders).await {
        match reply.status {
            201 => placed += 1,
            _ => {
                let refused = reply.expect_problem(409, "credit-limit-reached");
                assert_eq!((&refused.json["limit"], &refused.json["wanted"]), (&json!(60_000), &json!(11_500)));
                assert_eq!(refused.json["open"], json!(57_500));
            }
        }
    }
    assert_eq!(placed, 5);
    let after = village.buyer.get(&format!("/v1/contracts/{}", contract.id())).await.expect(200);
    assert_eq!(after.json["open"], 57_500);
}

#[actix_web::test]
async fn cancelling_or_paying_frees_credit() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let contract = create_active_contract(&village, product, 50_000).await;
    let order = order_by_contract(&village, &contract, product, "2026-11-27", 20).await.expect(201);
    order_by_contract(&village, &contract, product, "2026-12-01", 2).await.expect_problem(409, "credit-limit-reached");
    let path = format!("/v1/orders/{}/transitions", order.id());
    village.buyer.with_new_key().post(&path, json!({"action": "cancel"})).await.expect(200);
    let order = order_by_contract(&village, &contract, product, "2026-12-01", 20).await.expect(201);
    order_by_contract(&village, &contract, product, "2026-12-04", 2).await.expect_problem(409, "credit-limit-reached");
    let paid = json!({"method": "transfer", "purpose": "full"});
    let path = format!("/v1/orders/{}/payments", order.id());
    village.treasurer.with_new_key().post(&path, paid).await.expect(201);
    order_by_contract(&village, &contract, product, "2026-12-04", 20).await.expect(201);
}

#[actix_web::test]
async fn a_standing_order_orders_up_to_the_limit_and_gives_the_reason_for_refusals() {
    let mut village = World::village().await;
    let product = village.publish_product(pastel()).await;
    // Room for one Friday.
    let contract = create_active_contract(&village, product, 50_000).await;
    let standing = json!({
        "cooperative": village.cooperative, "contract": contract.id(),
        "lines": [{"product": product, "quantity": 20}], "weekdays": ["friday"],
    });
    let mut outside_contract = standing.clone();
    outside_contract["weekdays"] = json!(["friday", "saturday"]);
    let refused = village.buyer.with_new_key().post("/v1/standing_orders", outside_contract).await;
    refused.expect_problem(422, "body-invalid").expect_field_error("/weekdays", "not-agreed");
    let refused = village.other_buyer.with_new_key().post("/v1/standing_orders", standing.clone()).await;
    refused.expect_problem(422, "body-invalid").expect_field_error("/contract", "not-there");
    let standing_order = village.buyer.with_new_key().post("/v1/standing_orders", standing).await.expect(201);
    assert_eq!(standing_order.json["contract"], json!(contract.id()));
    village.work().await;
    let days = format!("/v1/standing_orders/{}/occurrences", standing_order.id());
    let occurrences = village.buyer.get(&days).await.expect(200).json["data"].clone();
    assert_eq!((&occurrences[1]["due_on"], &occurrences[1]["status"]), (&json!("2026-11-27"), &json!("placed")));
    let order = format!("/v1/orders/{}", occurrences[1]["order"].as_str().unwrap());
    let order = village.buyer.get(&order).await.expect(200);
    assert_eq!((&order.json["total"], &order.json["deposit_due"]), (&json!(46_000), &json!(0)));
    assert_eq!((&occurrences[0]["due_on"], &occurrences[0]["status"]), (&json!("2026-12-04"), &json!("refused")));
    assert_eq!(occurrences[0]["shortfalls"][0]["reason"], "credit_limit");
    transition(&village.board, &contract, "end").await.expect(200);
    advance_to(&mut village, "2026-11-27T01:00:00Z").await;
    village.work().await;
    let occurrences = village.buyer.get(&days).await.expect(200).json["data"].clone();
    assert_eq!((&occurrences[0]["due_on"], &occurrences[0]["status"]), (&json!("2026-12-11"), &json!("refused")));
    assert_eq!(occurrences[0]["shortfalls"][0]["reason"], "contract_ended");
}

/// Places three orders, the second with a delivery fee of Rp10.000, and hands over the first two.
async fn place_three_orders(village: &mut Village) -> (Reply, ProductId, Vec<Reply>) {
    let product = village.publish_product(pastel()).await;
    let contract = create_active_contract(village, product, 900_000).await;
    let first = order_by_contract(village, &contract, product, "2026-11-27", 20).await.expect(201);
    let body = json!({
        "ready_on": "2026-11-27", "lines": [{"product": product, "quantity": 10}],
        "delivery": {"kind": "local", "zone": village.zone, "address": "SD <b>Contoh</b> 1"},
    });
    let path = format!("/v1/contracts/{}/orders", contract.id());
    let second = village.buyer.with_new_key().post(&path, body).await.expect(201);
    let third = order_by_contract(village, &contract, product, "2026-12-01", 30).await.expect(201);
    advance_to(village, "2026-11-27T02:00:00Z").await;
    for order in [&first, &second] {
        village.transition_fulfilment(&village.sari, order, "hand_over").await.expect(200);
    }
    (contract, product, vec![first, second, third])
}

#[actix_web::test]
async fn each_month_yields_one_invoice_of_delivered_goods_also_after_a_long_outage() {
    let mut village = World::village().await;
    let (contract, _, orders) = place_three_orders(&mut village).await;
    village.work().await;
    assert_eq!(list_invoices(&village.buyer, &contract).await, Vec::<Value>::new(), "the month is not over");
    advance_to(&mut village, "2026-12-01T02:00:00Z").await;
    village.transition_fulfilment(&village.sari, &orders[2], "hand_over").await.expect(200);
    // The scheduler does not run until the tenth of February.
    advance_to(&mut village, "2027-02-10T02:00:00Z").await;
    for _ in 0..3 {
        village.work().await;
    }
    let listed = list_invoices(&village.buyer, &contract).await;
    let numbers: Vec<&str> = listed.iter().map(|invoice| invoice["number"].as_str().unwrap()).collect();
    assert_eq!(numbers, ["CIH-INV-2611-0001", "CIH-INV-2612-0001"], "none for January, which had no deliveries");
    let november = get_invoice(&village.buyer, &listed[0]).await;
    assert_eq!(line_totals(&november), [46_000, 23_000, 10_000], "the goods, and the delivery fee once");
    assert_eq!((&november["total"], &november["open"]), (&json!(79_000), &json!(79_000)));
    assert_eq!((&november["issued_on"], &november["due_on"]), (&json!("2027-02-10"), &json!("2027-02-24")));
    assert_eq!(november["lines"][0]["order_number"], orders[0].json["number"]);
    assert_eq!(november["state"], "open");
    assert_eq!(get_invoice(&village.supervisor, &listed[1]).await["total"], 69_000);
    let path = format!("/v1/invoices/{}", listed[0]["id"].as_str().unwrap());
    village.other_buyer.get(&path).await.expect_problem(404, "not-found");
    let kinds = letters(&village, &village.buyer);
    assert_eq!(kinds.iter().filter(|kind| *kind == "invoice-issued").count(), 2);
}

#[actix_web::test]
async fn concurrent_runs_issue_each_invoice_once() {
    let mut village = World::village_with(|config| config.database.wait_ms = 60_000).await;
    let (contract, ..) = place_three_orders(&mut village).await;
    advance_to(&mut village, "2026-12-02T02:00:00Z").await;
    let now = village.clock.now();
    let issuing = (0..4).map(|_| {
        let db = village.app.state.db.clone();
        tokio::task::spawn_blocking(move || lumbung::contracts::issue_due(&db, now).unwrap())
    });
    let done: Vec<usize> = futures_util::future::join_all(issuing).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(done.iter().sum::<usize>(), 1, "only one run issues it: {done:?}");
    assert_eq!(list_invoices(&village.buyer, &contract).await.len(), 1);
}

#[actix_web::test]
async fn a_payment_is_split_over_the_orders_and_never_exceeds_what_is_open() {
    let mut village = World::village().await;
    let (contract, _, orders) = place_three_orders(&mut village).await;
    advance_to(&mut village, "2026-12-01T02:00:00Z").await;
    village.work().await;
    let november = list_invoices(&village.treasurer, &contract).await[0].clone();
    let refused = record_payment(&village.treasurer, &november, 79_001).await.expect_problem(422, "more-than-owed");
    assert_eq!(refused.json["owed"], 79_000);
    record_payment(&village.board, &november, 1_000).await.expect_problem(403, "forbidden");
    record_payment(&village.buyer, &november, 1_000).await.expect_problem(403, "forbidden");
    record_payment(&village.other_buyer, &november, 1_000).await.expect_problem(404, "not-found");
    let path = format!("/v1/invoices/{}/payments", november["id"].as_str().unwrap());
    let key = village.treasurer.with_new_key();
    let body = json!({"method": "transfer", "amount": 50_000});
    let paid = key.post(&path, body.clone()).await.expect(201);
    let again = key.post(&path, body).await.expect(201);
    assert_eq!(paid.text(), again.text(), "one key pays once");
    let parts: Vec<(String, i64)> = paid.json["payments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| (part["order"].as_str().unwrap().to_owned(), part["amount"].as_i64().unwrap()))
        .collect();
    assert_eq!(parts, [(orders[0].id(), 46_000), (orders[1].id(), 4_000)], "the oldest first");
    assert_eq!(
        (&paid.json["invoice"]["state"], &paid.json["invoice"]["open"]),
        (&json!("partly_paid"), &json!(29_000))
    );
    let order = village.buyer.get(&format!("/v1/orders/{}", orders[0].id())).await.expect(200);
    assert_eq!(order.json["payment_state"], "paid");
    // Of two concurrent payments of the rest, one is recorded.
    let both =
        futures_util::future::join_all((0..2).map(|_| record_payment(&village.treasurer, &november, 29_000))).await;
    let mut statuses: Vec<u16> = both.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    assert_eq!(get_invoice(&village.buyer, &november).await["state"], "paid");
    record_payment(&village.treasurer, &november, 1).await.expect_problem(409, "nothing-owed");
    let after = village.buyer.get(&format!("/v1/contracts/{}", contract.id())).await.expect(200);
    assert_eq!(after.json["open"], 69_000, "the December order is open still");
}

#[actix_web::test]
async fn goods_returned_after_invoicing_are_deducted_from_the_next_invoice() {
    let mut village = World::village().await;
    let (contract, _, orders) = place_three_orders(&mut village).await;
    advance_to(&mut village, "2026-12-01T02:00:00Z").await;
    village.work().await;
    village.transition_fulfilment(&village.sari, &orders[1], "return").await.expect(200);
    village.transition_fulfilment(&village.sari, &orders[2], "hand_over").await.expect(200);
    let listed = list_invoices(&village.buyer, &contract).await;
    let november = get_invoice(&village.buyer, &listed[0]).await;
    assert_eq!(
        (&november["total"], &november["open"]),
        (&json!(79_000), &json!(46_000)),
        "returned goods are not paid"
    );
    advance_to(&mut village, "2027-01-01T02:00:00Z").await;
    village.work().await;
    let december = get_invoice(&village.buyer, &list_invoices(&village.buyer, &contract).await[1]).await;
    let mut lines = line_totals(&december);
    lines.sort_unstable();
    assert_eq!(lines, [-23_000, -10_000, 69_000]);
    assert_eq!((&december["total"], &december["open"]), (&json!(36_000), &json!(69_000)));
}

#[actix_web::test]
async fn an_overdue_buyer_is_reminded_once() {
    let mut village = World::village().await;
    let (contract, ..) = place_three_orders(&mut village).await;
    for day in ["2026-12-01", "2026-12-15", "2026-12-16", "2026-12-17"] {
        advance_to(&mut village, &format!("{day}T02:00:00Z")).await;
        village.work().await;
        let reminded = letters(&village, &village.buyer).iter().filter(|kind| *kind == "invoice-overdue").count();
        assert_eq!(reminded, usize::from(day > "2026-12-15"), "{day}");
    }
    let november = get_invoice(&village.buyer, &list_invoices(&village.buyer, &contract).await[0]).await;
    assert_eq!(november["state"], "overdue");
}

#[actix_web::test]
async fn a_contract_ends_when_its_period_is_over() {
    let mut village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let mut short = contract_terms(&village, product, 300_000);
    short["ends_on"] = json!("2026-11-30");
    let accepted = propose_with_terms(&village, short.clone()).await;
    transition(&village.buyer, &accepted, "accept").await.expect(200);
    let unanswered = propose_with_terms(&village, short).await;
    advance_to(&mut village, "2026-11-30T16:59:00Z").await;
    village.work().await;
    let status = async |contract: &Reply| {
        village.buyer.get(&format!("/v1/contracts/{}", contract.id())).await.expect(200).str("status")
    };
    assert_eq!(status(&accepted).await, "active", "its last day is not over");
    advance_to(&mut village, "2026-11-30T17:30:00Z").await;
    village.work().await;
    let status = async |contract: &Reply| {
        village.buyer.get(&format!("/v1/contracts/{}", contract.id())).await.expect(200).str("status")
    };
    assert_eq!((status(&accepted).await, status(&unanswered).await), ("ended".into(), "withdrawn".into()));
}

#[actix_web::test]
async fn a_printed_invoice_escapes_markup() {
    let mut village = World::village().await;
    let me = village.buyer.get("/v1/me").await.expect(200);
    let renamed = village.buyer.with_version_of(&me);
    renamed.patch("/v1/me", json!({"name": "SD <script>Contoh</script>"})).await.expect(200);
    let (contract, ..) = place_three_orders(&mut village).await;
    advance_to(&mut village, "2026-12-01T02:00:00Z").await;
    village.work().await;
    let path = format!("/v1/invoices/{}", list_invoices(&village.buyer, &contract).await[0]["id"].as_str().unwrap());
    let page = village.buyer.with("accept", "text/html").with("accept-language", "en").get(&path).await.expect(200);
    let text = page.text();
    for part in ["CIH-INV-2611-0001", "&lt;script&gt;Contoh", "Rp79.000", "Left to pay", "Delivery"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("<script"), "{text}");
    let page = village.buyer.with("accept", "text/html").with("accept-language", "id").get(&path).await.expect(200);
    assert!(page.text().contains("Yang masih harus dibayar"), "{}", page.text());
}

#[actix_web::test]
async fn a_buyer_exports_their_contracts_and_closing_the_account_ends_them() {
    let mut village = World::village().await;
    let (contract, ..) = place_three_orders(&mut village).await;
    let export = village.buyer.get("/v1/me/export").await.expect(200);
    assert_eq!(export.json["contracts"][0]["id"], json!(contract.id()));
    let me = village.buyer.get("/v1/me").await.expect(200);
    let password = Some(json!({"current_password": village.buyer.password}));
    village.buyer.with_version_of(&me).send(reqwest::Method::DELETE, "/v1/me", password).await.expect(204);
    let after = village.board.get(&format!("/v1/contracts/{}", contract.id())).await.expect(200);
    assert_eq!((after.str("status"), &after.json["note"]), ("ended".into(), &Value::Null));
    assert!(!after.text().contains(&village.buyer.name), "{}", after.text());
}
