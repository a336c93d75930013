//! Registration, and which passwords are accepted.

use serde_json::json;

use crate::world::{PASSWORD, World};

#[actix_web::test]
async fn a_person_registers_by_phone_or_mail_and_signs_in() {
    let world = World::empty().await;
    let reply = world
        .guest()
        .post("/v1/accounts", json!({"name": " Contoh Sari ", "phone": "0812-0000-0001", "password": "sepeda kumbang"}))
        .await
        .expect(201);
    assert_eq!(reply.str("name"), "Contoh Sari");
    assert_eq!(reply.str("phone"), "+6281200000001");
    assert_eq!(reply.json["phone_verified"], false);
    assert_eq!(reply.header("location"), Some("/v1/me"));
    let tokens = world.try_sign_in("0812 0000 0001", "sepeda kumbang").await.expect(201);
    assert_eq!(tokens.str("account"), reply.id());
    assert_eq!((tokens.json["expires_in"].as_i64(), tokens.str("token_type").as_str()), (Some(600), "Bearer"));
    assert_eq!(tokens.header("cache-control"), Some("no-store"));
    let taken = json!({"name": "Contoh Budi", "phone": "+62 812 0000 0001", "password": "sepeda kumbang"});
    assert_eq!(
        world.guest().post("/v1/accounts", taken).await.expect_problem(409, "login-taken").json["field"],
        "phone"
    );

    let mail = json!({"name": "Contoh Budi", "email": "Contoh.Budi@Example.org", "password": "sepeda kumbang"});
    let reply = world.guest().post("/v1/accounts", mail.clone()).await.expect(201);
    assert_eq!(reply.str("email"), "contoh.budi@example.org");
    world.try_sign_in("contoh.budi@EXAMPLE.org", "sepeda kumbang").await.expect(201);
    assert_eq!(
        world.guest().post("/v1/accounts", mail).await.expect_problem(409, "login-taken").json["field"],
        "email"
    );
}

#[actix_web::test]
async fn a_registration_that_is_sent_twice_with_its_key_is_one() {
    let world = World::empty().await;
    let client = world.guest().with_new_key();
    let body = json!({"name": "Contoh Sari", "phone": "0812-0000-0001", "password": "sepeda kumbang"});
    let first = client.post("/v1/accounts", body.clone()).await.expect(201);
    let again = client.post("/v1/accounts", body).await.expect(201);
    assert_eq!(first.bytes, again.bytes);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
}

#[actix_web::test]
async fn twenty_registrations_of_one_number_at_once_make_one_account() {
    let world = World::empty().await;
    let body = json!({"name": "Contoh Sari", "phone": "0812-0000-0001", "password": "sepeda kumbang"});
    let client = world.guest();
    let all = futures_util::future::join_all((0..20).map(|_| client.post("/v1/accounts", body.clone()))).await;
    assert_eq!(all.iter().filter(|reply| reply.status == 201).count(), 1);
    for reply in all.into_iter().filter(|reply| reply.status != 201) {
        reply.expect_problem(409, "login-taken");
    }
}

#[actix_web::test]
async fn errors_of_a_registration_name_their_fields() {
    let world = World::empty().await;
    let post = async |body| world.guest().post("/v1/accounts", body).await;
    post(json!({"name": "Contoh", "password": "sepeda kumbang"}))
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/email", "required");
    let reply = post(json!({"name": "a\u{0}b", "email": "nobody", "phone": "021 1234", "password": "pendek"})).await;
    reply
        .expect_problem(422, "body-invalid")
        .expect_field_error("/name", "control-character")
        .expect_field_error("/email", "email-invalid")
        .expect_field_error("/phone", "phone-invalid")
        .expect_field_error("/password", "too-short");
    post(json!({"name": "Contoh", "email": "a@b.id\r\nBcc: x@y.id", "password": "sepeda kumbang"}))
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/email", "email-invalid");
    post(json!({"name": "Contoh", "phone": "0812-0000-0001", "password": "sepeda kumbang", "admin": true}))
        .await
        .expect_problem(400, "body-unreadable")
        .expect_field_error("/admin", "unknown");
    post(json!({"name": "Contoh", "phone": "0812-0000-0001", "password": "Password123"}))
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/password", "password-common");
}

