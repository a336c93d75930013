//! Availability by day: the product list of a day, the availability of a product and quotes agree.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, Weekday};
use diesel::connection::{Connection, InstrumentationEvent};
use lumbung::catalogue::{Category, Filters, Offering, PriceTier, Sort, Unit};
use lumbung::db;
use lumbung::kernel::ids::ProductId;
use lumbung::kernel::{Day, Duration, Quantity, Rupiah, Weekdays};
use lumbung::supply::{self, Opening};
use serde_json::{Value, json};

use crate::world::{Reply, Village, World, abon, explain, pastel};

fn pcs(units: i64) -> Quantity {
    Quantity::from_units(units)
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// This many days from Sunday on, the day before the world's Monday.
fn days(count: u64) -> impl Iterator<Item = Day> {
    (0..count).map(|ahead| day("2026-11-22").checked_add_days(Days::new(ahead)).unwrap())
}

fn ids(reply: &Reply) -> Vec<String> {
    let rows = reply.json["data"].as_array().unwrap_or_else(|| panic!("a list: {}", reply.text()));
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

impl Village {
    /// Products of every kind: in stock, expiring, sold out, planned, cancelled, made to order on some days, with steps,
    /// at two prices, and drafts.
    async fn create_varied_products(&self) -> BTreeMap<&'static str, ProductId> {
        let mut goods = BTreeMap::new();
        let named = |name: &str, edit: fn(&mut Offering)| {
            let mut offering = Offering::new(name, Category::FreshSnacks, Unit::Piece, Rupiah(2500));
            edit(&mut offering);
            offering
        };
        let on_order = |offering: &mut Offering| offering.daily_capacity = pcs(60);
        for (name, offering) in [
            ("pastel", pastel()),
            ("abon", abon()),
            ("two prices", named("Dua harga", |_| {})),
            (
                "dozens",
                named("Per lusin", |offering| {
                    (offering.minimum_quantity, offering.quantity_step) = (pcs(24), pcs(12));
                    offering.shelf_life_days = Some(3);
                }),
            ),
            (
                "far ahead",
                named("Jauh hari", |offering| {
                    (offering.daily_capacity, offering.lead_time_days, offering.open_days_ahead) = (pcs(10), 5, 20);
                }),
            ),
            (
                "same day",
                named("Hari ini", |offering| {
                    offering.daily_capacity = pcs(30);
                    offering.order_by = chrono::NaiveTime::from_hms_opt(15, 0, 0).unwrap();
                }),
            ),
            (
                "weekends",
                named("Akhir pekan", |offering| {
                    offering.daily_capacity = pcs(30);
                    offering.made_on = Weekdays::NONE.with(Weekday::Sat).with(Weekday::Sun);
                }),
            ),
            (
                "large orders",
                named("Pesanan besar", |offering| {
                    (offering.daily_capacity, offering.minimum_quantity) = (pcs(40), pcs(50));
                }),
            ),
            ("planned", named("Terencana", |offering| offering.lead_time_days = 1)),
            ("nothing", named("Tidak ada", |_| {})),
            ("sold out", named("Habis", on_order)),
            ("cancelled", named("Batal", on_order)),
            (
                "tiers",
                named("Bertingkat", |offering| {
                    offering.price_tiers = vec![PriceTier { from: pcs(10), price: Rupiah(2000) }];
                    offering.daily_capacity = pcs(12);
                    offering.minimum_quantity = pcs(5);
                }),
            ),
        ] {
            goods.insert(name, self.publish_product(offering).await);
        }
        self.create_draft(named("Konsep", on_order)).await;
        self.open_stock_batch(goods["abon"], 3, "2026-11-20").await;
        self.open_stock_batch(goods["pastel"], 5, "2026-11-23").await;
        self.open_stock_batch(goods["dozens"], 30, "2026-11-22").await;
        for (made, price) in [(4, None), (4, Some(Rupiah(3000)))] {
            let opening = Opening { made: Some(pcs(made)), price, ..Opening::default() };
            self.open_batch(goods["two prices"], opening).await;
        }
        let planned = |ready_on: &str, capacity| Opening {
            ready_on: Some(day(ready_on)),
            capacity: Some(pcs(capacity)),
            ..Opening::default()
        };
        self.open_batch(goods["planned"], planned("2026-11-25", 20)).await;
        self.open_batch(goods["planned"], planned("2026-11-27", 8)).await;
        self.open_batch(goods["sold out"], planned("2026-11-26", 10)).await;
        self.claim(goods["planned"], Some("2026-11-27"), 8).await.unwrap();
        self.claim(goods["sold out"], Some("2026-11-25"), 60).await.unwrap();
        self.claim(goods["sold out"], Some("2026-11-26"), 10).await.unwrap();
        self.claim(goods["tiers"], Some("2026-11-25"), 10).await.unwrap();
        let cancelled_batch = self.claim(goods["cancelled"], Some("2026-11-28"), 1).await.unwrap().batches[0].0;
        let db = &self.app.state.db;
        let now = self.clock.now();
        let cancel =
            supply::BatchTransition { action: supply::BatchAction::Cancel, cutoff_at: None, by: None, version: None };
        let cancellation = db.write::<_, lumbung::web::Problem, _>(move |tx| {
            supply::release(tx, cancelled_batch, pcs(1))?;
            Ok(supply::transition(tx, now, cancelled_batch, cancel)?)
        });
        cancellation.await.unwrap();
        goods
    }

    /// The product ids in the list of a day, read in pages; all pages but the last must be full.
    async fn listed_on(&self, day: Day, page: usize) -> Vec<String> {
        let (mut listed, mut path) = (Vec::new(), format!("/v1/products?available_on={day}&limit={page}"));
        loop {
            let reply = self.guest().get(&path).await.expect(200);
            listed.extend(ids(&reply));
            match reply.json["next"].as_str() {
                None => return listed,
                Some(next) => {
                    assert_eq!(ids(&reply).len(), page, "a page that is not the last is full");
                    path = format!("/v1/products?available_on={day}&limit={page}&cursor={next}");
                }
            }
        }
    }

    /// Whether the product's availability on the day covers the minimum quantity at one price.
    async fn is_in_availability(&self, product: ProductId, day: Day, minimum: f64) -> bool {
        let path = format!("/v1/products/{product}/availability?from={day}&to={day}");
        let reply = self.guest().get(&path).await.expect(200);
        let mut by_price: BTreeMap<i64, f64> = BTreeMap::new();
        for row in reply.json["data"].as_array().unwrap() {
            *by_price.entry(row["price"].as_i64().unwrap()).or_default() += row["available"].as_f64().unwrap();
        }
        by_price.values().any(|sum| *sum >= minimum)
    }

    /// The names of the products that are available on a day; the list, the availability and the quotes must agree.
    async fn available_on<'g>(&self, goods: &BTreeMap<&'g str, ProductId>, day: Day) -> BTreeSet<&'g str> {
        let listed: BTreeSet<String> = self.listed_on(day, 100).await.into_iter().collect();
        let mut available = BTreeSet::new();
        for (name, id) in goods {
            let product_view = self.guest().get(&format!("/v1/products/{id}")).await.expect(200);
            let minimum = &product_view.json["minimum_quantity"];
            let in_list = listed.contains(&id.to_string());
            let in_availability = self.is_in_availability(*id, day, minimum.as_f64().unwrap()).await;
            let in_quote = self.is_in_quote(*id, day, minimum).await;
            assert_eq!((in_list, in_list), (in_availability, in_quote), "{name} on {day}: list, (availability, quote)");
            if in_list {
                available.insert(*name);
            }
        }
        assert_eq!(listed.len(), available.len(), "{listed:?}");
        available
    }

    /// Whether a quote covers the minimum quantity.
    async fn is_in_quote(&self, product: ProductId, day: Day, minimum: &Value) -> bool {
        let line = json!({"product": product, "quantity": minimum, "ready_on": day});
        let body = json!({"cooperative": self.cooperative, "lines": [line]});
        let reply = self.guest().post("/v1/quotes", body).await;
        reply.status == 200 && reply.json["complete"] == json!(true)
    }
}

