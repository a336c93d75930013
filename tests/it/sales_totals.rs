//! Sales reports of every grouping equal the orders to the rupiah.

use std::collections::BTreeMap;

use chrono::Datelike;
use lumbung::kernel::ids::ProductId;
use lumbung::kernel::{Day, Duration, Instant, Quantity};
use lumbung::supply::Opening;
use serde_json::{Value, json};

use crate::world::{Person, Reply, Village, World};

/// An expected sale or return, by the order.
struct ExpectedSale {
    day: Day,
    group: String,
    product: String,
    channel: &'static str,
    buyer: String,
    amount: i64,
}

/// A village with two products on the shelf, and the expected sales so far.
struct Market {
    village: Village,
    pastel: ProductId,
    keripik: ProductId,
    expected_sales: Vec<ExpectedSale>,
}

impl Market {
    async fn open() -> Market {
        let village = World::village().await;
        let (pastel, _) = village.create_pastel_in_stock(10_000).await;
        let darsih = village.group_permit(&village.darsih, village.singkong_wareg);
        let keripik = village.create_product(darsih, "Keripik singkong", |_| {}).await;
        let shelf = Opening { made: Some(Quantity::from_units(10_000)), ..Opening::default() };
        village.open_group_batch(darsih, keripik, shelf).await;
        Market { village, pastel, keripik, expected_sales: Vec::new() }
    }

    /// Moves the clock; sessions expire.
    fn advance_to(&self, moment: &str) {
        let instant: Instant = moment.parse().unwrap();
        self.village.clock.advance(instant.since(self.village.clock.now()));
    }

    async fn sign_in(&self, person: &Person) -> Person {
        self.village.sign_in_again(person).await
    }

    /// An order of pastel, and of keripik if any.
    fn body(&self, pastel: i64, keripik: i64) -> Value {
        let mut lines = vec![json!({"product": self.pastel, "quantity": pastel})];
        lines.extend((keripik > 0).then(|| json!({"product": self.keripik, "quantity": keripik})));
        let total = (pastel + keripik) * 2500;
        json!({"cooperative": self.village.cooperative, "lines": lines, "expected_total": total})
    }

    /// Makes these transitions of the officer's part of an order.
    async fn transition_part(&self, order: &Reply, officer: &Person, actions: &[&str]) -> Reply {
        let group =
            if officer.id == self.village.sari.id { self.village.sekar_laras } else { self.village.singkong_wareg };
        let parts = order.json["fulfilments"].as_array().unwrap();
        let part = parts.iter().find(|part| part["group"]["id"] == json!(group)).unwrap()["id"].as_str().unwrap();
        let (path, officer) = (format!("/v1/fulfilments/{part}/transitions"), self.sign_in(officer).await);
        let mut reply = None;
        for action in actions {
            reply = Some(officer.with_new_key().post(&path, json!({"action": action})).await.expect(200));
        }
        reply.unwrap()
    }

    /// Delivers the officer's part, and adds its lines to the expected sales. Officers see their own part only.
    async fn hand_over(&mut self, order: &Reply, officer: &Person, channel: &'static str, buyer: &str) {
        self.transition_part(order, officer, &["accept", "ready", "hand_over"]).await;
        self.expect_sales(order, officer, channel, buyer).await;
    }

    async fn expect_sales(&mut self, order: &Reply, officer: &Person, channel: &'static str, buyer: &str) {
        let officer = self.sign_in(officer).await;
        let order = officer.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
        let day = self.village.clock.now().utc() + Duration::hours(7);
        for part in order.json["fulfilments"].as_array().unwrap().iter().filter(|part| part["status"] == "handed_over")
        {
            for line in part["lines"].as_array().unwrap() {
                self.expected_sales.push(ExpectedSale {
                    day: day.date_naive(),
                    group: part["group"]["id"].as_str().unwrap().to_owned(),
                    product: line["product"].as_str().unwrap().to_owned(),
                    channel,
                    buyer: buyer.to_owned(),
                    amount: line["total"].as_i64().unwrap(),
                });
            }
        }
    }

