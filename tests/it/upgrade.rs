//! Databases of an earlier version open under this one and give the same reports.
//!
//! `tests/fixtures/719c8b2` has a small world on both engines and the answers of the program that wrote it; its
//! `README.md` says how they were made. The comparison is exact, but for the signatures of cursors. When the contract
//! changes a name on purpose, the change goes into [`RENAMED_PATHS`] or [`RENAMED_MEMBERS`], never into the recorded
//! answers; [`refer_to_groups`] has the one change of a value.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::world::{Client, TestDatabase, World};

/// Parts of paths that have other names today: the old one and the new one.
const RENAMED_PATHS: &[(&str, &str)] =
    &[("/steadiness", "/stability"), ("/refusals", "/unmet_demand"), ("/products?view=compact&", "/products/compact?")];

/// Members of answers that have other names today: the old one and the new one.
const RENAMED_MEMBERS: &[(&str, &str)] = &[];

/// The moment at which the answers were given: the morning after the last day of that world.
const ANSWERED_AT: &str = "2026-06-11T02:00:00Z";

/// The seal key of the server that answered: cursors and links in answers are signed with it.
const SEAL_KEY: &str = "wp/SwItufG0/SfjyzYXqlJJdq0ZH3GoSk4pwgVQtgdU=";

/// A request to the old program, and its answer.
#[derive(Deserialize)]
struct Recorded {
    /// The caller; `None` for guests.
    login: Option<String>,
    path: String,
    answer: Value,
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/719c8b2").join(name)
}

fn unpack(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(fixture(name)).expect("the fixture is there");
    GzDecoder::new(file).read_to_end(&mut bytes).expect("the fixture is whole");
    bytes
}

/// The old database on the engine that the suite runs on.
fn restore() -> TestDatabase {
    let database = TestDatabase::bare();
    match database.url.strip_prefix("sqlite:") {
        Some(file) => std::fs::write(file, unpack("lumbung.db.gz")).expect("the file can be written"),
        None => database.run(&String::from_utf8(unpack("lumbung.sql.gz")).expect("SQL is text")),
    }
    database
}

/// The path with the names that its parts have today.
fn rename_path(path: &str, renamed: &[(&str, &str)]) -> String {
    renamed.iter().fold(path.to_owned(), |path, (old, new)| path.replace(old, new))
}

