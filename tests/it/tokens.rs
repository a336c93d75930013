//! Links and codes: verifying an address, resetting and changing a password.

use diesel::prelude::*;
use lumbung::accounts;
use lumbung::db::schema::outbox::dsl;
use lumbung::kernel::Duration;
use lumbung::kernel::ids::AccountId;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::world::{PASSWORD, Person, Reply, World};

/// The mails of this kind so far, sent and queued: recipient and text.
pub fn letters(world: &World, kind: &str) -> Vec<(String, String)> {
    let sent = world.mails().into_iter().filter(|letter| letter.kind == kind).map(|letter| (letter.to, letter.text));
    sent.chain(queued(world, kind)).collect()
}

/// The mails of this kind in the outbox.
fn queued(world: &World, kind: &str) -> Vec<(String, String)> {
    world
        .app
        .state
        .db
        .read_blocking::<_, lumbung::db::Error>(|conn| {
            Ok(dsl::outbox
                .filter(dsl::kind.eq(kind))
                .filter(dsl::sent_at.is_null())
                .order(dsl::id.asc())
                .select((dsl::recipient, dsl::text_body))
                .load(conn)?)
        })
        .unwrap()
}

/// The token of the link in the last mail of this kind.
pub fn secret(world: &World, kind: &str) -> String {
    let (_, text) = letters(world, kind).pop().expect("a mail");
    let link = text.split_whitespace().find(|word| word.starts_with("http")).expect("a link");
    assert!(link.starts_with("http://127.0.0.1:8080/"), "links come from the configuration: {link}");
    link.rsplit('/').next().unwrap().to_owned()
}

async fn request_reset(world: &World, login: &str) -> Reply {
    world.guest().post("/v1/password_resets", json!({ "login": login })).await
}

async fn redeem(world: &World, token: &str, password: &str) -> Reply {
    world.guest().put(&format!("/v1/password_resets/{token}"), json!({ "password": password })).await
}

const NEW: &str = "gerobak biru laut";

#[actix_web::test]
async fn an_address_is_verified_by_its_link_once() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    let first = secret(&world, "verify-email");
    world.clock.advance(Duration::seconds(1));
    let body = json!({ "email": sari.email });
    world.guest().post("/v1/email_verifications", body).await.expect(202);
    let second = secret(&world, "verify-email");
    assert_ne!(first, second);
    let put = async |token: &str| world.guest().put(&format!("/v1/email_verifications/{token}"), Value::Null).await;
    put(&first).await.expect_problem(410, "link-invalid");
    put(&second).await.expect(204);
    put(&second).await.expect_problem(410, "link-invalid");
    put("nonsense").await.expect_problem(410, "link-invalid");
    assert_eq!(sari.get("/v1/me").await.expect(200).json["email_verified"], true);
    // Already verified: no mail is sent.
    world.guest().post("/v1/email_verifications", json!({ "email": sari.email })).await.expect(202);
    assert_eq!(letters(&world, "verify-email").len(), 2);
}

#[actix_web::test]
async fn a_link_to_verify_lasts_three_days_and_sets_no_password() {
    let world = World::empty().await;
    world.register("Contoh Sari").await;
    let link = secret(&world, "verify-email");
    redeem(&world, &link, NEW).await.expect_problem(410, "link-invalid");
    world.clock.advance(Duration::days(3));
    world
        .guest()
        .put(&format!("/v1/email_verifications/{link}"), Value::Null)
        .await
        .expect_problem(410, "link-invalid");
}

#[actix_web::test]
async fn a_reset_password_signs_every_device_out() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    sari.get("/v1/sessions").await.expect(200);
    request_reset(&world, &sari.login).await.expect(202);
    let link = secret(&world, "reset-password");
    redeem(&world, &link, "pendek").await.expect_problem(422, "body-invalid");
    redeem(&world, &link, NEW).await.expect(204);
    redeem(&world, &link, NEW).await.expect_problem(410, "link-invalid");
    sari.get("/v1/sessions").await.expect_problem(401, "token-invalid");
    world
        .guest()
        .post("/v1/sessions/refresh", json!({"refresh_token": sari.refresh_token}))
        .await
        .expect_problem(401, "refresh-invalid");
    world.try_sign_in(&sari.login, PASSWORD).await.expect_problem(401, "sign-in-failed");
    world.try_sign_in(&sari.login, NEW).await.expect(201);
    assert_eq!(letters(&world, "password-changed")[0].0, sari.email);
}

