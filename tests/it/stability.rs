//! What a steadier market changed: the figures by hand, and who reads them.

use lumbung::kernel::{Duration, Quantity};
use lumbung::supply::Opening;
use serde_json::{Value, json};

use crate::market_days::at;
use crate::world::{Person, Reply, Village, World, pastel};

async fn report(village: &Village, more: &str) -> Value {
    let path = format!("/v1/groups/{}/steadiness?from=2026-11-23&to=2026-12-13{more}", village.sekar_laras);
    village.sari.get(&path).await.expect(200).json
}

async fn standing(village: &Village, person: &Person, product: impl serde::Serialize, (wanted, at_least): (i64, i64)) {
    let body = json!({
        "cooperative": village.cooperative, "weekdays": ["friday"],
        "lines": [{"product": product, "quantity": wanted, "at_least": at_least}],
    });
    person.fresh_key().post("/v1/standing_orders", body).await.expect(201);
    village.work().await;
}

async fn takes_all_steps(village: &Village, order: &Reply, steps: &[&str]) {
    for step in steps {
        village.step(&village.sari, order, step).await.expect(200);
    }
}

#[actix_web::test]
async fn the_figures_of_a_group_by_hand() {
    let mut village = World::village().await;
    let daily = village.lists(pastel()).await;
    let (shelved, shelf) = village.pastel_on_the_shelf(40).await;
    // Monday: ten over the counter, from the shelf.
    let sale = json!({"lines": [{"product": shelved, "quantity": 10}], "expected_total": 25_000});
    let sales = format!("/v1/groups/{}/sales", village.sekar_laras);
    village.sari.fresh_key().post(&sales, sale).await.expect(201);
    // Five more are thrown away; a piece had cost Rp1.500 to make.
    let batch = village.sari.get(&format!("/v1/batches/{shelf}")).await.expect(200);
    village.sari.editing(&batch).patch(&format!("/v1/batches/{shelf}"), json!({"unit_cost": 1500})).await.expect(200);
    let thrown = json!({"quantity": 5, "reason": "gosong"});
    village.sari.fresh_key().post(&format!("/v1/batches/{shelf}/discards"), thrown).await.expect(200);
    // Thirty are ordered for Wednesday, and made for that.
    let mut wednesday = village.order_of(daily, 30, 75_000);
    wednesday["lines"][0]["ready_on"] = json!("2026-11-25");
    let ordered = village.buyer.fresh_key().post("/v1/orders", wednesday).await.expect(201);
    let made = ordered.json["fulfilments"][0]["lines"][0]["claims"][0]["batch"].as_str().unwrap().to_owned();
    standing(&village, &village.buyer, daily, (20, 20)).await;
    village.clock.advance(Duration::minutes(1));
    standing(&village, &village.other_buyer, daily, (60, 30)).await;
    at(&mut village, "2026-11-25T01:00:00Z").await;
    village.sari.fresh_key().post(&format!("/v1/batches/{made}/production"), json!({"made": 40})).await.expect(200);
    takes_all_steps(&village, &ordered, &["accept", "hand_over"]).await;
    // Four of the ten that were made beyond that are ordered when they lie there.
    let rest = json!({
        "cooperative": village.cooperative, "lines": [{"product": daily, "quantity": 4, "batch": made}],
        "expected_total": 10_000,
    });
    let late = village.buyer.fresh_key().post("/v1/orders", rest).await.expect(201);
    takes_all_steps(&village, &late, &["accept", "hand_over"]).await;
    // The next week twenty are sold from the shelf, and a hundred are wanted of a day that makes sixty.
    at(&mut village, "2026-12-01T01:00:00Z").await;
    let sale = json!({"lines": [{"product": shelved, "quantity": 20}], "expected_total": 50_000});
    village.sari.fresh_key().post(&sales, sale).await.expect(201);
    let mut too_many = village.order_of(daily, 100, 250_000);
    too_many["lines"][0]["ready_on"] = json!("2026-12-03");
    village.buyer.fresh_key().post("/v1/orders", too_many).await.problem(409, "sold-out");
    let nobody = json!({
        "cooperative": village.cooperative, "lines": [{"product": daily, "quantity": 70, "ready_on": "2026-12-03"}],
    });
    village.guest().post("/v1/quotes", nobody).await.expect(200);
    village.work().await;

    let seen = report(&village, "&since=2026-11-30").await;
    assert_eq!(seen["sold"], json!({"amount": 160_000, "committed": 75_000, "committed_share": 4_687}));
    assert_eq!([&seen["since"], &seen["since_by"]], ["2026-11-30", "asked"]);
    let before = &seen["before"];
    assert_eq!([&before["weeks"], &before["sold"]["amount"], &before["sold"]["committed_share"]], [1, 110_000, 6_818]);
    assert_eq!([&before["weekly_demand"], &before["variation"]], [&Value::Null; 2], "one week says nothing");
    // Fifty thousand sold and a quarter of a million refused, then nothing: 300,000 and 0.
    let after = &seen["after"];
    assert_eq!([&after["weeks"], &after["sold"]["amount"], &after["sold"]["committed_share"]], [2, 50_000, 0]);
    assert_eq!([&after["weekly_demand"], &after["deviation"], &after["variation"]], [150_000, 212_132, 14_142]);
    let refused = seen["refused"].as_array().unwrap();
    let refused: Vec<Value> = refused
        .iter()
        .map(|row| json!([row["product"], row["reason"], row["quantity"], row["wishes"], row["anonymous"]]))
        .collect();
    assert_eq!(refused, [json!([daily, "sold_out", 100, 1, 70])]);
    let discarded = &seen["discarded"][0];
    assert_eq!(
        [&discarded["product"], &discarded["quantity"], &discarded["made"], &discarded["cost"]],
        [&json!(shelved), &json!(5), &json!(40), &json!(7_500)]
    );
    assert_eq!(seen["discarded"].as_array().unwrap().len(), 1);
    // Each Friday the older standing order has its twenty, and the younger forty of sixty.
    let standing = &seen["standing_orders"];
    let fridays = standing["placed"].as_u64().unwrap();
    assert!(fridays >= 4, "{standing}");
    assert_eq!([&standing["lines"], &standing["filled"]], [fridays, fridays / 2]);
    assert_eq!([&standing["fill_rate"], &standing["refused"]], [8_333, 0]);
    assert_eq!(standing["reasons"], json!([{"reason": "short", "lines": fridays / 2}]));

    // A year that reaches back to before anything was sold counts no week of then.
    let path = format!("/v1/groups/{}/steadiness?from=2025-11-24&to=2026-12-13&since=2026-11-30", village.sekar_laras);
    assert_eq!(village.sari.get(&path).await.expect(200).json["before"], seen["before"]);

    // Unsaid, it began with the first standing order; the cooperative's figures are those of its groups.
    let unsaid = report(&village, "").await;
    assert_eq!([&unsaid["since"], &unsaid["since_by"]], ["2026-11-23", "standing_order"]);
    assert_eq!([&unsaid["before"]["weeks"], &unsaid["after"]["weeks"]], [0, 3]);
    let path = format!("/v1/cooperatives/{}/steadiness?from=2026-11-23&to=2026-12-13", village.cooperative);
    let whole = village.again(&village.treasurer).await.get(&path).await.expect(200).json;
    for part in ["sold", "after", "refused", "discarded", "standing_orders"] {
        assert_eq!(whole[part], unsaid[part], "{part}");
    }
}

