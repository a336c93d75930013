//! Payables to groups, payouts, and the earnings of members: exact to the rupiah, and each sale paid once.

use futures_util::future::join_all;
use lumbung::kernel::Duration;
use lumbung::kernel::ids::{BatchId, MembershipId};
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Client, Reply, Village, World, diff_rows};

async fn post(client: &Client, path: &str, body: Value) -> Reply {
    client.with_new_key().post(path, body).await
}

fn payouts(village: &Village) -> String {
    format!("/v1/cooperatives/{}/payouts", village.cooperative)
}

async fn pay(village: &Village, more: Value) -> Reply {
    village.clock.advance(Duration::seconds(1));
    let mut body = json!({"group": village.sekar_laras, "from": "cash"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    post(&village.treasurer, &payouts(village), body).await
}

/// The buyer orders and receives pastel at 2,500 each.
async fn sell(village: &Village, product: lumbung::kernel::ids::ProductId, quantity: i64) -> Reply {
    let order = village.place_order(product, quantity).await;
    for action in ["accept", "ready", "hand_over"] {
        village.clock.advance(Duration::seconds(1));
        village.transition_fulfilment(&village.sari, &order, action).await.expect(200);
    }
    order
}

async fn record_work(village: &Village, batch: BatchId, member: MembershipId, kind: &str, amount: i64) {
    let path = format!("/v1/batches/{batch}/contributions");
    let body = json!({"membership": member, "kind": kind, "amount": amount});
    post(&village.sari, &path, body).await.expect(201);
}

async fn record_receipt(village: &Village, member: MembershipId, amount: i64) -> Reply {
    let path = format!("/v1/groups/{}/ingredient_receipts", village.sekar_laras);
    let body = json!({"membership": member, "what": "Terigu, wortel, minyak", "amount": amount});
    post(&village.sari, &path, body).await.expect(201)
}

/// The balance of Sekar Laras as the treasurer sees it: owed, advances, receipts.
async fn load_balance(village: &Village) -> (i64, i64, i64) {
    let path = format!("/v1/cooperatives/{}/payables", village.cooperative);
    let list = village.treasurer.get(&path).await.expect(200);
    let amount = |balance: &Value, name: &str| balance[name].as_i64().unwrap();
    let own = list.json["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|balance| balance["group"]["id"] == json!(village.sekar_laras))
        .cloned();
    own.map_or((0, 0, 0), |balance| {
        (amount(&balance, "owed"), amount(&balance, "advances"), amount(&balance, "receipts"))
    })
}

/// The month of the worked example: fifty pastel sold, made by three members, with a receipt of 61,000.
async fn create_month(village: &Village) -> Reply {
    let (product, batch) = village.create_pastel_in_stock(50).await;
    record_work(village, batch, village.sari_membership, "pieces", 20).await;
    record_work(village, batch, village.wati_membership, "pieces", 18).await;
    record_work(village, batch, village.mbah_contoh, "pieces", 12).await;
    record_work(village, batch, village.mbah_contoh, "hours", 99).await;
    record_receipt(village, village.wati_membership, 61_000).await;
    sell(village, product, 50).await
}

/// Creates a payout of a small sale and an open receipt, and returns their ids.
pub async fn create_payout_and_receipt(village: &Village) -> (String, String) {
    let (product, _) = village.create_pastel_in_stock(10).await;
    sell(village, product, 4).await;
    let payout = pay(village, json!({})).await.expect(201).id();
    sell(village, product, 4).await;
    (payout, record_receipt(village, village.wati_membership, 1_000_000).await.id())
}

#[actix_web::test]
async fn the_monthly_division_is_exact_to_the_rupiah_and_lists_its_sales() {
    let village = World::village().await;
    let order = create_month(&village).await;
    assert_eq!(load_balance(&village).await, (112_500, 0, 61_000));
    let payout = pay(&village, json!({"received_by": "Contoh Sari"})).await.expect(201);
    let figure = |name: &str| payout.json[name].as_i64().unwrap();
    assert_eq!(["earned", "advances", "paid"].map(figure), [112_500, 0, 112_500]);
    assert_eq!(["receipts", "fund", "shared", "unshared"].map(figure), [61_000, 5_150, 46_350, 0]);
    let mut shares: Vec<(i64, i64, i64)> = payout.json["shares"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| ["share", "receipts", "amount"].map(|name| it[name].as_i64().unwrap()).into())
        .collect();
    shares.sort_unstable();
    assert_eq!(shares, [(11_124, 0, 11_124), (16_686, 61_000, 77_686), (18_540, 0, 18_540)]);
    assert_eq!((payout.str("voucher"), &payout.json["items"]), ("BKK-2026-11-0001".into(), &json!(1)));
    let items = village.wati.get(&format!("/v1/payouts/{}/items", payout.id())).await.expect(200);
    let item = &items.json["data"][0];
    assert_eq!(
        (&item["order"], &item["kind"], &item["goods"], &item["service"], &item["amount"]),
        (&json!(order.id()), &json!("sale"), &json!(125_000), &json!(12_500), &json!(112_500)),
    );
    assert_eq!(load_balance(&village).await, (0, 0, 0));
    pay(&village, json!({})).await.expect_problem(409, "nothing-owed-to-group");
}

#[actix_web::test]
async fn a_dry_run_shows_the_payout_and_writes_nothing() {
    let village = World::village().await;
    create_month(&village).await;
    village.treasurer.get("/v1/me").await.expect(200);
    let before = village.dump_rows();
    let body = json!({"group": village.sekar_laras, "from": "bank"});
    let preview =
        post(&village.treasurer, &format!("{}?dry_run=true", payouts(&village)), body.clone()).await.expect(200);
    assert_eq!(diff_rows(&before, &village.dump_rows()), Vec::<String>::new());
    assert_eq!(
        (&preview.json["dry_run"], &preview.json["voucher"], &preview.json["actions"]),
        (&json!(true), &Value::Null, &json!([]))
    );
    village.treasurer.get(&format!("/v1/payouts/{}", preview.id())).await.expect_problem(404, "not-found");
    let paid = post(&village.treasurer, &payouts(&village), body).await.expect(201);
    for name in ["earned", "paid", "receipts", "fund", "shared", "unshared", "shares", "items", "until", "from"] {
        assert_eq!(preview.json[name], paid.json[name], "{name}");
    }
}

#[actix_web::test]
async fn one_of_concurrent_payouts_succeeds_and_no_sale_is_paid_twice() {
    let village = World::village().await;
    create_month(&village).await;
    let body = json!({"group": village.sekar_laras, "from": "cash"});
    let path = payouts(&village);
    let replies = join_all((0..6).map(|_| post(&village.treasurer, &path, body.clone()))).await;
    let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409]);
    let list = village.board.get(&path).await.expect(200);
    assert_eq!(list.json["data"].as_array().unwrap().len(), 1);
    // Later sales are in the next payout only.
    let (product, _) = village.create_pastel_in_stock(10).await;
    let later = sell(&village, product, 10).await;
    let next = pay(&village, json!({})).await.expect(201);
    let items = village.treasurer.get(&format!("/v1/payouts/{}/items", next.id())).await.expect(200);
    let orders: Vec<&Value> = items.json["data"].as_array().unwrap().iter().map(|item| &item["order"]).collect();
    assert_eq!(orders, [&json!(later.id())]);
    assert_eq!((&next.json["earned"], &next.json["unshared"]), (&json!(22_500), &json!(20_250)), "no work is recorded");
}

#[actix_web::test]
async fn returns_after_a_payout_are_carried_over_to_the_next_sales() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(100).await;
    let order = sell(&village, product, 20).await;
    pay(&village, json!({})).await.expect(201);
    village.clock.advance(Duration::seconds(1));
    village.transition_fulfilment(&village.sari, &order, "return").await.expect(200);
    assert_eq!(load_balance(&village).await, (-45_000, 0, 0));
    pay(&village, json!({})).await.expect_problem(409, "nothing-owed-to-group");
    sell(&village, product, 12).await;
    pay(&village, json!({})).await.expect_problem(409, "nothing-owed-to-group");
    sell(&village, product, 10).await;
    let payout = pay(&village, json!({})).await.expect(201);
    assert_eq!((&payout.json["earned"], &payout.json["items"]), (&json!(4_500), &json!(3)));
    let path = format!("/v1/payouts/{}/items", payout.id());
    let items = village.treasurer.get(&path).await.expect(200);
    let amounts: Vec<i64> =
        items.json["data"].as_array().unwrap().iter().map(|item| item["amount"].as_i64().unwrap()).collect();
    assert_eq!(amounts, [-45_000, 27_000, 22_500]);
}

