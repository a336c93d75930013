//! The books: operations are posted, entries balance, and nothing is ever changed.

use lumbung::kernel::Duration;
use serde_json::{Value, json};

use crate::world::{Client, Reply, Village, World, pastel, trap};

/// The path of a route of the books.
fn ledger_path(village: &Village, path: &str) -> String {
    format!("/v1/cooperatives/{}/ledger/{path}", village.cooperative)
}

/// Makes a manual entry.
async fn enter(village: &Village, body: Value) -> Reply {
    village.clock.advance(Duration::seconds(1));
    village.treasurer.with_new_key().post(&ledger_path(village, "entries"), body).await
}

/// The accounts with a balance.
async fn list_balances(village: &Village) -> Vec<(i64, i64)> {
    let list = village.treasurer.get(&ledger_path(village, "accounts")).await.expect(200);
    let pair = |account: &Value| (account["account"].as_i64().unwrap(), account["balance"].as_i64().unwrap());
    list.json["data"].as_array().unwrap().iter().map(pair).filter(|(_, balance)| *balance != 0).collect()
}

async fn pay(village: &Village, client: &Client, order: &Reply, body: Value) -> Reply {
    village.clock.advance(Duration::seconds(1));
    client.with_new_key().post(&format!("/v1/orders/{}/payments", order.id()), body).await
}

async fn decide(village: &Village, payment: &Reply, action: &str) -> Reply {
    village.clock.advance(Duration::seconds(1));
    let path = format!("/v1/payments/{}/transitions", payment.id());
    village.treasurer.with_new_key().post(&path, json!({"action": action})).await
}

/// Sari hands in all her cash.
async fn hand_in(village: &Village) {
    village.clock.advance(Duration::seconds(1));
    let held = village.treasurer.get(&format!("/v1/cooperatives/{}/payments?held=true", village.cooperative)).await;
    let amount = |payment: &Value| payment["amount"].as_i64().unwrap();
    let held: i64 = held.expect(200).json["data"].as_array().unwrap().iter().map(amount).sum();
    let path = format!("/v1/cooperatives/{}/handovers", village.cooperative);
    let body = json!({"holder": village.sari.id, "counted": held});
    village.treasurer.with_new_key().post(&path, body).await.expect(201);
}

/// Makes these transitions of Sekar Laras's part of an order, a second apart.
async fn transition_part(village: &Village, order: &Reply, actions: &[&str]) {
    for action in actions {
        village.clock.advance(Duration::seconds(1));
        village.transition_fulfilment(&village.sari, order, action).await.expect(200);
    }
}

/// The voucher numbers and kinds of the entries, the latest first.
async fn list_vouchers(village: &Village) -> Vec<(String, String)> {
    let page = village.treasurer.get(&ledger_path(village, "entries?limit=100")).await.expect(200);
    let pair = |entry: &Value| (entry["voucher"].as_str().unwrap().into(), entry["kind"].as_str().unwrap().into());
    page.json["data"].as_array().unwrap().iter().map(pair).collect()
}

#[actix_web::test]
async fn an_order_is_posted_step_by_step_from_the_deposit_to_the_cash_in_the_treasurers_box() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(100).await;
    let order = village.place_order(product, 50).await;
    let transfer =
        pay(&village, &village.buyer, &order, json!({"method": "transfer", "amount": 50_000})).await.expect(201);
    assert_eq!(list_balances(&village).await, [], "an announced payment is not posted");
    decide(&village, &transfer, "confirm").await.expect(200);
    let code = transfer.json["unique_code"].as_i64().unwrap();
    let bank = (1103, 50_000 - code);
    let deposit = [bank, (2101, 50_000), (5201, code)];
    assert_eq!(list_balances(&village).await, deposit, "a deposit is owed until the hand-over");
    transition_part(&village, &order, &["accept", "ready", "hand_over"]).await;
    let sold = [bank, (1201, 75_000), (2102, 112_500), (4101, 125_000), (5101, 112_500), (5201, code)];
    assert_eq!(list_balances(&village).await, sold, "the group is owed nine tenths, the buyer owes the rest");
    pay(&village, &village.sari, &order, json!({"method": "cash"})).await.expect(201);
    let held = [(1102, 75_000), bank, (2102, 112_500), (4101, 125_000), (5101, 112_500), (5201, code)];
    assert_eq!(list_balances(&village).await, held);
    hand_in(&village).await;
    let in_the_box = [(1101, 75_000), bank, (2102, 112_500), (4101, 125_000), (5101, 112_500), (5201, code)];
    assert_eq!(list_balances(&village).await, in_the_box);
    let expected = [
        ("BM-2026-11-0002", "hand_in"),
        ("BKM-2026-11-0002", "payment"),
        ("BM-2026-11-0001", "sale"),
        ("BKM-2026-11-0001", "payment"),
    ];
    assert_eq!(list_vouchers(&village).await, expected.map(|(voucher, kind)| (voucher.into(), kind.into())));
    let trial = village.supervisor.get(&ledger_path(&village, "trial_balance")).await.expect(200);
    assert_eq!((&trial.json["debit"], &trial.json["difference"]), (&json!(237_500), &json!(0)));
}

