//! Payments: incoming and refunds, permissions, and reports.

use lumbung::kernel::{Duration, Quantity};
use serde_json::{Value, json};

use crate::world::{Client, Reply, Village, World, diff_rows, pastel};

#[actix_web::test]
async fn the_treasurer_of_another_cooperative_finds_nothing_and_others_are_refused() {
    let village = World::village().await;
    let cooperative = village.cooperative;
    let payments = format!("/v1/cooperatives/{cooperative}/payments?status=pending");
    village.treasurer.get(&payments).await.expect(200);
    village.foreign_treasurer.get(&payments).await.expect_problem(404, "not-found");
    village.board.get(&payments).await.expect_problem(403, "forbidden");
    village.wati.get(&payments).await.expect_problem(404, "not-found");
    village.guest().get(&payments).await.expect_problem(401, "unauthenticated");
    village.treasurer.get(&format!("{payments}&held=true")).await.expect_problem(400, "query-invalid");
    for path in ["sales", "sales?by=buyer", "events"] {
        let path = format!("/v1/cooperatives/{cooperative}/{path}");
        village.companion.get(&path).await.expect(200);
        village.foreign_treasurer.get(&path).await.expect_problem(404, "not-found");
    }
}

#[actix_web::test]
async fn a_groups_sales_are_for_its_officers_and_the_offices_over_it() {
    let village = World::village().await;
    let path = format!("/v1/groups/{}/sales", village.sekar_laras);
    let report = village.sari.get(&path).await.expect(200);
    assert_eq!(report.json["totals"]["amount"], 0);
    village.treasurer.get(&path).await.expect(200);
    village.wati.get(&path).await.expect_problem(403, "forbidden");
    village.darsih.get(&path).await.expect_problem(404, "not-found");
    village.foreign_treasurer.get(&path).await.expect_problem(404, "not-found");
    village.sari.get(&format!("{path}?by=group")).await.expect_problem(400, "query-invalid");
    village.sari.get(&format!("{path}?from=2020-01-01&to=2026-01-01")).await.expect_problem(400, "query-invalid");
    let table = village.sari.with("accept", "text/csv").get(&path).await.expect(200);
    assert!(table.text().contains("total,Total,"), "{}", table.text());
    village.sari.with("accept", "application/pdf").get(&path).await.expect_problem(406, "not-acceptable");
    let no_key = village.sari.post(&path, json!({"lines": []})).await;
    no_key.expect_problem(422, "body-invalid").expect_field_error("/lines", "required");
}

/// Records a payment of an order.
async fn pay(client: &Client, order: &Reply, body: Value) -> Reply {
    client.with_new_key().post(&format!("/v1/orders/{}/payments", order.id()), body).await
}

/// Performs an action on a payment.
pub async fn transition(client: &Client, payment: &Reply, action: &str) -> Reply {
    let path = format!("/v1/payments/{}/transitions", payment.id());
    client.with_new_key().post(&path, json!({"action": action})).await
}

/// The payment state and paid total of an order.
async fn payment_state(village: &Village, order: &Reply) -> (String, i64) {
    let order = village.buyer.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
    (order.str("payment_state"), order.json["paid_total"].as_i64().unwrap())
}

/// An order of thirty pastel by the buyer, for Rp75.000.
async fn order_thirty_pastel(village: &Village) -> Reply {
    let (product, _) = village.create_pastel_in_stock(40).await;
    village.place_order(product, 30).await
}

