//! Registering.

use serde_json::json;

use crate::world::World;

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
    assert_eq!(world.guest().post("/v1/accounts", taken).await.problem(409, "login-taken").json["field"], "phone");
}

#[actix_web::test]
async fn the_cast_can_be_registered_and_signed_in() {
    let world = World::empty().await;
    let (sari, admin) = (world.register("Contoh Sari").await, world.admin().await);
    assert_ne!(sari.id, admin.id);
}
