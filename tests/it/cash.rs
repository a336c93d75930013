//! Cash: holders, hand-overs, counts, and postings of differences.

use lumbung::kernel::Duration;
use serde_json::{Value, json};

use crate::world::{Client, Reply, Village, World};

async fn post(client: &Client, path: &str, body: Value) -> Reply {
    client.with_new_key().post(path, body).await
}

/// Sari takes cash for an order of this quantity of pastel: the payment.
async fn take_cash(village: &Village, quantity: i64) -> Reply {
    let (product, _) = village.create_pastel_in_stock(100).await;
    let order = village.place_order(product, quantity).await;
    post(&village.sari, &format!("/v1/orders/{}/payments", order.id()), json!({"method": "cash"})).await.expect(201)
}

fn handovers_path(village: &Village) -> String {
    format!("/v1/cooperatives/{}/handovers", village.cooperative)
}

async fn balance(village: &Village, account: i64) -> i64 {
    let path = format!("/v1/cooperatives/{}/ledger/accounts", village.cooperative);
    let list = village.treasurer.get(&path).await.expect(200);
    let accounts = list.json["data"].as_array().unwrap();
    accounts.iter().find(|row| row["account"] == account).unwrap()["balance"].as_i64().unwrap()
}

#[actix_web::test]
async fn an_officer_hands_cash_over_and_both_have_a_receipt() {
    let village = World::village().await;
    let path = handovers_path(&village);
    post(&village.sari, &path, json!({})).await.expect_problem(409, "nothing-held");
    let (first_payment, second_payment) = (take_cash(&village, 20).await, take_cash(&village, 30).await);
    assert_eq!(balance(&village, 1102).await, 125_000);
    let foreign = json!({"payments": [first_payment.id(), "01920000-0000-7000-8000-000000000001"]});
    post(&village.sari, &path, foreign)
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/payments/1", "not-held");
    post(&village.wati, &path, json!({})).await.expect_problem(403, "forbidden");
    post(&village.buyer, &path, json!({})).await.expect_problem(404, "not-found");
    let declared = post(&village.sari, &path, json!({"note": "Hasil lapak"})).await.expect(201);
    assert_eq!((&declared.json["expected"], &declared.json["actions"]), (&json!(125_000), &json!(["refuse"])));
    post(&village.sari, &path, json!({})).await.expect_problem(409, "nothing-held");
    let steps = format!("/v1/handovers/{}/transitions", declared.id());
    let receive = json!({"action": "receive", "counted": 124_000});
    post(&village.sari, &steps, receive.clone()).await.expect_problem(403, "forbidden");
    post(&village.darsih, &steps, receive.clone()).await.expect_problem(404, "not-found");
    let (first, second) = futures_util::future::join(
        post(&village.treasurer, &steps, receive.clone()),
        post(&village.treasurer, &steps, receive.clone()),
    )
    .await;
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "it is received once");
    assert_eq!((balance(&village, 1101).await, balance(&village, 1102).await), (124_000, 0));
    assert_eq!(balance(&village, 5202).await, 1_000, "what was missing is a cost until it turns up");
    for person in [&village.sari, &village.treasurer, &village.board] {
        let page =
            person.with("accept", "text/html").get(&format!("/v1/handovers/{}", declared.id())).await.expect(200);
        let text = page.text();
        for part in ["Serah terima uang", "Rp125.000", "Rp124.000", "Rp1.000", "BKK-2026-11-0001", "Contoh Sari"] {
            assert!(text.contains(part), "{part} is missing: {text}");
        }
    }
    let _ = second_payment;
    assert_eq!(village.darsih.get(&path).await.expect(200).json["data"], json!([]), "officers see their own");
    assert_eq!(village.board.get(&path).await.expect(200).json["data"][0]["missing"], 1_000);
}

#[actix_web::test]
async fn a_refused_hand_over_can_be_declared_again() {
    let village = World::village().await;
    let payment = take_cash(&village, 20).await;
    let declared = post(&village.sari, &handovers_path(&village), json!({})).await.expect(201);
    let reverse = format!("/v1/payments/{}/transitions", payment.id());
    let refused = post(&village.treasurer, &reverse, json!({"action": "reverse"})).await;
    refused.expect_problem(409, "transition-invalid");
    let steps = format!("/v1/handovers/{}/transitions", declared.id());
    post(&village.sari, &steps, json!({"action": "refuse"})).await.expect(200);
    post(&village.treasurer, &steps, json!({"action": "receive", "counted": 0}))
        .await
        .expect_problem(409, "transition-invalid");
    assert_eq!(balance(&village, 1102).await, 50_000);
    post(&village.sari, &handovers_path(&village), json!({"payments": [payment.id()]})).await.expect(201);
}

