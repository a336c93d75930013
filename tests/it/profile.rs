//! `/v1/me`: reading, updating, exporting and closing the own account.

use reqwest::Method;
use serde_json::json;

use crate::tokens::letters;
use crate::world::{PASSWORD, World, logins, registration};

#[actix_web::test]
async fn a_person_sees_their_account() {
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
    world.guest().get("/v1/me").await.expect_problem(401, "unauthenticated");
    assert_eq!(world.admin().await.get("/v1/me").await.expect(200).json["admin"], true);
}

#[actix_web::test]
async fn name_and_language_are_updated_by_version() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    let me = sari.get("/v1/me").await.expect(200);
    let edit = json!({"name": " Contoh Sari Dewi ", "locale": "en"});
    sari.patch("/v1/me", edit.clone()).await.expect_problem(428, "version-required");
    let changed = sari.with_version_of(&me).patch("/v1/me", edit.clone()).await.expect(200);
    assert_eq!((changed.str("name"), changed.str("locale")), ("Contoh Sari Dewi".into(), "en".into()));
    let stale =
        sari.with_version_of(&me).patch("/v1/me", json!({"name": "Lain"})).await.expect_problem(412, "version-stale");
    assert_eq!(stale.json["current_version"], changed.json["version"]);
    let editing = sari.with_version_of(&changed);
    editing
        .patch("/v1/me", json!({"name": ""}))
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/name", "required");
    editing
        .patch("/v1/me", json!({"admin": true}))
        .await
        .expect_problem(400, "body-unreadable")
        .expect_field_error("/admin", "unknown");
    assert_eq!(sari.get("/v1/me").await.bytes, changed.bytes);
}

#[actix_web::test]
async fn a_new_address_needs_the_password_and_is_verified_again() {
    let world = World::empty().await;
    let (sari, budi) = (world.register("Contoh Sari").await, world.register("Contoh Budi").await);
    let me = sari.get("/v1/me").await.expect(200);
    let editing = sari.with_version_of(&me);
    editing
        .patch("/v1/me", json!({"email": "baru@example.org"}))
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/current_password", "required");
    let with = |password: &str, email: &str| json!({"email": email, "current_password": password});
    editing.patch("/v1/me", with("tebakan saja", "baru@example.org")).await.expect_problem(403, "password-wrong");
    editing.patch("/v1/me", with(PASSWORD, &budi.email)).await.expect_problem(409, "login-taken");
    let changed = editing.patch("/v1/me", with(PASSWORD, "Baru@Example.org")).await.expect(200);
    assert_eq!(changed.str("email"), "baru@example.org");
    assert_eq!(changed.json["email_verified"], false);
    assert!(letters(&world, "verify-email").iter().any(|(to, _)| to == "baru@example.org"));
    assert_eq!(letters(&world, "email-changed")[0].0, sari.email);
    world.try_sign_in("baru@example.org", PASSWORD).await.expect(201);
    world.try_sign_in(&sari.email, PASSWORD).await.expect_problem(401, "sign-in-failed");

    let both = json!({"email": null, "phone": null, "current_password": PASSWORD});
    sari.with_version_of(&changed).patch("/v1/me", both).await.expect_problem(422, "login-needed");
    let one = json!({"email": null, "current_password": PASSWORD});
    let changed = sari.with_version_of(&changed).patch("/v1/me", one).await.expect(200);
    assert_eq!(changed.json["email"], serde_json::Value::Null);
}

