//! Idempotency keys.

use std::collections::BTreeSet;

use diesel::prelude::*;
use futures_util::future::join_all;
use lumbung::db::{self, schema::idempotency_keys};
use lumbung::kernel::Duration;
use lumbung::supply::Opening;
use serde_json::{Value, json};

use crate::world::midtrans::Midtrans;
use crate::world::{Client, Reply, Village, World};

const KEY: &str = "canary-key-0123456789-0";

async fn busy_village() -> Village {
    World::village_with(|config| {
        config.database.connections = 8;
        config.database.wait_ms = 60_000;
    })
    .await
}

async fn count_orders(village: &Village) -> usize {
    let path = format!("/v1/cooperatives/{}/orders?limit=100", village.cooperative);
    village.sign_in_again(&village.board).await.get(&path).await.expect(200).json["data"].as_array().unwrap().len()
}

/// The stored responses, as text.
async fn stored_responses(village: &Village) -> Vec<String> {
    let rows: Vec<(String, Option<String>, Option<Vec<u8>>)> = village
        .app
        .state
        .db
        .read::<_, db::Error, _>(|conn| {
            let columns = (idempotency_keys::key, idempotency_keys::headers, idempotency_keys::body);
            Ok(idempotency_keys::table.select(columns).order(idempotency_keys::key).load(conn)?)
        })
        .await
        .unwrap();
    rows.into_iter()
        .map(|(key, headers, body)| {
            format!("{key} {} {}", headers.unwrap_or_default(), String::from_utf8_lossy(&body.unwrap_or_default()))
        })
        .collect()
}

fn is_replay(reply: &Reply) -> bool {
    reply.header("idempotency-replayed") == Some("true")
}

#[actix_web::test]
async fn thirty_two_concurrent_requests_with_one_key_have_one_effect_and_one_response() {
    let village = busy_village().await;
    let (product, _) = village.create_pastel_in_stock(100).await;
    let signed_in = (village.buyer.with_new_key(), village.order_body(product, 30, 75_000));
    let guest = (village.guest().with_new_key(), village.guest_order_body(product, 20, 50_000));
    for (client, body) in [signed_in, guest] {
        let replies = join_all((0..32).map(|_| client.post("/v1/orders", body.clone()))).await;
        let first = replies.iter().find(|reply| reply.status == 201).expect("one is served").clone();
        for reply in &replies {
            if reply.status == 409 {
                let refused = reply.clone().expect_problem(409, "idempotency-in-progress");
                assert!(refused.header("retry-after").is_some());
            } else {
                assert_eq!((reply.status, &reply.bytes), (201, &first.bytes));
                assert_eq!(
                    (reply.header("location"), reply.header("etag")),
                    (first.header("location"), first.header("etag"))
                );
            }
        }
        assert_eq!(replies.iter().filter(|reply| reply.status == 201 && !is_replay(reply)).count(), 1);
        let mut other = body.clone();
        other["expected_total"] = json!(1);
        client.post("/v1/orders", other).await.expect_problem(422, "idempotency-key-reused");
    }
    assert_eq!(count_orders(&village).await, 2);
}

