//! Groups: founded by anyone, approved by the board, stopped and ended by it.

use serde_json::{Value, json};

use crate::world::{Person, Village, World};

async fn found(world: &Village, founder: &Person, name: &str) -> String {
    let path = format!("/v1/cooperatives/{}/groups", world.cooperative);
    founder.post(&path, json!({"name": name, "description": "Keripik tempe"})).await.expect(201).id()
}

async fn step(person: &Person, group: &str, action: &str, reason: Option<&str>) -> crate::world::Reply {
    person.post(&format!("/v1/groups/{group}/transitions"), json!({"action": action, "reason": reason})).await
}

fn names(reply: &crate::world::Reply) -> Vec<String> {
    reply.json["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn anyone_founds_a_group_is_its_chair_and_the_board_lets_it_sell() {
    let world = World::village().await;
    let group = found(&world, &world.buyer, "Tempe Guyub").await;
    let path = format!("/v1/groups/{group}");
    let seen = world.buyer.get(&path).await.expect(200);
    assert_eq!(
        (seen.str("status"), seen.str("your_role"), seen.str("slug")),
        ("draft".into(), "chair".into(), "tempe-guyub".into())
    );
    assert_eq!(seen.json["actions"], json!(["submit", "close"]));
    assert_eq!(seen.json["members"], 1);
    world.guest().get(&path).await.problem(404, "not-found");
    world.other_buyer.get(&path).await.problem(404, "not-found");
    world.foreign_board.get(&path).await.problem(404, "not-found");
    world.companion.get(&path).await.expect(200);
    step(&world.board, &group, "approve", None).await.problem(409, "transition-invalid");
    step(&world.buyer, &group, "submit", None).await.expect(200);
    step(&world.buyer, &group, "approve", None).await.problem(403, "forbidden");
    step(&world.treasurer, &group, "approve", None).await.problem(403, "forbidden");
    step(&world.foreign_board, &group, "approve", None).await.problem(404, "not-found");
    let waiting = format!("/v1/cooperatives/{}/groups?status=submitted", world.cooperative);
    assert_eq!(names(&world.board.get(&waiting).await.expect(200)), ["Tempe Guyub"]);
    world.buyer.get(&waiting).await.problem(404, "not-found");
    let active = step(&world.board, &group, "approve", None).await.expect(200);
    assert_eq!(active.str("status"), "active");
    world.guest().get(&path).await.expect(200);
}

#[actix_web::test]
async fn the_public_list_has_the_groups_that_may_sell_by_name_in_pages() {
    let world = World::village().await;
    found(&world, &world.buyer, "Asin Gurih").await;
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
    world.guest().get(&format!("{here}&cursor={cursor}")).await.problem(400, "cursor-invalid");
    world.guest().get("/v1/groups?status=draft").await.problem(400, "query-invalid");
    world.guest().get("/v1/groups?limit=101").await.problem(400, "query-invalid");
}

#[actix_web::test]
async fn a_suspended_group_leaves_the_list_and_its_people_still_see_why() {
    let world = World::village().await;
    let group = world.sekar_laras.to_string();
    let path = format!("/v1/groups/{group}");
    step(&world.board, &group, "suspend", None).await.problem(422, "body-invalid").fault("/reason", "required");
    step(&world.sari, &group, "suspend", Some("saya mau")).await.problem(403, "forbidden");
    step(&world.board, &group, "suspend", Some("Izin P-IRT sudah habis")).await.expect(200);
    world.guest().get(&path).await.problem(404, "not-found");
    world.buyer.get(&path).await.problem(404, "not-found");
    let seen = world.wati.get(&path).await.expect(200);
    assert_eq!((seen.str("status"), seen.str("status_reason")), ("suspended".into(), "Izin P-IRT sudah habis".into()));
    assert_eq!(names(&world.guest().get("/v1/groups").await.expect(200)), ["Manis Nira", "Singkong Wareg"]);
    step(&world.sari, &group, "reopen", None).await.problem(403, "forbidden");
    let reopened = step(&world.board, &group, "reopen", None).await.expect(200);
    assert!(reopened.json["status_reason"].is_null());
    world.guest().get(&path).await.expect(200);
    step(&world.board, &group, "close", Some("Bubar")).await.expect(200);
    let closed = step(&world.board, &group, "reopen", None).await.problem(409, "transition-invalid");
    assert_eq!((closed.json["status"].clone(), closed.str("state")), (json!(409), "closed".into()));
    assert!(closed.str("detail").contains("closed"));
    world.guest().get(&path).await.problem(404, "not-found");
}

#[actix_web::test]
async fn a_submitted_group_can_be_given_back_and_submitted_again() {
    let world = World::village().await;
    let group = found(&world, &world.buyer, "Canting Tajum").await;
    step(&world.buyer, &group, "submit", None).await.expect(200);
    step(&world.board, &group, "reopen", None).await.problem(422, "body-invalid");
    let back = step(&world.board, &group, "reopen", Some("Nomor HP belum ada")).await.expect(200);
    assert_eq!(back.str("status"), "draft");
    let path = format!("/v1/groups/{group}");
    assert_eq!(world.buyer.get(&path).await.expect(200).str("status_reason"), "Nomor HP belum ada");
    step(&world.buyer, &group, "submit", None).await.expect(200);
    step(&world.buyer, &group, "reopen", None).await.expect(200);
}

#[actix_web::test]
async fn a_board_that_acts_twice_at_once_acts_once() {
    let world = World::village().await;
    let group = found(&world, &world.buyer, "Kebon Lestari").await;
    step(&world.buyer, &group, "submit", None).await.expect(200);
    let tries = (0..8).map(|_| step(&world.board, &group, "approve", None));
    let replies = futures_util::future::join_all(tries).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert!(replies.iter().all(|reply| [200, 409, 412].contains(&reply.status)), "{replies:?}");
}

#[actix_web::test]
async fn officers_and_the_board_change_a_group_and_its_address_stays() {
    let world = World::village().await;
    let path = format!("/v1/groups/{}", world.sekar_laras);
    let seen = world.sari.get(&path).await.expect(200);
    let change = json!({"name": "Sekar Laras Baru", "business_id": "1234567890123", "hamlet": "Karanganyar"});
    world.wati.editing(&seen).patch(&path, change.clone()).await.problem(403, "forbidden");
    for stranger in [&world.buyer, &world.darsih, &world.foreign_board] {
        stranger.editing(&seen).patch(&path, change.clone()).await.problem(404, "not-found");
    }
    world.sari.patch(&path, change.clone()).await.problem(428, "version-required");
    let changed = world.sari.editing(&seen).patch(&path, change.clone()).await.expect(200);
    assert_eq!((changed.str("name"), changed.str("slug")), ("Sekar Laras Baru".into(), "sekar-laras".into()));
    world.sari.editing(&seen).patch(&path, change).await.problem(412, "version-stale");
    let wrong = world.sari.editing(&changed).patch(&path, json!({"business_id": "12"})).await;
    wrong.problem(422, "body-invalid").fault("/business_id", "business-id-invalid");
    let cleared = world.board.editing(&changed).patch(&path, json!({"hamlet": null})).await.expect(200);
    assert!(cleared.json["hamlet"].is_null());
}

#[actix_web::test]
async fn a_name_is_taken_once_in_a_cooperative_and_drafts_do_not_pile_up() {
    let world = World::village().await;
    let path = format!("/v1/cooperatives/{}/groups", world.cooperative);
    let named = |name: &str| json!({"name": name});
    world.buyer.post(&path, named("SEKAR  laras!")).await.problem(409, "group-name-taken");
    world.buyer.post(&path, named("!!!")).await.problem(422, "body-invalid").fault("/name", "malformed");
    world.guest().post(&path, named("Tamu Saja")).await.problem(401, "unauthenticated");
    for number in 0..5 {
        world.buyer.post(&path, named(&format!("Kelompok {number}"))).await.expect(201);
    }
    world.buyer.post(&path, named("Kelompok lagi")).await.problem(409, "too-many-groups");
    let elsewhere = "/v1/cooperatives/019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11/groups";
    world.other_buyer.post(elsewhere, named("Di mana")).await.problem(404, "not-found");
}

#[actix_web::test]
async fn a_group_founded_twice_by_a_patchy_phone_is_one_group() {
    let world = World::village().await;
    let path = format!("/v1/cooperatives/{}/groups", world.cooperative);
    let client = world.buyer.fresh_key();
    let body: Value = json!({"name": "Toples Berkah", "id": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c22"});
    let tries = (0..10).map(|_| client.post(&path, body.clone()));
    let replies = futures_util::future::join_all(tries).await;
    assert!(
        replies.iter().all(|reply| reply.status == 201 || reply.json["code"] == "idempotency-in-progress"),
        "{replies:?}"
    );
    // Without the key, but with the same id, it is there already.
    world.buyer.post(&path, body.clone()).await.expect(200);
    world.other_buyer.post(&path, body).await.problem(409, "id-taken");
}

#[actix_web::test]
async fn every_step_is_in_the_log_with_ids_and_no_names() {
    let world = World::village().await;
    let group = found(&world, &world.buyer, "Tempe Guyub").await;
    world.clock.advance(lumbung::kernel::Duration::seconds(1));
    step(&world.buyer, &group, "submit", None).await.expect(200);
    world.app.state.db.write(lumbung::events::stamp).await.unwrap();
    let cooperative = world.cooperative;
    let log =
        world.app.state.db.read(move |conn| lumbung::events::after(conn, 0, Some(cooperative), 100)).await.unwrap();
    let about: Vec<_> = log.iter().filter(|event| event.subject.to_string() == group).collect();
    assert_eq!(about.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>(), ["group.founded", "group.submitted"]);
    assert!(about.iter().all(|event| event.actor.map(|actor| actor.to_string()).as_ref() == Some(&world.buyer.id)));
    assert!(log.iter().all(|event| !event.payload.to_string().contains("Contoh")));
}
