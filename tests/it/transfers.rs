//! Transfers: unique codes, bank statements, other payers, and credit.

use lumbung::kernel::Duration;
use serde_json::{Value, json};

use crate::payments::transition;
use crate::world::{Client, Reply, Village, World};

async fn post(client: &Client, path: &str, body: Value) -> Reply {
    client.with_new_key().post(path, body).await
}

fn payments(order: &Reply) -> String {
    format!("/v1/orders/{}/payments", order.id())
}

/// The buyer orders this quantity of pastel and announces a transfer of the total.
async fn announce_transfer(village: &Village, quantity: i64) -> (Reply, Reply) {
    let (product, _) = village.create_pastel_in_stock(100).await;
    let order = village.place_order(product, quantity).await;
    let payment = post(&village.buyer, &payments(&order), json!({"method": "transfer"})).await.expect(201);
    (order, payment)
}

async fn balance(village: &Village, account: i64) -> i64 {
    let path = format!("/v1/cooperatives/{}/ledger/accounts", village.cooperative);
    let list = village.treasurer.get(&path).await.expect(200);
    let accounts = list.json["data"].as_array().unwrap();
    accounts.iter().find(|row| row["account"] == account).unwrap()["balance"].as_i64().unwrap()
}

/// A statement in the test bank's format with these lines: day, description, debit, credit.
fn statement(lines: &[(&str, &str, &str, &str)]) -> Value {
    let line = |(day, description, debit, credit): &(&str, &str, &str, &str)| {
        format!("{day},\"{description}\",\"{debit}\",\"{credit}\"\n")
    };
    let lines: String = lines.iter().map(line).collect();
    json!({"format": "BRI", "csv": format!("Tanggal,Keterangan,Debet,Kredit\n{lines}")})
}

async fn set_bri_format(village: &Village) {
    let mapping = json!({
        "separator": "comma", "skip_lines": 1, "date_column": 1, "date_form": "dd/mm/yyyy", "decimal": "point",
        "amount_column": 4, "description_columns": [2],
    });
    let path = format!("/v1/cooperatives/{}/bank_formats/BRI", village.cooperative);
    village.treasurer.put(&path, mapping).await.expect(200);
}

/// An amount as the bank writes it.
fn bank_amount(amount: i64) -> String {
    format!("{},{:03}.00", amount / 1000, amount % 1000)
}

#[actix_web::test]
async fn a_transfer_has_a_unique_code_that_is_deducted_at_the_cooperatives_cost() {
    let village = World::village().await;
    let (order, payment) = announce_transfer(&village, 40).await;
    let (code, arrives) =
        (payment.json["unique_code"].as_i64().unwrap(), payment.json["transfer_amount"].as_i64().unwrap());
    assert_eq!((arrives + code, &payment.json["amount"]), (100_000, &json!(100_000)));
    assert!((1..=999).contains(&code));
    confirm(&village, &payment).await;
    let shown = village.buyer.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
    assert_eq!(shown.str("payment_state"), "paid", "the code is the cooperative's, not the buyer's");
    assert_eq!((balance(&village, 1103).await, balance(&village, 5201).await), (arrives, code));
    assert_eq!(balance(&village, 2101).await, 100_000);
}

#[actix_web::test]
async fn of_thirty_who_announce_at_once_no_two_have_the_same_code_or_amount() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(100).await;
    let mut orders = Vec::new();
    for _ in 0..30 {
        orders.push(village.place_order(product, 2).await);
    }
    let announcing = orders.iter().map(|order| {
        let (client, path) = (village.buyer.with_new_key(), payments(order));
        async move { client.post(&path, json!({"method": "transfer"})).await }
    });
    let replies = futures_util::future::join_all(announcing).await;
    let mut codes: Vec<i64> =
        replies.into_iter().map(|reply| reply.expect(201).json["unique_code"].as_i64().unwrap()).collect();
    codes.sort_unstable();
    assert_eq!(codes, (1..=30).collect::<Vec<_>>(), "the lowest codes are taken");
    let of_another_amount = village.place_order(product, 4).await;
    let other = post(&village.buyer, &payments(&of_another_amount), json!({"method": "transfer"})).await.expect(201);
    assert_eq!(other.json["unique_code"], 1, "sums tell transfers apart");
}

