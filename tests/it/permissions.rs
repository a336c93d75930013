//! Guarantees of every route: no access without a valid token, resources of others look nonexistent, unknown body members
//! are rejected, and none of that changes the database.

use lumbung::kernel::Duration;
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::contract::{Operation, operations};
use crate::world::midtrans::Midtrans;
use crate::world::{Client, Reply, Village, World, diff_rows};

pub const UNKNOWN: &str = "01900000-0000-7000-8000-000000000000";

/// Calls an operation with the example body of the contract on the object of this id.
async fn call(client: &Client, operation: &Operation, id: &str, body: Option<Value>) -> Reply {
    let path = filled(operation, |parameter| match parameter {
        "id" => id.to_owned(),
        "position" => "1".into(),
        "picture" => "turnover.svg".into(),
        "day" => "2026-12-24".into(),
        _ => UNKNOWN.into(),
    });
    let client = client.with_new_key().with("if-match", "\"1\"");
    send(&client, operation, &path, body.or_else(|| example(operation))).await
}

/// The path of an operation with its parameters filled in.
pub fn filled(operation: &Operation, mut value: impl FnMut(&str) -> String) -> String {
    let segments = operation.path.split('/').map(|segment| match segment.strip_prefix('{') {
        Some(parameter) => value(parameter.trim_end_matches('}')),
        None => segment.to_owned(),
    });
    segments.collect::<Vec<_>>().join("/")
}

pub async fn send(client: &Client, operation: &Operation, path: &str, body: Option<Value>) -> Reply {
    let method = Method::from_bytes(operation.method.to_uppercase().as_bytes()).unwrap();
    match body {
        Some(body) => client.send(method, path, Some(body)).await,
        None if operation.value["requestBody"].is_object() => {
            client.upload(method, path, "image/jpeg", vec![0xff, 0xd8, 0xff]).await
        }
        None => client.send(method, path, None).await,
    }
}

/// The example of an operation's JSON body.
pub fn example(operation: &Operation) -> Option<Value> {
    let content = operation.value["requestBody"]["content"].as_object()?;
    content.iter().find(|(kind, _)| kind.contains("json")).map(|(_, media)| media["example"].clone())
}

#[actix_web::test]
async fn routes_that_are_not_public_require_a_valid_token() {
    let village = World::village().await;
    let own = &village.board.access_token;
    let forged = format!("{}{}", &own[..own.len() - 4], if own.ends_with("AAAA") { "BBBB" } else { "AAAA" });
    let signed_out = village.sign_in_again(&village.buyer).await;
    signed_out.delete("/v1/sessions/current").await.expect(204);
    let before = village.dump_rows();
    let guest = village.guest();
    let protected: Vec<Operation> = operations().filter(Operation::needs_token).collect();
    assert!(protected.len() > 60, "{} routes need a token", protected.len());
    let callers = [
        (guest.clone(), "unauthenticated"),
        (guest.with_token(&forged), "token-invalid"),
        (signed_out.client.clone(), "token-invalid"),
    ];
    for operation in &protected {
        for (caller, code) in &callers {
            let reply = call(caller, operation, UNKNOWN, None).await;
            assert_eq!(
                (reply.status, reply.json["code"].as_str()),
                (401, Some(*code)),
                "{}: {}",
                operation.name(),
                reply.text()
            );
            assert!(
                reply.header("www-authenticate").is_some_and(|challenge| challenge.starts_with("Bearer")),
                "{}",
                operation.name()
            );
        }
    }
    village.clock.advance(Duration::minutes(15));
    for operation in &protected {
        let reply = call(&village.board, operation, UNKNOWN, None).await;
        assert_eq!(reply.str("code"), "token-invalid", "expired: {}", operation.name());
    }
    assert_eq!(diff_rows(&before, &village.dump_rows()), Vec::<String>::new());
}