#[actix_web::test]
async fn a_link_to_reset_lasts_half_an_hour_and_the_newest_counts() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    request_reset(&world, &sari.email).await.expect(202);
    let first = secret(&world, "reset-password");
    world.clock.advance(Duration::seconds(1));
    request_reset(&world, &sari.email).await.expect(202);
    let second = secret(&world, "reset-password");
    redeem(&world, &first, NEW).await.expect_problem(410, "link-invalid");
    world.clock.advance(Duration::minutes(30));
    redeem(&world, &second, NEW).await.expect_problem(410, "link-invalid");
    world.try_sign_in(&sari.login, PASSWORD).await.expect(201);
}

#[actix_web::test]
async fn of_32_concurrent_uses_of_a_reset_link_one_succeeds() {
    let world = World::with(|config| config.accounts.resets_an_hour = 1000).await;
    let sari = world.register("Contoh Sari").await;
    request_reset(&world, &sari.email).await.expect(202);
    let link = secret(&world, "reset-password");
    let all = futures_util::future::join_all((0..32).map(|_| redeem(&world, &link, NEW))).await;
    assert_eq!(all.iter().filter(|reply| reply.status == 204).count(), 1);
    for reply in all.into_iter().filter(|reply| reply.status != 204 && reply.status != 503) {
        reply.expect_problem(410, "link-invalid");
    }
}

#[actix_web::test]
async fn of_32_concurrent_verifications_of_an_address_one_succeeds() {
    let world = World::with(|config| config.accounts.resets_an_hour = 1000).await;
    let sari = world.register("Contoh Sari").await;
    let path = format!("/v1/email_verifications/{}", secret(&world, "verify-email"));
    let client = world.guest();
    let all = futures_util::future::join_all((0..32).map(|_| client.put(&path, Value::Null))).await;
    assert_eq!(all.iter().filter(|reply| reply.status == 204).count(), 1);
    for reply in all.into_iter().filter(|reply| reply.status != 204 && reply.status != 503) {
        reply.expect_problem(410, "link-invalid");
    }
    assert_eq!(sari.get("/v1/me").await.expect(200).json["email_verified"], true);
}

/// Otherwise whoever reads an old mailbox could verify a new address.
#[actix_web::test]
async fn a_link_that_was_sent_to_one_address_verifies_no_other() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    let old = format!("/v1/email_verifications/{}", secret(&world, "verify-email"));
    let change_email = async |email: &str| {
        let me = sari.get("/v1/me").await.expect(200);
        let edit = json!({"email": email, "current_password": PASSWORD});
        sari.with_version_of(&me).patch("/v1/me", edit).await.expect(200)
    };
    change_email("baru@example.org").await;
    world.guest().put(&old, Value::Null).await.expect_problem(410, "link-invalid");
    // Not even after the account has the old address again.
    change_email(&sari.email).await;
    world.guest().put(&old, Value::Null).await.expect_problem(410, "link-invalid");
    assert_eq!(sari.get("/v1/me").await.expect(200).json["email_verified"], false);
}

