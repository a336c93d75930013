//! The contract, read as the author of a client reads it: nothing unsaid, nothing unbounded, nothing that leads nowhere.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::permissions::{UNKNOWN, example, filled, send};
use crate::world::World;
use crate::world::contract::{Operation, document, operations, properties, resolve, schema_errors};

/// What anyone may call: reading what is public, signing in, and what a secret opens.
const PUBLIC: [&str; 48] = [
    "receive_midtrans_notification",
    "get_liveness",
    "get_readiness",
    "get_meta",
    "get_openapi_document",
    "list_products",
    "list_compact_products",
    "get_product",
    "list_categories",
    "list_units",
    "get_photo",
    "get_availability",
    "list_cooperatives",
    "get_cooperative",
    "list_delivery_zones",
    "get_delivery_zone",
    "list_pickup_points",
    "get_pickup_point",
    "list_groups",
    "get_group",
    "list_group_products",
    "list_closed_days",
    "search_places",
    "get_calendar",
    "list_schedules",
    "get_schedule",
    "list_market_days",
    "get_market_day",
    "list_market_offerings",
    "quote_order",
    "place_order",
    "get_tracked_order",
    "cancel_tracked_order",
    "list_tracked_notes",
    "create_tracked_note",
    "list_tracked_payments",
    "attach_tracked_proof",
    "get_tracked_proof",
    "record_tracked_payment",
    "get_tracked_qris",
    "get_invitation",
    "register_account",
    "sign_in",
    "refresh_session",
    "request_email_verification",
    "verify_email",
    "request_password_reset",
    "reset_password",
];

/// Where goods or money move: these refuse to work without an `Idempotency-Key`.
const MOVES_GOODS_OR_MONEY: [&str; 41] = [
    "deliver_consignment",
    "create_outlet_count",
    "transition_outlet_count",
    "pay_outlet",
    "pay_group",
    "transition_payout",
    "create_ingredient_receipt",
    "transition_ingredient_receipt",
    "propose_qris_code",
    "transition_qris_code",
    "declare_handover",
    "transition_handover",
    "count_cash",
    "import_statement",
    "transition_statement_line",
    "place_order",
    "cancel_order",
    "cancel_tracked_order",
    "transition_fulfilment",
    "open_batch",
    "transition_batch",
    "record_production",
    "record_discard",
    "create_contribution",
    "record_payment",
    "record_tracked_payment",
    "transition_payment",
    "transition_gateway_charge",
    "create_quick_sale",
    "accept_offers",
    "transition_market_day",
    "create_standing_order",
    "transition_standing_order",
    "confirm_occurrence",
    "propose_contract",
    "create_ledger_entry",
    "reverse_ledger_entry",
    "transition_period",
    "transition_contract",
    "place_contract_order",
    "pay_invoice",
];

/// POSTs without a key: they write nothing, come to the same when they are done twice, or answer with a secret.
const TAKES_NO_KEY: [&str; 12] = [
    "receive_midtrans_notification",
    "quote_order",
    "quote_repeat_order",
    "claim_tracked_order",
    "vouch_for_phone",
    "accept_invitation",
    "create_invitation",
    "issue_reset_code",
    "sign_in",
    "refresh_session",
    "request_email_verification",
    "request_password_reset",
];

/// Edits without a version: what is ended has none, passwords and links are used by whoever holds them, the first photo
/// of a place replaces nothing, a day is shut or open, skipped or not, and what is brought, or sold for less, is said anew.
const EDITS_WITHOUT_VERSION: [&str; 22] = [
    "set_ingredient_price",
    "replace_recipe",
    "set_earning_rule",
    "set_bank_format",
    "set_product_service_share",
    "set_market_offering",
    "remove_market_offering",
    "set_discount",
    "end_discount",
    "set_day_discount",
    "skip_day",
    "unskip_day",
    "sign_out",
    "end_session",
    "end_assignment",
    "revoke_invitation",
    "set_password",
    "reset_password",
    "verify_email",
    "upload_photo",
    "set_closed_day",
    "delete_closed_day",
];

