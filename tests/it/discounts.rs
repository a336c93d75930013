//! Discounts: on days with capacity for more orders, and on goods with a short remaining shelf life.

use lumbung::kernel::ids::{BatchId, ProductId};
use lumbung::kernel::{Quantity, Rupiah};
use lumbung::supply::Opening;
use serde_json::{Value, json};

use crate::market_days::advance_to;
use crate::world::{Reply, Village, World, pastel};

fn discount_path(batch: impl std::fmt::Display) -> String {
    format!("/v1/batches/{batch}/discount")
}

/// Opens a stock batch of goods with a shelf life of one day.
async fn open_perishables(village: &Village, pieces: i64) -> (ProductId, BatchId) {
    let product = village.create_pastel(|offering| offering.shelf_life_days = Some(1)).await;
    let opening = Opening { made: Some(Quantity::from_units(pieces)), ..Opening::default() };
    (product, village.open_group_batch(village.sari_permit(), product, opening).await)
}

async fn quote(village: &Village, line: Value) -> Reply {
    village.guest().post("/v1/quotes", json!({"cooperative": village.cooperative, "lines": [line]})).await.expect(200)
}

fn price_members(line: &Value) -> Value {
    json!([line["unit_price"], line["was"], line["discount"], line["total"]])
}

async fn place_order(village: &Village, line: Value, total: i64) -> Reply {
    let body = json!({"cooperative": village.cooperative, "lines": [line], "expected_total": total});
    village.buyer.with_new_key().post("/v1/orders", body).await
}

#[actix_web::test]
async fn an_end_of_day_discount_is_shown_quoted_stored_on_the_line_and_ends() {
    let mut village = World::village().await;
    let (product, batch) = open_perishables(&village, 40).await;
    let discount = json!({
        "kind": "end_of_day", "percent": 40, "starts_at": "2026-11-23T09:00:00Z", "ends_at": "2026-11-23T12:00:00Z",
        "floor_price": 1000,
    });
    let set = village.sari.put(&discount_path(batch), discount).await.expect(200);
    assert_eq!([&set.json["discount"]["kind"], &set.json["discount"]["percent"]], [&json!("end_of_day"), &json!(40)]);
    let ten = || json!({"product": product, "quantity": 10});
    assert_eq!(
        price_members(&quote(&village, ten()).await.json["lines"][0]),
        json!([2500, null, null, 25_000]),
        "not yet"
    );

    advance_to(&mut village, "2026-11-23T09:30:00Z").await;
    let quoted = quote(&village, ten()).await;
    assert_eq!(price_members(&quoted.json["lines"][0]), json!([1500, 2500, "end_of_day", 15_000]));
    let path = format!("/v1/products/{product}/availability");
    let days = village.guest().get(&path).await.expect(200);
    let row = &days.json["data"][0];
    assert_eq!([&row["price"], &row["was"], &row["discount"]["percent"]], [&json!(1500), &json!(2500), &json!(40)]);
    let order = place_order(&village, ten(), 15_000).await.expect(201);
    assert_eq!(price_members(&order.json["fulfilments"][0]["lines"][0]), json!([1500, 2500, "end_of_day", 15_000]));

    advance_to(&mut village, "2026-11-23T12:00:00Z").await;
    let ended = place_order(&village, ten(), 15_000).await.expect_problem(409, "total-changed");
    assert_eq!(ended.json["quote"]["total"], 25_000, "{}", ended.text());
    place_order(&village, ten(), 25_000).await.expect(201);
    let unchanged = village.buyer.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
    assert_eq!(price_members(&unchanged.json["fulfilments"][0]["lines"][0]), json!([1500, 2500, "end_of_day", 15_000]));
    village.work().await;
}

