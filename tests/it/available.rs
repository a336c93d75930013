//! What can be had on which day: the public list of a day, the days of a product, and the quote say the same.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, Weekday};
use diesel::connection::{Connection, InstrumentationEvent};
use lumbung::catalogue::{Category, Filters, Offering, PriceTier, Sort, Unit};
use lumbung::db;
use lumbung::kernel::ids::ProductId;
use lumbung::kernel::{Day, Duration, Quantity, Rupiah, Weekdays};
use lumbung::supply::{self, Opening};
use serde_json::{Value, json};

use crate::world::{Reply, Village, World, abon, explained, pastel};

fn pcs(units: i64) -> Quantity {
    Quantity::units(units)
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// The days from Sunday before the world's Monday on.
fn days(many: u64) -> impl Iterator<Item = Day> {
    (0..many).map(|ahead| day("2026-11-22").checked_add_days(Days::new(ahead)).unwrap())
}

fn ids(reply: &Reply) -> Vec<String> {
    let rows = reply.json["data"].as_array().unwrap_or_else(|| panic!("a list: {}", reply.text()));
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

impl Village {
    /// Goods of every kind: on the shelf, spoiling, sold out, planned, called off, made to order on some days, in
    /// steps, at two prices, drafts and retired ones.
    async fn varied_goods(&self) -> BTreeMap<&'static str, ProductId> {
        let mut goods = BTreeMap::new();
        let named = |name: &str, change: fn(&mut Offering)| {
            let mut offering = Offering::new(name, Category::FreshSnacks, Unit::Piece, Rupiah(2500));
            change(&mut offering);
            offering
        };
        let on_order = |offering: &mut Offering| offering.daily_capacity = pcs(60);
        for (name, offering) in [
            ("pastel", pastel()),
            ("abon", abon()),
            ("two prices", named("Dua harga", |_| {})),
            (
                "dozens",
                named("Per lusin", |it| {
                    (it.minimum_quantity, it.quantity_step) = (pcs(24), pcs(12));
                    it.shelf_life_days = Some(3);
                }),
            ),
            (
                "far ahead",
                named("Jauh hari", |it| {
                    (it.daily_capacity, it.lead_time_days, it.open_days_ahead) = (pcs(10), 5, 20);
                }),
            ),
            (
                "same day",
                named("Hari ini", |it| {
                    it.daily_capacity = pcs(30);
                    it.order_by = chrono::NaiveTime::from_hms_opt(15, 0, 0).unwrap();
                }),
            ),
            (
                "weekends",
                named("Akhir pekan", |it| {
                    it.daily_capacity = pcs(30);
                    it.made_on = Weekdays::NONE.with(Weekday::Sat).with(Weekday::Sun);
                }),
            ),
            (
                "large orders",
                named("Pesanan besar", |it| {
                    (it.daily_capacity, it.minimum_quantity) = (pcs(40), pcs(50));
                }),
            ),
            ("planned", named("Terencana", |it| it.lead_time_days = 1)),
            ("nothing", named("Tidak ada", |_| {})),
            ("sold out", named("Habis", on_order)),
            ("called off", named("Batal", on_order)),
            (
                "tiers",
                named("Bertingkat", |it| {
                    it.price_tiers = vec![PriceTier { from: pcs(10), price: Rupiah(2000) }];
                    it.daily_capacity = pcs(12);
                    it.minimum_quantity = pcs(5);
                }),
            ),
        ] {
            goods.insert(name, self.lists(offering).await);
        }
        self.drafts(named("Konsep", on_order)).await;
        self.shelves(goods["abon"], 3, "2026-11-20").await;
        self.shelves(goods["pastel"], 5, "2026-11-23").await;
        self.shelves(goods["dozens"], 30, "2026-11-22").await;
        for (made, price) in [(4, None), (4, Some(Rupiah(3000)))] {
            let opening = Opening { made: Some(pcs(made)), price, ..Opening::default() };
            self.opens(goods["two prices"], opening).await;
        }
        let planned = |ready_on: &str, capacity| Opening {
            ready_on: Some(day(ready_on)),
            capacity: Some(pcs(capacity)),
            ..Opening::default()
        };
        self.opens(goods["planned"], planned("2026-11-25", 20)).await;
        self.opens(goods["planned"], planned("2026-11-27", 8)).await;
        self.opens(goods["sold out"], planned("2026-11-26", 10)).await;
        self.claims(goods["planned"], Some("2026-11-27"), 8).await.unwrap();
        self.claims(goods["sold out"], Some("2026-11-25"), 60).await.unwrap();
        self.claims(goods["sold out"], Some("2026-11-26"), 10).await.unwrap();
        self.claims(goods["tiers"], Some("2026-11-25"), 10).await.unwrap();
        let off = self.claims(goods["called off"], Some("2026-11-28"), 1).await.unwrap().parts[0].0;
        let db = &self.app.state.db;
        let now = self.clock.now();
        let cancel = supply::Step { action: supply::BatchAction::Cancel, cutoff_at: None, by: None, version: None };
        let gone = db.write::<_, lumbung::web::Problem, _>(move |tx| {
            supply::release(tx, off, pcs(1))?;
            Ok(supply::transition(tx, now, off, cancel)?)
        });
        gone.await.unwrap();
        goods
    }

    /// What the list says can be had on a day, read in small pages that are each full.
    async fn listed_on(&self, day: Day, page: usize) -> Vec<String> {
        let (mut seen, mut path) = (Vec::new(), format!("/v1/products?available_on={day}&limit={page}"));
        loop {
            let reply = self.guest().get(&path).await.expect(200);
            seen.extend(ids(&reply));
            match reply.json["next"].as_str() {
                None => return seen,
                Some(next) => {
                    assert_eq!(ids(&reply).len(), page, "a page that is not the last is full");
                    path = format!("/v1/products?available_on={day}&limit={page}&cursor={next}");
                }
            }
        }
    }

    /// Whether a product's own days say that the smallest order can be had at one price.
    async fn days_say(&self, product: ProductId, day: Day, minimum: f64) -> bool {
        let path = format!("/v1/products/{product}/availability?from={day}&to={day}");
        let reply = self.guest().get(&path).await.expect(200);
        let mut by_price: BTreeMap<i64, f64> = BTreeMap::new();
        for row in reply.json["data"].as_array().unwrap() {
            *by_price.entry(row["price"].as_i64().unwrap()).or_default() += row["available"].as_f64().unwrap();
        }
        by_price.values().any(|sum| *sum >= minimum)
    }

    /// What of these goods can be had on a day, on which the list, the days of each and its quote must agree.
    async fn had_on<'g>(&self, goods: &BTreeMap<&'g str, ProductId>, day: Day) -> BTreeSet<&'g str> {
        let listed: BTreeSet<String> = self.listed_on(day, 100).await.into_iter().collect();
        let mut had = BTreeSet::new();
        for (name, id) in goods {
            let shown = self.guest().get(&format!("/v1/products/{id}")).await.expect(200);
            let minimum = &shown.json["minimum_quantity"];
            let told = listed.contains(&id.to_string());
            let days_say = self.days_say(*id, day, minimum.as_f64().unwrap()).await;
            let quote_says = self.quote_says(*id, day, minimum).await;
            assert_eq!((told, told), (days_say, quote_says), "{name} on {day}: list, (days, quote)");
            if told {
                had.insert(*name);
            }
        }
        assert_eq!(listed.len(), had.len(), "{listed:?}");
        had
    }

    /// Whether a quote says that the smallest order can be had.
    async fn quote_says(&self, product: ProductId, day: Day, minimum: &Value) -> bool {
        let line = json!({"product": product, "quantity": minimum, "ready_on": day});
        let body = json!({"cooperative": self.cooperative, "lines": [line]});
        let reply = self.guest().post("/v1/quotes", body).await;
        reply.status == 200 && reply.json["complete"] == json!(true)
    }
}