#[actix_web::test]
async fn an_ingredient_advance_is_deducted_up_to_the_requested_amount() {
    let village = World::village().await;
    let entries = format!("/v1/cooperatives/{}/ledger/entries", village.cooperative);
    let advance = json!({"kind": "advance", "group": village.sekar_laras, "amount": 61_000});
    post(&village.treasurer, &entries, advance).await.expect(201);
    let (product, batch) = village.create_pastel_in_stock(100).await;
    record_work(&village, batch, village.sari_membership, "pieces", 50).await;
    sell(&village, product, 50).await;
    assert_eq!(load_balance(&village).await, (112_500, 61_000, 0));
    pay(&village, json!({"advances": 61_001})).await.expect_field_error("/advances", "out-of-range");
    let part = pay(&village, json!({"advances": 11_000})).await.expect(201);
    assert_eq!((&part.json["paid"], &part.json["advances"]), (&json!(101_500), &json!(11_000)));
    sell(&village, product, 10).await;
    // All earnings repay it, and no more than that is deducted.
    let rest = pay(&village, json!({})).await.expect(201);
    assert_eq!(
        (&rest.json["earned"], &rest.json["advances"], &rest.json["paid"]),
        (&json!(22_500), &json!(22_500), &json!(0))
    );
    assert_eq!(load_balance(&village).await, (0, 27_500, 0));
}

