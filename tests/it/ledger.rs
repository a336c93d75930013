//! The books: what happens is posted, what is posted balances, and nothing of it is ever changed.

use lumbung::kernel::Duration;
use serde_json::{Value, json};

use crate::world::{Client, Reply, Village, World, pastel, trap};

/// The whole path of a route of the books.
fn books(village: &Village, path: &str) -> String {
    format!("/v1/cooperatives/{}/ledger/{path}", village.cooperative)
}

/// Enters something by hand.
async fn enter(village: &Village, body: Value) -> Reply {
    village.clock.advance(Duration::seconds(1));
    village.treasurer.fresh_key().post(&books(village, "entries"), body).await
}

/// What stands in the accounts in which something stands, as people read it.
async fn balances(village: &Village) -> Vec<(i64, i64)> {
    let list = village.treasurer.get(&books(village, "accounts")).await.expect(200);
    let of = |account: &Value| (account["account"].as_i64().unwrap(), account["balance"].as_i64().unwrap());
    list.json["data"].as_array().unwrap().iter().map(of).filter(|(_, balance)| *balance != 0).collect()
}

async fn pay(village: &Village, client: &Client, order: &Reply, body: Value) -> Reply {
    village.clock.advance(Duration::seconds(1));
    client.fresh_key().post(&format!("/v1/orders/{}/payments", order.id()), body).await
}

async fn decide(village: &Village, payment: &Reply, action: &str) -> Reply {
    village.clock.advance(Duration::seconds(1));
    let path = format!("/v1/payments/{}/transitions", payment.id());
    village.treasurer.fresh_key().post(&path, json!({"action": action})).await
}

/// Sari hands all her cash in.
async fn hand_in(village: &Village) {
    village.clock.advance(Duration::seconds(1));
    let held = village.treasurer.get(&format!("/v1/cooperatives/{}/payments?held=true", village.cooperative)).await;
    let amount = |payment: &Value| payment["amount"].as_i64().unwrap();
    let held: i64 = held.expect(200).json["data"].as_array().unwrap().iter().map(amount).sum();
    let path = format!("/v1/cooperatives/{}/handovers", village.cooperative);
    let all = json!({"holder": village.sari.id, "counted": held});
    village.treasurer.fresh_key().post(&path, all).await.expect(201);
}

/// Lets Sekar Laras take these steps with its part of an order, a second apart.
async fn steps(village: &Village, order: &Reply, actions: &[&str]) {
    for action in actions {
        village.clock.advance(Duration::seconds(1));
        village.step(&village.sari, order, action).await.expect(200);
    }
}

/// The vouchers of a cooperative, the latest first, with the kind of their entries.
async fn vouchers(village: &Village) -> Vec<(String, String)> {
    let page = village.treasurer.get(&books(village, "entries?limit=100")).await.expect(200);
    let of = |entry: &Value| (entry["voucher"].as_str().unwrap().into(), entry["kind"].as_str().unwrap().into());
    page.json["data"].as_array().unwrap().iter().map(of).collect()
}

