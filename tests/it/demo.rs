//! The demo: a world that comes out the same for everyone, and is made once. It lives on SQLite wherever the suite runs.

use std::path::Path;
use std::process::Command;

use diesel::prelude::*;
use lumbung::db::schema::{groups, order_lines, orders, products, sales};
use serde_json::Value;

use crate::world::everything;

/// Makes the demo's world of one month in this folder, or finds it there.
fn live(folder: &Path, more: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_lumbung"))
        .args(["demo", "--until", "2026-05-31", "--months", "1", "--no-serve"])
        .args(more)
        .current_dir(folder)
        .env("LUMBUNG__DATA_DIR", folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn url(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("demo/lumbung.db").display())
}

/// All that stands there, but when it was migrated.
fn rows(folder: &Path) -> Vec<String> {
    let mut rows = everything(&url(folder));
    rows.retain(|row| !row.starts_with("__diesel_schema_migrations "));
    rows
}

#[test]
fn the_same_day_and_seed_give_the_same_world_which_is_made_once() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::thread::scope(|scope| {
        scope.spawn(|| live(one.path(), &[]));
        scope.spawn(|| live(other.path(), &[]));
    });
    let world = rows(one.path());
    assert!(world == rows(other.path()), "two worlds of one day differ");

    let file = url(one.path());
    let mut conn = SqliteConnection::establish(file.trim_start_matches("sqlite:")).unwrap();
    let count = |what: Result<i64, diesel::result::Error>| what.unwrap();
    assert_eq!(count(groups::table.count().get_result(&mut conn)), 8);
    assert_eq!(count(products::table.filter(products::status.eq("published")).count().get_result(&mut conn)), 40);
    let placed = count(orders::table.count().get_result(&mut conn));
    let sold: i64 = sales::table.select(sales::amount).load::<i64>(&mut conn).unwrap().iter().sum();
    assert_eq!(
        (placed, sold),
        (447, 24_999_500),
        "the world of this day is another one: write it down here, if it is meant to be"
    );
    let lines = count(order_lines::table.count().get_result(&mut conn));
    assert!(lines >= placed, "{lines} lines of {placed} orders");
    let record: Value = serde_json::from_slice(&std::fs::read(one.path().join("demo/demo.json")).unwrap()).unwrap();
    assert_eq!((record["until"].as_str(), record["shops"].as_array().unwrap().len()), (Some("2026-05-31"), 8));
    assert!(record["people"].as_array().unwrap().iter().all(|person| person["login"].is_string()));

    // A second start finds it, one that is told to makes it anew.
    live(one.path(), &["--seed", "7"]);
    assert!(rows(one.path()) == world, "a second start left the world as it was");
    live(one.path(), &["--seed", "7", "--fresh"]);
    assert!(rows(one.path()) != world, "another seed, another world");
}
