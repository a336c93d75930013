//! The cases: typical requests of phones and offices, and the baselines.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use rand::SeedableRng;
use rand::rngs::ChaCha12Rng;
use serde_json::{Value, json};

use super::Bench;
use super::baseline;
use super::client::{RawRequest, RequestSource, measure, send_request};
use super::seed::{Village, draw_two};
use super::server::Server;
use super::table::ResultTable;
use crate::app::Application;
use crate::cli::Failure;
use crate::cli::demo::PASSWORD;
use crate::config::Config;
use crate::db::Engine;
use crate::kernel::{Clock, Entropy, Rupiah};

/// Concurrent clients of the report cases; more would only wait for each other.
const REPORT_READERS: usize = 2;
/// Orders per transaction of the baseline, like the batch size of the group-commit writer.
const BATCH_SIZE: u32 = 64;
/// Connections of the baseline on PostgreSQL, where its throughput is highest.
const CONNECTIONS: usize = 16;

const PAGE: &str = "catalogue page, 20 products";
const PRODUCT: &str = "product";
const UNCHANGED: &str = "unchanged page (304)";
const PLACE: &str = "place an order, 2 groups";
const STATIC: &str = "static answer of the page's bytes";
const PLAIN: &str = "plain query of 20 products";
const BARE: &str = "bare statements of an order";

/// Runs cases against one server and adds the results to the table.
struct Runner<'a> {
    bench: &'a Bench,
    server: &'a Server,
    table: &'a mut ResultTable,
}

impl Runner<'_> {
    fn is_selected(&self, name: &str) -> bool {
        name.contains(&self.bench.only)
    }

    fn run(&mut self, name: &str, clients: usize, expected: u16, requests: &RequestSource) -> Result<(), Failure> {
        if !self.is_selected(name) {
            return Ok(());
        }
        self.run_at(self.server.address, name, clients, expected, requests)
    }

    fn run_at(
        &mut self,
        address: SocketAddr,
        name: &str,
        clients: usize,
        expected: u16,
        requests: &RequestSource,
    ) -> Result<(), Failure> {
        let before = self.server.cpu_millis().filter(|_| address == self.server.address);
        let measurement = measure(address, clients, self.bench.seconds, expected, requests)
            .map_err(|error| Failure::new(format!("{name}: {error}")))?;
        // The CPU time includes the warm-up, which the request count does not: scale it down by the share of the warm-up.
        let measured_share = self.bench.seconds / (self.bench.seconds + 0.5);
        let spent = before.and_then(|before| Some((self.server.cpu_millis()? - before) * measured_share));
        self.table.add_row(name, clients, &measurement, spent);
        Ok(())
    }

    fn sign_in(&self, login: &str) -> Result<String, Failure> {
        let body = json!({"login": login, "password": PASSWORD});
        let reply = send_request(self.server.address, RawRequest::post("/v1/sessions", &body))?;
        let session: Value = serde_json::from_slice(&reply.body)?;
        match session.get("access_token").and_then(Value::as_str) {
            Some(token) => Ok(format!("Bearer {token}")),
            None => Err(Failure::new(format!("{login} cannot sign in: {session}"))),
        }
    }
}

fn repeat(request: RawRequest) -> RequestSource {
    let bytes = request.into_bytes();
    Arc::new(move |_, _| bytes.clone())
}