#[actix_web::test]
async fn an_order_is_posted_step_by_step_from_the_deposit_to_the_cash_in_the_treasurers_box() {
    let village = World::village().await;
    let (product, _) = village.pastel_on_the_shelf(100).await;
    let order = village.ordered(product, 50).await;
    let transfer =
        pay(&village, &village.buyer, &order, json!({"method": "transfer", "amount": 50_000})).await.expect(201);
    assert_eq!(balances(&village).await, [], "what is announced is not in the books");
    decide(&village, &transfer, "confirm").await.expect(200);
    let code = transfer.json["unique_code"].as_i64().unwrap();
    let there = (1103, 50_000 - code);
    let deposit = [there, (2101, 50_000), (5201, code)];
    assert_eq!(balances(&village).await, deposit, "a deposit is owed until the hand-over");
    steps(&village, &order, &["accept", "ready", "hand_over"]).await;
    let sold = [there, (1201, 75_000), (2102, 112_500), (4101, 125_000), (5101, 112_500), (5201, code)];
    assert_eq!(balances(&village).await, sold, "the group is owed nine tenths, the buyer owes the rest");
    pay(&village, &village.sari, &order, json!({"method": "cash"})).await.expect(201);
    let held = [(1102, 75_000), there, (2102, 112_500), (4101, 125_000), (5101, 112_500), (5201, code)];
    assert_eq!(balances(&village).await, held);
    hand_in(&village).await;
    let in_the_box = [(1101, 75_000), there, (2102, 112_500), (4101, 125_000), (5101, 112_500), (5201, code)];
    assert_eq!(balances(&village).await, in_the_box);
    let expected = [
        ("BM-2026-11-0002", "hand_in"),
        ("BKM-2026-11-0002", "payment"),
        ("BM-2026-11-0001", "sale"),
        ("BKM-2026-11-0001", "payment"),
    ];
    assert_eq!(vouchers(&village).await, expected.map(|(voucher, kind)| (voucher.into(), kind.into())));
    let trial = village.supervisor.get(&books(&village, "trial_balance")).await.expect(200);
    assert_eq!((&trial.json["debit"], &trial.json["difference"]), (&json!(237_500), &json!(0)));
}

#[actix_web::test]
async fn goods_that_come_back_and_money_that_goes_back_leave_only_the_return() {
    let village = World::village().await;
    let (product, _) = village.pastel_on_the_shelf(100).await;
    let order = village.ordered(product, 40).await;
    let cash = pay(&village, &village.sari, &order, json!({"method": "cash"})).await.expect(201);
    steps(&village, &order, &["accept", "ready", "hand_over"]).await;
    hand_in(&village).await;
    steps(&village, &order, &["return"]).await;
    assert_eq!(balances(&village).await, [(1101, 100_000), (2101, 100_000), (4101, 100_000), (4103, -100_000)]);
    let refund = json!({"method": "cash", "purpose": "refund", "refunds": cash.id()});
    pay(&village, &village.treasurer, &order, refund).await.expect(201);
    assert_eq!(balances(&village).await, [(4101, 100_000), (4103, -100_000)]);
    assert_eq!(vouchers(&village).await[0], ("BKK-2026-11-0001".into(), "refund".into()));
}

#[actix_web::test]
async fn a_hand_over_by_mistake_is_taken_back_by_an_entry_that_names_it() {
    let village = World::village().await;
    let (product, _) = village.pastel_on_the_shelf(100).await;
    let order = village.ordered(product, 40).await;
    steps(&village, &order, &["accept", "ready", "hand_over"]).await;
    pay(&village, &village.sari, &order, json!({"method": "cash"})).await.expect(201);
    steps(&village, &order, &["undo"]).await;
    assert_eq!(balances(&village).await, [(1102, 100_000), (2101, 100_000)], "what was paid is a deposit again");
    let page = village.treasurer.get(&books(&village, "entries?limit=100")).await.expect(200);
    let entries = page.json["data"].as_array().unwrap();
    let (undone, sale) = (&entries[0], &entries[2]);
    assert_eq!((undone["kind"].as_str(), sale["kind"].as_str()), (Some("sale_undone"), Some("sale")));
    assert_eq!((&undone["reverses"], &sale["reversed_by"]), (&sale["id"], &undone["id"]));
    steps(&village, &order, &["hand_over", "undo"]).await;
}

#[actix_web::test]
async fn a_fee_for_the_way_passes_through_and_is_paid_on() {
    let village = World::village().await;
    let (product, _) = village.pastel_on_the_shelf(100).await;
    let delivery = json!({"kind": "local", "zone": village.zone, "address": "RT 001/RW 002, dekat mushala"});
    let order = json!({
        "cooperative": village.cooperative, "lines": [{"product": product, "quantity": 40}], "delivery": delivery,
        "expected_total": 110_000,
    });
    let order = village.buyer.fresh_key().post("/v1/orders", order).await.expect(201);
    steps(&village, &order, &["accept", "ready", "hand_over"]).await;
    let sold = [(1201, 110_000), (2102, 90_000), (2103, 10_000), (4101, 100_000), (5101, 90_000)];
    assert_eq!(balances(&village).await, sold);
    let paid_on = |amount| json!({"kind": "delivery_paid", "amount": amount, "memo": "Ojek Contoh"});
    let refused = enter(&village, paid_on(10_001)).await.problem(409, "more-than-held");
    assert_eq!(refused.json["held"], 10_000);
    enter(&village, paid_on(10_000)).await.expect(201);
    assert_eq!(
        balances(&village).await[0],
        (1101, -10_000),
        "the books say it plainly when more is spent than was there"
    );
}

