//! The demo: a world that comes out the same for everyone, and is made once. It lives on SQLite wherever the suite runs.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant as Stopwatch};

use chrono::{Datelike, Weekday};
use diesel::prelude::*;
use lumbung::db::schema::{
    batches, claims, consignments, contract_orders, contracts, groups, market_days, offers, order_lines, orders,
    payments, payouts, products, requests, sales, standing_occurrences, standing_orders,
};
use lumbung::kernel::ids::{BatchId, GroupId, RequestId};
use lumbung::kernel::{Day, Rupiah, Zone};
use lumbung::ledger::{self, LedgerAccount};
use serde_json::{Value, json};

use crate::world::{Client, dump_rows, system_now};

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
    let mut rows = dump_rows(&url(folder));
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
        (608, 38_686_520),
        "the world of this day is another one: write it down here, if it is meant to be"
    );
    let lines = count(order_lines::table.count().get_result(&mut conn));
    assert!(lines >= placed, "{lines} lines of {placed} orders");
    steadies_its_market(&mut conn);
    drop(conn);
    keeps_its_books(one.path());
    let record: Value = serde_json::from_slice(&std::fs::read(one.path().join("demo/demo.json")).unwrap()).unwrap();
    assert_eq!((record["until"].as_str(), record["shops"].as_array().unwrap().len()), (Some("2026-05-31"), 8));
    assert!(record["people"].as_array().unwrap().iter().all(|person| person["login"].is_string()));

    // A second start finds it, one that is told to makes it anew.
    live(one.path(), &["--seed", "7"]);
    assert!(rows(one.path()) == world, "a second start left the world as it was");
    live(one.path(), &["--seed", "7", "--fresh"]);
    assert!(rows(one.path()) != world, "another seed, another world");
}

/// The books balance and agree with everything else, every month that is over is closed, and the balance sheet is what the
/// orders come to.
fn keeps_its_books(folder: &Path) {
    let mut conn =
        lumbung::db::Conn::Sqlite(SqliteConnection::establish(url(folder).trim_start_matches("sqlite:")).unwrap());
    let cooperatives = lumbung::integrity::list_cooperatives(&mut conn).unwrap();
    let [(cooperative, _)] = cooperatives.as_slice() else { panic!("one cooperative, not {cooperatives:?}") };
    for it in lumbung::integrity::run_checks(&mut conn, *cooperative).unwrap() {
        assert_eq!(it.wrong, 0, "{} does not hold, for one {:?}", it.check, it.example);
    }
    let until: Day = "2026-05-31".parse().unwrap();
    let balances = ledger::load_balances(&mut conn, *cooperative, Day::default(), until).unwrap();
    assert_eq!(ledger::TrialBalance::of(&balances).unwrap().difference().unwrap(), Rupiah::ZERO);
    let sheet = ledger::BalanceSheet::of(&balances, &balances).unwrap();
    assert_eq!(sheet.total_assets, sheet.total_claims);
    let of = |account| balances.iter().find(|(it, _)| *it == account).map_or(0, |(_, amount)| amount.0);
    let sums: Vec<(i64, i64)> =
        orders::table.select((orders::paid_total, orders::delivered_total)).load(&mut conn).unwrap();
    let deposits: i64 = sums.iter().map(|(paid, delivered)| (paid - delivered).max(0)).sum();
    let receivable: i64 = sums.iter().map(|(paid, delivered)| (delivered - paid).max(0)).sum();
    let owing = of(LedgerAccount::RECEIVABLE) + of(LedgerAccount::CONSIGNMENT_RECEIVABLE);
    assert_eq!((-of(LedgerAccount::DEPOSITS), owing), (deposits, receivable));
    let facts: Vec<(i64, i64)> = sales::table.select((sales::amount, sales::service)).load(&mut conn).unwrap();
    let (sold, share) = facts.iter().fold((0, 0), |sum, fact| (sum.0 + fact.0, sum.1 + fact.0 - fact.1));
    let income = ledger::IncomeStatement::of(&balances).unwrap();
    let paid: Vec<i64> =
        payouts::table.filter(payouts::status.eq("paid")).select(payouts::earned).load(&mut conn).unwrap();
    let owed = share - paid.iter().sum::<i64>();
    // What outlets keep of the price is no part of what they owe.
    let net = income.net_sales.0 - of(LedgerAccount::OUTLETS_SHARE);
    assert_eq!((net, -of(LedgerAccount::PAYABLE_TO_GROUPS), income.service.0), (sold, owed, sold - share));
    let brought: Vec<(i64, i64)> =
        consignments::table.select((consignments::delivered, consignments::sold)).load(&mut conn).unwrap();
    let (brought, of_them) = brought.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    assert!(
        of_them > 0 && of_them < brought && of(LedgerAccount::OUTLETS_SHARE) > 0,
        "{of_them} of {brought} are sold"
    );
    let held = payments::table.filter(payments::held_by.is_not_null()).select(payments::amount);
    let held: i64 = held.load::<i64>(&mut conn).unwrap().iter().sum();
    assert_eq!(of(LedgerAccount::CASH_IN_HAND), held, "what officers hold since Saturday");
}

