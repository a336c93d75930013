//! The snapshot of the contract: every change of it is seen, and meant.
//!
//! It is two files, each a line a value: its JSON pointer, a space, and the value as compact JSON.
//! * `openapi.txt` has one operation, schema or other component a line, without its texts.
//! * `openapi_texts.txt` has the texts: descriptions, summaries and examples. A change of words touches no other file.
//!
//! When a change is meant, this writes both files anew:
//! `LUMBUNG_TEST_UPDATE_SNAPSHOT=1 cargo test --test it openapi_snapshot::the_contract_is_the_snapshot`

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::world::World;
use crate::world::contract::document;

const UPDATE: &str = "LUMBUNG_TEST_UPDATE_SNAPSHOT";

/// What is said in words, for people, wherever a schema, parameter, response or operation says it.
const TEXTS: [&str; 4] = ["description", "summary", "example", "examples"];

/// Both files' content.
#[derive(Debug, PartialEq)]
struct Snapshot {
    structure: String,
    texts: String,
}

impl Snapshot {
    /// Splits a document in two.
    fn of(document: &Value) -> Snapshot {
        let mut structure = document.clone();
        let mut texts = Vec::new();
        remove_texts(&mut structure, "", false, &mut texts);
        let mut lines = Vec::new();
        write_lines(&structure, "", &mut lines);
        Snapshot { structure: lines.concat(), texts: texts.concat() }
    }

    /// Puts the document together again.
    fn join(&self) -> Value {
        let mut document = Value::Object(Map::new());
        for line in self.structure.lines().chain(self.texts.lines()) {
            let (pointer, value) = line.split_once(' ').expect("a pointer and a value");
            insert(&mut document, pointer, serde_json::from_str(value).expect("JSON"));
        }
        document
    }

    fn read() -> Snapshot {
        let read = |name: &str| std::fs::read_to_string(file(name)).unwrap_or_default();
        Snapshot { structure: read("openapi.txt"), texts: read("openapi_texts.txt") }
    }

    fn write(&self) {
        std::fs::write(file("openapi.txt"), &self.structure).unwrap();
        std::fs::write(file("openapi_texts.txt"), &self.texts).unwrap();
    }
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(name)
}

fn pointer_to(parent: &str, name: &str) -> String {
    format!("{parent}/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn line(pointer: &str, value: &Value) -> String {
    assert!(!pointer.contains([' ', '\n']), "{pointer:?} would not be read back");
    format!("{pointer} {value}\n")
}

/// Takes the texts out of a value. In `properties` the names are the API's own: one may be called `description`.
fn remove_texts(value: &mut Value, pointer: &str, is_properties: bool, texts: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.retain(|name, member| {
            let own = pointer_to(pointer, name);
            let is_text = !is_properties && TEXTS.contains(&name.as_str());
            if is_text {
                texts.push(line(&own, member));
            } else {
                remove_texts(member, &own, !is_properties && name == "properties", texts);
            }
            !is_text
        }),
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                remove_texts(item, &format!("{pointer}/{index}"), false, texts);
            }
        }
        _ => {}
    }
}

/// Whether the members of what stands there get a line each.
fn is_split(pointer: &str) -> bool {
    let names: Vec<&str> = pointer.split('/').skip(1).collect();
    matches!(names[..], [] | ["paths" | "components"] | ["paths" | "components", _])
}

fn write_lines(value: &Value, pointer: &str, lines: &mut Vec<String>) {
    match value.as_object() {
        Some(members) if is_split(pointer) && !members.is_empty() => {
            for (name, member) in members {
                write_lines(member, &pointer_to(pointer, name), lines);
            }
        }
        _ => lines.push(line(pointer, value)),
    }
}

fn insert(document: &mut Value, pointer: &str, value: Value) {
    let mut place = document;
    for name in pointer.split('/').skip(1) {
        let name = name.replace("~1", "/").replace("~0", "~");
        place = match place {
            Value::Array(items) => &mut items[name.parse::<usize>().expect("an index")],
            Value::Object(members) => members.entry(name).or_insert_with(|| Value::Object(Map::new())),
            other => panic!("{pointer} leads into {other}"),
        };
    }
    *place = value;
}

/// The lines of one side that the other has not; old and new of one pointer beside each other.
fn differences(old: &str, new: &str) -> Vec<String> {
    let (old_lines, new_lines): (BTreeSet<&str>, BTreeSet<&str>) = (old.lines().collect(), new.lines().collect());
    let pointer = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
    let removed = old_lines.difference(&new_lines).map(|line| (pointer(line), '-', *line));
    let added = new_lines.difference(&old_lines).map(|line| (pointer(line), '+', *line));
    let mut changed: Vec<_> = removed.chain(added).collect();
    changed.sort_by_key(|(pointer, sign, _)| (pointer.clone(), *sign == '+'));
    changed.into_iter().map(|(_, sign, line)| format!("{sign} {line}")).collect()
}

#[test]
fn the_contract_is_the_snapshot() {
    let new = Snapshot::of(document());
    if std::env::var_os(UPDATE).is_some_and(|value| value == "1") {
        new.write();
    }
    let old = Snapshot::read();
    let mut changed = differences(&old.structure, &new.structure);
    changed.extend(differences(&old.texts, &new.texts));
    assert!(
        changed.is_empty(),
        "the contract has changed in {} lines; {UPDATE}=1 writes them down, if they are meant:\n{}",
        changed.len(),
        changed.join("\n")
    );
    assert!(old == new, "the snapshot has its lines twice or in another order; {UPDATE}=1 writes it anew");
}

#[actix_web::test]
async fn both_files_of_the_snapshot_together_are_the_document_that_is_served() {
    let world = World::empty().await;
    let served = world.guest().get("/v1/openapi.json").await.expect(200);
    // Not `assert_eq!`, which would print the whole document twice.
    assert!(Snapshot::read().join() == served.json, "the files of the snapshot lose something of the document");
}

#[test]
fn words_change_the_texts_alone_and_a_schema_changes_its_line_alone() {
    let old = Snapshot::of(document());
    let change = |pointer: &str, value: &str| {
        let mut changed = document().clone();
        *changed.pointer_mut(pointer).unwrap() = value.into();
        Snapshot::of(&changed)
    };
    for pointer in [
        "/info/description",
        "/paths/~1v1~1products/get/summary",
        "/components/schemas/ProductView/description",
        "/components/schemas/ProductView/properties/description/description",
        "/components/schemas/ProductId/example",
    ] {
        let new = change(pointer, "In other words");
        assert_eq!(new.structure, old.structure, "{pointer}");
        let changed = differences(&old.texts, &new.texts);
        assert_eq!(changed.len(), 2, "{changed:?}");
        assert!(changed[0].starts_with(&format!("- {pointer} ")), "{changed:?}");
        assert_eq!(changed[1], format!("+ {pointer} \"In other words\""));
    }
    // A property that is called `description` is no text.
    let new = change("/components/schemas/ProductView/properties/description/type", "integer");
    assert_eq!(new.texts, old.texts);
    let changed = differences(&old.structure, &new.structure);
    assert_eq!(changed.len(), 2, "{changed:?}");
    assert!(changed[0].starts_with("- /components/schemas/ProductView {"), "{changed:?}");
    assert!(changed[1].starts_with("+ /components/schemas/ProductView {"), "{changed:?}");
}
