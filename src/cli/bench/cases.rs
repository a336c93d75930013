//! The cases: what phones and offices ask for, and the bare work beside them.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use rand::SeedableRng;
use rand::rngs::ChaCha12Rng;
use serde_json::{Value, json};

use super::Bench;
use super::bare;
use super::client::{Request, Requests, ask, measure};
use super::seed::{Village, two_of};
use super::server::Server;
use super::table::Table;
use crate::app::Application;
use crate::cli::Failure;
use crate::cli::demo::PASSWORD;
use crate::config::Config;
use crate::db::Engine;
use crate::kernel::{Clock, Entropy, Rupiah};

/// Clients who read reports at once; more would only wait for each other.
const REPORT_READERS: usize = 2;
/// Orders that share one commit in the bare loop, as many as the writer takes at once.
const TOGETHER: u32 = 64;
/// Connections of the bare loop on PostgreSQL, as many as it serves best.
const CONNECTIONS: usize = 16;

const PAGE: &str = "catalogue page, 20 products";
const PRODUCT: &str = "product";
const UNCHANGED: &str = "unchanged page (304)";
const PLACE: &str = "place an order, 2 groups";
const STATIC: &str = "static answer of the page's bytes";
const PLAIN: &str = "plain query of 20 products";
const BARE: &str = "bare statements of an order";

/// Runs cases against one server and writes them down.
struct Runner<'a> {
    bench: &'a Bench,
    server: &'a Server,
    table: &'a mut Table,
}

impl Runner<'_> {
    fn is_wanted(&self, name: &str) -> bool {
        name.contains(&self.bench.only)
    }

    fn run(&mut self, name: &str, clients: usize, expected: u16, requests: &Requests) -> Result<(), Failure> {
        if !self.is_wanted(name) {
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
        requests: &Requests,
    ) -> Result<(), Failure> {
        let before = self.server.processor().filter(|_| address == self.server.address);
        let tally = measure(address, clients, self.bench.seconds, expected, requests)
            .map_err(|error| Failure::new(format!("{name}: {error}")))?;
        // The warm-up is in the processor's time and not in the count; it is a tenth of a usual case.
        let counted = self.bench.seconds / (self.bench.seconds + 0.5);
        let spent = before.and_then(|before| Some((self.server.processor()? - before) * counted));
        self.table.row(name, clients, &tally, spent);
        Ok(())
    }

    fn sign_in(&self, login: &str) -> Result<String, Failure> {
        let body = json!({"login": login, "password": PASSWORD});
        let reply = ask(self.server.address, Request::post("/v1/sessions", &body))?;
        let session: Value = serde_json::from_slice(&reply.body)?;
        match session.get("access_token").and_then(Value::as_str) {
            Some(token) => Ok(format!("Bearer {token}")),
            None => Err(Failure::new(format!("{login} cannot sign in: {session}"))),
        }
    }
}

fn always(request: Request) -> Requests {
    let wire = request.wire();
    Arc::new(move |_, _| wire.clone())
}

