//! Sales as people look at them: pictures, and the figures that are drawn.

use serde_json::{Value, json};

use crate::market_days::at;
use crate::world::{Reply, Village, World, pastel};

/// The path of something of the group's sales.
fn of_group(village: &Village, rest: &str) -> String {
    format!("/v1/groups/{}/sales{rest}", village.sekar_laras)
}

async fn sells(village: &Village, product: impl serde::Serialize, pieces: i64) {
    let sale = json!({"lines": [{"product": product, "quantity": pieces}]});
    village.clock.advance(lumbung::kernel::Duration::seconds(1));
    village.again(&village.sari).await.fresh_key().post(&of_group(village, ""), sale).await.expect(201);
}

async fn costs(village: &Village, batch: impl std::fmt::Display, unit_cost: i64) {
    let path = format!("/v1/batches/{batch}");
    let seen = village.sari.get(&path).await.expect(200);
    village.sari.editing(&seen).patch(&path, json!({"unit_cost": unit_cost})).await.expect(200);
}

async fn picture(village: &Village, rest: &str) -> Reply {
    let reply = village.sari.get(&of_group(village, rest)).await.expect(200);
    assert_eq!(reply.header("content-type"), Some("image/svg+xml"));
    let text = reply.text();
    assert!(text.starts_with("<svg ") && text.trim_end().ends_with("</svg>"), "{text}");
    for said in [" role=\"img\">", "<title>", "<desc>"] {
        assert_eq!(text.matches(said).count(), 1, "{said}: {text}");
    }
    reply
}

const ALL: [&str; 5] = ["turnover.svg", "products.svg", "channels.svg", "margin.svg", "days.svg"];

