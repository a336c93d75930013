//! Baselines: a static response, a plain query, and the SQL statements of an order without any business rules.

#![allow(clippy::arithmetic_side_effects, reason = "columns are added up by the database, which checks")]

use std::net::{SocketAddr, TcpListener};
use std::time::{Duration as Time, Instant as Stopwatch};

use actix_web::{App, HttpResponse, HttpServer, web};
use diesel::prelude::*;
use rand::SeedableRng;
use rand::rngs::ChaCha12Rng;

use super::client::Measurement;
use super::seed::{Good, Village, draw_two};
use crate::app::Application;
use crate::cli::Failure;
use crate::db::schema::{batches, events, groups, idempotency_keys, order_counters, orders, products};
use crate::db::schema::{claims, fulfilments, order_lines};
use crate::db::{self, Conn, Tx, on_both};
use crate::kernel::ids::{BatchId, CooperativeId, EventId, Id, OrderId, ProductId, SubjectId};
use crate::kernel::{Instant, Json, Quantity, Rupiah, Zone};
use crate::orders::{Channel, Claim, Fulfilment, FulfilmentStatus, Order, OrderContact, OrderLine, OrderStatus};

/// Serves the same bytes for every request until the process ends; returns the address.
pub(super) fn serve_static(body: Vec<u8>, workers: usize) -> Result<SocketAddr, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let body = web::Bytes::from(body);
    std::thread::Builder::new().name("static".into()).spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = HttpServer::new(move || {
                let body = body.clone();
                App::new().default_service(web::to(move || {
                    let body = body.clone();
                    async move { HttpResponse::Ok().content_type("application/json").body(body) }
                }))
            });
            server.workers(workers).disable_signals().listen(listener)?.run().await
        })
    })?;
    Ok(address)
}

/// Runs `work` repeatedly on this many threads for this many seconds. `work` returns how many operations it did.
fn run_repeatedly(
    threads: usize,
    seconds: f64,
    work: impl Fn(&mut ChaCha12Rng) -> Result<u32, Failure> + Sync,
) -> Result<Measurement, Failure> {
    let started = Stopwatch::now();
    let duration = Time::from_secs_f64(seconds);
    let outcomes: Vec<Result<Vec<u32>, Failure>> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|thread| {
                let work = &work;
                scope.spawn(move || {
                    let mut rng = ChaCha12Rng::seed_from_u64(u64::try_from(thread).unwrap_or(0));
                    let mut micros = Vec::new();
                    while started.elapsed() < duration {
                        let operation_started = Stopwatch::now();
                        let count = work(&mut rng)?;
                        let duration_micros =
                            u32::try_from(operation_started.elapsed().as_micros()).unwrap_or(u32::MAX);
                        micros.extend((0..count).map(|_| duration_micros));
                    }
                    Ok(micros)
                })
            })
            .collect();
        running.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err(Failure::new("a thread fell")))).collect()
    });
    let mut all = Vec::new();
    for outcome in outcomes {
        all.extend(outcome?);
    }
    Ok(Measurement::of(all, started.elapsed()))
}

/// Measures a query of twenty products by diesel, without cache and rules.
pub(super) fn measure_query(app: &Application, threads: usize, seconds: f64) -> Result<Measurement, Failure> {
    type Row = ((ProductId, String, String, String, String), (Rupiah, String, Json, Json, String));
    run_repeatedly(threads, seconds, |_| {
        let rows: Vec<Row> = app.state.db.read_blocking::<_, db::Error>(|conn| {
            Ok(products::table
                .inner_join(groups::table)
                .filter(products::listed)
                .filter(groups::status.eq("active"))
                .order((products::sort_name.asc(), products::id.asc()))
                .limit(20)
                .select((
                    (products::id, products::name, products::slug, products::description, products::category),
                    (products::price, products::unit, products::price_tiers, products::label, groups::name),
                ))
                .load(conn)?)
        })?;
        if rows.len() == 20 { Ok(1) } else { Err(Failure::new("the catalogue has less than a page")) }
    })
}

/// Measures the SQL statements of an order, with `batch_size` orders in one transaction.
pub(super) fn measure_orders(
    app: &Application,
    village: &Village,
    threads: usize,
    batch_size: u32,
    seconds: f64,
) -> Result<Measurement, Failure> {
    let stock: Vec<(ProductId, BatchId)> = app.state.db.read_blocking::<_, db::Error>(|conn| {
        Ok(batches::table.filter(batches::status.eq("made")).select((batches::product_id, batches::id)).load(conn)?)
    })?;
    run_repeatedly(threads, seconds, |rng| {
        let now = app.state.now();
        let baskets: Vec<[(Good, BatchId); 2]> = (0..batch_size)
            .filter_map(|_| {
                let (first, second) = draw_two(&village.goods, rng)?;
                let batch =
                    |good: Good| stock.iter().find(|(product, _)| *product == good.id).map(|(_, batch)| (good, *batch));
                let mut both = [batch(first)?, batch(second)?];
                both.sort_by_key(|(_, batch)| *batch);
                Some(both)
            })
            .collect();
        let cooperative = village.cooperative;
        app.state.db.write_blocking::<_, db::Error, _>(move |tx| {
            baskets.iter().try_for_each(|basket| insert_order(tx, now, cooperative, basket))
        })?;
        Ok(batch_size)
    })
}

