//! What an operator does from a terminal.

use std::cell::Cell;
use std::path::Path;
use std::process::Command;

use diesel::prelude::*;
use lumbung::accounts::{Accounts, KeyFolder};
use lumbung::db::schema::{order_lines, orders, places};
use lumbung::kernel::Entropy;
use lumbung::kernel::ids::OrderId;

use crate::world::{TestDatabase, World, system_now};

/// Runs a command on this database in this folder, and tells its code and what it said.
pub(crate) fn run(url: &str, folder: &Path, data: &Path, arguments: &[&str]) -> (i32, String) {
    run_with(url, folder, data, &[], arguments)
}

/// The same with more of its configuration.
pub(crate) fn run_with(
    url: &str,
    folder: &Path,
    data: &Path,
    more: &[(&str, &str)],
    arguments: &[&str],
) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_lumbung"))
        .args(arguments)
        .current_dir(folder)
        .envs(more.iter().copied())
        .env("LUMBUNG__DATA_DIR", data)
        .env("LUMBUNG__DATABASE__URL", url)
        .env("LUMBUNG_ADMIN_PASSWORD", "canary-sandi-rahasia-77")
        .output()
        .unwrap();
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!told.contains("canary"), "{told}");
    (output.status.code().unwrap(), told)
}

fn lumbung(database: &TestDatabase, arguments: &[&str]) -> (i32, String) {
    run(&database.url, database.folder.path(), database.folder.path(), arguments)
}

#[test]
fn an_operator_makes_an_admin_asks_the_doctor_and_puts_a_backup_back() {
    let database = TestDatabase::create();
    let (code, told) = lumbung(&database, &["migrate"]);
    assert_eq!(code, 0, "{told}");
    let admin = ["admin", "create", "--name", "Contoh Admin", "--email", "admin@contoh.example"];
    let (code, told) = lumbung(&database, &admin);
    assert_eq!(code, 0, "{told}");
    let (code, told) = lumbung(&database, &admin);
    assert_eq!(code, 1, "the address is taken");
    assert!(told.contains("another account has this email already"), "{told}");
    let (_, told) = lumbung(&database, &["doctor"]);
    assert!(told.contains("well  database") && told.contains("well  claims"), "{told}");
    let (code, told) = lumbung(&database, &["backup", "copy"]);
    if database.is_postgres() {
        assert_eq!(code, 1);
        assert!(told.contains("pg_dump"), "{told}");
        return;
    }
    assert_eq!(code, 0, "{told}");
    assert_ne!(lumbung(&database, &["backup", "copy"]).0, 0, "a backup is never overwritten");
    let (code, told) = lumbung(&database, &["restore", "copy"]);
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("--force"), "{told}");
    let file = database.url.trim_start_matches("sqlite:").to_owned();
    std::fs::remove_file(&file).unwrap();
    let (code, told) = lumbung(&database, &["restore", "copy"]);
    assert_eq!(code, 0, "{told}");
    assert_eq!(lumbung(&database, &admin).0, 1, "the account is back");
    std::fs::write(database.folder.path().join("copy/lumbung.db"), b"not what it was").unwrap();
    let (code, told) = lumbung(&database, &["restore", "copy", "--force"]);
    assert_eq!(code, 1);
    assert!(told.contains("altered"), "{told}");
}

#[test]
fn an_operator_reads_the_full_list_of_places_and_a_bad_one_changes_nothing() {
    let database = TestDatabase::create();
    let write = |name: &str, table: &str| std::fs::write(database.folder.path().join(name), table).unwrap();
    write(
        "places.csv",
        "code,name,postal_code\n91.01,Kabupaten Contoh,\n91.01.01,Contoh,\n91.01.01.2001,Desa Contoh,98001\n",
    );
    write("bad.csv", "code,name\n91.01.02,Baik\n91.01.03.2001,Tanpa kecamatan\n");
    let known = || {
        let settings = database.settings();
        let db = lumbung::db::Db::open(&settings, Entropy::System).unwrap();
        let named = places::table.filter(places::code.like("91.01%")).select((places::code, places::name));
        db.read_blocking::<Vec<(String, String)>, lumbung::db::Error>(|conn| {
            Ok(named.order(places::code.asc()).load(conn)?)
        })
        .unwrap()
    };
    for _ in 0..2 {
        let (code, told) = lumbung(&database, &["import-places", "places.csv"]);
        assert_eq!((code, told.trim()), (0, "3 place(s) read."));
        assert_eq!(known().last().unwrap(), &("91.01.01.2001".to_owned(), "Desa Contoh".to_owned()));
        assert_eq!(known().len(), 3);
    }
    let (code, told) = lumbung(&database, &["import-places", "bad.csv"]);
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("91.01.03.2001"), "{told}");
    assert_eq!(known().len(), 3, "half of a bad list was kept");
    let (code, told) = lumbung(&database, &["import-places", "nowhere.csv"]);
    assert_eq!(code, 2, "{told}");
}

