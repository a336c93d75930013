//! Paying through a gateway: whatever comes late, twice, wrong or not at all, money is counted once and as it came.

use std::collections::BTreeSet;

use lumbung::db::{self, schema};
use lumbung::kernel::Duration;
use reqwest::Method;
use serde_json::{Value, json};

use diesel::prelude::*;

use crate::world::midtrans::{KEY, Midtrans, Mood, signed};
use crate::world::{Client, Person, Reply, Village, World, changes, trap};

const NOTIFICATIONS: &str = "/v1/gateway_notifications/midtrans";

/// A village that is paid through Midtrans.
async fn village() -> (Midtrans, Village) {
    let midtrans = Midtrans::start();
    let village = World::village_with(|config| midtrans.serves(config)).await;
    (midtrans, village)
}

/// Thirty pastel by the buyer, for Rp75.000.
async fn thirty_pastel(village: &Village) -> Reply {
    let (product, _) = village.pastel_on_the_shelf(40).await;
    village.ordered(product, 30).await
}

/// Writes a payment of an order down.
async fn pay(client: &Client, order: &Reply, body: Value) -> Reply {
    client.fresh_key().post(&format!("/v1/orders/{}/payments", order.id()), body).await
}

/// An order of thirty pastel whose payment waits for the buyer at the gateway: the order, the payment, its reference.
async fn charged(village: &Village) -> (Reply, Reply, String) {
    let order = thirty_pastel(village).await;
    let payment = pay(&village.buyer, &order, json!({"method": "gateway"})).await.expect(201);
    village.work().await;
    let reference = format!("{}-1", payment.str("order_number"));
    (order, payment, reference)
}

/// The same, paid.
async fn paid(midtrans: &Midtrans, village: &Village) -> (Reply, Reply, String) {
    let (order, payment, reference) = charged(village).await;
    midtrans.becomes(&reference, "settlement");
    told(village, &midtrans.tells(&reference)).await.expect(200);
    village.work().await;
    assert_eq!(seen(village, &payment).await.str("status"), "confirmed");
    (order, payment, reference)
}

/// Somebody says that they are Midtrans.
async fn told(village: &Village, body: &Value) -> Reply {
    village.guest().post(NOTIFICATIONS, body.clone()).await
}

/// A payment as the treasurer sees it now, whatever the time is.
async fn seen(village: &Village, payment: &Reply) -> Reply {
    let treasurer = village.again(&village.treasurer).await;
    treasurer.get(&format!("/v1/payments/{}", payment.id())).await.expect(200)
}

/// An order as the treasurer sees it now: how it stands, and what was paid.
async fn standing(village: &Village, order: &Reply) -> (String, i64) {
    let treasurer = village.again(&village.treasurer).await;
    let order = treasurer.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
    (order.str("payment_state"), order.json["paid_total"].as_i64().unwrap())
}

/// The payments of an order in order: direction, amount and status of each.
async fn payments(village: &Village, order: &Reply) -> Vec<(String, i64, String)> {
    let treasurer = village.again(&village.treasurer).await;
    let list = treasurer.get(&format!("/v1/orders/{}/payments", order.id())).await.expect(200);
    let text = |payment: &Value, name: &str| payment[name].as_str().unwrap().to_owned();
    let each = list.json["data"].as_array().unwrap().iter();
    let mut found: Vec<_> =
        each.map(|it| (text(it, "direction"), it["amount"].as_i64().unwrap(), text(it, "status"))).collect();
    found.sort();
    found
}

/// How many events of this kind there were.
async fn events(village: &Village, kind: &'static str) -> i64 {
    let counting = move |conn: &mut db::Conn| {
        Ok(schema::events::table.filter(schema::events::kind.eq(kind)).count().get_result(conn)?)
    };
    village.app.state.db.read::<_, db::Error, _>(counting).await.unwrap()
}

/// The charges that wait for the treasurer.
async fn waiting(village: &Village, caller: &Person) -> Vec<Value> {
    let path = format!("/v1/cooperatives/{}/gateway_charges?needs_review=true", village.cooperative);
    let list = village.again(caller).await.get(&path).await.expect(200);
    list.json["data"].as_array().unwrap().clone()
}

/// Takes the treasurer's step with a charge.
async fn reviewed(client: &Client, charge: &Value, action: &str) -> Reply {
    let path = format!("/v1/gateway_charges/{}/transitions", charge["id"].as_str().unwrap());
    client.fresh_key().post(&path, json!({"action": action})).await
}

