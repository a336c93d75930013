//! Permissions: every operation of the contract with every role, as listed in `roles.txt`.
//!
//! `yes` means that the caller is not refused: the response may still be a stale version or sold-out goods. Refused calls
//! must not change any row of the database.

use std::collections::BTreeMap;
use std::fmt::Write;

use lumbung::accounts;
use lumbung::cooperatives::{self, Assignee, Office, Roles};
use lumbung::kernel::ids::{AccountId, ProductId};
use lumbung::kernel::{Duration, Instant};
use lumbung::web::Problem;
use reqwest::Method;
use serde_json::{Value, json};

use crate::permissions::{UNKNOWN, example, filled, send};
use crate::photos::jpeg;
use crate::world::contract::{Operation, operations};
use crate::world::midtrans::Midtrans;
use crate::world::{Client, PASSWORD, Person, Reply, Village, World, diff_rows};

/// Operations that change roles or consume resources that other operations need; they are called last, in this order.
pub const LAST: [&str; 21] = [
    "accept_offers",
    "transition_offer",
    "transition_request",
    "remove_market_offering",
    "transition_market_day",
    "end_schedule",
    "transition_standing_order",
    "unskip_day",
    "cancel_tracked_order",
    "transition_payment",
    "transition_fulfilment",
    "cancel_order",
    "transition_batch",
    "transition_product",
    "claim_tracked_order",
    "assign_office",
    "end_assignment",
    "transition_group",
    "create_group",
    "accept_invitation",
    "sign_out",
];
/// Operations that consume their resource: each caller gets a new one, which changes the database.
const CONSUMING: [&str; 6] =
    ["claim_tracked_order", "accept_invitation", "end_assignment", "revoke_invitation", "refresh_session", "sign_in"];

/// One of every resource that an operation can name, all of the same cooperative.
pub struct Belongings {
    /// By the path segment before `{id}`, or by the parameter's name.
    pub ids: BTreeMap<&'static str, String>,
    /// By the member of a body.
    fields: BTreeMap<&'static str, Value>,
    /// A product with stock that no other operation uses.
    spare_product: ProductId,
}