#[actix_web::test]
async fn keys_are_scoped_by_caller_and_route() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(100).await;
    let body = village.order_body(product, 10, 25_000);
    let first = village.buyer.with_key(KEY).post("/v1/orders", body.clone()).await.expect(201);
    let others = village.other_buyer.with_key(KEY).post("/v1/orders", body.clone()).await.expect(201);
    assert_ne!(first.id(), others.id());
    let guests = village.guest_order_body(product, 10, 25_000);
    let guests = village.guest().with_key(KEY).post("/v1/orders", guests).await.expect(201);
    assert!([&first, &others, &guests].iter().all(|reply| !is_replay(reply)));
    let path = format!("/v1/orders/{}/transitions", first.id());
    let cancelled = village.buyer.with_key(KEY).post(&path, json!({"action": "cancel"})).await.expect(200);
    assert!(!is_replay(&cancelled));
    let again = village.buyer.with_key(KEY).post(&path, json!({"action": "cancel"})).await.expect(200);
    assert!(is_replay(&again));
    assert_eq!(again.bytes, cancelled.bytes, "the answer of then, not of now");
    // The same transition of another order is another request.
    let path = format!("/v1/orders/{}/transitions", village.place_order(product, 5).await.id());
    village
        .buyer
        .with_key(KEY)
        .post(&path, json!({"action": "cancel"}))
        .await
        .expect_problem(422, "idempotency-key-reused");
    // The formatting of the JSON does not matter.
    let mut spelled: Vec<(String, Value)> = body.as_object().unwrap().clone().into_iter().collect();
    spelled.reverse();
    let spelled: Vec<String> = spelled.into_iter().map(|(name, value)| format!(" \"{name}\" :  {value}")).collect();
    let spelled = format!("{{{}\n}}", spelled.join(",")).into_bytes();
    let again =
        village.buyer.with_key(KEY).upload(reqwest::Method::POST, "/v1/orders", "application/json", spelled).await;
    assert!(is_replay(&again.clone().expect(201)), "{}", again.text());
}

#[actix_web::test]
async fn responses_are_stored_for_thirty_days() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(100).await;
    let body = village.guest_order_body(product, 10, 25_000);
    let guest = village.guest().with_key(KEY);
    let first = guest.post("/v1/orders", body.clone()).await.expect(201);
    village.clock.advance(Duration::days(30));
    village.work().await;
    let late = guest.post("/v1/orders", body.clone()).await.expect(201);
    assert!(is_replay(&late) && late.bytes == first.bytes);
    village.clock.advance(Duration::hours(2));
    village.work().await;
    assert_eq!(stored_responses(&village).await, [""; 0]);
    let anew = guest.post("/v1/orders", body).await.expect(201);
    assert!(!is_replay(&anew) && anew.id() != first.id());
    village.work().await;
}

#[actix_web::test]
async fn a_failure_is_not_stored_and_the_same_key_succeeds_later() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(5).await;
    let body = village.order_body(product, 10, 25_000);
    let client = village.buyer.with_new_key();
    client.post("/v1/orders", body.clone()).await.expect_problem(409, "sold-out");
    assert_eq!(stored_responses(&village).await, [""; 0]);
    let more = Opening { made: Some(lumbung::kernel::Quantity::from_units(10)), ..Opening::default() };
    village.open_group_batch(village.sari_permit(), product, more).await;
    let placed = client.post("/v1/orders", body.clone()).await.expect(201);
    let again = client.post("/v1/orders", body).await.expect(201);
    assert!(!is_replay(&placed) && is_replay(&again) && placed.bytes == again.bytes);
}

#[actix_web::test]
async fn a_guests_secret_is_replayed_but_never_stored() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(100).await;
    let mut assisted = village.guest_order_body(product, 10, 25_000);
    assisted["channel"] = json!("phone");
    let placings = [
        (village.guest().with_new_key(), village.guest_order_body(product, 10, 25_000)),
        (village.sari.with_new_key(), assisted),
    ];
    for (client, body) in placings {
        let first = client.post("/v1/orders", body.clone()).await.expect(201);
        let secret = first.json["track"]["secret"].as_str().unwrap();
        assert_eq!(first.header("cache-control"), Some("no-store"));
        let again = client.post("/v1/orders", body).await.expect(201);
        assert!(is_replay(&again));
        assert_eq!((&again.bytes, again.header("location")), (&first.bytes, first.header("location")));
        village.guest().get(&format!("/v1/track/{secret}")).await.expect(200);
        assert!(stored_responses(&village).await.iter().all(|row| !row.contains(secret)), "the secret is stored");
    }
    assert_eq!(stored_responses(&village).await.len(), 2);
}