#[test]
fn a_faulty_configuration_stops_the_start_and_names_every_key() {
    let output = Command::new(env!("CARGO_BIN_EXE_lumbung"))
        .arg("serve")
        .env("LUMBUNG__SERVER__PORT", "canary")
        .env("LUMBUNG__SERVER__HOTS", "canary")
        .env("LUMBUNG__DATABASE__URL", "canary")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    for key in ["server.port", "server.hots", "database.url"] {
        assert!(told.contains(key), "{key}: {told}");
    }
    assert!(!told.contains("canary"), "{told}");
}

#[test]
fn a_wrong_configuration_value_is_answered_with_the_allowed_ones() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("lumbung.db").display());
    let variables =
        [("LUMBUNG__MAIL__TRANSPORT", "pigeon"), ("LUMBUNG__MAIL__SECURITY", "none!"), ("LUMBUNG__LOG__FORMAT", "xml")];
    let (code, output) = run_with(&url, folder.path(), folder.path(), &variables, &["migrate"]);
    assert_eq!(code, 2, "{output}");
    for expected in [
        r#"mail.transport (LUMBUNG__MAIL__TRANSPORT): must be one of "smtp", "file", "memory""#,
        r#"mail.security (LUMBUNG__MAIL__SECURITY): must be one of "none", "starttls", "tls""#,
        r#"log.format (LUMBUNG__LOG__FORMAT): must be "pretty" or "json""#,
    ] {
        assert!(output.contains(expected), "{expected}: {output}");
    }
}

#[test]
fn messages_name_the_path_that_cannot_be_used() {
    let folder = tempfile::tempdir().unwrap();
    // A file stands where a folder is needed.
    let file = folder.path().join("a-file");
    std::fs::write(&file, "").unwrap();
    let within = file.join("data");
    let lumbung = |url: &str, data: &Path, arguments: &[&str]| run(url, folder.path(), data, arguments);
    let inside = format!("sqlite:{}", within.join("lumbung.db").display());
    let (code, output) = lumbung(&inside, &within, &["migrate"]);
    assert_eq!(code, 1, "{output}");
    assert!(output.contains(within.to_str().unwrap()), "{output}");
    let good = format!("sqlite:{}", folder.path().join("lumbung.db").display());
    let (code, output) = lumbung(&good, folder.path(), &["migrate"]);
    assert_eq!(code, 0, "{output}");
    let admin = ["admin", "create", "--name", "Contoh Admin", "--email", "admin@contoh.example"];
    let (code, output) = lumbung(&good, &within, &admin);
    assert_eq!(code, 1, "{output}");
    assert!(output.contains(within.join("keys").to_str().unwrap()), "{output}");
    let copy = within.join("copy");
    let (code, output) = lumbung(&good, folder.path(), &["backup", copy.to_str().unwrap()]);
    assert_eq!(code, 1, "{output}");
    assert!(output.contains(copy.to_str().unwrap()), "{output}");
    let (code, output) = lumbung(&good, folder.path(), &["restore", copy.to_str().unwrap()]);
    assert_eq!(code, 2, "{output}");
    assert!(output.contains(copy.to_str().unwrap()), "{output}");
    let (code, output) = run_with(&good, folder.path(), &within, &[("LUMBUNG__MAIL__FOLDER", "")], &["doctor"]);
    assert_eq!(code, 1, "{output}");
    assert!(output.contains(within.join("outbox").to_str().unwrap()), "{output}");
}

#[test]
fn the_configuration_in_force_is_printed_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let variables = [
        ("LUMBUNG__SERVER__PORT", "18080"),
        ("LUMBUNG__MAIL__USERNAME", "lumbung"),
        ("LUMBUNG__MAIL__PASSWORD", "canary-rahasia"),
    ];
    // A caller's `canary` in the output fails the run.
    let url = "postgres://lumbung:canary@127.0.0.1/lumbung";
    let (code, output) = run_with(url, folder.path(), folder.path(), &variables, &["config"]);
    assert_eq!(code, 0, "{output}");
    for line in [
        "[server]",
        "port = 18080  # LUMBUNG__SERVER__PORT",
        r#"username = "lumbung"  # LUMBUNG__MAIL__USERNAME"#,
        r#"password = "(set)"  # LUMBUNG__MAIL__PASSWORD"#,
        r#"url = "(set)"  # LUMBUNG__DATABASE__URL"#,
        r#"seal_key = "(empty)"  # default"#,
    ] {
        assert!(output.lines().any(|printed| printed == line), "{line}: {output}");
    }
}

#[test]
fn the_demo_names_the_options_that_an_existing_world_ignores() {
    let folder = tempfile::tempdir().unwrap();
    let demo = folder.path().join("demo");
    std::fs::create_dir(&demo).unwrap();
    std::fs::write(demo.join("demo.json"), "{}").unwrap();
    let start = |arguments: &[&str]| run("sqlite:unused.db", folder.path(), folder.path(), arguments);
    let (code, output) = start(&["demo", "--no-serve", "--until", "2026-01-31", "--seed", "7"]);
    assert_eq!(code, 0, "{output}");
    assert!(output.contains("Ignored: --until, --seed.") && output.contains("--fresh"), "{output}");
    let (code, output) = start(&["demo", "--no-serve"]);
    assert_eq!((code, output.as_str()), (0, ""));
}

