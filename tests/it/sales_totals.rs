//! The reports agree with the orders, to the rupiah, whichever way they are cut.

use std::collections::BTreeMap;

use chrono::Datelike;
use lumbung::kernel::ids::ProductId;
use lumbung::kernel::{Day, Duration, Instant, Quantity};
use lumbung::supply::Opening;
use serde_json::{Value, json};

use crate::world::{Person, Reply, Village, World};

/// What was sold or came back, as the orders tell it.
struct Taking {
    day: Day,
    group: String,
    product: String,
    channel: &'static str,
    buyer: String,
    amount: i64,
}

/// A trade in the making: goods on two shelves, and what was taken so far.
struct Stalls {
    village: Village,
    pastel: ProductId,
    keripik: ProductId,
    takings: Vec<Taking>,
}

impl Stalls {
    async fn open() -> Stalls {
        let village = World::village().await;
        let (pastel, _) = village.pastel_on_the_shelf(10_000).await;
        let darsih = village.permit_of(&village.darsih, village.singkong_wareg);
        let keripik = village.product_of(darsih, "Keripik singkong", |_| {}).await;
        let shelf = Opening { made: Some(Quantity::units(10_000)), ..Opening::default() };
        village.batch_of(darsih, keripik, shelf).await;
        Stalls { village, pastel, keripik, takings: Vec::new() }
    }

    /// It is then; whoever acts has to sign in again.
    fn at(&self, moment: &str) {
        let wanted: Instant = moment.parse().unwrap();
        self.village.clock.advance(wanted.since(self.village.clock.now()));
    }

    async fn signed_in(&self, person: &Person) -> Person {
        self.village.again(person).await
    }

    /// An order of pastel, and of keripik if any.
    fn body(&self, pastel: i64, keripik: i64) -> Value {
        let mut lines = vec![json!({"product": self.pastel, "quantity": pastel})];
        lines.extend((keripik > 0).then(|| json!({"product": self.keripik, "quantity": keripik})));
        let total = (pastel + keripik) * 2500;
        json!({"cooperative": self.village.cooperative, "lines": lines, "expected_total": total})
    }

    /// Takes the part of one group's as far as this step.
    async fn step(&self, order: &Reply, officer: &Person, steps: &[&str]) -> Reply {
        let group =
            if officer.id == self.village.sari.id { self.village.sekar_laras } else { self.village.singkong_wareg };
        let parts = order.json["fulfilments"].as_array().unwrap();
        let part = parts.iter().find(|part| part["group"] == json!(group)).unwrap()["id"].as_str().unwrap();
        let (path, officer) = (format!("/v1/fulfilments/{part}/transitions"), self.signed_in(officer).await);
        let mut reply = None;
        for action in steps {
            reply = Some(officer.fresh_key().post(&path, json!({"action": action})).await.expect(200));
        }
        reply.unwrap()
    }

    /// Hands over the part of this officer, and notes what the order itself says was taken for it. Officers see their
    /// own part only.
    async fn hand_over(&mut self, order: &Reply, officer: &Person, channel: &'static str, buyer: &str) {
        self.step(order, officer, &["accept", "ready", "hand_over"]).await;
        self.note(order, officer, channel, buyer).await;
    }

    async fn note(&mut self, order: &Reply, officer: &Person, channel: &'static str, buyer: &str) {
        let officer = self.signed_in(officer).await;
        let seen = officer.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
        let day = self.village.clock.now().utc() + Duration::hours(7);
        for part in seen.json["fulfilments"].as_array().unwrap().iter().filter(|part| part["status"] == "handed_over") {
            for line in part["lines"].as_array().unwrap() {
                self.takings.push(Taking {
                    day: day.date_naive(),
                    group: part["group"].as_str().unwrap().to_owned(),
                    product: line["product"].as_str().unwrap().to_owned(),
                    channel,
                    buyer: buyer.to_owned(),
                    amount: line["total"].as_i64().unwrap(),
                });
            }
        }
    }

    /// The amounts by some key of theirs, those of one group only if it is named.
    fn by(&self, group: Option<&str>, key: impl Fn(&Taking) -> String) -> BTreeMap<String, i64> {
        let mut sums = BTreeMap::new();
        for taking in self.takings.iter().filter(|taking| group.is_none_or(|group| taking.group == group)) {
            *sums.entry(key(taking)).or_default() += taking.amount;
        }
        sums
    }
}

/// The rows of a report: key and amount.
fn rows(report: &Reply) -> BTreeMap<String, i64> {
    let rows = report.json["rows"].as_array().unwrap();
    rows.iter().map(|row| (row["key"].as_str().unwrap().to_owned(), row["amount"].as_i64().unwrap())).collect()
}

/// A table says the same as the document, line by line.
fn same_as_table(report: &Reply, table: &Reply) {
    let text = table.text();
    let mut lines = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let told: Vec<(String, i64, i64)> = lines
        .records()
        .map(|line| line.unwrap())
        .map(|line| (line[0].to_owned(), line[4].parse().unwrap(), line[5].parse().unwrap()))
        .collect();
    let line =
        |key: &str, row: &Value| (key.to_owned(), row["amount"].as_i64().unwrap(), row["orders"].as_i64().unwrap());
    let mut expected: Vec<_> =
        report.json["rows"].as_array().unwrap().iter().map(|row| line(row["key"].as_str().unwrap(), row)).collect();
    expected.push(line("total", &report.json["totals"]));
    assert_eq!(told, expected);
}