#[actix_web::test]
async fn goods_that_come_back_and_money_that_goes_back_leave_only_the_return() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(100).await;
    let order = village.place_order(product, 40).await;
    let cash = pay(&village, &village.sari, &order, json!({"method": "cash"})).await.expect(201);
    transition_part(&village, &order, &["accept", "ready", "hand_over"]).await;
    hand_in(&village).await;
    transition_part(&village, &order, &["return"]).await;
    assert_eq!(list_balances(&village).await, [(1101, 100_000), (2101, 100_000), (4101, 100_000), (4103, -100_000)]);
    let refund = json!({"method": "cash", "purpose": "refund", "refunds": cash.id()});
    pay(&village, &village.treasurer, &order, refund).await.expect(201);
    assert_eq!(list_balances(&village).await, [(4101, 100_000), (4103, -100_000)]);
    assert_eq!(list_vouchers(&village).await[0], ("BKK-2026-11-0001".into(), "refund".into()));
}

#[actix_web::test]
async fn a_hand_over_by_mistake_is_reversed_by_an_entry_that_names_it() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(100).await;
    let order = village.place_order(product, 40).await;
    transition_part(&village, &order, &["accept", "ready", "hand_over"]).await;
    pay(&village, &village.sari, &order, json!({"method": "cash"})).await.expect(201);
    transition_part(&village, &order, &["undo"]).await;
    assert_eq!(list_balances(&village).await, [(1102, 100_000), (2101, 100_000)], "the payment is a deposit again");
    let page = village.treasurer.get(&ledger_path(&village, "entries?limit=100")).await.expect(200);
    let entries = page.json["data"].as_array().unwrap();
    let (undone, sale) = (&entries[0], &entries[2]);
    assert_eq!((undone["kind"].as_str(), sale["kind"].as_str()), (Some("sale_undone"), Some("sale")));
    assert_eq!((&undone["reverses"], &sale["reversed_by"]), (&sale["id"], &undone["id"]));
    transition_part(&village, &order, &["hand_over", "undo"]).await;
}

#[actix_web::test]
async fn a_delivery_fee_passes_through_and_is_paid_on() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(100).await;
    let delivery = json!({"kind": "local", "zone": village.zone, "address": "RT 001/RW 002, dekat mushala"});
    let order = json!({
        "cooperative": village.cooperative, "lines": [{"product": product, "quantity": 40}], "delivery": delivery,
        "expected_total": 110_000,
    });
    let order = village.buyer.with_new_key().post("/v1/orders", order).await.expect(201);
    transition_part(&village, &order, &["accept", "ready", "hand_over"]).await;
    let sold = [(1201, 110_000), (2102, 90_000), (2103, 10_000), (4101, 100_000), (5101, 90_000)];
    assert_eq!(list_balances(&village).await, sold);
    let paid_on = |amount| json!({"kind": "delivery_paid", "amount": amount, "memo": "Ojek Contoh"});
    let refused = enter(&village, paid_on(10_001)).await.expect_problem(409, "more-than-held");
    assert_eq!(refused.json["held"], 10_000);
    enter(&village, paid_on(10_000)).await.expect(201);
    assert_eq!(list_balances(&village).await[0], (1101, -10_000), "cash may become negative");
}