/// A market day every Friday, ten standing orders, one of them by a contract, three requests of which two groups won one
/// together, a batch that too few wanted, and quiet days that are sold for less.
fn steadies_its_market(conn: &mut SqliteConnection) {
    let held: Vec<Day> =
        market_days::table.filter(market_days::status.eq("closed")).select(market_days::held_on).load(conn).unwrap();
    assert!(held.len() >= 2 && held.iter().all(|day| day.weekday() == Weekday::Fri), "{held:?}");
    assert_eq!(standing_orders::table.count().get_result(conn), Ok(10));
    let agreed: Vec<String> = contracts::table.select(contracts::status).load(conn).unwrap();
    let by_contract: i64 = contract_orders::table.count().get_result(conn).unwrap();
    assert!(agreed == ["active"] && by_contract >= 5, "{agreed:?} {by_contract}");
    let lowered = batches::table.filter(batches::discount_kind.eq("slack")).count().get_result::<i64>(conn).unwrap();
    assert!(lowered >= 3, "{lowered}");
    let came: i64 =
        standing_occurrences::table.filter(standing_occurrences::status.eq("placed")).count().get_result(conn).unwrap();
    assert!(came > 50, "{came}");
    let mut asked: Vec<(RequestId, String)> =
        requests::table.select((requests::id, requests::status)).load(conn).unwrap();
    asked.sort_by(|one, other| one.1.cmp(&other.1));
    assert_eq!(asked.iter().map(|(_, status)| status.as_str()).collect::<Vec<_>>(), ["covered", "covered", "open"]);
    let winners = |conn: &mut SqliteConnection, request: RequestId| {
        let taken = offers::table.filter(offers::request_id.eq(request)).filter(offers::status.eq("taken"));
        let groups: Vec<GroupId> = taken.select(offers::group_id).load(conn).unwrap();
        groups.len()
    };
    let mut won = [winners(conn, asked[0].0), winners(conn, asked[1].0)];
    won.sort_unstable();
    assert_eq!(won, [1, 2]);
    let failed = batches::table.filter(batches::kind.eq("market")).filter(batches::status.eq("failed"));
    let orders: Vec<(BatchId, Option<i64>)> = failed
        .left_join(claims::table.on(claims::batch_id.eq(batches::id)))
        .group_by(batches::id)
        .select((batches::id, diesel::dsl::min(claims::quantity).nullable()))
        .load(conn)
        .unwrap();
    assert!(orders.iter().any(|(_, claimed)| *claimed == Some(0)), "a line of it was let go: {orders:?}");
}

/// The demo as a process that serves.
struct Demo {
    process: Child,
    base_url: String,
}

impl Demo {
    fn start(folder: &Path, arguments: &[&str]) -> Demo {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(env!("CARGO_BIN_EXE_lumbung"))
            .args(["demo", "--months", "1"])
            .args(arguments)
            .current_dir(folder)
            .env("LUMBUNG__DATA_DIR", folder)
            .env("LUMBUNG__SERVER__PORT", port.to_string())
            .env("LUMBUNG__METRICS__PORT", "0")
            .env("LUMBUNG__ACCOUNTS__PASSWORD_MEMORY_KIB", "8")
            .env("LUMBUNG__ACCOUNTS__PASSWORD_ITERATIONS", "1")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Demo { process, base_url: format!("http://127.0.0.1:{port}") }
    }

    /// Starts the demo and waits until it is ready.
    async fn serve(folder: &Path, arguments: &[&str]) -> Demo {
        let mut demo = Demo::start(folder, arguments);
        while demo.ask_ready().await.0 != 200 {}
        demo
    }