/// Whoever opens the table in a spreadsheet runs nothing that a buyer or a seller typed.
#[actix_web::test]
async fn a_table_for_spreadsheets_holds_no_formula_that_somebody_typed() {
    let village = World::village().await;
    let product = village.product_of(village.sari_permit(), "=HYPERLINK(\"http://evil.example\")", |_| {}).await;
    let shelf = Opening { made: Some(Quantity::units(100)), ..Opening::default() };
    village.batch_of(village.sari_permit(), product, shelf).await;
    let formulas = ["=1+1", "+62812", "-2+3", "@SUM(1+1)*cmd|' /C calc'!A0"];
    for (number, name) in formulas.iter().enumerate() {
        let mut body = village.guest_order_of(product, 10, 25_000);
        body["contact"] = json!({"name": name, "phone": format!("0812-0000-077{number}")});
        let order = village.guest().fresh_key().post("/v1/orders", body).await.expect(201);
        for action in ["accept", "ready", "hand_over"] {
            village.step(&village.sari, &order, action).await.expect(200);
        }
    }
    let wanted = ["product", "buyer", "channel", "day"];
    let mut cells = Vec::new();
    for by in wanted {
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
        assert!(cells.contains(&format!("'{typed}")), "{typed} is not there: {cells:?}");
    }
    village.work().await;
}

#[actix_web::test]
async fn every_cut_of_the_sales_comes_to_what_the_orders_come_to() {
    let mut stalls = Stalls::open().await;
    let (sari, darsih) = (stalls.village.sari.clone(), stalls.village.darsih.clone());
    let mut first = None;
    // In Cihonje: Monday, the last minutes of a week, the first of the next one, the last and the first of a month.
    let moments = [
        ("2026-11-23T08:00:00Z", "app"),
        ("2026-11-29T16:50:00Z", "web"),
        ("2026-11-29T17:10:00Z", "app"),
        ("2026-11-30T16:55:00Z", "app"),
        ("2026-11-30T17:05:00Z", "web"),
    ];
    for (place, (moment, channel)) in moments.into_iter().enumerate() {
        stalls.at(moment);
        // Two groups in one order; of every second one only the first hands over.
        let buyer = stalls.signed_in(&stalls.village.buyer).await;
        let mut body = stalls.body(10, 20);
        body["channel"] = json!(channel);
        let order = buyer.fresh_key().post("/v1/orders", body).await.expect(201);
        stalls.hand_over(&order, &sari, channel, "buyer").await;
        if place % 2 == 0 {
            stalls.hand_over(&order, &darsih, channel, "buyer").await;
        } else {
            stalls.step(&order, &darsih, &["decline"]).await;
        }
        first = first.or(Some(order));
        // A neighbour by telephone, a guest who thinks better of it, and the stall.
        let officer = stalls.signed_in(&sari).await;
        let mut body = stalls.body(8, 0);
        body["channel"] = json!("phone");
        body["contact"] = json!({"name": "Contoh Tetangga", "phone": "0812-0000-0998"});
        let order = officer.fresh_key().post("/v1/orders", body).await.expect(201);
        stalls.hand_over(&order, &sari, "phone", &format!("neighbour {place}")).await;
        let mut body = stalls.body(6, 0);
        body["contact"] = json!({"name": "Contoh Tamu", "phone": "0812-0000-0999"});
        let order = stalls.village.guest().fresh_key().post("/v1/orders", body).await.expect(201);
        let track = format!("/v1/track/{}/transitions", order.json["track"]["secret"].as_str().unwrap());
        stalls.village.guest().fresh_key().post(&track, json!({"action": "cancel"})).await.expect(200);
        let sale = json!({"lines": [{"product": stalls.pastel, "quantity": 3}]});
        let path = format!("/v1/groups/{}/sales", stalls.village.sekar_laras);
        let sold = officer.fresh_key().post(&path, sale).await.expect(201);
        stalls.note(&sold, &sari, "walk_in", &format!("stall {place}")).await;
        // Handed over by mistake, and taken back.
        let mut body = stalls.body(7, 0);
        body["contact"] = json!({"name": "Contoh Keliru", "phone": "0812-0000-0997"});
        let order = officer.fresh_key().post("/v1/orders", body).await.expect(201);
        stalls.step(&order, &sari, &["accept", "ready", "hand_over", "undo"]).await;
    }
    // The goods of the first day come back in the next month.
    let order = first.unwrap();
    stalls.step(&order, &sari, &["return"]).await;
    stalls.takings.push(Taking {
        day: "2026-12-01".parse().unwrap(),
        group: stalls.village.sekar_laras.to_string(),
        product: stalls.pastel.to_string(),
        channel: "app",
        buyer: "buyer".into(),
        amount: -25_000,
    });

    let treasurer = stalls.signed_in(&stalls.village.treasurer).await;
    let officer = stalls.signed_in(&sari).await;
    let (whole, own) = (stalls.village.cooperative.to_string(), stalls.village.sekar_laras.to_string());
    let whose = [
        (&treasurer, format!("/v1/cooperatives/{whole}/sales"), None),
        (&officer, format!("/v1/groups/{own}/sales"), Some(own.as_str())),
    ];
    for (reader, path, group) in whose {
        for by in ["day", "week", "month", "product", "group", "channel", "buyer"] {
            if by == "group" && group.is_some() {
                continue;
            }
            let expected = match by {
                "day" => stalls.by(group, |taking| taking.day.to_string()),
                "week" => stalls.by(group, |taking| taking.day.iso_week().week().to_string()),
                "month" => stalls.by(group, |taking| taking.day.format("%Y-%m").to_string()),
                "product" => stalls.by(group, |taking| taking.product.clone()),
                "group" => stalls.by(group, |taking| taking.group.clone()),
                "channel" => stalls.by(group, |taking| taking.channel.to_owned()),
                _ => stalls.by(group, |taking| taking.buyer.clone()),
            };
            let asked = format!("{path}?from=2026-11-01&to=2026-12-31&by={by}");
            let report = reader.get(&asked).await.expect(200);
            let mut told = rows(&report);
            // Empty days are no rows of the orders.
            told.retain(|key, amount| *amount != 0 || expected.contains_key(key));
            match by {
                "week" | "buyer" => {
                    let mut amounts =
                        [told.values().copied().collect::<Vec<_>>(), expected.values().copied().collect()];
                    amounts.iter_mut().for_each(|amounts| amounts.sort_unstable());
                    assert_eq!(amounts[0], amounts[1], "{asked}");
                }
                _ => assert_eq!(told, expected, "{asked}"),
            }
            assert_eq!(report.json["totals"]["amount"], expected.values().sum::<i64>(), "{asked}");
            same_as_table(&report, &reader.with("accept", "text/csv").get(&asked).await.expect(200));
        }
    }
    stalls.village.work().await;
}

