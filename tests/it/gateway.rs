//! Gateway payments: late, repeated, wrong or missing updates count a payment exactly once.

use std::collections::BTreeSet;

use lumbung::db::{self, schema};
use lumbung::kernel::Duration;
use reqwest::Method;
use serde_json::{Value, json};

use diesel::prelude::*;

use crate::world::midtrans::{Behavior, KEY, Midtrans, signed};
use crate::world::{Client, Person, Reply, Village, World, diff_rows, trap};

const NOTIFICATIONS: &str = "/v1/gateway_notifications/midtrans";

/// A village with Midtrans as gateway.
async fn village() -> (Midtrans, Village) {
    let midtrans = Midtrans::start();
    let village = World::village_with(|config| midtrans.configure(config)).await;
    (midtrans, village)
}

/// An order of thirty pastel by the buyer, for Rp75.000.
async fn order_thirty_pastel(village: &Village) -> Reply {
    let (product, _) = village.create_pastel_in_stock(40).await;
    village.place_order(product, 30).await
}

/// Records a payment of an order.
async fn pay(client: &Client, order: &Reply, body: Value) -> Reply {
    client.with_new_key().post(&format!("/v1/orders/{}/payments", order.id()), body).await
}

/// An order of thirty pastel with a pending charge at the gateway: order, payment and reference.
async fn order_with_charge(village: &Village) -> (Reply, Reply, String) {
    let order = order_thirty_pastel(village).await;
    let payment = pay(&village.buyer, &order, json!({"method": "gateway"})).await.expect(201);
    village.work().await;
    let reference = format!("{}-1", payment.str("order_number"));
    (order, payment, reference)
}

/// The same, paid.
async fn order_with_paid_charge(midtrans: &Midtrans, village: &Village) -> (Reply, Reply, String) {
    let (order, payment, reference) = order_with_charge(village).await;
    midtrans.set_status(&reference, "settlement");
    notify(village, &midtrans.notification(&reference)).await.expect(200);
    village.work().await;
    assert_eq!(get_payment(village, &payment).await.str("status"), "confirmed");
    (order, payment, reference)
}

/// Sends a notification to the webhook.
async fn notify(village: &Village, body: &Value) -> Reply {
    village.guest().post(NOTIFICATIONS, body.clone()).await
}

/// The payment as the treasurer sees it now; signs in again, because tokens expire.
async fn get_payment(village: &Village, payment: &Reply) -> Reply {
    let treasurer = village.sign_in_again(&village.treasurer).await;
    treasurer.get(&format!("/v1/payments/{}", payment.id())).await.expect(200)
}

/// The payment state and paid total of an order, as the treasurer sees them.
async fn payment_state(village: &Village, order: &Reply) -> (String, i64) {
    let treasurer = village.sign_in_again(&village.treasurer).await;
    let order = treasurer.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
    (order.str("payment_state"), order.json["paid_total"].as_i64().unwrap())
}

/// The payments of an order, sorted: direction, amount and status.
async fn list_payments(village: &Village, order: &Reply) -> Vec<(String, i64, String)> {
    let treasurer = village.sign_in_again(&village.treasurer).await;
    let list = treasurer.get(&format!("/v1/orders/{}/payments", order.id())).await.expect(200);
    let text = |payment: &Value, name: &str| payment[name].as_str().unwrap().to_owned();
    let each = list.json["data"].as_array().unwrap().iter();
    let mut rows: Vec<_> = each
        .map(|payment| (text(payment, "direction"), payment["amount"].as_i64().unwrap(), text(payment, "status")))
        .collect();
    rows.sort();
    rows
}

/// The number of events of this kind.
async fn count_events(village: &Village, kind: &'static str) -> i64 {
    let counting = move |conn: &mut db::Conn| {
        Ok(schema::events::table.filter(schema::events::kind.eq(kind)).count().get_result(conn)?)
    };
    village.app.state.db.read::<_, db::Error, _>(counting).await.unwrap()
}

/// The charges that need a review.
async fn list_charges_to_review(village: &Village, caller: &Person) -> Vec<Value> {
    let path = format!("/v1/cooperatives/{}/gateway_charges?needs_review=true", village.cooperative);
    let list = village.sign_in_again(caller).await.get(&path).await.expect(200);
    list.json["data"].as_array().unwrap().clone()
}

/// Performs the treasurer's action on a charge.
async fn review(client: &Client, charge: &Value, action: &str) -> Reply {
    let path = format!("/v1/gateway_charges/{}/transitions", charge["id"].as_str().unwrap());
    client.with_new_key().post(&path, json!({"action": action})).await
}