#[actix_web::test]
async fn responses_with_secrets_ignore_the_key() {
    let village = World::village().await;
    let sign_in = json!({"login": village.buyer.login, "password": village.buyer.password, "device": "HP"});
    let first = village.guest().with_key(KEY).post("/v1/sessions", sign_in.clone()).await.expect(201);
    let second = village.guest().with_key(KEY).post("/v1/sessions", sign_in).await.expect(201);
    assert_ne!(first.str("refresh_token"), second.str("refresh_token"));
    let refresh = json!({"refresh_token": first.str("refresh_token")});
    let fresh = village.guest().with_key(KEY).post("/v1/sessions/refresh", refresh).await.expect(201);
    let path = format!("/v1/groups/{}/invitations", village.sekar_laras);
    let invite = json!({"membership": village.mbah_contoh});
    let one = village.sari.with_key(KEY).post(&path, invite.clone()).await.expect(201);
    let two = village.sari.with_key(KEY).post(&path, invite).await.expect(201);
    assert_ne!(one.bytes, two.bytes);
    let reset = json!({"login": village.buyer.email});
    for _ in 0..2 {
        village.guest().with_key(KEY).post("/v1/password_resets", reset.clone()).await.expect(202);
    }
    for reply in [&first, &second, &fresh, &one, &two] {
        assert!(!is_replay(reply));
        assert_eq!(reply.header("cache-control"), Some("no-store"));
    }
    assert_eq!(stored_responses(&village).await, [""; 0]);
    village.work().await;
}

/// POST operations that do not require a key, because they change no goods or money, or respond with a secret.
const KEY_NOT_NEEDED: [&str; 37] = [
    "create_outlet",
    "create_ingredient",
    "create_market_day",
    "create_schedule",
    "create_request",
    "create_offer",
    "transition_offer",
    "transition_request",
    "add_delivery_zone",
    "add_member",
    "add_pickup_point",
    "create_product",
    "create_occasion",
    "accept_invitation",
    "claim_tracked_order",
    "request_password_reset",
    "request_email_verification",
    "assign_office",
    "attach_proof",
    "attach_tracked_proof",
    "create_cooperative",
    "create_group",
    "receive_midtrans_notification",
    "create_invitation",
    "issue_reset_code",
    "quote_order",
    "create_unmet_demand",
    "open_own_account",
    "refresh_session",
    "register_account",
    "quote_repeat_order",
    "sign_in",
    "transition_group",
    "transition_product",
    "vouch_for_phone",
    "create_order_note",
    "create_tracked_note",
];