#[actix_web::test]
async fn passwords_of_any_characters_are_hashed_whole() {
    let world = World::empty().await;
    let long = "é🌾".repeat(64);
    let inside_nul = "sebelum\u{0}sesudah";
    for (number, password) in [long.as_str(), inside_nul, "🍚🍌🥥🌶🐐🐓🛖🌾", "        "].into_iter().enumerate()
    {
        let phone = format!("0812-0000-001{number}");
        let body = json!({"name": "Contoh", "phone": phone, "password": password});
        world.guest().post("/v1/accounts", body).await.expect(201);
        world.try_sign_in(&phone, password).await.expect(201);
        let shorter: String = password.chars().take(password.chars().count() - 1).collect();
        world.try_sign_in(&phone, &shorter).await.expect_problem(401, "sign-in-failed");
    }
    // Truncated at the NUL, these two would be equal.
    world.try_sign_in("0812-0000-0011", "sebelum\u{0}kemudian").await.expect_problem(401, "sign-in-failed");
    // The same character, composed and decomposed.
    world.try_sign_in("0812-0000-0010", &"e\u{301}🌾".repeat(64)).await.expect_problem(422, "body-invalid");
    let composed = json!({"name": "Contoh", "phone": "0812-0000-0020", "password": "kafé rémang"});
    world.guest().post("/v1/accounts", composed).await.expect(201);
    world.try_sign_in("0812-0000-0020", "kafe\u{301} re\u{301}mang").await.expect(201);
    let body = json!({"name": "Contoh", "phone": "0812-0000-0021", "password": "x".repeat(129)});
    world
        .guest()
        .post("/v1/accounts", body)
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/password", "too-long");
}

#[actix_web::test]
async fn a_password_is_hashed_again_when_the_parameters_have_changed() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    let stored_hash = || {
        use diesel::prelude::*;
        use lumbung::db::schema::accounts::dsl;
        let phone = sari.phone.clone();
        world
            .app
            .state
            .db
            .read_blocking::<String, lumbung::db::Error>(|conn| {
                Ok(dsl::accounts.filter(dsl::phone.eq(&phone)).select(dsl::password_hash).first(conn)?)
            })
            .unwrap()
    };
    let before = stored_hash();
    assert!(before.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{before}");
    world.try_sign_in(&sari.login, PASSWORD).await.expect(201);
    assert_eq!(stored_hash(), before);

    let settings = lumbung::accounts::Settings { password_iterations: 2, ..(*world.app.accounts.settings).clone() };
    let folder = lumbung::accounts::KeyFolder::new(&world.database.folder.path().join("data"), false);
    let entropy = lumbung::kernel::Entropy::System;
    let accounts = lumbung::accounts::Accounts::new(&settings, "http://x", &folder, &entropy).unwrap();
    let request = lumbung::accounts::SignIn {
        login: lumbung::accounts::Login::parse(&sari.login),
        password: lumbung::accounts::Password::new(PASSWORD),
        device: String::new(),
        address: lumbung::accounts::CallerAddress::new("127.0.0.1".parse().unwrap()),
    };
    lumbung::accounts::sign_in(&world.app.state.db, &accounts, world.clock.now(), request).await.unwrap();
    assert!(stored_hash().starts_with("$argon2id$v=19$m=8,t=2,p=1$"), "{}", stored_hash());
    world.try_sign_in(&sari.login, PASSWORD).await.expect(201);
}

#[actix_web::test]
async fn the_default_hashing_parameters_are_those_of_owasp() {
    let settings = lumbung::accounts::Settings::default();
    let hasher = lumbung::accounts::Hasher::new(&settings, lumbung::kernel::Entropy::System).unwrap();
    let hash = hasher.hash(&lumbung::accounts::Password::new(PASSWORD)).await.unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
}

#[actix_web::test]
async fn a_full_hashing_queue_answers_with_retry_after() {
    let world = World::with(|config| {
        config.accounts.hashing_threads = 1;
        config.accounts.hashing_queue = 1;
        config.accounts.password_memory_kib = 19_456;
        config.accounts.password_iterations = 4;
    })
    .await;
    let client = world.guest();
    let all = futures_util::future::join_all((0..12).map(|number| {
        let body = json!({"name": "Contoh", "phone": format!("0812-0000-00{number:02}"), "password": PASSWORD});
        let client = client.clone();
        async move { client.post("/v1/accounts", body).await }
    }))
    .await;
    assert!(all.iter().any(|reply| reply.status == 201));
    let busy = all.into_iter().find(|reply| reply.status != 201).expect("a request was rejected");
    assert_eq!(busy.expect_problem(503, "unavailable").header("retry-after"), Some("2"));
}
