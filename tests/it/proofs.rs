//! Proofs: pictures of transfers, for those who see the payment and nobody else.

use std::path::PathBuf;

use image::GenericImageView;
use lumbung::kernel::Duration;
use reqwest::Method;
use serde_json::{Value, json};

use crate::photos::{jpeg, png, with_exif};
use crate::world::{Client, Reply, Village, World};

async fn attach(client: &Client, path: &str, picture: Vec<u8>) -> Reply {
    client.upload(Method::POST, path, "image/jpeg", picture).await
}

/// An order of thirty pastel by the buyer, with an announced transfer of the total.
async fn announce_transfer(village: &Village) -> (Reply, Reply) {
    let (product, _) = village.create_pastel_in_stock(40).await;
    let order = village.place_order(product, 30).await;
    let path = format!("/v1/orders/{}/payments", order.id());
    let payment = village.buyer.with_new_key().post(&path, json!({"method": "transfer"})).await.expect(201);
    (order, payment)
}

fn proof_path(payment: &Reply) -> String {
    format!("/v1/payments/{}/proof", payment.id())
}

/// All stored private files.
fn private_files(village: &Village) -> Vec<PathBuf> {
    let folder = village.database.folder.path().join("data/files/private");
    let inside = |folder: PathBuf| {
        std::fs::read_dir(folder).map(|entries| entries.map(|entry| entry.unwrap().path()).collect()).unwrap_or(vec![])
    };
    inside(folder).into_iter().flat_map(inside).collect()
}