/// A request for every operation that moves goods or money, valid except for its key, in an executable order.
async fn movements(village: &Village, midtrans: &Midtrans) -> Vec<(&'static str, Client, String, Value)> {
    let (product, batch) = village.create_pastel_in_stock(100).await;
    let placed = village.place_order(product, 5).await;
    let guests = village.guest_order_body(product, 5, 12_500);
    let guests = village.guest().with_new_key().post("/v1/orders", guests).await.expect(201);
    let (order, track) = (placed.id(), guests.json["track"]["secret"].as_str().unwrap().to_owned());
    let part = placed.json["fulfilments"][0]["id"].as_str().unwrap();
    let transfer = json!({"method": "transfer", "purpose": "full"});
    let announced = village.buyer.with_new_key().post(&format!("/v1/orders/{order}/payments"), transfer.clone()).await;
    let payment = announced.expect(201).id();
    let group = village.sekar_laras;
    let work = json!({"membership": village.mbah_contoh, "kind": "hours", "amount": 2});
    let sale = json!({"lines": [{"product": product, "quantity": 2}], "expected_total": 5000});
    let cancel = json!({"action": "cancel"});
    let (sari, buyer, guest) = (&*village.sari, &*village.buyer, village.guest());
    let treasurer = &*village.treasurer;
    let market = json!({
        "name": "Pasar", "held_on": "2026-12-12", "opens_at": "2026-12-05T00:00:00Z", "closes_at": "2026-12-10T10:00:00Z",
        "from": "07:00", "until": "10:00",
    });
    let days = format!("/v1/cooperatives/{}/market_days", village.cooperative);
    let day = village.board.with_new_key().post(&days, market).await.expect(201).id();
    let standing = json!({
        "cooperative": village.cooperative, "lines": [{"product": product, "quantity": 1}], "weekdays": ["friday"],
        "confirms_first": true,
    });
    let made = buyer.with_new_key().post("/v1/standing_orders", standing.clone()).await.expect(201).id();
    let request = json!({
        "cooperative": village.cooperative, "words": "Pastel kecil", "quantity": 100, "needed_on": "2026-12-14",
        "place": {"kind": "pickup"},
    });
    let request = buyer.with_new_key().post("/v1/requests", request).await.expect(201).id();
    let offer = json!({"product": product, "quantity": 100, "unit_price": 2_000, "ready_on": "2026-12-14"});
    let offer = sari.with_new_key().post(&format!("/v1/requests/{request}/offers"), offer).await.expect(201).id();
    let taken = json!({"offers": [{"offer": offer}], "delivery": {"kind": "pickup"}, "expected_total": 200_000});
    village.work().await;
    let (agreed, contract, invoice) = crate::contracts::create_invoiced_contract(village).await;
    let unanswered = crate::contracts::propose_contract(village, product).await.id();
    let calling_off = json!({"ready_on": "2026-11-23", "lines": [{"product": agreed, "quantity": 2}]});
    let drawn = json!({
        "contact": village.other_buyer.email, "starts_on": "2026-11-23", "ends_on": "2027-05-31",
        "weekdays": ["friday"], "lines": [{"product": product, "unit_price": 2_300}], "credit_limit": 300_000,
        "term_days": 14,
    });
    let contracts = format!("/v1/cooperatives/{}/contracts", village.cooperative);
    let charge = crate::gateway::needing_review(midtrans, village).await;
    let ledger = format!("/v1/cooperatives/{}/ledger", village.cooperative);
    let expense = json!({"kind": "expense", "account": 5303, "amount": 20_000, "entered_on": "2026-10-15"});
    let entries = format!("{ledger}/entries");
    let wrong = treasurer.with_new_key().post(&entries, expense.clone()).await.expect(201).id();
    let own = format!("/v1/cooperatives/{}", village.cooperative);
    let (handover, line) = crate::roles::money(village, product).await;
    let again = village.place_order(product, 2).await;
    sari.with_new_key()
        .post(&format!("/v1/orders/{}/payments", again.id()), json!({"method": "cash"}))
        .await
        .expect(201);
    let statement = json!({"format": "BRI", "csv": "24/11/2026,BUNGA,\"2,250.00\"\n"});
    let received = json!({"action": "receive", "counted": 7_000});
    let code = crate::qris::propose_other_merchant(village).await;
    let renewed = json!({"payload": crate::qris::renewed()});
    let (payout, receipt) = crate::payouts::create_payout_and_receipt(village).await;
    let spent = json!({"membership": village.wati_membership, "what": "Minyak", "amount": 20_000});
    let (outlet, consignment, count) = crate::consignment::create_counted_outlet(village).await;
    let counted = json!({"group": group, "lines": [{"consignment": consignment, "on_hand": 10}]});
    let brought = json!({"batch": batch, "quantity": 1});
    let paid = json!({"method": "transfer", "amount": 1_000});
    let back = json!({"action": "reverse"});
    let list: [(&str, &Client, String, Value); 41] = [
        ("deliver_consignment", sari, format!("/v1/outlets/{outlet}/consignments"), brought),
        ("create_outlet_count", sari, format!("/v1/outlets/{outlet}/counts"), counted),
        ("pay_outlet", treasurer, format!("/v1/outlets/{outlet}/payments"), paid),
        ("transition_outlet_count", sari, format!("/v1/outlet_counts/{count}/transitions"), back),
        ("declare_handover", sari, format!("{own}/handovers"), json!({})),
        ("transition_handover", treasurer, format!("/v1/handovers/{handover}/transitions"), received),
        ("transition_qris_code", treasurer, format!("/v1/qris_codes/{code}/transitions"), json!({"action": "refuse"})),
        ("propose_qris_code", treasurer, format!("{own}/qris_codes"), renewed),
        ("pay_group", treasurer, format!("{own}/payouts"), json!({"group": group, "from": "cash"})),
        (
            "transition_payout",
            treasurer,
            format!("/v1/payouts/{payout}/transitions"),
            json!({"action": "reverse", "reason": "Salah hitung"}),
        ),
        ("create_ingredient_receipt", sari, format!("/v1/groups/{group}/ingredient_receipts"), spent),
        (
            "transition_ingredient_receipt",
            sari,
            format!("/v1/ingredient_receipts/{receipt}/transitions"),
            json!({"action": "void"}),
        ),
        ("count_cash", treasurer, format!("{own}/cash_counts"), json!({"counted": 1_000})),
        ("import_statement", treasurer, format!("{own}/statements"), statement),
        (
            "transition_statement_line",
            treasurer,
            format!("/v1/statement_lines/{line}/transitions"),
            json!({"action": "ignore"}),
        ),
        (
            "reverse_ledger_entry",
            treasurer,
            format!("/v1/ledger_entries/{wrong}/reversal"),
            json!({"memo": "Salah akun"}),
        ),
        ("create_ledger_entry", treasurer, entries, expense),
        ("transition_period", treasurer, format!("{ledger}/periods/2026-10/transitions"), json!({"action": "close"})),
        ("propose_contract", &village.board, contracts, drawn),
        ("transition_contract", buyer, format!("/v1/contracts/{unanswered}/transitions"), json!({"action": "accept"})),
        ("place_contract_order", buyer, format!("/v1/contracts/{contract}/orders"), calling_off),
        (
            "pay_invoice",
            treasurer,
            format!("/v1/invoices/{invoice}/payments"),
            json!({"method": "transfer", "amount": 1_000}),
        ),
        ("transition_market_day", &village.board, format!("/v1/market_days/{day}/transitions"), cancel.clone()),
        ("create_standing_order", buyer, "/v1/standing_orders".into(), standing),
        (
            "confirm_occurrence",
            buyer,
            format!("/v1/standing_orders/{made}/confirmations"),
            json!({"day": "2026-11-27"}),
        ),
        (
            "transition_standing_order",
            buyer,
            format!("/v1/standing_orders/{made}/transitions"),
            json!({"action": "end"}),
        ),
        ("accept_offers", buyer, format!("/v1/requests/{request}/acceptances"), taken),
        ("place_order", buyer, "/v1/orders".into(), village.order_body(product, 2, 5000)),
        ("record_production", sari, format!("/v1/batches/{batch}/production"), json!({"made": 90})),
        ("record_discard", sari, format!("/v1/batches/{batch}/discards"), json!({"quantity": 1, "reason": "gosong"})),
        ("create_contribution", sari, format!("/v1/batches/{batch}/contributions"), work),
        ("open_batch", sari, format!("/v1/products/{product}/batches"), json!({"made": 10})),
        ("create_quick_sale", sari, format!("/v1/groups/{group}/sales"), sale),
        ("transition_fulfilment", sari, format!("/v1/fulfilments/{part}/transitions"), json!({"action": "accept"})),
        ("record_tracked_payment", &guest, format!("/v1/track/{track}/payments"), transfer.clone()),
        (
            "transition_gateway_charge",
            treasurer,
            format!("/v1/gateway_charges/{charge}/transitions"),
            json!({"action": "accept"}),
        ),
        ("transition_payment", treasurer, format!("/v1/payments/{payment}/transitions"), json!({"action": "confirm"})),
        (
            "record_payment",
            treasurer,
            format!("/v1/orders/{order}/payments"),
            json!({"method": "transfer", "purpose": "full", "amount": 1000}),
        ),
        ("cancel_tracked_order", &guest, format!("/v1/track/{track}/transitions"), cancel.clone()),
        ("cancel_order", sari, format!("/v1/orders/{order}/transitions"), cancel),
        ("transition_batch", sari, format!("/v1/batches/{batch}/transitions"), json!({"action": "close"})),
    ];
    list.into_iter().map(|(name, client, path, body)| (name, client.clone(), path, body)).collect()
}