#[actix_web::test]
async fn the_treasurer_receives_cash_at_once() {
    let village = World::village().await;
    take_cash(&village, 20).await;
    let path = handovers_path(&village);
    let half = json!({"holder": village.sari.id});
    post(&village.treasurer, &path, half)
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/counted", "holder-and-counted");
    let at_once = json!({"holder": village.sari.id, "counted": 50_000});
    post(&village.sari, &path, at_once.clone()).await.expect_problem(403, "forbidden");
    let received = post(&village.treasurer, &path, at_once).await.expect(201);
    assert_eq!((received.str("status"), received.str("holder_name")), ("received".into(), "Contoh Sari".into()));
    assert_eq!(balance(&village, 1101).await, 50_000);
    let held = format!("/v1/cooperatives/{}/payments?held=true", village.cooperative);
    assert_eq!(village.treasurer.get(&held).await.expect(200).json["data"], json!([]));
}

#[actix_web::test]
async fn cash_taken_by_the_treasurer_is_in_the_box_and_counted_at_the_end_of_the_day() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(100).await;
    let order = village.place_order(product, 20).await;
    let path = format!("/v1/orders/{}/payments", order.id());
    post(&village.treasurer, &path, json!({"method": "cash"})).await.expect(201);
    assert_eq!(balance(&village, 1101).await, 50_000);
    let counts = format!("/v1/cooperatives/{}/cash_counts", village.cooperative);
    post(&village.board, &counts, json!({"counted": 50_000})).await.expect_problem(403, "forbidden");
    let short =
        post(&village.treasurer, &counts, json!({"counted": 48_500, "note": "Uang kembalian"})).await.expect(201);
    assert_eq!(short.json["expected"], 50_000);
    assert_eq!((balance(&village, 1101).await, balance(&village, 5202).await), (48_500, 1_500));
    village.clock.advance(Duration::seconds(1));
    post(&village.treasurer, &counts, json!({"counted": 50_000})).await.expect(201);
    assert_eq!((balance(&village, 1101).await, balance(&village, 5202).await), (50_000, 0), "it turned up");
    post(&village.treasurer, &counts, json!({"counted": 50_000})).await.expect(201);
    let list = village.supervisor.get(&counts).await.expect(200);
    assert_eq!(list.json["data"].as_array().unwrap().len(), 3);
}

#[actix_web::test]
async fn a_mistaken_confirmation_is_reversed_once() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(100).await;
    let order = village.place_order(product, 20).await;
    let path = format!("/v1/orders/{}/payments", order.id());
    let transfer = post(&village.treasurer, &path, json!({"method": "transfer"})).await.expect(201);
    let steps = format!("/v1/payments/{}/transitions", transfer.id());
    let wrong = json!({"action": "reverse", "reason": "Bukti palsu"});
    post(&village.sari, &steps, wrong.clone()).await.expect_problem(403, "forbidden");
    let reversed = post(&village.treasurer, &steps, wrong.clone()).await.expect(200);
    assert_eq!((reversed.str("status"), &reversed.json["actions"]), ("reversed".into(), &json!([])));
    post(&village.treasurer, &steps, wrong).await.expect_problem(409, "transition-invalid");
    assert_eq!((balance(&village, 1103).await, balance(&village, 2101).await), (0, 0));
    let shown = village.buyer.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
    assert_eq!((shown.str("payment_state"), &shown.json["paid_total"]), ("unpaid".into(), &json!(0)));
    let again = post(&village.treasurer, &path, json!({"method": "transfer"})).await.expect(201);
    let refund = json!({"method": "transfer", "purpose": "refund", "refunds": again.id(), "amount": 5_000});
    post(&village.treasurer, &path, refund).await.expect(201);
    let steps = format!("/v1/payments/{}/transitions", again.id());
    post(&village.treasurer, &steps, json!({"action": "reverse"})).await.expect_problem(409, "transition-invalid");
}