#[actix_web::test]
async fn the_service_share_is_set_by_the_board_and_frozen_with_the_order() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(200).await;
    let before = village.place_order(product, 40).await;
    let own = format!("/v1/products/{product}/service_share");
    village.sari.put(&own, json!({"percent": 0})).await.expect_problem(404, "not-found");
    village.treasurer.put(&own, json!({"percent": 0})).await.expect_problem(403, "forbidden");
    village
        .board
        .put(&own, json!({"percent": 101}))
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/percent", "out-of-range");
    village.board.put(&own, json!({"percent": 5})).await.expect(200);
    let after = village.place_order(product, 40).await;
    let path = format!("/v1/cooperatives/{}", village.cooperative);
    let cooperative = village.board.get(&path).await.expect(200);
    assert_eq!(cooperative.json["service_percent"], 10);
    village.board.with_version_of(&cooperative).patch(&path, json!({"service_percent": 20})).await.expect(200);
    village.board.put(&own, json!({"percent": null})).await.expect(200);
    let last = village.place_order(product, 40).await;
    for order in [&before, &after, &last] {
        transition_part(&village, order, &["accept", "ready", "hand_over"]).await;
    }
    let owed = 90_000 + 95_000 + 80_000;
    let balances = list_balances(&village).await;
    assert!(balances.contains(&(2102, owed)) && balances.contains(&(4101, 300_000)), "{balances:?}");
}

#[actix_web::test]
async fn the_treasurer_makes_manual_entries() {
    let village = World::village().await;
    let group = village.sekar_laras;
    let opening = json!({"kind": "opening", "entered_on": "2026-11-01", "lines": [
        {"account": 1101, "debit": 1_500_000}, {"account": 1103, "debit": 3_000_000},
        {"account": 1301, "debit": 200_000, "group": group}, {"account": 2104, "credit": 500_000},
    ]});
    let opened = enter(&village, opening.clone()).await.expect(201);
    assert_eq!(opened.str("voucher"), "BKM-2026-11-0001");
    enter(&village, opening).await.expect_problem(409, "opening-exists");
    for body in [
        json!({"kind": "expense", "account": 5303, "amount": 20_000, "purse": "cash", "memo": "Bensin"}),
        json!({"kind": "income", "account": 3102, "amount": 1_000_000, "purse": "bank"}),
        json!({"kind": "moved", "purse": "bank", "to": "cash", "amount": 250_000, "fee": 2_500}),
        json!({"kind": "advance", "group": group, "amount": 61_000}),
        json!({"kind": "advance_repaid", "group": group, "amount": 261_000}),
        json!({"kind": "journal", "memo": "Penyusutan", "lines": [
            {"account": 5307, "debit": 10_000}, {"account": 1402, "credit": 10_000}]}),
    ] {
        enter(&village, body).await.expect(201);
    }
    let too_much = json!({"kind": "advance_repaid", "group": group, "amount": 1});
    enter(&village, too_much).await.expect_problem(409, "more-than-held");
    let expected = [
        (1101, 1_927_500),
        (1103, 3_750_000),
        (1402, -10_000),
        (2104, 500_000),
        (3101, 4_200_000),
        (3102, 1_000_000),
        (5303, 20_000),
        (5304, 2_500),
        (5307, 10_000),
    ];
    assert_eq!(list_balances(&village).await, expected);
    let then = village.treasurer.get(&ledger_path(&village, "accounts?on=2026-11-22")).await.expect(200);
    assert_eq!(then.json["data"][0]["balance"], 1_500_000, "past balances do not change");
    for (body, pointer, code) in [
        (json!({"kind": "expense", "amount": 20_000}), "/account", "missing"),
        (json!({"kind": "expense", "account": 4101, "amount": 20_000}), "/account", "account-not-by-hand"),
        (json!({"kind": "expense", "account": 5501, "amount": 20_000}), "/account", "not-there"),
        (json!({"kind": "expense", "account": 5303, "amount": 0}), "/amount", "missing"),
        (
            json!({"kind": "expense", "account": 5303, "amount": 5, "entered_on": "2026-11-24"}),
            "/entered_on",
            "day-in-future",
        ),
        (json!({"kind": "moved", "purse": "cash", "to": "cash", "amount": 5}), "/to", "same-purse"),
        (json!({"kind": "moved", "purse": "cash", "to": "bank", "amount": 5, "fee": 5}), "/fee", "fee-too-high"),
        (json!({"kind": "advance", "amount": 5, "group": village.foreign_group}), "/group", "not-there"),
        (
            json!({"kind": "journal", "lines": [{"account": 5303, "debit": 5}, {"account": 1101, "credit": 4}]}),
            "/lines",
            "unbalanced",
        ),
        (
            json!({"kind": "journal", "lines": [{"account": 5303, "debit": 5, "credit": 5}, {"account": 1101, "credit": 4}]}),
            "/lines/0/debit",
            "one-side",
        ),
    ] {
        enter(&village, body.clone()).await.expect_problem(422, "body-invalid").expect_field_error(pointer, code);
    }
    assert_eq!(list_balances(&village).await, expected, "rejected entries post nothing");
}

