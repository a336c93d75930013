//! Delivery: pickup, local delivery, courier, or not at all.

use std::collections::BTreeSet;

use lumbung::catalogue::Offering;
use lumbung::kernel::Quantity;
use lumbung::kernel::ids::{DeliveryZoneId, ProductId};
use serde_json::{Value, json};

use crate::orders::available;
use crate::world::{Person, Reply, Village, World};

/// Performs an action on the first part of an order.
async fn transition(person: &Person, order: &Reply, body: Value) -> Reply {
    let part = order.json["fulfilments"][0]["id"].as_str().unwrap();
    person.with_new_key().post(&format!("/v1/fulfilments/{part}/transitions"), body).await
}

async fn request_quote(village: &Village, product: ProductId, delivery: Value) -> Reply {
    let mut body = village.order_body(product, 30, 0);
    body.as_object_mut().unwrap().remove("expected_total");
    body["delivery"] = delivery;
    village.guest().post("/v1/quotes", body).await
}

#[actix_web::test]
async fn uncollected_goods_are_restocked_or_discarded() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    for (goods, remaining) in [("shelf", 40), ("discard", 30)] {
        let order = village.place_order(product, 10).await;
        transition(&village.sari, &order, json!({"action": "not_collected"}))
            .await
            .expect_problem(409, "transition-invalid");
        for action in ["accept", "ready"] {
            transition(&village.sari, &order, json!({"action": action})).await.expect(200);
        }
        transition(&village.buyer, &order, json!({"action": "not_collected"})).await.expect_problem(404, "not-found");
        let closed = json!({"action": "not_collected", "goods": goods, "reason": "Tidak diambil sampai tutup."});
        let closed = transition(&village.sari, &order, closed).await.expect(200);
        assert_eq!((closed.str("status"), closed.json["total"].clone()), ("cancelled".into(), json!(0)));
        assert_eq!(available(&village, product).await, remaining, "{goods}");
    }
    let sales = format!("/v1/groups/{}/sales", village.sekar_laras);
    assert_eq!(village.sari.get(&sales).await.expect(200).json["totals"]["amount"], 0);
    village.work().await;
}

#[actix_web::test]
async fn a_zone_has_its_fee_and_another_cooperatives_zone_is_none() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(400).await;
    let to = |zone: DeliveryZoneId| json!({"kind": "local", "zone": zone, "address": "RT 02 RW 05, rumah cat hijau"});
    for (zone, fee) in [(village.zone, 10_000), (village.far_zone, 25_000)] {
        let quote = request_quote(&village, product, to(zone)).await.expect(200);
        assert_eq!(quote.json["total"], 75_000 + fee);
        let mut body = village.order_body(product, 30, 75_000);
        body["delivery"] = to(zone);
        village.buyer.with_new_key().post("/v1/orders", body.clone()).await.expect_problem(409, "total-changed");
        body["expected_total"] = json!(75_000 + fee);
        let order = village.buyer.with_new_key().post("/v1/orders", body).await.expect(201);
        assert_eq!(
            (order.json["total"].clone(), order.json["delivery"]["fee"].clone()),
            (json!(75_000 + fee), json!(fee))
        );
        // A placed order keeps its fee when the zone's fee changes.
        let path = format!("/v1/cooperatives/{}/delivery_zones/{zone}", village.cooperative);
        let known = village.board.get(&path).await.expect(200);
        village.board.with_version_of(&known).patch(&path, json!({"fee": 40_000})).await.expect(200);
        let seen = village.buyer.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
        assert_eq!(seen.json["total"], 75_000 + fee);
        assert_eq!(request_quote(&village, product, to(zone)).await.expect(200).json["total"], 115_000);
    }
    request_quote(&village, product, to(village.foreign_zone)).await.expect_problem(422, "body-invalid");
    village.work().await;
}

#[actix_web::test]
async fn a_parcel_goes_for_the_agreed_fee_and_its_buyer_sees_courier_and_number() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let mut body = village.order_body(product, 30, 90_000);
    body["delivery"] = json!({"kind": "courier", "address": "Jl. Contoh 7, Purwokerto", "fee": 15_000});
    let refused = village.buyer.with_new_key().post("/v1/orders", body.clone()).await;
    assert!([403, 422].contains(&refused.status), "only officers name a fee: {}", refused.text());
    body["channel"] = json!("phone");
    body["contact"] = json!({"name": "Contoh Jauh", "phone": "0812-0000-0996"});
    let order = village.sari.with_new_key().post("/v1/orders", body).await.expect(201);
    assert_eq!(order.json["total"], 90_000);
    for action in ["accept", "ready"] {
        transition(&village.sari, &order, json!({"action": action})).await.expect(200);
    }
    let sent = json!({"action": "hand_over", "courier": "JNE", "tracking_number": "CGK1234567890"});
    transition(&village.sari, &order, sent).await.expect(200);
    let track = format!("/v1/track/{}", order.json["track"]["secret"].as_str().unwrap());
    let seen = village.guest().get(&track).await.expect(200);
    let part = &seen.json["fulfilments"][0];
    assert_eq!((&part["courier"], &part["tracking_number"]), (&json!("JNE"), &json!("CGK1234567890")));
    village.work().await;
}