#[actix_web::test]
async fn the_list_of_a_day_names_what_the_days_of_each_product_and_its_quote_say_can_be_had() {
    let village = World::village().await;
    let goods = village.varied_goods().await;
    let mut had: BTreeSet<&str> = BTreeSet::new();
    // Twice: in the afternoon, and after the hour at which orders for tomorrow end.
    for hours in [0, 4] {
        village.clock.advance(Duration::hours(hours));
        for day in days(24) {
            had.extend(village.had_on(&goods, day).await);
        }
    }
    let never: Vec<&&str> = goods.keys().filter(|name| !had.contains(*name)).collect();
    assert_eq!(never, [&"large orders", &"nothing"], "everything else can be had on some day");
}

#[actix_web::test]
async fn on_a_day_on_which_its_group_is_shut_list_days_and_quote_have_nothing_and_other_days_stay_as_they_are() {
    let village = World::village().await;
    let mut goods = village.varied_goods().await;
    let open: Vec<(Day, BTreeSet<&str>)> = {
        let mut open = Vec::new();
        for day in days(10) {
            open.push((day, village.had_on(&goods, day).await));
        }
        open
    };
    let chips = village.permit_of(&village.darsih, village.singkong_wareg);
    let neighbours = village.product_of(chips, "Keripik", |it| it.daily_capacity = pcs(60)).await;
    let shut = ["2026-11-23", "2026-11-25", "2026-11-26", "2026-11-28"].map(day);
    for day in shut {
        let path = format!("/v1/groups/{}/closed_days/{day}", village.sekar_laras);
        village.sari.put(&path, json!({})).await.expect(201);
    }
    goods.insert("neighbours", neighbours);
    for (day, before) in open {
        let had = village.had_on(&goods, day).await;
        if shut.contains(&day) {
            assert!(had.iter().all(|name| *name == "neighbours"), "{had:?} on {day}");
        } else {
            assert_eq!(had.iter().filter(|name| **name != "neighbours").copied().collect::<BTreeSet<_>>(), before);
        }
        assert_eq!(had.contains("neighbours"), day >= shut[0], "{day}");
    }
}

