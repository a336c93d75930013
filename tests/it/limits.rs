//! Limits: list lengths, amounts, and database constraints.

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use lumbung::kernel::{Quantity, Rupiah};
use lumbung::supply::Opening;
use serde_json::{Value, json};

use crate::world::{Village, World};

#[actix_web::test]
async fn lists_that_are_too_long_are_rejected() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(1_000).await;
    for person in [&village.buyer, &village.sari] {
        // The first use of a token is recorded.
        person.get("/v1/me").await.expect(200);
    }
    let before = village.dump_rows();
    let line = json!({"product": product, "quantity": 1});
    let sales = format!("/v1/groups/{}/sales", village.sekar_laras);
    for many in [51, 201] {
        let lines: Vec<&Value> = vec![&line; many];
        let order = json!({"cooperative": village.cooperative, "lines": lines, "expected_total": many * 2500});
        let buyer = village.buyer.with_new_key();
        buyer
            .post("/v1/orders", order.clone())
            .await
            .expect_problem(422, "body-invalid")
            .expect_field_error("/lines", "too-long");
        let mut basket = order;
        basket.as_object_mut().unwrap().remove("expected_total");
        village
            .buyer
            .post("/v1/quotes", basket)
            .await
            .expect_problem(422, "body-invalid")
            .expect_field_error("/lines", "too-long");
        let sale = json!({"lines": lines, "expected_total": many * 2500});
        let sari = village.sari.with_new_key();
        sari.post(&sales, sale).await.expect_problem(422, "body-invalid").expect_field_error("/lines", "too-long");
    }
    let products = format!("/v1/groups/{}/products", village.sekar_laras);
    let offering = json!({"name": "Risoles", "category": "fresh_snacks", "unit": "piece", "price": 2500});
    for (name, item, refusal) in [
        ("price_tiers", json!({"from": 10, "price": 2000}), "too-long"),
        ("made_on", json!("monday"), ""),
        ("label", json!({"composition": vec!["garam"; 201]}), "too-long"),
        ("label", json!({"allergens": vec!["milk"; 201]}), "too-long"),
    ] {
        let mut offering = offering.clone();
        offering[name] = if name == "label" { item } else { json!(vec![item; 201]) };
        let refused = village.sari.with_new_key().post(&products, offering).await;
        assert!([400, 422].contains(&refused.status), "{name}: {}", refused.text());
        assert!(refused.text().contains(refusal), "{name}: {}", refused.text());
    }
    let unchanged = crate::world::diff_rows(&before, &village.dump_rows());
    // Unmet demand is recorded, but invalid requests are not demand.
    assert_eq!(unchanged, Vec::<String>::new());
    village.work().await;
}

/// A product of which ten thousand pieces cost exactly a trillion rupiah.
async fn create_expensive_product(village: &Village) -> lumbung::kernel::ids::ProductId {
    let product = village.create_pastel(|offering| offering.price = Rupiah(100_000_000)).await;
    let opening = Opening { made: Some(Quantity::from_units(20_000)), ..Opening::default() };
    village.open_group_batch(village.sari_permit(), product, opening).await;
    product
}

#[actix_web::test]
async fn lines_above_a_trillion_rupiah_are_rejected() {
    let village = World::village().await;
    let product = create_expensive_product(&village).await;
    let trillion = 1_000_000_000_000_i64;
    let order = |pieces: i64| village.order_body(product, pieces, pieces * 100_000_000);
    let basket =
        |pieces: i64| json!({"cooperative": village.cooperative, "lines": [{"product": product, "quantity": pieces}]});
    let sale = |pieces: i64| json!({"lines": [{"product": product, "quantity": pieces}]});
    let sales = format!("/v1/groups/{}/sales", village.sekar_laras);
    village.buyer.with_new_key().post("/v1/orders", order(10_001)).await.expect_problem(422, "amount-too-large");
    village.buyer.post("/v1/quotes", basket(10_001)).await.expect_problem(422, "amount-too-large");
    village.sari.with_new_key().post(&sales, sale(10_001)).await.expect_problem(422, "amount-too-large");
    assert_eq!(village.buyer.post("/v1/quotes", basket(10_000)).await.expect(200).json["total"], trillion);
    let placed = village.buyer.with_new_key().post("/v1/orders", order(10_000)).await.expect(201);
    assert_eq!(placed.json["total"], trillion);
    village.work().await;
}

/// The database rejects impossible values even if the code has a bug.
#[actix_web::test]
async fn check_constraints_reject_impossible_values() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let order = village.place_order(product, 10).await;
    let cash = json!({"method": "transfer", "purpose": "full"});
    let payments = format!("/v1/orders/{}/payments", order.id());
    village.buyer.with_new_key().post(&payments, cash).await.expect(201);
    for impossible in [
        "products SET price = -1",
        "products SET price = 1000000000001",
        "products SET deposit_percent = 101",
        "products SET minimum_quantity = 0",
        "batches SET claimed = -1",
        "batches SET claimed = made + 1",
        "batches SET made = claimed - 1",
        "batches SET discarded = made",
        "batches SET price = 1000000000001",
        "batches SET unit_cost = -1",
        "order_lines SET total = -1",
        "order_lines SET total = 1000000000001",
        "order_lines SET unit_price = -1",
        "order_lines SET quantity = wanted + 1",
        "order_lines SET deposit_percent = 101",
        "claims SET quantity = -1",
        "fulfilments SET goods_total = -1",
        "orders SET goods_total = goods_total + 1",
        "orders SET delivery_fee = -1, total = goods_total - 1",
        "orders SET goods_total = 9000000000000001, total = 9000000000000001 + delivery_fee",
        "orders SET deposit_due = -1",
        "orders SET placed_total = -1",
        "orders SET refunded_total = -1",
        "payments SET amount = 0",
        "payments SET amount = 9000000000000001",
        "delivery_zones SET fee = -1",
    ] {
        let refused = village.database.try_to_run(&format!("UPDATE {impossible}"));
        assert!(
            matches!(&refused, Err(DieselError::DatabaseError(DatabaseErrorKind::CheckViolation, _))),
            "{impossible}: {refused:?}"
        );
    }
    // A possible value is accepted, so the rejections above have no other reason.
    village.database.run("UPDATE order_lines SET total = 1000000000000");
    village.work().await;
}