#[actix_web::test]
async fn a_reversed_payout_is_payable_again_with_receipts_and_work() {
    let village = World::village().await;
    create_month(&village).await;
    let payout = pay(&village, json!({})).await.expect(201);
    let transitions = format!("/v1/payouts/{}/transitions", payout.id());
    let reverse = json!({"action": "reverse", "reason": "Salah kelompok"});
    post(&village.board, &transitions, reverse.clone()).await.expect_problem(403, "forbidden");
    village.clock.advance(Duration::seconds(1));
    let reversed = post(&village.treasurer, &transitions, reverse.clone()).await.expect(200);
    assert_eq!((reversed.str("status"), reversed.str("reason")), ("reversed".into(), "Salah kelompok".into()));
    post(&village.treasurer, &transitions, reverse).await.expect_problem(409, "transition-invalid");
    assert_eq!(load_balance(&village).await, (112_500, 0, 61_000));
    let again = pay(&village, json!({})).await.expect(201);
    for name in ["earned", "receipts", "fund", "shared", "shares", "items"] {
        assert_eq!(again.json[name], payout.json[name], "{name}");
    }
    let items = village.treasurer.get(&format!("/v1/payouts/{}/items", payout.id())).await.expect(200);
    assert_eq!(items.json["data"].as_array().unwrap().len(), 1, "its items are still listed");
}

#[actix_web::test]
async fn a_group_divides_by_hours_and_sets_the_percentage_of_its_fund() {
    let village = World::village().await;
    let path = format!("/v1/groups/{}/earning_rule", village.sekar_laras);
    let rule = village.wati.get(&path).await.expect(200);
    assert_eq!(rule.json, json!({"basis": "pieces", "fund_percent": 10}));
    village.wati.put(&path, json!({"basis": "hours", "fund_percent": 0})).await.expect_problem(403, "forbidden");
    village
        .sari
        .put(&path, json!({"basis": "hours", "fund_percent": 101}))
        .await
        .expect_field_error("/fund_percent", "out-of-range");
    village.sari.put(&path, json!({"basis": "hours", "fund_percent": 0})).await.expect(200);
    create_month(&village).await;
    let payout = pay(&village, json!({})).await.expect(201);
    assert_eq!((&payout.json["fund"], &payout.json["shared"]), (&json!(0), &json!(51_500)));
    let shares = payout.json["shares"].as_array().unwrap();
    let share =
        |member: MembershipId| shares.iter().find(|it| it["membership"] == json!(member)).map(|it| &it["share"]);
    assert_eq!(share(village.mbah_contoh), Some(&json!(51_500)));
    assert_eq!(share(village.wati_membership), Some(&json!(0)), "her receipt is repaid");
    assert_eq!(share(village.sari_membership), None);
    // Work of the other kind is paid with its batch and does not count a second time.
    village.sari.put(&path, json!({"basis": "pieces", "fund_percent": 0})).await.expect(200);
    let (product, _) = village.create_pastel_in_stock(10).await;
    sell(&village, product, 10).await;
    assert_eq!(pay(&village, json!({})).await.expect(201).json["unshared"], json!(22_500));
}