/// Lists that fit on one page, since there is a limit to how many there can be.
const SHORT_LISTS: [&str; 13] = [
    "list_bank_formats",
    "list_ledger_accounts",
    "list_periods",
    "list_assignments",
    "list_delivery_zones",
    "list_pickup_points",
    "list_categories",
    "list_units",
    "get_availability",
    "get_board",
    "get_calendar",
    "list_order_payments",
    "list_tracked_payments",
];

/// Fails with everything that is wrong at once.
#[track_caller]
fn assert_none(wrong: impl IntoIterator<Item = String>) {
    let wrong: Vec<String> = wrong.into_iter().collect();
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_operation_has_a_name_of_its_own_and_says_what_it_does() {
    let tags: BTreeSet<&str> =
        document()["tags"].as_array().unwrap().iter().filter_map(|tag| tag["name"].as_str()).collect();
    let mut seen = BTreeSet::new();
    assert_none(operations().flat_map(|operation| {
        let said = |name: &str| operation.value[name].as_str().is_some_and(|text| text.len() > 8);
        let tagged = operation.value["tags"]
            .as_array()
            .is_some_and(|own| own.iter().all(|tag| tags.contains(tag.as_str().unwrap())));
        [
            (!operation.id().is_empty() && seen.insert(operation.id()), "has no name of its own"),
            (said("summary") || said("description"), "does not say what it does"),
            (tagged, "has no tag, or one that is not explained"),
        ]
        .into_iter()
        .filter(|(good, _)| !good)
        .map(move |(_, what)| format!("{} {what}", operation.name()))
    }));
}

#[test]
fn every_operation_wants_a_token_or_is_public_on_purpose() {
    let open: BTreeSet<&str> = operations().filter(|one| !one.needs_token()).map(|one| one.id()).collect();
    assert_eq!(open, BTreeSet::from(PUBLIC));
}

#[test]
fn every_refusal_is_a_typed_problem_that_is_explained() {
    let refusals = operations().flat_map(|operation| {
        operation.responses().filter(|(status, _)| status.starts_with(['4', '5'])).filter_map(
            move |(status, response)| {
                let typed = &response["content"]["application/problem+json"]["schema"]["$ref"];
                let explain = response["description"].as_str().is_some_and(|text| text.len() > 8);
                (typed != "#/components/schemas/ProblemDocument" || !explain)
                    .then(|| format!("{} {status}", operation.name()))
            },
        )
    });
    assert_none(refusals);
    let unbounded =
        operations().filter(|one| one.responses().filter(|(status, _)| status.starts_with('5')).count() < 2);
    assert_none(unbounded.map(|one| format!("{} never fails", one.name())));
}

/// Calls with every value in the document, and where it stands.
fn walk(value: &'static Value, at: &str, see: &mut impl FnMut(&str, &'static Value)) {
    see(at, value);
    match value {
        // Examples are data, not description.
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "example" | "examples" | "default"))
            .for_each(|(name, member)| walk(member, &format!("{at}/{name}"), see)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(place, item)| walk(item, &format!("{at}/{place}"), see))
        }
        _ => {}
    }
}

#[test]
fn nothing_refers_to_what_is_not_there() {
    let mut dangling = BTreeSet::new();
    walk(document(), "", &mut |at, value| {
        // The viewer follows references by splitting them (`swagger-initializer.js`): within the document, nothing escaped.
        if let Some(reference) = value["$ref"].as_str()
            && (!reference.starts_with("#/")
                || reference.contains(['~', '%'])
                || document().pointer(&reference[1..]).is_none())
        {
            dangling.insert(format!("{at}: {reference}"));
        }
    });
    assert_none(dangling);
}

#[test]
fn one_name_is_one_schema() {
    let mut known = std::collections::BTreeMap::new();
    let mut twice = BTreeSet::new();
    for route in lumbung::server::routes().iter() {
        for (name, schema) in route.schemas() {
            let schema = serde_json::to_value(schema).unwrap();
            if known.entry(name.to_owned()).or_insert_with(|| schema.clone()) != &schema {
                twice.insert(name.to_owned());
            }
        }
    }
    assert_none(twice);
}