    /// Sums the expected sales by a key, of one group or of all.
    fn sum_by(&self, group: Option<&str>, key: impl Fn(&ExpectedSale) -> String) -> BTreeMap<String, i64> {
        let mut sums = BTreeMap::new();
        for sale in self.expected_sales.iter().filter(|sale| group.is_none_or(|group| sale.group == group)) {
            *sums.entry(key(sale)).or_default() += sale.amount;
        }
        sums
    }
}

/// The amounts of a report by key.
fn rows(report: &Reply) -> BTreeMap<String, i64> {
    let rows = report.json["rows"].as_array().unwrap();
    rows.iter().map(|row| (row["key"].as_str().unwrap().to_owned(), row["amount"].as_i64().unwrap())).collect()
}

/// Asserts that the CSV table has the rows of the JSON report.
fn assert_same_table(report: &Reply, table: &Reply) {
    let text = table.text();
    let mut lines = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let table_rows: Vec<(String, i64, i64)> = lines
        .records()
        .map(|line| line.unwrap())
        .map(|line| (line[0].to_owned(), line[4].parse().unwrap(), line[5].parse().unwrap()))
        .collect();
    let line =
        |key: &str, row: &Value| (key.to_owned(), row["amount"].as_i64().unwrap(), row["orders"].as_i64().unwrap());
    let mut expected: Vec<_> =
        report.json["rows"].as_array().unwrap().iter().map(|row| line(row["key"].as_str().unwrap(), row)).collect();
    expected.push(line("total", &report.json["totals"]));
    assert_eq!(table_rows, expected);
}

