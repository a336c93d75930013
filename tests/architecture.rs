//! The house rules that no compiler holds: who may import whom, where SQL stands, how files are named and how long.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::path::{Path, PathBuf};

/// The storeys of the house: a module may import what stands in an earlier one. Neighbours do not know each other,
/// except on the last, where everything is wired.
const STOREYS: [&[&str]; 18] = [
    &["kernel"],
    &["db"],
    &["events", "calendar", "web", "jobs", "mail", "files"],
    &["accounts"],
    &["cooperatives"],
    &["ledger"],
    &["catalogue"],
    &["costs"],
    &["supply"],
    &["orders"],
    &["payments"],
    &["cash", "payouts", "market_days", "requests", "contracts", "consignment"],
    &["standing_orders"],
    &["outlook"],
    &["sales"],
    &["bank"],
    &["integrity", "notifications", "profile"],
    &["server", "app", "cli", "config", "telemetry"],
];

/// Names that say nothing.
const EMPTY_NAMES: [&str; 6] = ["util", "utils", "helpers", "common", "manager", "service"];
const LONGEST: usize = 500;

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every source file: its path below `src` and its text without tests and comments.
fn house() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    found.sort();
    assert!(found.len() > 50, "the house is not where it is looked for");
    let tidy = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
        let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        (path.strip_prefix(&root).unwrap().to_string_lossy().into_owned(), code.join("\n"))
    };
    found.into_iter().map(tidy).collect()
}

fn room(path: &str) -> &str {
    path.split('/').next().unwrap().trim_end_matches(".rs")
}

fn storey(module: &str) -> Option<usize> {
    STOREYS.iter().position(|storey| storey.contains(&module))
}

/// The modules that a text names after `crate::`, also in braces.
fn imports(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for rest in code.split("crate::").skip(1) {
        let name = |text: &str| -> String {
            text.trim_start().chars().take_while(|letter| letter.is_ascii_lowercase() || *letter == '_').collect()
        };
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut item = String::new();
            for letter in list.chars() {
                match letter {
                    '}' if depth == 0 => break,
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    ',' if depth == 0 => found.push(name(&std::mem::take(&mut item))),
                    _ if depth == 0 => item.push(letter),
                    _ => {}
                }
            }
            found.push(name(&item));
        } else {
            found.push(name(rest));
        }
    }
    found.retain(|name| !name.is_empty());
    found
}

#[test]
fn nobody_imports_from_above() {
    let mut wrong = Vec::new();
    for (path, code) in house() {
        let own = room(&path);
        if ["lib", "main"].contains(&own) {
            continue;
        }
        let Some(at) = storey(own) else {
            wrong.push(format!("{path}: {own} stands in no storey"));
            continue;
        };
        for import in imports(&code) {
            let Some(of) = storey(&import) else { continue };
            let neighbour = of == at && import != own && at + 1 != STOREYS.len();
            if of > at || neighbour {
                wrong.push(format!("{path} imports {import}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn queries_stand_in_stores() {
    let starts = ["diesel::insert_into(", "diesel::update(", "diesel::delete(", "sql_query("];
    let mut wrong = Vec::new();
    for (path, code) in house() {
        let allowed = path.starts_with("db/")
            || path.contains("store")
            || path.ends_with("search.rs")
            // Small slices whose one table is their one file.
            || ["mail/outbox.rs", "web/idempotency.rs", "web/client_ids.rs", "web/rate_limit/stored.rs", "server/health.rs"].contains(&path.as_str())
            || path.starts_with("cli/demo")
            || path.starts_with("cli/bench");
        if !allowed && starts.iter().any(|start| code.contains(start)) {
            wrong.push(path);
        }
    }
    assert!(wrong.is_empty(), "SQL outside of stores: {}", wrong.join(", "));
}

#[test]
fn names_say_something_and_files_can_be_read() {
    let mut wrong = Vec::new();
    for (path, _) in house() {
        let empty = path.split('/').any(|part| EMPTY_NAMES.contains(&part.trim_end_matches(".rs")));
        if empty {
            wrong.push(format!("{path} has a name that says nothing"));
        }
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(&path)).unwrap();
        let lines = text.lines().count();
        // Tables are read by looking something up.
        let table = ["db/schema.rs", "web/problem/codes.rs", "cli/demo/village.rs"].contains(&path.as_str());
        if lines > LONGEST && !table {
            wrong.push(format!("{path} has {lines} lines"));
        }
        if !text.starts_with("//!") {
            wrong.push(format!("{path} does not say what it is"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where a fraction may be: figures for operators, reading a configuration, the demo's chances and the benchmarks' times,
/// and spreadsheets, which know no other numbers.
/// Money and quantities are whole numbers everywhere else; how JSON calls a decimal is no arithmetic.
const FLOATS: [&str; 4] = ["server/metrics.rs", "config/load.rs", "cli/", "web/xlsx.rs"];

#[test]
fn no_float_comes_near_money() {
    let is_float =
        |word: &str| ["f32", "f64"].iter().any(|float| word == *float || word.ends_with(&format!("_{float}")));
    let mut wrong = Vec::new();
    for (path, code) in house() {
        if FLOATS.iter().any(|allowed| path.starts_with(allowed)) {
            continue;
        }
        for line in code.lines().filter(|line| !line.contains("value_type = ")) {
            let mut words = line.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
            if words.any(is_float) {
                wrong.push(format!("{path}: {}", line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