#[actix_web::test]
async fn what_the_cooperative_keeps_is_the_boards_to_say_and_frozen_with_the_order() {
    let village = World::village().await;
    let (product, _) = village.pastel_on_the_shelf(200).await;
    let before = village.ordered(product, 40).await;
    let own = format!("/v1/products/{product}/service_share");
    village.sari.put(&own, json!({"percent": 0})).await.problem(404, "not-found");
    village.treasurer.put(&own, json!({"percent": 0})).await.problem(403, "forbidden");
    village
        .board
        .put(&own, json!({"percent": 101}))
        .await
        .problem(422, "body-invalid")
        .fault("/percent", "out-of-range");
    village.board.put(&own, json!({"percent": 5})).await.expect(200);
    let after = village.ordered(product, 40).await;
    let path = format!("/v1/cooperatives/{}", village.cooperative);
    let cooperative = village.board.get(&path).await.expect(200);
    assert_eq!(cooperative.json["service_percent"], 10);
    village.board.editing(&cooperative).patch(&path, json!({"service_percent": 20})).await.expect(200);
    village.board.put(&own, json!({"percent": null})).await.expect(200);
    let last = village.ordered(product, 40).await;
    for order in [&before, &after, &last] {
        steps(&village, order, &["accept", "ready", "hand_over"]).await;
    }
    let owed = 90_000 + 95_000 + 80_000;
    let balances = balances(&village).await;
    assert!(balances.contains(&(2102, owed)) && balances.contains(&(4101, 300_000)), "{balances:?}");
}

#[actix_web::test]
async fn the_treasurer_enters_what_no_order_tells_of() {
    let village = World::village().await;
    let group = village.sekar_laras;
    let opening = json!({"kind": "opening", "entered_on": "2026-11-01", "lines": [
        {"account": 1101, "debit": 1_500_000}, {"account": 1103, "debit": 3_000_000},
        {"account": 1301, "debit": 200_000, "group": group}, {"account": 2104, "credit": 500_000},
    ]});
    let opened = enter(&village, opening.clone()).await.expect(201);
    assert_eq!(opened.str("voucher"), "BKM-2026-11-0001");
    enter(&village, opening).await.problem(409, "opening-exists");
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
    enter(&village, too_much).await.problem(409, "more-than-held");
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
    assert_eq!(balances(&village).await, expected);
    let then = village.treasurer.get(&books(&village, "accounts?on=2026-11-22")).await.expect(200);
    assert_eq!(then.json["data"][0]["balance"], 1_500_000, "a balance of a day that is over stays what it was");
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
        enter(&village, body.clone()).await.problem(422, "body-invalid").fault(pointer, code);
    }
    assert_eq!(balances(&village).await, expected, "what was refused left nothing");
}

