//! A gateway on this machine that speaks as Midtrans documents it, and whose moods a test chooses.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Json, Path};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lumbung::config::Config;
use lumbung::kernel::hex;
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

use super::smtp::certified;

/// The key of the merchant.
pub const KEY: &str = "SB-Mid-server-CONTOH";

/// How it behaves until it is told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// It does what it is asked and says so.
    Well,
    /// It does nothing and says that it is busy.
    Down,
    /// It does what it is asked, and the connection breaks before it has said so.
    Dropping,
    /// It does what it is asked, and says so when nobody waits any more.
    Slow,
    /// It does nothing and says something that cannot be read.
    Babbling,
    /// It does nothing and says more than anybody should read.
    Endless,
    /// It refuses with this code.
    Refusing(u16),
}

/// What it was asked to collect.
#[derive(Debug, Clone)]
pub struct Sale {
    pub transaction: String,
    pub amount: String,
    pub status: &'static str,
    /// Key and amount of each part that went back.
    pub refunds: Vec<(String, i64)>,
}

struct State {
    mood: Mood,
    sales: BTreeMap<String, Sale>,
    /// How often each of its doors was knocked at.
    knocks: BTreeMap<&'static str, usize>,
}

pub struct Midtrans {
    pub url: String,
    state: Shared,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

type Shared = Arc<Mutex<State>>;

fn locked(state: &Shared) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Midtrans {
    pub fn start() -> Midtrans {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state =
            Shared::new(Mutex::new(State { mood: Mood::Well, sales: BTreeMap::new(), knocks: BTreeMap::new() }));
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let shared = Data::from(Arc::clone(&state));
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = HttpServer::new(move || {
                    App::new()
                        .app_data(shared.clone())
                        .route("/v2/charge", web::post().to(charge))
                        .route("/v2/{order}/status", web::get().to(status))
                        .route("/v2/{order}/refund", web::post().to(refund))
                });
                let server = server.workers(1).disable_signals().listen(listener).unwrap().run();
                let handle = server.handle();
                actix_web::rt::spawn(async move {
                    let _ = stopped.await;
                    handle.stop(false).await;
                });
                server.await.unwrap();
            });
        });
        Midtrans { url, state, stop: Some(stop), thread: Some(thread) }
    }

    /// Lets a world pay through it.
    pub fn serves(&self, config: &mut Config) {
        config.gateway.base_url = self.url.clone();
        config.gateway.server_key = KEY.into();
        config.gateway.timeout_seconds = 1;
    }

    /// An address where the same is heard through TLS, and the certificate of who vouches for it.
    pub async fn over_tls(&self) -> (String, String) {
        let (acceptor, certificate) = certified();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let inner = self.url.trim_start_matches("http://").to_owned();
        actix_web::rt::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, inner) = (acceptor.clone(), inner.clone());
                actix_web::rt::spawn(async move {
                    let Ok(mut outside) = acceptor.accept(stream).await else { return };
                    let mut inside = tokio::net::TcpStream::connect(inner).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut outside, &mut inside).await;
                });
            }
        });
        (format!("https://localhost:{port}"), certificate)
    }

    pub fn is(&self, mood: Mood) {
        locked(&self.state).mood = mood;
    }

    /// How often this door was knocked at: `charge`, `status` or `refund`.
    pub fn knocks(&self, door: &str) -> usize {
        locked(&self.state).knocks.get(door).copied().unwrap_or(0)
    }

    pub fn sale(&self, reference: &str) -> Option<Sale> {
        locked(&self.state).sales.get(reference).cloned()
    }

    pub fn references(&self) -> Vec<String> {
        locked(&self.state).sales.keys().cloned().collect()
    }

    /// This is now so with what it collects under this reference.
    pub fn becomes(&self, reference: &str, status: &'static str) {
        self.alters(reference, |sale| sale.status = status);
    }

    pub fn alters(&self, reference: &str, change: impl FnOnce(&mut Sale)) {
        change(locked(&self.state).sales.get_mut(reference).expect("it was asked to collect this"));
    }

    /// It was asked to collect this by somebody else.
    pub fn knows(&self, reference: &str, amount: i64, status: &'static str) {
        let sale = Sale { transaction: transaction(), amount: format!("{amount}.00"), status, refunds: Vec::new() };
        locked(&self.state).sales.insert(reference.to_owned(), sale);
    }

    /// What it tells by itself of this reference, signed.
    pub fn tells(&self, reference: &str) -> Value {
        signed(said(reference, &self.sale(reference).expect("it was asked to collect this"), "200"), KEY)
    }
}