/// Whoever reads the database, or a copy of it, gets no credentials: only hashes are stored.
#[actix_web::test]
async fn credentials_are_stored_as_hashes_only() {
    let village = World::village().await;
    let sari = village.register("Contoh Sari Baru").await;
    let body = json!({"refresh_token": sari.refresh_token});
    let renewed = village.guest().post("/v1/sessions/refresh", body).await.expect(201);
    request_reset(&village, &sari.email).await.expect(202);
    let (verify, reset) = (secret(&village, "verify-email"), secret(&village, "reset-password"));
    let (now, account, by) =
        (village.clock.now(), sari.id.parse().unwrap(), village.sari.id.parse::<AccountId>().unwrap());
    let issue = move |tx: &mut lumbung::db::Tx<'_>| accounts::issue_reset_code(tx, now, account, by);
    let issued = village.app.state.db.write(issue).await.unwrap();
    assert!(!format!("{issued:?}").contains(&issued.code), "{issued:?}");
    let code = issued.code.replace('-', "");
    let invitation = json!({"name": "Contoh Diundang", "role": "member", "email": "diundang@example.org"});
    let path = format!("/v1/groups/{}/invitations", village.sekar_laras);
    let invited = village.sari.with_new_key().post(&path, invitation).await.expect(201).str("token");
    // A queued mail contains its link until it is sent.
    village.work().await;
    let everything = village.dump_rows();
    for (name, token) in [
        ("a refresh token", sari.refresh_token.clone()),
        ("a refresh token that was renewed", renewed.str("refresh_token")),
        ("an access token", renewed.str("access_token")),
        ("a link to verify", verify),
        ("a link to reset", reset),
        ("a code", code),
        ("an invitation", invited),
    ] {
        assert!(token.len() >= 12, "{name}");
        let (plain, hashed) = (hex(token.as_bytes()), hex(Sha256::digest(token.as_bytes()).as_slice()));
        let is_stored = |text: &str| everything.iter().any(|row| row.to_lowercase().contains(&text.to_lowercase()));
        assert!(!is_stored(&token) && !is_stored(&plain), "{name} is stored in plain text");
        assert!(is_stored(&hashed) || name == "an access token", "{name} is not stored as this hash");
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[actix_web::test]
async fn a_reset_request_does_not_reveal_whether_the_account_exists() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    let mut answers = Vec::new();
    for login in [sari.login.as_str(), sari.email.as_str(), "0812-9999-9999", "nobody@example.org", "siapa saja"] {
        let client = world.guest().with("x-request-id", "same");
        let started = std::time::Instant::now();
        let reply = client.post("/v1/password_resets", json!({ "login": login })).await.expect(202);
        assert!(started.elapsed() >= std::time::Duration::from_millis(120));
        let mut headers: Vec<String> = reply.headers.keys().map(ToString::to_string).collect();
        headers.sort();
        answers.push((reply.text(), headers));
    }
    assert!(answers.iter().all(|answer| answer == &answers[0]), "{answers:?}");
    let mut answers = Vec::new();
    for email in [sari.email.as_str(), "nobody@example.org"] {
        let client = world.guest().with("x-request-id", "same");
        answers.push(client.post("/v1/email_verifications", json!({ "email": email })).await.expect(202).text());
    }
    assert_eq!(answers[0], answers[1]);
}

#[actix_web::test]
async fn nobodys_mailbox_is_flooded() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    for _ in 0..5 {
        request_reset(&world, &sari.email).await.expect(202);
    }
    assert_eq!(letters(&world, "reset-password").len(), 3);
}

async fn phone_only(world: &World) -> (String, String) {
    let body = json!({"name": "Contoh Tanpa Surel", "phone": "0812-5555-0001", "password": PASSWORD});
    let id = world.guest().post("/v1/accounts", body).await.expect(201).id();
    (id, "0812-5555-0001".into())
}

#[actix_web::test]
async fn people_without_mail_set_a_password_by_a_code_that_is_read_to_them() {
    let world = World::empty().await;
    let officer = world.register("Contoh Ketua").await;
    let (id, phone) = phone_only(&world).await;
    request_reset(&world, &phone).await.expect(202);
    assert!(letters(&world, "reset-password").is_empty());
    let (now, account, by) = (world.clock.now(), id.parse().unwrap(), officer.id.parse().unwrap());
    let issue = move |tx: &mut lumbung::db::Tx<'_>| accounts::issue_reset_code(tx, now, account, by);
    let issued = world.app.state.db.write(issue).await.unwrap();
    assert_eq!(issued.code.len(), 14);
    let typed = issued.code.to_lowercase().replace('-', "%20");
    redeem(&world, &typed, NEW).await.expect(204);
    redeem(&world, &issued.code, NEW).await.expect_problem(410, "link-invalid");
    world.try_sign_in(&phone, NEW).await.expect(201);
    let issued = world.app.state.db.write(issue).await.unwrap();
    world.clock.advance(Duration::minutes(31));
    redeem(&world, &issued.code, NEW).await.expect_problem(410, "link-invalid");
}