#[actix_web::test]
async fn a_slip_is_shown_to_those_who_see_the_payment_and_to_nobody_else() {
    let village = World::village().await;
    let (order, payment) = announce_transfer(&village).await;
    assert_eq!(payment.json["proof"], Value::Null);
    let path = proof_path(&payment);
    village.buyer.get(&path).await.expect_problem(404, "not-found");
    let shown = attach(&village.buyer, &path, with_exif(&jpeg(1000, 3200))).await.expect(201);
    assert_eq!((shown.json["proof"]["url"].clone(), shown.json["version"].clone()), (json!(path), json!(2)));
    assert_eq!((shown.json["expires_at"].clone(), shown.str("status")), (Value::Null, "pending".into()));
    for somebody in [&village.buyer, &village.sari, &village.treasurer, &village.board, &village.supervisor] {
        let slip = somebody.get(&path).await.expect(200);
        assert_eq!(slip.header("content-type"), Some("image/jpeg"));
        assert_eq!(slip.header("cache-control"), Some("no-store"));
        assert_eq!(slip.header("x-content-type-options"), Some("nosniff"));
        assert!(slip.bytes.len() <= 250_000);
        let marker = b"GPS-CIHONJE".as_slice();
        assert!(!slip.bytes.windows(marker.len()).any(|window| window == marker || window.starts_with(b"Exif")));
        // Rotated by its EXIF orientation, and large enough to be read.
        assert_eq!(image::load_from_memory(&slip.bytes).unwrap().dimensions(), (1600, 500));
    }
    village.companion.get(&path).await.expect_problem(403, "forbidden");
    for stranger in
        [&village.other_buyer, &village.wati, &village.darsih, &village.foreign_treasurer, &village.foreign_officer]
    {
        stranger.get(&path).await.expect_problem(404, "not-found");
        attach(stranger, &path, jpeg(40, 40)).await.expect_problem(404, "not-found");
    }
    village.guest().get(&path).await.expect_problem(401, "unauthenticated");
    for watcher in [&village.board, &village.supervisor] {
        attach(watcher, &path, jpeg(40, 40)).await.expect_problem(403, "forbidden");
    }
    // The file name gives no access, neither as it is nor as a photo.
    let files = private_files(&village);
    let name = files[0].file_name().unwrap().to_str().unwrap();
    assert_eq!(files.len(), 1);
    village.guest().get(&format!("/v1/photos/{name}")).await.expect_problem(404, "not-found");
    village
        .guest()
        .get(&format!("/v1/photos/private%2F{}%2F{name}", &name[..2]))
        .await
        .expect_problem(404, "not-found");
    assert!(!shown.text().contains(&name[..32]));
    let events =
        village.board.get(&format!("/v1/cooperatives/{}/events?limit=100", village.cooperative)).await.expect(200);
    let attached: Vec<&Value> = events.json["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["kind"] == "payment.proof_attached")
        .collect();
    assert_eq!(attached.len(), 1);
    assert_eq!(attached[0]["payload"]["order"], order.json["id"]);
}

#[actix_web::test]
async fn a_transfer_that_is_shown_waits_for_the_treasurer_and_another_expires() {
    let village = World::village().await;
    let (order, shown) = announce_transfer(&village).await;
    let payments = format!("/v1/orders/{}/payments", order.id());
    let bare =
        village.buyer.with_new_key().post(&payments, json!({"method": "transfer", "amount": 1000})).await.expect(201);
    attach(&village.buyer, &proof_path(&shown), jpeg(60, 40)).await.expect(201);
    village.clock.advance(Duration::days(30));
    village.work().await;
    let treasurer = village.sign_in_again(&village.treasurer).await;
    let status = async |payment: &Reply| {
        treasurer.get(&format!("/v1/payments/{}", payment.id())).await.expect(200).str("status")
    };
    assert_eq!((status(&shown).await, status(&bare).await), ("pending".into(), "expired".into()));
    attach(&treasurer, &proof_path(&bare), jpeg(60, 40)).await.expect_problem(409, "transition-invalid");
    let decide = format!("/v1/payments/{}/transitions", shown.id());
    treasurer.with_new_key().post(&decide, json!({"action": "confirm"})).await.expect(200);
    let refused = attach(&treasurer, &proof_path(&shown), jpeg(60, 40)).await.expect_problem(409, "transition-invalid");
    assert_eq!(refused.json["state"], "confirmed");
    treasurer.get(&proof_path(&shown)).await.expect(200);
    village.work().await;
    assert_eq!(private_files(&village).len(), 1, "what was refused leaves no file");
}

#[actix_web::test]
async fn a_slip_is_replaced_while_it_waits_and_the_old_file_goes() {
    let village = World::village().await;
    let (_, payment) = announce_transfer(&village).await;
    let path = proof_path(&payment);
    let first = attach(&village.buyer, &path, jpeg(60, 40)).await.expect(201);
    let old = village.buyer.get(&path).await.expect(200).bytes;
    let stale = village.buyer.with("if-match", "\"1\"");
    attach(&stale, &path, jpeg(80, 40)).await.expect_problem(412, "version-stale");
    let replaced = attach(&village.sari.with_version_of(&first), &path, jpeg(80, 40)).await.expect(201);
    assert_eq!(replaced.json["version"], 3);
    assert_ne!(village.buyer.get(&path).await.expect(200).bytes, old);
    assert_eq!(private_files(&village).len(), 2);
    village.work().await;
    assert_eq!(private_files(&village).len(), 1);
    village.buyer.get(&path).await.expect(200);
    // A repeated request is one picture; the file of the second is cleaned up.
    let keyed = village.buyer.with_new_key();
    let once = attach(&keyed, &path, jpeg(90, 40)).await.expect(201);
    let again = attach(&keyed, &path, jpeg(90, 40)).await.expect(201);
    assert_eq!((again.header("idempotency-replayed"), &again.bytes), (Some("true"), &once.bytes));
    attach(&keyed, &path, jpeg(92, 40)).await.expect_problem(422, "idempotency-key-reused");
    village.clock.advance(Duration::hours(2));
    village.work().await;
    assert_eq!(private_files(&village).len(), 1);
}

#[actix_web::test]
async fn an_invalid_picture_leaves_nothing_and_counts_against_the_quota() {
    let village = World::village().await;
    let (_, payment) = announce_transfer(&village).await;
    let path = proof_path(&payment);
    let pdf = village.buyer.upload(Method::POST, &path, "application/pdf", b"%PDF-1.7".to_vec()).await;
    pdf.expect_problem(415, "media-type-unsupported");
    attach(&village.buyer, &path, png(20, 20)).await.expect_problem(422, "photo-unreadable");
    attach(&village.buyer, &path, jpeg(500, 500)[..2000].to_vec()).await.expect_problem(422, "photo-unreadable");
    attach(&village.buyer, &path, vec![0xFF; 5 * 1024 * 1024 + 1]).await.expect_problem(413, "body-too-large");
    assert_eq!(village.buyer.get(&format!("/v1/payments/{}", payment.id())).await.expect(200).json["version"], 1);
    village.clock.advance(Duration::hours(2));
    village.work().await;
    assert!(private_files(&village).is_empty());
}

#[actix_web::test]
async fn a_guest_shows_their_transfer_by_the_secret_of_their_own_order() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let mut tracks = Vec::new();
    for _ in 0..2 {
        let body = village.guest_order_body(product, 10, 25_000);
        let placed = village.guest().with_new_key().post("/v1/orders", body).await.expect(201);
        tracks.push(format!("/v1/track/{}", placed.json["track"]["secret"].as_str().unwrap()));
    }
    let announce = format!("{}/payments", tracks[0]);
    let payment = village.guest().with_new_key().post(&announce, json!({"method": "transfer"})).await.expect(201);
    let own = format!("{}/payments/{}/proof", tracks[0], payment.id());
    let other = format!("{}/payments/{}/proof", tracks[1], payment.id());
    attach(&village.guest(), &other, jpeg(60, 40)).await.expect_problem(404, "not-found");
    let shown = attach(&village.guest(), &own, jpeg(60, 40)).await.expect(201);
    assert_eq!(shown.json["proof"]["url"], json!(own));
    assert_eq!(shown.header("cache-control"), Some("no-store"));
    village.guest().get(&own).await.expect(200);
    village.guest().get(&other).await.expect_problem(404, "not-found");
    village.treasurer.get(&proof_path(&payment)).await.expect(200);
    // Once an account has claimed the order, the tracking secret is void.
    village.buyer.with_new_key().post(&format!("{}/claim", tracks[0]), json!({})).await.expect(200);
    village.guest().get(&own).await.expect_problem(404, "not-found");
    village.guest().get(&announce).await.expect_problem(404, "not-found");
    village.buyer.get(&proof_path(&payment)).await.expect(200);
}

