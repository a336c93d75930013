//! Error handling shared by all routes.

use lumbung::kernel::Quantity;
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::World;

#[actix_web::test]
async fn an_unknown_route_is_a_problem_in_the_callers_language() {
    let world = World::empty().await;
    let reply = world.guest().get("/v1/nowhere").await.expect_problem(404, "not-found");
    assert_eq!(reply.str("title"), "Tidak ditemukan");
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    let reply = world
        .guest()
        .in_english()
        .with("x-request-id", "my-request.1")
        .get("/v1/nowhere")
        .await
        .expect_problem(404, "not-found");
    assert_eq!(reply.str("title"), "Not found");
    assert_eq!(reply.header("x-request-id"), Some("my-request.1"));
    assert_eq!(reply.header("server"), None);
}

#[actix_web::test]
async fn invalid_input_is_reported_in_both_languages_and_changes_nothing() {
    let village = World::village().await;
    let product = village.create_pastel(|offering| offering.daily_capacity = Quantity::from_units(100)).await;
    let retired = village.create_made_to_order().await;
    let path = format!("/v1/products/{retired}/transitions");
    village.sari.post(&path, json!({"action": "retire"})).await.expect(200);
    let order = |change: fn(&mut Value)| {
        let mut body = village.order_body(product, 30, 75_000);
        change(&mut body);
        body
    };
    let unknown = "01900000-0000-7000-8000-000000000000";
    let first = village.guest().get("/v1/places?q=a&limit=1").await.expect(200).str("next");
    let before = village.count_rows().await;
    let posts = [
        (400, "body-unreadable", order(|body| body["nope"] = json!(1))),
        (400, "body-unreadable", order(|body| body["lines"][0]["quantity"] = json!(-1))),
        (400, "body-unreadable", order(|body| body["lines"][0]["quantity"] = json!("thirty"))),
        (400, "body-unreadable", order(|body| body["lines"][0]["product"] = json!("pastel"))),
        (422, "body-invalid", order(|body| body["lines"][0]["quantity"] = json!(0.5))),
        (422, "body-invalid", order(|body| body["lines"][0]["ready_on"] = json!("2026-11-20"))),
        (422, "body-invalid", order(|body| body["lines"] = json!([]))),
        (
            409,
            "total-changed",
            order(|body| {
                body["lines"][0]["ready_on"] = json!("2026-11-25");
                body["expected_total"] = json!(1);
            }),
        ),
        (409, "not-on-sale", village.order_body(retired, 30, 75_000)),
    ];
    let mut problems = Vec::new();
    for (status, code, body) in posts {
        for caller in [village.buyer.with_new_key(), village.buyer.with_new_key().in_english()] {
            problems.push((code, caller.post("/v1/orders", body.clone()).await.expect_problem(status, code)));
        }
    }
    let forged = village.guest().with_token("eyJhbGciOiJub25lIn0.e30.");
    let gets = [
        (village.buyer.client.clone(), format!("/v1/orders/{unknown}"), 404, "not-found"),
        (village.other_buyer.client.clone(), "/v1/orders/pastel".to_owned(), 404, "not-found"),
        (village.guest(), format!("/v1/products?cursor={first}"), 400, "cursor-invalid"),
        (village.guest(), "/v1/products?colour=red".to_owned(), 400, "query-invalid"),
        (village.guest(), "/v1/products?limit=101".to_owned(), 400, "query-invalid"),
        (village.guest(), "/v1/me".to_owned(), 401, "unauthenticated"),
        (forged, "/v1/me".to_owned(), 401, "token-invalid"),
    ];
    for (caller, path, status, code) in gets {
        for caller in [caller.clone(), caller.in_english()] {
            problems.push((code, caller.get(&path).await.expect_problem(status, code)));
        }
    }
    let broken = b"{\"cooperative\": ".to_vec();
    let uploads = [
        (broken, "application/json", 400, "body-unreadable"),
        (b"lines=1".to_vec(), "application/x-www-form-urlencoded", 415, "media-type-unsupported"),
        (format!("{{\"note\": \"{}\"}}", "a".repeat(70_000)).into_bytes(), "application/json", 413, "body-too-large"),
    ];
    for (bytes, kind, status, code) in uploads {
        for caller in [village.buyer.with_new_key(), village.buyer.with_new_key().in_english()] {
            let reply = caller.upload(Method::POST, "/v1/orders", kind, bytes.clone()).await;
            problems.push((code, reply.expect_problem(status, code)));
        }
    }
    for pair in problems.chunks(2) {
        let (code, indonesian, english) = (pair[0].0, pair[0].1.str("detail"), pair[1].1.str("detail"));
        assert!(
            indonesian.ends_with('.') && english.ends_with('.') && indonesian != english,
            "{code}: {indonesian} / {english}"
        );
    }
    assert_eq!(village.count_rows().await, before);
}

#[actix_web::test]
async fn a_wrong_word_of_a_closed_list_is_answered_with_the_allowed_ones() {
    let world = World::empty().await;
    for (caller, start) in [
        (world.guest(), "Nilainya tidak dikenal. Pilih salah satu: "),
        (world.guest().in_english(), "This value is not known. Choose one of: "),
    ] {
        let reply = caller.get("/v1/products?sort=canary").await.expect_problem(400, "query-invalid");
        let error = &reply.json["errors"][0];
        assert_eq!((error["pointer"].as_str(), error["code"].as_str()), (Some("/sort"), Some("malformed")));
        let detail = error["detail"].as_str().unwrap();
        assert!(detail.starts_with(start) && detail.contains("name, ") && !detail.contains("canary"), "{detail}");
    }
}
