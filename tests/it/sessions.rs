//! Signing in, refreshing tokens, devices, and invalid tokens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use lumbung::kernel::Duration;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::tokens::letters;
use crate::world::{PASSWORD, Reply, World};

async fn refresh(world: &World, token: &str) -> Reply {
    world.guest().post("/v1/sessions/refresh", json!({ "refresh_token": token })).await
}

async fn is_accepted(world: &World, access_token: &str) -> bool {
    let reply = world.guest().with_token(access_token).get("/v1/sessions").await;
    if reply.status == 401 {
        assert_eq!(reply.header("www-authenticate"), Some(r#"Bearer realm="lumbung", error="invalid_token""#));
        reply.expect_problem(401, "token-invalid");
        return false;
    }
    reply.expect(200);
    true
}

#[actix_web::test]
async fn a_wrong_password_and_an_unknown_login_get_the_same_response_at_the_same_cost() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    let hashes = || world.app.accounts.hasher.hash_count();
    let mut answers = Vec::new();
    for login in [sari.login.as_str(), sari.email.as_str(), "0812-9999-9999", "nobody@example.org", "siapa saja"] {
        let before = hashes();
        let body = json!({"login": login, "password": "bukan yang benar"});
        let reply = world.guest().with("x-request-id", "same").post("/v1/sessions", body).await;
        let mut headers: Vec<String> = reply.headers.keys().map(ToString::to_string).collect();
        headers.sort();
        answers.push((reply.text(), headers, hashes() - before));
        reply.expect_problem(401, "sign-in-failed");
    }
    for answer in &answers {
        assert_eq!(answer, &answers[0]);
        assert_eq!(answer.2, 1, "one password is hashed, whoever it is");
    }
}

#[actix_web::test]
async fn tokens_are_renewed_and_each_refresh_token_is_good_once() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    let second = refresh(&world, &sari.refresh_token).await.expect(201);
    assert_eq!(second.header("cache-control"), Some("no-store"));
    assert_eq!(second.str("session"), sari.session);
    assert_ne!(second.str("refresh_token"), sari.refresh_token);
    assert!(is_accepted(&world, &second.str("access_token")).await);
    // The new pair was used, so reuse of the old token is theft.
    refresh(&world, &sari.refresh_token).await.expect_problem(401, "refresh-invalid");
    assert!(!is_accepted(&world, &second.str("access_token")).await);
    refresh(&world, &second.str("refresh_token")).await.expect_problem(401, "refresh-invalid");
    let mails = letters(&world, "token-reused");
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].0, sari.email);
    assert!(mails[0].1.contains("Contoh Sari"));
    refresh(&world, "nonsense").await.expect_problem(401, "refresh-invalid");
}

#[actix_web::test]
async fn a_refresh_whose_response_was_lost_can_be_repeated() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    let lost = refresh(&world, &sari.refresh_token).await.expect(201);
    let again = refresh(&world, &sari.refresh_token).await.expect(201);
    assert!(!is_accepted(&world, &lost.str("access_token")).await, "the lost pair was revoked");
    assert!(is_accepted(&world, &again.str("access_token")).await);
    let next = refresh(&world, &again.str("refresh_token")).await.expect(201);
    assert!(is_accepted(&world, &next.str("access_token")).await);
    assert!(letters(&world, "token-reused").is_empty());
    // Whoever presents a revoked token holds a copy.
    refresh(&world, &lost.str("refresh_token")).await.expect_problem(401, "refresh-invalid");
    assert!(!is_accepted(&world, &next.str("access_token")).await);
    assert_eq!(letters(&world, "token-reused").len(), 1);
}

#[actix_web::test]
async fn of_32_concurrent_refreshes_one_pair_stays_valid() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    let all = futures_util::future::join_all((0..32).map(|_| refresh(&world, &sari.refresh_token))).await;
    let mut valid = 0;
    for reply in &all {
        assert!(reply.status == 201, "{}", reply.text());
        valid += u32::from(is_accepted(&world, &reply.str("access_token")).await);
    }
    assert_eq!(valid, 1);
}

#[actix_web::test]
async fn sessions_end_when_idle_and_after_their_maximum_lifetime() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    world.clock.advance(Duration::days(29));
    let mut token = refresh(&world, &sari.refresh_token).await.expect(201).str("refresh_token");
    for _ in 0..5 {
        world.clock.advance(Duration::days(29));
        token = refresh(&world, &token).await.expect(201).str("refresh_token");
    }
    world.clock.advance(Duration::days(7));
    refresh(&world, &token).await.expect_problem(401, "refresh-invalid");
    let other = world.try_sign_in(&sari.login, PASSWORD).await.expect(201).str("refresh_token");
    world.clock.advance(Duration::days(31));
    refresh(&world, &other).await.expect_problem(401, "refresh-invalid");
    world.clock.advance(Duration::days(200));
    world.work().await;
    use diesel::prelude::*;
    use lumbung::db::schema::{refresh_tokens, sessions};
    let left: (i64, i64) = world
        .app
        .state
        .db
        .read_blocking::<_, lumbung::db::Error>(|conn| {
            Ok((sessions::table.count().get_result(conn)?, refresh_tokens::table.count().get_result(conn)?))
        })
        .unwrap();
    assert_eq!(left, (0, 0), "old sessions and tokens are purged");
}

