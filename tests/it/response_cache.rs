//! The cache of public responses.

use lumbung::kernel::Duration;
use serde_json::json;

use crate::world::{Reply, World};

/// Whether the response was served without the database.
#[track_caller]
fn is_cached(reply: &Reply) -> bool {
    reply.header("server-timing").expect("a timing").ends_with("db;dur=0.000")
}

#[actix_web::test]
async fn equal_requests_get_the_cached_response_until_a_write() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    village.work().await;
    let guest = village.guest();
    for path in ["/v1/products?limit=20".to_owned(), "/v1/groups".into(), format!("/v1/products/{product}")] {
        let read = guest.get(&path).await.expect(200);
        let cached = guest.get(&path).await.expect(200);
        assert!(!is_cached(&read) && is_cached(&cached), "{path}");
        assert_eq!(read.bytes, cached.bytes);
        let lasting = |reply: &Reply| {
            let mut headers = reply.headers.clone();
            for changing in ["x-request-id", "server-timing", "date"] {
                headers.remove(changing);
            }
            headers
        };
        assert_eq!(lasting(&read), lasting(&cached), "{path}");
        let unchanged = guest.with("if-none-match", read.header("etag").unwrap()).get(&path).await;
        assert_eq!((unchanged.status, unchanged.bytes.len()), (304, 0));
        assert!(is_cached(&unchanged));
    }
}

#[actix_web::test]
async fn own_changes_are_visible_immediately() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let (path, guest) = (format!("/v1/products/{product}"), village.guest());
    for price in 2600..2640 {
        guest.get(&path).await.expect(200);
        let current = village.sari.get(&path).await.expect(200);
        village.sari.with_version_of(&current).patch(&path, json!({"price": price})).await.expect(200);
        assert_eq!(guest.get(&path).await.json["price"], price);
    }
    village.work().await;
}

#[actix_web::test]
async fn changes_of_another_instance_are_visible_after_a_second() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    village.work().await;
    let (path, guest) = (format!("/v1/products/{product}"), village.guest());
    guest.get(&path).await.expect(200);
    village.database.run("UPDATE products SET price = 2750");
    village.clock.advance(Duration::milliseconds(999));
    assert_eq!(guest.get(&path).await.json["price"], 2500);
    village.clock.advance(Duration::milliseconds(1));
    assert_eq!(guest.get(&path).await.json["price"], 2750);
}

#[actix_web::test]
async fn responses_are_cached_per_representation_and_only_for_anonymous_callers() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    village.work().await;
    let (path, guest) = (format!("/v1/products/{product}"), village.guest());
    let plain = guest.get(&path).await.expect(200);
    let officers = village.sari.get(&path).await.expect(200);
    assert!(!is_cached(&officers) && officers.json["actions"].is_array() && plain.json["actions"].is_null());
    assert!(guest.get(&path).await.json["actions"].is_null(), "an officer's response is not cached");
    for (header, value) in [("accept-language", "en"), ("accept-encoding", "br"), ("accept", "application/json")] {
        let other = guest.with(header, value);
        assert!(!is_cached(&other.get(&path).await.expect(200)), "{header}");
        assert!(is_cached(&other.get(&path).await.expect(200)), "{header}");
    }
    let packed = guest.with("accept-encoding", "br").get(&path).await;
    assert_eq!(packed.header("content-encoding"), (plain.bytes.len() >= 1024).then_some("br"));
}

#[actix_web::test]
async fn private_responses_and_errors_are_not_cached() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let order = village.place_order(product, 10).await;
    village.work().await;
    let own = format!("/v1/orders/{}", order.id());
    for _ in 0..2 {
        assert!(!is_cached(&village.buyer.get(&own).await.expect(200)));
        village.guest().get(&own).await.expect_problem(401, "unauthenticated");
        assert!(!is_cached(&village.guest().get(&format!("/v1/products/{}", order.id())).await.expect(404)));
    }
}

#[actix_web::test]
async fn the_cache_can_be_disabled() {
    let village = World::village_with(|config| config.server.kept_kib = 0).await;
    for _ in 0..3 {
        assert!(!is_cached(&village.guest().get("/v1/groups").await.expect(200)));
    }
    village.work().await;
}