#[actix_web::test]
async fn payments_arrive_in_parts_and_the_order_has_the_matching_state() {
    let village = World::village().await;
    let order = order_thirty_pastel(&village).await;
    assert_eq!(payment_state(&village, &order).await, ("unpaid".into(), 0));
    let announced = pay(&village.buyer, &order, json!({"method": "transfer", "amount": 25_000})).await.expect(201);
    assert_eq!((announced.str("status"), announced.str("purpose")), ("pending".into(), "deposit".into()));
    assert_eq!(payment_state(&village, &order).await, ("unpaid".into(), 0), "what is announced is not there yet");
    transition(&village.buyer, &announced, "confirm").await.expect_problem(403, "forbidden");
    transition(&village.sari, &announced, "confirm").await.expect_problem(403, "forbidden");
    transition(&village.foreign_treasurer, &announced, "confirm").await.expect_problem(404, "not-found");
    transition(&village.treasurer, &announced, "confirm").await.expect(200);
    assert_eq!(payment_state(&village, &order).await, ("deposit_paid".into(), 25_000));
    // Goods may be handed over before they are paid.
    for action in ["accept", "ready", "hand_over"] {
        village.transition_fulfilment(&village.sari, &order, action).await.expect(200);
    }
    let cash = pay(&village.sari, &order, json!({"method": "cash"})).await.expect(201);
    assert_eq!((cash.json["amount"].clone(), cash.str("status")), (json!(50_000), "confirmed".into()));
    assert_eq!(payment_state(&village, &order).await, ("paid".into(), 75_000));
    let held = format!("/v1/cooperatives/{}/payments?held=true", village.cooperative);
    assert_eq!(village.treasurer.get(&held).await.expect(200).json["data"][0]["id"], json!(cash.id()));
    let handover = json!({"holder": village.sari.id, "counted": 50_000});
    let handovers = format!("/v1/cooperatives/{}/handovers", village.cooperative);
    village.treasurer.with_new_key().post(&handovers, handover.clone()).await.expect(201);
    assert_eq!(village.treasurer.get(&held).await.expect(200).json["data"], json!([]));
    village.treasurer.with_new_key().post(&handovers, handover).await.expect_problem(409, "nothing-held");
    pay(&village.buyer, &order, json!({"method": "transfer"})).await.expect_problem(409, "nothing-owed");
    village.transition_fulfilment(&village.sari, &order, "return").await.expect(200);
    assert_eq!(payment_state(&village, &order).await, ("refund_due".into(), 75_000));
    for (payment, amount) in [(&announced, 25_000), (&cash, 50_000)] {
        let refund = json!({"method": "cash", "purpose": "refund", "refunds": payment.id(), "amount": amount});
        pay(&village.sari, &order, refund.clone()).await.expect_problem(403, "forbidden");
        pay(&village.treasurer, &order, refund).await.expect(201);
    }
    assert_eq!(payment_state(&village, &order).await, ("refunded".into(), 0));
    village.work().await;
}

#[actix_web::test]
async fn of_two_concurrent_decisions_one_wins_and_the_other_conflicts() {
    let village = World::village().await;
    let order = order_thirty_pastel(&village).await;
    for (first, second) in [("confirm", "confirm"), ("confirm", "reject"), ("reject", "reject")] {
        let body = json!({"method": "transfer", "amount": 20_000});
        let announced = pay(&village.buyer, &order, body).await.expect(201);
        let before = payment_state(&village, &order).await.1;
        let (first_reply, second_reply) = futures_util::future::join(
            transition(&village.treasurer, &announced, first),
            transition(&village.treasurer, &announced, second),
        )
        .await;
        let mut statuses = [first_reply.status, second_reply.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{first} and {second}: {} {}", first_reply.text(), second_reply.text());
        let status = village.treasurer.get(&format!("/v1/payments/{}", announced.id())).await.expect(200).str("status");
        let winner = if first_reply.status == 200 { first } else { second };
        assert_eq!(status, if winner == "confirm" { "confirmed" } else { "rejected" });
        let paid = payment_state(&village, &order).await.1 - before;
        assert_eq!(paid, if winner == "confirm" { 20_000 } else { 0 });
    }
    village.work().await;
}

#[actix_web::test]
async fn concurrent_refunds_never_exceed_the_payment() {
    let village = World::village().await;
    let order = order_thirty_pastel(&village).await;
    let cash = pay(&village.sari, &order, json!({"method": "cash"})).await.expect(201);
    let refund = json!({"method": "cash", "purpose": "refund", "refunds": cash.id(), "amount": 20_000});
    let replies = (0..8).map(|_| pay(&village.treasurer, &order, refund.clone()));
    let replies = futures_util::future::join_all(replies).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 3, "three times 20.000 of 75.000");
    for refused in replies.into_iter().filter(|reply| reply.status != 201) {
        assert_eq!(refused.expect_problem(422, "more-than-refundable").json["refundable"], 15_000);
    }
    assert_eq!(payment_state(&village, &order).await, ("deposit_paid".into(), 15_000));
    village.work().await;
}

#[actix_web::test]
async fn an_unconfirmed_transfer_expires_and_can_be_confirmed_late() {
    let village = World::village().await;
    let order = order_thirty_pastel(&village).await;
    let announced = pay(&village.buyer, &order, json!({"method": "transfer"})).await.expect(201);
    for action in ["accept", "ready", "hand_over"] {
        village.transition_fulfilment(&village.sari, &order, action).await.expect(200);
    }
    village.clock.advance(Duration::days(4));
    village.work().await;
    let treasurer = village.sign_in_again(&village.treasurer).await;
    let path = format!("/v1/payments/{}", announced.id());
    assert_eq!(treasurer.get(&path).await.expect(200).str("status"), "expired");
    transition(&treasurer, &announced, "reject").await.expect_problem(409, "transition-invalid");
    transition(&treasurer, &announced, "confirm").await.expect(200);
    let order = treasurer.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
    assert_eq!(order.str("payment_state"), "paid");
    village.work().await;
}