#[actix_web::test]
async fn a_manual_entry_is_reversed_once_and_both_entries_stay() {
    let village = World::village().await;
    let expense = json!({"kind": "expense", "account": 5303, "amount": 20_000, "memo": "Bensin"});
    let entry = enter(&village, expense).await.expect(201);
    let path = format!("/v1/ledger_entries/{}/reversal", entry.id());
    village.board.with_new_key().post(&path, json!({})).await.expect_problem(403, "forbidden");
    village.foreign_treasurer.with_new_key().post(&path, json!({})).await.expect_problem(404, "not-found");
    let (first, second) = futures_util::future::join(
        village.treasurer.with_new_key().post(&path, json!({"memo": "Salah akun"})),
        village.treasurer.with_new_key().post(&path, json!({"memo": "Salah akun"})),
    )
    .await;
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409], "one of two concurrent reversals succeeds");
    assert_eq!(list_balances(&village).await, []);
    let shown = village.board.get(&format!("/v1/ledger_entries/{}", entry.id())).await.expect(200);
    assert!(shown.json["reversed_by"].is_string(), "{}", shown.text());
    let (product, _) = village.create_pastel_in_stock(100).await;
    let order = village.place_order(product, 40).await;
    pay(&village, &village.sari, &order, json!({"method": "cash"})).await.expect(201);
    let page = village.treasurer.get(&ledger_path(&village, "entries?kind=payment")).await.expect(200);
    let payment = format!("/v1/ledger_entries/{}/reversal", page.json["data"][0]["id"].as_str().unwrap());
    village.treasurer.with_new_key().post(&payment, json!({})).await.expect_problem(409, "entry-not-by-hand");
}

#[actix_web::test]
async fn months_close_in_order_and_accept_no_more_entries() {
    let village = World::village().await;
    let expense = |on: &str| json!({"kind": "expense", "account": 5303, "amount": 1_000, "entered_on": on});
    enter(&village, expense("2026-09-15")).await.expect(201);
    let transition = async |month: &str, action: &str| {
        let path = ledger_path(&village, &format!("periods/{month}/transitions"));
        village.sign_in_again(&village.treasurer).await.with_new_key().post(&path, json!({"action": action})).await
    };
    transition("2026-11", "close").await.expect_problem(409, "period-step-invalid");
    transition("2026-08", "close").await.expect_problem(409, "period-step-invalid");
    transition("2026-9", "close").await.expect_problem(404, "not-found");
    transition("2026-09", "close").await.expect(200);
    transition("2026-09", "close").await.expect_problem(409, "period-step-invalid");
    enter(&village, expense("2026-10-15")).await.expect(201);
    let closed = enter(&village, expense("2026-09-30")).await.expect_problem(409, "period-closed");
    assert_eq!(closed.json["month"], "2026-09");
    enter(&village, expense("2026-08-30")).await.expect_problem(409, "period-closed");
    transition("2026-10", "close").await.expect(200);
    transition("2026-09", "reopen").await.expect_problem(409, "period-step-invalid");
    let list = transition("2026-10", "reopen").await.expect(200);
    assert_eq!(list.json["data"].as_array().unwrap().len(), 1);
    enter(&village, expense("2026-10-16")).await.expect(201);
    // Just after the end of the month, and an hour later.
    village.clock.advance(Duration::days(7) + Duration::hours(10));
    transition("2026-10", "close").await.expect(200);
    transition("2026-11", "close").await.expect_problem(409, "period-step-invalid");
    village.clock.advance(Duration::hours(1));
    transition("2026-11", "close").await.expect(200);
    let page = village.sign_in_again(&village.board).await.get(&ledger_path(&village, "entries")).await.expect(200);
    let vouchers: Vec<&str> =
        page.json["data"].as_array().unwrap().iter().map(|entry| entry["voucher"].as_str().unwrap()).collect();
    assert_eq!(vouchers, ["BKK-2026-10-0002", "BKK-2026-10-0001", "BKK-2026-09-0001"]);
}

