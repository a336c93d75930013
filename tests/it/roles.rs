//! Who may do what: every operation of the contract for every role, as `roles.txt` says.
//!
//! `yes` is an answer that is no refusal of the caller: it may still tell that the version is stale or the goods are
//! sold. What a role is refused leaves every row of the database as it was.

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
use crate::world::{Client, PASSWORD, Person, Reply, Village, World, changes};

/// What changes how callers stand, or uses up what others ask for, comes last, in this order.
pub const LAST: [&str; 21] = [
    "accept_offers",
    "step_offer",
    "step_request",
    "withdraw_offering",
    "step_market_day",
    "end_schedule",
    "step_standing_order",
    "unskip_day",
    "cancel_tracked_order",
    "decide_payment",
    "take_fulfilment_step",
    "cancel_order",
    "step_batch",
    "step_product",
    "adopt_order",
    "assign",
    "end_assignment",
    "step_group",
    "found_group",
    "accept_invitation",
    "sign_out",
];
/// Operations that use up what they name: each caller is given a new one, which leaves its traces.
const USING_UP: [&str; 6] =
    ["adopt_order", "accept_invitation", "end_assignment", "revoke_invitation", "refresh", "sign_in"];

/// One of everything that an operation can name, all of it the village's own.
pub struct Belongings {
    /// By the kind that stands before `{id}` in the path, or by the parameter.
    pub ids: BTreeMap<&'static str, String>,
    /// By the field of a body.
    fields: BTreeMap<&'static str, Value>,
    /// A product of which nothing is taken away.
    plenty: ProductId,
}

impl Belongings {
    pub async fn of(village: &Village, midtrans: &Midtrans) -> Belongings {
        let (product, batch) = village.pastel_on_the_shelf(10_000).await;
        let (plenty, _) = village.pastel_on_the_shelf(10_000).await;
        let order = village.ordered(product, 10).await;
        let code = crate::qris::proposed(village).await;
        let payment = json!({"method": "qris", "purpose": "full"});
        let payments = format!("/v1/orders/{}/payments", order.id());
        let payment = village.buyer.fresh_key().post(&payments, payment).await.expect(201);
        let invitation = invited(village, &village.sari).await;
        let slip = format!("/v1/payments/{}/proof", payment.id());
        village.buyer.upload(Method::POST, &slip, "image/jpeg", jpeg(64, 64)).await.expect(201);
        let (secret, guest) = (tracked(village, plenty).await, village.guest());
        let tracked = format!("/v1/track/{secret}/payments");
        let shown = guest.fresh_key().post(&tracked, json!({"method": "qris", "purpose": "full"})).await.expect(201);
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
        let request = village.buyer.fresh_key().post("/v1/requests", request).await.expect(201);
        let offer = json!({"product": plenty, "quantity": 300, "unit_price": 2_300, "ready_on": "2026-12-14"});
        let offers = format!("/v1/requests/{}/offers", request.id());
        let offer = village.sari.fresh_key().post(&offers, offer).await.expect(201);
        let (schedule, market_day) = market(village, product).await;
        let standing = json!({
            "cooperative": village.cooperative, "lines": [{"product": plenty, "quantity": 10}], "weekdays": ["friday"],
        });
        let standing = village.buyer.fresh_key().post("/v1/standing_orders", standing).await.expect(201);
        let (_, contract, invoice) = crate::contracts::invoiced(village).await;
        let (handover, line) = money(village, plenty).await;
        let ingredient = crate::costs::recipe_of(village, product).await;
        let (payout, receipt) = crate::payouts::paid_and_laid_out(village).await;
        let (outlet, consignment, count) = crate::consignment::counted(village).await;
        let entries = format!("/v1/cooperatives/{}/ledger/entries", village.cooperative);
        let expense = json!({"kind": "expense", "account": 5303, "amount": 20_000});
        let entry = village.treasurer.fresh_key().post(&entries, expense).await.expect(201);
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
            ("sessions", village.again(&village.buyer).await.session),
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
        Belongings { ids, fields, plenty }
    }