#[test]
fn log_lines_have_no_colours_outside_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("lumbung.db").display());
    // The schema is created by statements that take longer than this.
    let variables = [("LUMBUNG__LOG__SLOW_QUERY_MS", "1")];
    let (code, output) = run_with(&url, folder.path(), folder.path(), &variables, &["migrate"]);
    assert_eq!(code, 0, "{output}");
    assert!(output.contains("WARN") && !output.contains('\u{1b}'), "{output}");
}

#[test]
fn an_environment_whose_file_is_not_there_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("config")).unwrap();
    std::fs::write(folder.path().join("config/production.toml"), "production = false\n").unwrap();
    let url = format!("sqlite:{}", folder.path().join("lumbung.db").display());
    let start = |name: &str| run_with(&url, folder.path(), folder.path(), &[("LUMBUNG_ENV", name)], &["migrate"]);
    let (code, told) = start("prodution");
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("LUMBUNG_ENV") && told.contains("prodution.toml"), "{told}");
    assert!(!folder.path().join("lumbung.db").exists(), "nothing was begun");
    for name in ["production", ""] {
        let (code, told) = start(name);
        assert_eq!(code, 0, "{name}: {told}");
    }
}

#[actix_web::test]
async fn rotating_the_signing_key_signs_nobody_out() {
    let village = World::village().await;
    let database = &village.database;
    let data = database.folder.path().join("data");
    let rotate = || run(&database.url, &data, &data, &["keys", "rotate"]);
    let before = std::fs::read(data.join("keys/access")).unwrap();
    let (code, told) = rotate();
    assert_eq!(code, 0, "{told}");
    assert_ne!(std::fs::read(data.join("keys/access")).unwrap(), before);
    let (settings, folder) = (&village.app.accounts.settings, KeyFolder::new(&data, false));
    let anew = Accounts::new(settings, &village.app.state.public_url, &folder, &Entropy::System).unwrap();
    let known =
        anew.access_tokens.verify(&village.buyer.access_token, village.clock.now()).expect("the token is still good");
    assert_eq!(known.account.to_string(), village.buyer.id);
    // The file system stamps files by the kernel's clock, which stays where it is when the one of processes is moved.
    let key = std::fs::OpenOptions::new().write(true).open(data.join("keys/access")).unwrap();
    key.set_modified(system_now().utc().into()).unwrap();
    let (code, told) = rotate();
    assert_eq!(code, 1);
    assert!(told.contains("10 minute"), "{told}");
    village.work().await;
}

/// Of what was answered before the copy began everything is in it, and each order whole.
#[actix_web::test]
async fn a_backup_taken_while_orders_come_in_is_a_whole_world() {
    let village = World::village().await;
    if village.database.is_postgres() {
        // There it is pg_dump's.
        village.work().await;
        return;
    }
    let (product, _) = village.create_pastel_in_stock(100_000).await;
    let (placed, ended) = (Cell::new(0_u32), Cell::new(false));
    let ordering = async {
        while !ended.get() {
            let body = village.order_body(product, 10, 25_000);
            village.buyer.with_new_key().post("/v1/orders", body).await.expect(201);
            placed.set(placed.get() + 1);
        }
    };
    // Copies are made until enough has come in meanwhile.
    let copying = async {
        let mut sure = Vec::new();
        let mut copy = String::new();
        while placed.get() < 6 {
            sure.push(village.place_order(product, 10).await.id());
            copy = format!("copy-{}", sure.len());
            let (url, folder, name) =
                (village.database.url.clone(), village.database.folder.path().to_owned(), copy.clone());
            let told =
                tokio::task::spawn_blocking(move || run(&url, &folder, &folder.join("data"), &["backup", &name]));
            let (code, told) = told.await.unwrap();
            assert_eq!(code, 0, "{told}");
        }
        ended.set(true);
        (sure, copy)
    };
    let ((), (sure, copy)) = futures_util::future::join(ordering, copying).await;
    village.work().await;
    let elsewhere = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", elsewhere.path().join("lumbung.db").display());
    let copy = village.database.folder.path().join(copy);
    let there = |arguments: &[&str]| run(&url, elsewhere.path(), elsewhere.path(), arguments);
    let (code, told) = there(&["restore", copy.to_str().unwrap()]);
    assert_eq!(code, 0, "{told}");
    let (_, told) = there(&["doctor"]);
    for sound in ["well  database", "well  pages and references", "well  claims", "well  sales"] {
        assert!(told.contains(sound), "{told}");
    }
    let mut conn = diesel::SqliteConnection::establish(url.trim_start_matches("sqlite:")).unwrap();
    let held: Vec<OrderId> = orders::table.select(orders::id).load(&mut conn).unwrap();
    for id in &sure {
        assert!(held.iter().any(|known| known.to_string() == *id), "order {id} is not in the backup");
    }
    let lines: Vec<OrderId> = order_lines::table.select(order_lines::order_id).load(&mut conn).unwrap();
    assert!(held.iter().all(|order| lines.contains(order)), "an order came without its lines");
}