#[actix_web::test]
async fn the_list_of_a_day_agrees_with_availability_and_quotes() {
    let village = World::village().await;
    let goods = village.create_varied_products().await;
    let mut available: BTreeSet<&str> = BTreeSet::new();
    // In the afternoon, and after the cut-off of orders for tomorrow.
    for hours in [0, 4] {
        village.clock.advance(Duration::hours(hours));
        for day in days(24) {
            available.extend(village.available_on(&goods, day).await);
        }
    }
    let never: Vec<&&str> = goods.keys().filter(|name| !available.contains(*name)).collect();
    assert_eq!(never, [&"large orders", &"nothing"], "every other product is available on some day");
}

#[actix_web::test]
async fn nothing_is_available_on_closed_days_and_other_days_are_unaffected() {
    let village = World::village().await;
    let mut goods = village.create_varied_products().await;
    let before_closing: Vec<(Day, BTreeSet<&str>)> = {
        let mut by_day = Vec::new();
        for day in days(10) {
            by_day.push((day, village.available_on(&goods, day).await));
        }
        by_day
    };
    let chips = village.group_permit(&village.darsih, village.singkong_wareg);
    let neighbours = village.create_product(chips, "Keripik", |offering| offering.daily_capacity = pcs(60)).await;
    let closed_days = ["2026-11-23", "2026-11-25", "2026-11-26", "2026-11-28"].map(day);
    for day in closed_days {
        let path = format!("/v1/groups/{}/closed_days/{day}", village.sekar_laras);
        village.sari.put(&path, json!({})).await.expect(201);
    }
    goods.insert("neighbours", neighbours);
    for (day, before) in before_closing {
        let available = village.available_on(&goods, day).await;
        if closed_days.contains(&day) {
            assert!(available.iter().all(|name| *name == "neighbours"), "{available:?} on {day}");
        } else {
            assert_eq!(
                available.iter().filter(|name| **name != "neighbours").copied().collect::<BTreeSet<_>>(),
                before
            );
        }
        assert_eq!(available.contains("neighbours"), day >= closed_days[0], "{day}");
    }
}