/// The report by buyer, of one group or of the cooperative.
async fn by_buyer(reader: &Person, path: &str) -> Vec<Value> {
    let report = reader.get(&format!("{path}?from=2026-11-01&to=2026-12-31&by=buyer")).await.expect(200);
    report.json["rows"].as_array().unwrap().clone()
}

#[actix_web::test]
async fn goods_of_a_guest_that_come_back_after_an_account_took_the_order_over_are_taken_from_the_same_buyer() {
    let stalls = Stalls::open().await;
    let village = &stalls.village;
    let mut body = stalls.body(10, 0);
    body["contact"] = json!({"name": "Contoh Tamu", "phone": "0812-0000-0999"});
    let order = village.guest().fresh_key().post("/v1/orders", body).await.expect(201);
    stalls.step(&order, &village.sari, &["accept", "ready", "hand_over"]).await;
    let path = format!("/v1/cooperatives/{}/sales", village.cooperative);
    let sold = by_buyer(&village.treasurer, &path).await;
    assert_eq!((sold.len(), &sold[0]["amount"]), (1, &json!(25_000)));

    let claim = format!("/v1/track/{}/claim", order.json["track"]["secret"].as_str().unwrap());
    village.buyer.fresh_key().post(&claim, json!({})).await.expect(200);
    stalls.step(&order, &village.sari, &["return"]).await;
    let after = by_buyer(&village.treasurer, &path).await;
    assert!(
        after.iter().all(|row| row["key"] == sold[0]["key"] && row["amount"] == 0),
        "what came back stands where it was sold: {after:?}"
    );
    village.work().await;
}

#[actix_web::test]
async fn who_answers_for_the_goods_or_the_money_reads_who_bought_and_nobody_else() {
    let stalls = Stalls::open().await;
    let village = &stalls.village;
    let order = village.buyer.fresh_key().post("/v1/orders", stalls.body(10, 20)).await.expect(201);
    for officer in [&village.sari, &village.darsih] {
        stalls.step(&order, officer, &["accept", "ready", "hand_over"]).await;
    }
    let whole = format!("/v1/cooperatives/{}/sales", village.cooperative);
    let own = format!("/v1/groups/{}/sales", village.sekar_laras);
    let named = async |reader: &Person, path: &str| {
        let rows = by_buyer(reader, path).await;
        assert_eq!(rows.len(), 1, "{rows:?}");
        let json = rows[0]["label"].as_str().unwrap().contains(&village.buyer.name);
        let asked = format!("{path}?from=2026-11-01&to=2026-12-31&by=buyer");
        let table = reader.with("accept", "text/csv").get(&asked).await.expect(200);
        assert_eq!(table.text().contains(&village.buyer.name), json, "the table tells as much: {}", table.text());
        json
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
        assert_eq!(named(reader, path).await, sees, "{} reads {path}", reader.name);
    }
    village.darsih.get(&own).await.problem(404, "not-found");
    village.work().await;
}