async fn confirm(village: &Village, payment: &Reply) {
    transition(&village.treasurer, payment, "confirm").await.expect(200);
}

/// Nothing that came is left: neither money, nor what is owed to buyers, nor the cost of codes.
async fn expect_all_given_back(village: &Village) {
    for account in [1103, 2101, 5201] {
        assert_eq!(balance(village, account).await, 0, "{account}");
    }
}

async fn cancel(village: &Village, order: &Reply) {
    let path = format!("/v1/orders/{}/transitions", order.id());
    post(&village.buyer, &path, json!({"action": "cancel"})).await.expect(200);
}

async fn refund(village: &Village, order: &Reply, payment: &Reply, amount: Option<i64>) -> Reply {
    let mut body = json!({"method": "transfer", "purpose": "refund", "refunds": payment.id()});
    if let Some(amount) = amount {
        body["amount"] = json!(amount);
    }
    post(&village.treasurer, &payments(order), body).await
}

#[actix_web::test]
async fn the_sum_of_a_transfer_is_free_again_after_thirty_one_days() {
    let mut village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(100).await;
    let mut orders = Vec::new();
    for _ in 0..3 {
        orders.push(village.place_order(product, 2).await);
    }
    let mut codes = Vec::new();
    for (order, days) in orders.iter().zip([0, 30, 2]) {
        village.clock.advance(Duration::days(days));
        village.buyer = village.sign_in_again(&village.buyer).await;
        village.treasurer = village.sign_in_again(&village.treasurer).await;
        let payment = post(&village.buyer, &payments(order), json!({"method": "transfer"})).await.expect(201);
        codes.push(payment.json["unique_code"].as_i64().unwrap());
        confirm(&village, &payment).await;
    }
    assert_eq!(codes, [1, 2, 1]);
}

#[actix_web::test]
async fn an_order_is_discounted_by_one_code_and_later_transfers_pay_what_arrives() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(100).await;
    let (order, other) = (village.place_order(product, 20).await, village.place_order(product, 4).await);
    let part = json!({"method": "transfer", "amount": 10_000});
    let mut sums = Vec::new();
    for _ in 0..5 {
        let payment = post(&village.buyer, &payments(&order), part.clone()).await.expect(201);
        confirm(&village, &payment).await;
        let [amount, transfer] = ["amount", "transfer_amount"].map(|name| payment.json[name].as_i64().unwrap());
        sums.push((amount, transfer));
    }
    // 10,000 is free once; the others get the highest free sum below it.
    assert_eq!(sums, [(10_000, 9_999), (10_000, 10_000), (9_998, 9_998), (9_997, 9_997), (9_996, 9_996)]);
    let shown = village.buyer.get(&payments(&order)).await.expect(200);
    assert_eq!((&shown.json["paid"], &shown.json["owed"]), (&json!(49_991), &json!(9)));
    assert_eq!((balance(&village, 1103).await, balance(&village, 5201).await), (49_990, 1));
    let first = post(&village.buyer, &payments(&other), json!({"method": "transfer"})).await.expect(201);
    assert_eq!(first.json["unique_code"], 5, "the discount is given once an order, not once a buyer");
}

