//! Cooperatives, their offices, pick-up points and delivery zones.

use serde_json::{Value, json};

use crate::world::World;

fn new_cooperative() -> Value {
    json!({"code": "GLR", "name": "Koperasi Contoh Gancang", "kind": "cooperative", "village_code": "33.02.15.2003",
        "address": "Balai Desa, RT 001/RW 001", "phone": "0812-0000-0099", "email": "koperasi@example.org"})
}

#[actix_web::test]
async fn an_administrator_creates_a_cooperative_in_a_village_and_everyone_sees_it() {
    let world = World::village().await;
    let reply = world.admin.with_new_key().post("/v1/cooperatives", new_cooperative()).await.expect(201);
    assert_eq!(reply.str("zone"), "Asia/Jakarta");
    assert_eq!(reply.json["village"]["name"], "Cihonje");
    assert_eq!(reply.json["phone"], "+6281200000099");
    let path = reply.header("location").unwrap().to_owned();
    let seen = world.guest().get(&path).await.expect(200);
    assert_eq!(seen.str("code"), "GLR");
    assert!(seen.header("etag").is_some());
    let list = world.guest().get("/v1/cooperatives?q=KOPERASI%20contoh%20ganc").await.expect(200);
    assert_eq!(list.json["data"].as_array().unwrap().len(), 1);
    world.admin.post("/v1/cooperatives", new_cooperative()).await.expect_problem(409, "cooperative-code-taken");
    for person in [&world.board, &world.sari, &world.buyer] {
        person.post("/v1/cooperatives", new_cooperative()).await.expect_problem(403, "forbidden");
    }
    world.guest().post("/v1/cooperatives", new_cooperative()).await.expect_problem(401, "unauthenticated");
}

#[actix_web::test]
async fn errors_of_a_cooperative_name_their_fields() {
    let world = World::village().await;
    let with = |name: &str, value: Value| {
        let mut body = new_cooperative();
        body[name] = value;
        body
    };
    for (name, value, pointer, code) in [
        ("code", json!("cih"), "/code", "code-invalid"),
        ("code", json!("1CI"), "/code", "code-invalid"),
        ("name", json!("  a "), "/name", "too-short"),
        ("name", json!("Kop\nerasi"), "/name", "control-character"),
        ("kind", json!("Koperasi Desa"), "/kind", "kind-invalid"),
        ("village_code", json!("33.02.15.9999"), "/village_code", "village-unknown"),
        ("village_code", json!("33.02.15"), "/village_code", "too-short"),
        ("bank", json!({"name": "B", "account": "12a", "holder": "H"}), "/bank/account", "bank-account-invalid"),
    ] {
        world
            .admin
            .post("/v1/cooperatives", with(name, value))
            .await
            .expect_problem(422, "body-invalid")
            .expect_field_error(pointer, code);
    }
    world
        .admin
        .post("/v1/cooperatives", with("x", json!(1)))
        .await
        .expect_problem(400, "body-unreadable")
        .expect_field_error("/x", "unknown");
    let malformed = world.admin.post("/v1/cooperatives", with("phone", json!("12"))).await;
    malformed.expect_problem(400, "body-unreadable").expect_field_error("/phone", "malformed");
}

#[actix_web::test]
async fn a_repeated_creation_makes_one_cooperative() {
    let world = World::village().await;
    let client = world.admin.with_new_key();
    let first = client.post("/v1/cooperatives", new_cooperative()).await.expect(201);
    let second = client.post("/v1/cooperatives", new_cooperative()).await.expect(201);
    assert_eq!(first.bytes, second.bytes);
    assert_eq!(second.header("idempotency-replayed"), Some("true"));
    let mut own = new_cooperative();
    own["code"] = json!("OWN");
    own["id"] = json!("019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11");
    let created = world.admin.post("/v1/cooperatives", own.clone()).await.expect(201);
    assert_eq!(created.id(), "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11");
    assert_eq!(world.admin.post("/v1/cooperatives", own.clone()).await.expect(200).id(), created.id());
    own["name"] = json!("Another one");
    world.admin.post("/v1/cooperatives", own).await.expect_problem(409, "id-taken");
}

