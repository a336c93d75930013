//! Cash on its way: who holds it, what the treasurer counts, and what the books make of a difference.

use lumbung::kernel::Duration;
use serde_json::{Value, json};

use crate::world::{Client, Reply, Village, World};

async fn post(client: &Client, path: &str, body: Value) -> Reply {
    client.fresh_key().post(path, body).await
}

/// Sari takes cash for an order of so many pastel: the payment.
async fn taken(village: &Village, quantity: i64) -> Reply {
    let (product, _) = village.pastel_on_the_shelf(100).await;
    let order = village.ordered(product, quantity).await;
    post(&village.sari, &format!("/v1/orders/{}/payments", order.id()), json!({"method": "cash"})).await.expect(201)
}

fn handovers(village: &Village) -> String {
    format!("/v1/cooperatives/{}/handovers", village.cooperative)
}

async fn balance(village: &Village, account: i64) -> i64 {
    let path = format!("/v1/cooperatives/{}/ledger/accounts", village.cooperative);
    let list = village.treasurer.get(&path).await.expect(200);
    let accounts = list.json["data"].as_array().unwrap();
    accounts.iter().find(|it| it["account"] == account).unwrap()["balance"].as_i64().unwrap()
}

#[actix_web::test]
async fn an_officer_hands_cash_over_and_both_have_a_receipt() {
    let village = World::village().await;
    let path = handovers(&village);
    post(&village.sari, &path, json!({})).await.problem(409, "nothing-held");
    let (one, other) = (taken(&village, 20).await, taken(&village, 30).await);
    assert_eq!(balance(&village, 1102).await, 125_000);
    let foreign = json!({"payments": [one.id(), "01920000-0000-7000-8000-000000000001"]});
    post(&village.sari, &path, foreign).await.problem(422, "body-invalid").fault("/payments/1", "not-held");
    post(&village.wati, &path, json!({})).await.problem(403, "forbidden");
    post(&village.buyer, &path, json!({})).await.problem(404, "not-found");
    let declared = post(&village.sari, &path, json!({"note": "Hasil lapak"})).await.expect(201);
    assert_eq!((&declared.json["expected"], &declared.json["actions"]), (&json!(125_000), &json!(["refuse"])));
    post(&village.sari, &path, json!({})).await.problem(409, "nothing-held");
    let steps = format!("/v1/handovers/{}/transitions", declared.id());
    let receive = json!({"action": "receive", "counted": 124_000});
    post(&village.sari, &steps, receive.clone()).await.problem(403, "forbidden");
    post(&village.darsih, &steps, receive.clone()).await.problem(404, "not-found");
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
    let _ = other;
    assert_eq!(village.darsih.get(&path).await.expect(200).json["data"], json!([]), "officers see their own");
    assert_eq!(village.board.get(&path).await.expect(200).json["data"][0]["missing"], 1_000);
}

#[actix_web::test]
async fn what_was_not_handed_over_after_all_can_be_handed_over_again() {
    let village = World::village().await;
    let payment = taken(&village, 20).await;
    let declared = post(&village.sari, &handovers(&village), json!({})).await.expect(201);
    let reverse = format!("/v1/payments/{}/transitions", payment.id());
    let refused = post(&village.treasurer, &reverse, json!({"action": "reverse"})).await;
    refused.problem(409, "transition-invalid");
    let steps = format!("/v1/handovers/{}/transitions", declared.id());
    post(&village.sari, &steps, json!({"action": "refuse"})).await.expect(200);
    post(&village.treasurer, &steps, json!({"action": "receive", "counted": 0}))
        .await
        .problem(409, "transition-invalid");
    assert_eq!(balance(&village, 1102).await, 50_000);
    post(&village.sari, &handovers(&village), json!({"payments": [payment.id()]})).await.expect(201);
}

#[actix_web::test]
async fn the_treasurer_takes_cash_in_at_once() {
    let village = World::village().await;
    taken(&village, 20).await;
    let path = handovers(&village);
    let half = json!({"holder": village.sari.id});
    post(&village.treasurer, &path, half).await.problem(422, "body-invalid").fault("/counted", "holder-and-counted");
    let at_once = json!({"holder": village.sari.id, "counted": 50_000});
    post(&village.sari, &path, at_once.clone()).await.problem(403, "forbidden");
    let received = post(&village.treasurer, &path, at_once).await.expect(201);
    assert_eq!((received.str("status"), received.str("holder_name")), ("received".into(), "Contoh Sari".into()));
    assert_eq!(balance(&village, 1101).await, 50_000);
    let held = format!("/v1/cooperatives/{}/payments?held=true", village.cooperative);
    assert_eq!(village.treasurer.get(&held).await.expect(200).json["data"], json!([]));
}

#[actix_web::test]
async fn what_the_treasurer_takes_is_in_the_box_and_counted_at_the_end_of_the_day() {
    let village = World::village().await;
    let (product, _) = village.pastel_on_the_shelf(100).await;
    let order = village.ordered(product, 20).await;
    let path = format!("/v1/orders/{}/payments", order.id());
    post(&village.treasurer, &path, json!({"method": "cash"})).await.expect(201);
    assert_eq!(balance(&village, 1101).await, 50_000);
    let counts = format!("/v1/cooperatives/{}/cash_counts", village.cooperative);
    post(&village.board, &counts, json!({"counted": 50_000})).await.problem(403, "forbidden");
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
async fn a_payment_that_had_not_come_is_taken_back_once() {
    let village = World::village().await;
    let (product, _) = village.pastel_on_the_shelf(100).await;
    let order = village.ordered(product, 20).await;
    let path = format!("/v1/orders/{}/payments", order.id());
    let transfer = post(&village.treasurer, &path, json!({"method": "transfer"})).await.expect(201);
    let steps = format!("/v1/payments/{}/transitions", transfer.id());
    let wrong = json!({"action": "reverse", "reason": "Bukti palsu"});
    post(&village.sari, &steps, wrong.clone()).await.problem(403, "forbidden");
    let reversed = post(&village.treasurer, &steps, wrong.clone()).await.expect(200);
    assert_eq!((reversed.str("status"), &reversed.json["actions"]), ("reversed".into(), &json!([])));
    post(&village.treasurer, &steps, wrong).await.problem(409, "transition-invalid");
    assert_eq!((balance(&village, 1103).await, balance(&village, 2101).await), (0, 0));
    let shown = village.buyer.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
    assert_eq!((shown.str("payment_state"), &shown.json["paid_total"]), ("unpaid".into(), &json!(0)));
    let again = post(&village.treasurer, &path, json!({"method": "transfer"})).await.expect(201);
    let refund = json!({"method": "transfer", "purpose": "refund", "refunds": again.id(), "amount": 5_000});
    post(&village.treasurer, &path, refund).await.expect(201);
    let steps = format!("/v1/payments/{}/transitions", again.id());
    post(&village.treasurer, &steps, json!({"action": "reverse"})).await.problem(409, "transition-invalid");
}
