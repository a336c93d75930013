//! The stability report: a worked example, and access to it.

use lumbung::kernel::{Duration, Quantity};
use lumbung::supply::Opening;
use serde_json::{Value, json};

use crate::market_days::advance_to;
use crate::world::{Person, Reply, Village, World, pastel};

async fn report(village: &Village, more: &str) -> Value {
    let path = format!("/v1/groups/{}/stability?from=2026-11-23&to=2026-12-13{more}", village.sekar_laras);
    village.sari.get(&path).await.expect(200).json
}

async fn create_standing_order(
    village: &Village,
    person: &Person,
    product: impl serde::Serialize,
    (wanted, at_least): (i64, i64),
) {
    let body = json!({
        "cooperative": village.cooperative, "weekdays": ["friday"],
        "lines": [{"product": product, "quantity": wanted, "at_least": at_least}],
    });
    person.with_new_key().post("/v1/standing_orders", body).await.expect(201);
    village.work().await;
}

async fn transition_all(village: &Village, order: &Reply, actions: &[&str]) {
    for action in actions {
        village.transition_fulfilment(&village.sari, order, action).await.expect(200);
    }
}

#[actix_web::test]
async fn the_report_of_a_group_in_a_worked_example() {
    let mut village = World::village().await;
    let daily = village.publish_product(pastel()).await;
    let (shelved, shelf) = village.create_pastel_in_stock(40).await;
    // Monday: ten over the counter, from the shelf.
    let sale = json!({"lines": [{"product": shelved, "quantity": 10}], "expected_total": 25_000});
    let sales = format!("/v1/groups/{}/sales", village.sekar_laras);
    village.sari.with_new_key().post(&sales, sale).await.expect(201);
    // Five more are discarded; a piece cost Rp1.500 to make.
    let batch = village.sari.get(&format!("/v1/batches/{shelf}")).await.expect(200);
    village
        .sari
        .with_version_of(&batch)
        .patch(&format!("/v1/batches/{shelf}"), json!({"unit_cost": 1500}))
        .await
        .expect(200);
    let discard = json!({"quantity": 5, "reason": "gosong"});
    village.sari.with_new_key().post(&format!("/v1/batches/{shelf}/discards"), discard).await.expect(200);
    // Thirty are ordered for Wednesday and made to order.
    let mut wednesday = village.order_body(daily, 30, 75_000);
    wednesday["lines"][0]["ready_on"] = json!("2026-11-25");
    let ordered = village.buyer.with_new_key().post("/v1/orders", wednesday).await.expect(201);
    let made = ordered.json["fulfilments"][0]["lines"][0]["claims"][0]["batch"].as_str().unwrap().to_owned();
    create_standing_order(&village, &village.buyer, daily, (20, 20)).await;
    village.clock.advance(Duration::minutes(1));
    create_standing_order(&village, &village.other_buyer, daily, (60, 30)).await;
    advance_to(&mut village, "2026-11-25T01:00:00Z").await;
    village.sari.with_new_key().post(&format!("/v1/batches/{made}/production"), json!({"made": 40})).await.expect(200);
    transition_all(&village, &ordered, &["accept", "hand_over"]).await;
    // Four of the ten that were made in excess are ordered from stock.
    let rest = json!({
        "cooperative": village.cooperative, "lines": [{"product": daily, "quantity": 4, "batch": made}],
        "expected_total": 10_000,
    });
    let late = village.buyer.with_new_key().post("/v1/orders", rest).await.expect(201);
    transition_all(&village, &late, &["accept", "hand_over"]).await;
    // The next week twenty are sold from the shelf, and a hundred are ordered for a day with a capacity of sixty.
    advance_to(&mut village, "2026-12-01T01:00:00Z").await;
    let sale = json!({"lines": [{"product": shelved, "quantity": 20}], "expected_total": 50_000});
    village.sari.with_new_key().post(&sales, sale).await.expect(201);
    let mut too_many = village.order_body(daily, 100, 250_000);
    too_many["lines"][0]["ready_on"] = json!("2026-12-03");
    village.buyer.with_new_key().post("/v1/orders", too_many).await.expect_problem(409, "sold-out");
    let anonymous = json!({
        "cooperative": village.cooperative, "lines": [{"product": daily, "quantity": 70, "ready_on": "2026-12-03"}],
    });
    village.guest().post("/v1/quotes", anonymous).await.expect(200);
    village.work().await;

    let report_json = report(&village, "&since=2026-11-30").await;
    assert_eq!(report_json["sold"], json!({"amount": 160_000, "committed": 75_000, "committed_share": 4_687}));
    assert_eq!([&report_json["since"], &report_json["since_by"]], ["2026-11-30", "asked"]);
    let before = &report_json["before"];
    assert_eq!([&before["weeks"], &before["sold"]["amount"], &before["sold"]["committed_share"]], [1, 110_000, 6_818]);
    assert_eq!([&before["weekly_demand"], &before["variation"]], [&Value::Null; 2], "one week has no dispersion");
    // Sales of 50,000 and unmet demand of 250,000, then nothing: 300,000 and 0.
    let after = &report_json["after"];
    assert_eq!([&after["weeks"], &after["sold"]["amount"], &after["sold"]["committed_share"]], [2, 50_000, 0]);
    assert_eq!([&after["weekly_demand"], &after["deviation"], &after["variation"]], [150_000, 212_132, 14_142]);
    let refused = report_json["refused"].as_array().unwrap();
    let refused: Vec<Value> = refused
        .iter()
        .map(|row| json!([row["product"], row["reason"], row["quantity"], row["wishes"], row["anonymous"]]))
        .collect();
    assert_eq!(refused, [json!([daily, "sold_out", 100, 1, 70])]);
    let discarded = &report_json["discarded"][0];
    assert_eq!(
        [&discarded["product"], &discarded["quantity"], &discarded["made"], &discarded["cost"]],
        [&json!(shelved), &json!(5), &json!(40), &json!(7_500)]
    );
    assert_eq!(report_json["discarded"].as_array().unwrap().len(), 1);
    // Each Friday the older standing order gets its twenty, and the younger forty of sixty.
    let standing = &report_json["standing_orders"];
    let fridays = standing["placed"].as_u64().unwrap();
    assert!(fridays >= 4, "{standing}");
    assert_eq!([&standing["lines"], &standing["filled"]], [fridays, fridays / 2]);
    assert_eq!([&standing["fill_rate"], &standing["refused"]], [8_333, 0]);
    assert_eq!(standing["reasons"], json!([{"reason": "short", "lines": fridays / 2}]));

    // Weeks before the first sale do not count.
    let path = format!("/v1/groups/{}/stability?from=2025-11-24&to=2026-12-13&since=2026-11-30", village.sekar_laras);
    assert_eq!(village.sari.get(&path).await.expect(200).json["before"], report_json["before"]);

    // By default it begins with the first standing order; the cooperative's figures are those of its groups.
    let default = report(&village, "").await;
    assert_eq!([&default["since"], &default["since_by"]], ["2026-11-23", "standing_order"]);
    assert_eq!([&default["before"]["weeks"], &default["after"]["weeks"]], [0, 3]);
    let path = format!("/v1/cooperatives/{}/stability?from=2026-11-23&to=2026-12-13", village.cooperative);
    let whole = village.sign_in_again(&village.treasurer).await.get(&path).await.expect(200).json;
    for part in ["sold", "after", "refused", "discarded", "standing_orders"] {
        assert_eq!(whole[part], default[part], "{part}");
    }
}