#[actix_web::test]
async fn a_made_to_order_day_is_discounted_until_its_cutoff_even_without_orders() {
    let mut village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let path = format!("/v1/products/{product}/discounts/2026-11-27");
    let set = village.sari.put(&path, json!({"kind": "slack", "percent": 20, "floor_price": 1800})).await.expect(200);
    assert_eq!([&set.json["kind"], &set.json["ready_on"]], ["to_order", "2026-11-27"]);
    assert_eq!(set.json["discount"]["ends_at"], "2026-11-25T10:00:00Z", "until the cut-off");
    let friday = || json!({"product": product, "quantity": 30, "ready_on": "2026-11-27"});
    assert_eq!(price_members(&quote(&village, friday()).await.json["lines"][0]), json!([2000, 2500, "slack", 60_000]));
    let saturday = json!({"product": product, "quantity": 30, "ready_on": "2026-11-28"});
    assert_eq!(price_members(&quote(&village, saturday).await.json["lines"][0]), json!([2500, null, null, 75_000]));
    place_order(&village, friday(), 60_000).await.expect(201);
    // A second discount replaces the first, on the same batch.
    let again = village.sari.put(&path, json!({"kind": "slack", "percent": 90, "floor_price": 1800})).await.expect(200);
    assert_eq!(again.id(), set.id());
    assert_eq!(
        price_members(&quote(&village, friday()).await.json["lines"][0]),
        json!([1800, 2500, "slack", 54_000]),
        "the floor price"
    );
    village.sari.delete(&discount_path(set.id())).await.expect(204);
    assert_eq!(price_members(&quote(&village, friday()).await.json["lines"][0]), json!([2500, null, null, 75_000]));
    village.sari.delete(&discount_path(set.id())).await.expect(204);
    advance_to(&mut village, "2026-11-25T10:00:00Z").await;
    village
        .sari
        .put(&path, json!({"kind": "slack", "percent": 20, "floor_price": 0}))
        .await
        .expect_problem(409, "cutoff-passed");
    village.work().await;
}

#[actix_web::test]
async fn a_line_has_one_price_and_discounted_goods_are_sold_separately() {
    let mut village = World::village().await;
    let product = village.create_pastel(|offering| offering.shelf_life_days = Some(3)).await;
    let stock = |pieces| Opening { made: Some(Quantity::from_units(pieces)), ..Opening::default() };
    let older = village.open_group_batch(village.sari_permit(), product, stock(15)).await;
    advance_to(&mut village, "2026-11-24T01:00:00Z").await;
    village.open_group_batch(village.sari_permit(), product, stock(40)).await;
    village
        .sari
        .put(&discount_path(older), json!({"kind": "end_of_day", "percent": 50, "floor_price": 0}))
        .await
        .expect(200);
    let line = |quantity: i64| json!({"product": product, "quantity": quantity});
    // Goods that expire first are sold first, at the discount, if they cover the whole line.
    assert_eq!(
        price_members(&quote(&village, line(15)).await.json["lines"][0]),
        json!([1250, 2500, "end_of_day", 18_750])
    );
    assert_eq!(price_members(&quote(&village, line(20)).await.json["lines"][0]), json!([2500, null, null, 50_000]));
    // Two lines can have different prices.
    let both = json!({
        "cooperative": village.cooperative,
        "lines": [{"product": product, "quantity": 15, "batch": older}, line(20)],
        "expected_total": 68_750,
    });
    let order = village.buyer.with_new_key().post("/v1/orders", both).await.expect(201);
    let lines = order.json["fulfilments"][0]["lines"].as_array().unwrap();
    let mut prices: Vec<Value> = lines.iter().map(price_members).collect();
    prices.sort_by_key(|price| price[0].as_i64());
    assert_eq!(prices, [json!([1250, 2500, "end_of_day", 18_750]), json!([2500, null, null, 50_000])]);
    // Two batches with equal discounts have one price and can share a line.
    let openings = [stock(10), Opening { best_before: Some("2026-11-25".parse().unwrap()), ..stock(10) }];
    for opening in openings {
        let batch = village.open_group_batch(village.sari_permit(), product, opening).await;
        let discount = json!({"kind": "end_of_day", "percent": 20, "floor_price": 0});
        village.sari.put(&discount_path(batch), discount).await.expect(200);
    }
    let order = place_order(&village, line(16), 32_000).await.expect(201);
    let line = &order.json["fulfilments"][0]["lines"][0];
    assert_eq!(price_members(line), json!([2000, 2500, "end_of_day", 32_000]));
    assert_eq!(line["claims"].as_array().unwrap().len(), 2);
    village.work().await;
}