#[actix_web::test]
async fn what_the_list_of_a_day_names_can_be_ordered_for_that_day() {
    let village = World::village().await;
    let goods = village.varied_goods().await;
    let mut ordered = 0;
    for day in days(8) {
        let listed = village.listed_on(day, 100).await;
        for (name, id) in &goods {
            let shown = village.guest().get(&format!("/v1/products/{id}")).await.expect(200);
            let line = json!({"product": id, "quantity": shown.json["minimum_quantity"], "ready_on": day});
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
            let placed = village.buyer.fresh_key().post("/v1/orders", body).await;
            assert_eq!(placed.status == 201, listed.contains(&id.to_string()), "{name} on {day}: {}", placed.text());
            if placed.status == 201 {
                ordered += 1;
                let cancel = json!({"action": "cancel"});
                let path = format!("/v1/orders/{}/transitions", placed.id());
                village.buyer.fresh_key().post(&path, cancel).await.expect(200);
            }
        }
    }
    assert!(ordered > 30, "{ordered} orders");
    village.work().await;
}

#[actix_web::test]
async fn pages_of_a_day_are_full_and_show_every_row_once() {
    let village = World::village().await;
    // Of each three goods the first is there; the others are sold out in ways that only the rules know.
    for number in 0..45 {
        let mut offering = Offering::new(format!("Barang {number:02}"), Category::DrySnacks, Unit::Pack, Rupiah(1000));
        offering.minimum_quantity = pcs(if number % 3 == 1 { 4 } else { 1 });
        let product = village.lists(offering).await;
        if number % 3 != 2 {
            village.shelves(product, 2, "2026-11-23").await;
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
        village.guest().get(&path).await.problem(400, "cursor-invalid");
    }
    for sort in ["price", "-price", "newest"] {
        let path = format!("/v1/products?available_on=2026-11-24&sort={sort}&limit=100");
        assert_eq!(ids(&village.guest().get(&path).await.expect(200)).len(), 15, "{sort}");
    }
    let narrowed = "/v1/products?available_on=2026-11-24&q=barang&max_price=1000&category=dry_snacks&view=compact";
    let reply = village.guest().get(narrowed).await.expect(200);
    assert_eq!(ids(&reply).len(), 15);
    assert!(reply.header("cache-control").unwrap().starts_with("public, max-age=60"));
    let again = village.guest().with("if-none-match", reply.header("etag").unwrap()).get(narrowed).await;
    assert_eq!((again.status, again.bytes.len()), (304, 0));
    for query in ["available_on=tomorrow", "available_on=2026-02-30", "available_on="] {
        village.guest().get(&format!("/v1/products?{query}")).await.problem(400, "query-invalid");
    }
}

#[actix_web::test]
async fn the_list_of_a_day_walks_the_list_in_order_and_looks_up_batches_by_product() {
    let village = World::village().await;
    village.varied_goods().await;
    let now = village.clock.now();
    let heard = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let ear = std::sync::Arc::clone(&heard);
    let read = village.app.state.db.read::<_, db::Error, _>(move |conn| {
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                ear.lock().unwrap().push(query.to_string());
            }
        });
        let rows = supply::listing_on(conn, now, day("2026-11-26"), &Filters::default(), Sort::Name, None, 21);
        conn.set_instrumentation(|_: InstrumentationEvent<'_>| {});
        rows
    });
    read.await.unwrap();
    let heard = heard.lock().unwrap().clone();
    let statement = heard.iter().find(|query| query.contains("LIMIT")).expect("the list").clone();
    let statement = statement.split(" -- binds").next().unwrap().trim().to_owned();
    let plan = explained(&village, statement, "enable_sort").await;
    assert!(plan.contains("products_listed_sort_name_index"), "{plan}");
    assert!(plan.contains("batches_product_id"), "{plan}");
    assert!(!plan.contains("TEMP B-TREE") && !plan.contains("Sort Key"), "{plan}");
    assert!(!plan.contains("SCAN batches") && !plan.contains("Seq Scan on batches"), "{plan}");
}