impl Belongings {
    pub async fn of(village: &Village, midtrans: &Midtrans) -> Belongings {
        let (product, batch) = village.create_pastel_in_stock(10_000).await;
        let (spare_product, _) = village.create_pastel_in_stock(10_000).await;
        let order = village.place_order(product, 10).await;
        let code = crate::qris::propose_other_merchant(village).await;
        let payment = json!({"method": "qris", "purpose": "full"});
        let payments = format!("/v1/orders/{}/payments", order.id());
        let payment = village.buyer.with_new_key().post(&payments, payment).await.expect(201);
        let invitation = invited(village, &village.sari).await;
        let slip = format!("/v1/payments/{}/proof", payment.id());
        village.buyer.upload(Method::POST, &slip, "image/jpeg", jpeg(64, 64)).await.expect(201);
        let (secret, guest) = (tracked(village, spare_product).await, village.guest());
        let tracked = format!("/v1/track/{secret}/payments");
        let shown = guest.with_new_key().post(&tracked, json!({"method": "qris", "purpose": "full"})).await.expect(201);
        let slip = format!("{tracked}/{}/proof", shown.id());
        guest.upload(Method::POST, &slip, "image/jpeg", jpeg(64, 64)).await.expect(201);
        let photos = format!("/v1/products/{product}/photos/1");
        village.sari.upload(Method::PUT, &photos, "image/jpeg", jpeg(64, 64)).await.expect(201);
        let photo = guest.get(&format!("/v1/products/{product}")).await.expect(200);
        let photo = photo.text().split("/v1/photos/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let calendar = guest.get("/v1/calendar?from=2027-03-10&to=2027-03-10").await.expect(200);
        let request = json!({
            "cooperative": village.cooperative, "words": "Pastel kecil", "quantity": 500, "needed_on": "2026-12-14",
            "place": {"kind": "pickup"},
        });
        let request = village.buyer.with_new_key().post("/v1/requests", request).await.expect(201);
        let offer = json!({"product": spare_product, "quantity": 300, "unit_price": 2_300, "ready_on": "2026-12-14"});
        let offers = format!("/v1/requests/{}/offers", request.id());
        let offer = village.sari.with_new_key().post(&offers, offer).await.expect(201);
        let (schedule, market_day) = market(village, product).await;
        let standing = json!({
            "cooperative": village.cooperative, "lines": [{"product": spare_product, "quantity": 10}], "weekdays": ["friday"],
        });
        let standing = village.buyer.with_new_key().post("/v1/standing_orders", standing).await.expect(201);
        let (_, contract, invoice) = crate::contracts::create_invoiced_contract(village).await;
        let (handover, line) = money(village, spare_product).await;
        let ingredient = crate::costs::create_recipe(village, product).await;
        let (payout, receipt) = crate::payouts::create_payout_and_receipt(village).await;
        let (outlet, consignment, count) = crate::consignment::create_counted_outlet(village).await;
        let entries = format!("/v1/cooperatives/{}/ledger/entries", village.cooperative);
        let expense = json!({"kind": "expense", "account": 5303, "amount": 20_000});
        let entry = village.treasurer.with_new_key().post(&entries, expense).await.expect(201);
        let charge = crate::gateway::needing_review(midtrans, village).await;
        village.work().await;
        let ids = BTreeMap::from([
            ("contracts", contract),
            ("ledger_entries", entry.id()),
            ("handovers", handover),
            ("statement_lines", line),
            ("qris_codes", code),
            ("payouts", payout),
            ("outlets", outlet),
            ("consignments", consignment.clone()),
            ("outlet_counts", count),
            ("ingredients", ingredient.clone()),
            ("ingredient_receipts", receipt),
            ("format", "svg".into()),
            ("name", "BRI".into()),
            ("month", "2026-10".into()),
            ("invoices", invoice),
            ("calendar", calendar.json["data"][0]["id"].as_str().unwrap().to_owned()),
            ("requests", request.id()),
            ("offer", offer.id()),
            ("schedules", schedule),
            ("market_days", market_day),
            ("product", product.to_string()),
            ("standing_orders", standing.id()),
            ("cooperatives", village.cooperative.to_string()),
            ("groups", village.sekar_laras.to_string()),
            ("products", product.to_string()),
            ("batches", batch.to_string()),
            ("orders", order.id()),
            ("payments", payment.id()),
            ("gateway_charges", charge),
            ("fulfilments", order.json["fulfilments"][0]["id"].as_str().unwrap().to_owned()),
            ("sessions", village.sign_in_again(&village.buyer).await.session),
            ("assignment", assigned(village).await),
            ("delivery_zone", village.zone.to_string()),
            ("pickup_point", village.pickup_point.to_string()),
            ("membership", village.wati_membership.to_string()),
            ("invitation", invitation.id()),
            ("invitations", invitation.str("token")),
            ("position", "1".into()),
            ("picture", "turnover.svg".into()),
            ("day", "2026-12-24".into()),
            ("secret", secret),
            ("track", shown.id()),
            ("file", photo),
        ]);
        let fields = BTreeMap::from([
            ("cooperative", json!(village.cooperative)),
            ("product", json!(product)),
            ("membership", json!(village.mbah_contoh)),
            ("pickup_point", json!(village.pickup_point)),
            ("zone", json!(village.zone)),
            ("ingredient", json!(ingredient)),
            ("consignment", json!(consignment)),
            ("batch", json!(batch)),
            ("group", json!(village.sekar_laras)),
            ("offer", json!(offer.id())),
        ]);
        Belongings { ids, fields, spare_product }
    }

    pub fn path(&self, operation: &Operation) -> String {
        let kind = operation.path.split('/').nth(2).unwrap();
        filled(operation, |parameter| {
            let name = if ["id", "token"].contains(&parameter) { kind } else { parameter };
            self.ids.get(name).map_or_else(|| UNKNOWN.to_owned(), Clone::clone)
        })
    }

    /// The example body of the operation, with the ids of these resources.
    pub fn body(&self, operation: &Operation) -> Option<Value> {
        let mut body = example(operation)?;
        self.own(&mut body);
        Some(body)
    }

    fn own(&self, value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.iter_mut().for_each(|(name, value)| match self.fields.get(name.as_str()) {
                    Some(own) if value.is_string() => *value = own.clone(),
                    _ => self.own(value),
                })
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.own(item)),
            _ => {}
        }
    }
}

