//! The fields that each role sees: `response_fields.txt` lists them all, so that none is added unnoticed.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::{Value, json};

use crate::world::World;

/// Collects the paths of all members of a response; list elements share one path, and nulls are marked.
fn fields(value: &Value, path: &str, seen: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, member)| {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            fields(member, &path, seen);
            seen.insert(if member.is_null() { format!("{path}=null") } else { path });
        }),
        Value::Array(items) => items.iter().for_each(|item| fields(item, path, seen)),
        _ => {}
    }
}

#[actix_web::test]
async fn each_role_sees_the_listed_fields_and_no_other() {
    let village = World::village().await;
    let (product, batch) = village.create_pastel_in_stock(40).await;
    let order = village.place_order(product, 10).await;
    let payments = format!("/v1/orders/{}/payments", order.id());
    let payment = json!({"method": "transfer", "purpose": "full"});
    let payment = village.buyer.with_new_key().post(&payments, payment).await.expect(201);
    let request = json!({
        "cooperative": village.cooperative, "words": "Pastel kecil", "quantity": 500, "needed_on": "2026-12-14",
        "place": {"kind": "local", "zone": village.zone, "address": "RT 02 RW 05"},
    });
    let request = village.buyer.with_new_key().post("/v1/requests", request).await.expect(201);
    let request = format!("/v1/requests/{}", request.id());
    let offer = json!({"product": product, "quantity": 300, "unit_price": 2_300, "ready_on": "2026-12-14"});
    let offer = village.sari.with_new_key().post(&format!("{request}/offers"), offer).await.expect(201);
    let offer = format!("{request}/offers/{}", offer.id());
    let member = format!("/v1/groups/{}/members/{}", village.sekar_laras, village.wati_membership);
    let resources = [
        ("product", format!("/v1/products/{product}")),
        ("batch", format!("/v1/batches/{batch}")),
        ("group", format!("/v1/groups/{}", village.sekar_laras)),
        ("member", member),
        ("cooperative", format!("/v1/cooperatives/{}", village.cooperative)),
        ("order", format!("/v1/orders/{}", order.id())),
        ("payment", format!("/v1/payments/{}", payment.id())),
        ("payments", payments),
        ("request", request),
        ("offer", offer),
        ("me", "/v1/me".to_owned()),
    ];
    let guest = village.guest();
    let roles = [
        ("guest", &guest),
        ("buyer", &village.buyer.client),
        ("other buyer", &village.other_buyer.client),
        ("officer", &village.sari.client),
        ("other officer", &village.darsih.client),
        ("member", &village.wati.client),
        ("treasurer", &village.treasurer.client),
        ("board", &village.board.client),
        ("companion", &village.companion.client),
        ("agency", &village.agency.client),
        ("foreign board", &village.foreign_board.client),
        ("admin", &village.admin.client),
    ];
    let mut seen = String::new();
    for (resource, path) in &resources {
        for (role, caller) in roles {
            let reply = caller.get(path).await;
            let mut names = BTreeSet::new();
            match reply.status {
                200 => fields(&reply.json, "", &mut names),
                status => drop(names.insert(format!("({status})"))),
            }
            let names: Vec<String> = names.into_iter().collect();
            writeln!(seen, "{resource}, {role}: {}", names.join(" ")).unwrap();
        }
    }
    let listed = include_str!("response_fields.txt");
    let changed: Vec<&str> = seen.lines().filter(|line| !listed.lines().any(|known| known == *line)).collect();
    assert!(changed.is_empty(), "write these into response_fields.txt, if they are meant:\n{}", changed.join("\n"));
    assert_eq!(seen.lines().count(), listed.lines().count(), "response_fields.txt names answers that are gone");
}
