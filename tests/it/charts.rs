//! Sales charts, and the reports that they draw.

use serde_json::{Value, json};

use crate::market_days::advance_to;
use crate::printed_statements::read_xlsx;
use crate::world::{Reply, Village, World, pastel};

/// A path below the group's sales.
fn sales_path(village: &Village, rest: &str) -> String {
    format!("/v1/groups/{}/sales{rest}", village.sekar_laras)
}

async fn sell(village: &Village, product: impl serde::Serialize, pieces: i64) {
    let sale = json!({"lines": [{"product": product, "quantity": pieces}]});
    village.clock.advance(lumbung::kernel::Duration::seconds(1));
    village.sign_in_again(&village.sari).await.with_new_key().post(&sales_path(village, ""), sale).await.expect(201);
}

async fn set_unit_cost(village: &Village, batch: impl std::fmt::Display, unit_cost: i64) {
    let path = format!("/v1/batches/{batch}");
    let report = village.sari.get(&path).await.expect(200);
    village.sari.with_version_of(&report).patch(&path, json!({"unit_cost": unit_cost})).await.expect(200);
}

async fn load_chart(village: &Village, rest: &str) -> Reply {
    let reply = village.sari.get(&sales_path(village, rest)).await.expect(200);
    assert_eq!(reply.header("content-type"), Some("image/svg+xml"));
    let text = reply.text();
    assert!(text.starts_with("<svg ") && text.trim_end().ends_with("</svg>"), "{text}");
    for part in [" role=\"img\">", "<title>", "<desc>"] {
        assert_eq!(text.matches(part).count(), 1, "{part}: {text}");
    }
    reply
}

const CHARTS: [&str; 5] = ["turnover.svg", "products.svg", "channels.svg", "margin.svg", "days.svg"];

