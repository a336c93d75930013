//! Selling for less what would be left otherwise: days with room for more orders, and goods that will not keep for long.

use lumbung::kernel::ids::{BatchId, ProductId};
use lumbung::kernel::{Quantity, Rupiah};
use lumbung::supply::Opening;
use serde_json::{Value, json};

use crate::market_days::at;
use crate::world::{Reply, Village, World, pastel};

fn discount_of(batch: impl std::fmt::Display) -> String {
    format!("/v1/batches/{batch}/discount")
}

/// Goods that keep until tomorrow, so many on the shelf.
async fn perishables(village: &Village, pieces: i64) -> (ProductId, BatchId) {
    let product = village.pastel(|offering| offering.shelf_life_days = Some(1)).await;
    let opening = Opening { made: Some(Quantity::units(pieces)), ..Opening::default() };
    (product, village.batch_of(village.sari_permit(), product, opening).await)
}

async fn quote(village: &Village, line: Value) -> Reply {
    village.guest().post("/v1/quotes", json!({"cooperative": village.cooperative, "lines": [line]})).await.expect(200)
}

fn priced(line: &Value) -> Value {
    json!([line["unit_price"], line["was"], line["discount"], line["total"]])
}

async fn placed(village: &Village, line: Value, total: i64) -> Reply {
    let body = json!({"cooperative": village.cooperative, "lines": [line], "expected_total": total});
    village.buyer.fresh_key().post("/v1/orders", body).await
}

#[actix_web::test]
async fn an_end_of_day_price_is_shown_quoted_frozen_on_the_line_and_over_at_its_end() {
    let mut village = World::village().await;
    let (product, batch) = perishables(&village, 40).await;
    let lowering = json!({
        "kind": "end_of_day", "percent": 40, "starts_at": "2026-11-23T09:00:00Z", "ends_at": "2026-11-23T12:00:00Z",
        "floor_price": 1000,
    });
    let set = village.sari.put(&discount_of(batch), lowering).await.expect(200);
    assert_eq!([&set.json["discount"]["kind"], &set.json["discount"]["percent"]], [&json!("end_of_day"), &json!(40)]);
    let ten = || json!({"product": product, "quantity": 10});
    assert_eq!(priced(&quote(&village, ten()).await.json["lines"][0]), json!([2500, null, null, 25_000]), "not yet");

    at(&mut village, "2026-11-23T09:30:00Z").await;
    let quoted = quote(&village, ten()).await;
    assert_eq!(priced(&quoted.json["lines"][0]), json!([1500, 2500, "end_of_day", 15_000]));
    let path = format!("/v1/products/{product}/availability");
    let days = village.guest().get(&path).await.expect(200);
    let row = &days.json["data"][0];
    assert_eq!([&row["price"], &row["was"], &row["discount"]["percent"]], [&json!(1500), &json!(2500), &json!(40)]);
    let order = placed(&village, ten(), 15_000).await.expect(201);
    assert_eq!(priced(&order.json["fulfilments"][0]["lines"][0]), json!([1500, 2500, "end_of_day", 15_000]));

    at(&mut village, "2026-11-23T12:00:00Z").await;
    let ended = placed(&village, ten(), 15_000).await.problem(409, "total-changed");
    assert_eq!(ended.json["quote"]["total"], 25_000, "{}", ended.text());
    placed(&village, ten(), 25_000).await.expect(201);
    let kept = village.buyer.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
    assert_eq!(priced(&kept.json["fulfilments"][0]["lines"][0]), json!([1500, 2500, "end_of_day", 15_000]));
    village.work().await;
}

