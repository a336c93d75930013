//! The rules that no compiler holds: who may import whom, who owns which table, where SQL is, how files are named and how
//! long they may be.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The import order: a slice may import what stands in an earlier line. Slices of one line do not import each other, except
/// in the last, where everything is wired.
const ORDER: [&[&str]; 18] = [
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

/// The slices inside a slice, in the same sense: the core of a slice (its own files) is written `.`.
const SUB_ORDER: [(&str, &[&[&str]]); 3] = [
    ("catalogue", &[&["."], &["photos"]]),
    ("payments", &[&["."], &["proofs", "qris", "gateway"]]),
    ("sales", &[&["."], &["charts", "stability"]]),
];

/// Who writes each table. A slice reads tables of its own and of earlier slices, and calls their verbs for the rest.
const TABLE_OWNERS: [(&str, &[&str]); 23] = [
    ("events", &["events"]),
    ("calendar", &["occasions"]),
    ("web", &["idempotency_keys", "client_ids", "rate_buckets"]),
    ("jobs", &["jobs", "schedules"]),
    ("mail", &["outbox"]),
    ("accounts", &["accounts", "sessions", "refresh_tokens", "one_time_tokens", "throttles"]),
    (
        "cooperatives",
        &[
            "places",
            "cooperatives",
            "assignments",
            "pickup_points",
            "delivery_zones",
            "groups",
            "memberships",
            "invitations",
        ],
    ),
    ("ledger", &["ledger_entries", "ledger_postings", "ledger_counters", "ledger_accounts", "ledger_closings"]),
    ("catalogue", &["products", "photos"]),
    ("costs", &["ingredients", "ingredient_prices", "recipes", "recipe_lines"]),
    ("supply", &["batches", "contributions", "discards", "refused_demand", "closed_days"]),
    ("orders", &["order_counters", "orders", "fulfilments", "order_lines", "claims", "order_notes", "sales"]),
    ("payments", &["payments", "gateway_charges", "gateway_notifications", "qris_codes"]),
    ("cash", &["handovers", "cash_counts"]),
    (
        "payouts",
        &["earning_rules", "payouts", "payout_items", "payout_contributions", "payout_shares", "ingredient_receipts"],
    ),
    ("market_days", &["market_schedules", "market_days", "market_offerings"]),
    ("requests", &["requests", "offers"]),
    ("contracts", &["contracts", "contract_lines", "contract_orders", "invoice_counters", "invoices", "invoice_lines"]),
    ("consignment", &["outlets", "consignments", "outlet_counts", "outlet_count_lines"]),
    ("standing_orders", &["standing_orders", "standing_lines", "standing_occurrences"]),
    ("bank", &["bank_formats", "statement_lines"]),
    ("notifications", &["event_readers"]),
    ("server", &["heartbeats"]),
];

/// The names of rooms that are the same in every slice, and what they replace: a file with the role of a room bears the
/// room's name.
const ROOMS: [(&str, &[&str]); 11] = [
    ("access.rs", &["permits.rs", "viewer.rs", "reader.rs", "relation.rs", "permissions.rs", "policy.rs"]),
    ("events.rs", &["told.rs", "log.rs", "news.rs", "feed.rs"]),
    ("error.rs", &["errors.rs", "problems.rs", "refusal.rs"]),
    ("tasks.rs", &["chores.rs", "tidy.rs", "expire.rs", "scheduler.rs", "cron.rs"]),
    ("privacy.rs", &["person.rs", "personal.rs", "forget.rs", "export.rs", "gdpr.rs"]),
    ("settings.rs", &["config.rs", "options.rs"]),
    ("store.rs", &["db.rs", "sql.rs", "queries.rs", "repository.rs", "dao.rs"]),
    ("api/bodies.rs", &["body.rs", "requests.rs", "dto.rs", "input.rs"]),
    ("api/views.rs", &["view.rs", "shown.rs", "responses.rs", "output.rs"]),
    ("api/web_page.rs", &["page.rs", "pages.rs", "html.rs"]),
    ("print.rs", &["paper.rs", "receipt_page.rs", "document.rs"]),
];

/// Where a name of another role is the domain's own: buyers' requests.
const ROOM_EXCEPTIONS: [&str; 2] = ["requests/api/requests.rs", "requests/store/requests.rs"];

/// Names that say nothing.
const EMPTY_NAMES: [&str; 6] = ["util", "utils", "helpers", "common", "manager", "service"];

/// How many lines a file may have without its inline tests, and the tables, which are read by looking something up.
const MAX_LINES: usize = 400;
const LOOKED_UP: [&str; 3] = ["db/schema.rs", "web/problem/codes.rs", "web/problem/rules.rs"];

/// Names that several public types may share: each is the obvious name inside its module and is imported with it.
const SHARED_TYPE_NAMES: [&str; 10] =
    ["Settings", "Filter", "Filters", "Query", "Row", "Rules", "Error", "Transition", "Status", "Result"];

/// Where a fraction may be: figures for operators, reading a configuration, the demo's chances and the benchmarks' times,
/// and spreadsheets, which know no other numbers. Money and quantities are whole numbers everywhere else.
const FLOATS: [&str; 4] = ["server/metrics.rs", "config/load.rs", "cli/", "web/xlsx.rs"];

struct Source {
    /// Below `src`, with slashes.
    path: String,
    /// As it is written.
    text: String,
    /// Without inline tests and comments.
    code: String,
}

impl Source {
    /// The slice: its first folder or file name.
    fn slice(&self) -> &str {
        self.path.split('/').next().unwrap().trim_end_matches(".rs")
    }

    fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap()
    }

    /// The path of its module, `["orders", "store", "facts"]`.
    fn module(&self) -> Vec<&str> {
        let mut parts: Vec<&str> = self.path.trim_end_matches(".rs").split('/').collect();
        if matches!(parts.last(), Some(&"mod" | &"lib" | &"main")) {
            parts.pop();
        }
        parts
    }

    fn is_store(&self) -> bool {
        self.path.split('/').skip(1).any(|part| part == "store" || part == "store.rs")
    }
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    collect(&root, &mut found);
    found.sort();
    assert!(found.len() > 50, "the sources are not where they are looked for");
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
        let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        Source { path: path.strip_prefix(&root).unwrap().to_string_lossy().into_owned(), code: code.join("\n"), text }
    };
    found.into_iter().map(read).collect()
}

fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} times:\n{}", wrong.len(), wrong.join("\n"));
}

fn line_of(name: &str) -> Option<usize> {
    ORDER.iter().position(|line| line.contains(&name))
}

/// The paths that a text names after this root (`crate` or `super`), braces unfolded: `crate::a::{b, c::d}` gives `a::b`
/// and `a::c::d`.
fn paths_after(code: &str, root: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let start = format!("{root}::");
    let mut rest = code;
    while let Some(at) = rest.find(&start) {
        let before = rest[..at].chars().next_back();
        rest = &rest[at + start.len()..];
        if before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_' || letter == ':') {
            continue;
        }
        unfold(rest, Vec::new(), &mut found);
    }
    found
}

fn unfold(text: &str, prefix: Vec<String>, found: &mut Vec<Vec<String>>) -> usize {
    let text_start = text;
    let mut path = prefix;
    let mut text = text.trim_start();
    loop {
        if let Some(inside) = text.strip_prefix('{') {
            let mut inside = inside;
            loop {
                inside = inside.trim_start();
                if inside.is_empty() || inside.starts_with('}') {
                    break;
                }
                let used = unfold(inside, path.clone(), found);
                inside = inside[used.max(1)..].trim_start();
                inside = inside.strip_prefix(',').unwrap_or(inside);
            }
            return text_start.len() - inside.len() + 1;
        }
        let name: String = text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
        if name.is_empty() {
            break;
        }
        text = &text[name.len()..];
        path.push(name);
        match text.strip_prefix("::") {
            Some(more) => text = more,
            None => break,
        }
    }
    found.push(path);
    // What follows up to the next item (an alias, for example) belongs to this one.
    let end = text.find([',', '}', ';', '\n']).unwrap_or(text.len());
    text_start.len() - text.len() + if text_start.starts_with(char::is_alphanumeric) { end } else { 0 }
}

#[test]
fn slices_import_in_one_direction() {
    let mut wrong = Vec::new();
    for source in sources() {
        let own = source.slice();
        if ["lib", "main"].contains(&own) {
            continue;
        }
        let Some(at) = line_of(own) else {
            wrong.push(format!("{}: {own} is in no line of the import order", source.path));
            continue;
        };
        for import in paths_after(&source.code, "crate") {
            let Some(of) = import.first().and_then(|name| line_of(name)) else { continue };
            let is_neighbour = of == at && import[0] != own && at + 1 != ORDER.len();
            if of > at || is_neighbour {
                wrong.push(format!("{} imports {}", source.path, import[0]));
            }
        }
    }
    none(&wrong);
}