#[test]
fn every_text_number_and_list_is_bounded() {
    let mut unbounded = Vec::new();
    walk(document(), "", &mut |at, schema| {
        let kinds: Vec<&str> = match &schema["type"] {
            Value::String(kind) => vec![kind],
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            _ => return,
        };
        let has = |name: &str| schema.get(name).is_some();
        // A property may be called `type`; only what stands where a schema stands is one.
        let is_schema = !at.ends_with("/properties") && !at.contains("/securitySchemes/");
        let bounded = kinds.iter().all(|kind| match *kind {
            "string" => has("maxLength") || has("format") || has("enum") || has("pattern") || has("const"),
            "integer" | "number" => has("minimum") && has("maximum") || has("enum"),
            "array" => has("maxItems"),
            _ => true,
        });
        if is_schema && !bounded {
            unbounded.push(format!("{at}: {kinds:?}"));
        }
    });
    assert_none(unbounded);
}

#[test]
fn request_bodies_know_all_their_fields() {
    fn closed(schema: &'static Value, at: String, open: &mut BTreeSet<String>) {
        let schema = resolve(schema);
        let choices = schema["oneOf"].as_array().or(schema["anyOf"].as_array()).into_iter().flatten();
        choices.for_each(|choice| closed(choice, at.clone(), open));
        let known = properties(schema);
        if !known.is_empty() && schema["additionalProperties"] != false {
            open.insert(at.clone());
        }
        for (name, part) in known {
            closed(part, format!("{at}/{name}"), open);
        }
        if let Some(items) = schema.get("items") {
            closed(items, format!("{at}/0"), open);
        }
    }
    let mut open = BTreeSet::new();
    for operation in operations() {
        if let Some(schema) = operation.body() {
            closed(schema, operation.name(), &mut open);
        }
    }
    assert_none(open);
}

/// The schema of what a reading operation answers.
fn answer(operation: &Operation) -> Option<&'static Value> {
    operation
        .responses()
        .filter(|(status, _)| status.starts_with('2'))
        .find_map(|(_, response)| response["content"].as_object()?.iter().find(|(kind, _)| kind.contains("json")))
        .map(|(_, media)| media)
}

#[test]
fn lists_come_in_pages() {
    let lists = operations().filter(|operation| {
        let schema = answer(operation).map(|media| &media["schema"]);
        operation.method == "get"
            && schema.is_some_and(|schema| properties(schema).iter().any(|(name, _)| *name == "data"))
    });
    let unpaged = lists.filter(|list| {
        let paged = list.parameter("limit").is_some()
            && (list.parameter("cursor").is_some() || list.id() == "list_cooperative_events");
        paged == SHORT_LISTS.contains(&list.id())
    });
    assert_none(unpaged.map(|list| list.name()));
}

/// Where a key may be sent, one that cannot be one is refused; elsewhere nobody looks at it.
#[actix_web::test]
async fn a_key_is_read_where_the_contract_says_so_and_nowhere_else() {
    let village = World::village().await;
    let callers = [&village.admin.client, &village.sari.client, &village.buyer.client, &village.guest()];
    let mut wrong = Vec::new();
    for operation in operations().filter(|operation| operation.method == "post") {
        let mut refused = false;
        for caller in callers {
            let path = filled(&operation, |parameter| match (operation.path.split('/').nth(2), parameter) {
                (Some("groups"), "id") => village.sekar_laras.to_string(),
                (Some("cooperatives"), "id") => village.cooperative.to_string(),
                _ => UNKNOWN.to_owned(),
            });
            let caller = caller.with_key("too short");
            let reply = send(&caller, &operation, &path, example(&operation)).await;
            refused |= reply.json["code"] == "idempotency-key-invalid";
        }
        if refused != operation.parameter("idempotency-key").is_some() {
            wrong.push(format!("{} {}", operation.name(), if refused { "reads a key" } else { "reads no key" }));
        }
    }
    assert_none(wrong);
    village.work().await;
}

#[test]
fn every_other_post_takes_a_key_and_moving_goods_or_money_needs_one() {
    let posts = || operations().filter(|operation| operation.method == "post");
    let without: BTreeSet<&str> =
        posts().filter(|post| post.parameter("idempotency-key").is_none()).map(|post| post.id()).collect();
    assert_eq!(without, BTreeSet::from(TAKES_NO_KEY));
    let needing: BTreeSet<&str> =
        posts().filter(|post| post.requires("idempotency-key")).map(|post| post.id()).collect();
    assert_eq!(needing, BTreeSet::from(MOVES_GOODS_OR_MONEY));
}