#[actix_web::test]
async fn a_member_reads_their_work_and_earnings_with_an_explanation() {
    let village = World::village().await;
    create_month(&village).await;
    let path = format!("/v1/groups/{}/members/{}/earnings", village.sekar_laras, village.wati_membership);
    let open = village.wati.get(&path).await.expect(200);
    let first = &open.json["data"][0];
    assert_eq!((&first["payout"], &first["work"], &first["all_work"]), (&Value::Null, &json!(18), &json!(50)));
    let payout = pay(&village, json!({})).await.expect(201);
    let earnings = village.wati.get(&path).await.expect(200);
    let first = &earnings.json["data"][0];
    assert_eq!(
        (&first["payout"], &first["share"], &first["receipts"]),
        (&json!(payout.id()), &json!(16_686), &json!(61_000))
    );
    assert_eq!(first["why"], json!("18 buah dari 50 buah atas Rp46.350 yang dibagi: Rp16.686."));
    assert_eq!(first["batches"][0]["product"], json!("Pastel sayur"));
    assert_eq!(earnings.json["data"].as_array().unwrap().len(), 1);
    let page = village.wati.with("accept", "text/html").get(&path).await.expect(200).text();
    assert!(
        page.contains("Rp16.686") && page.contains("18 buah dari 50 buah") && page.contains("Pastel sayur"),
        "{page}"
    );
    let others = format!("/v1/groups/{}/members/{}/earnings", village.sekar_laras, village.sari_membership);
    village.wati.get(&others).await.expect_problem(403, "forbidden");
    village.sari.get(&path).await.expect(200);
    village.companion.get(&path).await.expect(200);
    village.agency.get(&path).await.expect_problem(403, "forbidden");
    village.darsih.get(&path).await.expect_problem(404, "not-found");
    village.buyer.get(&path).await.expect_problem(404, "not-found");
}

#[actix_web::test]
async fn the_receipt_of_a_payout_is_a_page_to_print_and_sign() {
    let village = World::village().await;
    create_month(&village).await;
    let payout = pay(&village, json!({"received_by": "<b>Contoh</b> Sari"})).await.expect(201);
    let path = format!("/v1/payouts/{}", payout.id());
    let page = village.sari.with("accept", "text/html").get(&path).await.expect(200).text();
    for part in
        ["BKK-2026-11-0001", "Rp112.500", "Rp61.000", "Kas kelompok (10 %)", "Rp5.150", "Rp18.540", "&lt;b&gt;Contoh"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("<b>"), "{page}");
    let english = village.sari.in_english().with("accept", "text/html").get(&path).await.expect(200).text();
    assert!(english.contains("Ingredients paid back") && english.contains("The group&#x27;s fund"), "{english}");
}

#[actix_web::test]
async fn a_receipt_waits_until_earnings_cover_it_and_can_be_voided_until_then() {
    let village = World::village().await;
    let large = record_receipt(&village, village.wati_membership, 80_000).await;
    let wrong = record_receipt(&village, village.mbah_contoh, 5_000).await;
    let transitions = |id: String| format!("/v1/ingredient_receipts/{id}/transitions");
    post(&village.wati, &transitions(wrong.id()), json!({"action": "void"})).await.expect_problem(403, "forbidden");
    let voided = post(&village.sari, &transitions(wrong.id()), json!({"action": "void"})).await.expect(200);
    assert_eq!(voided.str("status"), "void");
    let (product, _) = village.create_pastel_in_stock(100).await;
    sell(&village, product, 20).await;
    assert_eq!(pay(&village, json!({})).await.expect(201).json["receipts"], json!(0));
    assert_eq!(load_balance(&village).await, (0, 0, 80_000));
    sell(&village, product, 40).await;
    let payout = pay(&village, json!({})).await.expect(201);
    assert_eq!(payout.json["receipts"], json!(80_000));
    post(&village.sari, &transitions(large.id()), json!({"action": "void"}))
        .await
        .expect_problem(409, "transition-invalid");
    let path = format!("/v1/groups/{}/ingredient_receipts", village.sekar_laras);
    let list = village.sari.get(&format!("{path}?status=repaid")).await.expect(200);
    assert_eq!(list.json["data"][0]["payout"], json!(payout.id()));
    let stranger = json!({"membership": village.foreign_group, "what": "Gula", "amount": 1});
    post(&village.sari, &path, stranger).await.expect_field_error("/membership", "unknown");
    let later = json!({"membership": village.mbah_contoh, "what": "Gula", "amount": 1, "bought_on": "2026-11-24"});
    post(&village.sari, &path, later).await.expect_field_error("/bought_on", "not-yet");
}