#[actix_web::test]
async fn the_bank_account_is_shown_to_board_treasurer_supervisors_and_administrators() {
    let world = World::village().await;
    let path = format!("/v1/cooperatives/{}", world.cooperative);
    for person in [&world.board, &world.treasurer, &world.supervisor, &world.admin] {
        assert_eq!(person.get(&path).await.expect(200).json["bank"]["account"], "3302150003");
    }
    for person in [&world.companion, &world.sari, &world.buyer, &world.foreign_board] {
        assert!(person.get(&path).await.expect(200).json["bank"].is_null());
    }
    assert!(world.guest().get(&path).await.expect(200).json["bank"].is_null());
}

#[actix_web::test]
async fn the_board_updates_its_cooperative_by_version() {
    let world = World::village().await;
    let path = format!("/v1/cooperatives/{}", world.cooperative);
    let seen = world.board.get(&path).await.expect(200);
    let change = json!({"description": "Baru", "email": "kop@example.org", "bank": null});
    world.board.patch(&path, change.clone()).await.expect_problem(428, "version-required");
    let changed = world.board.with_version_of(&seen).patch(&path, change.clone()).await.expect(200);
    assert_eq!((changed.str("description"), changed.str("email")), ("Baru".into(), "kop@example.org".into()));
    assert!(changed.json["bank"].is_null());
    assert_eq!(changed.json["version"], 2);
    let stale =
        world.board.with_version_of(&seen).patch(&path, change.clone()).await.expect_problem(412, "version-stale");
    assert_eq!(stale.json["current_version"], 2);
    let cleared = world.board.with_version_of(&changed).patch(&path, json!({"email": null})).await.expect(200);
    assert!(cleared.json["email"].is_null());
    assert_eq!(cleared.str("description"), "Baru");
    let nameless = world.board.with_version_of(&cleared).patch(&path, json!({"name": null})).await;
    nameless.expect_problem(400, "body-unreadable").expect_field_error("/name", "required");
    world
        .board
        .with_version_of(&cleared)
        .patch(&path, json!({"code": "NEW"}))
        .await
        .expect_problem(400, "body-unreadable");
    world.treasurer.with_version_of(&cleared).patch(&path, change.clone()).await.expect_problem(403, "forbidden");
    for stranger in [&world.sari, &world.foreign_board] {
        stranger.with_version_of(&cleared).patch(&path, change.clone()).await.expect_problem(404, "not-found");
    }
}

#[actix_web::test]
async fn administrators_assign_board_and_agency_and_the_board_assigns_the_rest() {
    let world = World::village().await;
    let path = format!("/v1/cooperatives/{}/assignments", world.cooperative);
    let assignment = |role: &str| json!({"contact": world.buyer.phone, "role": role});
    for role in ["treasurer", "supervisor", "companion"] {
        world.admin.post(&path, assignment(role)).await.expect_problem(403, "forbidden");
        world.treasurer.post(&path, assignment(role)).await.expect_problem(403, "forbidden");
        world.foreign_board.post(&path, assignment(role)).await.expect_problem(404, "not-found");
        world.other_buyer.post(&path, assignment(role)).await.expect_problem(404, "not-found");
        let created = world.board.post(&path, assignment(role)).await.expect(201);
        assert_eq!((created.str("account"), created.str("role")), (world.buyer.id.clone(), role.to_owned()));
        world.board.post(&path, assignment(role)).await.expect_problem(409, "office-held");
    }
    for role in ["board", "agency"] {
        world.board.post(&path, assignment(role)).await.expect_problem(403, "forbidden");
        world.admin.post(&path, assignment(role)).await.expect(201);
    }
    let by_mail = json!({"contact": world.other_buyer.email.to_uppercase(), "role": "companion"});
    world.board.post(&path, by_mail).await.expect(201);
    let by_account = json!({"account": world.other_buyer.id, "role": "supervisor"});
    world.board.post(&path, by_account).await.expect(201);
    let nobody = json!({"contact": "0812-9999-9999", "role": "companion"});
    world
        .board
        .post(&path, nobody)
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/contact", "account-unknown");
    world
        .board
        .post(&path, json!({"role": "companion"}))
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/contact", "required");
    world
        .board
        .post(&path, json!({"contact": "a@example.org", "role": "king"}))
        .await
        .expect_problem(400, "body-unreadable");
    let nowhere = "/v1/cooperatives/019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11/assignments";
    world.admin.post(nowhere, assignment("board")).await.expect_problem(404, "not-found");
}