#[actix_web::test]
async fn products_in_the_list_of_a_day_can_be_ordered_for_that_day() {
    let village = World::village().await;
    let goods = village.create_varied_products().await;
    let mut ordered = 0;
    for day in days(8) {
        let listed = village.listed_on(day, 100).await;
        for (name, id) in &goods {
            let product_view = village.guest().get(&format!("/v1/products/{id}")).await.expect(200);
            let line = json!({"product": id, "quantity": product_view.json["minimum_quantity"], "ready_on": day});
            let mut body = json!({"cooperative": village.cooperative, "lines": [line], "expected_total": 0});
            let quote = village.buyer.post(
                "/v1/quotes",
                json!({
                    "cooperative": village.cooperative, "lines": body["lines"],
                }),
            );
            body["expected_total"] = quote.await.json["total"].clone();
            if body["expected_total"].is_null() {
                body["expected_total"] = json!(0);
            }
            let placed = village.buyer.with_new_key().post("/v1/orders", body).await;
            assert_eq!(placed.status == 201, listed.contains(&id.to_string()), "{name} on {day}: {}", placed.text());
            if placed.status == 201 {
                ordered += 1;
                let cancel = json!({"action": "cancel"});
                let path = format!("/v1/orders/{}/transitions", placed.id());
                village.buyer.with_new_key().post(&path, cancel).await.expect(200);
            }
        }
    }
    assert!(ordered > 30, "{ordered} orders");
    village.work().await;
}

#[actix_web::test]
async fn pages_of_a_day_are_full_and_contain_every_row_once() {
    let village = World::village().await;
    // Of every three products the first is available. The second has less than its minimum, the third no stock.
    for number in 0..45 {
        let mut offering = Offering::new(format!("Barang {number:02}"), Category::DrySnacks, Unit::Pack, Rupiah(1000));
        offering.minimum_quantity = pcs(if number % 3 == 1 { 4 } else { 1 });
        let product = village.publish_product(offering).await;
        if number % 3 != 2 {
            village.open_stock_batch(product, 2, "2026-11-23").await;
        }
    }
    let whole = village.listed_on(day("2026-11-24"), 100).await;
    assert_eq!(whole.len(), 15);
    for page in [1, 2, 7, 15] {
        assert_eq!(village.listed_on(day("2026-11-24"), page).await, whole, "in pages of {page}");
    }
    let first = village.guest().get("/v1/products?available_on=2026-11-24&limit=2").await.expect(200);
    let cursor = first.json["next"].as_str().unwrap();
    for other in ["", "available_on=2026-11-25&"] {
        let path = format!("/v1/products?{other}limit=2&cursor={cursor}");
        village.guest().get(&path).await.expect_problem(400, "cursor-invalid");
    }
    for sort in ["price", "-price", "newest"] {
        let path = format!("/v1/products?available_on=2026-11-24&sort={sort}&limit=100");
        assert_eq!(ids(&village.guest().get(&path).await.expect(200)).len(), 15, "{sort}");
    }
    let filtered = "/v1/products/compact?available_on=2026-11-24&q=barang&max_price=1000&category=dry_snacks";
    let reply = village.guest().get(filtered).await.expect(200);
    assert_eq!(ids(&reply).len(), 15);
    assert!(reply.header("cache-control").unwrap().starts_with("public, max-age=60"));
    let again = village.guest().with("if-none-match", reply.header("etag").unwrap()).get(filtered).await;
    assert_eq!((again.status, again.bytes.len()), (304, 0));
    for query in ["available_on=tomorrow", "available_on=2026-02-30", "available_on="] {
        village.guest().get(&format!("/v1/products?{query}")).await.expect_problem(400, "query-invalid");
    }
}

#[actix_web::test]
async fn the_list_of_a_day_uses_the_indexes_of_names_and_of_batches_by_product() {
    let village = World::village().await;
    village.create_varied_products().await;
    let now = village.clock.now();
    let statements = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let sink = std::sync::Arc::clone(&statements);
    let query = village.app.state.db.read::<_, db::Error, _>(move |conn| {
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                sink.lock().unwrap().push(query.to_string());
            }
        });
        let rows = supply::list_available_on(conn, now, day("2026-11-26"), &Filters::default(), Sort::Name, None, 21);
        conn.set_instrumentation(|_: InstrumentationEvent<'_>| {});
        rows
    });
    query.await.unwrap();
    let statements = statements.lock().unwrap().clone();
    let statement = statements.iter().find(|query| query.contains("LIMIT")).expect("the list").clone();
    let statement = statement.split(" -- binds").next().unwrap().trim().to_owned();
    let plan = explain(&village, statement, "enable_sort").await;
    assert!(plan.contains("products_listed_sort_name_index"), "{plan}");
    assert!(plan.contains("batches_product_id"), "{plan}");
    assert!(!plan.contains("TEMP B-TREE") && !plan.contains("Sort Key"), "{plan}");
    assert!(!plan.contains("SCAN batches") && !plan.contains("Seq Scan on batches"), "{plan}");
}