#[actix_web::test]
async fn what_goes_back_is_what_arrived_and_the_code_is_given_back_with_it() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(100).await;
    let mut arrived = 0;
    let mut orders = Vec::new();
    for _ in 0..6 {
        let order = village.place_order(product, 4).await;
        let payment = post(&village.buyer, &payments(&order), json!({"method": "transfer"})).await.expect(201);
        confirm(&village, &payment).await;
        arrived += payment.json["transfer_amount"].as_i64().unwrap();
        orders.push((order, payment));
    }
    assert_eq!((balance(&village, 1103).await, balance(&village, 5201).await), (arrived, 60_000 - arrived));
    for (order, payment) in &orders {
        cancel(&village, order).await;
        let due = village.treasurer.get(&payments(order)).await.expect(200);
        assert_eq!(due.json["refund_due"], payment.json["transfer_amount"], "what can really go back");
        let back = refund(&village, order, payment, None).await.expect(201);
        assert_eq!((&back.json["amount"], &back.json["code_returned"]), (&json!(10_000), &payment.json["unique_code"]));
        let shown = village.treasurer.get(&payments(order)).await.expect(200);
        let left = ["paid", "refund_due"].map(|name| shown.json[name].as_i64().unwrap());
        assert_eq!((shown.str("state"), left), ("refunded".into(), [0, 0]));
    }
    expect_all_given_back(&village).await;
}

#[actix_web::test]
async fn a_part_goes_back_as_money_and_the_last_part_takes_the_code_along() {
    let village = World::village().await;
    let (order, payment) = announce_transfer(&village, 40).await;
    confirm(&village, &payment).await;
    cancel(&village, &order).await;
    let part = refund(&village, &order, &payment, Some(40_000)).await.expect(201);
    assert_eq!((&part.json["amount"], &part.json["code_returned"]), (&json!(40_000), &Value::Null));
    let too_much = refund(&village, &order, &payment, Some(60_001)).await;
    assert_eq!(too_much.expect_problem(422, "more-than-refundable").json["refundable"], 59_999);
    let last = refund(&village, &order, &payment, Some(59_999)).await.expect(201);
    assert_eq!((&last.json["amount"], &last.json["code_returned"]), (&json!(60_000), &json!(1)));
    refund(&village, &order, &payment, Some(1)).await.expect_problem(422, "nothing-to-refund");
    assert_eq!((balance(&village, 1103).await, balance(&village, 5201).await), (0, 0));
}

#[actix_web::test]
async fn credit_moves_no_more_than_arrived_and_can_be_taken_back() {
    let village = World::village().await;
    let (first, payment) = announce_transfer(&village, 40).await;
    let (product, _) = village.create_pastel_in_stock(100).await;
    let second = village.place_order(product, 40).await;
    confirm(&village, &payment).await;
    cancel(&village, &first).await;
    let credit = json!({"method": "credit", "from": first.id()});
    let too_much = json!({"method": "credit", "from": first.id(), "amount": 100_000});
    let refused = post(&village.buyer, &payments(&second), too_much).await;
    assert_eq!(refused.expect_problem(422, "more-than-refundable").json["refundable"], 99_999);
    let moved = post(&village.buyer, &payments(&second), credit.clone()).await.expect(201);
    assert_eq!(moved.json["amount"], 99_999);
    assert_eq!((balance(&village, 2101).await, balance(&village, 5201).await), (99_999, 0));
    transition(&village.treasurer, &moved, "reverse").await.expect(200);
    assert_eq!((balance(&village, 2101).await, balance(&village, 5201).await), (100_000, 1));
    let again = post(&village.buyer, &payments(&second), credit).await.expect(201);
    cancel(&village, &second).await;
    let back = refund(&village, &second, &again, None).await.expect(201);
    assert_eq!((&back.json["amount"], &back.json["code_returned"]), (&json!(99_999), &Value::Null));
    expect_all_given_back(&village).await;
}