#[actix_web::test]
async fn devices_are_listed_and_signed_out_by_their_owner_only() {
    let world = World::empty().await;
    let (sari, budi) = (world.register("Contoh Sari").await, world.register("Contoh Budi").await);
    world.clock.advance(Duration::seconds(1));
    let body = json!({"login": sari.login, "password": PASSWORD, "device": "Laptop kantor desa"});
    let laptop = world.guest().post("/v1/sessions", body).await.expect(201);
    let list = sari.get("/v1/sessions").await.expect(200);
    assert_eq!(list.json["data"].as_array().unwrap().len(), 2);
    assert_eq!(list.json["data"][0]["device"], "Laptop kantor desa");
    assert_eq!(list.json["data"][0]["current"], false);
    assert_eq!(list.json["data"][1]["current"], true);
    let page = sari.get("/v1/sessions?limit=1").await.expect(200);
    let next = sari.get(&format!("/v1/sessions?limit=1&cursor={}", page.str("next"))).await.expect(200);
    assert_eq!(next.json["data"][0]["id"], sari.session.as_str());
    assert_eq!(next.json["next"], Value::Null);
    let of_another = budi.get(&format!("/v1/sessions?limit=1&cursor={}", page.str("next"))).await.expect(200);
    assert_eq!(of_another.json["data"][0]["id"], budi.session.as_str(), "a cursor is a place in one's own list");

    let path = format!("/v1/sessions/{}", laptop.str("session"));
    budi.delete(&path).await.expect_problem(404, "not-found");
    assert!(is_accepted(&world, &laptop.str("access_token")).await);
    sari.delete(&path).await.expect(204);
    sari.delete(&path).await.expect_problem(404, "not-found");
    assert!(!is_accepted(&world, &laptop.str("access_token")).await);
    refresh(&world, &laptop.str("refresh_token")).await.expect_problem(401, "refresh-invalid");
    sari.delete("/v1/sessions/current").await.expect(204);
    sari.get("/v1/sessions").await.expect_problem(401, "token-invalid");
    world.guest().get("/v1/sessions").await.expect_problem(401, "unauthenticated");
    budi.get("/v1/sessions").await.expect(200);
}