#[actix_web::test]
async fn codes_are_not_guessed_from_one_address() {
    let world = World::with(|config| config.accounts.resets_an_hour = 3).await;
    for _ in 0..3 {
        redeem(&world, "AAAA-BBBB-CCCC", NEW).await.expect_problem(410, "link-invalid");
    }
    redeem(&world, "AAAA-BBBB-CCCC", NEW).await.expect_problem(429, "too-many-requests");
}

async fn change(person: &Person, current: &str, new: &str) -> Reply {
    person.put("/v1/me/password", json!({"current_password": current, "password": new})).await
}

#[actix_web::test]
async fn a_password_is_changed_by_who_knows_it_and_other_devices_are_signed_out() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    let laptop = world.try_sign_in(&sari.login, PASSWORD).await.expect(201);
    change(&sari, "tebakan saja", NEW).await.expect_problem(403, "password-wrong");
    change(&sari, PASSWORD, NEW).await.expect(204);
    sari.get("/v1/sessions").await.expect(200);
    world
        .guest()
        .with_token(&laptop.str("access_token"))
        .get("/v1/sessions")
        .await
        .expect_problem(401, "token-invalid");
    world.try_sign_in(&sari.login, NEW).await.expect(201);
    assert_eq!(letters(&world, "password-changed").len(), 1);
    // This device stays signed in and refreshes its tokens.
    let body = json!({"refresh_token": sari.refresh_token});
    world.guest().post("/v1/sessions/refresh", body).await.expect(201);
    for _ in 0..5 {
        change(&sari, "tebakan saja", NEW).await.expect_problem(403, "password-wrong");
    }
    change(&sari, NEW, PASSWORD).await.expect_problem(429, "too-many-requests");
}

/// Links and codes that were requested before become invalid.
#[actix_web::test]
async fn a_password_that_is_changed_ends_the_links_and_codes_to_set_another() {
    let world = World::empty().await;
    let (sari, officer) = (world.register("Contoh Sari").await, world.register("Contoh Ketua").await);
    request_reset(&world, &sari.email).await.expect(202);
    let link = secret(&world, "reset-password");
    let (now, account, by) = (world.clock.now(), sari.id.parse().unwrap(), officer.id.parse().unwrap());
    let issue = move |tx: &mut lumbung::db::Tx<'_>| accounts::issue_reset_code(tx, now, account, by);
    let issued = world.app.state.db.write(issue).await.unwrap();
    change(&sari, PASSWORD, NEW).await.expect(204);
    for presented in [&link, &issued.code] {
        redeem(&world, presented, "kereta api senja").await.expect_problem(410, "link-invalid");
    }
    world.try_sign_in(&sari.login, NEW).await.expect(201);
    // The verification link stays valid.
    let verify = format!("/v1/email_verifications/{}", secret(&world, "verify-email"));
    world.guest().put(&verify, Value::Null).await.expect(204);
}

#[actix_web::test]
async fn a_suspended_account_is_out_at_once() {
    let world = World::empty().await;
    let (sari, admin) = (world.register("Contoh Sari").await, world.admin().await);
    let (now, account, by) = (world.clock.now(), sari.id.parse().unwrap(), admin.id.parse().unwrap());
    world.app.state.db.write(move |tx| accounts::set_suspended(tx, now, account, by, true)).await.unwrap();
    sari.get("/v1/sessions").await.expect_problem(401, "token-invalid");
    let body = json!({"refresh_token": sari.refresh_token});
    world.guest().post("/v1/sessions/refresh", body).await.expect_problem(401, "refresh-invalid");
    world.try_sign_in(&sari.login, PASSWORD).await.expect_problem(401, "sign-in-failed");
    world.app.state.db.write(move |tx| accounts::set_suspended(tx, now, account, by, false)).await.unwrap();
    world.try_sign_in(&sari.login, PASSWORD).await.expect(201);
}