/// Creates a charge that needs a review.
pub async fn needing_review(midtrans: &Midtrans, village: &Village) -> String {
    let (_, _, reference) = order_with_charge(village).await;
    midtrans.set_status(&reference, "settlement");
    midtrans.update_sale(&reference, |sale| sale.amount = "74000.00".into());
    notify(village, &midtrans.notification(&reference)).await.expect(200);
    village.work().await;
    let waiting = list_charges_to_review(village, &village.treasurer).await;
    waiting.last().unwrap()["id"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn a_buyer_pays_by_the_code_and_the_order_is_paid_when_the_gateway_says_so() {
    let (midtrans, village) = village().await;
    let order = order_thirty_pastel(&village).await;
    let path = format!("/v1/orders/{}/payments", order.id());
    let offered = village.buyer.get(&path).await.expect(200);
    assert_eq!(offered.json["gateway"], json!({"kind": "qris", "most": 10_000_000}));
    let payment = pay(&village.buyer, &order, json!({"method": "gateway"})).await.expect(201);
    assert_eq!((payment.str("status"), &payment.json["amount"]), ("pending".into(), &json!(75_000)));
    assert_eq!(payment.json["gateway"]["status"], "queued");
    assert_eq!(midtrans.request_count("charge"), 0, "nobody waits for the gateway while a transaction is open");
    village.work().await;
    let reference = format!("{}-1", order.str("number"));
    let sale = midtrans.sale(&reference).expect("the reference is the order's number and which attempt it is");
    assert_eq!(sale.amount, "75000.00");
    let shown = &village.buyer.get(&path).await.expect(200).json["data"][0]["gateway"];
    let picture = format!("{}/v2/qris/{}/qr-code", midtrans.url, sale.transaction);
    assert_eq!((&shown["status"], &shown["qr_url"]), (&json!("pending"), &json!(picture)));
    assert!(shown["qr_text"].as_str().unwrap().starts_with("000201"), "{shown}");
    assert_eq!(shown["expires_at"], "2026-11-23T08:30:00Z");
    assert_eq!(payment_state(&village, &order).await, ("unpaid".into(), 0));

    midtrans.set_status(&reference, "settlement");
    notify(&village, &midtrans.notification(&reference)).await.expect(200);
    village.work().await;
    let confirmed = village.buyer.get(&format!("/v1/payments/{}", payment.id())).await.expect(200);
    assert_eq!(confirmed.str("status"), "confirmed");
    assert_eq!(confirmed.json["gateway"]["status"], "paid");
    assert_eq!(confirmed.json["gateway"].get("qr_text"), None, "what is paid is not paid again");
    assert_eq!(payment_state(&village, &order).await, ("paid".into(), 75_000));
    assert_eq!(midtrans.request_count("status"), 0, "nothing had to be asked");
    assert_eq!(village.buyer.get(&path).await.expect(200).json.get("gateway"), None, "nothing is owed");
    pay(&village.buyer, &order, json!({"method": "gateway"})).await.expect_problem(409, "nothing-owed");
}

#[actix_web::test]
async fn a_guest_pays_by_the_secret_of_the_order() {
    let (midtrans, village) = village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let body = village.guest_order_body(product, 10, 25_000);
    let placed = village.guest().with_new_key().post("/v1/orders", body).await.expect(201);
    let path = format!("/v1/track/{}/payments", placed.json["track"]["secret"].as_str().unwrap());
    village.guest().with_new_key().post(&path, json!({"method": "gateway"})).await.expect(201);
    village.work().await;
    let shown = village.guest().get(&path).await.expect(200);
    assert_eq!(shown.json["data"][0]["gateway"]["status"], "pending");
    let reference = format!("{}-1", placed.str("number"));
    midtrans.set_status(&reference, "settlement");
    notify(&village, &midtrans.notification(&reference)).await.expect(200);
    village.work().await;
    assert_eq!(village.guest().get(&path).await.expect(200).json["paid"], 25_000);
}

#[actix_web::test]
async fn a_repeated_notification_confirms_once() {
    let (midtrans, village) = village().await;
    let (order, payment, reference) = order_with_charge(&village).await;
    midtrans.set_status(&reference, "settlement");
    let settled = midtrans.notification(&reference);
    let guest = village.guest();
    let at_once = (0..3).map(|_| guest.post(NOTIFICATIONS, settled.clone()));
    for reply in futures_util::future::join_all(at_once).await {
        reply.expect(200);
    }
    village.work().await;
    for _ in 0..2 {
        notify(&village, &settled).await.expect(200);
        village.work().await;
    }
    let stored = |conn: &mut db::Conn| Ok(schema::gateway_notifications::table.count().get_result::<i64>(conn)?);
    assert_eq!(village.app.state.db.read::<_, db::Error, _>(stored).await.unwrap(), 1);
    assert_eq!(count_events(&village, "payment.confirmed").await, 1);
    assert_eq!(get_payment(&village, &payment).await.json["version"], 2);
    assert_eq!(payment_state(&village, &order).await, ("paid".into(), 75_000));
}

#[actix_web::test]
async fn a_late_notification_undoes_nothing() {
    let (midtrans, village) = village().await;
    let (order, payment, reference) = order_with_charge(&village).await;
    let pending = midtrans.notification(&reference);
    midtrans.set_status(&reference, "settlement");
    notify(&village, &midtrans.notification(&reference)).await.expect(200);
    village.work().await;
    for late in ["pending", "expire", "cancel", "deny"] {
        midtrans.set_status(&reference, late);
        notify(&village, &midtrans.notification(&reference)).await.expect(200);
        village.work().await;
    }
    notify(&village, &pending).await.expect(200);
    village.work().await;
    let shown = get_payment(&village, &payment).await;
    assert_eq!((shown.str("status"), &shown.json["gateway"]["status"]), ("confirmed".into(), &json!("paid")));
    assert_eq!(payment_state(&village, &order).await, ("paid".into(), 75_000));
    assert_eq!(list_charges_to_review(&village, &village.treasurer).await, [] as [Value; 0]);
}

#[actix_web::test]
async fn captured_money_counts_once_fraud_detection_accepts_it() {
    let (midtrans, village) = village().await;
    let (_, payment, reference) = order_with_charge(&village).await;
    midtrans.set_status(&reference, "capture");
    let with_doubt = |doubt: &str| {
        let mut notification = midtrans.notification(&reference);
        notification["fraud_status"] = json!(doubt);
        signed(notification, KEY)
    };
    notify(&village, &with_doubt("challenge")).await.expect(200);
    village.work().await;
    assert_eq!(get_payment(&village, &payment).await.str("status"), "pending");
    notify(&village, &with_doubt("accept")).await.expect(200);
    village.work().await;
    assert_eq!(get_payment(&village, &payment).await.str("status"), "confirmed");
}

#[actix_web::test]
async fn a_wrong_amount_needs_a_review_and_can_be_accepted() {
    let (midtrans, village) = village().await;
    let (order, payment, reference) = order_with_charge(&village).await;
    midtrans.set_status(&reference, "settlement");
    midtrans.update_sale(&reference, |sale| sale.amount = "70000.00".into());
    notify(&village, &midtrans.notification(&reference)).await.expect(200);
    village.work().await;
    assert_eq!(get_payment(&village, &payment).await.str("status"), "pending");
    assert_eq!(payment_state(&village, &order).await, ("unpaid".into(), 0));
    let charge = list_charges_to_review(&village, &village.treasurer).await.pop().expect("the treasurer sees it");
    assert_eq!(
        (&charge["needs_review"], &charge["amount"], &charge["paid_amount"], &charge["actions"]),
        (&json!("wrong_amount"), &json!(75_000), &json!(70_000), &json!(["accept", "dismiss"]))
    );
    review(&village.buyer, &charge, "accept").await.expect_problem(403, "forbidden");
    review(&village.board, &charge, "accept").await.expect_problem(403, "forbidden");
    review(&village.foreign_treasurer, &charge, "accept").await.expect_problem(404, "not-found");
    review(&village.treasurer, &charge, "ignore").await.expect_problem(400, "body-unreadable");
    let taken = review(&village.treasurer, &charge, "accept").await.expect(200);
    assert_eq!((&taken.json["actions"], taken.json.get("needs_review")), (&json!([]), None));
    assert_eq!(taken.str("reviewed_by"), village.treasurer.id);
    review(&village.treasurer, &charge, "accept").await.expect_problem(409, "transition-invalid");
    assert_eq!(payment_state(&village, &order).await, ("deposit_paid".into(), 70_000));
    let expected = [("in".into(), 70_000, "confirmed".into()), ("in".into(), 75_000, "rejected".into())];
    assert_eq!(list_payments(&village, &order).await, expected);
    assert_eq!(list_charges_to_review(&village, &village.treasurer).await, [] as [Value; 0]);
    // What was received through the gateway can be refunded through it, up to the received amount.
    let back = json!({"method": "gateway", "purpose": "refund", "refunds": taken.str("payment"), "amount": 70_000});
    pay(&village.treasurer, &order, back).await.expect(201);
    village.work().await;
    assert_eq!(midtrans.sale(&reference).unwrap().status, "refund");
    assert_eq!(payment_state(&village, &order).await.1, 0);
}

#[actix_web::test]
async fn a_dismissed_charge_has_no_effect() {
    let (midtrans, village) = village().await;
    let (order, _, reference) = order_with_charge(&village).await;
    midtrans.set_status(&reference, "settlement");
    midtrans.update_sale(&reference, |sale| sale.amount = "75000.50".into());
    notify(&village, &midtrans.notification(&reference)).await.expect(200);
    village.work().await;
    let charge = list_charges_to_review(&village, &village.treasurer).await.pop().expect("sen are not rounded away");
    assert_eq!((&charge["paid_amount"], &charge["actions"]), (&Value::Null, &json!(["dismiss"])));
    review(&village.treasurer, &charge, "accept").await.expect_problem(409, "transition-invalid");
    review(&village.treasurer, &charge, "dismiss").await.expect(200);
    assert_eq!(list_payments(&village, &order).await, [("in".into(), 75_000, "pending".into())]);
    assert_eq!(list_charges_to_review(&village, &village.treasurer).await, [] as [Value; 0]);
}

#[actix_web::test]
async fn money_for_a_payment_that_was_rejected_is_not_lost() {
    let (midtrans, village) = village().await;
    let (order, payment, reference) = order_with_charge(&village).await;
    let reject = json!({"action": "reject", "reason": "Pembeli memilih tunai."});
    let path = format!("/v1/payments/{}/transitions", payment.id());
    village.treasurer.with_new_key().post(&path, reject).await.expect(200);
    midtrans.set_status(&reference, "settlement");
    notify(&village, &midtrans.notification(&reference)).await.expect(200);
    village.work().await;
    assert_eq!(payment_state(&village, &order).await, ("unpaid".into(), 0));
    let charge = list_charges_to_review(&village, &village.treasurer).await.pop().expect("the treasurer sees it");
    assert_eq!(charge["needs_review"], "payment_closed");
    review(&village.treasurer, &charge, "accept").await.expect(200);
    assert_eq!(payment_state(&village, &order).await, ("paid".into(), 75_000));
    assert_eq!(count_events(&village, "payment.confirmed").await, 1);
}

#[actix_web::test]
async fn a_forged_notification_is_refused_and_leaves_nothing() {
    let (midtrans, village) = village().await;
    let (_, _, reference) = order_with_charge(&village).await;
    midtrans.set_status(&reference, "settlement");
    let good = midtrans.notification(&reference);
    let altered = |name: &str, value: Value| {
        let mut notification = good.clone();
        notification[name] = value;
        notification
    };
    let mut unsigned = good.clone();
    unsigned.as_object_mut().unwrap().remove("signature_key");
    let before = village.dump_rows();
    for forged in [
        signed(good.clone(), "SB-Mid-server-LAIN"),
        altered("signature_key", json!("")),
        altered("signature_key", json!("00")),
        altered("signature_key", json!(["a"])),
        altered("gross_amount", json!("7500000.00")),
        altered("order_id", json!("CIH-2611-9999-1")),
        altered("status_code", json!("201")),
        unsigned,
        json!({}),
    ] {
        notify(&village, &forged).await.expect_problem(403, "signature-invalid");
        village.guest().in_english().post(NOTIFICATIONS, forged).await.expect_problem(403, "signature-invalid");
    }
    let endless = signed(altered("order_id", json!("C".repeat(300))), KEY);
    notify(&village, &endless).await.expect_problem(400, "body-unreadable");
    let split = signed(altered("order_id", json!("CIH\u{0}-1")), KEY);
    notify(&village, &split).await.expect_problem(400, "body-unreadable");
    let hostile: [(&str, Vec<u8>); 8] = [
        ("nothing", Vec::new()),
        ("no JSON", b"order_id=CIH-2611-0001-1&transaction_status=settlement".to_vec()),
        ("half of it", good.to_string().into_bytes()[..40].to_vec()),
        ("a list", b"[]".to_vec()),
        ("a number", b"1e999".to_vec()),
        ("no text", vec![0xff, 0xfe, b'{', b'}']),
        ("very deep", "[".repeat(60_000).into_bytes()),
        ("deep within", format!("{{\"refunds\": {}", "[".repeat(60_000)).into_bytes()),
    ];
    for (case, body) in hostile {
        let reply = village.guest().upload(Method::POST, NOTIFICATIONS, "application/json", body).await;
        assert!([400, 403].contains(&reply.status), "{case}: {} {}", reply.status, reply.text());
    }
    let long = format!("{{\"order_id\": \"{}\"}}", "x".repeat(70_000)).into_bytes();
    let reply = village.guest().upload(Method::POST, NOTIFICATIONS, "application/json", long).await;
    reply.expect_problem(413, "body-too-large");
    assert_eq!(diff_rows(&before, &village.dump_rows()), Vec::<String>::new());
    notify(&village, &good).await.expect(200);
    village.work().await;
}

#[actix_web::test]
async fn a_notification_about_a_foreign_reference_is_stored_and_changes_nothing() {
    let (midtrans, village) = village().await;
    midtrans.add_sale("WARUNG-LAIN-7", 75_000, "settlement");
    notify(&village, &midtrans.notification("WARUNG-LAIN-7")).await.expect(200);
    village.work().await;
    assert_eq!(count_events(&village, "payment.confirmed").await, 0);
}

#[actix_web::test]
async fn a_separate_signature_key_is_used_if_configured() {
    let midtrans = Midtrans::start();
    let own = "tanda-tangan-sendiri";
    let village = World::village_with(|config| {
        midtrans.configure(config);
        config.gateway.signature_key = own.into();
    })
    .await;
    let (_, payment, reference) = order_with_charge(&village).await;
    midtrans.set_status(&reference, "settlement");
    let signed_by_server_key = midtrans.notification(&reference);
    notify(&village, &signed_by_server_key).await.expect_problem(403, "signature-invalid");
    notify(&village, &signed(signed_by_server_key, own)).await.expect(200);
    village.work().await;
    assert_eq!(get_payment(&village, &payment).await.str("status"), "confirmed");
}

#[actix_web::test]
async fn the_key_is_sent_only_to_a_gateway_with_a_trusted_certificate() {
    let midtrans = Midtrans::start();
    let (address, certificate) = midtrans.over_tls().await;
    for is_vouched_for in [true, false] {
        let village = World::village_with(|config| {
            midtrans.configure(config);
            config.gateway.base_url = address.clone();
            config.gateway.timeout_seconds = 10;
            if is_vouched_for {
                config.gateway.ca_file = config.data_dir.with_file_name("ca.pem");
                std::fs::write(&config.gateway.ca_file, &certificate).unwrap();
            }
        })
        .await;
        let order = order_thirty_pastel(&village).await;
        pay(&village.buyer, &order, json!({"method": "gateway"})).await.expect(201);
        let before = midtrans.request_count("charge");
        let done = village.try_work().await;
        assert_eq!(done.failures.is_empty(), is_vouched_for, "{:?}", done.failures);
        assert_eq!(midtrans.request_count("charge") - before, usize::from(is_vouched_for));
    }
}

#[actix_web::test]
async fn a_lost_response_is_recovered_by_polling_and_nothing_is_charged_twice() {
    for lost in [Behavior::Dropping, Behavior::Slow] {
        let (midtrans, village) = village().await;
        let order = order_thirty_pastel(&village).await;
        let payment = pay(&village.buyer, &order, json!({"method": "gateway"})).await.expect(201);
        midtrans.set_behavior(lost);
        let done = village.try_work().await;
        assert_eq!(done.failures.len(), 1, "{:?}", done.failures);
        assert_eq!(midtrans.references().len(), 1, "the gateway has taken it, and nobody here knows");
        assert_eq!(get_payment(&village, &payment).await.json["gateway"]["status"], "queued");
        midtrans.set_behavior(Behavior::Normal);
        village.clock.advance(Duration::seconds(31));
        village.work().await;
        assert_eq!((midtrans.request_count("charge"), midtrans.request_count("status")), (1, 1));
        let shown = get_payment(&village, &payment).await;
        assert_eq!(shown.json["gateway"]["status"], "pending");
        assert!(shown.json["gateway"]["qr_url"].as_str().unwrap().ends_with("/qr-code"), "there is a way to pay");
        let reference = midtrans.references().pop().unwrap();
        midtrans.set_status(&reference, "settlement");
        notify(&village, &midtrans.notification(&reference)).await.expect(200);
        village.work().await;
        assert_eq!(payment_state(&village, &order).await, ("paid".into(), 75_000));
    }
}

#[actix_web::test]
async fn a_crash_at_any_statement_of_a_charge_creates_it_exactly_once() {
    trap::watch();
    let (midtrans, village) = village().await;
    let (product, _) = village.create_pastel_in_stock(2000).await;
    let mut deaths = 0;
    for statement in 1..100 {
        let order = village.sign_in_again(&village.buyer).await;
        let body = village.order_body(product, 10, 25_000);
        let placed = order.with_new_key().post("/v1/orders", body).await.expect(201);
        village.work().await;
        let payment = pay(&order, &placed, json!({"method": "gateway"})).await.expect(201);
        let before = midtrans.request_count("charge");
        trap::fail_at_statement(&village.database, statement);
        village.try_work().await;
        let died = trap::was_triggered(&village.database);
        // A lease may be left, and expires.
        for _ in 0..2 {
            village.clock.advance(Duration::minutes(6));
            village.try_work().await;
        }
        assert_eq!(midtrans.request_count("charge") - before, 1, "dying at statement {statement} charges another time");
        let reference = format!("{}-1", placed.str("number"));
        midtrans.set_status(&reference, "settlement");
        notify(&village, &midtrans.notification(&reference)).await.expect(200);
        village.work().await;
        assert_eq!(get_payment(&village, &payment).await.str("status"), "confirmed", "dying at statement {statement}");
        if !died {
            break;
        }
        deaths += 1;
    }
    assert!((5..99).contains(&deaths), "{deaths}");
}

#[actix_web::test]
async fn while_the_gateway_is_away_the_payment_waits_and_is_charged_when_it_is_back() {
    let (midtrans, village) = village().await;
    let order = order_thirty_pastel(&village).await;
    let payment = pay(&village.buyer, &order, json!({"method": "gateway"})).await.expect(201);
    for (mood, rest) in [
        (Behavior::Down, 31),
        (Behavior::Malformed, 61),
        (Behavior::Oversized, 121),
        (Behavior::Refusing(401), 241),
        (Behavior::Refusing(429), 481),
    ] {
        midtrans.set_behavior(mood);
        let done = village.try_work().await;
        assert_eq!(done.failures.len(), 1, "{mood:?}: {:?}", done.failures);
        assert!(!done.failures[0].contains(KEY), "{:?}", done.failures);
        let shown = get_payment(&village, &payment).await;
        assert_eq!((shown.str("status"), &shown.json["gateway"]["status"]), ("pending".into(), &json!("queued")));
        village.clock.advance(Duration::seconds(rest));
    }
    midtrans.set_behavior(Behavior::Normal);
    village.work().await;
    assert_eq!(get_payment(&village, &payment).await.json["gateway"]["status"], "pending");
    assert_eq!(midtrans.references().len(), 1);
}

#[actix_web::test]
async fn a_gateway_that_is_away_holds_up_no_other_work() {
    let (midtrans, village) = village().await;
    let order = order_thirty_pastel(&village).await;
    pay(&village.buyer, &order, json!({"method": "gateway"})).await.expect(201);
    let foreign_reference = "WARUNG-LAIN-7";
    midtrans.add_sale(foreign_reference, 1, "settlement");
    midtrans.set_behavior(Behavior::Down);
    notify(&village, &midtrans.notification(foreign_reference)).await.expect(200);
    let done = village.try_work().await;
    assert_eq!(done.failures.len(), 1, "only what needs the gateway fails: {:?}", done.failures);
    let applied = |conn: &mut db::Conn| {
        Ok(schema::gateway_notifications::table
            .filter(schema::gateway_notifications::applied_at.is_not_null())
            .count()
            .get_result::<i64>(conn)?)
    };
    assert_eq!(village.app.state.db.read::<_, db::Error, _>(applied).await.unwrap(), 1);
    assert!(!village.mails().is_empty(), "letters leave");
    midtrans.set_behavior(Behavior::Normal);
    village.clock.advance(Duration::seconds(31));
    village.work().await;
}

#[actix_web::test]
async fn a_silent_charge_is_polled() {
    let (midtrans, village) = village().await;
    let (order, payment, reference) = order_with_charge(&village).await;
    midtrans.set_status(&reference, "settlement");
    village.clock.advance(Duration::minutes(4));
    village.work().await;
    assert_eq!(midtrans.request_count("status"), 0, "it is given some minutes");
    village.clock.advance(Duration::minutes(2));
    village.work().await;
    assert_eq!(midtrans.request_count("status"), 1);
    assert_eq!(get_payment(&village, &payment).await.str("status"), "confirmed");
    assert_eq!(payment_state(&village, &order).await, ("paid".into(), 75_000));
    // A late notification has no effect.
    notify(&village, &midtrans.notification(&reference)).await.expect(200);
    village.clock.advance(Duration::hours(2));
    village.work().await;
    assert_eq!((midtrans.request_count("status"), count_events(&village, "payment.confirmed").await), (1, 1));
}

#[actix_web::test]
async fn a_charge_that_is_over_ends_its_payment_and_money_that_comes_late_counts_all_the_same() {
    let (midtrans, village) = village().await;
    let (order, payment, reference) = order_with_charge(&village).await;
    midtrans.set_status(&reference, "expire");
    village.clock.advance(Duration::minutes(61));
    village.work().await;
    let shown = get_payment(&village, &payment).await;
    assert_eq!((shown.str("status"), &shown.json["gateway"]["status"]), ("expired".into(), &json!("expired")));
    let buyer = village.sign_in_again(&village.buyer).await;
    let second = pay(&buyer, &order, json!({"method": "gateway"})).await.expect(201);
    village.work().await;
    assert_eq!(midtrans.references().len(), 2, "another attempt has another reference");
    for late in [&reference, &format!("{}-2", order.str("number"))] {
        midtrans.set_status(late, "settlement");
        notify(&village, &midtrans.notification(late)).await.expect(200);
        village.work().await;
    }
    assert_eq!(get_payment(&village, &payment).await.str("status"), "confirmed");
    assert_eq!(get_payment(&village, &second).await.str("status"), "confirmed");
    assert_eq!(payment_state(&village, &order).await, ("overpaid".into(), 150_000), "both came, and both are counted");
}

#[actix_web::test]
async fn a_charge_without_updates_expires_after_a_day() {
    let (midtrans, village) = village().await;
    let order = order_thirty_pastel(&village).await;
    let payment = pay(&village.buyer, &order, json!({"method": "gateway"})).await.expect(201);
    midtrans.set_behavior(Behavior::Down);
    for _ in 0..14 {
        village.try_work().await;
        village.clock.advance(Duration::hours(2));
    }
    village.try_work().await;
    midtrans.set_behavior(Behavior::Normal);
    let shown = get_payment(&village, &payment).await;
    assert_eq!((shown.str("status"), &shown.json["gateway"]["status"]), ("expired".into(), &json!("expired")));
    village.work().await;
    assert_eq!(midtrans.references(), [""; 0], "nobody is charged for what is over");
}

#[actix_web::test]
async fn what_the_gateway_ends_is_rejected_and_says_why() {
    for (word, status) in [("cancel", "cancelled"), ("deny", "denied"), ("failure", "failed")] {
        let (midtrans, village) = village().await;
        let (_, payment, reference) = order_with_charge(&village).await;
        midtrans.set_status(&reference, word);
        notify(&village, &midtrans.notification(&reference)).await.expect(200);
        village.work().await;
        let shown = get_payment(&village, &payment).await;
        assert_eq!((shown.str("status"), &shown.json["gateway"]["status"]), ("rejected".into(), &json!(status)));
        assert!(shown.str("reason").ends_with('.'), "{}", shown.text());
    }
}

#[actix_web::test]
async fn what_the_gateway_refuses_to_collect_is_rejected_at_once() {
    let (midtrans, village) = village().await;
    let order = order_thirty_pastel(&village).await;
    midtrans.set_behavior(Behavior::Refusing(400));
    let payment = pay(&village.buyer, &order, json!({"method": "gateway"})).await.expect(201);
    village.work().await;
    assert_eq!(get_payment(&village, &payment).await.str("status"), "rejected");
    midtrans.set_behavior(Behavior::Normal);
    // Another user of the merchant account has used this reference, and was paid.
    midtrans.add_sale(&format!("{}-2", order.str("number")), 75_000, "settlement");
    let payment = pay(&village.buyer, &order, json!({"method": "gateway"})).await.expect(201);
    village.work().await;
    assert_eq!(get_payment(&village, &payment).await.str("status"), "rejected");
    assert_eq!(payment_state(&village, &order).await, ("unpaid".into(), 0), "it is not this order's money");
}

#[actix_web::test]
async fn without_a_key_nobody_is_offered_a_gateway() {
    let village = World::village().await;
    let order = order_thirty_pastel(&village).await;
    village.work().await;
    for person in [&village.buyer, &village.treasurer] {
        // The first use of a token is recorded.
        person.get("/v1/me").await.expect(200);
    }
    let before = village.dump_rows();
    let shown = village.buyer.get(&format!("/v1/orders/{}/payments", order.id())).await.expect(200);
    assert_eq!(shown.json.get("gateway"), None);
    for payer in [village.buyer.client.clone(), village.buyer.in_english(), village.treasurer.client.clone()] {
        pay(&payer, &order, json!({"method": "gateway"})).await.expect_problem(422, "gateway-not-offered");
    }
    let notification = signed(json!({"order_id": "X-1", "status_code": "200", "gross_amount": "1.00"}), "");
    village.guest().post(NOTIFICATIONS, notification).await.expect_problem(403, "signature-invalid");
    assert_eq!(diff_rows(&before, &village.dump_rows()), Vec::<String>::new());
}

#[actix_web::test]
async fn only_the_gateway_confirms_a_gateway_payment() {
    let (_midtrans, village) = village().await;
    let order = order_thirty_pastel(&village).await;
    let payment = pay(&village.treasurer, &order, json!({"method": "gateway", "amount": 20_000})).await.expect(201);
    assert_eq!(payment.str("status"), "pending");
    let payment = pay(&village.sari, &order, json!({"method": "gateway", "amount": 10_000})).await.expect(201);
    assert_eq!(payment.str("status"), "pending");
    pay(&village.other_buyer, &order, json!({"method": "gateway"})).await.expect_problem(404, "not-found");
    pay(&village.board, &order, json!({"method": "gateway"})).await.expect_problem(403, "forbidden");
    let (_, _, invoice) = crate::contracts::create_invoiced_contract(&village).await;
    let path = format!("/v1/invoices/{invoice}/payments");
    let through = json!({"method": "gateway", "amount": 1_000});
    village.treasurer.with_new_key().post(&path, through).await.expect_problem(422, "gateway-not-offered");
    assert_eq!(payment_state(&village, &order).await, ("unpaid".into(), 0));
    village.work().await;
}

#[actix_web::test]
async fn an_amount_above_the_limit_of_a_code_is_refused() {
    let (midtrans, village) = village().await;
    let (product, _) = village.create_pastel_in_stock(10_000).await;
    let order = village.place_order(product, 4001).await;
    for payer in [village.buyer.client.clone(), village.buyer.in_english()] {
        let refused =
            pay(&payer, &order, json!({"method": "gateway"})).await.expect_problem(422, "more-than-gateway-takes");
        assert_eq!(refused.json["most"], 10_000_000);
    }
    pay(&village.buyer, &order, json!({"method": "gateway", "amount": 10_000_000})).await.expect(201);
    village.work().await;
    assert_eq!(midtrans.references().len(), 1);
}

#[actix_web::test]
async fn a_chargeback_is_recorded_once() {
    let (midtrans, village) = village().await;
    let (order, _, reference) = order_with_paid_charge(&midtrans, &village).await;
    midtrans.set_status(&reference, "chargeback");
    for _ in 0..3 {
        notify(&village, &midtrans.notification(&reference)).await.expect(200);
        village.work().await;
    }
    midtrans.set_status(&reference, "refund");
    notify(&village, &midtrans.notification(&reference)).await.expect(200);
    village.work().await;
    let expected = [("in".into(), 75_000, "confirmed".into()), ("out".into(), 75_000, "confirmed".into())];
    assert_eq!(list_payments(&village, &order).await, expected);
    assert_eq!(payment_state(&village, &order).await.1, 0);
}

#[actix_web::test]
async fn partial_refunds_at_the_gateway_are_recorded_one_by_one() {
    let (midtrans, village) = village().await;
    let (order, _, reference) = order_with_paid_charge(&midtrans, &village).await;
    for (key, amount) in [("a", 10_000), ("b", 5_000)] {
        midtrans.set_status(&reference, "partial_refund");
        midtrans.update_sale(&reference, |sale| sale.refunds.push((key.into(), amount)));
        for _ in 0..2 {
            notify(&village, &midtrans.notification(&reference)).await.expect(200);
            village.work().await;
        }
    }
    let expected = [
        ("in".into(), 75_000, "confirmed".into()),
        ("out".into(), 5_000, "confirmed".into()),
        ("out".into(), 10_000, "confirmed".into()),
    ];
    assert_eq!(list_payments(&village, &order).await, expected);
    assert_eq!(payment_state(&village, &order).await.1, 60_000);
    // A partial refund of an unknown amount needs a review.
    midtrans.set_status(&reference, "partial_chargeback");
    midtrans.update_sale(&reference, |sale| sale.refunds.clear());
    notify(&village, &midtrans.notification(&reference)).await.expect(200);
    village.work().await;
    let charge = list_charges_to_review(&village, &village.treasurer).await.pop().expect("the treasurer sees it");
    assert_eq!((&charge["needs_review"], &charge["actions"]), (&json!("unclear_refund"), &json!(["dismiss"])));
}

#[actix_web::test]
async fn the_treasurer_refunds_through_the_gateway_and_it_is_confirmed_by_the_gateway() {
    let (midtrans, village) = village().await;
    let (order, payment, reference) = order_with_paid_charge(&midtrans, &village).await;
    let back =
        |amount: i64| json!({"method": "gateway", "purpose": "refund", "refunds": payment.id(), "amount": amount});
    pay(&village.buyer, &order, back(1000)).await.expect_problem(403, "forbidden");
    pay(&village.sari, &order, back(1000)).await.expect_problem(403, "forbidden");
    pay(&village.treasurer, &order, back(75_001)).await.expect_problem(422, "more-than-refundable");
    let refund = pay(&village.treasurer, &order, back(25_000)).await.expect(201);
    assert_eq!((refund.str("direction"), refund.str("status")), ("out".into(), "pending".into()));
    assert_eq!(payment_state(&village, &order).await.1, 75_000, "nothing has gone yet");
    village.work().await;
    assert_eq!(get_payment(&village, &refund).await.str("status"), "confirmed");
    assert_eq!(midtrans.sale(&reference).unwrap().refunds, [(refund.id(), 25_000)]);
    // The later notification about the same refund has no effect.
    notify(&village, &midtrans.notification(&reference)).await.expect(200);
    village.work().await;
    assert_eq!(payment_state(&village, &order).await.1, 50_000);
    assert_eq!(get_payment(&village, &payment).await.json["gateway"]["status"], "partly_refunded");
    pay(&village.treasurer, &order, back(50_001)).await.expect_problem(422, "more-than-refundable");
    pay(&village.treasurer, &order, back(50_000)).await.expect(201);
    village.work().await;
    assert_eq!(payment_state(&village, &order).await.1, 0);
}

#[actix_web::test]
async fn a_refund_with_a_lost_response_is_recovered_and_happens_once() {
    let (midtrans, village) = village().await;
    let (order, payment, reference) = order_with_paid_charge(&midtrans, &village).await;
    let back = json!({"method": "gateway", "purpose": "refund", "refunds": payment.id(), "amount": 25_000});
    let refund = pay(&village.treasurer, &order, back).await.expect(201);
    midtrans.set_behavior(Behavior::Down);
    assert_eq!(village.try_work().await.failures.len(), 1);
    assert_eq!(get_payment(&village, &refund).await.str("status"), "pending");
    // The gateway refunds, and the response is lost.
    midtrans.set_behavior(Behavior::Normal);
    midtrans.set_status(&reference, "partial_refund");
    midtrans.update_sale(&reference, |sale| sale.refunds.push((refund.id(), 25_000)));
    village.clock.advance(Duration::seconds(31));
    village.work().await;
    assert_eq!(get_payment(&village, &refund).await.str("status"), "confirmed");
    assert_eq!(midtrans.request_count("refund"), 0, "it was found by asking");
    assert_eq!(payment_state(&village, &order).await.1, 50_000);
}

#[actix_web::test]
async fn a_notification_of_a_refund_before_its_response_is_the_same_refund() {
    let (midtrans, village) = village().await;
    let (order, payment, reference) = order_with_paid_charge(&midtrans, &village).await;
    let back = json!({"method": "gateway", "purpose": "refund", "refunds": payment.id(), "amount": 25_000});
    let refund = pay(&village.treasurer, &order, back).await.expect(201);
    midtrans.set_status(&reference, "partial_refund");
    midtrans.update_sale(&reference, |sale| sale.refunds.push((refund.id(), 25_000)));
    notify(&village, &midtrans.notification(&reference)).await.expect(200);
    village.work().await;
    let expected = [("in".into(), 75_000, "confirmed".into()), ("out".into(), 25_000, "confirmed".into())];
    assert_eq!(list_payments(&village, &order).await, expected);
    assert_eq!(midtrans.request_count("refund"), 0);
}

#[actix_web::test]
async fn a_refund_that_the_gateway_refuses_is_rejected_and_can_go_another_way() {
    let (midtrans, village) = village().await;
    let (order, payment, reference) = order_with_paid_charge(&midtrans, &village).await;
    let back = |method: &str| json!({"method": method, "purpose": "refund", "refunds": payment.id(), "amount": 75_000});
    // It was refunded at the gateway already, without a notification.
    midtrans.update_sale(&reference, |sale| sale.status = "cancel");
    let refund = pay(&village.treasurer, &order, back("gateway")).await.expect(201);
    village.work().await;
    assert_eq!(get_payment(&village, &refund).await.str("status"), "rejected");
    pay(&village.treasurer, &order, back("cash")).await.expect(201);
    assert_eq!(payment_state(&village, &order).await.1, 0);
}

#[actix_web::test]
async fn other_payments_are_not_refunded_through_the_gateway() {
    let (_midtrans, village) = village().await;
    let order = order_thirty_pastel(&village).await;
    let cash = pay(&village.sari, &order, json!({"method": "cash"})).await.expect(201);
    let back = json!({"method": "gateway", "purpose": "refund", "refunds": cash.id(), "amount": 1000});
    pay(&village.treasurer, &order, back).await.expect_problem(422, "nothing-to-refund");
    village.work().await;
}

#[actix_web::test]
async fn the_treasurer_sees_every_charge_once_and_others_are_refused() {
    let (midtrans, village) = village().await;
    for _ in 0..3 {
        needing_review(&midtrans, &village).await;
    }
    order_with_charge(&village).await;
    let (mut path, mut rows) =
        (format!("/v1/cooperatives/{}/gateway_charges?limit=2", village.cooperative), BTreeSet::new());
    village.board.get(&path).await.expect_problem(403, "forbidden");
    village.foreign_treasurer.get(&path).await.expect_problem(404, "not-found");
    village.wati.get(&path).await.expect_problem(404, "not-found");
    loop {
        let page = village.treasurer.get(&path).await.expect(200);
        rows.extend(page.json["data"].as_array().unwrap().iter().map(|charge| charge["id"].to_string()));
        let Some(next) = page.header("link").and_then(|link| link.strip_prefix('<')?.split_once('>')) else { break };
        path = next.0.to_owned();
    }
    assert_eq!((rows.len(), list_charges_to_review(&village, &village.treasurer).await.len()), (4, 3));
}