/// Runs the cases against the server.
pub(super) fn run_served(
    bench: &Bench,
    server: &Server,
    village: &Village,
    table: &mut ResultTable,
) -> Result<(), Failure> {
    let (clients, address) = (bench.clients, server.address);
    table.add_fact("start to ready", format!("{:.0} ms", server.ready_after.as_secs_f64() * 1000.0));
    if let Some((idle, _)) = server.memory() {
        table.add_fact("memory, idle", format!("{idle:.0} MB"));
    }
    let mut runner = Runner { bench, server, table };
    let page = || RawRequest::get("/v1/products?limit=20");
    runner.run(PAGE, clients, 200, &repeat(page()))?;
    let brotli = || page().with("accept-encoding", "br");
    runner.run("catalogue page, brotli", clients, 200, &repeat(brotli()))?;
    let compact = RawRequest::get("/v1/products/compact?limit=40").with("accept-encoding", "gzip");
    runner.run("compact page, 40 products, gzip", clients, 200, &repeat(compact))?;
    let first = send_request(address, page())?;
    let tag = first.header("etag").unwrap_or_default().to_owned();
    runner.run(UNCHANGED, clients, 304, &repeat(page().with("if-none-match", &tag)))?;
    let paths: Vec<Vec<u8>> =
        village.goods.iter().map(|good| RawRequest::get(&format!("/v1/products/{}", good.id)).into_bytes()).collect();
    runner.run(PRODUCT, clients, 200, &cycle(paths))?;
    let words = ["keripik", "pastel", "gula", "telur asin", "kue", "pisang", "batik", "jahe"];
    let paths = words.iter().map(|word| format!("/v1/products?limit=20&q={}", word.replace(' ', "%20")));
    runner.run("search", clients, 200, &cycle(paths.map(|path| RawRequest::get(&path).into_bytes()).collect()))?;
    runner.run("quote, 2 groups", clients, 200, &random_baskets(village, "/v1/quotes", Vec::new(), bench.seed))?;
    if runner.is_selected(PLACE) {
        let tokens: Vec<String> =
            village.buyers.iter().take(clients).map(|login| runner.sign_in(login)).collect::<Result<_, _>>()?;
        runner.run(PLACE, clients, 201, &random_baskets(village, "/v1/orders", tokens, bench.seed))?;
    }
    if let Some((_, peak)) = server.memory() {
        runner.table.add_fact(&format!("memory, at most, {clients} clients"), format!("{peak:.0} MB"));
    }
    let (chair, board) = (runner.sign_in(&village.chair)?, runner.sign_in(&village.board)?);
    for (owner, path, token) in [
        ("group's", format!("/v1/groups/{}/sales", village.group), chair),
        ("cooperative's", format!("/v1/cooperatives/{}/sales", village.cooperative), board),
    ] {
        for (by, parameters) in [
            ("month", ""),
            ("product", ""),
            ("channel", ""),
            ("product, with its margin", "&with=margin"),
            ("week, beside last year", "&with=last_year"),
        ] {
            let key = by.split(',').next().unwrap_or(by);
            let path = format!("{path}?from={}&to={}&by={key}{parameters}", village.first_day, village.last_day);
            let request = RawRequest::get(&path).with("authorization", &token);
            runner.run(&format!("{owner} sales of a year by {by}"), REPORT_READERS, 200, &repeat(request))?;
        }
    }
    if runner.is_selected(PAGE) {
        let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let static_server = baseline::serve_static(first.body, workers)?;
        runner.run_at(static_server, STATIC, clients, 200, &repeat(page()))?;
        for case in [PAGE, PRODUCT, UNCHANGED] {
            runner.table.add_ratio(case, STATIC);
        }
    }
    Ok(())
}

/// Runs the baselines in this process.
pub(super) fn run_baselines(
    bench: &Bench,
    config: &Config,
    village: &Village,
    table: &mut ResultTable,
) -> Result<(), Failure> {
    let mut config = config.clone();
    config.database.connections = u32::try_from(CONNECTIONS).unwrap_or(16);
    let app = Application::build(&config, Clock::System, Entropy::System)?;
    if PLAIN.contains(&bench.only) {
        let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        table.add_row(PLAIN, threads, &baseline::measure_query(&app, threads, bench.seconds)?, None);
    }
    if PLACE.contains(&bench.only) {
        let (threads, batch_size) = match app.state.db.engine() {
            Engine::Sqlite => (1, BATCH_SIZE),
            Engine::Postgres => (CONNECTIONS, 1),
        };
        let measurement = baseline::measure_orders(&app, village, threads, batch_size, bench.seconds)?;
        table.add_row(BARE, threads, &measurement, None);
        table.add_ratio(PLACE, BARE);
    }
    Ok(())
}

/// Cycles through these requests; each client starts at a different one.
fn cycle(requests: Vec<Vec<u8>>) -> RequestSource {
    Arc::new(move |client, nth| {
        let offset = u64::try_from(client).unwrap_or(0).wrapping_mul(7).wrapping_add(nth);
        let index = usize::try_from(offset).unwrap_or(0).checked_rem(requests.len()).unwrap_or(0);
        requests.get(index).cloned().unwrap_or_default()
    })
}

/// Baskets of two random products of two groups. With tokens, each client orders as one of these accounts, with a new
/// idempotency key each time.
fn random_baskets(village: &Village, path: &'static str, tokens: Vec<String>, seed: u64) -> RequestSource {
    let (cooperative, goods) = (village.cooperative, village.goods.clone());
    let rng = Mutex::new(ChaCha12Rng::seed_from_u64(seed));
    Arc::new(move |client, nth| {
        let pair = draw_two(&goods, &mut *rng.lock().unwrap_or_else(PoisonError::into_inner));
        let Some((first, second)) = pair else { return Vec::new() };
        let basket = [first, second];
        let lines = basket.iter().map(|good| json!({"product": good.id, "quantity": good.quantity}));
        let mut body = json!({"cooperative": cooperative, "lines": lines.collect::<Vec<_>>()});
        if tokens.is_empty() {
            return RawRequest::post(path, &body).into_bytes();
        }
        let costs = basket.iter().map(|good| good.quantity.total_at(good.price).unwrap_or(Rupiah::ZERO));
        if let Some(fields) = body.as_object_mut() {
            fields.insert("expected_total".into(), json!(Rupiah::sum(costs).unwrap_or(Rupiah::ZERO)));
        }
        let token = tokens.get(client.checked_rem(tokens.len()).unwrap_or(0)).cloned().unwrap_or_default();
        RawRequest::post(path, &body)
            .with("authorization", &token)
            .with("idempotency-key", &format!("bench-{client:06}-{nth:09}"))
            .into_bytes()
    })
}