#[test]
fn the_import_order_names_slices_that_exist_and_no_others() {
    let existing: BTreeSet<String> = sources().iter().map(|source| source.slice().to_owned()).collect();
    let named: BTreeSet<String> = ORDER.iter().flat_map(|line| line.iter()).map(|name| (*name).to_owned()).collect();
    let wrong: Vec<String> = named.difference(&existing).map(|name| format!("{name} does not exist")).collect();
    none(&wrong);
}

/// Which sub-slice of its slice a file belongs to: `.` for the core.
fn part_of<'a>(order: &[&[&'a str]], below: &str) -> &'a str {
    let first = below.split(['/', ':']).next().unwrap().trim_end_matches(".rs");
    order.iter().flat_map(|line| line.iter()).find(|name| **name == first).copied().unwrap_or(".")
}

#[test]
fn sub_slices_import_in_one_direction() {
    let mut wrong = Vec::new();
    for source in sources() {
        let Some((slice, order)) = SUB_ORDER.iter().find(|(slice, _)| *slice == source.slice()) else { continue };
        // The slice's own mod.rs and api put everything together.
        let below = &source.path[slice.len() + 1..];
        if below == "mod.rs" || below.starts_with("api") {
            continue;
        }
        let line = |part: &str| order.iter().position(|line| line.contains(&part)).unwrap();
        let own = part_of(order, below);
        for target in imports_of(&source) {
            if target.first().map(String::as_str) != Some(*slice) {
                continue;
            }
            let Some(module) = target.get(1) else { continue };
            let other = part_of(order, module);
            if other != own && line(other) >= line(own) {
                wrong.push(format!("{} imports {slice}::{module}", source.path));
            }
        }
    }
    wrong.dedup();
    none(&wrong);
}

/// Every path that a file imports or names, from the root of the crate.
fn imports_of(source: &Source) -> Vec<Vec<String>> {
    let own: Vec<String> = source.module().iter().map(|part| (*part).to_owned()).collect();
    let mut found = paths_after(&source.code, "crate");
    for path in paths_after(&source.code, "super") {
        let mut base = own.clone();
        base.pop();
        let mut rest = path.as_slice();
        while rest.first().is_some_and(|part| part == "super") {
            base.pop();
            rest = &rest[1..];
        }
        base.extend(rest.iter().cloned());
        found.push(base);
    }
    found
}

#[test]
fn files_do_not_import_each_other_in_circles() {
    let sources = sources();
    let modules: BTreeMap<Vec<String>, usize> = sources
        .iter()
        .enumerate()
        .map(|(index, source)| (source.module().iter().map(|part| (*part).to_owned()).collect(), index))
        .collect();
    let resolve = |path: &[String]| (1..=path.len()).rev().find_map(|end| modules.get(&path[..end]).copied());
    let mut edges: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); sources.len()];
    for (index, source) in sources.iter().enumerate() {
        // A store knows the nouns that it reads, and nouns may call their store: that circle is wanted. What a mod.rs
        // declares and publishes is no import.
        if source.is_store() || source.file_name() == "mod.rs" || !source.path.contains('/') {
            continue;
        }
        for path in imports_of(source) {
            if let Some(target) = resolve(&path)
                && target != index
                && sources[target].slice() == source.slice()
            {
                edges[index].insert(target);
            }
        }
    }
    let mut wrong = Vec::new();
    for circle in circles(&edges) {
        let names: Vec<&str> = circle.iter().map(|index| sources[*index].path.as_str()).collect();
        wrong.push(names.join(" ⇄ "));
    }
    none(&wrong);
}

/// The strongly connected components of more than one node, by Tarjan's algorithm.
fn circles(edges: &[BTreeSet<usize>]) -> Vec<Vec<usize>> {
    struct Search<'a> {
        edges: &'a [BTreeSet<usize>],
        order: Vec<Option<usize>>,
        low: Vec<usize>,
        stack: Vec<usize>,
        next: usize,
        found: Vec<Vec<usize>>,
    }
    fn visit(search: &mut Search<'_>, node: usize) {
        search.order[node] = Some(search.next);
        search.low[node] = search.next;
        search.next += 1;
        search.stack.push(node);
        for &target in &search.edges[node] {
            match search.order[target] {
                None => {
                    visit(search, target);
                    search.low[node] = search.low[node].min(search.low[target]);
                }
                Some(order) if search.stack.contains(&target) => search.low[node] = search.low[node].min(order),
                Some(_) => {}
            }
        }
        if search.order[node] == Some(search.low[node]) {
            let mut component = Vec::new();
            while let Some(member) = search.stack.pop() {
                component.push(member);
                if member == node {
                    break;
                }
            }
            if component.len() > 1 {
                component.sort_unstable();
                search.found.push(component);
            }
        }
    }
    let mut search = Search {
        edges,
        order: vec![None; edges.len()],
        low: vec![0; edges.len()],
        stack: Vec::new(),
        next: 0,
        found: Vec::new(),
    };
    for node in 0..edges.len() {
        if search.order[node].is_none() {
            visit(&mut search, node);
        }
    }
    search.found
}

