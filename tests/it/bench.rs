//! The benchmark runs without errors; its results are not checked.

use std::process::Command;

#[test]
fn the_benchmark_runs_all_cases_and_cleans_up() {
    let folder = tempfile::tempdir().unwrap();
    let database = std::env::var("LUMBUNG_TEST_DATABASE_URL").unwrap_or_else(|_| "sqlite".into());
    let output = Command::new(env!("CARGO_BIN_EXE_lumbung"))
        .args(["bench", "--orders", "200", "--seconds", "0.2", "--clients", "4", "--database", &database])
        .current_dir(folder.path())
        .env("LUMBUNG__DATA_DIR", folder.path())
        .output()
        .unwrap();
    let (table, log) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{table}{log}");
    for case in [
        "catalogue page, 20 products",
        "unchanged page (304)",
        "search",
        "quote, 2 groups",
        "place an order, 2 groups",
        "group's sales of a year by month",
        "cooperative's sales of a year by product",
        "static answer of the page's bytes",
        "plain query of 20 products",
        "bare statements of an order",
    ] {
        assert!(table.lines().any(|line| line.contains(case)), "{case}: {table}");
    }
    assert!(!folder.path().join("bench").exists(), "the database of the bench is removed again");
}
