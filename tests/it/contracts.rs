//! Contracts with steady buyers: agreed prices, call-offs within a credit limit, and one invoice a month.

use lumbung::kernel::ids::ProductId;
use lumbung::kernel::{Duration, Instant};
use serde_json::{Value, json};

use crate::world::{Person, Reply, Village, World, pastel};

/// What the board of Cihonje agrees with a school: pastel for Rp2.300 on Tuesdays and Fridays.
fn agreed(village: &Village, product: ProductId, credit_limit: i64) -> Value {
    json!({
        "contact": village.buyer.email, "starts_on": "2026-11-23", "ends_on": "2027-05-31",
        "weekdays": ["tuesday", "friday"], "lines": [{"product": product, "unit_price": 2_300}],
        "credit_limit": credit_limit, "term_days": 14,
    })
}

async fn proposed(village: &Village, terms: Value) -> Reply {
    let path = format!("/v1/cooperatives/{}/contracts", village.cooperative);
    village.board.fresh_key().post(&path, terms).await.expect(201)
}

async fn step(person: &Person, contract: &Reply, action: &str) -> Reply {
    let path = format!("/v1/contracts/{}/transitions", contract.id());
    person.fresh_key().post(&path, json!({"action": action})).await
}

/// A contract of every day, and what the buyer was asked for under it: the product, the contract and the invoice of the
/// month that is about to end.
pub async fn invoiced(village: &Village) -> (ProductId, String, String) {
    let (product, _) = village.pastel_on_the_shelf(1_000).await;
    let mut terms = agreed(village, product, 9_000_000);
    terms["weekdays"] = json!(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]);
    let contract = proposed(village, terms).await;
    step(&village.buyer, &contract, "accept").await.expect(200);
    let order = order_by_contract(village, &contract, product, "2026-11-23", 10).await.expect(201);
    village.step(&village.sari, &order, "hand_over").await.expect(200);
    let (db, later) = (village.app.state.db.clone(), village.clock.now().after(Duration::days(10)));
    tokio::task::spawn_blocking(move || lumbung::contracts::issue_due(&db, later).unwrap()).await.unwrap();
    let invoice = invoices(&village.buyer, &contract).await[0]["id"].as_str().unwrap().to_owned();
    (product, contract.id(), invoice)
}

/// A contract of this product that the buyer has not answered.
pub async fn unanswered(village: &Village, product: ProductId) -> Reply {
    proposed(village, agreed(village, product, 300_000)).await
}

/// A contract that both have agreed to.
async fn active(village: &Village, product: ProductId, credit_limit: i64) -> Reply {
    let contract = proposed(village, agreed(village, product, credit_limit)).await;
    step(&village.buyer, &contract, "accept").await.expect(200)
}

async fn order_by_contract(village: &Village, contract: &Reply, product: ProductId, day: &str, quantity: i64) -> Reply {
    let body = json!({"ready_on": day, "lines": [{"product": product, "quantity": quantity}]});
    village.buyer.fresh_key().post(&format!("/v1/contracts/{}/orders", contract.id()), body).await
}

async fn at(village: &mut Village, moment: &str) {
    let now = village.clock.now();
    village.clock.advance(moment.parse::<Instant>().unwrap().utc() - now.utc());
    village.sari = village.again(&village.sari).await;
    village.board = village.again(&village.board).await;
    village.treasurer = village.again(&village.treasurer).await;
    village.supervisor = village.again(&village.supervisor).await;
    village.buyer = village.again(&village.buyer).await;
    village.other_buyer = village.again(&village.other_buyer).await;
}

async fn invoices(person: &Person, contract: &Reply) -> Vec<Value> {
    let path = format!("/v1/contracts/{}/invoices", contract.id());
    let mut all = person.get(&path).await.expect(200).json["data"].as_array().unwrap().clone();
    all.reverse();
    all
}