/// The tables of db/schema.rs.
fn tables() -> Vec<String> {
    let schema = sources().into_iter().find(|source| source.path == "db/schema.rs").unwrap();
    let mut found = Vec::new();
    let mut is_head = false;
    for line in schema.code.lines() {
        if is_head && line.contains('(') {
            found.push(line.trim().split('(').next().unwrap().trim().to_owned());
            is_head = false;
        }
        if line.contains("diesel::table! {") {
            is_head = true;
        } else if is_head && line.trim_start().starts_with("use ") {
            continue;
        }
    }
    found
}

/// The tables that a store's statements write: `insert_into(x::table)`, `update(x::table…)`, `delete(x::table…)`.
fn written(code: &str) -> Vec<String> {
    let aliases: Vec<(String, String)> = aliases(code);
    let mut found = Vec::new();
    for verb in ["insert_into(", "diesel::update(", "diesel::delete(", "insert_rows!(tx, "] {
        for rest in code.split(verb).skip(1) {
            let path: String = rest
                .trim_start()
                .chars()
                .take_while(|letter| letter.is_alphanumeric() || "_:".contains(*letter))
                .collect();
            let parts: Vec<&str> = path.split("::").collect();
            let table = match parts.as_slice() {
                [.., table, "table"] | [.., table] => *table,
                [] => continue,
            };
            let table = aliases.iter().find(|(alias, _)| alias == table).map_or(table, |(_, table)| table.as_str());
            found.push(table.to_owned());
        }
    }
    found
}

/// `use …::schema::market_days as table` and `use …::schema::payments::dsl`.
fn aliases(code: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for rest in code.split("schema::").skip(1) {
        let line = rest.split([';', '\n']).next().unwrap();
        if let Some((table, alias)) = line.split_once(" as ") {
            let table = table.split("::").next().unwrap();
            found.push((alias.trim().to_owned(), table.trim().to_owned()));
        } else if let Some(table) = line.strip_suffix("::dsl") {
            found.push(("dsl".to_owned(), table.to_owned()));
        }
    }
    found
}

#[test]
fn each_table_is_written_by_its_owner_and_read_by_no_earlier_slice() {
    let tables = tables();
    assert!(tables.len() > 40, "{tables:?}");
    let owner_of = |table: &str| TABLE_OWNERS.iter().find(|(_, own)| own.contains(&table)).map(|(slice, _)| *slice);
    let mut wrong: Vec<String> = tables
        .iter()
        .filter(|table| owner_of(table).is_none())
        .map(|table| format!("nobody owns the table {table}"))
        .collect();
    let mut named: Vec<&str> = TABLE_OWNERS.iter().flat_map(|(_, own)| own.iter().copied()).collect();
    named.sort_unstable();
    for pair in named.windows(2) {
        if pair[0] == pair[1] {
            wrong.push(format!("{} has two owners", pair[0]));
        }
    }
    wrong.extend(
        named
            .iter()
            .filter(|name| !tables.iter().any(|table| table == *name))
            .map(|name| format!("there is no table {name}")),
    );
    for source in sources() {
        let Some(line) = line_of(source.slice()) else { continue };
        if source.slice() == "db" || source.path.starts_with("cli/demo") || source.path.starts_with("cli/bench") {
            continue;
        }
        let mut paths = paths_after(&source.code, "crate");
        paths.dedup();
        for path in paths {
            if path.len() < 3 || path[0] != "db" || path[1] != "schema" {
                continue;
            }
            let Some(owner) = owner_of(&path[2]) else { continue };
            if owner != source.slice() && line_of(owner) >= Some(line) {
                wrong.push(format!("{} names {}, a table of {owner}", source.path, path[2]));
            }
        }
        for table in written(&source.code) {
            if let Some(owner) = owner_of(&table)
                && owner != source.slice()
            {
                wrong.push(format!("{} writes {table}, a table of {owner}", source.path));
            }
        }
    }
    none(&wrong);
}