fn insert_order(
    tx: &mut Tx<'_>,
    now: Instant,
    cooperative: CooperativeId,
    basket: &[(Good, BatchId); 2],
) -> db::Result<()> {
    let id: OrderId = tx.id(now);
    let key = id.to_string();
    diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::scope.eq("bare"),
            idempotency_keys::route.eq("bare"),
            idempotency_keys::key.eq(&key),
            idempotency_keys::fingerprint.eq(id.uuid().as_bytes().to_vec()),
            idempotency_keys::created_at.eq(now),
        ))
        .execute(&mut **tx)?;
    for (good, batch) in basket {
        let _: (String, Rupiah) = products::table
            .filter(products::id.eq(good.id))
            .select((products::name, products::price))
            .get_result(&mut **tx)?;
        let is_available = batches::made.ge((batches::claimed + batches::discarded + good.quantity).nullable());
        diesel::update(batches::table.find(*batch).filter(is_available))
            .set(batches::claimed.eq(batches::claimed + good.quantity))
            .execute(&mut **tx)?;
    }
    let counter = (
        order_counters::cooperative_id.eq(cooperative),
        order_counters::month.eq("bare"),
        order_counters::last.eq(1_i64),
    );
    let number: i64 = on_both!(tx, c => diesel::insert_into(order_counters::table)
        .values(counter)
        .on_conflict((order_counters::cooperative_id, order_counters::month))
        .do_update()
        .set(order_counters::last.eq(order_counters::last + 1_i64))
        .returning(order_counters::last)
        .get_result(c))?;
    let day = Zone::Jakarta.day_of(now);
    let (mut fulfilments, mut lines, mut claim_rows, mut total) = (Vec::new(), Vec::new(), Vec::new(), Rupiah::ZERO);
    for (position, (good, batch)) in basket.iter().enumerate() {
        let amount = good.quantity.total_at(good.price).unwrap_or(Rupiah::ZERO);
        total = total.plus(amount).unwrap_or(total);
        let fulfilment = Fulfilment {
            status: FulfilmentStatus::Cancelled,
            goods_total: amount,
            answer_by: Some(now),
            ..Fulfilment::new(tx.id(now), id, cooperative, good.group, day, None)
        };
        let line = OrderLine {
            id: tx.id(now),
            cooperative,
            order: id,
            fulfilment: fulfilment.id,
            product: good.id,
            position: i32::try_from(position).unwrap_or(0),
            product_name: "Pastel".into(),
            unit: "piece".into(),
            ready_on: day,
            wanted: good.quantity,
            at_least: good.quantity,
            quantity: good.quantity,
            unit_price: good.price,
            total: amount,
            deposit_percent: 0,
            reason: None,
            discount: None,
            was_price: None,
            service_percent: 10,
        };
        claim_rows.push(Claim { id: tx.id(now), cooperative, line: line.id, batch: *batch, quantity: Quantity::ZERO });
        fulfilments.push(fulfilment);
        lines.push(line);
    }
    let contact = OrderContact { name: "Contoh Pembeli".into(), phone: None, email: None };
    let order = Order {
        status: OrderStatus::Cancelled,
        answer_by: Some(now),
        pay_by: Some(now),
        cancellable_until: Some(now),
        ..Order::new(id, cooperative, format!("BARE-{number}"), Channel::App, &contact, total, now)
    };
    diesel::insert_into(orders::table).values(&order).execute(&mut **tx)?;
    for ((fulfilment, line), claim) in fulfilments.iter().zip(&lines).zip(&claim_rows) {
        diesel::insert_into(fulfilments::table).values(fulfilment).execute(&mut **tx)?;
        diesel::insert_into(order_lines::table).values(line).execute(&mut **tx)?;
        diesel::insert_into(claims::table).values(claim).execute(&mut **tx)?;
    }
    let payload = serde_json::json!({"order": id, "total": total});
    let seq = match &mut **tx {
        Conn::Sqlite(sqlite) => {
            let last: Option<i64> = events::table.select(diesel::dsl::max(events::seq)).get_result(sqlite)?;
            Some(last.unwrap_or(0).saturating_add(1))
        }
        Conn::Postgres(_) => None,
    };
    diesel::insert_into(events::table)
        .values((
            events::id.eq(tx.id::<EventId>(now)),
            events::seq.eq(seq),
            events::recorded_at.eq(now),
            events::cooperative_id.eq(cooperative),
            events::subject_id.eq(SubjectId::from_uuid(id.uuid())),
            events::kind.eq("bare"),
            events::payload.eq(Json::new(&payload)),
        ))
        .execute(&mut **tx)?;
    diesel::update(idempotency_keys::table.find(("bare", "bare", &key)))
        .set((idempotency_keys::status.eq(201), idempotency_keys::body.eq(payload.to_string().into_bytes())))
        .execute(&mut **tx)?;
    Ok(())
}