#[actix_web::test]
async fn a_person_exports_their_data() {
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

/// More rows than one chunk: every row is exported once, and the response is streamed.
#[actix_web::test]
async fn many_orders_are_exported_completely() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(1_000).await;
    let mut orders = std::collections::BTreeSet::new();
    for number in 0..101 {
        let order = village.place_order(product, 1).await;
        let path = format!("/v1/orders/{}", order.id());
        // Notes end in the middle of a chunk, payments at its end.
        if number < 70 {
            village
                .buyer
                .post(&format!("{path}/notes"), json!({"text": format!("Catatan {number}")}))
                .await
                .expect(201);
        }
        if number < 50 {
            let transfer = json!({"method": "transfer"});
            village.buyer.with_new_key().post(&format!("{path}/payments"), transfer).await.expect(201);
        }
        orders.insert(order.id());
    }
    let all = village.buyer.get("/v1/me/export").await.expect(200);
    assert_eq!((all.header("content-length"), all.header("cache-control")), (None, Some("no-store")));
    let list = |value: &serde_json::Value| value.as_array().unwrap().clone();
    let exported = list(&all.json["buying"]["orders"]);
    let ids: std::collections::BTreeSet<String> =
        exported.iter().map(|order| order["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!((exported.len(), ids), (101, orders));
    assert_eq!(exported[100]["lines"][0]["product_name"], "Pastel sayur");
    let (notes, payments) = (list(&all.json["buying"]["notes"]), list(&all.json["payments"]));
    assert_eq!((notes.len(), payments.len()), (70, 50));
    let texts: std::collections::BTreeSet<&str> = notes.iter().map(|note| note["text"].as_str().unwrap()).collect();
    assert_eq!(texts.len(), 70);
    village.work().await;
}

#[actix_web::test]
async fn closing_an_account_deletes_the_personal_data() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    let me = sari.get("/v1/me").await.expect(200);
    let close = async |password: &str| {
        let body = json!({ "current_password": password });
        sari.with_version_of(&me).send(Method::DELETE, "/v1/me", Some(body)).await
    };
    sari.send(Method::DELETE, "/v1/me", Some(json!({"current_password": PASSWORD})))
        .await
        .expect_problem(428, "version-required");
    close("tebakan saja").await.expect_problem(403, "password-wrong");
    close(PASSWORD).await.expect(204);
    sari.get("/v1/me").await.expect_problem(401, "token-invalid");
    world.try_sign_in(&sari.login, PASSWORD).await.expect_problem(401, "sign-in-failed");
    let mails = letters(&world, "account-closed");
    assert_eq!(mails[0].0, sari.email);
    assert!(letters(&world, "verify-email").is_empty(), "queued mails are deleted with the account");
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

    // The number is free for a new account.
    let body = json!({"name": "Contoh Sari", "phone": sari.phone, "password": PASSWORD});
    assert_ne!(world.guest().post("/v1/accounts", body).await.expect(201).id(), sari.id);
}

/// The rows of the database that contain this text, as text or as bytes.
fn traces(world: &World, text: &str) -> Vec<String> {
    let bytes: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    let contains = |row: &String| row.contains(text) || row.to_lowercase().contains(&bytes);
    world.dump_rows().into_iter().filter(contains).collect()
}

#[actix_web::test]
async fn personal_data_of_a_closed_account_is_in_no_column_of_any_table() {
    let village = World::village().await;
    // Responses to requests with a key are stored for repetitions, so personal data of each of these is stored.
    let (phone, email) = logins("Contoh Kenanga");
    let (registering, registered) = (village.guest().with_new_key(), registration("Contoh Kenanga", &phone, &email));
    registering.post("/v1/accounts", registered.clone()).await.expect(201);
    let person = village.sign_in("Contoh Kenanga", &phone, &email, PASSWORD).await;
    let members = format!("/v1/groups/{}/members", village.sekar_laras);
    let (adding, member) = (
        village.sari.with_new_key(),
        json!({"name": "Contoh Mbak Kenanga", "phone": "081355556666", "role": "member"}),
    );
    let added = adding.post(&members, member.clone()).await.expect(201);
    let invited = json!({"membership": added.json["id"]});
    let invited =
        village.sari.with_new_key().post(&members.replace("members", "invitations"), invited).await.expect(201);
    let accepted = format!("/v1/invitations/{}/acceptance", invited.str("token"));
    person.with_new_key().post(&accepted, json!({})).await.expect(200);
    let offices = format!("/v1/cooperatives/{}/assignments", village.cooperative);
    let (assigning, office) = (village.board.with_new_key(), json!({"account": person.id, "role": "companion"}));
    assigning.post(&offices, office.clone()).await.expect(201);
    let (product, _) = village.create_pastel_in_stock(40).await;
    let order = json!({
        "cooperative": village.cooperative, "lines": [{"product": product, "quantity": 10}], "expected_total": 35_000,
        "delivery": {"kind": "local", "zone": village.zone, "address": "Gang Seruni nomor 17"},
        "recipient": {"name": "Contoh Mbah Kunir", "phone": "081311112222"}, "note": "Pagarnya ungu muda",
    });
    let order = person.with_new_key().post("/v1/orders", order).await.expect(201);
    let path = format!("/v1/orders/{}", order.id());
    person.with_new_key().post(&format!("{path}/notes"), json!({"text": "Ketuk jendela samping"})).await.expect(201);
    let transfer =
        person.with_new_key().post(&format!("{path}/payments"), json!({"method": "transfer"})).await.expect(201);
    for action in ["accept", "ready"] {
        village.transition_fulfilment(&village.sari, &order, action).await.expect(200);
    }
    let guests = json!({
        "cooperative": village.cooperative, "lines": [{"product": product, "quantity": 10}], "expected_total": 25_000,
        "contact": {"name": "Contoh Kenanga", "phone": person.phone, "email": person.email}, "delivery": {"kind": "pickup"},
    });
    let guests = village.guest().with_new_key().post("/v1/orders", guests).await.expect(201);
    let link = guests.json["track"]["secret"].as_str().unwrap().to_owned();
    let as_guest = json!({"text": "Saya datang naik sepeda jengki"});
    village.guest().with_new_key().post(&format!("/v1/track/{link}/notes"), as_guest).await.expect(201);
    person.with_new_key().post(&format!("/v1/track/{link}/claim"), json!({})).await.expect(200);
    let basket = json!({"cooperative": village.cooperative, "lines": [{"product": product, "quantity": 9_000}]});
    person.post("/v1/quotes", basket).await.expect(200);
    let part = format!("/v1/fulfilments/{}/transitions", order.json["fulfilments"][0]["id"].as_str().unwrap());
    let handed = json!({"action": "hand_over", "received_by": "Contoh Tetangga Kencur"});
    let repeated = village.sari.with_new_key();
    repeated.post(&part, handed.clone()).await.expect(200);
    // The board cancels another of their orders, with a stored response.
    let other = village.order_body(product, 10, 25_000);
    let other = person.with_new_key().post("/v1/orders", other).await.expect(201);
    let off = format!("/v1/orders/{}/transitions", other.id());
    village.board.with_new_key().post(&off, json!({"action": "cancel"})).await.expect(200);
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
    let source = format!("account:{}", person.id);
    let has_unmet_demand =
        |village: &World| traces(village, &source).iter().any(|row| row.starts_with("refused_demand"));
    assert!(has_unmet_demand(&village));
    for secret in secrets {
        assert_ne!(traces(&village, secret), Vec::<String>::new(), "{secret} is not stored at all");
    }
    let me = person.get("/v1/me").await.expect(200);
    let body = json!({"current_password": PASSWORD});
    person.with_version_of(&me).send(Method::DELETE, "/v1/me", Some(body)).await.expect(204);
    // The closing mail is the last one; the next run sends it.
    village.work().await;
    for secret in secrets {
        assert_eq!(traces(&village, secret), Vec::<String>::new(), "{secret}");
    }
    assert!(!has_unmet_demand(&village));
    // Repeated requests get no personal data.
    repeated.post(&part, handed).await.expect_problem(409, "answer-forgotten");
    registering.post("/v1/accounts", registered).await.expect_problem(409, "answer-forgotten");
    adding.post(&members, member).await.expect_problem(409, "answer-forgotten");
    assigning.post(&offices, office).await.expect_problem(409, "answer-forgotten");
    let board = &village.board;
    let order = board.get(&path).await.expect(200);
    assert_eq!((&order.json["total"], &order.json["contact"]["name"]), (&json!(35_000), &json!("—")));
}