/// A table must not run formulas that a buyer or a seller typed.
#[actix_web::test]
async fn a_table_for_spreadsheets_holds_no_formula_that_somebody_typed() {
    let village = World::village().await;
    let product = village.create_product(village.sari_permit(), "=HYPERLINK(\"http://evil.example\")", |_| {}).await;
    let shelf = Opening { made: Some(Quantity::from_units(100)), ..Opening::default() };
    village.open_group_batch(village.sari_permit(), product, shelf).await;
    let formulas = ["=1+1", "+62812", "-2+3", "@SUM(1+1)*cmd|' /C calc'!A0"];
    for (number, name) in formulas.iter().enumerate() {
        let mut body = village.guest_order_body(product, 10, 25_000);
        body["contact"] = json!({"name": name, "phone": format!("0812-0000-077{number}")});
        let order = village.guest().with_new_key().post("/v1/orders", body).await.expect(201);
        for action in ["accept", "ready", "hand_over"] {
            village.transition_fulfilment(&village.sari, &order, action).await.expect(200);
        }
    }
    let groupings = ["product", "buyer", "channel", "day"];
    let mut cells = Vec::new();
    for by in groupings {
        let path = format!("/v1/groups/{}/sales?by={by}", village.sekar_laras);
        let table = village.sari.with("accept", "text/csv").get(&path).await.expect(200);
        assert_eq!(table.header("content-type"), Some("text/csv; charset=utf-8"));
        assert!(table.header("content-disposition").unwrap().starts_with("attachment;"));
        let text = table.text();
        let mut lines = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        cells.extend(lines.records().flat_map(|line| line.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()));
    }
    for cell in &cells {
        let is_number = cell.parse::<f64>().is_ok();
        assert!(is_number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
    }
    for typed in formulas.into_iter().chain(["=HYPERLINK(\"http://evil.example\")"]) {
        assert!(cells.contains(&format!("'{typed}")), "{typed} is missing: {cells:?}");
    }
    village.work().await;
}

#[actix_web::test]
async fn every_grouping_of_the_sales_equals_the_orders() {
    let mut market = Market::open().await;
    let (sari, darsih) = (market.village.sari.clone(), market.village.darsih.clone());
    let mut first = None;
    // In Cihonje: Monday, the last minutes of a week, the first of the next one, the last and the first of a month.
    let moments = [
        ("2026-11-23T08:00:00Z", "app"),
        ("2026-11-29T16:50:00Z", "web"),
        ("2026-11-29T17:10:00Z", "app"),
        ("2026-11-30T16:55:00Z", "app"),
        ("2026-11-30T17:05:00Z", "web"),
    ];
    for (index, (moment, channel)) in moments.into_iter().enumerate() {
        market.advance_to(moment);
        // Two groups in one order; of every second order only the first delivers.
        let buyer = market.sign_in(&market.village.buyer).await;
        let mut body = market.body(10, 20);
        body["channel"] = json!(channel);
        let order = buyer.with_new_key().post("/v1/orders", body).await.expect(201);
        market.hand_over(&order, &sari, channel, "buyer").await;
        if index % 2 == 0 {
            market.hand_over(&order, &darsih, channel, "buyer").await;
        } else {
            market.transition_part(&order, &darsih, &["decline"]).await;
        }
        first = first.or(Some(order));
        // A neighbour by telephone, a guest who cancels, and a quick sale.
        let officer = market.sign_in(&sari).await;
        let mut body = market.body(8, 0);
        body["channel"] = json!("phone");
        body["contact"] = json!({"name": "Contoh Tetangga", "phone": "0812-0000-0998"});
        let order = officer.with_new_key().post("/v1/orders", body).await.expect(201);
        market.hand_over(&order, &sari, "phone", &format!("neighbour {index}")).await;
        let mut body = market.body(6, 0);
        body["contact"] = json!({"name": "Contoh Tamu", "phone": "0812-0000-0999"});
        let order = market.village.guest().with_new_key().post("/v1/orders", body).await.expect(201);
        let track = format!("/v1/track/{}/transitions", order.json["track"]["secret"].as_str().unwrap());
        market.village.guest().with_new_key().post(&track, json!({"action": "cancel"})).await.expect(200);
        let sale = json!({"lines": [{"product": market.pastel, "quantity": 3}]});
        let path = format!("/v1/groups/{}/sales", market.village.sekar_laras);
        let sold = officer.with_new_key().post(&path, sale).await.expect(201);
        market.expect_sales(&sold, &sari, "walk_in", &format!("stall {index}")).await;
        // Delivered by mistake, and undone.
        let mut body = market.body(7, 0);
        body["contact"] = json!({"name": "Contoh Keliru", "phone": "0812-0000-0997"});
        let order = officer.with_new_key().post("/v1/orders", body).await.expect(201);
        market.transition_part(&order, &sari, &["accept", "ready", "hand_over", "undo"]).await;
    }
    // The goods of the first day are returned in the next month.
    let order = first.unwrap();
    market.transition_part(&order, &sari, &["return"]).await;
    market.expected_sales.push(ExpectedSale {
        day: "2026-12-01".parse().unwrap(),
        group: market.village.sekar_laras.to_string(),
        product: market.pastel.to_string(),
        channel: "app",
        buyer: "buyer".into(),
        amount: -25_000,
    });

    let treasurer = market.sign_in(&market.village.treasurer).await;
    let officer = market.sign_in(&sari).await;
    let (whole, own) = (market.village.cooperative.to_string(), market.village.sekar_laras.to_string());
    let reports = [
        (&treasurer, format!("/v1/cooperatives/{whole}/sales"), None),
        (&officer, format!("/v1/groups/{own}/sales"), Some(own.as_str())),
    ];
    for (reader, path, group) in reports {
        for by in ["day", "week", "month", "product", "group", "channel", "buyer"] {
            if by == "group" && group.is_some() {
                continue;
            }
            let expected = match by {
                "day" => market.sum_by(group, |sale| sale.day.to_string()),
                "week" => market.sum_by(group, |sale| sale.day.iso_week().week().to_string()),
                "month" => market.sum_by(group, |sale| sale.day.format("%Y-%m").to_string()),
                "product" => market.sum_by(group, |sale| sale.product.clone()),
                "group" => market.sum_by(group, |sale| sale.group.clone()),
                "channel" => market.sum_by(group, |sale| sale.channel.to_owned()),
                _ => market.sum_by(group, |sale| sale.buyer.clone()),
            };
            let path = format!("{path}?from=2026-11-01&to=2026-12-31&by={by}");
            let report = reader.get(&path).await.expect(200);
            let mut amounts_by_key = rows(&report);
            // Days without sales have no expected row.
            amounts_by_key.retain(|key, amount| *amount != 0 || expected.contains_key(key));
            match by {
                "week" | "buyer" => {
                    let mut amounts =
                        [amounts_by_key.values().copied().collect::<Vec<_>>(), expected.values().copied().collect()];
                    amounts.iter_mut().for_each(|amounts| amounts.sort_unstable());
                    assert_eq!(amounts[0], amounts[1], "{path}");
                }
                _ => assert_eq!(amounts_by_key, expected, "{path}"),
            }
            assert_eq!(report.json["totals"]["amount"], expected.values().sum::<i64>(), "{path}");
            assert_same_table(&report, &reader.with("accept", "text/csv").get(&path).await.expect(200));
        }
    }
    market.village.work().await;
}

/// Loads the rows by buyer of a group or of the cooperative.
async fn load_rows_by_buyer(reader: &Person, path: &str) -> Vec<Value> {
    let report = reader.get(&format!("{path}?from=2026-11-01&to=2026-12-31&by=buyer")).await.expect(200);
    report.json["rows"].as_array().unwrap().clone()
}

#[actix_web::test]
async fn returns_of_a_claimed_guest_order_count_for_the_same_buyer() {
    let market = Market::open().await;
    let village = &market.village;
    let mut body = market.body(10, 0);
    body["contact"] = json!({"name": "Contoh Tamu", "phone": "0812-0000-0999"});
    let order = village.guest().with_new_key().post("/v1/orders", body).await.expect(201);
    market.transition_part(&order, &village.sari, &["accept", "ready", "hand_over"]).await;
    let path = format!("/v1/cooperatives/{}/sales", village.cooperative);
    let sold = load_rows_by_buyer(&village.treasurer, &path).await;
    assert_eq!((sold.len(), &sold[0]["amount"]), (1, &json!(25_000)));

    let claim = format!("/v1/track/{}/claim", order.json["track"]["secret"].as_str().unwrap());
    village.buyer.with_new_key().post(&claim, json!({})).await.expect(200);
    market.transition_part(&order, &village.sari, &["return"]).await;
    let after = load_rows_by_buyer(&village.treasurer, &path).await;
    assert!(
        after.iter().all(|row| row["key"] == sold[0]["key"] && row["amount"] == 0),
        "the return counts for the buyer of the sale: {after:?}"
    );
    village.work().await;
}

#[actix_web::test]
async fn only_officers_board_and_treasurer_see_the_names_of_buyers() {
    let market = Market::open().await;
    let village = &market.village;
    let order = village.buyer.with_new_key().post("/v1/orders", market.body(10, 20)).await.expect(201);
    for officer in [&village.sari, &village.darsih] {
        market.transition_part(&order, officer, &["accept", "ready", "hand_over"]).await;
    }
    let whole = format!("/v1/cooperatives/{}/sales", village.cooperative);
    let own = format!("/v1/groups/{}/sales", village.sekar_laras);
    let shows_name = async |reader: &Person, path: &str| {
        let rows = load_rows_by_buyer(reader, path).await;
        assert_eq!(rows.len(), 1, "{rows:?}");
        let in_json = rows[0]["label"].as_str().unwrap().contains(&village.buyer.name);
        let path = format!("{path}?from=2026-11-01&to=2026-12-31&by=buyer");
        let table = reader.with("accept", "text/csv").get(&path).await.expect(200);
        assert_eq!(table.text().contains(&village.buyer.name), in_json, "the table shows the same: {}", table.text());
        in_json
    };
    for (reader, path, sees) in [
        (&village.sari, &own, true),
        (&village.board, &own, true),
        (&village.board, &whole, true),
        (&village.treasurer, &own, true),
        (&village.treasurer, &whole, true),
        (&village.supervisor, &own, false),
        (&village.supervisor, &whole, false),
        (&village.companion, &own, false),
        (&village.companion, &whole, false),
        (&village.agency, &own, false),
        (&village.agency, &whole, false),
    ] {
        assert_eq!(shows_name(reader, path).await, sees, "{} reads {path}", reader.name);
    }
    village.darsih.get(&own).await.expect_problem(404, "not-found");
    village.work().await;
}