#[actix_web::test]
async fn a_cooperative_keeps_accounts_of_its_own() {
    let village = World::village().await;
    let path = ledger_path(&village, "accounts");
    let own = |account: i32| json!({"account": account, "name": "Sewa lapak"});
    village
        .treasurer
        .post(&path, own(5303))
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/account", "account-not-own");
    village.board.post(&path, own(5501)).await.expect_problem(403, "forbidden");
    village.treasurer.post(&path, own(5501)).await.expect(201);
    village.treasurer.post(&path, own(5501)).await.expect_problem(409, "account-number-taken");
    let rent = enter(&village, json!({"kind": "expense", "account": 5501, "amount": 50_000})).await.expect(201);
    assert_eq!(rent.json["lines"][0]["name"], "Sewa lapak");
    assert_eq!(list_balances(&village).await, [(1101, -50_000), (5501, 50_000)]);
    let foreign = format!("/v1/cooperatives/{}/ledger/entries", village.foreign_cooperative);
    let body = json!({"kind": "expense", "account": 5501, "amount": 50_000});
    let refused = village.foreign_treasurer.with_new_key().post(&foreign, body).await;
    refused.expect_problem(422, "body-invalid").expect_field_error("/account", "not-there");
}

#[actix_web::test]
async fn sixty_four_who_enter_at_once_leave_no_gap_in_the_vouchers() {
    let village = World::village().await;
    let expense = json!({"kind": "expense", "account": 5303, "amount": 1_000});
    let all = (0..64).map(|_| enter(&village, expense.clone()));
    for reply in futures_util::future::join_all(all).await {
        reply.expect(201);
    }
    let mut numbers: Vec<String> = list_vouchers(&village).await.into_iter().map(|(voucher, _)| voucher).collect();
    numbers.sort_unstable();
    let expected: Vec<String> = (1..=64).map(|number| format!("BKK-2026-11-{number:04}")).collect();
    assert_eq!(numbers, expected);
}

#[actix_web::test]
async fn discards_are_the_groups_loss_unless_the_cooperative_bears_it() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let body = json!({"ready_on": "2026-11-23", "capacity": 50, "made": 50, "unit_cost": 1_500});
    let batch = village.sari.with_new_key().post(&format!("/v1/products/{product}/batches"), body).await.expect(201);
    let discards = format!("/v1/batches/{}/discards", batch.id());
    let discard = json!({"quantity": 10, "reason": "Basi"});
    village.sari.with_new_key().post(&discards, discard.clone()).await.expect(200);
    assert_eq!(list_balances(&village).await, []);
    let path = format!("/v1/cooperatives/{}", village.cooperative);
    let cooperative = village.board.get(&path).await.expect(200);
    village.board.with_version_of(&cooperative).patch(&path, json!({"bears_discards": true})).await.expect(200);
    village.sari.with_new_key().post(&discards, discard).await.expect(200);
    assert_eq!(list_balances(&village).await, [(2102, 15_000), (5103, 15_000)]);
}