    pub fn path(&self, operation: &Operation) -> String {
        let kind = operation.path.split('/').nth(2).unwrap();
        filled(operation, |parameter| {
            let name = if ["id", "token"].contains(&parameter) { kind } else { parameter };
            self.ids.get(name).map_or_else(|| UNKNOWN.to_owned(), Clone::clone)
        })
    }

    /// The example of the operation's body, naming the village's things.
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

/// Cash of Sari's that is on its way, and a line of the bank's that nobody knows.
pub async fn money(village: &Village, product: ProductId) -> (String, String) {
    let order = village.ordered(product, 3).await;
    let payments = format!("/v1/orders/{}/payments", order.id());
    village.sari.fresh_key().post(&payments, json!({"method": "cash"})).await.expect(201);
    let own = format!("/v1/cooperatives/{}", village.cooperative);
    let handover = village.sari.fresh_key().post(&format!("{own}/handovers"), json!({})).await.expect(201);
    let mapping = json!({
        "separator": "comma", "skip_lines": 0, "date_column": 1, "date_form": "dd/mm/yyyy", "decimal": "point",
        "amount_column": 3, "description_columns": [2],
    });
    village.treasurer.put(&format!("{own}/bank_formats/BRI"), mapping).await.expect(200);
    let statement = json!({"format": "BRI", "csv": "23/11/2026,BUNGA,\"1,250.00\"\n"});
    village.treasurer.fresh_key().post(&format!("{own}/statements"), statement).await.expect(200);
    let queue = village.treasurer.get(&format!("{own}/statement_lines")).await.expect(200);
    (handover.id(), queue.json["data"][0]["id"].as_str().unwrap().to_owned())
}

/// A schedule and a day of it to which something is brought.
pub async fn market(village: &Village, product: ProductId) -> (String, String) {
    let schedule = json!({
        "name": "Pasar Jumat", "weekdays": ["friday"], "opens_days_before": 2, "opens_at": "06:00",
        "closes_days_before": 1, "closes_at": "17:00", "from": "07:00", "until": "10:00",
    });
    let path = format!("/v1/cooperatives/{}/schedules", village.cooperative);
    let schedule = village.board.fresh_key().post(&path, schedule).await.expect(201);
    village.work().await;
    let days = format!("/v1/cooperatives/{}/market_days?from=2026-12-04", village.cooperative);
    let day = village.guest().get(&days).await.expect(200).json["data"][0]["id"].as_str().unwrap().to_owned();
    let offering = format!("/v1/market_days/{day}/offerings/{product}");
    village.sari.put(&offering, json!({"capacity": 10})).await.expect(201);
    (schedule.id(), day)
}

/// Somebody new who is made a treasurer: the id of their assignment.
async fn assigned(village: &Village) -> String {
    let person = village.register("Contoh Bendahara").await.id.parse::<AccountId>().unwrap();
    let (now, cooperative) = (village.clock.now(), village.cooperative);
    let board = village.board.id.parse::<AccountId>().unwrap();
    let assigning = village.app.state.db.write(move |tx| {
        let board = Roles::of(tx, board)?;
        Ok::<_, Problem>(cooperatives::assign(
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
    by.fresh_key().post(&invitations, invitation).await.expect(201)
}

/// The tracking secret of a guest's new order.
async fn tracked(village: &Village, product: ProductId) -> String {
    let body = village.guest_order_of(product, 10, 25_000);
    let placed = village.guest().fresh_key().post("/v1/orders", body).await.expect(201);
    placed.json["track"]["secret"].as_str().unwrap().to_owned()
}

/// The token of the buyer's as it would be had it been issued an hour ago: nothing else is wrong with it.
async fn expired(village: &Village) -> Client {
    let (now, access) = (village.clock.now(), &village.app.accounts.access);
    let bearer = access.read(&village.buyer.access_token, now).unwrap();
    let issued = |at: Instant| village.guest().bearing(&access.issue(bearer, at).unwrap());
    issued(now).get("/v1/me").await.expect(200);
    issued(now.before(Duration::minutes(9))).get("/v1/me").await.expect(200);
    issued(now.before(Duration::hours(1)))
}

/// Somebody whom the admin has suspended.
async fn suspended(village: &Village) -> Client {
    let person = village.register("Contoh Ditangguhkan").await;
    let (account, by) = (person.id.parse::<AccountId>().unwrap(), village.admin.id.parse::<AccountId>().unwrap());
    let now = village.clock.now();
    village.app.state.db.write(move |tx| accounts::suspend(tx, now, account, by, true)).await.unwrap();
    person.client
}

/// What one caller is told.
async fn told(village: &Village, own: &Belongings, operation: &Operation, caller: &Client) -> String {
    let mut path = own.path(operation);
    let mut body = own.body(operation);
    match operation.id() {
        "adopt_order" => path = format!("/v1/track/{}/claim", tracked(village, own.plenty).await),
        "end_assignment" => path = path.replace(&own.ids["assignment"], &assigned(village).await),
        "revoke_invitation" => path = path.replace(&own.ids["invitation"], &invited(village, &village.sari).await.id()),
        "refresh" => body = Some(json!({"refresh_token": village.again(&village.sari).await.refresh_token})),
        "sign_in" => body = Some(json!({"login": village.sari.phone, "password": PASSWORD, "device": "HP"})),
        "accept_invitation" => {
            let invitation = invited(village, &village.board).await;
            path = path.replace(&own.ids["invitations"], &invitation.str("token"));
        }
        _ => {}
    }
    // Whoever may edit is told that another was faster, so that everything stays for the next caller.
    let edits = ["put", "patch", "delete"].contains(&operation.method) && operation.parameter("If-Match").is_some();
    let caller = if edits { caller.with("if-match", "\"999\"") } else { caller.clone() };
    let reply = send(&caller.fresh_key(), operation, &path, body).await;
    match reply.status {
        401 | 403 | 404 | 410 => reply.status.to_string(),
        200..=204 | 400 | 409 | 412 | 422 => "yes".into(),
        status => panic!("{} answered {status}: {}", operation.name(), reply.text()),
    }
}

#[actix_web::test]
async fn every_role_may_do_what_the_table_says_and_nothing_else() {
    let midtrans = Midtrans::start();
    let village = World::village_with(|config| {
        config.accounts.loopback_is_unlimited = true;
        midtrans.serves(config);
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
        // The first use of a token is noted.
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
        assert!(expected.insert(operation, cells.collect()).is_none(), "{operation} stands twice in roles.txt");
    }
    let mut all: Vec<Operation> = operations().collect();
    all.sort_by_key(|operation| LAST.iter().position(|id| *id == operation.id()).map_or(0, |place| place + 1));
    let mut wrong = String::new();
    for operation in &all {
        let cells = expected.remove(operation.id()).unwrap_or_default();
        let is_refused = |place: usize| cells.get(place).is_some_and(|cell| *cell != "yes");
        let mut seen = vec![String::new(); roles.len()];
        let before = village.everything();
        for (place, (_, caller)) in roles.iter().enumerate().filter(|(place, _)| is_refused(*place)) {
            seen[place] = told(&village, &own, operation, caller).await;
        }
        if operation.method != "get" && !USING_UP.contains(&operation.id()) {
            assert_eq!(changes(&before, &village.everything()), Vec::<String>::new(), "{}", operation.name());
        }
        for (place, (_, caller)) in roles.iter().enumerate().filter(|(place, _)| !is_refused(*place)) {
            seen[place] = told(&village, &own, operation, caller).await;
        }
        if seen != cells {
            writeln!(wrong, "{} {}", operation.id(), seen.join(" ")).unwrap();
        }
    }
    village.work().await;
    assert!(wrong.is_empty(), "roles.txt says otherwise of these:\n{wrong}");
    assert!(expected.is_empty(), "roles.txt knows operations that are gone: {:?}", expected.keys());
}