/// A charge in this village that waits for the treasurer.
pub async fn needing_review(midtrans: &Midtrans, village: &Village) -> String {
    let (_, _, reference) = charged(village).await;
    midtrans.becomes(&reference, "settlement");
    midtrans.alters(&reference, |sale| sale.amount = "74000.00".into());
    told(village, &midtrans.tells(&reference)).await.expect(200);
    village.work().await;
    let waiting = waiting(village, &village.treasurer).await;
    waiting.last().unwrap()["id"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn a_buyer_pays_by_the_code_and_the_order_is_paid_when_the_gateway_says_so() {
    let (midtrans, village) = village().await;
    let order = thirty_pastel(&village).await;
    let path = format!("/v1/orders/{}/payments", order.id());
    let offered = village.buyer.get(&path).await.expect(200);
    assert_eq!(offered.json["gateway"], json!({"kind": "qris", "most": 10_000_000}));
    let payment = pay(&village.buyer, &order, json!({"method": "gateway"})).await.expect(201);
    assert_eq!((payment.str("status"), &payment.json["amount"]), ("pending".into(), &json!(75_000)));
    assert_eq!(payment.json["gateway"]["status"], "queued");
    assert_eq!(midtrans.knocks("charge"), 0, "nobody waits for the gateway while a transaction is open");
    village.work().await;
    let reference = format!("{}-1", order.str("number"));
    let sale = midtrans.sale(&reference).expect("the reference is the order's number and which attempt it is");
    assert_eq!(sale.amount, "75000.00");
    let shown = &village.buyer.get(&path).await.expect(200).json["data"][0]["gateway"];
    let picture = format!("{}/v2/qris/{}/qr-code", midtrans.url, sale.transaction);
    assert_eq!((&shown["status"], &shown["qr_url"]), (&json!("pending"), &json!(picture)));
    assert!(shown["qr_text"].as_str().unwrap().starts_with("000201"), "{shown}");
    assert_eq!(shown["expires_at"], "2026-11-23T08:30:00Z");
    assert_eq!(standing(&village, &order).await, ("unpaid".into(), 0));

    midtrans.becomes(&reference, "settlement");
    told(&village, &midtrans.tells(&reference)).await.expect(200);
    village.work().await;
    let confirmed = village.buyer.get(&format!("/v1/payments/{}", payment.id())).await.expect(200);
    assert_eq!(confirmed.str("status"), "confirmed");
    assert_eq!(confirmed.json["gateway"]["status"], "paid");
    assert_eq!(confirmed.json["gateway"].get("qr_text"), None, "what is paid is not paid again");
    assert_eq!(standing(&village, &order).await, ("paid".into(), 75_000));
    assert_eq!(midtrans.knocks("status"), 0, "nothing had to be asked");
    assert_eq!(village.buyer.get(&path).await.expect(200).json.get("gateway"), None, "nothing is owed");
    pay(&village.buyer, &order, json!({"method": "gateway"})).await.problem(409, "nothing-owed");
}

#[actix_web::test]
async fn a_guest_pays_by_the_secret_of_the_order() {
    let (midtrans, village) = village().await;
    let (product, _) = village.pastel_on_the_shelf(40).await;
    let body = village.guest_order_of(product, 10, 25_000);
    let placed = village.guest().fresh_key().post("/v1/orders", body).await.expect(201);
    let path = format!("/v1/track/{}/payments", placed.json["track"]["secret"].as_str().unwrap());
    village.guest().fresh_key().post(&path, json!({"method": "gateway"})).await.expect(201);
    village.work().await;
    let shown = village.guest().get(&path).await.expect(200);
    assert_eq!(shown.json["data"][0]["gateway"]["status"], "pending");
    let reference = format!("{}-1", placed.str("number"));
    midtrans.becomes(&reference, "settlement");
    told(&village, &midtrans.tells(&reference)).await.expect(200);
    village.work().await;
    assert_eq!(village.guest().get(&path).await.expect(200).json["paid"], 25_000);
}

#[actix_web::test]
async fn told_five_times_it_is_confirmed_once() {
    let (midtrans, village) = village().await;
    let (order, payment, reference) = charged(&village).await;
    midtrans.becomes(&reference, "settlement");
    let settled = midtrans.tells(&reference);
    let guest = village.guest();
    let at_once = (0..3).map(|_| guest.post(NOTIFICATIONS, settled.clone()));
    for reply in futures_util::future::join_all(at_once).await {
        reply.expect(200);
    }
    village.work().await;
    for _ in 0..2 {
        told(&village, &settled).await.expect(200);
        village.work().await;
    }
    let kept = |conn: &mut db::Conn| Ok(schema::gateway_notifications::table.count().get_result::<i64>(conn)?);
    assert_eq!(village.app.state.db.read::<_, db::Error, _>(kept).await.unwrap(), 1);
    assert_eq!(events(&village, "payment.confirmed").await, 1);
    assert_eq!(seen(&village, &payment).await.json["version"], 2);
    assert_eq!(standing(&village, &order).await, ("paid".into(), 75_000));
}

#[actix_web::test]
async fn what_comes_late_undoes_nothing() {
    let (midtrans, village) = village().await;
    let (order, payment, reference) = charged(&village).await;
    let pending = midtrans.tells(&reference);
    midtrans.becomes(&reference, "settlement");
    told(&village, &midtrans.tells(&reference)).await.expect(200);
    village.work().await;
    for late in ["pending", "expire", "cancel", "deny"] {
        midtrans.becomes(&reference, late);
        told(&village, &midtrans.tells(&reference)).await.expect(200);
        village.work().await;
    }
    told(&village, &pending).await.expect(200);
    village.work().await;
    let shown = seen(&village, &payment).await;
    assert_eq!((shown.str("status"), &shown.json["gateway"]["status"]), ("confirmed".into(), &json!("paid")));
    assert_eq!(standing(&village, &order).await, ("paid".into(), 75_000));
    assert_eq!(waiting(&village, &village.treasurer).await, [] as [Value; 0]);
}

#[actix_web::test]
async fn captured_money_counts_once_nobody_doubts_it() {
    let (midtrans, village) = village().await;
    let (_, payment, reference) = charged(&village).await;
    midtrans.becomes(&reference, "capture");
    let with_doubt = |doubt: &str| {
        let mut told = midtrans.tells(&reference);
        told["fraud_status"] = json!(doubt);
        signed(told, KEY)
    };
    told(&village, &with_doubt("challenge")).await.expect(200);
    village.work().await;
    assert_eq!(seen(&village, &payment).await.str("status"), "pending");
    told(&village, &with_doubt("accept")).await.expect(200);
    village.work().await;
    assert_eq!(seen(&village, &payment).await.str("status"), "confirmed");
}

#[actix_web::test]
async fn a_wrong_amount_waits_for_the_treasurer_who_takes_it_as_it_came() {
    let (midtrans, village) = village().await;
    let (order, payment, reference) = charged(&village).await;
    midtrans.becomes(&reference, "settlement");
    midtrans.alters(&reference, |sale| sale.amount = "70000.00".into());
    told(&village, &midtrans.tells(&reference)).await.expect(200);
    village.work().await;
    assert_eq!(seen(&village, &payment).await.str("status"), "pending");
    assert_eq!(standing(&village, &order).await, ("unpaid".into(), 0));
    let charge = waiting(&village, &village.treasurer).await.pop().expect("the treasurer sees it");
    assert_eq!(
        (&charge["needs_review"], &charge["amount"], &charge["paid_amount"], &charge["actions"]),
        (&json!("wrong_amount"), &json!(75_000), &json!(70_000), &json!(["accept", "dismiss"]))
    );
    reviewed(&village.buyer, &charge, "accept").await.problem(403, "forbidden");
    reviewed(&village.board, &charge, "accept").await.problem(403, "forbidden");
    reviewed(&village.foreign_treasurer, &charge, "accept").await.problem(404, "not-found");
    reviewed(&village.treasurer, &charge, "ignore").await.problem(400, "body-unreadable");
    let taken = reviewed(&village.treasurer, &charge, "accept").await.expect(200);
    assert_eq!((&taken.json["actions"], taken.json.get("needs_review")), (&json!([]), None));
    assert_eq!(taken.str("reviewed_by"), village.treasurer.id);
    reviewed(&village.treasurer, &charge, "accept").await.problem(409, "transition-invalid");
    assert_eq!(standing(&village, &order).await, ("deposit_paid".into(), 70_000));
    let expected = [("in".into(), 70_000, "confirmed".into()), ("in".into(), 75_000, "rejected".into())];
    assert_eq!(payments(&village, &order).await, expected);
    assert_eq!(waiting(&village, &village.treasurer).await, [] as [Value; 0]);
    // What came through the gateway can go back through it, as much as came.
    let back = json!({"method": "gateway", "purpose": "refund", "refunds": taken.str("payment"), "amount": 70_000});
    pay(&village.treasurer, &order, back).await.expect(201);
    village.work().await;
    assert_eq!(midtrans.sale(&reference).unwrap().status, "refund");
    assert_eq!(standing(&village, &order).await.1, 0);
}

#[actix_web::test]
async fn of_what_the_treasurer_dismisses_nothing_follows() {
    let (midtrans, village) = village().await;
    let (order, _, reference) = charged(&village).await;
    midtrans.becomes(&reference, "settlement");
    midtrans.alters(&reference, |sale| sale.amount = "75000.50".into());
    told(&village, &midtrans.tells(&reference)).await.expect(200);
    village.work().await;
    let charge = waiting(&village, &village.treasurer).await.pop().expect("sen are not rounded away");
    assert_eq!((&charge["paid_amount"], &charge["actions"]), (&Value::Null, &json!(["dismiss"])));
    reviewed(&village.treasurer, &charge, "accept").await.problem(409, "transition-invalid");
    reviewed(&village.treasurer, &charge, "dismiss").await.expect(200);
    assert_eq!(payments(&village, &order).await, [("in".into(), 75_000, "pending".into())]);
    assert_eq!(waiting(&village, &village.treasurer).await, [] as [Value; 0]);
}

#[actix_web::test]
async fn money_for_a_payment_that_was_rejected_is_not_lost() {
    let (midtrans, village) = village().await;
    let (order, payment, reference) = charged(&village).await;
    let reject = json!({"action": "reject", "reason": "Pembeli memilih tunai."});
    let path = format!("/v1/payments/{}/transitions", payment.id());
    village.treasurer.fresh_key().post(&path, reject).await.expect(200);
    midtrans.becomes(&reference, "settlement");
    told(&village, &midtrans.tells(&reference)).await.expect(200);
    village.work().await;
    assert_eq!(standing(&village, &order).await, ("unpaid".into(), 0));
    let charge = waiting(&village, &village.treasurer).await.pop().expect("the treasurer sees it");
    assert_eq!(charge["needs_review"], "payment_closed");
    reviewed(&village.treasurer, &charge, "accept").await.expect(200);
    assert_eq!(standing(&village, &order).await, ("paid".into(), 75_000));
    assert_eq!(events(&village, "payment.confirmed").await, 1);
}

#[actix_web::test]
async fn what_the_gateway_did_not_sign_is_refused_and_leaves_nothing() {
    let (midtrans, village) = village().await;
    let (_, _, reference) = charged(&village).await;
    midtrans.becomes(&reference, "settlement");
    let good = midtrans.tells(&reference);
    let altered = |name: &str, value: Value| {
        let mut told = good.clone();
        told[name] = value;
        told
    };
    let mut unsigned = good.clone();
    unsigned.as_object_mut().unwrap().remove("signature_key");
    let before = village.everything();
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
        told(&village, &forged).await.problem(403, "signature-invalid");
        village.guest().in_english().post(NOTIFICATIONS, forged).await.problem(403, "signature-invalid");
    }
    let endless = signed(altered("order_id", json!("C".repeat(300))), KEY);
    told(&village, &endless).await.problem(400, "body-unreadable");
    let split = signed(altered("order_id", json!("CIH\u{0}-1")), KEY);
    told(&village, &split).await.problem(400, "body-unreadable");
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
    for (what, body) in hostile {
        let reply = village.guest().upload(Method::POST, NOTIFICATIONS, "application/json", body).await;
        assert!([400, 403].contains(&reply.status), "{what}: {} {}", reply.status, reply.text());
    }
    let long = format!("{{\"order_id\": \"{}\"}}", "x".repeat(70_000)).into_bytes();
    let reply = village.guest().upload(Method::POST, NOTIFICATIONS, "application/json", long).await;
    reply.problem(413, "body-too-large");
    assert_eq!(changes(&before, &village.everything()), Vec::<String>::new());
    told(&village, &good).await.expect(200);
    village.work().await;
}

#[actix_web::test]
async fn what_is_told_of_others_is_kept_and_changes_nothing() {
    let (midtrans, village) = village().await;
    midtrans.knows("WARUNG-LAIN-7", 75_000, "settlement");
    told(&village, &midtrans.tells("WARUNG-LAIN-7")).await.expect(200);
    village.work().await;
    assert_eq!(events(&village, "payment.confirmed").await, 0);
}

#[actix_web::test]
async fn a_secret_of_its_own_signs_what_is_told_where_there_is_one() {
    let midtrans = Midtrans::start();
    let own = "tanda-tangan-sendiri";
    let village = World::village_with(|config| {
        midtrans.serves(config);
        config.gateway.signature_key = own.into();
    })
    .await;
    let (_, payment, reference) = charged(&village).await;
    midtrans.becomes(&reference, "settlement");
    let told_by_key = midtrans.tells(&reference);
    told(&village, &told_by_key).await.problem(403, "signature-invalid");
    told(&village, &signed(told_by_key, own)).await.expect(200);
    village.work().await;
    assert_eq!(seen(&village, &payment).await.str("status"), "confirmed");
}

#[actix_web::test]
async fn the_key_goes_only_to_a_gateway_for_which_somebody_vouches() {
    let midtrans = Midtrans::start();
    let (address, certificate) = midtrans.over_tls().await;
    for is_vouched_for in [true, false] {
        let village = World::village_with(|config| {
            midtrans.serves(config);
            config.gateway.base_url = address.clone();
            config.gateway.timeout_seconds = 10;
            if is_vouched_for {
                config.gateway.ca_file = config.data_dir.with_file_name("ca.pem");
                std::fs::write(&config.gateway.ca_file, &certificate).unwrap();
            }
        })
        .await;
        let order = thirty_pastel(&village).await;
        pay(&village.buyer, &order, json!({"method": "gateway"})).await.expect(201);
        let before = midtrans.knocks("charge");
        let done = village.try_to_work().await;
        assert_eq!(done.failures.is_empty(), is_vouched_for, "{:?}", done.failures);
        assert_eq!(midtrans.knocks("charge") - before, usize::from(is_vouched_for));
    }
}

#[actix_web::test]
async fn an_answer_that_was_lost_is_found_again_by_asking_and_nothing_is_charged_twice() {
    for lost in [Mood::Dropping, Mood::Slow] {
        let (midtrans, village) = village().await;
        let order = thirty_pastel(&village).await;
        let payment = pay(&village.buyer, &order, json!({"method": "gateway"})).await.expect(201);
        midtrans.is(lost);
        let done = village.try_to_work().await;
        assert_eq!(done.failures.len(), 1, "{:?}", done.failures);
        assert_eq!(midtrans.references().len(), 1, "the gateway has taken it, and nobody here knows");
        assert_eq!(seen(&village, &payment).await.json["gateway"]["status"], "queued");
        midtrans.is(Mood::Well);
        village.clock.advance(Duration::seconds(31));
        village.work().await;
        assert_eq!((midtrans.knocks("charge"), midtrans.knocks("status")), (1, 1));
        let shown = seen(&village, &payment).await;
        assert_eq!(shown.json["gateway"]["status"], "pending");
        assert!(shown.json["gateway"]["qr_url"].as_str().unwrap().ends_with("/qr-code"), "there is a way to pay");
        let reference = midtrans.references().pop().unwrap();
        midtrans.becomes(&reference, "settlement");
        told(&village, &midtrans.tells(&reference)).await.expect(200);
        village.work().await;
        assert_eq!(standing(&village, &order).await, ("paid".into(), 75_000));
    }
}

#[actix_web::test]
async fn whoever_dies_at_any_statement_of_a_charge_leaves_one_that_is_made_once() {
    trap::watch();
    let (midtrans, village) = village().await;
    let (product, _) = village.pastel_on_the_shelf(2000).await;
    let mut deaths = 0;
    for statement in 1..100 {
        let order = village.again(&village.buyer).await;
        let body = village.order_of(product, 10, 25_000);
        let placed = order.fresh_key().post("/v1/orders", body).await.expect(201);
        village.work().await;
        let payment = pay(&order, &placed, json!({"method": "gateway"})).await.expect(201);
        let before = midtrans.knocks("charge");
        trap::before_statement(&village.database, statement);
        village.try_to_work().await;
        let died = trap::was_sprung(&village.database);
        // A lease may be left, which ends.
        for _ in 0..2 {
            village.clock.advance(Duration::minutes(6));
            village.try_to_work().await;
        }
        assert_eq!(midtrans.knocks("charge") - before, 1, "dying at statement {statement} charges another time");
        let reference = format!("{}-1", placed.str("number"));
        midtrans.becomes(&reference, "settlement");
        told(&village, &midtrans.tells(&reference)).await.expect(200);
        village.work().await;
        assert_eq!(seen(&village, &payment).await.str("status"), "confirmed", "dying at statement {statement}");
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
    let order = thirty_pastel(&village).await;
    let payment = pay(&village.buyer, &order, json!({"method": "gateway"})).await.expect(201);
    for (mood, rest) in [
        (Mood::Down, 31),
        (Mood::Babbling, 61),
        (Mood::Endless, 121),
        (Mood::Refusing(401), 241),
        (Mood::Refusing(429), 481),
    ] {
        midtrans.is(mood);
        let done = village.try_to_work().await;
        assert_eq!(done.failures.len(), 1, "{mood:?}: {:?}", done.failures);
        assert!(!done.failures[0].contains(KEY), "{:?}", done.failures);
        let shown = seen(&village, &payment).await;
        assert_eq!((shown.str("status"), &shown.json["gateway"]["status"]), ("pending".into(), &json!("queued")));
        village.clock.advance(Duration::seconds(rest));
    }
    midtrans.is(Mood::Well);
    village.work().await;
    assert_eq!(seen(&village, &payment).await.json["gateway"]["status"], "pending");
    assert_eq!(midtrans.references().len(), 1);
}

#[actix_web::test]
async fn a_gateway_that_is_away_holds_up_no_other_work() {
    let (midtrans, village) = village().await;
    let order = thirty_pastel(&village).await;
    pay(&village.buyer, &order, json!({"method": "gateway"})).await.expect(201);
    let told_of = "WARUNG-LAIN-7";
    midtrans.knows(told_of, 1, "settlement");
    midtrans.is(Mood::Down);
    told(&village, &midtrans.tells(told_of)).await.expect(200);
    let done = village.try_to_work().await;
    assert_eq!(done.failures.len(), 1, "only what needs the gateway fails: {:?}", done.failures);
    let applied = |conn: &mut db::Conn| {
        Ok(schema::gateway_notifications::table
            .filter(schema::gateway_notifications::applied_at.is_not_null())
            .count()
            .get_result::<i64>(conn)?)
    };
    assert_eq!(village.app.state.db.read::<_, db::Error, _>(applied).await.unwrap(), 1);
    assert!(!village.mails().is_empty(), "letters leave");
    midtrans.is(Mood::Well);
    village.clock.advance(Duration::seconds(31));
    village.work().await;
}

#[actix_web::test]
async fn of_what_the_gateway_tells_nothing_it_is_asked() {
    let (midtrans, village) = village().await;
    let (order, payment, reference) = charged(&village).await;
    midtrans.becomes(&reference, "settlement");
    village.clock.advance(Duration::minutes(4));
    village.work().await;
    assert_eq!(midtrans.knocks("status"), 0, "it is given some minutes");
    village.clock.advance(Duration::minutes(2));
    village.work().await;
    assert_eq!(midtrans.knocks("status"), 1);
    assert_eq!(seen(&village, &payment).await.str("status"), "confirmed");
    assert_eq!(standing(&village, &order).await, ("paid".into(), 75_000));
    // Told late, it is no news.
    told(&village, &midtrans.tells(&reference)).await.expect(200);
    village.clock.advance(Duration::hours(2));
    village.work().await;
    assert_eq!((midtrans.knocks("status"), events(&village, "payment.confirmed").await), (1, 1));
}

#[actix_web::test]
async fn a_charge_that_is_over_ends_its_payment_and_money_that_comes_late_counts_all_the_same() {
    let (midtrans, village) = village().await;
    let (order, payment, reference) = charged(&village).await;
    midtrans.becomes(&reference, "expire");
    village.clock.advance(Duration::minutes(61));
    village.work().await;
    let shown = seen(&village, &payment).await;
    assert_eq!((shown.str("status"), &shown.json["gateway"]["status"]), ("expired".into(), &json!("expired")));
    let buyer = village.again(&village.buyer).await;
    let second = pay(&buyer, &order, json!({"method": "gateway"})).await.expect(201);
    village.work().await;
    assert_eq!(midtrans.references().len(), 2, "another attempt has another reference");
    for late in [&reference, &format!("{}-2", order.str("number"))] {
        midtrans.becomes(late, "settlement");
        told(&village, &midtrans.tells(late)).await.expect(200);
        village.work().await;
    }
    assert_eq!(seen(&village, &payment).await.str("status"), "confirmed");
    assert_eq!(seen(&village, &second).await.str("status"), "confirmed");
    assert_eq!(standing(&village, &order).await, ("overpaid".into(), 150_000), "both came, and both are counted");
}

#[actix_web::test]
async fn a_charge_of_which_nobody_ever_hears_is_given_up_after_a_day() {
    let (midtrans, village) = village().await;
    let order = thirty_pastel(&village).await;
    let payment = pay(&village.buyer, &order, json!({"method": "gateway"})).await.expect(201);
    midtrans.is(Mood::Down);
    for _ in 0..14 {
        village.try_to_work().await;
        village.clock.advance(Duration::hours(2));
    }
    village.try_to_work().await;
    midtrans.is(Mood::Well);
    let shown = seen(&village, &payment).await;
    assert_eq!((shown.str("status"), &shown.json["gateway"]["status"]), ("expired".into(), &json!("expired")));
    village.work().await;
    assert_eq!(midtrans.references(), [""; 0], "nobody is charged for what is over");
}

#[actix_web::test]
async fn what_the_gateway_ends_is_rejected_and_says_why() {
    for (word, status) in [("cancel", "cancelled"), ("deny", "denied"), ("failure", "failed")] {
        let (midtrans, village) = village().await;
        let (_, payment, reference) = charged(&village).await;
        midtrans.becomes(&reference, word);
        told(&village, &midtrans.tells(&reference)).await.expect(200);
        village.work().await;
        let shown = seen(&village, &payment).await;
        assert_eq!((shown.str("status"), &shown.json["gateway"]["status"]), ("rejected".into(), &json!(status)));
        assert!(shown.str("reason").ends_with('.'), "{}", shown.text());
    }
}

#[actix_web::test]
async fn what_the_gateway_refuses_to_collect_is_rejected_at_once() {
    let (midtrans, village) = village().await;
    let order = thirty_pastel(&village).await;
    midtrans.is(Mood::Refusing(400));
    let payment = pay(&village.buyer, &order, json!({"method": "gateway"})).await.expect(201);
    village.work().await;
    assert_eq!(seen(&village, &payment).await.str("status"), "rejected");
    midtrans.is(Mood::Well);
    // Somebody who uses the same account has had this number, and was paid.
    midtrans.knows(&format!("{}-2", order.str("number")), 75_000, "settlement");
    let payment = pay(&village.buyer, &order, json!({"method": "gateway"})).await.expect(201);
    village.work().await;
    assert_eq!(seen(&village, &payment).await.str("status"), "rejected");
    assert_eq!(standing(&village, &order).await, ("unpaid".into(), 0), "it is not this order's money");
}

#[actix_web::test]
async fn without_a_key_nobody_is_offered_a_gateway() {
    let village = World::village().await;
    let order = thirty_pastel(&village).await;
    village.work().await;
    for person in [&village.buyer, &village.treasurer] {
        // The first use of a token is noted.
        person.get("/v1/me").await.expect(200);
    }
    let before = village.everything();
    let shown = village.buyer.get(&format!("/v1/orders/{}/payments", order.id())).await.expect(200);
    assert_eq!(shown.json.get("gateway"), None);
    for payer in [village.buyer.client.clone(), village.buyer.in_english(), village.treasurer.client.clone()] {
        pay(&payer, &order, json!({"method": "gateway"})).await.problem(422, "gateway-not-offered");
    }
    let told = signed(json!({"order_id": "X-1", "status_code": "200", "gross_amount": "1.00"}), "");
    village.guest().post(NOTIFICATIONS, told).await.problem(403, "signature-invalid");
    assert_eq!(changes(&before, &village.everything()), Vec::<String>::new());
}

#[actix_web::test]
async fn nobodys_word_but_the_gateways_confirms_what_goes_through_it() {
    let (_midtrans, village) = village().await;
    let order = thirty_pastel(&village).await;
    let payment = pay(&village.treasurer, &order, json!({"method": "gateway", "amount": 20_000})).await.expect(201);
    assert_eq!(payment.str("status"), "pending");
    let payment = pay(&village.sari, &order, json!({"method": "gateway", "amount": 10_000})).await.expect(201);
    assert_eq!(payment.str("status"), "pending");
    pay(&village.other_buyer, &order, json!({"method": "gateway"})).await.problem(404, "not-found");
    pay(&village.board, &order, json!({"method": "gateway"})).await.problem(403, "forbidden");
    let (_, _, invoice) = crate::contracts::invoiced(&village).await;
    let path = format!("/v1/invoices/{invoice}/payments");
    let through = json!({"method": "gateway", "amount": 1_000});
    village.treasurer.fresh_key().post(&path, through).await.problem(422, "gateway-not-offered");
    assert_eq!(standing(&village, &order).await, ("unpaid".into(), 0));
    village.work().await;
}

#[actix_web::test]
async fn more_than_one_code_takes_is_refused() {
    let (midtrans, village) = village().await;
    let (product, _) = village.pastel_on_the_shelf(10_000).await;
    let order = village.ordered(product, 4001).await;
    for payer in [village.buyer.client.clone(), village.buyer.in_english()] {
        let refused = pay(&payer, &order, json!({"method": "gateway"})).await.problem(422, "more-than-gateway-takes");
        assert_eq!(refused.json["most"], 10_000_000);
    }
    pay(&village.buyer, &order, json!({"method": "gateway", "amount": 10_000_000})).await.expect(201);
    village.work().await;
    assert_eq!(midtrans.references().len(), 1);
}

#[actix_web::test]
async fn money_that_the_bank_takes_back_goes_out_once() {
    let (midtrans, village) = village().await;
    let (order, _, reference) = paid(&midtrans, &village).await;
    midtrans.becomes(&reference, "chargeback");
    for _ in 0..3 {
        told(&village, &midtrans.tells(&reference)).await.expect(200);
        village.work().await;
    }
    midtrans.becomes(&reference, "refund");
    told(&village, &midtrans.tells(&reference)).await.expect(200);
    village.work().await;
    let expected = [("in".into(), 75_000, "confirmed".into()), ("out".into(), 75_000, "confirmed".into())];
    assert_eq!(payments(&village, &order).await, expected);
    assert_eq!(standing(&village, &order).await.1, 0);
}

#[actix_web::test]
async fn what_is_given_back_at_the_gateway_is_written_down_part_by_part() {
    let (midtrans, village) = village().await;
    let (order, _, reference) = paid(&midtrans, &village).await;
    for (key, amount) in [("a", 10_000), ("b", 5_000)] {
        midtrans.becomes(&reference, "partial_refund");
        midtrans.alters(&reference, |sale| sale.refunds.push((key.into(), amount)));
        for _ in 0..2 {
            told(&village, &midtrans.tells(&reference)).await.expect(200);
            village.work().await;
        }
    }
    let expected = [
        ("in".into(), 75_000, "confirmed".into()),
        ("out".into(), 5_000, "confirmed".into()),
        ("out".into(), 10_000, "confirmed".into()),
    ];
    assert_eq!(payments(&village, &order).await, expected);
    assert_eq!(standing(&village, &order).await.1, 60_000);
    // A part of which nobody says how much it is waits for the treasurer.
    midtrans.becomes(&reference, "partial_chargeback");
    midtrans.alters(&reference, |sale| sale.refunds.clear());
    told(&village, &midtrans.tells(&reference)).await.expect(200);
    village.work().await;
    let charge = waiting(&village, &village.treasurer).await.pop().expect("the treasurer sees it");
    assert_eq!((&charge["needs_review"], &charge["actions"]), (&json!("unclear_refund"), &json!(["dismiss"])));
}

#[actix_web::test]
async fn the_treasurer_gives_back_through_the_gateway_and_it_is_done_when_the_gateway_says_so() {
    let (midtrans, village) = village().await;
    let (order, payment, reference) = paid(&midtrans, &village).await;
    let back =
        |amount: i64| json!({"method": "gateway", "purpose": "refund", "refunds": payment.id(), "amount": amount});
    pay(&village.buyer, &order, back(1000)).await.problem(403, "forbidden");
    pay(&village.sari, &order, back(1000)).await.problem(403, "forbidden");
    pay(&village.treasurer, &order, back(75_001)).await.problem(422, "more-than-refundable");
    let refund = pay(&village.treasurer, &order, back(25_000)).await.expect(201);
    assert_eq!((refund.str("direction"), refund.str("status")), ("out".into(), "pending".into()));
    assert_eq!(standing(&village, &order).await.1, 75_000, "nothing has gone yet");
    village.work().await;
    assert_eq!(seen(&village, &refund).await.str("status"), "confirmed");
    assert_eq!(midtrans.sale(&reference).unwrap().refunds, [(refund.id(), 25_000)]);
    // What the gateway then tells of it by itself is known already.
    told(&village, &midtrans.tells(&reference)).await.expect(200);
    village.work().await;
    assert_eq!(standing(&village, &order).await.1, 50_000);
    assert_eq!(seen(&village, &payment).await.json["gateway"]["status"], "partly_refunded");
    pay(&village.treasurer, &order, back(50_001)).await.problem(422, "more-than-refundable");
    pay(&village.treasurer, &order, back(50_000)).await.expect(201);
    village.work().await;
    assert_eq!(standing(&village, &order).await.1, 0);
}

#[actix_web::test]
async fn a_refund_whose_answer_was_lost_is_found_again_and_goes_once() {
    let (midtrans, village) = village().await;
    let (order, payment, reference) = paid(&midtrans, &village).await;
    let back = json!({"method": "gateway", "purpose": "refund", "refunds": payment.id(), "amount": 25_000});
    let refund = pay(&village.treasurer, &order, back).await.expect(201);
    midtrans.is(Mood::Down);
    assert_eq!(village.try_to_work().await.failures.len(), 1);
    assert_eq!(seen(&village, &refund).await.str("status"), "pending");
    // It gives back, and dies before we hear of it.
    midtrans.is(Mood::Well);
    midtrans.becomes(&reference, "partial_refund");
    midtrans.alters(&reference, |sale| sale.refunds.push((refund.id(), 25_000)));
    village.clock.advance(Duration::seconds(31));
    village.work().await;
    assert_eq!(seen(&village, &refund).await.str("status"), "confirmed");
    assert_eq!(midtrans.knocks("refund"), 0, "it was found by asking");
    assert_eq!(standing(&village, &order).await.1, 50_000);
}

#[actix_web::test]
async fn what_the_gateway_tells_of_a_refund_before_it_answers_is_the_same_refund() {
    let (midtrans, village) = village().await;
    let (order, payment, reference) = paid(&midtrans, &village).await;
    let back = json!({"method": "gateway", "purpose": "refund", "refunds": payment.id(), "amount": 25_000});
    let refund = pay(&village.treasurer, &order, back).await.expect(201);
    midtrans.becomes(&reference, "partial_refund");
    midtrans.alters(&reference, |sale| sale.refunds.push((refund.id(), 25_000)));
    told(&village, &midtrans.tells(&reference)).await.expect(200);
    village.work().await;
    let expected = [("in".into(), 75_000, "confirmed".into()), ("out".into(), 25_000, "confirmed".into())];
    assert_eq!(payments(&village, &order).await, expected);
    assert_eq!(midtrans.knocks("refund"), 0);
}

#[actix_web::test]
async fn a_refund_that_the_gateway_refuses_is_rejected_and_can_go_another_way() {
    let (midtrans, village) = village().await;
    let (order, payment, reference) = paid(&midtrans, &village).await;
    let back = |method: &str| json!({"method": method, "purpose": "refund", "refunds": payment.id(), "amount": 75_000});
    // It was given back there already, and nobody told.
    midtrans.alters(&reference, |sale| sale.status = "cancel");
    let refund = pay(&village.treasurer, &order, back("gateway")).await.expect(201);
    village.work().await;
    assert_eq!(seen(&village, &refund).await.str("status"), "rejected");
    pay(&village.treasurer, &order, back("cash")).await.expect(201);
    assert_eq!(standing(&village, &order).await.1, 0);
}

#[actix_web::test]
async fn what_did_not_come_through_the_gateway_does_not_go_back_through_it() {
    let (_midtrans, village) = village().await;
    let order = thirty_pastel(&village).await;
    let cash = pay(&village.sari, &order, json!({"method": "cash"})).await.expect(201);
    let back = json!({"method": "gateway", "purpose": "refund", "refunds": cash.id(), "amount": 1000});
    pay(&village.treasurer, &order, back).await.problem(422, "nothing-to-refund");
    village.work().await;
}

#[actix_web::test]
async fn the_treasurer_sees_every_charge_once_and_others_are_refused() {
    let (midtrans, village) = village().await;
    for _ in 0..3 {
        needing_review(&midtrans, &village).await;
    }
    charged(&village).await;
    let (mut path, mut found) =
        (format!("/v1/cooperatives/{}/gateway_charges?limit=2", village.cooperative), BTreeSet::new());
    village.board.get(&path).await.problem(403, "forbidden");
    village.foreign_treasurer.get(&path).await.problem(404, "not-found");
    village.wati.get(&path).await.problem(404, "not-found");
    loop {
        let page = village.treasurer.get(&path).await.expect(200);
        found.extend(page.json["data"].as_array().unwrap().iter().map(|charge| charge["id"].to_string()));
        let Some(next) = page.header("link").and_then(|link| link.strip_prefix('<')?.split_once('>')) else { break };
        path = next.0.to_owned();
    }
    assert_eq!((found.len(), waiting(&village, &village.treasurer).await.len()), (4, 3));
}