#[actix_web::test]
async fn the_statements_show_income_assets_and_cash_movements() {
    let village = World::village().await;
    let opening = json!({"kind": "opening", "entered_on": "2025-12-31", "lines": [
        {"account": 1101, "debit": 1_000_000}, {"account": 2104, "credit": 300_000}]});
    enter(&village, opening).await.expect(201);
    let last_year = json!({"kind": "expense", "account": 5303, "amount": 10_000, "entered_on": "2025-12-31"});
    enter(&village, last_year).await.expect(201);
    let (product, _) = village.create_pastel_in_stock(100).await;
    let order = village.place_order(product, 40).await;
    transition_part(&village, &order, &["accept", "ready", "hand_over"]).await;
    pay(&village, &village.treasurer, &order, json!({"method": "cash", "amount": 60_000})).await.expect(201);
    let bill = json!({"kind": "expense", "account": 5305, "amount": 4_000, "memo": "Listrik"});
    enter(&village, bill).await.expect(201);
    let income = village.board.get(&ledger_path(&village, "income_statement")).await.expect(200);
    let figures = |names: &[&str]| names.iter().map(|name| income.json[*name].as_i64().unwrap()).collect::<Vec<_>>();
    assert_eq!(figures(&["net_sales", "service", "result"]), [100_000, 10_000, 6_000]);
    assert_eq!(
        income.json["expenses"],
        json!([{"account": 5305, "name": "Listrik, air, dan internet", "amount": 4_000}])
    );
    let sheet = village.supervisor.in_english().get(&ledger_path(&village, "balance_sheet")).await.expect(200);
    let assets = [("Cash", 1_046_000), ("Receivable from buyers", 40_000)];
    let seen: Vec<(&str, i64)> = sheet.json["assets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["name"].as_str().unwrap(), row["amount"].as_i64().unwrap()))
        .collect();
    assert_eq!(seen, assets);
    assert_eq!((&sheet.json["earlier_results"], &sheet.json["result"]), (&json!(-10_000), &json!(6_000)));
    assert_eq!((&sheet.json["total_assets"], &sheet.json["total_claims"]), (&json!(1_086_000), &json!(1_086_000)));
    let before = village.board.get(&ledger_path(&village, "balance_sheet?on=2025-12-31")).await.expect(200);
    assert_eq!((&before.json["total_assets"], &before.json["result"]), (&json!(990_000), &json!(-10_000)));
    let book = village.treasurer.get(&ledger_path(&village, "cash_book")).await.expect(200);
    let rows: Vec<(&str, i64, i64, i64)> = book.json["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let amount = |name: &str| row[name].as_i64().unwrap();
            (row["kind"].as_str().unwrap(), amount("came"), amount("went"), amount("balance"))
        })
        .collect();
    assert_eq!(book.json["opening"], 990_000);
    assert_eq!(rows, [("payment", 60_000, 0, 1_050_000), ("expense", 0, 4_000, 1_046_000)]);
    assert_eq!(
        (&book.json["came"], &book.json["went"], &book.json["closing"]),
        (&json!(60_000), &json!(4_000), &json!(1_046_000))
    );
    village.treasurer.get(&ledger_path(&village, "cash_book?month=2026-1")).await.expect_problem(400, "query-invalid");
    village.companion.get(&ledger_path(&village, "balance_sheet")).await.expect_problem(403, "forbidden");
}

#[actix_web::test]
async fn the_database_itself_lets_nobody_change_the_books() {
    let village = World::village().await;
    enter(&village, json!({"kind": "expense", "account": 5303, "amount": 1_000})).await.expect(201);
    let before = village.dump_rows();
    for statement in [
        "UPDATE ledger_postings SET amount = 2 * amount",
        "DELETE FROM ledger_postings",
        "UPDATE ledger_entries SET memo = 'lain'",
        "DELETE FROM ledger_entries",
    ] {
        let refused = village.database.try_execute(statement).expect_err(statement);
        assert!(refused.contains("never changed"), "{statement}: {refused}");
    }
    assert_eq!(village.dump_rows(), before);
}

