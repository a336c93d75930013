//! A full disk: writing is refused as such, reading goes on, and nothing has to be started anew.

use diesel::connection::SimpleConnection;
use diesel::sql_types::BigInt;
use diesel::{RunQueryDsl, sql_query};
use futures_util::future::join_all;
use lumbung::db::{self, Db};
use serde_json::Value;

use crate::world::World;

#[derive(diesel::QueryableByName)]
struct Pages {
    #[diesel(sql_type = BigInt)]
    page_count: i64,
}

/// How many pages the file may have, or as many as it has now.
async fn may_grow(db: &Db, pages: Option<i64>) {
    db.write::<_, db::Error, _>(move |tx| {
        let now: Pages = sql_query("SELECT page_count FROM pragma_page_count").get_result(&mut **tx)?;
        let limit = pages.unwrap_or(now.page_count);
        Ok(tx.batch_execute(&format!("PRAGMA max_page_count = {limit}"))?)
    })
    .await
    .unwrap();
}

#[actix_web::test]
async fn when_the_disk_is_full_writing_says_so_reading_goes_on_and_space_mends_it() {
    let village = World::village().await;
    let (product, _) = village.pastel_on_the_shelf(10_000).await;
    let body = village.guest_order_of(product, 1, 2500);
    let place = |key: String| {
        let (client, body) = (village.guest().keyed(&key), body.clone());
        async move { client.post("/v1/orders", body).await }
    };
    let keys: Vec<String> = (0..160).map(|number| format!("full-disk-key-0123456789-{number:04}")).collect();
    if village.database.is_postgres() {
        // The server's disk is not ours to fill: it says what it would say then.
        let said: Result<(), db::Error> = village
            .app
            .site
            .db
            .write(|tx| {
                Ok(tx.batch_execute(
                    "DO $$ BEGIN RAISE EXCEPTION 'could not extend file \"base/1/2\": No space left on device' \
                     USING ERRCODE = '53100', HINT = 'Check free disk space.'; END $$",
                )?)
            })
            .await;
        assert!(matches!(said, Err(db::Error::StorageFull(_))), "{said:?}");
        let problem = lumbung::web::Problem::from(said.unwrap_err());
        assert_eq!((problem.code().as_str(), problem.code().status().as_u16()), ("storage-full", 507));
        return;
    }
    may_grow(&village.app.site.db, None).await;
    let replies = join_all(keys.iter().cloned().map(place)).await;
    let placed = replies.iter().filter(|reply| reply.status == 201).count();
    assert!(placed < replies.len(), "the disk never filled");
    for reply in replies.iter().filter(|reply| reply.status != 201) {
        reply.clone().problem(507, "storage-full");
    }
    village.guest().get("/v1/products").await.expect(200);
    let list = format!("/v1/cooperatives/{}/orders?limit=100", village.cooperative);
    let seen = village.board.get(&list).await.expect(200);
    let count = |list: &Value| list["data"].as_array().unwrap().len();
    assert_eq!(count(&seen.json), placed.min(100), "what was refused is not there");
    village.guest().get("/health/ready").await.expect(200);

    may_grow(&village.app.site.db, Some(1_000_000)).await;
    let replies = join_all(keys.into_iter().map(place)).await;
    assert!(replies.iter().all(|reply| reply.status == 201), "the same keys succeed, once there is room");
    let replayed = replies.iter().filter(|reply| reply.header("idempotency-replayed") == Some("true")).count();
    assert_eq!(replayed, placed);
}