    /// The next answer of `/health/ready`: its status and body.
    async fn ask_ready(&mut self) -> (u16, Value) {
        let start = Stopwatch::now();
        loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            if let Ok(answer) = reqwest::get(format!("{}/health/ready", self.base_url)).await {
                return (answer.status().as_u16(), answer.json().await.unwrap());
            }
            assert!(self.process.try_wait().unwrap().is_none(), "the demo ended by itself");
            assert!(start.elapsed() < Duration::from_secs(300), "the demo does not answer");
        }
    }

    async fn end(mut self) {
        let told = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status().unwrap();
        assert!(told.success());
        let begun = Stopwatch::now();
        while self.process.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the demo does not stop");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn record(folder: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join("demo/demo.json")).unwrap()).unwrap()
}

/// How many orders were placed by people. Standing orders go on while the demo serves, as their days come within reach and
/// market days open, so that their orders depend on the day of the week.
fn count_orders_by_hand(folder: &Path) -> i64 {
    let mut conn = SqliteConnection::establish(url(folder).trim_start_matches("sqlite:")).unwrap();
    let standing = standing_occurrences::table.filter(standing_occurrences::order_id.is_not_null());
    let standing = standing.select(standing_occurrences::order_id.assume_not_null());
    orders::table.filter(orders::id.ne_all(standing)).count().get_result(&mut conn).unwrap()
}

/// Today, as the demo's process reads it from the machine's clock.
fn machine_today() -> Day {
    Zone::Jakarta.day_of(system_now())
}

/// Waits until midnight has passed where it is so near that the date would change while a demo is examined.
async fn wait_out_midnight() {
    let midnight = Zone::Jakarta.start_of(machine_today().succ_opt().unwrap());
    let left = midnight.since(system_now()).to_std().unwrap_or_default();
    if left < Duration::from_secs(120) {
        tokio::time::sleep(left + Duration::from_secs(1)).await;
    }
}

/// A sale as the tour shows it: ordered by a guest, accepted and handed over by the group's officer, and reported.
async fn sell(client: &Client, record: &Value, product: &str, quantity: u64) -> (Client, Value) {
    let cooperative = &record["cooperative"];
    let lines = json!([{"product": product, "quantity": quantity}]);
    let quote = client.post("/v1/quotes", json!({"cooperative": cooperative, "lines": lines})).await.expect(200);
    assert_eq!(quote.json["complete"], true, "{}", quote.text());
    let body = json!({
        "cooperative": cooperative, "lines": lines, "expected_total": quote.json["total"],
        "contact": {"name": "Contoh Tamu", "phone": "081200098765"},
    });
    let order = client.with_new_key().post("/v1/orders", body).await.expect(201);
    let group = &order.json["fulfilments"][0]["group"]["id"];
    let shop = record["shops"].as_array().unwrap().iter().find(|shop| &shop["group"] == group).unwrap();
    let person = record["people"].as_array().unwrap().iter().find(|one| one["account"] == shop["officer"]).unwrap();
    let sign_in = json!({"login": person["login"], "password": person["password"]});
    let token = client.post("/v1/sessions", sign_in).await.expect(201).str("access_token");
    let officer = client.with_token(&token);
    let path = format!("/v1/fulfilments/{}/transitions", order.json["fulfilments"][0]["id"].as_str().unwrap());
    for action in ["accept", "hand_over"] {
        officer.with_new_key().post(&path, json!({"action": action})).await.expect(200);
    }
    (officer, shop.clone())
}

/// Those goods of the village that lie on the shelf and are not made to order.
fn shelf_goods(folder: &Path) -> Vec<String> {
    let mut conn = SqliteConnection::establish(url(folder).trim_start_matches("sqlite:")).unwrap();
    let ids: Vec<lumbung::kernel::ids::ProductId> = products::table
        .filter(products::status.eq("published"))
        .filter(products::daily_capacity.eq(lumbung::kernel::Quantity::ZERO))
        .select(products::id)
        .load(&mut conn)
        .unwrap();
    ids.iter().map(ToString::to_string).collect()
}

async fn on_the_shelf(client: &Client, product: &str) -> f64 {
    let today = machine_today();
    let path = format!("/v1/products/{product}/availability?from={today}&to={today}");
    let days = client.get(&path).await.expect(200);
    days.json["data"].as_array().unwrap().iter().filter_map(|day| day["available"].as_f64()).sum()
}

#[actix_web::test]
async fn a_new_demo_is_live_at_once_and_ready_when_its_village_stands() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Demo::start(folder.path(), &["--until", "2026-05-31"]);
    let (status, problem) = demo.ask_ready().await;
    assert_eq!((status, &problem["code"], &problem["because"]), (503, &json!("unavailable"), &json!("starting")));
    let client = Client::new(reqwest::Client::new(), &demo.base_url);
    assert_eq!(client.get("/health/live").await.expect(200).json["status"], "live");
    client.get("/v1/products").await.expect_problem(503, "unavailable");
    while demo.ask_ready().await.0 != 200 {}
    let record = record(folder.path());
    assert_eq!(record["base_url"], demo.base_url);
    assert!(std::fs::read_to_string(folder.path().join("demo/tour.sh")).unwrap().contains(&demo.base_url));
    assert!(!client.get("/v1/products").await.expect(200).json["data"].as_array().unwrap().is_empty());
    demo.end().await;
}