#[actix_web::test]
async fn resources_of_others_look_nonexistent() {
    let midtrans = Midtrans::start();
    let village = World::village_with(|config| midtrans.configure(config)).await;
    let (product, batch) = village.create_pastel_in_stock(40).await;
    let order = village.place_order(product, 10).await;
    let payment = json!({"method": "transfer", "purpose": "full"});
    let payment =
        village.buyer.with_new_key().post(&format!("/v1/orders/{}/payments", order.id()), payment).await.expect(201);
    let strangers =
        [&village.other_buyer, &village.foreign_officer, &village.foreign_board, &village.foreign_treasurer];
    for stranger in strangers {
        // The first use of a token is recorded.
        stranger.get("/v1/me").await.expect(200);
    }
    let (request, standing) = request_and_standing_order(&village, product).await;
    let (schedule, market_day) = crate::roles::market(&village, product).await;
    let (_, contract, invoice) = crate::contracts::create_invoiced_contract(&village).await;
    let entries = format!("/v1/cooperatives/{}/ledger/entries", village.cooperative);
    let expense = json!({"kind": "expense", "account": 5303, "amount": 20_000});
    let (handover, line) = crate::roles::money(&village, product).await;
    let code = crate::qris::propose_other_merchant(&village).await;
    let ingredient = crate::costs::create_recipe(&village, product).await;
    let (payout, receipt) = crate::payouts::create_payout_and_receipt(&village).await;
    let (outlet, consignment, count) = crate::consignment::create_counted_outlet(&village).await;
    let entry = village.treasurer.with_new_key().post(&entries, expense).await.expect(201);
    let charge = crate::gateway::needing_review(&midtrans, &village).await;
    village.work().await;
    let before = village.dump_rows();
    let ids = [
        ("cooperatives", village.cooperative.to_string()),
        ("groups", village.sekar_laras.to_string()),
        ("products", product.to_string()),
        ("batches", batch.to_string()),
        ("orders", order.id()),
        ("payments", payment.id()),
        ("gateway_charges", charge),
        ("fulfilments", order.json["fulfilments"][0]["id"].as_str().unwrap().to_owned()),
        ("sessions", village.buyer.session.clone()),
        ("requests", request),
        ("schedules", schedule),
        ("market_days", market_day),
        ("standing_orders", standing),
        ("contracts", contract),
        ("invoices", invoice),
        ("ledger_entries", entry.id()),
        ("handovers", handover),
        ("statement_lines", line),
        ("qris_codes", code),
        ("payouts", payout),
        ("ingredients", ingredient),
        ("outlets", outlet),
        ("consignments", consignment),
        ("outlet_counts", count),
        ("ingredient_receipts", receipt),
    ];

    let mut count = 0;
    for operation in operations().filter(|operation| operation.needs_token() && operation.path.contains("{id}")) {
        let kind = operation.path.split('/').nth(2).unwrap();
        // Anyone may create a group, and the calendar is public.
        if operation.id() == "create_group" || kind == "calendar" {
            continue;
        }
        let (_, id) = ids.iter().find(|(known, _)| *known == kind).unwrap_or_else(|| panic!("what is a {kind}?"));
        for stranger in strangers {
            let foreign = call(stranger, &operation, id, None).await;
            let absent = call(stranger, &operation, UNKNOWN, None).await;
            let comparable = |mut reply: Reply| {
                reply.json["request_id"] = Value::Null;
                (reply.status, reply.json)
            };
            assert_eq!(
                foreign.status,
                404,
                "{} reveals something to {}: {}",
                operation.name(),
                stranger.name,
                foreign.text()
            );
            assert_eq!(comparable(foreign), comparable(absent), "{}", operation.name());
            count += 1;
        }
    }
    assert!(count > 150, "{count}");
    assert_eq!(diff_rows(&before, &village.dump_rows()), Vec::<String>::new());
}

#[actix_web::test]
async fn unknown_body_members_are_rejected() {
    let village = World::village().await;
    // The first use of a token is recorded.
    village.admin.get("/v1/me").await.expect(200);
    let before = village.dump_rows();
    let mut count = 0;
    // Notifications of gateways may contain new members; their signature is verified instead.
    for operation in operations().filter(|operation| operation.id() != "receive_midtrans_notification") {
        let Some(mut body) = example(&operation) else { continue };
        body["is_admin"] = json!(true);
        let reply = call(&village.admin, &operation, UNKNOWN, Some(body)).await;
        let refused = (reply.status, reply.json["code"].as_str(), &reply.json["errors"][0]["pointer"]);
        assert_eq!(
            refused,
            (400, Some("body-unreadable"), &json!("/is_admin")),
            "{}: {}",
            operation.name(),
            reply.text()
        );
        count += 1;
    }
    assert!(count > 35, "{count}");
    assert_eq!(diff_rows(&before, &village.dump_rows()), Vec::<String>::new());
}

/// A request and a standing order of the buyer.
async fn request_and_standing_order(village: &Village, product: lumbung::kernel::ids::ProductId) -> (String, String) {
    let request = json!({
        "cooperative": village.cooperative, "words": "Pastel kecil", "quantity": 500, "needed_on": "2026-12-14",
        "place": {"kind": "pickup"},
    });
    let request = village.buyer.with_new_key().post("/v1/requests", request).await.expect(201).id();
    let standing = json!({
        "cooperative": village.cooperative, "lines": [{"product": product, "quantity": 1}], "weekdays": ["friday"],
    });
    let standing = village.buyer.with_new_key().post("/v1/standing_orders", standing).await.expect(201).id();
    village.work().await;
    (request, standing)
}