/// The answer with the names that its members have today.
fn rename_members(answer: Value, renamed: &[(&str, &str)]) -> Value {
    match answer {
        Value::Object(members) => {
            let rename = |name: String| match renamed.iter().find(|(old, _)| *old == name) {
                Some((_, new)) => (*new).to_owned(),
                None => name,
            };
            let members = members.into_iter().map(|(name, member)| (rename(name), rename_members(member, renamed)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.into_iter().map(|item| rename_members(item, renamed)).collect(),
        other => other,
    }
}

/// Members that held the name of `group`, which is in `group` today: by part of the path.
const GROUP_NAMES: &[(&str, &str)] = &[("", "group_name"), ("/payables", "name")];

/// Parts of paths whose answers have groups as ids, today as well: the books' dimensions, and events.
const GROUP_IDS: &[&str] = &["/ledger", "/events"];

/// The answer with `{id, name}` for the id of a group. Where the name stood beside the id, it is that name.
fn refer_to_groups(path: &str, answer: Value, groups: &BTreeMap<String, String>) -> Value {
    match answer {
        _ if GROUP_IDS.iter().any(|part| path.contains(part)) => answer,
        Value::Object(mut members) => {
            if let Some(id) = members.get("group").and_then(Value::as_str).map(str::to_owned)
                && let Some(name) = groups.get(&id)
            {
                let mut twins = GROUP_NAMES.iter().filter(|(part, _)| path.contains(part));
                let recorded = twins.find_map(|(_, member)| members.remove(*member));
                let group = serde_json::json!({"id": id, "name": recorded.unwrap_or_else(|| name.as_str().into())});
                members.insert("group".into(), group);
            }
            members.into_iter().map(|(name, member)| (name, refer_to_groups(path, member, groups))).collect()
        }
        Value::Array(items) => items.into_iter().map(|item| refer_to_groups(path, item, groups)).collect(),
        other => other,
    }
}

/// Where two answers differ: the JSON pointer, what was there then, and what is there now.
fn differences(old: &Value, new: &Value, pointer: &str, found: &mut Vec<String>) {
    match (old, new) {
        (Value::Object(olds), Value::Object(news)) => {
            let names: BTreeSet<&String> = olds.keys().chain(news.keys()).collect();
            for name in names {
                let pointer = format!("{pointer}/{name}");
                match (olds.get(name), news.get(name)) {
                    (Some(old), Some(new)) => differences(old, new, &pointer, found),
                    (old, new) => found.push(format!("{pointer}: {} → {}", side(old), side(new))),
                }
            }
        }
        (Value::Array(olds), Value::Array(news)) if olds.len() == news.len() => {
            for (index, (old, new)) in olds.iter().zip(news).enumerate() {
                differences(old, new, &format!("{pointer}/{index}"), found);
            }
        }
        _ if old == new => {}
        _ => found.push(format!("{pointer}: {old} → {new}")),
    }
}

/// Cursors without their signature, which also covers how the code describes their list.
fn without_signatures(value: Value) -> Value {
    const SIGNATURE_BYTES: usize = 16;
    match value {
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| match value {
                Value::String(cursor) if name == "next" => {
                    let bytes = URL_SAFE_NO_PAD.decode(&cursor).expect("a cursor is base64");
                    let key = &bytes[..bytes.len() - SIGNATURE_BYTES];
                    (name, Value::String(String::from_utf8(key.to_vec()).expect("a cursor's key is text")))
                }
                value => (name, without_signatures(value)),
            })
            .collect(),
        Value::Array(elements) => elements.into_iter().map(without_signatures).collect(),
        value => value,
    }
}

fn side(value: Option<&Value>) -> String {
    value.map_or("nothing".to_owned(), Value::to_string)
}

/// The demo's record of the old world.
fn demo() -> Value {
    serde_json::from_slice(&std::fs::read(fixture("demo.json")).unwrap()).unwrap()
}

async fn sign_in(world: &World, login: &str) -> Client {
    let demo = demo();
    let reply = world.try_sign_in(login, demo["password"].as_str().unwrap()).await.expect(201);
    world.guest().with_token(&reply.str("access_token"))
}

/// This program on the old database, migrated.
fn upgraded() -> World {
    let database = restore();
    lumbung::app::migrate(&database.settings()).expect("it can be migrated");
    let world = World::on(database, |config| config.server.seal_key = Some(SEAL_KEY.into()));
    world.clock.set(ANSWERED_AT.parse().unwrap());
    world
}

#[actix_web::test]
async fn a_database_of_719c8b2_opens_and_gives_the_same_reports() {
    let world = upgraded();
    let recorded: Vec<Recorded> = serde_json::from_slice(&std::fs::read(fixture("answers.json")).unwrap()).unwrap();
    assert!(recorded.len() > 100, "{} answers", recorded.len());
    let mut callers = BTreeMap::from([(None, world.guest())]);
    let shop = |shop: &Value| (shop["group"].as_str().unwrap().to_owned(), shop["name"].as_str().unwrap().to_owned());
    let groups: BTreeMap<String, String> = demo()["shops"].as_array().unwrap().iter().map(shop).collect();
    let mut changed = Vec::new();
    for Recorded { login, path, answer } in recorded {
        if let Some(name) = &login
            && !callers.contains_key(&login)
        {
            callers.insert(login.clone(), sign_in(&world, name).await);
        }
        let path = rename_path(&path, RENAMED_PATHS);
        let reply = callers[&login].get(&path).await.expect(200);
        let mut found = Vec::new();
        let answer = refer_to_groups(&path, rename_members(answer, RENAMED_MEMBERS), &groups);
        let recorded = without_signatures(answer);
        differences(&recorded, &without_signatures(reply.json.clone()), "", &mut found);
        changed.extend(found.iter().map(|difference| format!("{path} {difference}")));
    }
    assert!(changed.is_empty(), "{} differences:\n{}", changed.len(), changed.join("\n"));
}

#[actix_web::test]
async fn a_database_of_719c8b2_goes_on_working() {
    let world = upgraded();
    world.work().await;
    // A second round finds nothing left to do. Dropping the world audits the books.
    assert_eq!(world.work().await, 0);
}

#[test]
fn a_difference_is_named_by_its_place_and_a_renamed_member_is_none() {
    let old = serde_json::json!({"rows": [{"key": "2026-05", "sold": 3}], "refusals": 1, "gone": true});
    let new = serde_json::json!({"rows": [{"key": "2026-05", "sold": 4}], "unmet_demand": 1, "added": null});
    let mut found = Vec::new();
    differences(&rename_members(old, &[("refusals", "unmet_demand")]), &new, "", &mut found);
    assert_eq!(found, ["/added: nothing → null", "/gone: true → nothing", "/rows/0/sold: 3 → 4"]);
    let path = rename_path("/v1/groups/7/refusals?limit=5", &[("/refusals?", "/unmet_demand?")]);
    assert_eq!(path, "/v1/groups/7/unmet_demand?limit=5");
}

#[test]
fn a_group_is_an_id_with_its_name_but_for_the_books_and_events() {
    let groups = BTreeMap::from([("7".to_owned(), "Sekar Laras".to_owned())]);
    let answer = |old: &str| serde_json::from_str::<Value>(old).unwrap();
    let (id, object) = (r#"[{"group": "7", "name": "Sari"}]"#, r#"{"id": "7", "name": "Sekar Laras"}"#);
    let twin = |member: &str| format!(r#"{{"group": "7", "{member}": "Sekar Laras"}}"#);
    for (path, old, new) in [
        ("/v1/ledger_entries/1", id.to_owned(), id.to_owned()),
        ("/v1/cooperatives/1/events", id.to_owned(), id.to_owned()),
        ("/v1/products/compact", r#"{"group": "Sari"}"#.to_owned(), r#"{"group": "Sari"}"#.to_owned()),
        ("/v1/groups/7/members", id.to_owned(), format!(r#"[{{"group": {object}, "name": "Sari"}}]"#)),
        ("/v1/payouts", twin("group_name"), format!(r#"{{"group": {object}}}"#)),
        ("/v1/cooperatives/1/payables", twin("name"), format!(r#"{{"group": {object}}}"#)),
    ] {
        assert_eq!(refer_to_groups(path, answer(&old), &groups), answer(&new), "{path}");
    }
}
