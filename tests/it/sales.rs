//! Sales reports: sums of sale facts, and access to them.

use std::collections::BTreeMap;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use lumbung::db::Conn;
use lumbung::db::schema::sales as facts;
use lumbung::kernel::ids::{CooperativeId, GroupId, OrderId, ProductId, SaleId};
use lumbung::kernel::{Day, Entropy, Instant, Language, Quantity, Rupiah};
use lumbung::sales::{GroupBy, Period, Report, ReportError, ReportKey, SalesScope, load_report, statement};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::world::{TestDatabase, World};

/// A sale fact as it is written at delivery.
#[derive(Debug, Clone)]
struct Fact {
    cooperative: CooperativeId,
    group: GroupId,
    product: ProductId,
    order: OrderId,
    kind: &'static str,
    channel: &'static str,
    buyer: String,
    sold_on: Day,
    quantity: i64,
    amount: i64,
}

fn id<T: lumbung::kernel::ids::Id>() -> T {
    Entropy::System.id(Instant::EPOCH)
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A connection without foreign keys, to write facts of orders and products that do not exist.
fn connect_without_constraints(database: &TestDatabase) -> Conn {
    if database.is_postgres() {
        let mut conn = diesel::PgConnection::establish(&database.url).unwrap();
        conn.batch_execute("SET session_replication_role = replica").unwrap();
        Conn::Postgres(conn)
    } else {
        let path = database.url.trim_start_matches("sqlite:");
        let mut conn = diesel::SqliteConnection::establish(path).unwrap();
        conn.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = OFF").unwrap();
        Conn::Sqlite(conn)
    }
}

fn insert_facts(conn: &mut Conn, list: &[Fact]) {
    conn.batch_execute("BEGIN").unwrap();
    for fact in list {
        diesel::insert_into(facts::table)
            .values((
                facts::id.eq(id::<SaleId>()),
                facts::cooperative_id.eq(fact.cooperative),
                facts::group_id.eq(fact.group),
                facts::product_id.eq(fact.product),
                facts::order_id.eq(fact.order),
                facts::fulfilment_id.eq(id::<lumbung::kernel::ids::FulfilmentId>()),
                facts::line_id.eq(id::<lumbung::kernel::ids::LineId>()),
                facts::kind.eq(fact.kind),
                facts::channel.eq(fact.channel),
                facts::buyer.eq(&fact.buyer),
                facts::sold_on.eq(fact.sold_on),
                facts::recorded_at.eq(Instant::EPOCH),
                facts::quantity.eq(Quantity::from_thousandths(fact.quantity)),
                facts::amount.eq(Rupiah(fact.amount)),
            ))
            .execute(conn)
            .unwrap();
    }
    conn.batch_execute("COMMIT").unwrap();
}

fn load(world: &World, scope: SalesScope, from: &str, to: &str, by: GroupBy) -> Report {
    let period = Period { from: day(from), to: day(to) };
    world
        .app
        .state
        .db
        .read_blocking::<_, ReportError>(|conn| {
            load_report(conn, scope, period, by, Language::Indonesian, false, &|key| key.to_owned())
        })
        .unwrap()
}

fn sale(cooperative: CooperativeId, group: GroupId, order: OrderId, on: &str, amount: i64) -> Fact {
    Fact {
        cooperative,
        group,
        product: id(),
        order,
        kind: "sale",
        channel: "app",
        buyer: "account:1".into(),
        sold_on: day(on),
        quantity: 1000,
        amount,
    }
}

fn undone(fact: &Fact, kind: &'static str, on: &str) -> Fact {
    Fact { kind, sold_on: day(on), quantity: -fact.quantity, amount: -fact.amount, ..fact.clone() }
}

#[actix_web::test]
async fn undone_and_returned_sales_are_netted_out() {
    let world = World::empty().await;
    let (cooperative, group) = (id(), id());
    let final_sale = sale(cooperative, group, id(), "2026-11-02", 10_000);
    let mistaken = sale(cooperative, group, id(), "2026-11-02", 7_000);
    let returned = sale(cooperative, group, id(), "2026-11-03", 5_000);
    insert_facts(
        &mut connect_without_constraints(&world.database),
        &[
            final_sale,
            mistaken.clone(),
            undone(&mistaken, "undo", "2026-11-02"),
            mistaken.clone(),
            returned.clone(),
            undone(&returned, "return", "2026-11-09"),
        ],
    );
    let report = load(&world, SalesScope::Group(group), "2026-11-01", "2026-11-30", GroupBy::Day);
    let rows: Vec<_> =
        report.rows.iter().map(|row| (row.label.as_str(), row.bucket.amount.0, row.bucket.orders)).collect();
    assert_eq!(rows, [("2 November 2026", 17_000, 2), ("3 November 2026", 5_000, 1), ("9 November 2026", -5_000, -1)]);
    assert_eq!((report.totals.amount.0, report.totals.orders), (17_000, 2));
    let months = load(&world, SalesScope::Cooperative(cooperative), "2026-11-01", "2026-11-30", GroupBy::Month);
    assert_eq!(months.rows.len(), 1);
    assert_eq!((months.rows[0].bucket.amount.0, months.rows[0].bucket.orders), (17_000, 2));
}

#[actix_web::test]
async fn the_first_and_the_last_day_count_and_other_groups_do_not() {
    let world = World::empty().await;
    let (cooperative, group, other) = (id(), id(), id());
    insert_facts(
        &mut connect_without_constraints(&world.database),
        &[
            sale(cooperative, group, id(), "2026-10-31", 1),
            sale(cooperative, group, id(), "2026-11-01", 10),
            sale(cooperative, group, id(), "2026-11-30", 100),
            sale(cooperative, group, id(), "2026-12-01", 1_000),
            sale(cooperative, other, id(), "2026-11-15", 10_000),
            sale(id(), id(), id(), "2026-11-15", 100_000),
        ],
    );
    let sum = |scope| load(&world, scope, "2026-11-01", "2026-11-30", GroupBy::Week).totals.amount.0;
    assert_eq!(sum(SalesScope::Group(group)), 110);
    assert_eq!(sum(SalesScope::Cooperative(cooperative)), 10_110);
}

/// A report is sorted in memory, so the number of its rows is limited.
#[actix_web::test]
async fn a_report_with_too_many_buyers_is_rejected() {
    let village = World::village().await;
    let facts: Vec<Fact> = (0..=10_000)
        .map(|number| Fact {
            buyer: format!("guest:{number}"),
            ..sale(village.cooperative, village.sekar_laras, id(), ["2026-11-02", "2026-11-03"][number % 2], 1_000)
        })
        .collect();
    insert_facts(&mut connect_without_constraints(&village.database), &facts);
    let path = format!("/v1/cooperatives/{}/sales?by=buyer", village.cooperative);
    for accept in ["application/json", "text/csv"] {
        let board = village.board.with("accept", accept);
        let refused = board.get(&format!("{path}&from=2026-11-02&to=2026-11-03")).await;
        refused.expect_problem(400, "query-invalid").expect_field_error("/to", "too-many-rows");
    }
    let fewer = village.board.get(&format!("{path}&from=2026-11-03&to=2026-11-03")).await.expect(200);
    assert_eq!(fewer.json["rows"].as_array().unwrap().len(), 5_000);
    // The longest report by day has fewer rows.
    const { assert!(Period::MAX_DAYS < 10_000) };
    village.work().await;
}

fn any_fact() -> impl Strategy<Value = (u8, u8, u8, u8, u8, u16, i64, i64)> {
    (0..3_u8, 0..4_u8, 0..6_u8, 0..3_u8, 0..5_u8, 0..400_u16, 1..100_000_i64, 1..5_000_000_i64)
}

/// Compares with sums over the list of facts.
#[actix_web::test]
async fn every_grouping_of_random_facts_sums_to_the_facts() {
    let world = World::empty().await;
    let conn = std::cell::RefCell::new(connect_without_constraints(&world.database));
    let groups: Vec<GroupId> = (0..3).map(|_| id()).collect();
    let products: Vec<ProductId> = (0..4).map(|_| id()).collect();
    let mut runner = TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
    let lists = prop::collection::vec((any_fact(), any::<bool>()), 0..60);
    runner
        .run(&lists, |list| {
            let cooperative: CooperativeId = id();
            let orders: Vec<OrderId> = (0..6).map(|_| id()).collect();
            let mut written = Vec::new();
            for ((group, product, order, channel, buyer, after, quantity, amount), back) in list {
                let fact = Fact {
                    cooperative,
                    group: groups[usize::from(group)],
                    product: products[usize::from(product)],
                    order: orders[usize::from(order)],
                    kind: "sale",
                    channel: ["app", "web", "walk_in"][usize::from(channel)],
                    buyer: format!("account:{buyer}"),
                    sold_on: day("2026-01-01") + chrono::Days::new(after.into()),
                    quantity,
                    amount,
                };
                if back {
                    written.push(undone(&fact, "return", "2026-06-15"));
                }
                written.push(fact);
            }
            insert_facts(&mut conn.borrow_mut(), &written);
            let inside: Vec<&Fact> = written
                .iter()
                .filter(|fact| fact.sold_on >= day("2026-02-01") && fact.sold_on <= day("2026-12-31"))
                .collect();
            let sum: i64 = inside.iter().map(|fact| fact.amount).sum();
            let quantity: i64 = inside.iter().map(|fact| fact.quantity).sum();
            let mut by_order = BTreeMap::<OrderId, i64>::new();
            for fact in &inside {
                *by_order.entry(fact.order).or_default() += fact.quantity;
            }
            let sold = by_order.values().filter(|quantity| **quantity > 0).count();
            for by in GroupBy::ALL {
                let report = load(&world, SalesScope::Cooperative(cooperative), "2026-02-01", "2026-12-31", *by);
                let rows: i64 = report.rows.iter().map(|row| row.bucket.amount.0).sum();
                prop_assert_eq!((rows, report.totals.amount.0), (sum, sum), "{}", by);
                let rows: i64 = report.rows.iter().map(|row| row.bucket.quantity.as_thousandths()).sum();
                prop_assert_eq!(rows, quantity);
                prop_assert_eq!(report.totals.orders, i64::try_from(sold).unwrap());
                for row in &report.rows {
                    let belongs_to_row = |fact: &&&Fact| match &row.bucket.key {
                        ReportKey::Product(product) => fact.product == *product,
                        ReportKey::Group(group) => fact.group == *group,
                        ReportKey::Channel(channel) => fact.channel == channel.as_str(),
                        ReportKey::Buyer(buyer, _) => fact.buyer == *buyer,
                        ReportKey::Weekday(weekday) => {
                            chrono::Datelike::weekday(&fact.sold_on).num_days_from_monday() == *weekday
                        }
                        ReportKey::Day(first) => match by {
                            GroupBy::Day => fact.sold_on == *first,
                            GroupBy::Week => (0..7).contains(&(fact.sold_on - *first).num_days()),
                            _ => fact.sold_on.format("%Y-%m").to_string() == first.format("%Y-%m").to_string(),
                        },
                    };
                    let expected: i64 = inside.iter().filter(belongs_to_row).map(|fact| fact.amount).sum();
                    prop_assert_eq!(row.bucket.amount.0, expected);
                }
            }
            for group in &groups {
                let report = load(&world, SalesScope::Group(*group), "2026-02-01", "2026-12-31", GroupBy::Product);
                let rows: i64 = report.rows.iter().map(|row| row.bucket.amount.0).sum();
                prop_assert_eq!(rows, report.totals.amount.0);
            }
            Ok(())
        })
        .unwrap();
}

#[derive(QueryableByName)]
struct SqlitePlan {
    #[diesel(sql_type = Integer)]
    #[allow(dead_code)]
    id: i32,
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct PostgresPlan {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

/// Every report uses a covering index, so that a year of a big cooperative never reads the table.
#[actix_web::test]
async fn reports_use_a_covering_index() {
    let world = World::empty().await;
    let mut conn = connect_without_constraints(&world.database);
    let (cooperative, group) = (id(), id());
    let list: Vec<Fact> = (0..50).map(|amount| sale(cooperative, group, id(), "2026-11-15", amount + 1)).collect();
    insert_facts(&mut conn, &list);
    for (scope, owner) in
        [(SalesScope::Cooperative(cooperative), cooperative.to_string()), (SalesScope::Group(group), group.to_string())]
    {
        for by in GroupBy::ALL {
            if *by == GroupBy::Group && matches!(scope, SalesScope::Group(_)) {
                continue;
            }
            let text = statement(scope, *by);
            let plan = match &mut conn {
                Conn::Sqlite(sqlite) => {
                    let text = text.replace("$1", "x'00'").replace("$2", "'2026-01-01'").replace("$3", "'2026-12-31'");
                    let rows: Vec<SqlitePlan> =
                        diesel::sql_query(format!("EXPLAIN QUERY PLAN {text}")).load(sqlite).unwrap();
                    rows.into_iter().map(|row| row.detail).collect::<Vec<_>>().join("\n")
                }
                Conn::Postgres(postgres) => {
                    postgres.batch_execute("VACUUM ANALYZE sales").unwrap();
                    postgres.batch_execute("SET enable_seqscan = off; SET enable_bitmapscan = off").unwrap();
                    let text = text
                        .replace("$1", &format!("'{owner}'"))
                        .replace("$2", "'2026-01-01'")
                        .replace("$3", "'2026-12-31'");
                    let rows: Vec<PostgresPlan> = diesel::sql_query(format!("EXPLAIN {text}")).load(postgres).unwrap();
                    rows.into_iter().map(|row| row.line).collect::<Vec<_>>().join("\n")
                }
            };
            let covered = plan.contains("USING COVERING INDEX sales_") || plan.contains("Index Only Scan using sales_");
            assert!(covered, "{by}: {plan}");
        }
    }
}