#[actix_web::test]
async fn a_name_that_would_be_markup_is_drawn_as_text() {
    let village = World::village().await;
    let mut offering = pastel();
    offering.name = "<script>alert(1)</script> & \u{202e}Pastel yang diberi nama panjang sekali sampai habis".into();
    let product = village.publish_product(offering).await;
    let batch = village.open_stock_batch(product, 40, "2026-11-23").await;
    set_unit_cost(&village, batch, 1_500).await;
    sell(&village, product, 10).await;
    for name in ["/products.svg", "/margin.svg"] {
        let text = load_chart(&village, name).await.text();
        assert!(!text.contains("<script") && !text.contains('\u{202e}'), "{text}");
        assert!(text.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp;"), "{text}");
        assert!(text.contains('…') && !text.contains("sampai habis"), "{text}");
    }
    village.work().await;
}

#[actix_web::test]
async fn the_charts_of_a_group_in_a_worked_example() {
    let village = World::village().await;
    let (product, batch) = village.create_pastel_in_stock(40).await;
    let (other, _) = village.create_pastel_in_stock(40).await;
    set_unit_cost(&village, batch, 1_500).await;
    sell(&village, product, 30).await;
    sell(&village, other, 10).await;

    let products = load_chart(&village, "/products.svg").await.text();
    for part in ["Omzet menurut produk", "Rp75.000 · 75,0 %", "Rp25.000 · 25,0 %"] {
        assert!(products.contains(part), "{part}: {products}");
    }
    let channels = load_chart(&village, "/channels.svg").await.text();
    assert!(channels.contains("Beli di tempat") && channels.contains("Rp100.000 · 100,0 %"), "{channels}");
    // Thirty pieces at Rp2.500, less a tenth for the cooperative, less Rp1.500 each; the other product has no cost.
    let margin = load_chart(&village, "/margin.svg").await.text();
    assert!(margin.contains("Rp22.500") && margin.contains("Belum ada biaya satuan: Pastel"), "{margin}");
    // One Monday among the thirty days in five weeks.
    let days = load_chart(&village, "/days.svg?from=2026-11-17&to=2026-11-30").await.text();
    assert!(days.contains("Senin") && days.contains("Rp50.000"), "{days}");
    let turnover = load_chart(&village, "/turnover.svg?from=2026-11-01&to=2026-11-30").await.text();
    for part in ["Omzet per hari", "Tahun ini", "Hari Hijriah yang sama tahun lalu", "Jumlah Rp100.000", "100.000"] {
        assert!(turnover.contains(part), "{part}: {turnover}");
    }
    let english =
        village.sari.in_english().get(&sales_path(&village, "/turnover.svg?by=week")).await.expect(200).text();
    assert!(english.contains("Turnover by week") && english.contains("This year"), "{english}");
    // The cooperative's charts are those of its only group.
    for name in CHARTS {
        let whole = village.treasurer.get(&format!("/v1/cooperatives/{}/sales/{name}", village.cooperative)).await;
        assert_eq!(whole.expect(200).text(), load_chart(&village, &format!("/{name}")).await.text(), "{name}");
    }
    village.work().await;
}

#[actix_web::test]
async fn a_chart_without_sales_says_so() {
    let village = World::village().await;
    for name in CHARTS {
        let text = load_chart(&village, &format!("/{name}")).await.text();
        assert!(text.contains("Belum ada penjualan pada hari-hari ini."), "{name}: {text}");
    }
}

#[actix_web::test]
async fn unknown_charts_and_invalid_periods_are_rejected() {
    let village = World::village().await;
    let get = async |rest: &str| village.sari.get(&sales_path(&village, rest)).await;
    get("/pie.svg").await.expect_problem(404, "not-found");
    get("/products.svg?by=week").await.expect_problem(400, "query-invalid").expect_field_error("/by", "unknown");
    get("/turnover.svg?by=month").await.expect_problem(400, "query-invalid");
    get("/days.svg?from=2026-11-02&to=2026-11-01")
        .await
        .expect_problem(400, "query-invalid")
        .expect_field_error("/from", "after-to");
    get("?by=channel&with=margin")
        .await
        .expect_problem(400, "query-invalid")
        .expect_field_error("/with", "does-not-fit-rows");
    get("?by=product&with=last_year")
        .await
        .expect_problem(400, "query-invalid")
        .expect_field_error("/with", "does-not-fit-rows");
    // Beyond the Hijri calendar there is no year before.
    get("/turnover.svg?from=0001-01-01&to=0001-01-31").await.expect(200);
    get("?from=9999-12-01&to=9999-12-31&with=last_year").await.expect(200);
}

#[actix_web::test]
async fn last_year_is_the_same_day_of_the_hijri_year() {
    let mut village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    sell(&village, product, 10).await;
    // 23 November 2026 was 13 Jumadilakhir 1448; a Hijri year later that is 12 November 2027.
    advance_to(&mut village, "2027-11-12T01:00:00Z").await;
    let later = village.publish_product(pastel()).await;
    village.open_stock_batch(later, 40, "2027-11-12").await;
    sell(&village, later, 4).await;
    let sari = village.sign_in_again(&village.sari).await;
    let path = sales_path(&village, "?from=2027-11-11&to=2027-11-13&with=last_year");
    let report = sari.get(&path).await.expect(200).json;
    let rows: Vec<Value> = report["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| json!([row["key"], row["amount"], row["last_year"]["from"], row["last_year"]["amount"]]))
        .collect();
    assert_eq!(
        rows,
        [
            json!(["2027-11-11", 0, "2026-11-22", 0]),
            json!(["2027-11-12", 10_000, "2026-11-23", 25_000]),
            json!(["2027-11-13", 0, "2026-11-24", 0]),
        ]
    );
    assert_eq!((&report["totals"]["amount"], &report["totals"]["last_year"]), (&json!(10_000), &json!(25_000)));
    let table = sari.with("accept", "text/csv").get(&path).await.expect(200).text();
    assert!(table.contains("amount,orders,last_year\r\n"), "{table}");
    assert!(table.contains("2027-11-12,12 November 2027,4,piece,10000,1,25000\r\n"), "{table}");
    let chart =
        sari.get(&sales_path(&village, "/turnover.svg?from=2027-11-08&to=2027-11-14&by=week")).await.expect(200);
    assert!(chart.text().contains("Jumlah Rp10.000; pada hari Hijriah yang sama tahun lalu Rp25.000."), "{chart:?}");
    village.work().await;
}

#[actix_web::test]
async fn the_margin_is_reported_for_known_costs_and_reversed_by_returns() {
    let village = World::village().await;
    let (product, batch) = village.create_pastel_in_stock(40).await;
    set_unit_cost(&village, batch, 1_500).await;
    let order = village.place_order(product, 10).await;
    village.transition_fulfilment(&village.sari, &order, "accept").await.expect(200);
    village.transition_fulfilment(&village.sari, &order, "hand_over").await.expect(200);
    let report = village.sari.get(&sales_path(&village, "?by=product&with=margin")).await.expect(200).json;
    let margin = json!({"service": 2_500, "costed": 25_000, "cost": 15_000, "left": 7_500});
    assert_eq!((&report["rows"][0]["margin"], &report["totals"]["margin"]), (&margin, &margin));
    village.transition_fulfilment(&village.sari, &order, "undo").await.expect(200);
    let report = village.sari.get(&sales_path(&village, "?by=product&with=margin")).await.expect(200).json;
    assert_eq!(report["rows"][0]["margin"], json!({"service": 0, "costed": 0, "cost": 0, "left": 0}));
    // A cost that is set or changed later counts for earlier sales.
    village.clock.advance(lumbung::kernel::Duration::seconds(1));
    village.transition_fulfilment(&village.sari, &order, "hand_over").await.expect(200);
    set_unit_cost(&village, batch, 2_000).await;
    let report = village.sari.get(&sales_path(&village, "?by=product&with=margin")).await.expect(200).json;
    assert_eq!(report["rows"][0]["margin"]["cost"], json!(20_000));
    village.transition_fulfilment(&village.sari, &order, "undo").await.expect(200);
    // Goods without a cost have no margin.
    let (other, _) = village.create_pastel_in_stock(40).await;
    sell(&village, other, 4).await;
    let report = village.sari.get(&sales_path(&village, "?by=product&with=margin")).await.expect(200).json;
    assert_eq!(report["rows"][0]["margin"], json!({"service": 1_000, "costed": 0}));
    village.work().await;
}

/// The margin of a period: what is left of all products, and the cost of each.
async fn load_margin(village: &Village, from: &str, to: &str) -> (i64, Vec<Value>) {
    let path = sales_path(village, &format!("?by=product&with=margin&from={from}&to={to}"));
    let report = village.sari.get(&path).await.expect(200).json;
    let costs = report["rows"].as_array().unwrap().iter().map(|row| row["margin"]["cost"].clone()).collect();
    (report["totals"]["margin"]["left"].as_i64().unwrap(), costs)
}

#[actix_web::test]
async fn the_margins_of_months_with_returns_add_up_to_that_of_the_year() {
    let mut village = World::village().await;
    advance_to(&mut village, "2027-01-15T01:00:00Z").await;
    let (bought, batch) = village.create_pastel_in_stock(12).await;
    set_unit_cost(&village, batch, 1_500).await;
    let order = village.place_order(bought, 12).await;
    village.transition_fulfilment(&village.sari, &order, "accept").await.expect(200);
    village.transition_fulfilment(&village.sari, &order, "hand_over").await.expect(200);
    advance_to(&mut village, "2027-02-03T01:00:00Z").await;
    village.transition_fulfilment(&village.sari, &order, "return").await.expect(200);
    let (other, batch) = village.create_pastel_in_stock(40).await;
    set_unit_cost(&village, batch, 1_500).await;
    sell(&village, other, 40).await;
    let january = load_margin(&village, "2027-01-01", "2027-01-31").await;
    let february = load_margin(&village, "2027-02-01", "2027-02-28").await;
    let both = load_margin(&village, "2027-01-01", "2027-02-28").await;
    assert_eq!(january, (9_000, vec![json!(18_000)]));
    assert_eq!(february, (21_000, vec![json!(60_000), json!(-18_000)]), "the cost of what came back is taken off");
    assert_eq!(both, (30_000, vec![json!(60_000), json!(0)]));
    let table = village.sari.with("accept", "text/csv");
    let table = table.get(&sales_path(&village, "?by=product&with=margin&from=2027-02-01&to=2027-02-28")).await;
    assert!(table.expect(200).text().contains(",7000,70000,42000,21000"));
    village.work().await;
}

#[actix_web::test]
async fn the_costs_of_days_add_up_to_that_of_their_period_also_by_weight() {
    let mut village = World::village().await;
    let weighed = |offering: &mut lumbung::catalogue::Offering| {
        offering.unit = lumbung::catalogue::Unit::Kilogram;
        offering.quantity_step = lumbung::kernel::Quantity::from_thousandths(100);
        offering.minimum_quantity = lumbung::kernel::Quantity::from_thousandths(100);
    };
    let product = village.create_product(village.sari_permit(), "Pepaya", weighed).await;
    let opening = lumbung::supply::Opening {
        made: Some(lumbung::kernel::Quantity::from_units(10)),
        best_before: Some("2026-12-31".parse().unwrap()),
        ..Default::default()
    };
    let batch = village.open_group_batch(village.sari_permit(), product, opening).await;
    set_unit_cost(&village, batch, 1_004).await;
    for moment in ["2026-11-24T01:00:00Z", "2026-11-25T01:00:00Z", "2026-11-26T01:00:00Z"] {
        advance_to(&mut village, moment).await;
        let sale = json!({"lines": [{"product": product, "quantity": 0.1}]});
        village.sari.with_new_key().post(&sales_path(&village, ""), sale).await.expect(201);
    }
    // 100.4 rupiah of cost a day: three days are 300, not 301.
    let mut days = 0;
    for day in ["2026-11-24", "2026-11-25", "2026-11-26"] {
        days += load_margin(&village, day, day).await.0;
    }
    assert_eq!(load_margin(&village, "2026-11-24", "2026-11-26").await, (days, vec![json!(300)]));
    village.work().await;
}

#[actix_web::test]
async fn weekdays_have_the_number_of_such_days() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    sell(&village, product, 10).await;
    let report = village.sari.get(&sales_path(&village, "?from=2026-11-01&to=2026-11-30&by=weekday")).await.expect(200);
    let row = &report.json["rows"][0];
    assert_eq!(json!([row["key"], row["label"], row["amount"], row["days"]]), json!(["monday", "Senin", 25_000, 5]));
    village.work().await;
}

/// The names of the columns of a report as CSV, which XLSX shares.
async fn load_columns(village: &Village, query: &str) -> Vec<String> {
    let path = sales_path(village, query);
    let csv = village.sari.with("accept", "text/csv").get(&path).await.expect(200).text();
    let columns: Vec<String> =
        csv.trim_start_matches('\u{feff}').lines().next().unwrap().split(',').map(str::to_owned).collect();
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let text = read_xlsx(&village.sari.with("accept", kind).get(&path).await.expect(200));
    for column in &columns {
        assert!(text.contains(&format!("<t>{column}</t>")), "{column} is missing: {text}");
    }
    columns
}

#[actix_web::test]
async fn the_columns_of_a_report_are_the_same_without_any_sale() {
    let village = World::village().await;
    let queries = ["?by=weekday", "?by=day", "?by=product", "?by=product&with=margin", "?by=month&with=last_year"];
    let mut empty = Vec::new();
    for query in queries {
        empty.push(load_columns(&village, query).await);
    }
    assert_eq!(empty[0].last().map(String::as_str), Some("days"));
    let (product, _) = village.create_pastel_in_stock(40).await;
    sell(&village, product, 10).await;
    for (query, columns) in queries.into_iter().zip(empty) {
        assert_eq!(load_columns(&village, query).await, columns, "{query}");
    }
    village.work().await;
}
