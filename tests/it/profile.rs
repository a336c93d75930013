//! What a person sees of themselves, changes, takes with them, and leaves behind.

use reqwest::Method;
use serde_json::json;

use crate::tokens::letters;
use crate::world::{PASSWORD, World};

#[actix_web::test]
async fn a_person_sees_who_they_are() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    let me = sari.get("/v1/me").await.expect(200);
    assert_eq!((me.id(), me.str("name")), (sari.id.clone(), "Contoh Sari".into()));
    assert_eq!((me.str("phone"), me.str("email")), (sari.phone.clone(), sari.email.clone()));
    assert_eq!(
        (&me.json["memberships"], &me.json["offices"], &me.json["admin"]),
        (&json!([]), &json!([]), &json!(false))
    );
    assert_eq!(me.header("cache-control"), Some("private, no-cache"));
    assert!(!me.text().contains("argon2"));
    let etag = me.header("etag").unwrap().to_owned();
    sari.with("if-none-match", &etag).get("/v1/me").await.expect(304);
    world.guest().get("/v1/me").await.problem(401, "unauthenticated");
    assert_eq!(world.admin().await.get("/v1/me").await.expect(200).json["admin"], true);
}

#[actix_web::test]
async fn name_and_language_are_changed_on_the_version_that_was_read() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    let me = sari.get("/v1/me").await.expect(200);
    let edit = json!({"name": " Contoh Sari Dewi ", "locale": "en"});
    sari.patch("/v1/me", edit.clone()).await.problem(428, "version-required");
    let changed = sari.editing(&me).patch("/v1/me", edit.clone()).await.expect(200);
    assert_eq!((changed.str("name"), changed.str("locale")), ("Contoh Sari Dewi".into(), "en".into()));
    let stale = sari.editing(&me).patch("/v1/me", json!({"name": "Lain"})).await.problem(412, "version-stale");
    assert_eq!(stale.json["current_version"], changed.json["version"]);
    let editing = sari.editing(&changed);
    editing.patch("/v1/me", json!({"name": ""})).await.problem(422, "body-invalid").fault("/name", "required");
    editing.patch("/v1/me", json!({"admin": true})).await.problem(400, "body-unreadable").fault("/admin", "unknown");
    assert_eq!(sari.get("/v1/me").await.bytes, changed.bytes);
}

#[actix_web::test]
async fn a_new_address_needs_the_password_and_is_verified_again() {
    let world = World::empty().await;
    let (sari, budi) = (world.register("Contoh Sari").await, world.register("Contoh Budi").await);
    let me = sari.get("/v1/me").await.expect(200);
    let editing = sari.editing(&me);
    editing
        .patch("/v1/me", json!({"email": "baru@example.org"}))
        .await
        .problem(422, "body-invalid")
        .fault("/current_password", "required");
    let with = |password: &str, email: &str| json!({"email": email, "current_password": password});
    editing.patch("/v1/me", with("tebakan saja", "baru@example.org")).await.problem(403, "password-wrong");
    editing.patch("/v1/me", with(PASSWORD, &budi.email)).await.problem(409, "login-taken");
    let changed = editing.patch("/v1/me", with(PASSWORD, "Baru@Example.org")).await.expect(200);
    assert_eq!(changed.str("email"), "baru@example.org");
    assert_eq!(changed.json["email_verified"], false);
    assert!(letters(&world, "verify-email").iter().any(|(to, _)| to == "baru@example.org"));
    assert_eq!(letters(&world, "email-changed")[0].0, sari.email);
    world.try_sign_in("baru@example.org", PASSWORD).await.expect(201);
    world.try_sign_in(&sari.email, PASSWORD).await.problem(401, "sign-in-failed");

    let both = json!({"email": null, "phone": null, "current_password": PASSWORD});
    sari.editing(&changed).patch("/v1/me", both).await.problem(422, "login-needed");
    let one = json!({"email": null, "current_password": PASSWORD});
    let changed = sari.editing(&changed).patch("/v1/me", one).await.expect(200);
    assert_eq!(changed.json["email"], serde_json::Value::Null);
}

#[actix_web::test]
async fn a_person_takes_their_data_with_them() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    let all = sari.get("/v1/me/export").await.expect(200);
    assert_eq!(all.json["account"]["phone"], sari.phone.as_str());
    assert_eq!(all.json["account"]["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(all.json["buying"]["orders"], json!([]));
    assert_eq!(all.json["participation"]["memberships"], json!([]));
    assert_eq!(all.json["currency"], "IDR");
    assert_eq!(all.header("cache-control"), Some("no-store"));
    assert!(!all.text().contains("argon2"));
}

#[actix_web::test]
async fn who_closes_their_account_is_forgotten() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    let me = sari.get("/v1/me").await.expect(200);
    let close = async |password: &str| {
        let body = json!({ "current_password": password });
        sari.editing(&me).send(Method::DELETE, "/v1/me", Some(body)).await
    };
    sari.send(Method::DELETE, "/v1/me", Some(json!({"current_password": PASSWORD})))
        .await
        .problem(428, "version-required");
    close("tebakan saja").await.problem(403, "password-wrong");
    close(PASSWORD).await.expect(204);
    sari.get("/v1/me").await.problem(401, "token-invalid");
    world.try_sign_in(&sari.login, PASSWORD).await.problem(401, "sign-in-failed");
    let told = letters(&world, "account-closed");
    assert_eq!(told[0].0, sari.email);
    assert!(letters(&world, "verify-email").is_empty(), "letters that wait are forgotten with the person");
    world.guest().post("/v1/password_resets", json!({"login": sari.email})).await.expect(202);
    assert!(letters(&world, "reset-password").is_empty());

    use diesel::prelude::*;
    use lumbung::db::schema::{accounts, sessions};
    type Row = (String, Option<String>, Option<String>, String, String);
    let (row, devices): (Row, Vec<(String, String)>) = world
        .app
        .site
        .db
        .read_blocking::<_, lumbung::db::Error>(|conn| {
            let row = accounts::table
                .select((accounts::name, accounts::email, accounts::phone, accounts::password_hash, accounts::status))
                .first(conn)?;
            Ok((row, sessions::table.select((sessions::device, sessions::address)).load(conn)?))
        })
        .unwrap();
    assert_eq!(row, ("—".into(), None, None, String::new(), "closed".into()));
    assert!(devices.iter().all(|device| device == &(String::new(), String::new())));

    // The number is free again, for a person the service has never heard of.
    let body = json!({"name": "Contoh Sari", "phone": sari.phone, "password": PASSWORD});
    assert_ne!(world.guest().post("/v1/accounts", body).await.expect(201).id(), sari.id);
}