/// A cash handover of Sari's that is not yet received, and an unmatched bank statement line.
pub async fn money(village: &Village, product: ProductId) -> (String, String) {
    let order = village.place_order(product, 3).await;
    let payments = format!("/v1/orders/{}/payments", order.id());
    village.sari.with_new_key().post(&payments, json!({"method": "cash"})).await.expect(201);
    let own = format!("/v1/cooperatives/{}", village.cooperative);
    let handover = village.sari.with_new_key().post(&format!("{own}/handovers"), json!({})).await.expect(201);
    let mapping = json!({
        "separator": "comma", "skip_lines": 0, "date_column": 1, "date_form": "dd/mm/yyyy", "decimal": "point",
        "amount_column": 3, "description_columns": [2],
    });
    village.treasurer.put(&format!("{own}/bank_formats/BRI"), mapping).await.expect(200);
    let statement = json!({"format": "BRI", "csv": "23/11/2026,BUNGA,\"1,250.00\"\n"});
    village.treasurer.with_new_key().post(&format!("{own}/statements"), statement).await.expect(200);
    let queue = village.treasurer.get(&format!("{own}/statement_lines")).await.expect(200);
    (handover.id(), queue.json["data"][0]["id"].as_str().unwrap().to_owned())
}

/// A schedule, and a market day of it with an offering.
pub async fn market(village: &Village, product: ProductId) -> (String, String) {
    let schedule = json!({
        "name": "Pasar Jumat", "weekdays": ["friday"], "opens_days_before": 2, "opens_at": "06:00",
        "closes_days_before": 1, "closes_at": "17:00", "from": "07:00", "until": "10:00",
    });
    let path = format!("/v1/cooperatives/{}/schedules", village.cooperative);
    let schedule = village.board.with_new_key().post(&path, schedule).await.expect(201);
    village.work().await;
    let days = format!("/v1/cooperatives/{}/market_days?from=2026-12-04", village.cooperative);
    let day = village.guest().get(&days).await.expect(200).json["data"][0]["id"].as_str().unwrap().to_owned();
    let offering = format!("/v1/market_days/{day}/offerings/{product}");
    village.sari.put(&offering, json!({"capacity": 10})).await.expect(201);
    (schedule.id(), day)
}

/// A new person assigned as treasurer: the id of the assignment.
async fn assigned(village: &Village) -> String {
    let person = village.register("Contoh Bendahara").await.id.parse::<AccountId>().unwrap();
    let (now, cooperative) = (village.clock.now(), village.cooperative);
    let board = village.board.id.parse::<AccountId>().unwrap();
    let assigning = village.app.state.db.write(move |tx| {
        let board = Roles::load(tx, board)?;
        Ok::<_, Problem>(cooperatives::assign_office(
            tx,
            now,
            &board,
            cooperative,
            &Assignee::Account(person),
            Office::Treasurer,
        )?)
    });
    assigning.await.unwrap().id.to_string()
}

/// A new invitation to join Sekar Laras.
async fn invited(village: &Village, by: &Person) -> Reply {
    let invitations = format!("/v1/groups/{}/invitations", village.sekar_laras);
    let invitation = json!({"name": "Contoh Diundang", "role": "member"});
    by.with_new_key().post(&invitations, invitation).await.expect(201)
}

/// The tracking secret of a guest's new order.
async fn tracked(village: &Village, product: ProductId) -> String {
    let body = village.guest_order_body(product, 10, 25_000);
    let placed = village.guest().with_new_key().post("/v1/orders", body).await.expect(201);
    placed.json["track"]["secret"].as_str().unwrap().to_owned()
}

/// The buyer's token as if issued an hour ago: nothing but its expiry is wrong.
async fn expired(village: &Village) -> Client {
    let (now, access) = (village.clock.now(), &village.app.accounts.access_tokens);
    let claims = access.verify(&village.buyer.access_token, now).unwrap();
    let issued = |at: Instant| village.guest().with_token(&access.issue(claims, at).unwrap());
    issued(now).get("/v1/me").await.expect(200);
    issued(now.before(Duration::minutes(9))).get("/v1/me").await.expect(200);
    issued(now.before(Duration::hours(1)))
}

/// A suspended person.
async fn suspended(village: &Village) -> Client {
    let person = village.register("Contoh Ditangguhkan").await;
    let (account, by) = (person.id.parse::<AccountId>().unwrap(), village.admin.id.parse::<AccountId>().unwrap());
    let now = village.clock.now();
    village.app.state.db.write(move |tx| accounts::set_suspended(tx, now, account, by, true)).await.unwrap();
    person.client
}