#[actix_web::test]
async fn invalid_amounts_are_refused_in_both_languages_and_nothing_is_stored() {
    let village = World::village().await;
    let order = order_thirty_pastel(&village).await;
    village.work().await;
    for payer in [&village.buyer, &village.sari, &village.treasurer] {
        // The first use of a token is recorded.
        payer.get("/v1/me").await.expect(200);
    }
    let before = village.dump_rows();
    for amount in [json!(0), json!(-1), json!(1_000_000_000_001_i64)] {
        for client in [village.buyer.client.clone(), village.buyer.in_english()] {
            let refused = pay(&client, &order, json!({"method": "transfer", "amount": amount})).await;
            refused.expect_problem(422, "body-invalid").expect_field_error("/amount", "out-of-range");
        }
    }
    for amount in [json!(2.5), json!("25000"), json!(1e30)] {
        let refused = pay(&village.buyer, &order, json!({"method": "transfer", "amount": amount})).await;
        refused.expect_problem(400, "body-unreadable").expect_field_error("/amount", "malformed");
    }
    let more = pay(&village.sari, &order, json!({"method": "cash", "amount": 75_001})).await;
    assert_eq!(more.expect_problem(422, "more-than-owed").json["owed"], 75_000);
    pay(&village.buyer, &order, json!({"method": "cash", "amount": 1000})).await.expect_problem(403, "forbidden");
    let back = json!({"method": "cash", "purpose": "refund", "amount": 1000});
    pay(&village.treasurer, &order, back)
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/refunds", "required");
    let back = json!({"method": "cash", "purpose": "refund", "refunds": order.id(), "amount": 1000});
    pay(&village.treasurer, &order, back).await.expect_problem(422, "nothing-to-refund");
    assert_eq!(diff_rows(&before, &village.dump_rows()), Vec::<String>::new());
}

/// A payer with the payment link sees what is owed and their own payments, and nothing else.
#[actix_web::test]
async fn the_holder_of_a_pay_link_can_pay_and_sees_nothing_else() {
    let village = World::village().await;
    let order = order_thirty_pastel(&village).await;
    let own = pay(&village.buyer, &order, json!({"method": "transfer", "amount": 20_000})).await.expect(201);
    let payments = format!("/v1/orders/{}/payments", order.id());
    let link = village.buyer.get(&payments).await.expect(200).json["pay_link"].clone();
    let (secret, url) = (link["secret"].as_str().unwrap().to_owned(), link["url"].as_str().unwrap().to_owned());
    assert!(url.ends_with(&format!("/v1/track/{secret}/payments")), "{url}");
    village.other_buyer.get(&payments).await.expect_problem(404, "not-found");

    let stranger = village.guest();
    let path = format!("/v1/track/{secret}/payments");
    let seen = stranger.get(&path).await.expect(200);
    assert_eq!(
        ["owed", "announced", "data", "pay_link"].map(|name| seen.json[name].clone()),
        [json!(75_000), json!(20_000), json!([]), Value::Null],
        "not what the buyer announced"
    );
    for closed in ["", "/notes"] {
        stranger.get(&format!("/v1/track/{secret}{closed}")).await.expect_problem(404, "not-found");
    }
    stranger.get(&format!("{path}/{}/proof", own.id())).await.expect_problem(404, "not-found");
    let nameless = json!({"method": "transfer", "amount": 50_000});
    stranger.with_new_key().post(&path, nameless).await.expect_field_error("/payer", "required");
    let cash = json!({"method": "cash", "amount": 50_000, "payer": "Contoh Asih"});
    stranger.with_new_key().post(&path, cash).await.expect_problem(403, "forbidden");
    let credit = json!({"method": "credit", "from": order.id(), "payer": "Contoh Asih"});
    stranger.with_new_key().post(&path, credit).await.expect_problem(403, "forbidden");
    let paid = json!({"method": "transfer", "amount": 50_000, "payer": "Contoh Asih"});
    let announced = stranger.with_new_key().post(&path, paid).await.expect(201);
    assert_eq!(
        announced.json["transfer_amount"], 50_000,
        "the sum is its own; the code was taken off the first transfer"
    );
    let slip = format!("{path}/{}/proof", announced.id());
    stranger.upload(reqwest::Method::POST, &slip, "image/jpeg", crate::photos::jpeg(64, 64)).await.expect(201);
    let seen = stranger.get(&path).await.expect(200);
    assert_eq!(seen.json["data"].as_array().unwrap().len(), 1);
    assert!(!seen.text().contains("Contoh Budi"), "no name of the buyer");
    transition(&village.treasurer, &announced, "confirm").await.expect(200);
    transition(&village.treasurer, &own, "confirm").await.expect(200);
    assert_eq!(payment_state(&village, &order).await, ("deposit_paid".to_owned(), 70_000));
    let list = village.treasurer.get(&payments).await.expect(200);
    assert!(list.text().contains("Contoh Asih"), "the treasurer knows who paid");

    let page = stranger.with("accept", "text/html").get(&path).await.expect(200);
    assert!(page.text().contains("Rp5.000") && page.text().contains(&order.str("number")), "{}", page.text());
    assert!(!page.text().contains("Contoh Budi"));
    let half = &secret[..secret.len() - 2];
    stranger.get(&format!("/v1/track/{half}/payments")).await.expect_problem(404, "not-found");
}