#[actix_web::test]
async fn a_payment_whose_surplus_pays_another_order_is_reversed_after_that_is_taken_back() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(100).await;
    let (first, second) = (village.place_order(product, 20).await, village.place_order(product, 4).await);
    let too_much = json!({"method": "transfer", "amount": 60_000});
    let payment = post(&village.treasurer, &payments(&first), too_much).await.expect(201);
    let credit = json!({"method": "credit", "from": first.id()});
    let moved = post(&village.treasurer, &payments(&second), credit).await.expect(201);
    assert_eq!(moved.json["amount"], 10_000);
    let before = village.dump_rows();
    let reverse = async |payment: &Reply| {
        let path = format!("/v1/payments/{}/transitions", payment.id());
        post(&village.treasurer, &path, json!({"action": "reverse", "reason": "Tidak ada di rekening"})).await
    };
    let refused = reverse(&payment).await.expect_problem(409, "payment-used");
    assert_eq!(refused.json["order_numbers"], json!([second.str("number")]));
    assert_eq!(village.dump_rows(), before);
    reverse(&moved).await.expect(200);
    reverse(&payment).await.expect(200);
    for order in [&first, &second] {
        let shown = village.treasurer.get(&payments(order)).await.expect(200);
        assert_eq!((shown.str("state"), &shown.json["paid"]), ("unpaid".into(), &json!(0)));
    }
    assert_eq!((balance(&village, 1103).await, balance(&village, 2101).await), (0, 0));
}