#[actix_web::test]
async fn what_was_entered_by_hand_is_reversed_once_and_both_entries_stay() {
    let village = World::village().await;
    let expense = json!({"kind": "expense", "account": 5303, "amount": 20_000, "memo": "Bensin"});
    let wrong = enter(&village, expense).await.expect(201);
    let path = format!("/v1/ledger_entries/{}/reversal", wrong.id());
    village.board.fresh_key().post(&path, json!({})).await.problem(403, "forbidden");
    village.foreign_treasurer.fresh_key().post(&path, json!({})).await.problem(404, "not-found");
    let (one, other) = futures_util::future::join(
        village.treasurer.fresh_key().post(&path, json!({"memo": "Salah akun"})),
        village.treasurer.fresh_key().post(&path, json!({"memo": "Salah akun"})),
    )
    .await;
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409], "of two who reverse it at once one does");
    assert_eq!(balances(&village).await, []);
    let shown = village.board.get(&format!("/v1/ledger_entries/{}", wrong.id())).await.expect(200);
    assert!(shown.json["reversed_by"].is_string(), "{}", shown.text());
    let (product, _) = village.pastel_on_the_shelf(100).await;
    let order = village.ordered(product, 40).await;
    pay(&village, &village.sari, &order, json!({"method": "cash"})).await.expect(201);
    let page = village.treasurer.get(&books(&village, "entries?kind=payment")).await.expect(200);
    let payment = format!("/v1/ledger_entries/{}/reversal", page.json["data"][0]["id"].as_str().unwrap());
    village.treasurer.fresh_key().post(&payment, json!({})).await.problem(409, "entry-not-by-hand");
}

#[actix_web::test]
async fn months_close_one_after_the_other_and_take_nothing_any_more() {
    let village = World::village().await;
    let expense = |on: &str| json!({"kind": "expense", "account": 5303, "amount": 1_000, "entered_on": on});
    enter(&village, expense("2026-09-15")).await.expect(201);
    let step = async |month: &str, action: &str| {
        let path = books(&village, &format!("periods/{month}/transitions"));
        village.again(&village.treasurer).await.fresh_key().post(&path, json!({"action": action})).await
    };
    step("2026-11", "close").await.problem(409, "period-step-invalid");
    step("2026-08", "close").await.problem(409, "period-step-invalid");
    step("2026-9", "close").await.problem(404, "not-found");
    step("2026-09", "close").await.expect(200);
    step("2026-09", "close").await.problem(409, "period-step-invalid");
    enter(&village, expense("2026-10-15")).await.expect(201);
    let closed = enter(&village, expense("2026-09-30")).await.problem(409, "period-closed");
    assert_eq!(closed.json["month"], "2026-09");
    enter(&village, expense("2026-08-30")).await.problem(409, "period-closed");
    step("2026-10", "close").await.expect(200);
    step("2026-09", "reopen").await.problem(409, "period-step-invalid");
    let list = step("2026-10", "reopen").await.expect(200);
    assert_eq!(list.json["data"].as_array().unwrap().len(), 1);
    enter(&village, expense("2026-10-16")).await.expect(201);
    // The last instant of a month, and an hour into the next.
    village.clock.advance(Duration::days(7) + Duration::hours(10));
    step("2026-10", "close").await.expect(200);
    step("2026-11", "close").await.problem(409, "period-step-invalid");
    village.clock.advance(Duration::hours(1));
    step("2026-11", "close").await.expect(200);
    let page = village.again(&village.board).await.get(&books(&village, "entries")).await.expect(200);
    let vouchers: Vec<&str> =
        page.json["data"].as_array().unwrap().iter().map(|entry| entry["voucher"].as_str().unwrap()).collect();
    assert_eq!(vouchers, ["BKK-2026-10-0002", "BKK-2026-10-0001", "BKK-2026-09-0001"]);
}

#[actix_web::test]
async fn a_cooperative_keeps_accounts_of_its_own() {
    let village = World::village().await;
    let path = books(&village, "accounts");
    let own = |account: i32| json!({"account": account, "name": "Sewa lapak"});
    village.treasurer.post(&path, own(5303)).await.problem(422, "body-invalid").fault("/account", "account-not-own");
    village.board.post(&path, own(5501)).await.problem(403, "forbidden");
    village.treasurer.post(&path, own(5501)).await.expect(201);
    village.treasurer.post(&path, own(5501)).await.problem(409, "account-number-taken");
    let rent = enter(&village, json!({"kind": "expense", "account": 5501, "amount": 50_000})).await.expect(201);
    assert_eq!(rent.json["lines"][0]["name"], "Sewa lapak");
    assert_eq!(balances(&village).await, [(1101, -50_000), (5501, 50_000)]);
    let foreign = format!("/v1/cooperatives/{}/ledger/entries", village.foreign_cooperative);
    let body = json!({"kind": "expense", "account": 5501, "amount": 50_000});
    let refused = village.foreign_treasurer.fresh_key().post(&foreign, body).await;
    refused.problem(422, "body-invalid").fault("/account", "not-there");
}