#[actix_web::test]
async fn integrity_checks_find_violations() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(100).await;
    let order = village.place_order(product, 40).await;
    pay(&village, &village.sari, &order, json!({"method": "cash"})).await.expect(201);
    transition_part(&village, &order, &["accept", "ready", "hand_over"]).await;
    let path = format!("/v1/cooperatives/{}/integrity", village.cooperative);
    let sound = village.board.get(&path).await.expect(200);
    assert_eq!(sound.json["sound"], true, "{}", sound.text());
    village.sari.get(&path).await.expect_problem(404, "not-found");
    village.companion.get(&path).await.expect_problem(403, "forbidden");
    let number = order.str("number");
    for (wrong, right, check) in [
        (
            "UPDATE orders SET paid_total = paid_total + 1",
            "UPDATE orders SET paid_total = paid_total - 1",
            "payments_add_up",
        ),
        ("UPDATE payments SET amount = amount + 1", "UPDATE payments SET amount = amount - 1", "payments_posted"),
        ("UPDATE payments SET amount = amount + 1", "UPDATE payments SET amount = amount - 1", "cash_held_posted"),
        ("UPDATE sales SET amount = amount - 1", "UPDATE sales SET amount = amount + 1", "sales_match_orders"),
        ("UPDATE sales SET service = service - 1", "UPDATE sales SET service = service + 1", "sales_posted"),
        ("UPDATE orders SET delivered_total = 0", "UPDATE orders SET delivered_total = 100000", "orders_posted"),
        (
            "UPDATE ledger_counters SET last = last + 1",
            "UPDATE ledger_counters SET last = last - 1",
            "vouchers_complete",
        ),
    ] {
        village.database.try_execute(wrong).unwrap();
        let report = village.supervisor.get(&path).await.expect(200);
        assert_eq!(report.json["sound"], false, "{wrong}");
        let checks = report.json["checks"].as_array().unwrap();
        let finding = checks.iter().find(|check_result| check_result["name"] == check).unwrap();
        assert!(finding["wrong"].as_i64().unwrap() >= 1, "{wrong}: {}", report.text());
        if check.starts_with("payments") || check.starts_with("orders") {
            assert_eq!(finding["example"], json!(number), "{wrong}");
        }
        village.database.try_execute(right).unwrap();
    }
    assert_eq!(village.board.get(&path).await.expect(200).json["sound"], true);
}

#[actix_web::test]
async fn integrity_checks_find_violations_at_outlets_and_in_payouts() {
    let village = World::village().await;
    crate::consignment::create_counted_outlet(&village).await;
    crate::payouts::create_payout_and_receipt(&village).await;
    let path = format!("/v1/cooperatives/{}/integrity", village.cooperative);
    assert_eq!(village.board.get(&path).await.expect(200).json["sound"], true);
    for (wrong, right, check) in [
        (
            "UPDATE outlet_count_lines SET returned = returned + 1",
            "UPDATE outlet_count_lines SET returned = returned - 1",
            "consignments_add_up",
        ),
        (
            "UPDATE outlet_count_lines SET billed = billed - 1",
            "UPDATE outlet_count_lines SET billed = billed + 1",
            "consignments_add_up",
        ),
        (
            "UPDATE payout_items SET amount = amount - 1",
            "UPDATE payout_items SET amount = amount + 1",
            "payouts_add_up",
        ),
    ] {
        village.database.try_execute(wrong).unwrap();
        let report = village.supervisor.get(&path).await.expect(200);
        let checks = report.json["checks"].as_array().unwrap();
        let finding = checks.iter().find(|check_result| check_result["name"] == check).unwrap();
        assert!(finding["wrong"].as_i64().unwrap() >= 1, "{wrong}: {}", report.text());
        village.database.try_execute(right).unwrap();
    }
    assert_eq!(village.board.get(&path).await.expect(200).json["sound"], true);
}

/// An entry and all its postings are inserted in two statements.
#[actix_web::test]
async fn posting_adds_at_most_two_sql_statements_to_an_operation() {
    trap::watch();
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(100).await;
    trap::ledger_writes(&village.database);
    let order = village.place_order(product, 40).await;
    assert_eq!(trap::ledger_writes(&village.database), Vec::<String>::new(), "nothing is posted yet");
    pay(&village, &village.sari, &order, json!({"method": "cash", "amount": 40_000})).await.expect(201);
    assert_eq!(trap::ledger_writes(&village.database).len(), 2);
    for (action, statements) in [("accept", 0), ("ready", 0), ("hand_over", 2), ("undo", 2), ("hand_over", 2)] {
        transition_part(&village, &order, &[action]).await;
        assert_eq!(trap::ledger_writes(&village.database).len(), statements, "{action}");
    }
    crate::consignment::create_counted_outlet(&village).await;
    assert_eq!(trap::ledger_writes(&village.database).len(), 2, "a count of what an outlet has sold");
}