#[actix_web::test]
async fn a_name_that_would_be_markup_is_drawn_as_text() {
    let village = World::village().await;
    let mut offering = pastel();
    offering.name = "<script>alert(1)</script> & \u{202e}Pastel yang diberi nama panjang sekali sampai habis".into();
    let product = village.lists(offering).await;
    let batch = village.shelves(product, 40, "2026-11-23").await;
    costs(&village, batch, 1_500).await;
    sells(&village, product, 10).await;
    for name in ["/products.svg", "/margin.svg"] {
        let text = picture(&village, name).await.text();
        assert!(!text.contains("<script") && !text.contains('\u{202e}'), "{text}");
        assert!(text.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp;"), "{text}");
        assert!(text.contains('…') && !text.contains("sampai habis"), "{text}");
    }
    village.work().await;
}

#[actix_web::test]
async fn what_is_drawn_of_a_group_by_hand() {
    let village = World::village().await;
    let (product, batch) = village.pastel_on_the_shelf(40).await;
    let (other, _) = village.pastel_on_the_shelf(40).await;
    costs(&village, batch, 1_500).await;
    sells(&village, product, 30).await;
    sells(&village, other, 10).await;

    let products = picture(&village, "/products.svg").await.text();
    for said in ["Omzet menurut produk", "Rp75.000 · 75,0 %", "Rp25.000 · 25,0 %"] {
        assert!(products.contains(said), "{said}: {products}");
    }
    let channels = picture(&village, "/channels.svg").await.text();
    assert!(channels.contains("Beli di tempat") && channels.contains("Rp100.000 · 100,0 %"), "{channels}");
    // Thirty pieces at Rp2.500, less a tenth for the cooperative, less Rp1.500 each; the other product has no cost.
    let margin = picture(&village, "/margin.svg").await.text();
    assert!(margin.contains("Rp22.500") && margin.contains("Belum ada biaya satuan: Pastel"), "{margin}");
    // One Monday among the thirty days in five weeks.
    let days = picture(&village, "/days.svg?from=2026-11-17&to=2026-11-30").await.text();
    assert!(days.contains("Senin") && days.contains("Rp50.000"), "{days}");
    let turnover = picture(&village, "/turnover.svg?from=2026-11-01&to=2026-11-30").await.text();
    for said in ["Omzet per hari", "Tahun ini", "Hari Hijriah yang sama tahun lalu", "Jumlah Rp100.000", "100.000"] {
        assert!(turnover.contains(said), "{said}: {turnover}");
    }
    let english = village.sari.in_english().get(&of_group(&village, "/turnover.svg?by=week")).await.expect(200).text();
    assert!(english.contains("Turnover by week") && english.contains("This year"), "{english}");
    // The cooperative's are those of its groups.
    for name in ALL {
        let whole = village.treasurer.get(&format!("/v1/cooperatives/{}/sales/{name}", village.cooperative)).await;
        assert_eq!(whole.expect(200).text(), picture(&village, &format!("/{name}")).await.text(), "{name}");
    }
    village.work().await;
}

#[actix_web::test]
async fn a_picture_of_nothing_says_so() {
    let village = World::village().await;
    for name in ALL {
        let text = picture(&village, &format!("/{name}")).await.text();
        assert!(text.contains("Belum ada penjualan pada hari-hari ini."), "{name}: {text}");
    }
}

#[actix_web::test]
async fn a_picture_that_is_not_there_or_of_days_that_cannot_be_is_refused() {
    let village = World::village().await;
    let get = async |rest: &str| village.sari.get(&of_group(&village, rest)).await;
    get("/pie.svg").await.problem(404, "not-found");
    get("/products.svg?by=week").await.problem(400, "query-invalid").fault("/by", "unknown");
    get("/turnover.svg?by=month").await.problem(400, "query-invalid");
    get("/days.svg?from=2026-11-02&to=2026-11-01").await.problem(400, "query-invalid").fault("/from", "after-to");
    get("?by=channel&with=margin").await.problem(400, "query-invalid").fault("/with", "does-not-fit-rows");
    get("?by=product&with=last_year").await.problem(400, "query-invalid").fault("/with", "does-not-fit-rows");
    // Far from all tables there is no year before, and nothing breaks.
    get("/turnover.svg?from=0001-01-01&to=0001-01-31").await.expect(200);
    get("?from=9999-12-01&to=9999-12-31&with=last_year").await.expect(200);
}

#[actix_web::test]
async fn last_year_is_the_same_day_of_the_hijri_year() {
    let mut village = World::village().await;
    let (product, _) = village.pastel_on_the_shelf(40).await;
    sells(&village, product, 10).await;
    // 23 November 2026 was 13 Jumadilakhir 1448; a Hijri year later that is 12 November 2027.
    at(&mut village, "2027-11-12T01:00:00Z").await;
    let later = village.lists(pastel()).await;
    village.shelves(later, 40, "2027-11-12").await;
    sells(&village, later, 4).await;
    let sari = village.again(&village.sari).await;
    let path = of_group(&village, "?from=2027-11-11&to=2027-11-13&with=last_year");
    let seen = sari.get(&path).await.expect(200).json;
    let rows: Vec<Value> = seen["rows"]
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
    assert_eq!((&seen["totals"]["amount"], &seen["totals"]["last_year"]), (&json!(10_000), &json!(25_000)));
    let table = sari.with("accept", "text/csv").get(&path).await.expect(200).text();
    assert!(table.contains("amount,orders,last_year\r\n"), "{table}");
    assert!(table.contains("2027-11-12,12 November 2027,4,piece,10000,1,25000\r\n"), "{table}");
    let drawn = sari.get(&of_group(&village, "/turnover.svg?from=2027-11-08&to=2027-11-14&by=week")).await.expect(200);
    assert!(drawn.text().contains("Jumlah Rp10.000; pada hari Hijriah yang sama tahun lalu Rp25.000."), "{drawn:?}");
    village.work().await;
}

#[actix_web::test]
async fn what_is_left_is_told_where_the_cost_is_known_and_goes_when_goods_come_back() {
    let village = World::village().await;
    let (product, batch) = village.pastel_on_the_shelf(40).await;
    costs(&village, batch, 1_500).await;
    let order = village.ordered(product, 10).await;
    village.step(&village.sari, &order, "accept").await.expect(200);
    village.step(&village.sari, &order, "hand_over").await.expect(200);
    let seen = village.sari.get(&of_group(&village, "?by=product&with=margin")).await.expect(200).json;
    let left = json!({"service": 2_500, "costed": 25_000, "cost": 15_000, "left": 7_500});
    assert_eq!((&seen["rows"][0]["margin"], &seen["totals"]["margin"]), (&left, &left));
    village.step(&village.sari, &order, "undo").await.expect(200);
    let seen = village.sari.get(&of_group(&village, "?by=product&with=margin")).await.expect(200).json;
    assert_eq!(seen["rows"][0]["margin"], json!({"service": 0, "costed": 0}));
    // A cost that is noted or mended later counts for what was sold already.
    village.clock.advance(lumbung::kernel::Duration::seconds(1));
    village.step(&village.sari, &order, "hand_over").await.expect(200);
    costs(&village, batch, 2_000).await;
    let seen = village.sari.get(&of_group(&village, "?by=product&with=margin")).await.expect(200).json;
    assert_eq!(seen["rows"][0]["margin"]["cost"], json!(20_000));
    village.step(&village.sari, &order, "undo").await.expect(200);
    // Without a cost nothing is guessed.
    let (other, _) = village.pastel_on_the_shelf(40).await;
    sells(&village, other, 4).await;
    let seen = village.sari.get(&of_group(&village, "?by=product&with=margin")).await.expect(200).json;
    assert_eq!(seen["rows"][0]["margin"], json!({"service": 1_000, "costed": 0}));
    village.work().await;
}

#[actix_web::test]
async fn days_of_the_week_tell_how_many_of_them_there_were() {
    let village = World::village().await;
    let (product, _) = village.pastel_on_the_shelf(40).await;
    sells(&village, product, 10).await;
    let seen = village.sari.get(&of_group(&village, "?from=2026-11-01&to=2026-11-30&by=weekday")).await.expect(200);
    let row = &seen.json["rows"][0];
    assert_eq!(json!([row["key"], row["label"], row["amount"], row["days"]]), json!(["monday", "Senin", 25_000, 5]));
    village.work().await;
}
