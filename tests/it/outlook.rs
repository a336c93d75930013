//! Outlook: availability of a product by day, and the board of a group.

use lumbung::kernel::ids::ProductId;
use lumbung::kernel::{Quantity, Weekdays};
use lumbung::supply::Opening;
use serde_json::{Value, json};

use crate::market_days::{
    advance_to, create_schedule, find_day_on, friday_schedule, list_offerings, offering_path, order_offering,
};
use crate::world::{Village, World, pastel};

async fn get_availability(village: &Village, product: ProductId, from: &str, to: &str) -> Value {
    let path = format!("/v1/products/{product}/availability?from={from}&to={to}");
    village.guest().get(&path).await.expect(200).json
}

/// Day, available quantity, reason, and next day of each row.
fn day_rows(availability: &Value) -> Vec<Value> {
    let row = |day: &Value| json!([day["day"], day["available"], day["reason"], day["next_on"]]);
    availability["days"].as_array().unwrap().iter().map(row).collect()
}

async fn create_standing_order(village: &Village, product: ProductId, quantity: i64, schedule: Value) {
    let mut body = json!({
        "cooperative": village.cooperative, "lines": [{"product": product, "quantity": quantity}],
    });
    body.as_object_mut().unwrap().extend(schedule.as_object().unwrap().clone());
    village.buyer.with_new_key().post("/v1/standing_orders", body).await.expect(201);
    village.work().await;
}

#[actix_web::test]
async fn every_day_shows_availability_or_the_reason_and_the_next_day() {
    let village = World::village().await;
    // Sixty a day, minimum thirty, cut-off at five in the afternoon two days before.
    let mut offering = pastel();
    offering.minimum_quantity = Quantity::from_units(30);
    let product = village.publish_product(offering).await;
    create_standing_order(&village, product, 40, json!({"weekdays": ["friday"]})).await;
    village.close_day("2026-11-28").await.expect(201);
    let availability = get_availability(&village, product, "2026-11-22", "2026-11-29").await;
    assert_eq!(
        day_rows(&availability),
        [
            json!(["2026-11-22", 0, "past_day", "2026-11-25"]),
            json!(["2026-11-23", 0, "cutoff_passed", "2026-11-25"]),
            json!(["2026-11-24", 0, "cutoff_passed", "2026-11-25"]),
            json!(["2026-11-25", 60, null, null]),
            json!(["2026-11-26", 60, null, null]),
            json!(["2026-11-27", 0, "sold_out", "2026-11-30"]),
            json!(["2026-11-28", 0, "group_closed", "2026-11-30"]),
            json!(["2026-11-29", 0, "not_made_that_day", "2026-11-30"]),
        ]
    );
    assert_eq!(availability["days"][5]["held_by_standing_orders"], 40);
    let friday = availability["data"].as_array().unwrap().iter().find(|row| row["ready_on"] == "2026-11-27").unwrap();
    assert_eq!(
        [&friday["available"], &friday["capacity"], &friday["held_by_standing_orders"]],
        [&json!(20), &json!(60), &json!(40)],
        "the rest is less than the minimum order quantity"
    );
    assert_eq!([&friday["cutoff_at"], &friday["cutoff_local"]], ["2026-11-25T10:00:00Z", "2026-11-25T17:00:00+07:00"]);
    // A quote agrees with the availability.
    for (day, is_complete) in [("2026-11-26", true), ("2026-11-27", false)] {
        let basket = json!({
            "cooperative": village.cooperative, "lines": [{"product": product, "quantity": 30, "ready_on": day}],
        });
        assert_eq!(village.guest().post("/v1/quotes", basket).await.expect(200).json["complete"], is_complete, "{day}");
    }
}