#[actix_web::test]
async fn operations_that_move_goods_or_money_require_a_key_and_run_once_per_key() {
    let midtrans = Midtrans::start();
    let village = World::village_with(|config| midtrans.configure(config)).await;
    let document = village.guest().get("/v1/openapi.json").await.expect(200).json;
    let (mut needed, mut free) = (BTreeSet::new(), BTreeSet::new());
    for operations in document["paths"].as_object().unwrap().values() {
        let post = &operations["post"];
        let Some(name) = post["operationId"].as_str() else { continue };
        let required = json!({"$ref": "#/components/parameters/idempotency-key-required"});
        let is_needed = post["parameters"].as_array().unwrap().contains(&required);
        if is_needed { &mut needed } else { &mut free }.insert(name.to_owned());
    }
    assert_eq!(free, KEY_NOT_NEEDED.map(str::to_owned).into(), "say here what a new POST does with its key");
    let movements = movements(&village, &midtrans).await;
    assert_eq!(needed, movements.iter().map(|(name, ..)| (*name).to_owned()).collect(), "try a new movement here");
    for (name, client, path, body) in &movements {
        client.post(path, body.clone()).await.expect_problem(400, "idempotency-key-required");
        for unfit in ["short", "has spaces in the key", &"x".repeat(65)] {
            client.with_key(unfit).post(path, body.clone()).await.expect_problem(400, "idempotency-key-invalid");
        }
        let keyed = client.with_new_key();
        let first = keyed.post(path, body.clone()).await;
        assert!((200..300).contains(&first.status), "{name}: {}", first.text());
        let again = keyed.post(path, body.clone()).await;
        assert!(is_replay(&again) && !is_replay(&first), "{name}");
        assert_eq!((again.status, &again.bytes), (first.status, &first.bytes), "{name}");
    }
    village.work().await;
}