#[actix_web::test]
async fn nobody_sends_more_than_two_hundred_pictures_a_day() {
    use diesel::prelude::*;
    use lumbung::db::{self, schema::rate_buckets};
    let village = World::village().await;
    let (_, payment) = announce_transfer(&village).await;
    attach(&village.buyer, &proof_path(&payment), jpeg(60, 40)).await.expect(201);
    let used = village.app.state.db.write::<_, db::Error, _>(|tx| {
        Ok(diesel::update(rate_buckets::table).set(rate_buckets::spent.eq(199_i64)).execute(&mut **tx)?)
    });
    assert_eq!(used.await.unwrap(), 1);
    let path = proof_path(&payment);
    let tries = (0..4).map(|_| attach(&village.buyer, &path, jpeg(60, 40)));
    let mut answers: Vec<u16> = futures_util::future::join_all(tries).await.iter().map(|reply| reply.status).collect();
    answers.sort_unstable();
    assert_eq!(answers, [201, 429, 429, 429]);
    let refused =
        attach(&village.buyer, &proof_path(&payment), jpeg(60, 40)).await.expect_problem(429, "too-many-requests");
    assert_eq!(refused.header("retry-after"), Some("86401"));
    attach(&village.sari, &proof_path(&payment), jpeg(60, 40)).await.expect(201);
    village.clock.advance(Duration::days(1));
    let buyer = village.sign_in_again(&village.buyer).await;
    attach(&buyer, &proof_path(&payment), jpeg(60, 40)).await.expect(201);
    village.work().await;
}

#[actix_web::test]
async fn the_secret_of_a_guest_is_sent_with_a_proof_and_never_stored_with_it() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let body = village.guest_order_body(product, 10, 25_000);
    let placed = village.guest().with_new_key().post("/v1/orders", body).await.expect(201);
    let secret = placed.json["track"]["secret"].as_str().unwrap();
    let announce = format!("/v1/track/{secret}/payments");
    let announcing = village.guest().with_new_key();
    let transfer = json!({"id": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c77", "method": "transfer"});
    let payment = announcing.post(&announce, transfer.clone()).await.expect(201);
    assert_eq!(payment.header("location"), Some(announce.as_str()));
    let own = format!("{announce}/{}/proof", payment.id());
    let keyed = village.guest().with_new_key();
    let shown = attach(&keyed, &own, jpeg(60, 40)).await.expect(201);
    assert_eq!(
        (shown.json["proof"]["url"].as_str(), shown.header("location")),
        (Some(own.as_str()), Some(own.as_str()))
    );
    let again = attach(&keyed, &own, jpeg(60, 40)).await.expect(201);
    assert_eq!((again.header("idempotency-replayed"), &again.bytes), (Some("true"), &shown.bytes));
    assert_eq!(again.header("location"), Some(own.as_str()));
    // The same client id under another idempotency key returns the payment as it is now.
    let repeated = village.guest().with_new_key().post(&announce, transfer).await.expect(200);
    assert_eq!(repeated.json["proof"]["url"].as_str(), Some(own.as_str()));
    let hexadecimal: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let leaked: Vec<String> = village
        .dump_rows()
        .into_iter()
        .filter(|row| row.contains(secret) || row.to_lowercase().contains(&hexadecimal))
        .filter(|row| !row.starts_with("outbox "))
        .collect();
    assert_eq!(leaked, Vec::<String>::new());
    village.work().await;
}