/// The server's own signing key, so that the forged tokens below have valid signatures.
fn signing_key(world: &World) -> Ed25519KeyPair {
    let text = std::fs::read_to_string(world.database.folder.path().join("data/keys/access")).unwrap();
    Ed25519KeyPair::from_seed_unchecked(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
}

fn parts(token: &str) -> (Value, Value) {
    let read = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    let mut parts = token.split('.');
    (read(parts.next().unwrap()), read(parts.next().unwrap()))
}

#[actix_web::test]
async fn forged_and_expired_tokens_are_refused() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    let budi = world.register("Contoh Budi").await;
    assert!(is_accepted(&world, &sari.access_token).await);
    let key = signing_key(&world);
    let (header, claims) = parts(&sari.access_token);
    let now = world.clock.now().seconds();
    let b64 = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let sign = |header: &str, claims: &str| {
        let message = format!("{}.{}", b64(header), b64(claims));
        let signature = key.sign(message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    };
    let with = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        sign(&header.to_string(), &claims.to_string())
    };
    let without = |name: &str| {
        let mut claims = claims.clone();
        claims.as_object_mut().unwrap().remove(name);
        sign(&header.to_string(), &claims.to_string())
    };
    let with_header = |name: &str, value: Value| {
        let mut header = header.clone();
        header[name] = value;
        sign(&header.to_string(), &claims.to_string())
    };
    assert!(is_accepted(&world, &sign(&header.to_string(), &claims.to_string())).await, "the helper signs correctly");

    let (message, signature) = sari.access_token.rsplit_once('.').unwrap();
    let public_bytes = key.public_key().as_ref();
    let public = json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(public_bytes)});
    let confused = {
        let header = json!({"alg": "HS256", "typ": "at+jwt", "kid": header["kid"]});
        let message = format!("{}.{}", b64(&header.to_string()), b64(&claims.to_string()));
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(public_bytes).unwrap();
        mac.update(message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    };
    let mut none = header.clone();
    none["alg"] = json!("none");
    let doubled = claims.to_string().replacen('{', &format!("{{\"sub\":\"{}\",", budi.id), 1);
    let mut flipped = URL_SAFE_NO_PAD.decode(signature).unwrap();
    flipped[0] ^= 1;
    let other_key = {
        let signature = Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap().sign(message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    };
    let forged = vec![
        ("nothing", String::new()),
        ("no token", "abc".into()),
        ("no claims", format!("{}..", b64(&header.to_string()))),
        ("no signature", format!("{message}.")),
        ("a part less", message.to_owned()),
        ("a part more", format!("{}.x", sari.access_token)),
        ("a flipped bit", format!("{message}.{}", URL_SAFE_NO_PAD.encode(&flipped))),
        ("another's key", other_key),
        ("algorithm none", format!("{}.{}.", b64(&none.to_string()), b64(&claims.to_string()))),
        ("algorithm none, signed", with_header("alg", json!("none"))),
        ("algorithm HS256 under the public key", confused),
        ("another algorithm by name", with_header("alg", json!("ES256"))),
        ("a plain JWT", with_header("typ", json!("JWT"))),
        ("an id token", with_header("typ", json!("id+jwt"))),
        ("an unknown key", with_header("kid", json!("0000000000000000"))),
        ("a key of its own by URL", with_header("jku", json!("https://evil.example/keys"))),
        ("a key of its own inside", with_header("jwk", public.clone())),
        ("a certificate by URL", with_header("x5u", json!("https://evil.example/cert"))),
        ("a critical extension", with_header("crit", json!(["exp"]))),
        ("another audience", with("aud", json!("another-api"))),
        ("several audiences", with("aud", json!(["lumbung-api", "another-api"]))),
        ("another issuer", with("iss", json!("https://evil.example"))),
        ("no issuer", without("iss")),
        ("no audience", without("aud")),
        ("no subject", without("sub")),
        ("no session", without("sid")),
        ("no id", without("jti")),
        ("no end", without("exp")),
        ("no beginning", without("nbf")),
        ("an end that is a word", with("exp", json!("never"))),
        ("an end long ago", with("exp", json!(now - 60))),
        ("a life too long", with("exp", json!(now + 86_400))),
        ("a beginning to come", with("nbf", json!(now + 60))),
        ("issued in the future", with("iat", json!(now + 60))),
        ("somebody else's name", with("sub", json!(budi.id))),
        ("somebody else's session", with("sid", json!(budi.session))),
        ("a claim more", with("admin", json!(true))),
        ("a claim twice", sign(&header.to_string(), &doubled)),
        ("too long", with("iss", json!("x".repeat(5000)))),
    ];
    assert!(forged.len() >= 20);
    for (case, token) in forged {
        let reply = world.guest().with("authorization", &format!("Bearer {token}")).get("/v1/sessions").await;
        assert_eq!(
            (reply.status, reply.json["code"].as_str()),
            (401, Some("token-invalid")),
            "{case}: {}",
            reply.text()
        );
    }
    for header in ["Basic abc", "Bearer", "bogus"] {
        world.guest().with("authorization", header).get("/v1/sessions").await.expect_problem(401, "token-invalid");
    }
    // An expired token is refused after the leeway.
    world.clock.advance(Duration::seconds(610));
    assert!(is_accepted(&world, &sari.access_token).await, "within the leeway");
    world.clock.advance(Duration::seconds(10));
    assert!(!is_accepted(&world, &sari.access_token).await);
}

#[actix_web::test]
async fn the_newest_of_two_keys_signs_and_both_are_accepted() {
    use lumbung::accounts::{AccessClaims, AccessTokens, KeyFolder};
    use lumbung::kernel::Entropy;
    let folder = tempfile::tempdir().unwrap();
    let keys = KeyFolder::new(folder.path(), false);
    let now = crate::world::NOW.parse().unwrap();
    let tokens = || {
        AccessTokens::new("https://lumbung.example", &keys.load_keys("x", &[], "access", &Entropy::System).unwrap())
            .unwrap()
    };
    let system = Entropy::System;
    let claims = AccessClaims { account: system.id(now), session: system.id(now), refresh_token: system.id(now) };
    let first = tokens().issue(claims, now).unwrap();
    keys.rotate(now, "x", &[], "access", std::time::Duration::ZERO, &system).unwrap();
    let second = tokens().issue(claims, now).unwrap();
    assert_ne!(parts(&first).0["kid"], parts(&second).0["kid"]);
    assert_eq!(tokens().verify(&first, now).unwrap(), claims);
    assert_eq!(tokens().verify(&second, now).unwrap(), claims);
    keys.rotate(now, "x", &[], "access", std::time::Duration::ZERO, &system).unwrap();
    assert!(tokens().verify(&first, now).is_err());
    assert_eq!(tokens().verify(&second, now).unwrap(), claims);
}