#[actix_web::test]
async fn ordering_again_uses_todays_price_and_reports_retired_products() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(400).await;
    let order = village.place_order(product, 30).await;
    let repeat = format!("/v1/orders/{}/repeat_quote", order.id());
    assert_eq!(village.buyer.post(&repeat, json!({})).await.expect(200).json["total"], 75_000);
    village.other_buyer.post(&repeat, json!({})).await.expect_problem(404, "not-found");
    let path = format!("/v1/products/{product}");
    let known = village.sari.get(&path).await.expect(200);
    village.sari.with_version_of(&known).patch(&path, json!({"price": 3000})).await.expect(200);
    let quote = village.buyer.post(&repeat, json!({})).await.expect(200);
    assert_eq!(quote.json["total"], 90_000);
    let retire = format!("{path}/transitions");
    village.sari.with_new_key().post(&retire, json!({"action": "retire"})).await.expect(200);
    let closed = village.buyer.post(&repeat, json!({})).await.expect_problem(409, "not-on-sale");
    assert_eq!(closed.json["line"], 0);
    village.work().await;
}

#[actix_web::test]
async fn ordering_again_omits_retired_products_and_applies_todays_rules() {
    let village = World::village().await;
    let made = |offering: &mut Offering| offering.daily_capacity = Quantity::from_units(100);
    let kept = village.create_pastel(made).await;
    let retired = village.create_product(village.sari_permit(), "Pastel ayam", made).await;
    let chips = village.group_permit(&village.darsih, village.singkong_wareg);
    let suspended = village.create_product(chips, "Keripik singkong", made).await;
    let mut body = village.order_body(kept, 10, 75_000 + 10_000);
    let line = |product: ProductId| json!({"product": product, "quantity": 10});
    body["lines"] = json!([line(kept), line(retired), line(suspended)]);
    body["delivery"] = json!({"kind": "local", "zone": village.zone, "address": "RT 02 RW 05"});
    let order = village.buyer.with_new_key().post("/v1/orders", body).await.expect(201);
    let retire = format!("/v1/products/{retired}/transitions");
    village.sari.with_new_key().post(&retire, json!({"action": "retire"})).await.expect(200);
    let suspend = format!("/v1/groups/{}/transitions", village.singkong_wareg);
    let reason = json!({"action": "suspend", "reason": "Izin P-IRT sudah habis."});
    village.board.with_new_key().post(&suspend, reason).await.expect(200);
    let path = format!("/v1/products/{kept}");
    let known = village.sari.get(&path).await.expect(200);
    let rules = json!({"minimum_quantity": 15, "quantity_step": 5});
    village.sari.with_version_of(&known).patch(&path, rules).await.expect(200);
    let close = format!("/v1/cooperatives/{}/delivery_zones/{}", village.cooperative, village.zone);
    let known = village.board.get(&close).await.expect(200);
    village.board.with_version_of(&known).delete(&close).await.expect(204);
    let repeat = format!("/v1/orders/{}/repeat_quote", order.id());
    let quote = village.buyer.post(&repeat, json!({})).await.expect(200);
    let lines = quote.json["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 1);
    assert_eq!((&lines[0]["product"], &lines[0]["wanted"]), (&json!(kept), &json!(15)));
    assert_eq!((&quote.json["complete"], &quote.json["delivery_fee"]), (&json!(false), &json!(0)));
    let closed: BTreeSet<&str> = quote.json["gone"]
        .as_array()
        .unwrap()
        .iter()
        .map(|product| product["product_name"].as_str().unwrap())
        .collect();
    assert_eq!(closed, BTreeSet::from(["Pastel ayam", "Keripik singkong"]));
    // The quoted lines can be ordered as they are.
    let body = village.order_body(kept, 15, quote.json["total"].as_i64().unwrap());
    village.buyer.with_new_key().post("/v1/orders", body).await.expect(201);
    village.work().await;
}

#[actix_web::test]
async fn a_suspended_group_sells_nothing_new_and_its_open_orders_go_on_unless_the_board_cancels_them() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(400).await;
    let (kept, cancelled) = (village.place_order(product, 10).await, village.place_order(product, 20).await);
    let path = format!("/v1/groups/{}/transitions", village.sekar_laras);
    let suspend = json!({"action": "suspend", "reason": "Izin P-IRT sudah habis."});
    village.board.with_new_key().post(&path, suspend).await.expect(200);
    let listed = village.guest().get("/v1/products").await.expect(200);
    assert_eq!(listed.json["data"], json!([]));
    let order = village.order_body(product, 10, 25_000);
    village.buyer.with_new_key().post("/v1/orders", order).await.expect_problem(409, "not-on-sale");
    let sale = json!({"lines": [{"product": product, "quantity": 3}]});
    let stall = format!("/v1/groups/{}/sales", village.sekar_laras);
    village.sari.with_new_key().post(&stall, sale).await.expect_problem(409, "not-on-sale");
    for (action, status) in [("accept", "accepted"), ("ready", "ready"), ("hand_over", "handed_over")] {
        let reply = transition(&village.sari, &kept, json!({"action": action})).await.expect(200);
        assert_eq!(reply.json["fulfilments"][0]["status"], status);
    }
    let cancel = json!({"action": "cancel", "reason": "Kelompok dihentikan sementara."});
    let path = format!("/v1/orders/{}/transitions", cancelled.id());
    let closed = village.board.with_new_key().post(&path, cancel).await.expect(200);
    assert_eq!((closed.str("status"), closed.json["total"].clone()), ("cancelled".into(), json!(0)));
    village.work().await;
    let letters = village.mails().iter().any(|mail| mail.to == village.buyer.email && mail.kind == "order-cancelled");
    assert!(letters, "the buyer is told that it does not come");
}