/// Calls an operation as this caller: the status of a refusal, or `yes`.
async fn call_as(village: &Village, own: &Belongings, operation: &Operation, caller: &Client) -> String {
    let mut path = own.path(operation);
    let mut body = own.body(operation);
    match operation.id() {
        "claim_tracked_order" => path = format!("/v1/track/{}/claim", tracked(village, own.spare_product).await),
        "end_assignment" => path = path.replace(&own.ids["assignment"], &assigned(village).await),
        "revoke_invitation" => path = path.replace(&own.ids["invitation"], &invited(village, &village.sari).await.id()),
        "refresh_session" => {
            body = Some(json!({"refresh_token": village.sign_in_again(&village.sari).await.refresh_token}))
        }
        "sign_in" => body = Some(json!({"login": village.sari.phone, "password": PASSWORD, "device": "HP"})),
        "accept_invitation" => {
            let invitation = invited(village, &village.board).await;
            path = path.replace(&own.ids["invitations"], &invitation.str("token"));
        }
        _ => {}
    }
    // A stale version, so that a permitted caller changes nothing for the next one.
    let edits = ["put", "patch", "delete"].contains(&operation.method) && operation.parameter("If-Match").is_some();
    let caller = if edits { caller.with("if-match", "\"999\"") } else { caller.clone() };
    let reply = send(&caller.with_new_key(), operation, &path, body).await;
    match reply.status {
        401 | 403 | 404 | 410 => reply.status.to_string(),
        200..=204 | 400 | 409 | 412 | 422 => "yes".into(),
        status => panic!("{} answered {status}: {}", operation.name(), reply.text()),
    }
}

#[actix_web::test]
async fn every_role_may_call_exactly_the_operations_of_the_table() {
    let midtrans = Midtrans::start();
    let village = World::village_with(|config| {
        config.accounts.loopback_is_unlimited = true;
        midtrans.configure(config);
    })
    .await;
    let own = Belongings::of(&village, &midtrans).await;
    village.work().await;
    let roles = [
        ("anonymous", village.guest()),
        ("expired", expired(&village).await),
        ("suspended", suspended(&village).await),
        ("buyer", village.buyer.client.clone()),
        ("other_buyer", village.other_buyer.client.clone()),
        ("member", village.wati.client.clone()),
        ("officer", village.sari.client.clone()),
        ("other_officer", village.darsih.client.clone()),
        ("treasurer", village.treasurer.client.clone()),
        ("board", village.board.client.clone()),
        ("supervisor", village.supervisor.client.clone()),
        ("companion", village.companion.client.clone()),
        ("agency", village.agency.client.clone()),
        ("foreign_officer", village.foreign_officer.client.clone()),
        ("foreign_board", village.foreign_board.client.clone()),
        ("foreign_treasurer", village.foreign_treasurer.client.clone()),
        ("admin", village.admin.client.clone()),
    ];
    for (_, caller) in &roles {
        // The first use of a token is recorded.
        caller.get("/v1/me").await;
    }
    let table = include_str!("roles.txt");
    let mut rows = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let columns: Vec<&str> = rows.next().unwrap().split_whitespace().skip(1).collect();
    assert_eq!(columns, roles.iter().map(|(role, _)| *role).collect::<Vec<_>>());
    let mut expected: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in rows {
        let mut cells = row.split_whitespace();
        let operation = cells.next().unwrap();
        assert!(expected.insert(operation, cells.collect()).is_none(), "{operation} is twice in roles.txt");
    }
    let mut all: Vec<Operation> = operations().collect();
    all.sort_by_key(|operation| LAST.iter().position(|id| *id == operation.id()).map_or(0, |index| index + 1));
    let mut differences = String::new();
    for operation in &all {
        let cells = expected.remove(operation.id()).unwrap_or_default();
        let is_refused = |index: usize| cells.get(index).is_some_and(|cell| *cell != "yes");
        let mut results = vec![String::new(); roles.len()];
        let before = village.dump_rows();
        for (index, (_, caller)) in roles.iter().enumerate().filter(|(index, _)| is_refused(*index)) {
            results[index] = call_as(&village, &own, operation, caller).await;
        }
        if operation.method != "get" && !CONSUMING.contains(&operation.id()) {
            assert_eq!(diff_rows(&before, &village.dump_rows()), Vec::<String>::new(), "{}", operation.name());
        }
        for (index, (_, caller)) in roles.iter().enumerate().filter(|(index, _)| !is_refused(*index)) {
            results[index] = call_as(&village, &own, operation, caller).await;
        }
        if results != cells {
            writeln!(differences, "{} {}", operation.id(), results.join(" ")).unwrap();
        }
    }
    village.work().await;
    assert!(differences.is_empty(), "roles.txt differs:\n{differences}");
    assert!(expected.is_empty(), "roles.txt knows operations that are gone: {:?}", expected.keys());
}
