//! Administrative areas by their Kemendagri codes.

use diesel::prelude::*;
use lumbung::cooperatives::{AdminLevel, ImportAdminAreasError, import_admin_areas, import_bundled_admin_areas};
use lumbung::db::{self, schema::places};

use crate::world::World;

async fn count_areas(world: &World, kind: AdminLevel) -> i64 {
    world
        .app
        .state
        .db
        .read::<_, db::Error, _>(move |conn| {
            Ok(places::table.filter(places::kind.eq(kind)).count().get_result(conn)?)
        })
        .await
        .unwrap()
}

async fn import(world: &World, table: &'static str) -> Result<usize, ImportAdminAreasError> {
    world.app.state.db.write(move |tx| import_admin_areas(tx, table.as_bytes())).await
}

#[actix_web::test]
async fn every_database_begins_with_the_provinces_and_the_villages_of_banyumas() {
    let world = World::empty().await;
    assert_eq!(count_areas(&world, AdminLevel::Province).await, 38);
    assert_eq!(count_areas(&world, AdminLevel::Regency).await, 1);
    assert_eq!(count_areas(&world, AdminLevel::District).await, 27);
    assert_eq!(count_areas(&world, AdminLevel::Village).await, 331);
    assert_eq!(
        world.app.state.db.write(import_bundled_admin_areas).await.unwrap(),
        397,
        "and doing it again changes nothing"
    );
    assert_eq!(count_areas(&world, AdminLevel::Village).await, 331);
}

#[actix_web::test]
async fn a_village_is_found_by_a_prefix_of_its_name_and_shown_with_the_areas_that_contain_it() {
    let world = World::empty().await;
    let reply = world.guest().get("/v1/places?q=CIHONJ").await.expect(200);
    assert_eq!(reply.json["data"].as_array().unwrap().len(), 1);
    let village = &reply.json["data"][0];
    assert_eq!(village["code"], "33.02.15.2003");
    assert_eq!(village["kind"], "village");
    assert_eq!(village["postal_code"], "53165");
    assert_eq!(village["within"], "Gumelar, Kabupaten Banyumas, Jawa Tengah");
    let regency = world.guest().get("/v1/places?q=banyumas&kind=regency").await.expect(200);
    assert_eq!(regency.json["data"][0]["code"], "33.02", "the word Kabupaten does not matter");
}

#[actix_web::test]
async fn the_villages_of_a_district_come_in_pages_each_once() {
    let world = World::empty().await;
    let (mut path, mut codes) = ("/v1/places?parent=33.02.15&limit=4".to_owned(), Vec::new());
    loop {
        let reply = world.guest().get(&path).await.expect(200);
        codes.extend(
            reply.json["data"].as_array().unwrap().iter().map(|area| area["code"].as_str().unwrap().to_owned()),
        );
        let Some(next) = reply.json["next"].as_str() else { break };
        path = format!("/v1/places?parent=33.02.15&limit=4&cursor={next}");
    }
    assert_eq!(codes.len(), 10, "Gumelar has ten villages");
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), 10);
    let cursor = world.guest().get("/v1/places?parent=33.02.15&limit=4").await.str("next");
    let other = format!("/v1/places?parent=33.02.16&limit=4&cursor={cursor}");
    world.guest().get(&other).await.expect_problem(400, "cursor-invalid");
    world.guest().get("/v1/places?nope=1").await.expect_problem(400, "query-invalid");
    world.guest().get("/v1/places?kind=planet").await.expect_problem(400, "query-invalid");
}

#[actix_web::test]
async fn the_full_list_is_imported_in_any_order_and_a_bad_row_imports_nothing() {
    let world = World::empty().await;
    let table = "code,name,postal_code\n51.03.01.2001,Pecatu,80361\n51.03,Kabupaten Badung,\n51.03.01,Kuta Selatan,\n";
    assert_eq!(import(&world, table).await.unwrap(), 3);
    let reply = world.guest().get("/v1/places?q=pecatu").await.expect(200);
    assert_eq!(reply.json["data"][0]["within"], "Kuta Selatan, Kabupaten Badung, Bali");
    let renamed = "code,name\n51.03.01.2001,Pecatu Baru\n";
    assert_eq!(import(&world, renamed).await.unwrap(), 1);
    assert_eq!(world.guest().get("/v1/places?q=pecatu").await.json["data"][0]["name"], "Pecatu Baru");
    let villages = count_areas(&world, AdminLevel::Village).await;
    let orphan = import(&world, "code,name\n99.01,Nowhere\n").await;
    assert!(matches!(orphan, Err(ImportAdminAreasError::Orphan(code)) if code == "99.01"));
    let bad = import(&world, "code,name\n51.03.01.2002,Fine\n51.03.01.9,Broken\n").await;
    assert!(matches!(bad, Err(ImportAdminAreasError::Code { row: 2, .. })));
    let postal = import(&world, "code,name,postal_code\n51.03.01.2002,Fine,8036\n").await;
    assert!(matches!(postal, Err(ImportAdminAreasError::Text { row: 1 })));
    assert!(matches!(import(&world, "nonsense\n1\n").await, Err(ImportAdminAreasError::Unreadable(_))));
    assert_eq!(count_areas(&world, AdminLevel::Village).await, villages);
}