#[actix_web::test]
async fn a_day_with_room_is_sold_for_less_until_its_cutoff_also_when_nobody_ordered_of_it_yet() {
    let mut village = World::village().await;
    let product = village.lists(pastel()).await;
    let path = format!("/v1/products/{product}/discounts/2026-11-27");
    let set = village.sari.put(&path, json!({"kind": "slack", "percent": 20, "floor_price": 1800})).await.expect(200);
    assert_eq!([&set.json["kind"], &set.json["ready_on"]], ["to_order", "2026-11-27"]);
    assert_eq!(set.json["discount"]["ends_at"], "2026-11-25T10:00:00Z", "until the cut-off");
    let friday = || json!({"product": product, "quantity": 30, "ready_on": "2026-11-27"});
    assert_eq!(priced(&quote(&village, friday()).await.json["lines"][0]), json!([2000, 2500, "slack", 60_000]));
    let saturday = json!({"product": product, "quantity": 30, "ready_on": "2026-11-28"});
    assert_eq!(priced(&quote(&village, saturday).await.json["lines"][0]), json!([2500, null, null, 75_000]));
    placed(&village, friday(), 60_000).await.expect(201);
    // Said again it replaces what was said, and a second batch does not come of it.
    let again = village.sari.put(&path, json!({"kind": "slack", "percent": 90, "floor_price": 1800})).await.expect(200);
    assert_eq!(again.id(), set.id());
    assert_eq!(
        priced(&quote(&village, friday()).await.json["lines"][0]),
        json!([1800, 2500, "slack", 54_000]),
        "its floor"
    );
    village.sari.delete(&discount_of(set.id())).await.expect(204);
    assert_eq!(priced(&quote(&village, friday()).await.json["lines"][0]), json!([2500, null, null, 75_000]));
    village.sari.delete(&discount_of(set.id())).await.expect(204);
    at(&mut village, "2026-11-25T10:00:00Z").await;
    village
        .sari
        .put(&path, json!({"kind": "slack", "percent": 20, "floor_price": 0}))
        .await
        .problem(409, "cutoff-passed");
    village.work().await;
}

#[actix_web::test]
async fn a_line_has_one_price_and_what_is_lowered_is_had_by_itself() {
    let mut village = World::village().await;
    let product = village.pastel(|offering| offering.shelf_life_days = Some(3)).await;
    let shelf = |pieces| Opening { made: Some(Quantity::units(pieces)), ..Opening::default() };
    let older = village.batch_of(village.sari_permit(), product, shelf(15)).await;
    at(&mut village, "2026-11-24T01:00:00Z").await;
    village.batch_of(village.sari_permit(), product, shelf(40)).await;
    village
        .sari
        .put(&discount_of(older), json!({"kind": "end_of_day", "percent": 50, "floor_price": 0}))
        .await
        .expect(200);
    let line = |quantity: i64| json!({"product": product, "quantity": quantity});
    // What spoils first goes first, for less, as far as it reaches by itself.
    assert_eq!(priced(&quote(&village, line(15)).await.json["lines"][0]), json!([1250, 2500, "end_of_day", 18_750]));
    assert_eq!(priced(&quote(&village, line(20)).await.json["lines"][0]), json!([2500, null, null, 50_000]));
    // Who wants both says so: two lines, each at its price.
    let both = json!({
        "cooperative": village.cooperative,
        "lines": [{"product": product, "quantity": 15, "batch": older}, line(20)],
        "expected_total": 68_750,
    });
    let order = village.buyer.fresh_key().post("/v1/orders", both).await.expect(201);
    let lines = order.json["fulfilments"][0]["lines"].as_array().unwrap();
    let mut prices: Vec<Value> = lines.iter().map(priced).collect();
    prices.sort_by_key(|price| price[0].as_i64());
    assert_eq!(prices, [json!([1250, 2500, "end_of_day", 18_750]), json!([2500, null, null, 50_000])]);
    // Two batches that are lowered alike are one price, so that a line may come of both.
    let shelves = [shelf(10), Opening { best_before: Some("2026-11-25".parse().unwrap()), ..shelf(10) }];
    for opening in shelves {
        let batch = village.batch_of(village.sari_permit(), product, opening).await;
        let lowering = json!({"kind": "end_of_day", "percent": 20, "floor_price": 0});
        village.sari.put(&discount_of(batch), lowering).await.expect(200);
    }
    let order = placed(&village, line(16), 32_000).await.expect(201);
    let taken = &order.json["fulfilments"][0]["lines"][0];
    assert_eq!(priced(taken), json!([2000, 2500, "end_of_day", 32_000]));
    assert_eq!(taken["claims"].as_array().unwrap().len(), 2);
    village.work().await;
}