#[test]
fn statements_are_in_stores() {
    let marks = [
        "diesel::insert_into(",
        "diesel::update(",
        "diesel::delete(",
        "sql_query(",
        "::table\n",
        "::table.",
        "::table)",
        "dsl::*",
    ];
    // Slices whose one table is their one file, and the parts of a query that a store puts together.
    let allowed = [
        "mail/outbox.rs",
        "web/idempotency.rs",
        "web/client_ids.rs",
        "web/rate_limit/stored.rs",
        "catalogue/search.rs",
    ];
    let mut wrong = Vec::new();
    for source in sources() {
        let is_allowed = source.slice() == "db"
            || source.is_store()
            || allowed.contains(&source.path.as_str())
            || source.path.starts_with("cli/demo")
            || source.path.starts_with("cli/bench");
        if !is_allowed && marks.iter().any(|mark| source.code.contains(mark)) {
            wrong.push(source.path);
        }
    }
    none(&wrong);
}

#[test]
fn files_are_named_for_their_role_and_short_enough_to_read() {
    let mut wrong = Vec::new();
    for source in sources() {
        let path = &source.path;
        if path.split('/').any(|part| EMPTY_NAMES.contains(&part.trim_end_matches(".rs"))) {
            wrong.push(format!("{path} has a name that says nothing"));
        }
        let is_slice =
            path.contains('/') && !["kernel", "db", "web", "server", "cli", "config"].contains(&source.slice());
        for (room, others) in ROOMS {
            if is_slice && others.contains(&source.file_name()) && !ROOM_EXCEPTIONS.contains(&path.as_str()) {
                wrong.push(format!("{path} is a {room}"));
            }
        }
        let lines = source.text.split("#[cfg(test)]\nmod ").next().unwrap().lines().count();
        if lines > MAX_LINES && !LOOKED_UP.contains(&path.as_str()) {
            wrong.push(format!("{path} has {lines} lines"));
        }
        if !source.text.starts_with("//!") {
            wrong.push(format!("{path} does not say what it is"));
        }
    }
    none(&wrong);
}

#[test]
fn no_two_public_types_share_a_name() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in sources() {
        for line in source.code.lines() {
            let line = line.trim_start();
            let Some(rest) = line.strip_prefix("pub ") else { continue };
            let Some(rest) = ["struct ", "enum ", "trait ", "type "].iter().find_map(|kind| rest.strip_prefix(kind))
            else {
                continue;
            };
            let name: String = rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
            // A macro's `$name` is no name yet.
            if !name.is_empty() && !SHARED_TYPE_NAMES.contains(&name.as_str()) {
                places.entry(name).or_default().push(source.path.clone());
            }
        }
    }
    let wrong: Vec<String> = places
        .into_iter()
        .filter(|(_, places)| places.len() > 1)
        .map(|(name, places)| format!("{name}: {}", places.join(", ")))
        .collect();
    none(&wrong);
}

#[test]
fn no_float_comes_near_money() {
    let is_float =
        |word: &str| ["f32", "f64"].iter().any(|float| word == *float || word.ends_with(&format!("_{float}")));
    let mut wrong = Vec::new();
    for source in sources() {
        if FLOATS.iter().any(|allowed| source.path.starts_with(allowed)) {
            continue;
        }
        // How JSON calls a decimal is no arithmetic.
        for line in source.code.lines().filter(|line| !line.contains("value_type = ")) {
            let mut words = line.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
            if words.any(is_float) {
                wrong.push(format!("{}: {}", source.path, line.trim()));
            }
        }
    }
    none(&wrong);
}

/// A test that reads the machine's clock passes on some days only.
#[test]
fn tests_read_the_machine_clock_in_one_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let mut files = Vec::new();
    collect(&root, &mut files);
    let reading: Vec<&Path> = files
        .iter()
        .filter(|path| {
            let text = fs::read_to_string(path).unwrap();
            ["Clock::System", "Utc::now", "Local::now", "SystemTime::now"].iter().any(|read| text.contains(read))
        })
        .map(|path| path.strip_prefix(&root).unwrap())
        .collect();
    assert_eq!(reading, [Path::new("world/mod.rs")], "processes of their own go by it: `machine_now()`");
}

#[test]
fn paths_are_read_out_of_imports() {
    let paths = |code: &str| -> Vec<String> { paths_after(code, "crate").iter().map(|path| path.join("::")).collect() };
    assert_eq!(
        paths("use crate::a::{self, b, c::{d, E}};\nuse crate::f as g;"),
        ["a::self", "a::b", "a::c::d", "a::c::E", "f"]
    );
    assert_eq!(paths("let x = crate::a::b(crate::c::D);"), ["a::b", "c::D"]);
    assert_eq!(circles(&[[1].into(), [2].into(), [0].into(), [0].into()]), [vec![0, 1, 2]]);
    assert_eq!(written("use crate::db::schema::x as table;\ndiesel::update(table::table.find(1))"), ["x"]);
}