#[test]
fn edits_of_what_has_a_version_need_the_version() {
    let edits = operations().filter(|operation| matches!(operation.method, "put" | "patch" | "delete"));
    let without: BTreeSet<&str> = edits.filter(|edit| !edit.requires("if-match")).map(|edit| edit.id()).collect();
    assert_eq!(without, BTreeSet::from(EDITS_WITHOUT_VERSION));
}

#[test]
fn every_body_and_every_answer_has_an_example_that_fits() {
    let mut wrong = Vec::new();
    for operation in operations() {
        let body = &operation.value["requestBody"];
        let answers = operation.responses().filter(|(status, _)| status.starts_with('2')).map(|(_, response)| response);
        for side in std::iter::once(body).chain(answers) {
            for (kind, media) in
                side["content"].as_object().into_iter().flatten().filter(|(kind, _)| kind.contains("json"))
            {
                let name = format!("{} {kind}", operation.name());
                match media.get("example") {
                    None => wrong.push(format!("{name} has no example")),
                    Some(example) => wrong.extend(
                        schema_errors(&media["schema"], example).iter().map(|fault| format!("{name}: {fault}")),
                    ),
                }
            }
        }
    }
    assert_none(wrong);
    let shown = |id: &str| answer(&operations().find(|one| one.id() == id).unwrap()).unwrap()["example"].clone();
    assert_eq!(shown("get_product")["name"], "Pastel sayur");
    assert_eq!(shown("get_group")["name"], "Sekar Laras");
    assert_eq!(shown("get_order")["currency"], Value::Null);
}

#[test]
fn what_holds_answers_against_the_contract_has_teeth() {
    let operation = operations().find(|one| one.id() == "get_product").unwrap();
    let media = answer(&operation).unwrap();
    let good = &media["example"];
    assert_eq!(schema_errors(&media["schema"], good), Vec::<String>::new());
    for (name, bad) in [
        ("price", json!("2500")),
        ("price", json!(-1)),
        ("id", json!("7")),
        ("status", json!("sold")),
        ("name", json!("x".repeat(81))),
        ("name", Value::Null),
        ("photos", json!({})),
        ("owner", json!("not documented")),
    ] {
        let mut altered = good.clone();
        altered[name] = bad;
        assert_eq!(schema_errors(&media["schema"], &altered).len(), 1, "{name}: {}", altered[name]);
    }
    let mut short = good.clone();
    short.as_object_mut().unwrap().remove("version");
    assert_eq!(schema_errors(&media["schema"], &short), ["/: version is missing"]);
}

#[actix_web::test]
async fn the_document_is_served_and_lists_exactly_what_is_served() {
    let world = World::empty().await;
    let served = world.guest().get("/v1/openapi.json").await.expect(200);
    assert_eq!(served.json, *document());
    assert_eq!(served.json["openapi"], "3.1.0");
    assert_eq!(served.json["info"]["title"], json!("Lumbung"));
    let documented: BTreeSet<(String, &str)> = operations().map(|one| (one.method.to_uppercase(), one.path)).collect();
    let routes = lumbung::server::routes();
    let registered: BTreeSet<(String, &str)> =
        routes.iter().map(|route| (route.method.to_string(), route.path.as_str())).collect();
    assert_eq!(documented, registered);
    // Pages for people are made elsewhere, and so are the listener for figures and what answers while the service starts;
    // nothing else is.
    let mut elsewhere = Vec::new();
    for file in sources() {
        let text = std::fs::read_to_string(&file).unwrap();
        let own = [
            "src/web/routes.rs",
            "src/server/docs_pages.rs",
            "src/server/home_page.rs",
            "src/server/metrics.rs",
            "src/server/mod.rs",
            "src/server/starting.rs",
            "src/accounts/api/web_page.rs",
        ];
        if ["web::resource(", "web::scope(", ".route("].iter().any(|call| text.contains(call))
            && !own.iter().any(|own| file.ends_with(own))
        {
            elsewhere.push(file.display().to_string());
        }
    }
    assert_none(elsewhere);
}

fn sources() -> Vec<std::path::PathBuf> {
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files.push(path);
            }
        }
    }
    files
}