#[actix_web::test]
async fn tiers_and_a_batchs_own_price_are_lowered_and_agreed_prices_are_not() {
    let village = World::village().await;
    let product = village
        .pastel(|offering| {
            offering.daily_capacity = Quantity::units(500);
            offering.price_tiers =
                vec![lumbung::catalogue::PriceTier { from: Quantity::units(100), price: Rupiah(2000) }];
        })
        .await;
    let path = format!("/v1/products/{product}/discounts/2026-11-27");
    village.sari.put(&path, json!({"kind": "slack", "percent": 10, "floor_price": 0})).await.expect(200);
    let line = |quantity: i64| json!({"product": product, "quantity": quantity, "ready_on": "2026-11-27"});
    assert_eq!(priced(&quote(&village, line(10)).await.json["lines"][0]), json!([2250, 2500, "slack", 22_500]));
    assert_eq!(priced(&quote(&village, line(100)).await.json["lines"][0]), json!([1800, 2000, "slack", 180_000]));

    // What was asked for and offered has its own batch and price, which nobody lowers.
    let asked = json!({
        "cooperative": village.cooperative, "product": product, "quantity": 50, "needed_on": "2026-11-30",
        "occasion": "office", "place": {"kind": "pickup"},
    });
    let request = village.buyer.fresh_key().post("/v1/requests", asked).await.expect(201);
    let offers = format!("/v1/requests/{}/offers", request.id());
    let offer = json!({"product": product, "quantity": 50, "unit_price": 2400, "ready_on": "2026-11-30"});
    let offer = village.sari.fresh_key().post(&offers, offer).await.expect(201);
    let acceptances = format!("/v1/requests/{}/acceptances", request.id());
    let taken = json!({"offers": [{"offer": offer.id()}], "expected_total": 120_000});
    let taken = village.buyer.fresh_key().post(&acceptances, taken).await.expect(201);
    let order = taken.json["order"]["fulfilments"][0]["lines"][0].clone();
    assert_eq!(priced(&order), json!([2400, null, null, 120_000]), "{}", taken.text());
    let batch = order["claims"][0]["batch"].as_str().unwrap();
    let lowering = json!({"kind": "slack", "percent": 10, "floor_price": 0});
    village.sari.put(&discount_of(batch), lowering).await.problem(409, "transition-invalid");
    village.work().await;
}

#[actix_web::test]
async fn a_discount_that_does_not_hold_together_is_refused_and_nothing_changes() {
    let village = World::village().await;
    let (_, batch) = perishables(&village, 40).await;
    let daily = village.lists(pastel()).await;
    let wrong = |field: &str, value: Value| {
        let mut body = json!({"kind": "end_of_day", "percent": 20, "floor_price": 1000});
        body[field] = value;
        body
    };
    for (body, pointer) in [
        (wrong("percent", json!(0)), "/percent"),
        (wrong("percent", json!(91)), "/percent"),
        (wrong("floor_price", json!(2500)), "/floor_price"),
        (wrong("floor_price", json!(-1)), "/floor_price"),
        (wrong("ends_at", json!("2026-11-24T17:00:01Z")), "/ends_at"),
        (wrong("ends_at", json!("2026-11-22T00:00:00Z")), "/ends_at"),
        (wrong("starts_at", json!("2026-11-25T00:00:00Z")), "/ends_at"),
    ] {
        let refused = village.sari.put(&discount_of(batch), body.clone()).await;
        assert!([400, 422].contains(&refused.status), "{body}: {}", refused.text());
        if refused.status == 422 {
            assert_eq!(refused.json["errors"][0]["pointer"], pointer, "{}", refused.text());
        }
    }
    village.sari.put(&discount_of(batch), wrong("kind", json!("slack"))).await.problem(409, "transition-invalid");
    let seen = village.sari.get(&format!("/v1/batches/{batch}")).await.expect(200);
    assert_eq!([&seen.json["discount"], &seen.json["version"]], [&Value::Null, &json!(1)]);

    let own = json!({"kind": "end_of_day", "percent": 20, "floor_price": 1000});
    village.darsih.put(&discount_of(batch), own.clone()).await.problem(404, "not-found");
    village.darsih.delete(&discount_of(batch)).await.problem(404, "not-found");
    village.buyer.put(&discount_of(batch), own.clone()).await.problem(404, "not-found");
    village.guest().put(&discount_of(batch), own).await.problem(401, "unauthenticated");
    let day = |date: &str| format!("/v1/products/{daily}/discounts/{date}");
    let slack = json!({"kind": "slack", "percent": 20, "floor_price": 1000});
    for (date, code) in
        [("2026-11-24", "cutoff-passed"), ("2026-11-29", "not-made-that-day"), ("2026-11-20", "day-past")]
    {
        let refused = village.sari.put(&day(date), slack.clone()).await;
        assert_eq!(refused.json["code"], code, "{date}: {}", refused.text());
    }
    village.sari.put(&day("kemarin"), slack.clone()).await.problem(404, "not-found");
    village.darsih.put(&day("2026-11-27"), slack.clone()).await.problem(404, "not-found");
    let draft = format!("/v1/products/{}/discounts/2026-11-27", village.drafts(pastel()).await);
    village.sari.put(&draft, slack).await.problem(409, "not-on-sale");
}
