//! What a person sees of themselves, changes, takes with them, and leaves behind.

use reqwest::Method;
use serde_json::json;

use crate::tokens::letters;
use crate::world::{PASSWORD, World, logins, registration};

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

/// More than is told in one piece: everything is there once, and nothing was held back until all of it was read.
#[actix_web::test]
async fn a_long_life_of_orders_is_taken_along_whole() {
    let village = World::village().await;
    let (product, _) = village.pastel_on_the_shelf(1_000).await;
    let mut orders = std::collections::BTreeSet::new();
    for number in 0..101 {
        let order = village.ordered(product, 1).await;
        let path = format!("/v1/orders/{}", order.id());
        // Notes end in the middle of a piece, payments with one.
        if number < 70 {
            village
                .buyer
                .post(&format!("{path}/notes"), json!({"text": format!("Catatan {number}")}))
                .await
                .expect(201);
        }
        if number < 50 {
            let transfer = json!({"method": "transfer"});
            village.buyer.fresh_key().post(&format!("{path}/payments"), transfer).await.expect(201);
        }
        orders.insert(order.id());
    }
    let all = village.buyer.get("/v1/me/export").await.expect(200);
    assert_eq!((all.header("content-length"), all.header("cache-control")), (None, Some("no-store")));
    let list = |value: &serde_json::Value| value.as_array().unwrap().clone();
    let told = list(&all.json["buying"]["orders"]);
    let ids: std::collections::BTreeSet<String> =
        told.iter().map(|order| order["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!((told.len(), ids), (101, orders));
    assert_eq!(told[100]["lines"][0]["product_name"], "Pastel sayur");
    let (notes, payments) = (list(&all.json["buying"]["notes"]), list(&all.json["payments"]));
    assert_eq!((notes.len(), payments.len()), (70, 50));
    let texts: std::collections::BTreeSet<&str> = notes.iter().map(|note| note["text"].as_str().unwrap()).collect();
    assert_eq!(texts.len(), 70);
    village.work().await;
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
        .state
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

/// Where this text stands in the database, as text or as bytes.
fn traces(world: &World, text: &str) -> Vec<String> {
    let bytes: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    let found = |row: &String| row.contains(text) || row.to_lowercase().contains(&bytes);
    world.everything().into_iter().filter(found).collect()
}

#[actix_web::test]
async fn whoever_is_forgotten_stands_in_no_column_of_any_table() {
    let village = World::village().await;
    // A phone that asks twice is answered from what is kept, and so something is kept of each of these.
    let (phone, email) = logins("Contoh Kenanga");
    let (registering, registered) = (village.guest().fresh_key(), registration("Contoh Kenanga", &phone, &email));
    registering.post("/v1/accounts", registered.clone()).await.expect(201);
    let person = village.sign_in("Contoh Kenanga", &phone, &email, PASSWORD).await;
    let members = format!("/v1/groups/{}/members", village.sekar_laras);
    let (adding, member) =
        (village.sari.fresh_key(), json!({"name": "Contoh Mbak Kenanga", "phone": "081355556666", "role": "member"}));
    let added = adding.post(&members, member.clone()).await.expect(201);
    let invited = json!({"membership": added.json["id"]});
    let invited = village.sari.fresh_key().post(&members.replace("members", "invitations"), invited).await.expect(201);
    let accepted = format!("/v1/invitations/{}/acceptance", invited.str("token"));
    person.fresh_key().post(&accepted, json!({})).await.expect(200);
    let offices = format!("/v1/cooperatives/{}/assignments", village.cooperative);
    let (assigning, office) = (village.board.fresh_key(), json!({"account": person.id, "role": "companion"}));
    assigning.post(&offices, office.clone()).await.expect(201);
    let (product, _) = village.pastel_on_the_shelf(40).await;
    let order = json!({
        "cooperative": village.cooperative, "lines": [{"product": product, "quantity": 10}], "expected_total": 35_000,
        "delivery": {"kind": "local", "zone": village.zone, "address": "Gang Seruni nomor 17"},
        "recipient": {"name": "Contoh Mbah Kunir", "phone": "081311112222"}, "note": "Pagarnya ungu muda",
    });
    let order = person.fresh_key().post("/v1/orders", order).await.expect(201);
    let path = format!("/v1/orders/{}", order.id());
    person.fresh_key().post(&format!("{path}/notes"), json!({"text": "Ketuk jendela samping"})).await.expect(201);
    let transfer =
        person.fresh_key().post(&format!("{path}/payments"), json!({"method": "transfer"})).await.expect(201);
    for action in ["accept", "ready"] {
        village.step(&village.sari, &order, action).await.expect(200);
    }
    let guests = json!({
        "cooperative": village.cooperative, "lines": [{"product": product, "quantity": 10}], "expected_total": 25_000,
        "contact": {"name": "Contoh Kenanga", "phone": person.phone, "email": person.email}, "delivery": {"kind": "pickup"},
    });
    let guests = village.guest().fresh_key().post("/v1/orders", guests).await.expect(201);
    let link = guests.json["track"]["secret"].as_str().unwrap().to_owned();
    let as_guest = json!({"text": "Saya datang naik sepeda jengki"});
    village.guest().fresh_key().post(&format!("/v1/track/{link}/notes"), as_guest).await.expect(201);
    person.fresh_key().post(&format!("/v1/track/{link}/claim"), json!({})).await.expect(200);
    let basket = json!({"cooperative": village.cooperative, "lines": [{"product": product, "quantity": 9_000}]});
    person.post("/v1/quotes", basket).await.expect(200);
    let part = format!("/v1/fulfilments/{}/transitions", order.json["fulfilments"][0]["id"].as_str().unwrap());
    let handed = json!({"action": "hand_over", "received_by": "Contoh Tetangga Kencur"});
    let again = village.sari.fresh_key();
    again.post(&part, handed.clone()).await.expect(200);
    // The board calls off another of theirs, by a request that is kept.
    let other = village.order_of(product, 10, 25_000);
    let other = person.fresh_key().post("/v1/orders", other).await.expect(201);
    let off = format!("/v1/orders/{}/transitions", other.id());
    village.board.fresh_key().post(&off, json!({"action": "cancel"})).await.expect(200);
    village.work().await;

    let all = person.get("/v1/me/export").await.expect(200);
    assert_eq!(all.json["payments"][0]["id"], transfer.json["id"]);
    let notes = all.json["buying"]["notes"].as_array().unwrap();
    let mut notes: Vec<&str> = notes.iter().map(|note| note["text"].as_str().unwrap()).collect();
    notes.sort_unstable();
    assert_eq!(notes, ["Ketuk jendela samping", "Saya datang naik sepeda jengki"]);
    let wishes = all.json["wished_in_vain"].as_array().unwrap();
    assert_eq!((wishes.len(), &wishes[0]["product"], &wishes[0]["quantity"]), (1, &json!(product), &json!(9_000)));
    let secrets = [
        "Contoh Kenanga",
        "Contoh Mbak Kenanga",
        "81355556666",
        person.phone.as_str(),
        person.email.as_str(),
        "Gang Seruni nomor 17",
        "Contoh Mbah Kunir",
        "81311112222",
        "Pagarnya ungu muda",
        "Ketuk jendela samping",
        "Saya datang naik sepeda jengki",
        "Contoh Tetangga Kencur",
    ];
    let asker = format!("account:{}", person.id);
    let wished = |village: &World| traces(village, &asker).iter().any(|row| row.starts_with("refused_demand"));
    assert!(wished(&village));
    for secret in secrets {
        assert_ne!(traces(&village, secret), Vec::<String>::new(), "{secret} is not kept at all");
    }
    let me = person.get("/v1/me").await.expect(200);
    let body = json!({"current_password": PASSWORD});
    person.editing(&me).send(Method::DELETE, "/v1/me", Some(body)).await.expect(204);
    // The letter that says so is the last one, and goes with the next round.
    village.work().await;
    for secret in secrets {
        assert_eq!(traces(&village, secret), Vec::<String>::new(), "{secret}");
    }
    assert!(!wished(&village));
    // A phone that asks once more learns that it was done, and nothing of whom it was done for.
    again.post(&part, handed).await.problem(409, "answer-forgotten");
    registering.post("/v1/accounts", registered).await.problem(409, "answer-forgotten");
    adding.post(&members, member).await.problem(409, "answer-forgotten");
    assigning.post(&offices, office).await.problem(409, "answer-forgotten");
    let board = &village.board;
    let kept = board.get(&path).await.expect(200);
    assert_eq!((&kept.json["total"], &kept.json["contact"]["name"]), (&json!(35_000), &json!("—")));
}