#[actix_web::test]
async fn sixty_four_who_enter_at_once_leave_no_gap_in_the_vouchers() {
    let village = World::village().await;
    let expense = json!({"kind": "expense", "account": 5303, "amount": 1_000});
    let all = (0..64).map(|_| enter(&village, expense.clone()));
    for reply in futures_util::future::join_all(all).await {
        reply.expect(201);
    }
    let mut numbers: Vec<String> = vouchers(&village).await.into_iter().map(|(voucher, _)| voucher).collect();
    numbers.sort_unstable();
    let expected: Vec<String> = (1..=64).map(|number| format!("BKK-2026-11-{number:04}")).collect();
    assert_eq!(numbers, expected);
}

#[actix_web::test]
async fn what_is_thrown_away_is_the_groups_loss_unless_the_cooperative_bears_it() {
    let village = World::village().await;
    let product = village.lists(pastel()).await;
    let shelf = json!({"ready_on": "2026-11-23", "capacity": 50, "made": 50, "unit_cost": 1_500});
    let batch = village.sari.fresh_key().post(&format!("/v1/products/{product}/batches"), shelf).await.expect(201);
    let discards = format!("/v1/batches/{}/discards", batch.id());
    let rotten = json!({"quantity": 10, "reason": "Basi"});
    village.sari.fresh_key().post(&discards, rotten.clone()).await.expect(200);
    assert_eq!(balances(&village).await, []);
    let path = format!("/v1/cooperatives/{}", village.cooperative);
    let cooperative = village.board.get(&path).await.expect(200);
    village.board.editing(&cooperative).patch(&path, json!({"bears_discards": true})).await.expect(200);
    village.sari.fresh_key().post(&discards, rotten).await.expect(200);
    assert_eq!(balances(&village).await, [(2102, 15_000), (5103, 15_000)]);
}

#[actix_web::test]
async fn the_statements_say_what_was_earned_what_there_is_and_where_the_cash_went() {
    let village = World::village().await;
    let opening = json!({"kind": "opening", "entered_on": "2025-12-31", "lines": [
        {"account": 1101, "debit": 1_000_000}, {"account": 2104, "credit": 300_000}]});
    enter(&village, opening).await.expect(201);
    let last_year = json!({"kind": "expense", "account": 5303, "amount": 10_000, "entered_on": "2025-12-31"});
    enter(&village, last_year).await.expect(201);
    let (product, _) = village.pastel_on_the_shelf(100).await;
    let order = village.ordered(product, 40).await;
    steps(&village, &order, &["accept", "ready", "hand_over"]).await;
    pay(&village, &village.treasurer, &order, json!({"method": "cash", "amount": 60_000})).await.expect(201);
    let bill = json!({"kind": "expense", "account": 5305, "amount": 4_000, "memo": "Listrik"});
    enter(&village, bill).await.expect(201);
    let income = village.board.get(&books(&village, "income_statement")).await.expect(200);
    let figures = |names: &[&str]| names.iter().map(|name| income.json[*name].as_i64().unwrap()).collect::<Vec<_>>();
    assert_eq!(figures(&["net_sales", "service", "result"]), [100_000, 10_000, 6_000]);
    assert_eq!(
        income.json["expenses"],
        json!([{"account": 5305, "name": "Listrik, air, dan internet", "amount": 4_000}])
    );
    let sheet = village.supervisor.in_english().get(&books(&village, "balance_sheet")).await.expect(200);
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
    let before = village.board.get(&books(&village, "balance_sheet?on=2025-12-31")).await.expect(200);
    assert_eq!((&before.json["total_assets"], &before.json["result"]), (&json!(990_000), &json!(-10_000)));
    let book = village.treasurer.get(&books(&village, "cash_book")).await.expect(200);
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
    village.treasurer.get(&books(&village, "cash_book?month=2026-1")).await.problem(400, "query-invalid");
    village.companion.get(&books(&village, "balance_sheet")).await.problem(403, "forbidden");
}