#[actix_web::test]
async fn a_statement_is_previewed_then_imported_and_matched_one_to_one() {
    let village = World::village().await;
    let path = format!("/v1/cooperatives/{}/statements", village.cooperative);
    let unknown = post(&village.treasurer, &path, statement(&[])).await;
    unknown.expect_problem(422, "body-invalid").expect_field_error("/format", "not-there");
    set_bri_format(&village).await;
    let (order, payment) = announce_transfer(&village, 40).await;
    let (_, other) = announce_transfer(&village, 40).await;
    let arrives = |payment: &Reply| bank_amount(payment.json["transfer_amount"].as_i64().unwrap());
    let lines = statement(&[
        ("23/11/2026", "TRF CONTOH SARI", "", &arrives(&payment)),
        ("23/11/2026", "BIAYA ADM", "2,500.00", ""),
        ("24/11/2026", "SETORAN", "", "77,777.00"),
    ]);
    let preview = post(&village.treasurer, &format!("{path}?dry_run=true"), lines.clone()).await.expect(200);
    assert_eq!((&preview.json["matched"], &preview.json["queued"]), (&json!(1), &json!(1)));
    assert_eq!(preview.json["lines"][0]["payments"], json!([payment.id()]));
    let waiting = village.buyer.get(&format!("/v1/payments/{}", payment.id())).await.expect(200);
    assert_eq!(waiting.str("status"), "pending", "looking changes nothing");
    post(&village.board, &path, lines.clone()).await.expect_problem(403, "forbidden");
    let (first, second) = futures_util::future::join(
        post(&village.treasurer, &path, lines.clone()),
        post(&village.treasurer, &path, lines.clone()),
    )
    .await;
    let matched = |reply: &Reply| reply.json["matched"].as_i64().unwrap();
    assert_eq!(
        matched(&first.expect(200)) + matched(&second.expect(200)),
        1,
        "of two who bring it in at once one does"
    );
    let shown = village.buyer.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
    assert_eq!(shown.str("payment_state"), "paid");
    let overlapping = post(&village.treasurer, &path, lines).await.expect(200);
    let outcomes: Vec<&str> =
        overlapping.json["lines"].as_array().unwrap().iter().map(|line| line["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["known", "known"]);
    let still = village.buyer.get(&format!("/v1/payments/{}", other.id())).await.expect(200);
    assert_eq!(still.str("status"), "pending");
}

#[actix_web::test]
async fn an_unmatched_line_is_queued_until_the_treasurer_decides() {
    let village = World::village().await;
    set_bri_format(&village).await;
    let (_, payment) = announce_transfer(&village, 40).await;
    let arrives = payment.json["transfer_amount"].as_i64().unwrap();
    let path = format!("/v1/cooperatives/{}/statements", village.cooperative);
    let lines = statement(&[
        ("23/11/2026", "TRF A", "", &bank_amount(arrives)),
        ("23/11/2026", "TRF B", "", &bank_amount(arrives)),
        ("23/11/2026", "TRF C", "", "120,000.00"),
        ("23/11/2026", "BUNGA", "", "1,250.00"),
    ]);
    let imported = post(&village.treasurer, &path, lines).await.expect(200);
    assert_eq!((&imported.json["matched"], &imported.json["queued"]), (&json!(0), &json!(4)), "two lines could be it");
    let queue = format!("/v1/cooperatives/{}/statement_lines", village.cooperative);
    let waiting = village.treasurer.get(&queue).await.expect(200);
    let id = |description: &str| {
        let lines = waiting.json["data"].as_array().unwrap();
        lines.iter().find(|line| line["description"] == description).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let decide = async |description: &str, body: Value| {
        post(&village.treasurer, &format!("/v1/statement_lines/{}/transitions", id(description)), body).await
    };
    let differs = decide("TRF C", json!({"action": "match", "payment": payment.id()})).await;
    assert_eq!(differs.expect_problem(409, "amount-differs").json["awaited"], arrives);
    decide("TRF A", json!({"action": "match", "payment": payment.id()})).await.expect(200);
    decide("TRF A", json!({"action": "ignore"})).await.expect_problem(409, "transition-invalid");
    decide("TRF B", json!({"action": "match", "payment": payment.id()})).await.expect_problem(422, "body-invalid");
    let foreign = json!({"action": "assign", "order": "01920000-0000-7000-8000-000000000001"});
    decide("TRF C", foreign).await.expect_problem(422, "body-invalid").expect_field_error("/order", "not-there");
    let (product, _) = village.create_pastel_in_stock(100).await;
    let unannounced = village.place_order(product, 40).await;
    decide("TRF C", json!({"action": "assign", "order": unannounced.id()})).await.expect(200);
    let shown = village.buyer.get(&format!("/v1/orders/{}", unannounced.id())).await.expect(200);
    assert_eq!((shown.str("payment_state"), &shown.json["paid_total"]), ("overpaid".into(), &json!(120_000)));
    decide("BUNGA", json!({"action": "ignore"})).await.expect(200);
    assert_eq!(village.treasurer.get(&queue).await.expect(200).json["data"].as_array().unwrap().len(), 1);
    village.board.get(&queue).await.expect_problem(403, "forbidden");
}

#[actix_web::test]
async fn an_unreadable_file_imports_nothing_and_every_error_is_reported() {
    let village = World::village().await;
    set_bri_format(&village).await;
    let before = village.dump_rows();
    let path = format!("/v1/cooperatives/{}/statements", village.cooperative);
    let lines = statement(&[
        ("23/11/2026", "A", "", "1,000.00"),
        ("31/02/2026", "B", "", "1,000.00"),
        ("23/11/2026", "C", "", "seribu"),
        ("23/11/2026", "D", "", "1,000.50"),
    ]);
    let refused = post(&village.treasurer, &path, lines).await.expect_problem(422, "body-invalid");
    let refused = refused.expect_field_error("/csv/3", "no-day").expect_field_error("/csv/4", "no-amount");
    refused.expect_field_error("/csv/5", "cents");
    assert_eq!(village.dump_rows(), before);
}

#[actix_web::test]
async fn an_overpayment_of_one_order_pays_another_of_the_same_buyer() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(200).await;
    let (first, second) = (village.place_order(product, 40).await, village.place_order(product, 20).await);
    let too_much = json!({"method": "transfer", "amount": 130_000});
    post(&village.treasurer, &payments(&first), too_much).await.expect(201);
    let credit = |body: Value| {
        let mut whole = json!({"method": "credit", "from": first.id()});
        whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        whole
    };
    let (foreign, path) = (village.other_buyer.clone(), payments(&second));
    post(&foreign, &path, credit(json!({}))).await.expect_problem(404, "not-found");
    post(&village.sari, &path, credit(json!({}))).await.expect_problem(403, "forbidden");
    post(&village.buyer, &path, json!({"method": "credit"}))
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/from", "required");
    post(&village.buyer, &path, credit(json!({"amount": 30_001}))).await.expect_problem(422, "more-than-refundable");
    let moved = post(&village.buyer, &path, credit(json!({}))).await.expect(201);
    assert_eq!((&moved.json["amount"], moved.str("status")), (&json!(30_000), "confirmed".into()));
    post(&village.buyer, &path, credit(json!({}))).await.expect_problem(409, "no-credit");
    let state = async |order: &Reply| {
        let shown = village.buyer.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
        (shown.str("payment_state"), shown.json["paid_total"].as_i64().unwrap())
    };
    assert_eq!(state(&first).await, ("paid".into(), 100_000));
    assert_eq!(state(&second).await, ("deposit_paid".into(), 30_000));
    assert_eq!((balance(&village, 1103).await, balance(&village, 2101).await), (130_000, 130_000));
    let others = village
        .other_buyer
        .with_new_key()
        .post("/v1/orders", village.order_body(product, 10, 25_000))
        .await
        .expect(201);
    let taken = json!({"method": "credit", "from": first.id()});
    post(&village.treasurer, &payments(&others), taken).await.expect_problem(409, "no-credit");
}

#[actix_web::test]
async fn somebody_else_may_pay_and_is_forgotten_with_the_buyer() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(200).await;
    let order = village.place_order(product, 40).await;
    let abroad = json!({"method": "transfer", "payer": "Contoh Putri di Hong Kong"});
    let payment = post(&village.buyer, &payments(&order), abroad).await.expect(201);
    let list = format!("/v1/cooperatives/{}/payments", village.cooperative);
    let shown = village.treasurer.get(&list).await.expect(200);
    assert_eq!(shown.json["data"][0]["payer"], "Contoh Putri di Hong Kong");
    assert_eq!(payment.json["payer"], Value::Null, "the buyer knows");
}

#[actix_web::test]
async fn a_cooperative_asks_for_deposits_of_large_orders_and_not_of_regulars() {
    let village = World::village().await;
    let path = format!("/v1/cooperatives/{}", village.cooperative);
    let cooperative = village.board.get(&path).await.expect(200);
    let rule = json!({"deposit_from": 100_000, "deposit_percent": 30, "regular_after": 1});
    village.board.with_version_of(&cooperative).patch(&path, rule).await.expect(200);
    let product = village.create_made_to_order().await;
    let basket = |quantity: i64| json!({"cooperative": village.cooperative, "lines": [{"product": product, "quantity": quantity, "ready_on": "2026-11-27"}]});
    let deposit = async |client: &Client, quantity: i64| {
        client.post("/v1/quotes", basket(quantity)).await.expect(200).json["deposit_due"].as_i64().unwrap()
    };
    assert_eq!(deposit(&village.buyer, 39).await, 0);
    assert_eq!(deposit(&village.buyer, 40).await, 30_000);
    assert_eq!(deposit(&village.guest(), 40).await, 30_000);
    let mut body = basket(40);
    body["expected_total"] = json!(100_000);
    body["delivery"] = json!({"kind": "pickup", "point": village.pickup_point});
    let placed = village.buyer.with_new_key().post("/v1/orders", body.clone()).await.expect(201);
    assert_eq!(placed.json["deposit_due"], 30_000);
    village.clock.advance(Duration::seconds(1));
    let (shelf, _) = village.create_pastel_in_stock(10).await;
    let small = village.place_order(shelf, 10).await;
    for action in ["accept", "ready", "hand_over"] {
        village.transition_fulfilment(&village.sari, &small, action).await.expect(200);
    }
    assert_eq!(deposit(&village.buyer, 20).await, 0, "whoever completed an order is a regular");
    village.other_buyer.post("/v1/quotes", basket(20)).await.expect(200);
    village.work().await;
}