/// Lets the clients ask the server.
pub(super) fn served(bench: &Bench, server: &Server, village: &Village, table: &mut Table) -> Result<(), Failure> {
    let (clients, address) = (bench.clients, server.address);
    table.fact("start to ready", format!("{:.0} ms", server.ready_after.as_secs_f64() * 1000.0));
    if let Some((idle, _)) = server.memory() {
        table.fact("memory, idle", format!("{idle:.0} MB"));
    }
    let mut runner = Runner { bench, server, table };
    let page = || Request::get("/v1/products?limit=20");
    runner.run(PAGE, clients, 200, &always(page()))?;
    let brotli = || page().with("accept-encoding", "br");
    runner.run("catalogue page, brotli", clients, 200, &always(brotli()))?;
    let compact = Request::get("/v1/products?limit=40&view=compact").with("accept-encoding", "gzip");
    runner.run("compact page, 40 products, gzip", clients, 200, &always(compact))?;
    let first = ask(address, page())?;
    let tag = first.header("etag").unwrap_or_default().to_owned();
    runner.run(UNCHANGED, clients, 304, &always(page().with("if-none-match", &tag)))?;
    let paths: Vec<Vec<u8>> =
        village.goods.iter().map(|good| Request::get(&format!("/v1/products/{}", good.id)).wire()).collect();
    runner.run(PRODUCT, clients, 200, &one_of(paths))?;
    let words = ["keripik", "pastel", "gula", "telur asin", "kue", "pisang", "batik", "jahe"];
    let paths = words.iter().map(|word| format!("/v1/products?limit=20&q={}", word.replace(' ', "%20")));
    runner.run("search", clients, 200, &one_of(paths.map(|path| Request::get(&path).wire()).collect()))?;
    runner.run("quote, 2 groups", clients, 200, &shopping(village, "/v1/quotes", Vec::new(), bench.seed))?;
    if runner.is_wanted(PLACE) {
        let tokens: Vec<String> =
            village.buyers.iter().take(clients).map(|login| runner.sign_in(login)).collect::<Result<_, _>>()?;
        runner.run(PLACE, clients, 201, &shopping(village, "/v1/orders", tokens, bench.seed))?;
    }
    if let Some((_, most)) = server.memory() {
        runner.table.fact(&format!("memory, at most, {clients} clients"), format!("{most:.0} MB"));
    }
    let (chair, board) = (runner.sign_in(&village.chair)?, runner.sign_in(&village.board)?);
    for (whose, path, token) in [
        ("group's", format!("/v1/groups/{}/sales", village.group), chair),
        ("cooperative's", format!("/v1/cooperatives/{}/sales", village.cooperative), board),
    ] {
        for (by, more) in [
            ("month", ""),
            ("product", ""),
            ("channel", ""),
            ("product, with its margin", "&with=margin"),
            ("week, beside last year", "&with=last_year"),
        ] {
            let key = by.split(',').next().unwrap_or(by);
            let path = format!("{path}?from={}&to={}&by={key}{more}", village.first_day, village.last_day);
            let request = Request::get(&path).with("authorization", &token);
            runner.run(&format!("{whose} sales of a year by {by}"), REPORT_READERS, 200, &always(request))?;
        }
    }
    if runner.is_wanted(PAGE) {
        let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let still = bare::static_answer(first.body, workers)?;
        runner.run_at(still, STATIC, clients, 200, &always(page()))?;
        for case in [PAGE, PRODUCT, UNCHANGED] {
            runner.table.ratio(case, STATIC);
        }
    }
    Ok(())
}

/// Does the bare work with nothing around it.
pub(super) fn bare(bench: &Bench, config: &Config, village: &Village, table: &mut Table) -> Result<(), Failure> {
    let mut config = config.clone();
    config.database.connections = u32::try_from(CONNECTIONS).unwrap_or(16);
    let app = Application::build(&config, Clock::System, Entropy::System)?;
    if PLAIN.contains(&bench.only) {
        let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        table.row(PLAIN, threads, &bare::plain_query(&app, threads, bench.seconds)?, None);
    }
    if PLACE.contains(&bench.only) {
        let (threads, together) = match app.state.db.engine() {
            Engine::Sqlite => (1, TOGETHER),
            Engine::Postgres => (CONNECTIONS, 1),
        };
        let tally = bare::orders_loop(&app, village, threads, together, bench.seconds)?;
        table.row(BARE, threads, &tally, None);
        table.ratio(PLACE, BARE);
    }
    Ok(())
}

/// One of these, each client beginning elsewhere.
fn one_of(wires: Vec<Vec<u8>>) -> Requests {
    Arc::new(move |client, nth| {
        let at = u64::try_from(client).unwrap_or(0).wrapping_mul(7).wrapping_add(nth);
        let place = usize::try_from(at).unwrap_or(0).checked_rem(wires.len()).unwrap_or(0);
        wires.get(place).cloned().unwrap_or_default()
    })
}

/// Two goods of two groups each time, by one of these people, under a key that is new.
fn shopping(village: &Village, path: &'static str, tokens: Vec<String>, seed: u64) -> Requests {
    let (cooperative, goods) = (village.cooperative, village.goods.clone());
    let rng = Mutex::new(ChaCha12Rng::seed_from_u64(seed));
    Arc::new(move |client, nth| {
        let drawn = two_of(&goods, &mut *rng.lock().unwrap_or_else(PoisonError::into_inner));
        let Some((first, second)) = drawn else { return Vec::new() };
        let both = [first, second];
        let lines = both.iter().map(|good| json!({"product": good.id, "quantity": good.quantity}));
        let mut body = json!({"cooperative": cooperative, "lines": lines.collect::<Vec<_>>()});
        if tokens.is_empty() {
            return Request::post(path, &body).wire();
        }
        let costs = both.iter().map(|good| good.quantity.cost(good.price).unwrap_or(Rupiah::ZERO));
        if let Some(fields) = body.as_object_mut() {
            fields.insert("expected_total".into(), json!(Rupiah::sum(costs).unwrap_or(Rupiah::ZERO)));
        }
        let token = tokens.get(client.checked_rem(tokens.len()).unwrap_or(0)).cloned().unwrap_or_default();
        Request::post(path, &body)
            .with("authorization", &token)
            .with("idempotency-key", &format!("bench-{client:06}-{nth:09}"))
            .wire()
    })
}
