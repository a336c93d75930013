//! Groups: created by anyone; approved, suspended and closed by the board.

use serde_json::{Value, json};

use crate::world::{Person, Village, World};

async fn create_group(world: &Village, founder: &Person, name: &str) -> String {
    let path = format!("/v1/cooperatives/{}/groups", world.cooperative);
    founder.post(&path, json!({"name": name, "description": "Keripik tempe"})).await.expect(201).id()
}

async fn transition(person: &Person, group: &str, action: &str, reason: Option<&str>) -> crate::world::Reply {
    person.post(&format!("/v1/groups/{group}/transitions"), json!({"action": action, "reason": reason})).await
}

fn names(reply: &crate::world::Reply) -> Vec<String> {
    reply.json["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn anyone_creates_a_group_as_its_chair_and_the_board_approves_it() {
    let world = World::village().await;
    let group = create_group(&world, &world.buyer, "Tempe Guyub").await;
    let path = format!("/v1/groups/{group}");
    let seen = world.buyer.get(&path).await.expect(200);
    assert_eq!(
        (seen.str("status"), seen.str("your_role"), seen.str("slug")),
        ("draft".into(), "chair".into(), "tempe-guyub".into())
    );
    assert_eq!(seen.json["actions"], json!(["submit", "close"]));
    assert_eq!(seen.json["members"], 1);
    world.guest().get(&path).await.expect_problem(404, "not-found");
    world.other_buyer.get(&path).await.expect_problem(404, "not-found");
    world.foreign_board.get(&path).await.expect_problem(404, "not-found");
    world.companion.get(&path).await.expect(200);
    transition(&world.board, &group, "approve", None).await.expect_problem(409, "transition-invalid");
    transition(&world.buyer, &group, "submit", None).await.expect(200);
    transition(&world.buyer, &group, "approve", None).await.expect_problem(403, "forbidden");
    transition(&world.treasurer, &group, "approve", None).await.expect_problem(403, "forbidden");
    transition(&world.foreign_board, &group, "approve", None).await.expect_problem(404, "not-found");
    let waiting = format!("/v1/cooperatives/{}/groups?status=submitted", world.cooperative);
    assert_eq!(names(&world.board.get(&waiting).await.expect(200)), ["Tempe Guyub"]);
    world.buyer.get(&waiting).await.expect_problem(404, "not-found");
    let active = transition(&world.board, &group, "approve", None).await.expect(200);
    assert_eq!(active.str("status"), "active");
    world.guest().get(&path).await.expect(200);
}

#[actix_web::test]
async fn the_public_list_has_the_groups_that_may_sell_by_name_in_pages() {
    let world = World::village().await;
    create_group(&world, &world.buyer, "Asin Gurih").await;
    let list = world.guest().get("/v1/groups").await.expect(200);
    assert_eq!(names(&list), ["Manis Nira", "Sekar Laras", "Singkong Wareg"]);
    assert!(list.json["data"][0]["status_reason"].is_null());
    let first = world.guest().get("/v1/groups?limit=2").await.expect(200);
    assert_eq!(names(&first), ["Manis Nira", "Sekar Laras"]);
    let cursor = first.str("next");
    let second = world.guest().get(&format!("/v1/groups?limit=2&cursor={cursor}")).await.expect(200);
    assert_eq!(names(&second), ["Singkong Wareg"]);
    assert!(second.json["next"].is_null());
    let here = format!("/v1/groups?cooperative={}", world.cooperative);
    assert_eq!(names(&world.guest().get(&here).await.expect(200)), ["Sekar Laras", "Singkong Wareg"]);
    assert_eq!(names(&world.guest().get("/v1/groups?q=SING").await.expect(200)), ["Singkong Wareg"]);
    world.guest().get(&format!("{here}&cursor={cursor}")).await.expect_problem(400, "cursor-invalid");
    world.guest().get("/v1/groups?status=draft").await.expect_problem(400, "query-invalid");
    world.guest().get("/v1/groups?limit=101").await.expect_problem(400, "query-invalid");
}

#[actix_web::test]
async fn a_suspended_group_is_not_listed_and_its_members_see_the_reason() {
    let world = World::village().await;
    let group = world.sekar_laras.to_string();
    let path = format!("/v1/groups/{group}");
    transition(&world.board, &group, "suspend", None)
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/reason", "required");
    transition(&world.sari, &group, "suspend", Some("saya mau")).await.expect_problem(403, "forbidden");
    transition(&world.board, &group, "suspend", Some("Izin P-IRT sudah habis")).await.expect(200);
    world.guest().get(&path).await.expect_problem(404, "not-found");
    world.buyer.get(&path).await.expect_problem(404, "not-found");
    let seen = world.wati.get(&path).await.expect(200);
    assert_eq!((seen.str("status"), seen.str("status_reason")), ("suspended".into(), "Izin P-IRT sudah habis".into()));
    assert_eq!(names(&world.guest().get("/v1/groups").await.expect(200)), ["Manis Nira", "Singkong Wareg"]);
    transition(&world.sari, &group, "reopen", None).await.expect_problem(403, "forbidden");
    let reopened = transition(&world.board, &group, "reopen", None).await.expect(200);
    assert!(reopened.json["status_reason"].is_null());
    world.guest().get(&path).await.expect(200);
    transition(&world.board, &group, "close", Some("Bubar")).await.expect(200);
    let closed = transition(&world.board, &group, "reopen", None).await.expect_problem(409, "transition-invalid");
    assert_eq!((closed.json["status"].clone(), closed.str("state")), (json!(409), "closed".into()));
    assert!(closed.str("detail").contains("closed"));
    world.guest().get(&path).await.expect_problem(404, "not-found");
}

#[actix_web::test]
async fn a_submitted_group_can_be_returned_and_submitted_again() {
    let world = World::village().await;
    let group = create_group(&world, &world.buyer, "Canting Tajum").await;
    transition(&world.buyer, &group, "submit", None).await.expect(200);
    transition(&world.board, &group, "reopen", None).await.expect_problem(422, "body-invalid");
    let returned = transition(&world.board, &group, "reopen", Some("Nomor HP belum ada")).await.expect(200);
    assert_eq!(returned.str("status"), "draft");
    let path = format!("/v1/groups/{group}");
    assert_eq!(world.buyer.get(&path).await.expect(200).str("status_reason"), "Nomor HP belum ada");
    transition(&world.buyer, &group, "submit", None).await.expect(200);
    transition(&world.buyer, &group, "reopen", None).await.expect(200);
}

#[actix_web::test]
async fn concurrent_approvals_take_effect_once() {
    let world = World::village().await;
    let group = create_group(&world, &world.buyer, "Kebon Lestari").await;
    transition(&world.buyer, &group, "submit", None).await.expect(200);
    let tries = (0..8).map(|_| transition(&world.board, &group, "approve", None));
    let replies = futures_util::future::join_all(tries).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert!(replies.iter().all(|reply| [200, 409, 412].contains(&reply.status)), "{replies:?}");
}

#[actix_web::test]
async fn officers_and_the_board_update_a_group_and_its_slug_stays() {
    let world = World::village().await;
    let path = format!("/v1/groups/{}", world.sekar_laras);
    let seen = world.sari.get(&path).await.expect(200);
    let change = json!({"name": "Sekar Laras Baru", "business_id": "1234567890123", "hamlet": "Karanganyar"});
    world.wati.with_version_of(&seen).patch(&path, change.clone()).await.expect_problem(403, "forbidden");
    for stranger in [&world.buyer, &world.darsih, &world.foreign_board] {
        stranger.with_version_of(&seen).patch(&path, change.clone()).await.expect_problem(404, "not-found");
    }
    world.sari.patch(&path, change.clone()).await.expect_problem(428, "version-required");
    let changed = world.sari.with_version_of(&seen).patch(&path, change.clone()).await.expect(200);
    assert_eq!((changed.str("name"), changed.str("slug")), ("Sekar Laras Baru".into(), "sekar-laras".into()));
    world.sari.with_version_of(&seen).patch(&path, change).await.expect_problem(412, "version-stale");
    let wrong = world.sari.with_version_of(&changed).patch(&path, json!({"business_id": "12"})).await;
    wrong.expect_problem(422, "body-invalid").expect_field_error("/business_id", "business-id-invalid");
    let cleared = world.board.with_version_of(&changed).patch(&path, json!({"hamlet": null})).await.expect(200);
    assert!(cleared.json["hamlet"].is_null());
}

#[actix_web::test]
async fn a_name_is_unique_in_a_cooperative_and_pending_groups_are_limited() {
    let world = World::village().await;
    let path = format!("/v1/cooperatives/{}/groups", world.cooperative);
    let named = |name: &str| json!({"name": name});
    world.buyer.post(&path, named("SEKAR  laras!")).await.expect_problem(409, "group-name-taken");
    world
        .buyer
        .post(&path, named("!!!"))
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/name", "malformed");
    world.guest().post(&path, named("Tamu Saja")).await.expect_problem(401, "unauthenticated");
    for number in 0..5 {
        world.buyer.post(&path, named(&format!("Kelompok {number}"))).await.expect(201);
    }
    world.buyer.post(&path, named("Kelompok lagi")).await.expect_problem(409, "too-many-groups");
    let elsewhere = "/v1/cooperatives/019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11/groups";
    world.other_buyer.post(elsewhere, named("Di mana")).await.expect_problem(404, "not-found");
}

#[actix_web::test]
async fn a_repeated_creation_makes_one_group() {
    let world = World::village().await;
    let path = format!("/v1/cooperatives/{}/groups", world.cooperative);
    let client = world.buyer.with_new_key();
    let body: Value = json!({"name": "Toples Berkah", "id": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c22"});
    let tries = (0..10).map(|_| client.post(&path, body.clone()));
    let replies = futures_util::future::join_all(tries).await;
    assert!(
        replies.iter().all(|reply| reply.status == 201 || reply.json["code"] == "idempotency-in-progress"),
        "{replies:?}"
    );
    // Without the key but with the same id, the existing group is returned.
    world.buyer.post(&path, body.clone()).await.expect(200);
    world.other_buyer.post(&path, body).await.expect_problem(409, "id-taken");
}

#[actix_web::test]
async fn every_transition_is_recorded_with_ids_and_no_names() {
    let world = World::village().await;
    let group = create_group(&world, &world.buyer, "Tempe Guyub").await;
    world.clock.advance(lumbung::kernel::Duration::seconds(1));
    transition(&world.buyer, &group, "submit", None).await.expect(200);
    world.app.state.db.write(lumbung::events::assign_seq).await.unwrap();
    let cooperative = world.cooperative;
    let log = world
        .app
        .state
        .db
        .read(move |conn| lumbung::events::list_after(conn, 0, Some(cooperative), 100))
        .await
        .unwrap();
    let group_events: Vec<_> = log.iter().filter(|event| event.subject.to_string() == group).collect();
    assert_eq!(
        group_events.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>(),
        ["group.founded", "group.submitted"]
    );
    assert!(
        group_events.iter().all(|event| event.actor.map(|actor| actor.to_string()).as_ref() == Some(&world.buyer.id))
    );
    assert!(log.iter().all(|event| !event.payload.to_string().contains("Contoh")));
}