#[actix_web::test]
async fn the_treasurers_list_is_paged_and_has_every_payment_once() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(400).await;
    let mut recorded = Vec::new();
    for _ in 0..7 {
        let order = village.place_order(product, 10).await;
        recorded.push(pay(&village.buyer, &order, json!({"method": "transfer"})).await.expect(201).id());
    }
    let (mut path, mut seen) = (format!("/v1/cooperatives/{}/payments?limit=3", village.cooperative), Vec::new());
    loop {
        let page = village.treasurer.get(&path).await.expect(200);
        let ids =
            page.json["data"].as_array().unwrap().iter().map(|payment| payment["id"].as_str().unwrap().to_owned());
        seen.extend(ids);
        let Some(next) = page.header("link").and_then(|link| link.strip_prefix('<')?.split_once('>')) else { break };
        path = next.0.to_owned();
    }
    seen.sort_unstable();
    recorded.sort_unstable();
    assert_eq!(seen, recorded);
    village.work().await;
}

#[actix_web::test]
async fn a_quick_sale_is_order_hand_over_payment_and_report_in_one() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let path = format!("/v1/groups/{}/sales", village.sekar_laras);
    let sale = json!({"lines": [{"product": product, "quantity": 30}], "expected_total": 75_000});
    let keyed = village.sari.with_new_key();
    let sold = keyed.post(&path, sale.clone()).await.expect(201);
    let again = keyed.post(&path, sale.clone()).await.expect(201);
    assert_eq!((again.bytes, again.headers.get("idempotency-replayed").is_some()), (sold.bytes.clone(), true));
    let order = village.sari.get(&format!("/v1/orders/{}", sold.id())).await.expect(200);
    assert_eq!((order.str("status"), order.str("payment_state")), ("completed".into(), "paid".into()));
    assert_eq!(village.sari.get(&path).await.expect(200).json["totals"]["amount"], 75_000);
    let held = format!("/v1/cooperatives/{}/payments?held=true", village.cooperative);
    assert_eq!(village.treasurer.get(&held).await.expect(200).json["data"][0]["amount"], 75_000);
    let before = village.dump_rows();
    let refused = village.sari.with_new_key().post(&path, sale).await.expect_problem(409, "sold-out");
    assert_eq!(refused.json["available"], 10);
    let dearer = json!({"lines": [{"product": product, "quantity": 10}], "expected_total": 20_000});
    village.sari.with_new_key().post(&path, dearer).await.expect_problem(409, "total-changed");
    let left: Vec<String> = diff_rows(&before, &village.dump_rows());
    // Unmet demand is recorded, for the group.
    assert!(left.iter().all(|row| row.starts_with("events ") || row.starts_with("refused_demand ")), "{left:?}");
    let wishes = village.sari.get(&format!("/v1/groups/{}/unmet_demand", village.sekar_laras)).await.expect(200);
    let basket = &wishes.json["data"][0];
    assert_eq!((&basket["quantity"], &basket["day"]), (&json!(30), &json!("2026-11-23")), "{wishes:?}");
    village.work().await;
}

#[actix_web::test]
async fn over_the_counter_only_what_is_there_today_is_sold_and_also_a_few_pieces() {
    let village = World::village().await;
    let mut offering = pastel();
    offering.minimum_quantity = Quantity::from_units(30);
    let product = village.publish_product(offering).await;
    let path = format!("/v1/groups/{}/sales", village.sekar_laras);
    village.sari.get("/v1/me").await.expect(200);
    let before = village.dump_rows();
    let sale = json!({"lines": [{"product": product, "quantity": 3}]});
    let refused = village.sari.with_new_key().post(&path, sale.clone()).await.expect_problem(409, "cutoff-passed");
    assert_eq!(refused.json["available"], 0, "what is to be made on Wednesday is not sold on Monday");
    let left = diff_rows(&before, &village.dump_rows());
    assert!(left.iter().all(|row| row.starts_with("events ") || row.starts_with("refused_demand ")), "{left:?}");
    village.open_stock_batch(product, 10, "2026-11-23").await;
    let sold = village.sari.with_new_key().post(&path, sale).await.expect(201);
    assert_eq!(sold.json["total"], 7_500);
    village.work().await;
}