#[actix_web::test]
async fn an_office_assigned_concurrently_is_held_once() {
    let world = World::village().await;
    let path = format!("/v1/cooperatives/{}/assignments", world.cooperative);
    let tries = (0..8).map(|_| world.board.post(&path, json!({"account": world.buyer.id, "role": "companion"})));
    let replies = futures_util::future::join_all(tries).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1);
    assert!(replies.iter().all(|reply| reply.status == 201 || reply.status == 409), "{replies:?}");
}

#[actix_web::test]
async fn pickup_points_and_zones_are_managed_by_the_board_and_public() {
    let world = World::village().await;
    for (kind, new, change, wrong) in [
        (
            "pickup_points",
            json!({"name": "Warung Contoh", "address": "RT 001/RW 003"}),
            json!({"hours": "Setiap hari"}),
            json!({"name": "", "address": "RT 001/RW 003"}),
        ),
        (
            "delivery_zones",
            json!({"name": "Kecamatan Lumbir", "fee": 15000}),
            json!({"fee": 20000}),
            json!({"name": "X", "fee": -1}),
        ),
    ] {
        let path = format!("/v1/cooperatives/{}/{kind}", world.cooperative);
        let before = world.guest().get(&path).await.expect(200).json["data"].as_array().unwrap().len();
        let created = world.board.post(&path, new.clone()).await.expect(201);
        let location = created.header("location").unwrap().to_owned();
        world.board.post(&path, wrong).await.expect_problem(422, "body-invalid");
        let seen = world.guest().get(&location).await.expect(200);
        let changed = world.board.with_version_of(&seen).patch(&location, change.clone()).await.expect(200);
        for (name, value) in change.as_object().unwrap() {
            assert_eq!(&changed.json[name], value);
        }
        assert_eq!(changed.json["name"], new["name"]);
        world.board.with_version_of(&seen).patch(&location, change.clone()).await.expect_problem(412, "version-stale");
        world.board.delete(&location).await.expect_problem(428, "version-required");
        for stranger in [&world.sari, &world.buyer, &world.foreign_board] {
            stranger.post(&path, new.clone()).await.expect_problem(404, "not-found");
            stranger.with_version_of(&changed).patch(&location, change.clone()).await.expect_problem(404, "not-found");
            stranger.with_version_of(&changed).delete(&location).await.expect_problem(404, "not-found");
        }
        world.treasurer.post(&path, new.clone()).await.expect_problem(403, "forbidden");
        // The board cannot reach it through the URL of another cooperative.
        let crossed = location.replace(&world.cooperative.to_string(), &world.foreign_cooperative.to_string());
        world.guest().get(&crossed).await.expect_problem(404, "not-found");
        world.foreign_board.with_version_of(&changed).delete(&crossed).await.expect_problem(404, "not-found");
        world.board.with_version_of(&changed).delete(&location).await.expect(204);
        world.guest().get(&location).await.expect_problem(404, "not-found");
        assert_eq!(world.guest().get(&path).await.expect(200).json["data"].as_array().unwrap().len(), before);
    }
}