#[actix_web::test]
async fn every_start_serves_a_village_of_today_and_a_second_one_places_no_order_anew() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // An older world, served today: as after days in which nobody started it.
    live(folder, &[]);
    wait_out_midnight().await;
    let today = machine_today();
    let demo = Demo::serve(folder, &[]).await;
    let first = record(folder);
    assert_eq!(
        (first["base_url"].as_str(), first["until"].as_str()),
        (Some(demo.base_url.as_str()), Some("2026-05-31"))
    );
    for id in ["cooperative", "pickup_point", "board", "treasurer"] {
        assert!(first[id].is_string(), "{id}: {first}");
    }
    let people = first["people"].as_array().unwrap();
    for member in ["role", "name", "login", "password", "account"] {
        assert!(people.iter().all(|person| person[member].as_str().is_some_and(|text| !text.is_empty())), "{member}");
    }
    for shop in first["shops"].as_array().unwrap() {
        assert!(shop["group"].is_string() && !shop["products"].as_array().unwrap().is_empty(), "{shop}");
    }
    let client = Client::new(reqwest::Client::new(), &demo.base_url);
    let mut roles: Vec<&str> = people.iter().map(|person| person["role"].as_str().unwrap()).collect();
    roles.sort_unstable();
    roles.dedup();
    for role in roles {
        let person = people.iter().find(|person| person["role"] == role).unwrap();
        let sign_in = json!({"login": person["login"], "password": person["password"]});
        client.post("/v1/sessions", sign_in).await.expect(201);
    }
    let goods = shelf_goods(folder);
    assert!(goods.len() > 5, "{goods:?}");
    for product in &goods {
        assert!(on_the_shelf(&client, product).await > 0.0, "nothing of {product} is fresh");
    }
    // All of one is sold, and today's sale stands in the report that the tour asks for.
    let all = on_the_shelf(&client, &goods[0]).await;
    let whole = all.floor() as u64;
    let (officer, shop) = sell(&client, &first, &goods[0], whole).await;
    let tour = std::fs::read_to_string(folder.join("demo/tour.sh")).unwrap();
    let asked = tour.split('\'').find(|part| part.contains("/sales?")).unwrap().trim_start_matches(&demo.base_url);
    assert!(asked.contains(&format!("to={today}")), "{asked}");
    let period = asked.split('?').nth(1).unwrap();
    let path = format!("/v1/groups/{}/sales?{period}", shop["group"].as_str().unwrap());
    let report = officer.get(&path).await.expect(200);
    let month = today.format("%Y-%m").to_string();
    let row = report.json["rows"].as_array().unwrap().iter().find(|row| row["key"] == json!(month));
    assert!(row.is_some_and(|row| row["amount"].as_i64() > Some(0)), "{}", report.text());
    assert!(on_the_shelf(&client, &goods[0]).await < 1.0, "it is sold out");
    let by_hand = count_orders_by_hand(folder);
    demo.end().await;

    // A second start finds that world, puts fresh goods on its shelves, and writes down where it is now.
    wait_out_midnight().await;
    let demo = Demo::serve(folder, &[]).await;
    let second = record(folder);
    assert_eq!(second["base_url"].as_str(), Some(demo.base_url.as_str()));
    assert_eq!(
        (&second["until"], &second["cooperative"], &second["people"]),
        (&first["until"], &first["cooperative"], &first["people"])
    );
    assert_eq!(count_orders_by_hand(folder), by_hand, "nobody ordered anew");
    let client = Client::new(reqwest::Client::new(), &demo.base_url);
    assert!(on_the_shelf(&client, &goods[0]).await >= 1.0, "what was sold out is there again");
    demo.end().await;

    // When nothing is said, the last day that is lived is yesterday.
    let earliest = machine_today().pred_opt().unwrap();
    let demo = Demo::serve(folder, &["--fresh"]).await;
    let until: Day = record(folder)["until"].as_str().unwrap().parse().unwrap();
    let latest = machine_today().pred_opt().unwrap();
    assert!((earliest..=latest).contains(&until), "{until}");
    demo.end().await;
}