#[actix_web::test]
async fn a_payout_settles_only_sales_until_its_day() {
    let mut village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(100).await;
    sell(&village, product, 10).await;
    village.clock.advance(Duration::days(1));
    village.buyer = village.sign_in_again(&village.buyer).await;
    village.sari = village.sign_in_again(&village.sari).await;
    village.treasurer = village.sign_in_again(&village.treasurer).await;
    sell(&village, product, 20).await;
    pay(&village, json!({"until": "2026-11-22"})).await.expect_problem(409, "nothing-owed-to-group");
    pay(&village, json!({"until": "2026-11-30"})).await.expect_field_error("/until", "not-yet");
    assert_eq!(pay(&village, json!({"until": "2026-11-23"})).await.expect(201).json["earned"], json!(22_500));
    assert_eq!(pay(&village, json!({})).await.expect(201).json["earned"], json!(45_000));
    let foreign = json!({"group": village.foreign_group});
    pay(&village, foreign).await.expect_field_error("/group", "unknown");
}

#[actix_web::test]
async fn items_and_earnings_are_paged() {
    let village = World::village().await;
    let (product, batch) = village.create_pastel_in_stock(100).await;
    for _ in 0..3 {
        sell(&village, product, 2).await;
    }
    let path = format!("/v1/groups/{}/payable_items?limit=2", village.sekar_laras);
    let first = village.sari.get(&path).await.expect(200);
    let next = village.sari.get(&format!("{path}&cursor={}", first.str("next"))).await.expect(200);
    assert_eq!((first.json["data"].as_array().unwrap().len(), next.json["data"].as_array().unwrap().len()), (2, 1));
    for _ in 0..2 {
        record_work(&village, batch, village.wati_membership, "pieces", 3).await;
        sell(&village, product, 2).await;
        pay(&village, json!({})).await.expect(201);
    }
    record_work(&village, batch, village.wati_membership, "pieces", 5).await;
    let mut path = format!("/v1/groups/{}/members/{}/earnings?limit=1", village.sekar_laras, village.wati_membership);
    let mut seen = Vec::new();
    loop {
        let page = village.wati.send(Method::GET, &path, None).await.expect(200);
        seen.extend(page.json["data"].as_array().unwrap().iter().map(|earning| earning["work"].as_i64().unwrap()));
        let Some(cursor) = page.json["next"].as_str() else { break };
        path = format!("{}&cursor={cursor}", path.split("&cursor").next().unwrap());
    }
    assert_eq!(seen, [5, 3, 3]);
}

#[actix_web::test]
async fn a_member_exports_their_earnings_and_receipts() {
    let village = World::village().await;
    let order = create_month(&village).await;
    pay(&village, json!({})).await.expect(201);
    let own = village.wati.get("/v1/me/export").await.expect(200);
    let earned = &own.json["earnings"]["earned"][0];
    assert_eq!(
        ["group", "share", "receipts", "status"].map(|name| earned[name].clone()),
        [json!("Sekar Laras"), json!(16_686), json!(61_000), json!("paid")],
    );
    let spent = &own.json["earnings"]["laid_out"][0];
    assert_eq!((&spent["amount"], &spent["status"]), (&json!(61_000), &json!("repaid")));
    let none = village.darsih.get("/v1/me/export").await.expect(200);
    assert_eq!(none.json["earnings"], json!({"earned": [], "laid_out": []}), "{}", order.id());
}