#[actix_web::test]
async fn a_declined_part_releases_its_goods_and_the_buyer_is_notified_with_the_reason() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let order = village.place_order(product, 10).await;
    let paid = json!({"method": "cash", "purpose": "full"});
    village.sari.with_new_key().post(&format!("/v1/orders/{}/payments", order.id()), paid).await.expect(201);
    let declined = json!({"action": "decline", "reason": "Kompor rusak"});
    let declined = transition(&village.sari, &order, declined).await.expect(200);
    assert_eq!((declined.str("status"), &declined.json["total"]), ("cancelled".into(), &json!(0)));
    assert_eq!(declined.str("payment_state"), "refund_due");
    assert_eq!(available(&village, product).await, 40);
    village.work().await;
    let letters = village.mails();
    let letters: Vec<_> = letters.iter().filter(|mail| mail.to == village.buyer.email).collect();
    let letter =
        letters.iter().find(|mail| mail.text.contains("Kompor rusak")).unwrap_or_else(|| panic!("{letters:?}"));
    assert!(letter.subject.contains(&declined.str("number")), "{}", letter.subject);
}

#[actix_web::test]
async fn the_version_of_a_response_is_valid_for_the_next_transition() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let order = village.place_order(product, 10).await;
    let paid = json!({"method": "cash", "purpose": "deposit", "amount": 5_000});
    village.sari.with_new_key().post(&format!("/v1/orders/{}/payments", order.id()), paid).await.expect(201);
    let part = order.json["fulfilments"][0]["id"].as_str().unwrap();
    let path = format!("/v1/fulfilments/{part}/transitions");
    let stale = village.sari.with_new_key().with_version_of(&order).post(&path, json!({"action": "accept"})).await;
    stale.expect_problem(412, "version-stale");
    let seen = village.sari.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
    let accepted =
        village.sari.with_new_key().with_version_of(&seen).post(&path, json!({"action": "accept"})).await.expect(200);
    village.sari.with_new_key().with_version_of(&accepted).post(&path, json!({"action": "ready"})).await.expect(200);
    village.work().await;
}

#[actix_web::test]
async fn returned_and_discarded_goods_are_listed_as_discards() {
    let village = World::village().await;
    let (product, batch) = village.create_pastel_in_stock(40).await;
    let order = village.place_order(product, 10).await;
    for action in ["accept", "hand_over"] {
        transition(&village.sari, &order, json!({"action": action})).await.expect(200);
    }
    let back = json!({"action": "return", "goods": "discard", "reason": "Basi"});
    transition(&village.sari, &order, back).await.expect(200);
    let discards = village.sari.get(&format!("/v1/batches/{batch}/discards")).await.expect(200);
    assert_eq!(discards.json["data"][0]["quantity"], 10);
    assert_eq!(discards.json["data"][0]["reason"], "Basi");
    village.work().await;
}

#[actix_web::test]
async fn a_parcel_ordered_again_leaves_out_the_fee_that_only_an_officer_may_agree() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(400).await;
    let mut body = village.guest_order_body(product, 10, 40_000);
    body["delivery"] = json!({"kind": "courier", "address": "Jl. Contoh 7, Purwokerto", "fee": 15_000});
    body["channel"] = json!("phone");
    let order = village.sari.with_new_key().post("/v1/orders", body).await.expect(201);
    let claim = format!("/v1/track/{}/claim", order.json["track"]["secret"].as_str().unwrap());
    village.buyer.with_new_key().post(&claim, json!({})).await.expect(200);
    let quote = village.buyer.post(&format!("/v1/orders/{}/repeat_quote", order.id()), json!({})).await.expect(200);
    assert_eq!((&quote.json["delivery_fee"], &quote.json["total"]), (&json!(0), &json!(25_000)));
    // The quoted lines can be ordered as they are.
    let mut repeat = village.order_body(product, 10, 25_000);
    repeat["delivery"] = json!({"kind": "courier", "address": "Jl. Contoh 7, Purwokerto"});
    let repeat = village.buyer.with_new_key().post("/v1/orders", repeat).await.expect(201);
    assert_eq!((repeat.json["delivery"]["kind"].as_str(), &repeat.json["total"]), (Some("courier"), &json!(25_000)));
    village.work().await;
}