async fn invoice(person: &Person, listed: &Value) -> Value {
    person.get(&format!("/v1/invoices/{}", listed["id"].as_str().unwrap())).await.expect(200).json
}

async fn pay(person: &Person, invoice: &Value, amount: i64) -> Reply {
    let path = format!("/v1/invoices/{}/payments", invoice["id"].as_str().unwrap());
    person.fresh_key().post(&path, json!({"method": "transfer", "amount": amount})).await
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

fn totals(invoice: &Value) -> Vec<i64> {
    invoice["lines"].as_array().unwrap().iter().map(|line| line["total"].as_i64().unwrap()).collect()
}

#[actix_web::test]
async fn the_board_proposes_the_buyer_agrees_and_both_hear_of_it() {
    let village = World::village().await;
    let product = village.lists(pastel()).await;
    let contract = proposed(&village, agreed(&village, product, 300_000)).await;
    assert_eq!((contract.str("status"), &contract.json["actions"]), ("proposed".into(), &json!(["withdraw"])));
    village.work().await;
    assert_eq!(letters(&village, &village.buyer), ["contract-proposed"]);
    let own = format!("/v1/contracts/{}", contract.id());
    assert_eq!(village.buyer.get(&own).await.expect(200).json["actions"], json!(["accept", "decline"]));
    order_by_contract(&village, &contract, product, "2026-11-27", 20).await.problem(409, "contract-not-in-force");
    step(&village.board, &contract, "accept").await.problem(403, "forbidden");
    step(&village.buyer, &contract, "withdraw").await.problem(403, "forbidden");
    step(&village.other_buyer, &contract, "accept").await.problem(404, "not-found");
    let accepted = step(&village.buyer, &contract, "accept").await.expect(200);
    assert_eq!((accepted.str("status"), &accepted.json["version"]), ("active".into(), &json!(2)));
    step(&village.buyer, &contract, "decline").await.problem(409, "transition-invalid");
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
    village.companion.get(&listed).await.problem(403, "forbidden");
    village.sari.get(&listed).await.problem(404, "not-found");
    village.other_buyer.get(&own).await.problem(404, "not-found");
    assert_eq!(village.buyer.get("/v1/contracts").await.expect(200).json["data"][0]["id"], json!(contract.id()));
    step(&village.board, &contract, "end").await.expect(200);
    village.work().await;
    assert_eq!(letters(&village, &village.buyer), ["contract-proposed", "contract-ended"]);
}

#[actix_web::test]
async fn what_does_not_hold_together_is_no_contract() {
    let village = World::village().await;
    let product = village.lists(pastel()).await;
    let path = format!("/v1/cooperatives/{}/contracts", village.cooperative);
    let with = |field: &str, value: Value| {
        let mut terms = agreed(&village, product, 300_000);
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
        let refused = village.board.fresh_key().post(&path, with(field, value)).await;
        refused.problem(422, "body-invalid").fault(pointer, code);
    }
    village.sari.fresh_key().post(&path, agreed(&village, product, 1)).await.problem(404, "not-found");
    village.treasurer.fresh_key().post(&path, agreed(&village, product, 1)).await.problem(403, "forbidden");
}

#[actix_web::test]
async fn a_call_off_is_at_the_agreed_price_on_agreed_days_and_asks_no_deposit() {
    let village = World::village().await;
    let product = village.lists(pastel()).await;
    let other = village.lists(pastel()).await;
    let contract = active(&village, product, 300_000).await;
    let order = order_by_contract(&village, &contract, product, "2026-11-27", 20).await.expect(201);
    assert_eq!((&order.json["total"], &order.json["deposit_due"]), (&json!(46_000), &json!(0)));
    assert_eq!(order.str("status"), "confirmed", "the groups have promised it");
    // The last moment of the fifteenth of December, fourteen days after the invoice.
    assert_eq!(order.str("pay_by"), "2026-12-15T17:00:00Z");
    let refused = order_by_contract(&village, &contract, product, "2026-11-28", 20).await;
    refused.problem(422, "body-invalid").fault("/ready_on", "not-that-weekday");
    let refused = order_by_contract(&village, &contract, product, "2027-06-01", 20).await;
    refused.problem(422, "body-invalid").fault("/ready_on", "outside-the-period");
    let refused = order_by_contract(&village, &contract, other, "2026-11-27", 20).await;
    refused.problem(422, "body-invalid").fault("/lines/0/product", "not-agreed");
    let body = json!({"ready_on": "2026-11-27", "lines": [{"product": product, "quantity": 20}]});
    let path = format!("/v1/contracts/{}/orders", contract.id());
    village.other_buyer.fresh_key().post(&path, body.clone()).await.problem(404, "not-found");
    village.board.fresh_key().post(&path, body.clone()).await.problem(403, "forbidden");
    let mut guarded = body;
    guarded["expected_total"] = json!(50_000);
    let changed = village.buyer.fresh_key().post(&path, guarded).await.problem(409, "total-changed");
    assert_eq!(changed.json["quote"]["total"], 46_000);
    step(&village.board, &contract, "end").await.expect(200);
    order_by_contract(&village, &contract, product, "2026-11-27", 5).await.problem(409, "contract-not-in-force");
}

#[actix_web::test]
async fn many_who_order_at_once_never_pass_the_credit_limit_together() {
    let village = World::village_with(|config| config.database.wait_ms = 60_000).await;
    let product = village.lists(pastel()).await;
    // Room for five orders of Rp11.500 and a little more.
    let contract = active(&village, product, 60_000).await;
    let orders = (0..12).map(|_| order_by_contract(&village, &contract, product, "2026-11-27", 5));
    let mut placed = 0;
    for reply in futures_util::future::join_all(orders).await {
        match reply.status {
            201 => placed += 1,
            _ => {
                let refused = reply.problem(409, "credit-limit-reached");
                assert_eq!((&refused.json["limit"], &refused.json["wanted"]), (&json!(60_000), &json!(11_500)));
                assert_eq!(refused.json["open"], json!(57_500));
            }
        }
    }
    assert_eq!(placed, 5);
    let seen = village.buyer.get(&format!("/v1/contracts/{}", contract.id())).await.expect(200);
    assert_eq!(seen.json["open"], 57_500);
}

#[actix_web::test]
async fn what_is_cancelled_or_paid_makes_room_again() {
    let village = World::village().await;
    let product = village.lists(pastel()).await;
    let contract = active(&village, product, 50_000).await;
    let order = order_by_contract(&village, &contract, product, "2026-11-27", 20).await.expect(201);
    order_by_contract(&village, &contract, product, "2026-12-01", 2).await.problem(409, "credit-limit-reached");
    let path = format!("/v1/orders/{}/transitions", order.id());
    village.buyer.fresh_key().post(&path, json!({"action": "cancel"})).await.expect(200);
    let order = order_by_contract(&village, &contract, product, "2026-12-01", 20).await.expect(201);
    order_by_contract(&village, &contract, product, "2026-12-04", 2).await.problem(409, "credit-limit-reached");
    let paid = json!({"method": "transfer", "purpose": "full"});
    let path = format!("/v1/orders/{}/payments", order.id());
    village.treasurer.fresh_key().post(&path, paid).await.expect(201);
    order_by_contract(&village, &contract, product, "2026-12-04", 20).await.expect(201);
}

#[actix_web::test]
async fn a_standing_order_calls_off_as_far_as_the_limit_goes_and_says_why_not() {
    let mut village = World::village().await;
    let product = village.lists(pastel()).await;
    // Room for one Friday.
    let contract = active(&village, product, 50_000).await;
    let standing = json!({
        "cooperative": village.cooperative, "contract": contract.id(),
        "lines": [{"product": product, "quantity": 20}], "weekdays": ["friday"],
    });
    let mut outside = standing.clone();
    outside["weekdays"] = json!(["friday", "saturday"]);
    let refused = village.buyer.fresh_key().post("/v1/standing_orders", outside).await;
    refused.problem(422, "body-invalid").fault("/weekdays", "not-agreed");
    let refused = village.other_buyer.fresh_key().post("/v1/standing_orders", standing.clone()).await;
    refused.problem(422, "body-invalid").fault("/contract", "not-there");
    let made = village.buyer.fresh_key().post("/v1/standing_orders", standing).await.expect(201);
    assert_eq!(made.json["contract"], json!(contract.id()));
    village.work().await;
    let days = format!("/v1/standing_orders/{}/occurrences", made.id());
    let came = village.buyer.get(&days).await.expect(200).json["data"].clone();
    assert_eq!((&came[1]["due_on"], &came[1]["status"]), (&json!("2026-11-27"), &json!("placed")));
    let order = format!("/v1/orders/{}", came[1]["order"].as_str().unwrap());
    let order = village.buyer.get(&order).await.expect(200);
    assert_eq!((&order.json["total"], &order.json["deposit_due"]), (&json!(46_000), &json!(0)));
    assert_eq!((&came[0]["due_on"], &came[0]["status"]), (&json!("2026-12-04"), &json!("refused")));
    assert_eq!(came[0]["shortfalls"][0]["reason"], "credit_limit");
    step(&village.board, &contract, "end").await.expect(200);
    at(&mut village, "2026-11-27T01:00:00Z").await;
    village.work().await;
    let came = village.buyer.get(&days).await.expect(200).json["data"].clone();
    assert_eq!((&came[0]["due_on"], &came[0]["status"]), (&json!("2026-12-11"), &json!("refused")));
    assert_eq!(came[0]["shortfalls"][0]["reason"], "contract_ended");
}

/// Two Fridays and a Tuesday handed over, the second order brought for Rp10.000.
async fn three_handed_over(village: &mut Village) -> (Reply, ProductId, Vec<Reply>) {
    let product = village.lists(pastel()).await;
    let contract = active(village, product, 900_000).await;
    let first = order_by_contract(village, &contract, product, "2026-11-27", 20).await.expect(201);
    let body = json!({
        "ready_on": "2026-11-27", "lines": [{"product": product, "quantity": 10}],
        "delivery": {"kind": "local", "zone": village.zone, "address": "SD <b>Contoh</b> 1"},
    });
    let path = format!("/v1/contracts/{}/orders", contract.id());
    let second = village.buyer.fresh_key().post(&path, body).await.expect(201);
    let third = order_by_contract(village, &contract, product, "2026-12-01", 30).await.expect(201);
    at(village, "2026-11-27T02:00:00Z").await;
    for order in [&first, &second] {
        village.step(&village.sari, order, "hand_over").await.expect(200);
    }
    (contract, product, vec![first, second, third])
}

#[actix_web::test]
async fn each_month_gives_one_invoice_of_what_was_handed_over_also_after_a_long_sleep() {
    let mut village = World::village().await;
    let (contract, _, orders) = three_handed_over(&mut village).await;
    village.work().await;
    assert_eq!(invoices(&village.buyer, &contract).await, Vec::<Value>::new(), "the month is not over");
    at(&mut village, "2026-12-01T02:00:00Z").await;
    village.step(&village.sari, &orders[2], "hand_over").await.expect(200);
    // Nobody is awake until the tenth of February.
    at(&mut village, "2027-02-10T02:00:00Z").await;
    for _ in 0..3 {
        village.work().await;
    }
    let listed = invoices(&village.buyer, &contract).await;
    let numbers: Vec<&str> = listed.iter().map(|it| it["number"].as_str().unwrap()).collect();
    assert_eq!(numbers, ["CIH-INV-2611-0001", "CIH-INV-2612-0001"], "none for January, in which there was nothing");
    let november = invoice(&village.buyer, &listed[0]).await;
    assert_eq!(totals(&november), [46_000, 23_000, 10_000], "the goods, and the way once");
    assert_eq!((&november["total"], &november["open"]), (&json!(79_000), &json!(79_000)));
    assert_eq!((&november["issued_on"], &november["due_on"]), (&json!("2027-02-10"), &json!("2027-02-24")));
    assert_eq!(november["lines"][0]["order_number"], orders[0].json["number"]);
    assert_eq!(november["state"], "open");
    assert_eq!(invoice(&village.supervisor, &listed[1]).await["total"], 69_000);
    let path = format!("/v1/invoices/{}", listed[0]["id"].as_str().unwrap());
    village.other_buyer.get(&path).await.problem(404, "not-found");
    let told = letters(&village, &village.buyer);
    assert_eq!(told.iter().filter(|kind| *kind == "invoice-issued").count(), 2);
}

#[actix_web::test]
async fn two_who_issue_at_once_issue_each_invoice_once() {
    let mut village = World::village_with(|config| config.database.wait_ms = 60_000).await;
    let (contract, ..) = three_handed_over(&mut village).await;
    at(&mut village, "2026-12-02T02:00:00Z").await;
    let now = village.clock.now();
    let issuing = (0..4).map(|_| {
        let db = village.app.state.db.clone();
        tokio::task::spawn_blocking(move || lumbung::contracts::issue_due(&db, now).unwrap())
    });
    let done: Vec<usize> = futures_util::future::join_all(issuing).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(done.iter().sum::<usize>(), 1, "one of them does it: {done:?}");
    assert_eq!(invoices(&village.buyer, &contract).await.len(), 1);
}

#[actix_web::test]
async fn a_payment_is_spread_over_the_orders_and_never_more_than_is_open() {
    let mut village = World::village().await;
    let (contract, _, orders) = three_handed_over(&mut village).await;
    at(&mut village, "2026-12-01T02:00:00Z").await;
    village.work().await;
    let november = invoices(&village.treasurer, &contract).await[0].clone();
    let more = pay(&village.treasurer, &november, 79_001).await.problem(422, "more-than-owed");
    assert_eq!(more.json["owed"], 79_000);
    pay(&village.board, &november, 1_000).await.problem(403, "forbidden");
    pay(&village.buyer, &november, 1_000).await.problem(403, "forbidden");
    pay(&village.other_buyer, &november, 1_000).await.problem(404, "not-found");
    let path = format!("/v1/invoices/{}/payments", november["id"].as_str().unwrap());
    let key = village.treasurer.fresh_key();
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
    // Two at once fill the rest, and no more.
    let both = futures_util::future::join_all((0..2).map(|_| pay(&village.treasurer, &november, 29_000))).await;
    let mut statuses: Vec<u16> = both.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    assert_eq!(invoice(&village.buyer, &november).await["state"], "paid");
    pay(&village.treasurer, &november, 1).await.problem(409, "nothing-owed");
    let seen = village.buyer.get(&format!("/v1/contracts/{}", contract.id())).await.expect(200);
    assert_eq!(seen.json["open"], 69_000, "the December order is open still");
}

#[actix_web::test]
async fn what_comes_back_after_it_was_asked_for_is_taken_off_the_next_invoice() {
    let mut village = World::village().await;
    let (contract, _, orders) = three_handed_over(&mut village).await;
    at(&mut village, "2026-12-01T02:00:00Z").await;
    village.work().await;
    village.step(&village.sari, &orders[1], "return").await.expect(200);
    village.step(&village.sari, &orders[2], "hand_over").await.expect(200);
    let listed = invoices(&village.buyer, &contract).await;
    let november = invoice(&village.buyer, &listed[0]).await;
    assert_eq!((&november["total"], &november["open"]), (&json!(79_000), &json!(46_000)), "nobody pays what came back");
    at(&mut village, "2027-01-01T02:00:00Z").await;
    village.work().await;
    let december = invoice(&village.buyer, &invoices(&village.buyer, &contract).await[1]).await;
    let mut lines = totals(&december);
    lines.sort_unstable();
    assert_eq!(lines, [-23_000, -10_000, 69_000]);
    assert_eq!((&december["total"], &december["open"]), (&json!(36_000), &json!(69_000)));
}

#[actix_web::test]
async fn who_is_late_is_reminded_once() {
    let mut village = World::village().await;
    let (contract, ..) = three_handed_over(&mut village).await;
    for day in ["2026-12-01", "2026-12-15", "2026-12-16", "2026-12-17"] {
        at(&mut village, &format!("{day}T02:00:00Z")).await;
        village.work().await;
        let reminded = letters(&village, &village.buyer).iter().filter(|kind| *kind == "invoice-overdue").count();
        assert_eq!(reminded, usize::from(day > "2026-12-15"), "{day}");
    }
    let november = invoice(&village.buyer, &invoices(&village.buyer, &contract).await[0]).await;
    assert_eq!(november["state"], "overdue");
}

#[actix_web::test]
async fn a_contract_ends_when_its_period_is_over() {
    let mut village = World::village().await;
    let product = village.lists(pastel()).await;
    let mut short = agreed(&village, product, 300_000);
    short["ends_on"] = json!("2026-11-30");
    let accepted = proposed(&village, short.clone()).await;
    step(&village.buyer, &accepted, "accept").await.expect(200);
    let unanswered = proposed(&village, short).await;
    at(&mut village, "2026-11-30T16:59:00Z").await;
    village.work().await;
    let status = async |contract: &Reply| {
        village.buyer.get(&format!("/v1/contracts/{}", contract.id())).await.expect(200).str("status")
    };
    assert_eq!(status(&accepted).await, "active", "its last day is not over");
    at(&mut village, "2026-11-30T17:30:00Z").await;
    village.work().await;
    let status = async |contract: &Reply| {
        village.buyer.get(&format!("/v1/contracts/{}", contract.id())).await.expect(200).str("status")
    };
    assert_eq!((status(&accepted).await, status(&unanswered).await), ("ended".into(), "withdrawn".into()));
}

#[actix_web::test]
async fn an_invoice_is_a_page_to_print_on_which_nothing_becomes_markup() {
    let mut village = World::village().await;
    let me = village.buyer.get("/v1/me").await.expect(200);
    let renamed = village.buyer.editing(&me);
    renamed.patch("/v1/me", json!({"name": "SD <script>Contoh</script>"})).await.expect(200);
    let (contract, ..) = three_handed_over(&mut village).await;
    at(&mut village, "2026-12-01T02:00:00Z").await;
    village.work().await;
    let path = format!("/v1/invoices/{}", invoices(&village.buyer, &contract).await[0]["id"].as_str().unwrap());
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
async fn a_buyer_takes_their_contracts_out_and_leaves_them_behind() {
    let mut village = World::village().await;
    let (contract, ..) = three_handed_over(&mut village).await;
    let taken = village.buyer.get("/v1/me/export").await.expect(200);
    assert_eq!(taken.json["contracts"][0]["id"], json!(contract.id()));
    let me = village.buyer.get("/v1/me").await.expect(200);
    let password = Some(json!({"current_password": village.buyer.password}));
    village.buyer.editing(&me).send(reqwest::Method::DELETE, "/v1/me", password).await.expect(204);
    let seen = village.board.get(&format!("/v1/contracts/{}", contract.id())).await.expect(200);
    assert_eq!((seen.str("status"), &seen.json["note"]), ("ended".into(), &Value::Null));
    assert!(!seen.text().contains(&village.buyer.name), "{}", seen.text());
}