#[actix_web::test]
async fn guests_keys_have_a_minimum_length() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(100).await;
    let body = village.guest_order_body(product, 10, 25_000);
    let before = village.dump_rows();
    for guest in [village.guest(), village.guest().in_english()] {
        let refused = guest.with_key("k".repeat(21).as_str()).post("/v1/orders", body.clone()).await;
        let refused = refused.expect_problem(400, "idempotency-key-invalid");
        assert!(refused.str("detail").contains("22"), "{}", refused.text());
    }
    let account = json!({"name": "Contoh Rini", "phone": "0812-0000-0777", "password": crate::world::PASSWORD});
    village
        .guest()
        .with_key("kunci-terlalu-pendek")
        .post("/v1/accounts", account)
        .await
        .expect_problem(400, "idempotency-key-invalid");
    assert_eq!(crate::world::diff_rows(&before, &village.dump_rows()), Vec::<String>::new());
    let placed = village.guest().with_key("k".repeat(22).as_str()).post("/v1/orders", body).await.expect(201);
    let short = json!({"action": "cancel"});
    let path = format!("/v1/track/{}/transitions", placed.json["track"]["secret"].as_str().unwrap());
    village
        .guest()
        .with_key("k".repeat(16).as_str())
        .post(&path, short)
        .await
        .expect_problem(400, "idempotency-key-invalid");
    // Accounts have their own scope, so that 16 characters are enough.
    let order = village.order_body(product, 10, 25_000);
    village.buyer.with_key("k".repeat(16).as_str()).post("/v1/orders", order).await.expect(201);
    village.work().await;
}
