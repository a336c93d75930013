//! Permits: loaded on every request; resources of others are hidden.

use serde_json::json;

use crate::world::World;

#[actix_web::test]
async fn the_test_accounts_have_their_roles() {
    let world = World::village().await;
    let group = format!("/v1/groups/{}", world.sekar_laras);
    let view = world.sari.get(&group).await.expect(200);
    assert_eq!((view.str("your_role"), view.str("status")), ("chair".into(), "active".into()));
    assert_eq!(world.wati.get(&group).await.expect(200).str("your_role"), "member");
    assert!(world.buyer.get(&group).await.expect(200).json["your_role"].is_null());
    let offices = format!("/v1/cooperatives/{}/assignments", world.cooperative);
    let reply = world.board.get(&offices).await.expect(200);
    let mut roles: Vec<_> = reply.json["data"].as_array().unwrap().iter().map(|row| row["role"].clone()).collect();
    roles.sort_by_key(|role| role.to_string());
    assert_eq!(json!(roles), json!(["agency", "board", "companion", "supervisor", "treasurer"]));
}

#[actix_web::test]
async fn resources_of_others_are_hidden_and_own_ones_may_be_forbidden() {
    let world = World::village().await;
    let members = format!("/v1/groups/{}/members", world.sekar_laras);
    let new = json!({"name": "Contoh Baru", "role": "member"});
    for stranger in
        [&world.buyer, &world.darsih, &world.foreign_officer, &world.foreign_board, &world.foreign_treasurer]
    {
        stranger.get(&members).await.expect_problem(404, "not-found");
        stranger.post(&members, new.clone()).await.expect_problem(404, "not-found");
    }
    world.guest().get(&members).await.expect_problem(401, "unauthenticated");
    for insider in [&world.wati, &world.treasurer, &world.companion, &world.supervisor, &world.agency, &world.admin] {
        insider.get(&members).await.expect(200);
        insider.post(&members, new.clone()).await.expect_problem(403, "forbidden");
    }
    world.board.post(&members, new).await.expect(201);
    let offices = format!("/v1/cooperatives/{}/assignments", world.cooperative);
    for stranger in [&world.buyer, &world.sari, &world.foreign_board] {
        stranger.get(&offices).await.expect_problem(404, "not-found");
    }
}

#[actix_web::test]
async fn an_ended_office_has_no_effect_on_the_next_request() {
    let world = World::village().await;
    let offices = format!("/v1/cooperatives/{}/assignments", world.cooperative);
    let reply = world.companion.get(&offices).await.expect(200);
    let assignment =
        reply.json["data"].as_array().unwrap().iter().find(|row| row["role"] == "companion").unwrap().clone();
    let path = format!("{offices}/{}", assignment["id"].as_str().unwrap());
    world.treasurer.delete(&path).await.expect_problem(403, "forbidden");
    world.foreign_board.delete(&path).await.expect_problem(404, "not-found");
    world.board.delete(&path).await.expect(204);
    world.board.delete(&path).await.expect_problem(404, "not-found");
    world.companion.get(&offices).await.expect_problem(404, "not-found");
}
