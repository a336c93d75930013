//! The manners that every route shares.

use crate::world::World;

#[actix_web::test]
async fn an_unknown_route_is_a_problem_in_the_callers_language() {
    let world = World::empty().await;
    let reply = world.guest().get("/v1/nowhere").await.problem(404, "not-found");
    assert_eq!(reply.str("title"), "Tidak ditemukan");
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    let reply = world
        .guest()
        .in_english()
        .with("x-request-id", "my-request.1")
        .get("/v1/nowhere")
        .await
        .problem(404, "not-found");
    assert_eq!(reply.str("title"), "Not found");
    assert_eq!(reply.header("x-request-id"), Some("my-request.1"));
    assert_eq!(reply.header("server"), None);
}