#[actix_web::test]
async fn goods_that_came_back_are_netted_out_of_what_was_promised_too() {
    let village = World::village().await;
    let (shelved, _) = village.pastel_on_the_shelf(40).await;
    let order = village.ordered(shelved, 8).await;
    takes_all_steps(&village, &order, &["accept", "hand_over"]).await;
    let part = order.json["fulfilments"][0]["id"].as_str().unwrap();
    let back = json!({"action": "return", "goods": "shelf", "reason": "Salah pesan"});
    village.sari.fresh_key().post(&format!("/v1/fulfilments/{part}/transitions"), back).await.expect(200);
    let seen = report(&village, "").await;
    assert_eq!(seen["sold"], json!({"amount": 0, "committed": 0, "committed_share": null}));
    assert_eq!([&seen["since"], &seen["after"]], [&Value::Null; 2], "nothing of a steadier market is there yet");
    village.work().await;
}

#[actix_web::test]
async fn it_is_a_table_for_spreadsheets_too_and_no_name_is_a_formula() {
    let village = World::village().await;
    let product = village.product_of(village.sari_permit(), "=HYPERLINK(1)", |_| {}).await;
    let opening = Opening { made: Some(Quantity::units(9)), ..Opening::default() };
    let shelf = village.batch_of(village.sari_permit(), product, opening).await;
    let thrown = json!({"quantity": 2, "reason": "jatuh"});
    village.sari.fresh_key().post(&format!("/v1/batches/{shelf}/discards"), thrown).await.expect(200);
    let path = format!("/v1/groups/{}/steadiness", village.sekar_laras);
    let table = village.sari.with("accept", "text/csv").get(&path).await.expect(200);
    assert_eq!(table.header("content-type"), Some("text/csv; charset=utf-8"));
    let text = table.text();
    assert!(text.starts_with("\u{feff}section,figure,product,value,unit\r\n"), "{text}");
    assert!(text.contains("discarded,quantity,'=HYPERLINK(1),2,piece\r\n"), "{text}");
    assert!(text.contains("period,since,,,day\r\n"), "{text}");
    assert!(!text.contains(",=") && !text.contains("\n="), "{text}");
}

#[actix_web::test]
async fn only_those_who_answer_for_it_read_it_and_only_of_days_that_make_sense() {
    let village = World::village().await;
    let group = format!("/v1/groups/{}/steadiness", village.sekar_laras);
    let whole = format!("/v1/cooperatives/{}/steadiness", village.cooperative);
    for path in [&group, &whole] {
        village.board.get(path).await.expect(200);
        village.treasurer.get(path).await.expect(200);
        village.guest().get(path).await.problem(401, "unauthenticated");
        village.buyer.get(path).await.problem(404, "not-found");
        village.foreign_board.get(path).await.problem(404, "not-found");
    }
    village.sari.get(&whole).await.problem(404, "not-found");
    village.darsih.get(&group).await.problem(404, "not-found");
    let backwards =
        village.sari.get(&format!("{group}?from=2026-12-02&to=2026-12-01")).await.problem(400, "query-invalid");
    assert_eq!(backwards.json["errors"][0]["code"], "after-to");
    let long = village.sari.get(&format!("{group}?from=2020-01-01&to=2026-12-01")).await.problem(400, "query-invalid");
    assert_eq!(long.json["errors"][0]["code"], "range-too-long");
    let empty = village.sari.get(&group).await.expect(200).json;
    assert_eq!([&empty["from"], &empty["to"]], ["2025-11-24", "2026-11-23"], "a year, from a Monday");
    assert_eq!([&empty["refused"], &empty["discarded"]], [&json!([]), &json!([])]);
    assert_eq!(empty["before"]["weeks"], 0, "nothing was sold in any week yet");
    assert_eq!([&empty["before"]["weekly_demand"], &empty["before"]["variation"]], [&Value::Null; 2]);
}