#[actix_web::test]
async fn price_tiers_are_discounted_and_agreed_prices_are_not() {
    let village = World::village().await;
    let product = village
        .create_pastel(|offering| {
            offering.daily_capacity = Quantity::from_units(500);
            offering.price_tiers =
                vec![lumbung::catalogue::PriceTier { from: Quantity::from_units(100), price: Rupiah(2000) }];
        })
        .await;
    let path = format!("/v1/products/{product}/discounts/2026-11-27");
    village.sari.put(&path, json!({"kind": "slack", "percent": 10, "floor_price": 0})).await.expect(200);
    let line = |quantity: i64| json!({"product": product, "quantity": quantity, "ready_on": "2026-11-27"});
    assert_eq!(price_members(&quote(&village, line(10)).await.json["lines"][0]), json!([2250, 2500, "slack", 22_500]));
    assert_eq!(
        price_members(&quote(&village, line(100)).await.json["lines"][0]),
        json!([1800, 2000, "slack", 180_000])
    );

    // An accepted offer has its own batch and price, which cannot be discounted.
    let request_body = json!({
        "cooperative": village.cooperative, "product": product, "quantity": 50, "needed_on": "2026-11-30",
        "occasion": "office", "place": {"kind": "pickup"},
    });
    let request = village.buyer.with_new_key().post("/v1/requests", request_body).await.expect(201);
    let offers = format!("/v1/requests/{}/offers", request.id());
    let offer = json!({"product": product, "quantity": 50, "unit_price": 2400, "ready_on": "2026-11-30"});
    let offer = village.sari.with_new_key().post(&offers, offer).await.expect(201);
    let acceptances = format!("/v1/requests/{}/acceptances", request.id());
    let acceptance = json!({"offers": [{"offer": offer.id()}], "expected_total": 120_000});
    let accepted = village.buyer.with_new_key().post(&acceptances, acceptance).await.expect(201);
    let order = accepted.json["order"]["fulfilments"][0]["lines"][0].clone();
    assert_eq!(price_members(&order), json!([2400, null, null, 120_000]), "{}", accepted.text());
    let batch = order["claims"][0]["batch"].as_str().unwrap();
    let discount = json!({"kind": "slack", "percent": 10, "floor_price": 0});
    village.sari.put(&discount_path(batch), discount).await.expect_problem(409, "transition-invalid");
    village.work().await;
}

#[actix_web::test]
async fn an_invalid_discount_is_refused_and_nothing_changes() {
    let village = World::village().await;
    let (_, batch) = open_perishables(&village, 40).await;
    let daily = village.publish_product(pastel()).await;
    let with_member = |field: &str, value: Value| {
        let mut body = json!({"kind": "end_of_day", "percent": 20, "floor_price": 1000});
        body[field] = value;
        body
    };
    for (body, pointer) in [
        (with_member("percent", json!(0)), "/percent"),
        (with_member("percent", json!(91)), "/percent"),
        (with_member("floor_price", json!(2500)), "/floor_price"),
        (with_member("floor_price", json!(-1)), "/floor_price"),
        (with_member("ends_at", json!("2026-11-24T17:00:01Z")), "/ends_at"),
        (with_member("ends_at", json!("2026-11-22T00:00:00Z")), "/ends_at"),
        (with_member("starts_at", json!("2026-11-25T00:00:00Z")), "/ends_at"),
    ] {
        let refused = village.sari.put(&discount_path(batch), body.clone()).await;
        assert!([400, 422].contains(&refused.status), "{body}: {}", refused.text());
        if refused.status == 422 {
            assert_eq!(refused.json["errors"][0]["pointer"], pointer, "{}", refused.text());
        }
    }
    village
        .sari
        .put(&discount_path(batch), with_member("kind", json!("slack")))
        .await
        .expect_problem(409, "transition-invalid");
    let current = village.sari.get(&format!("/v1/batches/{batch}")).await.expect(200);
    assert_eq!([&current.json["discount"], &current.json["version"]], [&Value::Null, &json!(1)]);

    let valid = json!({"kind": "end_of_day", "percent": 20, "floor_price": 1000});
    village.darsih.put(&discount_path(batch), valid.clone()).await.expect_problem(404, "not-found");
    village.darsih.delete(&discount_path(batch)).await.expect_problem(404, "not-found");
    village.buyer.put(&discount_path(batch), valid.clone()).await.expect_problem(404, "not-found");
    village.guest().put(&discount_path(batch), valid).await.expect_problem(401, "unauthenticated");
    let day = |date: &str| format!("/v1/products/{daily}/discounts/{date}");
    let slack = json!({"kind": "slack", "percent": 20, "floor_price": 1000});
    for (date, code) in
        [("2026-11-24", "cutoff-passed"), ("2026-11-29", "not-made-that-day"), ("2026-11-20", "day-past")]
    {
        let refused = village.sari.put(&day(date), slack.clone()).await;
        assert_eq!(refused.json["code"], code, "{date}: {}", refused.text());
    }
    village.sari.put(&day("kemarin"), slack.clone()).await.expect_problem(404, "not-found");
    village.darsih.put(&day("2026-11-27"), slack.clone()).await.expect_problem(404, "not-found");
    let draft = format!("/v1/products/{}/discounts/2026-11-27", village.create_draft(pastel()).await);
    village.sari.put(&draft, slack).await.expect_problem(409, "not-on-sale");
}
