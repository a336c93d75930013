//! A full disk: writes fail with 507, reads work, and no restart is needed afterwards.

use diesel::connection::SimpleConnection;
use diesel::sql_types::BigInt;
use diesel::{RunQueryDsl, sql_query};
use futures_util::future::join_all;
use lumbung::db::{self, Db};
use serde_json::Value;

use crate::world::{Reply, World};

#[derive(diesel::QueryableByName)]
struct Pages {
    #[diesel(sql_type = BigInt)]
    page_count: i64,
}

/// Limits the pages of the file; `None` means the current number.
async fn limit_pages(db: &Db, pages: Option<i64>) {
    db.write::<_, db::Error, _>(move |tx| {
        let now: Pages = sql_query("SELECT page_count FROM pragma_page_count").get_result(&mut **tx)?;
        let limit = pages.unwrap_or(now.page_count);
        Ok(tx.batch_execute(&format!("PRAGMA max_page_count = {limit}"))?)
    })
    .await
    .unwrap();
}

#[actix_web::test]
async fn with_a_full_disk_writes_fail_reads_work_and_free_space_resolves_it() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(10_000).await;
    let body = village.guest_order_body(product, 1, 2500);
    let place = |key: String| {
        let (client, body) = (village.guest().with_key(&key), body.clone());
        async move { client.post("/v1/orders", body).await }
    };
    let keys: Vec<String> = (0..160).map(|number| format!("full-disk-key-0123456789-{number:04}")).collect();
    if village.database.is_postgres() {
        // The test cannot fill the server's disk and raises its error instead.
        let outcome: Result<(), db::Error> = village
            .app
            .state
            .db
            .write(|tx| {
                Ok(tx.batch_execute(
                    "DO $$ BEGIN RAISE EXCEPTION 'could not extend file \"base/1/2\": No space left on device' \
                     USING ERRCODE = '53100', HINT = 'Check free disk space.'; END $$",
                )?)
            })
            .await;
        assert!(matches!(outcome, Err(db::Error::StorageFull(_))), "{outcome:?}");
        let problem = lumbung::web::Problem::from(outcome.unwrap_err());
        assert_eq!((problem.code().as_str(), problem.code().status().as_u16()), ("storage-full", 507));
        return;
    }
    limit_pages(&village.app.state.db, None).await;
    let replies = join_all(keys.iter().cloned().map(place)).await;
    let placed = replies.iter().filter(|reply| reply.status == 201).count();
    assert!(placed < replies.len(), "the disk never filled");
    for reply in replies.iter().filter(|reply| reply.status != 201) {
        reply.clone().expect_problem(507, "storage-full");
    }
    village.guest().get("/v1/products").await.expect(200);
    let list = format!("/v1/cooperatives/{}/orders?limit=100", village.cooperative);
    let seen = village.board.get(&list).await.expect(200);
    let count = |list: &Value| list["data"].as_array().unwrap().len();
    assert_eq!(count(&seen.json), placed.min(100), "what was refused is not there");
    village.guest().get("/health/ready").await.expect(200);

    limit_pages(&village.app.state.db, Some(1_000_000)).await;
    let replies = join_all(keys.into_iter().map(place)).await;
    assert!(replies.iter().all(|reply| reply.status == 201), "the same keys succeed, once there is room");
    let replayed = replies.iter().filter(|reply| reply.header("idempotency-replayed") == Some("true")).count();
    assert_eq!(replayed, placed);
}

/// Polls until the cached readiness has changed.
async fn readiness(world: &World, is_new: impl Fn(&Reply) -> bool) -> Reply {
    for _ in 0..100 {
        let reply = world.guest().get("/health/ready").await;
        if is_new(&reply) {
            return reply;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("/health/ready does not notice")
}

/// The write of the readiness check fails like on a full disk.
#[actix_web::test]
async fn with_a_full_disk_the_service_is_ready_but_degraded() {
    let world = World::empty().await;
    world.database.run(if world.database.is_postgres() {
        "CREATE FUNCTION full_disk() RETURNS trigger AS $$ BEGIN
             RAISE EXCEPTION 'could not extend file \"base/1/2\": No space left on device' USING ERRCODE = '53100';
         END $$ LANGUAGE plpgsql;
         CREATE TRIGGER full_disk BEFORE INSERT ON heartbeats FOR EACH ROW EXECUTE FUNCTION full_disk()"
    } else {
        "CREATE TRIGGER full_disk BEFORE INSERT ON heartbeats BEGIN
             SELECT RAISE(ABORT, 'database or disk is full');
         END"
    });
    let full = world.guest().get("/health/ready").await.expect(200);
    assert_eq!((full.str("status"), full.str("degraded")), ("ready".into(), "storage".into()));
    world.database.run(if world.database.is_postgres() {
        "DROP TRIGGER full_disk ON heartbeats"
    } else {
        "DROP TRIGGER full_disk"
    });
    readiness(&world, |reply| reply.status == 200 && reply.json["degraded"].is_null()).await;
}

/// A small tmpfs; `None` where this process may not mount one.
#[cfg(target_os = "linux")]
struct SmallDisk(tempfile::TempDir);

#[cfg(target_os = "linux")]
impl SmallDisk {
    fn mount(mebibytes: u32) -> Option<SmallDisk> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={mebibytes}m"), "tmpfs"]).arg(folder.path());
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        mounted.then_some(SmallDisk(folder))
    }

    /// Fills the disk; removing the returned file frees it.
    fn fill(&self) -> std::path::PathBuf {
        let ballast = self.0.path().join("ballast");
        let mut file = std::fs::File::create(&ballast).unwrap();
        let mut piece = 1 << 20;
        while piece > 0 {
            if std::io::Write::write_all(&mut file, &vec![1; piece]).is_err() {
                piece /= 2;
            }
        }
        ballast
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("--lazy").arg(self.0.path()).output();
    }
}

#[cfg(target_os = "linux")]
#[actix_web::test]
async fn a_really_full_disk_behaves_the_same() {
    let Some(disk) = SmallDisk::mount(48) else {
        eprintln!("skipped: this process may not mount a tmpfs");
        return;
    };
    let village = World::village_with(|config| {
        use secrecy::ExposeSecret;
        // PostgreSQL has its own disk.
        if let Some(file) = config.database.url.expose_secret().strip_prefix("sqlite:") {
            let copy = disk.0.path().join("test.db");
            std::fs::copy(file, &copy).unwrap();
            config.database.url = format!("sqlite:{}", copy.display()).into();
        }
    })
    .await;
    let (product, _) = village.create_pastel_in_stock(100_000).await;
    if village.database.is_postgres() {
        return;
    }
    let ballast = disk.fill();
    let body = village.guest_order_body(product, 1, 2500);
    // The WAL's free space is used first.
    let mut refused = None;
    for _ in 0..2_000 {
        let client = village.guest().with_new_key();
        let reply = client.post("/v1/orders", body.clone()).await;
        if reply.status != 201 {
            refused = Some((client, reply.expect_problem(507, "storage-full")));
            break;
        }
    }
    let (client, _) = refused.expect("the disk is full");
    village.guest().get("/v1/products").await.expect(200);
    let full = readiness(&village, |reply| !reply.json["degraded"].is_null()).await.expect(200);
    assert_eq!((full.str("status"), full.str("degraded")), ("ready".into(), "storage".into()));
    std::fs::remove_file(ballast).unwrap();
    client.post("/v1/orders", body).await.expect(201);
    readiness(&village, |reply| reply.status == 200 && reply.json["degraded"].is_null()).await;
}