#[actix_web::test]
async fn returns_are_netted_out_of_committed_sales_too() {
    let village = World::village().await;
    let (shelved, _) = village.create_pastel_in_stock(40).await;
    let order = village.place_order(shelved, 8).await;
    transition_all(&village, &order, &["accept", "hand_over"]).await;
    let part = order.json["fulfilments"][0]["id"].as_str().unwrap();
    let back = json!({"action": "return", "goods": "shelf", "reason": "Salah pesan"});
    village.sari.with_new_key().post(&format!("/v1/fulfilments/{part}/transitions"), back).await.expect(200);
    let report_json = report(&village, "").await;
    assert_eq!(report_json["sold"], json!({"amount": 0, "committed": 0, "committed_share": null}));
    assert_eq!([&report_json["since"], &report_json["after"]], [&Value::Null; 2], "nothing has begun yet");
    village.work().await;
}

#[actix_web::test]
async fn the_report_is_a_table_too_and_no_name_is_a_formula() {
    let village = World::village().await;
    let product = village.create_product(village.sari_permit(), "=HYPERLINK(1)", |_| {}).await;
    let opening = Opening { made: Some(Quantity::from_units(9)), ..Opening::default() };
    let shelf = village.open_group_batch(village.sari_permit(), product, opening).await;
    let discard = json!({"quantity": 2, "reason": "jatuh"});
    village.sari.with_new_key().post(&format!("/v1/batches/{shelf}/discards"), discard).await.expect(200);
    let path = format!("/v1/groups/{}/stability", village.sekar_laras);
    let table = village.sari.with("accept", "text/csv").get(&path).await.expect(200);
    assert_eq!(table.header("content-type"), Some("text/csv; charset=utf-8"));
    let text = table.text();
    assert!(text.starts_with("\u{feff}section,figure,product,value,unit\r\n"), "{text}");
    assert!(text.contains("discarded,quantity,'=HYPERLINK(1),2,piece\r\n"), "{text}");
    assert!(text.contains("period,since,,,day\r\n"), "{text}");
    assert!(!text.contains(",=") && !text.contains("\n="), "{text}");
}

#[actix_web::test]
async fn the_report_is_restricted_and_its_period_is_validated() {
    let village = World::village().await;
    let group = format!("/v1/groups/{}/stability", village.sekar_laras);
    let whole = format!("/v1/cooperatives/{}/stability", village.cooperative);
    for path in [&group, &whole] {
        village.board.get(path).await.expect(200);
        village.treasurer.get(path).await.expect(200);
        village.guest().get(path).await.expect_problem(401, "unauthenticated");
        village.buyer.get(path).await.expect_problem(404, "not-found");
        village.foreign_board.get(path).await.expect_problem(404, "not-found");
    }
    village.sari.get(&whole).await.expect_problem(404, "not-found");
    village.darsih.get(&group).await.expect_problem(404, "not-found");
    let backwards =
        village.sari.get(&format!("{group}?from=2026-12-02&to=2026-12-01")).await.expect_problem(400, "query-invalid");
    assert_eq!(backwards.json["errors"][0]["code"], "after-to");
    let long =
        village.sari.get(&format!("{group}?from=2020-01-01&to=2026-12-01")).await.expect_problem(400, "query-invalid");
    assert_eq!(long.json["errors"][0]["code"], "range-too-long");
    let empty = village.sari.get(&group).await.expect(200).json;
    assert_eq!([&empty["from"], &empty["to"]], ["2025-11-24", "2026-11-23"], "a year, from a Monday");
    assert_eq!([&empty["refused"], &empty["discarded"]], [&json!([]), &json!([])]);
    assert_eq!(empty["before"]["weeks"], 0, "nothing was sold in any week yet");
    assert_eq!([&empty["before"]["weekly_demand"], &empty["before"]["variation"]], [&Value::Null; 2]);
}
