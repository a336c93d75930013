//! The doctor's checks, and files and keys in backups.

use std::collections::BTreeMap;
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use lumbung::accounts::{Accounts, KeyFolder};
use lumbung::db::schema::{jobs, outbox};
use lumbung::db::{self, Conn};
use lumbung::kernel::ids::{JobId, MailId};
use lumbung::kernel::{Duration, Entropy};
use reqwest::Method;
use serde_json::json;

use crate::cli::{run, run_with};
use crate::photos::jpeg;
use crate::world::smtp::SmtpServer;
use crate::world::{Village, World, system_now};

/// Runs the doctor with additional environment variables; returns exit code and output.
async fn doctor(village: &Village, more: &[(&'static str, String)]) -> (i32, String) {
    let (url, folder, more) = (village.database.url.clone(), village.database.folder.path().to_owned(), more.to_vec());
    let asking = tokio::task::spawn_blocking(move || {
        let more: Vec<(&str, &str)> = more.iter().map(|(name, value)| (*name, value.as_str())).collect();
        run_with(&url, &folder, &folder.join("data"), &more, &["doctor"])
    });
    asking.await.unwrap()
}

/// Expects a check with this state and message.
#[track_caller]
fn expect_check(output: &str, state: &str, name: &str, message: &str) {
    let line = output.lines().find(|line| line.trim_start().starts_with(&format!("{state:<4}  {name}:")));
    assert!(line.is_some_and(|line| line.contains(message)), "{state} {name} {message}: {output}");
}

/// A connection without check constraints.
fn connect_without_checks(village: &Village) -> Conn {
    if village.database.is_postgres() {
        let mut conn = diesel::PgConnection::establish(&village.database.url).unwrap();
        let drop = "DO $$ DECLARE rule record; BEGIN FOR rule IN SELECT conname FROM pg_constraint \
                    WHERE conrelid = 'batches'::regclass AND contype = 'c' LOOP \
                    EXECUTE 'ALTER TABLE batches DROP CONSTRAINT ' || quote_ident(rule.conname); END LOOP; END $$";
        conn.batch_execute(drop).unwrap();
        Conn::Postgres(conn)
    } else {
        let file = village.database.url.trim_start_matches("sqlite:");
        let mut conn = diesel::SqliteConnection::establish(file).unwrap();
        conn.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA ignore_check_constraints = ON").unwrap();
        Conn::Sqlite(conn)
    }
}

#[actix_web::test]
async fn all_checks_of_a_consistent_instance_succeed() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let order = village.place_order(product, 10).await;
    for action in ["accept", "hand_over"] {
        village.transition_fulfilment(&village.sari, &order, action).await.expect(200);
    }
    village.work().await;
    let smtp = SmtpServer::open().await;
    let smtp = [
        ("LUMBUNG__MAIL__TRANSPORT", "smtp".to_owned()),
        ("LUMBUNG__MAIL__HOST", "127.0.0.1".to_owned()),
        ("LUMBUNG__MAIL__PORT", smtp.address.port().to_string()),
        ("LUMBUNG__MAIL__SECURITY", "none".to_owned()),
    ];
    let (_, output) = doctor(&village, &smtp).await;
    for name in
        ["database", "pages and references", "claims", "sales", "jobs", "outbox", "mail", "keys", "what the keys made"]
    {
        expect_check(&output, "well", name, "");
    }
    let (_, output) = doctor(&village, &[]).await;
    expect_check(&output, "well", "mail", "this machine");
}

#[actix_web::test]
async fn the_doctor_finds_inconsistencies_dead_jobs_and_lost_keys() {
    let village = World::village().await;
    village.skip_audit();
    let (product, _) = village.create_pastel_in_stock(40).await;
    let order = village.place_order(product, 10).await;
    for action in ["accept", "hand_over"] {
        village.transition_fulfilment(&village.sari, &order, action).await.expect(200);
    }
    village.work().await;
    {
        let mut conn = connect_without_checks(&village);
        conn.batch_execute("UPDATE batches SET claimed = 41000; DELETE FROM sales").unwrap();
        let now = system_now();
        diesel::insert_into(jobs::table)
            .values((
                jobs::id.eq(Entropy::System.id::<JobId>(now)),
                jobs::kind.eq("catalogue.discard_photo"),
                jobs::payload.eq("{}"),
                jobs::run_at.eq(now),
                jobs::attempts.eq(10),
                jobs::failed_at.eq(now),
                jobs::created_at.eq(now),
            ))
            .execute(&mut conn)
            .unwrap();
        let since = now.before(Duration::hours(2));
        diesel::insert_into(outbox::table)
            .values((
                outbox::id.eq(Entropy::System.id::<MailId>(now)),
                outbox::kind.eq("order-placed"),
                outbox::recipient.eq("sari@example.org"),
                outbox::locale.eq("id"),
                outbox::subject.eq("Pesanan"),
                outbox::text_body.eq("canary"),
                outbox::html_body.eq("canary"),
                outbox::created_at.eq(since),
                outbox::next_try_at.eq(now.after(Duration::days(1))),
            ))
            .execute(&mut conn)
            .unwrap();
    }
    let keys = village.database.folder.path().join("data/keys");
    for name in ["access", "seal"] {
        std::fs::remove_file(keys.join(name)).unwrap();
    }
    let nowhere = [
        ("LUMBUNG__MAIL__TRANSPORT", "smtp".to_owned()),
        ("LUMBUNG__MAIL__HOST", "127.0.0.1".to_owned()),
        ("LUMBUNG__MAIL__PORT", SmtpServer::open().await.shut_down().await.address.port().to_string()),
        ("LUMBUNG__MAIL__SECURITY", "none".to_owned()),
    ];
    let (code, output) = doctor(&village, &nowhere).await;
    assert_eq!(code, 1, "{output}");
    expect_check(&output, "ILL", "claims", "1 batch(es)");
    expect_check(&output, "ILL", "sales", "1 handed-over part(s)");
    expect_check(&output, "ILL", "jobs", "1 of catalogue.discard_photo");
    expect_check(&output, "ILL", "outbox", "1 letter(s) wait");
    expect_check(&output, "ILL", "mail", "");
    expect_check(&output, "ILL", "what the keys made", "the signing key is lost");
    expect_check(&output, "ILL", "what the keys made", "the seal key is lost");
    for name in ["access", "seal"] {
        assert!(!keys.join(name).exists(), "the doctor makes no key");
    }
    // The pending letter is not part of this test.
    connect_without_checks(&village).batch_execute("DELETE FROM outbox").unwrap();
}

/// All files below a directory, by relative path.
fn read_tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                files.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

#[actix_web::test]
async fn a_backup_restores_photos_proofs_and_keys() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let photo = format!("/v1/products/{product}/photos/1");
    village.sari.upload(Method::PUT, &photo, "image/jpeg", jpeg(400, 300)).await.expect(201);
    let order = village.place_order(product, 10).await;
    let payments = format!("/v1/orders/{}/payments", order.id());
    let payment = village.buyer.with_new_key().post(&payments, json!({"method": "transfer"})).await.expect(201);
    let slip = format!("/v1/payments/{}/proof", payment.id());
    village.buyer.upload(Method::POST, &slip, "image/jpeg", jpeg(64, 64)).await.expect(201);
    village.work().await;

    let folder = village.database.folder.path().to_owned();
    let (url, here) = (village.database.url.clone(), folder.clone());
    let copying = tokio::task::spawn_blocking(move || run(&url, &here, &here.join("data"), &["backup", "copy"]));
    let (code, output) = copying.await.unwrap();
    let original_files = |part: &str| read_tree(&folder.join("data").join(part));
    assert_eq!(original_files("files").len(), 7, "six of the photo, and the slip");
    assert_eq!(read_tree(&folder.join("copy/files")), original_files("files"), "{output}");
    assert_eq!(read_tree(&folder.join("copy/keys")), original_files("keys"), "{output}");
    if village.database.is_postgres() {
        assert_eq!(code, 1, "the database is pg_dump's: {output}");
        return;
    }
    assert_eq!(code, 0, "{output}");

    let elsewhere = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", elsewhere.path().join("lumbung.db").display());
    let copy = folder.join("copy");
    let (code, output) = run(&url, elsewhere.path(), elsewhere.path(), &["restore", copy.to_str().unwrap()]);
    assert_eq!(code, 0, "{output}");
    assert_eq!(read_tree(&elsewhere.path().join("files")), original_files("files"));
    assert_eq!(read_tree(&elsewhere.path().join("keys")), original_files("keys"));
    let (settings, keys) = (&village.app.accounts.settings, KeyFolder::new(elsewhere.path(), false));
    let anew = Accounts::new(settings, &village.app.state.public_url, &keys, &Entropy::System).unwrap();
    let known =
        anew.access_tokens.verify(&village.buyer.access_token, village.clock.now()).expect("the token is still good");
    assert_eq!(known.account.to_string(), village.buyer.id);
    let (_, output) = run(&url, elsewhere.path(), elsewhere.path(), &["doctor"]);
    expect_check(&output, "well", "what the keys made", "");
    // Without its keys a backup is incomplete.
    std::fs::remove_dir_all(elsewhere.path().join("keys")).unwrap();
    let (code, output) = run(&url, elsewhere.path(), elsewhere.path(), &["doctor"]);
    assert_eq!(code, 1, "{output}");
    expect_check(&output, "ILL", "what the keys made", "put keys/ back");
    let left = village.app.state.db.read::<_, db::Error, _>(lumbung::mail::count_pending).await.unwrap();
    assert_eq!(left.0, 0);
}