#[actix_web::test]
async fn the_database_itself_lets_nobody_change_the_books() {
    let village = World::village().await;
    enter(&village, json!({"kind": "expense", "account": 5303, "amount": 1_000})).await.expect(201);
    let before = village.everything();
    for statement in [
        "UPDATE ledger_postings SET amount = 2 * amount",
        "DELETE FROM ledger_postings",
        "UPDATE ledger_entries SET memo = 'lain'",
        "DELETE FROM ledger_entries",
    ] {
        let refused = village.database.try_execute(statement).expect_err(statement);
        assert!(refused.contains("never changed"), "{statement}: {refused}");
    }
    assert_eq!(village.everything(), before);
}

#[actix_web::test]
async fn proofs_find_what_does_not_agree() {
    let village = World::village().await;
    let (product, _) = village.pastel_on_the_shelf(100).await;
    let order = village.ordered(product, 40).await;
    pay(&village, &village.sari, &order, json!({"method": "cash"})).await.expect(201);
    steps(&village, &order, &["accept", "ready", "hand_over"]).await;
    let path = format!("/v1/cooperatives/{}/integrity", village.cooperative);
    let sound = village.board.get(&path).await.expect(200);
    assert_eq!(sound.json["sound"], true, "{}", sound.text());
    village.sari.get(&path).await.problem(404, "not-found");
    village.companion.get(&path).await.problem(403, "forbidden");
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
        let found = village.supervisor.get(&path).await.expect(200);
        assert_eq!(found.json["sound"], false, "{wrong}");
        let checks = found.json["checks"].as_array().unwrap();
        let finding = checks.iter().find(|it| it["name"] == check).unwrap();
        assert!(finding["wrong"].as_i64().unwrap() >= 1, "{wrong}: {}", found.text());
        if check.starts_with("payments") || check.starts_with("orders") {
            assert_eq!(finding["example"], json!(number), "{wrong}");
        }
        village.database.try_execute(right).unwrap();
    }
    assert_eq!(village.board.get(&path).await.expect(200).json["sound"], true);
}

#[actix_web::test]
async fn proofs_find_what_does_not_agree_at_outlets_and_in_payouts() {
    let village = World::village().await;
    crate::consignment::counted(&village).await;
    crate::payouts::paid_and_laid_out(&village).await;
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
        let found = village.supervisor.get(&path).await.expect(200);
        let checks = found.json["checks"].as_array().unwrap();
        let finding = checks.iter().find(|it| it["name"] == check).unwrap();
        assert!(finding["wrong"].as_i64().unwrap() >= 1, "{wrong}: {}", found.text());
        village.database.try_execute(right).unwrap();
    }
    assert_eq!(village.board.get(&path).await.expect(200).json["sound"], true);
}

/// An entry and all its postings: two statements, whatever it is.
#[actix_web::test]
async fn the_books_add_two_statements_at_most_to_what_happens_to_an_order() {
    trap::watch();
    let village = World::village().await;
    let (product, _) = village.pastel_on_the_shelf(100).await;
    trap::written_into_books(&village.database);
    let order = village.ordered(product, 40).await;
    assert_eq!(trap::written_into_books(&village.database), Vec::<String>::new(), "nothing has moved yet");
    pay(&village, &village.sari, &order, json!({"method": "cash", "amount": 40_000})).await.expect(201);
    assert_eq!(trap::written_into_books(&village.database).len(), 2);
    for (action, statements) in [("accept", 0), ("ready", 0), ("hand_over", 2), ("undo", 2), ("hand_over", 2)] {
        steps(&village, &order, &[action]).await;
        assert_eq!(trap::written_into_books(&village.database).len(), statements, "{action}");
    }
    crate::consignment::counted(&village).await;
    assert_eq!(trap::written_into_books(&village.database).len(), 2, "a count of what an outlet has sold");
}