impl Drop for Midtrans {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The same with the signature of whoever has this key.
pub fn signed(mut told: Value, key: &str) -> Value {
    let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
    let hash = Sha512::digest(format!("{}{}{}{key}", text("order_id"), text("status_code"), text("gross_amount")));
    told["signature_key"] = json!(hex(&hash));
    told
}

fn transaction() -> String {
    uuid::Uuid::from_u128(rand::random()).to_string()
}

fn said(reference: &str, sale: &Sale, code: &str) -> Value {
    let mut told = json!({
        "transaction_time": "2026-11-23 14:31:02", "transaction_status": sale.status, "transaction_id": sale.transaction,
        "status_message": "Success, transaction is found", "status_code": code, "payment_type": "qris",
        "order_id": reference, "merchant_id": "G000000000", "gross_amount": sale.amount, "fraud_status": "accept",
        "currency": "IDR", "acquirer": "gopay",
    });
    if !sale.refunds.is_empty() {
        let sum: i64 = sale.refunds.iter().map(|(_, amount)| amount).sum();
        told["refund_amount"] = json!(format!("{sum}.00"));
        let each = sale.refunds.iter().map(|(key, amount)| {
            json!({"refund_key": key, "refund_amount": format!("{amount}.00"), "reason": "Pengembalian"})
        });
        told["refunds"] = each.collect();
    }
    told
}

fn answer(code: u16, body: &Value) -> HttpResponse {
    HttpResponse::build(StatusCode::from_u16(code).unwrap()).json(body)
}

fn refusal(code: u16, message: &str) -> HttpResponse {
    let body = json!({"status_code": code.to_string(), "status_message": message, "id": transaction()});
    // Some refusals come with a status of their own, and some with 200.
    answer(if code == 406 { 200 } else { code }, &body)
}

/// Knocks at a door: what it does there, unless its mood is against it, and how it says so.
async fn behaves(
    state: &Shared,
    door: &'static str,
    request: &HttpRequest,
    does: impl FnOnce(&mut State) -> HttpResponse,
) -> HttpResponse {
    let known = format!("Basic {}", STANDARD.encode(format!("{KEY}:")));
    let is_known = request.headers().get("authorization").is_some_and(|sent| sent.as_bytes() == known.as_bytes());
    let (mood, done) = {
        let mut state = locked(state);
        *state.knocks.entry(door).or_default() += 1;
        let mood = state.mood;
        let done = match mood {
            _ if !is_known => refusal(401, "Transaction cannot be authorized with the current client/server key."),
            Mood::Well | Mood::Dropping | Mood::Slow => does(&mut state),
            Mood::Down => refusal(503, "Service is temporarily unavailable."),
            Mood::Babbling => HttpResponse::Ok().body("<html>Bad gateway</html>"),
            Mood::Endless => HttpResponse::Ok().body(format!("{{\"order_id\": \"{}\"}}", "x".repeat(100_000))),
            Mood::Refusing(code) => refusal(code, "Refused."),
        };
        (mood, done)
    };
    match mood {
        Mood::Dropping => {
            let broken = std::io::Error::other("the line is cut");
            HttpResponse::Ok().streaming(futures_util::stream::iter([Ok(Bytes::from_static(b"{")), Err(broken)]))
        }
        Mood::Slow => {
            tokio::time::sleep(Duration::from_millis(1500)).await;
            done
        }
        _ => done,
    }
}

async fn charge(state: Data<Mutex<State>>, request: HttpRequest, body: Json<Value>) -> HttpResponse {
    let state = state.into_inner();
    behaves(&state, "charge", &request, |state| {
        let details = &body["transaction_details"];
        let (Some(reference), Some(amount)) = (details["order_id"].as_str(), details["gross_amount"].as_i64()) else {
            return refusal(400, "transaction_details is required");
        };
        if body["payment_type"] != "qris" || amount <= 0 || body["custom_expiry"]["unit"] != "minute" {
            return refusal(400, "One or more parameters in the payload is invalid.");
        }
        if state.sales.contains_key(reference) {
            return refusal(406, "The request could not be completed due to a conflict with the current state.");
        }
        let (status, refunds) = ("pending", Vec::new());
        let sale = Sale { transaction: transaction(), amount: format!("{amount}.00"), status, refunds };
        let mut told = said(reference, &sale, "201");
        told["status_message"] = json!("QRIS transaction is created");
        told["qr_string"] = json!(format!("00020101021226{}63041234", sale.transaction));
        state.sales.insert(reference.to_owned(), sale);
        answer(200, &told)
    })
    .await
}

async fn status(state: Data<Mutex<State>>, request: HttpRequest, order: Path<String>) -> HttpResponse {
    let state = state.into_inner();
    behaves(&state, "status", &request, |state| match state.sales.get(&*order) {
        None => refusal(404, "Transaction doesn't exist."),
        Some(sale) => {
            let code = match sale.status {
                "pending" => "201",
                "deny" => "202",
                "expire" => "407",
                _ => "200",
            };
            answer(200, &said(&order, sale, code))
        }
    })
    .await
}

async fn refund(
    state: Data<Mutex<State>>,
    request: HttpRequest,
    order: Path<String>,
    body: Json<Value>,
) -> HttpResponse {
    let state = state.into_inner();
    behaves(&state, "refund", &request, |state| {
        let Some(sale) = state.sales.get_mut(&*order) else { return refusal(404, "Transaction doesn't exist.") };
        let (Some(key), Some(amount)) = (body["refund_key"].as_str(), body["amount"].as_i64()) else {
            return refusal(400, "refund_key is required");
        };
        if sale.refunds.iter().any(|(known, _)| known == key) {
            return refusal(406, "Refund key has been used.");
        }
        let collected: i64 = sale.amount.trim_end_matches(".00").parse().unwrap();
        let gone: i64 = sale.refunds.iter().map(|(_, amount)| amount).sum();
        if !["settlement", "partial_refund"].contains(&sale.status) || amount <= 0 || gone + amount > collected {
            return refusal(412, "Merchant cannot modify the status of the transaction.");
        }
        sale.refunds.push((key.to_owned(), amount));
        sale.status = if gone + amount == collected { "refund" } else { "partial_refund" };
        let mut told = said(&order, sale, "200");
        told.as_object_mut().unwrap().remove("refunds");
        told["refund_key"] = json!(key);
        told["refund_amount"] = json!(format!("{amount}.00"));
        answer(200, &told)
    })
    .await
}
