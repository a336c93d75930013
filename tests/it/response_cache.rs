//! Public answers are kept for a moment, and nobody can tell but by the time it takes.

use lumbung::kernel::Duration;
use serde_json::json;

use crate::world::{Reply, World};

/// Whether the database was not asked for this.
#[track_caller]
fn is_kept(reply: &Reply) -> bool {
    reply.header("server-timing").expect("a timing").ends_with("db;dur=0.000")
}

#[actix_web::test]
async fn who_asks_the_same_while_nothing_is_written_is_given_the_same() {
    let village = World::village().await;
    let (product, _) = village.pastel_on_the_shelf(40).await;
    village.work().await;
    let guest = village.guest();
    for path in ["/v1/products?limit=20".to_owned(), "/v1/groups".into(), format!("/v1/products/{product}")] {
        let read = guest.get(&path).await.expect(200);
        let kept = guest.get(&path).await.expect(200);
        assert!(!is_kept(&read) && is_kept(&kept), "{path}");
        assert_eq!(read.bytes, kept.bytes);
        let lasting = |reply: &Reply| {
            let mut headers = reply.headers.clone();
            for changing in ["x-request-id", "server-timing", "date"] {
                headers.remove(changing);
            }
            headers
        };
        assert_eq!(lasting(&read), lasting(&kept), "{path}");
        let unchanged = guest.with("if-none-match", read.header("etag").unwrap()).get(&path).await;
        assert_eq!((unchanged.status, unchanged.bytes.len()), (304, 0));
        assert!(is_kept(&unchanged));
    }
}

#[actix_web::test]
async fn whoever_changes_something_sees_it_changed_at_once() {
    let village = World::village().await;
    let (product, _) = village.pastel_on_the_shelf(40).await;
    let (path, guest) = (format!("/v1/products/{product}"), village.guest());
    for price in 2600..2640 {
        guest.get(&path).await.expect(200);
        let current = village.sari.get(&path).await.expect(200);
        village.sari.editing(&current).patch(&path, json!({"price": price})).await.expect(200);
        assert_eq!(guest.get(&path).await.json["price"], price);
    }
    village.work().await;
}

#[actix_web::test]
async fn what_another_instance_writes_is_seen_after_a_second() {
    let village = World::village().await;
    let (product, _) = village.pastel_on_the_shelf(40).await;
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
async fn nobody_is_given_what_was_kept_for_another_form_or_person() {
    let village = World::village().await;
    let (product, _) = village.pastel_on_the_shelf(40).await;
    village.work().await;
    let (path, guest) = (format!("/v1/products/{product}"), village.guest());
    let plain = guest.get(&path).await.expect(200);
    let officers = village.sari.get(&path).await.expect(200);
    assert!(!is_kept(&officers) && officers.json["actions"].is_array() && plain.json["actions"].is_null());
    assert!(guest.get(&path).await.json["actions"].is_null(), "an officer's answer is kept for nobody");
    for (header, value) in [("accept-language", "en"), ("accept-encoding", "br"), ("accept", "application/json")] {
        let other = guest.with(header, value);
        assert!(!is_kept(&other.get(&path).await.expect(200)), "{header}");
        assert!(is_kept(&other.get(&path).await.expect(200)), "{header}");
    }
    let packed = guest.with("accept-encoding", "br").get(&path).await;
    assert_eq!(packed.header("content-encoding"), (plain.bytes.len() >= 1024).then_some("br"));
}

#[actix_web::test]
async fn what_concerns_one_person_and_what_fails_is_not_kept() {
    let village = World::village().await;
    let (product, _) = village.pastel_on_the_shelf(40).await;
    let order = village.ordered(product, 10).await;
    village.work().await;
    let own = format!("/v1/orders/{}", order.id());
    for _ in 0..2 {
        assert!(!is_kept(&village.buyer.get(&own).await.expect(200)));
        village.guest().get(&own).await.problem(401, "unauthenticated");
        assert!(!is_kept(&village.guest().get(&format!("/v1/products/{}", order.id())).await.expect(404)));
    }
}

#[actix_web::test]
async fn an_operator_can_switch_it_off() {
    let village = World::village_with(|config| config.server.kept_kib = 0).await;
    for _ in 0..3 {
        assert!(!is_kept(&village.guest().get("/v1/groups").await.expect(200)));
    }
    village.work().await;
}