#[actix_web::test]
async fn shelf_made_to_order_and_market_day_are_listed_side_by_side() {
    let mut village = World::village().await;
    create_schedule(&village, friday_schedule()).await;
    let product = village
        .create_pastel(|offering| {
            offering.daily_capacity = Quantity::from_units(30);
            offering.shelf_life_days = Some(7);
            offering.made_on = Weekdays::ALL;
        })
        .await;
    let next = find_day_on(&village, "2026-12-04").await;
    village.sari.put(&offering_path(&next, product), json!({"capacity": 50, "minimum": 20})).await.expect(201);
    create_standing_order(&village, product, 12, json!({"every_market_day": true})).await;
    advance_to(&mut village, "2026-11-29T00:00:00Z").await;
    village.work().await;
    let shelf = Opening { made: Some(Quantity::from_units(8)), ..Opening::default() };
    village.open_group_batch(village.sari_permit(), product, shelf).await;
    let availability = get_availability(&village, product, "2026-12-04", "2026-12-04").await;
    let sources: Vec<Value> = availability["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| json!([row["kind"], row["available"], row["capacity"], row["held_by_standing_orders"]]))
        .collect();
    assert_eq!(
        sources,
        [json!(["shelf", 8, 8, 0]), json!(["market", 38, 50, 12]), json!(["to_order", 30, 30, 0])],
        "{availability}"
    );
    let market = &availability["data"][1];
    assert_eq!(
        [&market["market_day"], &market["minimum"], &market["needed_to_run"]],
        [&next["id"], &json!(20), &json!(8)]
    );
    assert_eq!(market["batch"], list_offerings(&village, &next).await[0]["batch"]);
    assert_eq!(day_rows(&availability), [json!(["2026-12-04", 76, null, null])]);
}

#[actix_web::test]
async fn the_board_shows_the_next_fourteen_days_of_a_group() {
    let mut village = World::village().await;
    create_schedule(&village, friday_schedule()).await;
    let daily = village.publish_product(pastel()).await;
    let sold_at_market = village.create_product(village.sari_permit(), "Risoles", |_| {}).await;
    let next = find_day_on(&village, "2026-11-27").await;
    village.sari.put(&offering_path(&next, sold_at_market), json!({"capacity": 50, "minimum": 20})).await.expect(201);
    order_offering(&village, sold_at_market, &next, 15).await.expect(201);
    create_standing_order(&village, daily, 40, json!({"weekdays": ["thursday"]})).await;
    village.close_day("2026-11-28").await.expect(201);
    let path = format!("/v1/groups/{}/board", village.sekar_laras);
    let board = village.sari.get(&path).await.expect(200).json;
    assert_eq!([&board["from"], &board["to"]], ["2026-11-23", "2026-12-06"]);
    assert_eq!(board["days"].as_array().unwrap().len(), 14);
    let row = |day: &str, product: ProductId| {
        let rows = board["data"].as_array().unwrap();
        rows.iter().find(|row| row["day"] == day && row["product"] == json!(product)).cloned()
    };
    let figures = |row: &Value| {
        json!([
            row["kind"],
            row["status"],
            row["capacity"],
            row["committed"],
            row["standing"],
            row["free"],
            row["minimum"],
            row["needed_to_run"]
        ])
    };
    let thursday = row("2026-11-26", daily).unwrap();
    assert_eq!(figures(&thursday), json!(["to_order", "open", 60, 40, 40, 20, 0, 0]));
    let promise = row("2026-11-27", daily).unwrap();
    assert_eq!(figures(&promise), json!(["to_order", null, 60, 0, 0, 60, 0, 0]));
    assert_eq!(promise["cutoff_local"], "2026-11-25T17:00:00+07:00");
    let market = row("2026-11-27", sold_at_market).unwrap();
    assert_eq!(figures(&market), json!(["market", "open", 50, 15, 0, 35, 20, 5]));
    assert_eq!(market["market_day"], next["id"]);
    assert_eq!(row("2026-11-28", daily), None, "the group is closed");
    let day = |date: &str| {
        let day = board["days"].as_array().unwrap().iter().find(|day| day["day"] == date).unwrap();
        json!([day["is_closed"], day["committed"], day["standing"], day["free"]])
    };
    assert_eq!(day("2026-11-26"), json!([false, 100_000, 100_000, 50_000]));
    assert_eq!(day("2026-11-27"), json!([false, 37_500, 0, 237_500]), "fifteen of fifty, and sixty without orders");
    assert_eq!(day("2026-11-28"), json!([true, 0, 0, 0]));

    // After closing, nothing of the failed batch is free or missing.
    advance_to(&mut village, "2026-11-26T00:00:00Z").await;
    village.work().await;
    let board = village.sari.get(&path).await.expect(200).json;
    let rows = board["data"].as_array().unwrap();
    let market = rows.iter().find(|row| row["product"] == json!(sold_at_market)).unwrap();
    assert_eq!(figures(market), json!(["market", "failed", 50, 0, 0, 0, 20, 0]));

    for query in ["?from=2026-11-20", "?days=0", "?days=63"] {
        village.sari.get(&format!("{path}{query}")).await.expect_problem(400, "query-invalid");
    }
    assert_eq!(village.sari.get(&format!("{path}?days=1")).await.expect(200).json["days"].as_array().unwrap().len(), 1);
    village.darsih.get(&path).await.expect_problem(404, "not-found");
    village.guest().get(&path).await.expect_problem(401, "unauthenticated");
}
