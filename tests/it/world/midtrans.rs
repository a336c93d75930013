//! A fake Midtrans server with selectable behavior.

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

use super::smtp::self_signed_acceptor;

/// The merchant's server key.
pub const KEY: &str = "SB-Mid-server-CONTOH";

/// How the server behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behavior {
    /// Processes requests.
    Normal,
    /// Responds 503 without processing.
    Down,
    /// Processes the request, and drops the connection before the response is complete.
    Dropping,
    /// Processes the request, and responds after the client's timeout.
    Slow,
    /// Responds with a malformed body without processing.
    Malformed,
    /// Responds with an oversized body without processing.
    Oversized,
    /// Responds with this error code.
    Refusing(u16),
}

/// A charge.
#[derive(Debug, Clone)]
pub struct Sale {
    pub transaction: String,
    pub amount: String,
    pub status: &'static str,
    /// Key and amount of each refund.
    pub refunds: Vec<(String, i64)>,
}

struct State {
    behavior: Behavior,
    sales: BTreeMap<String, Sale>,
    /// The number of requests per endpoint.
    requests: BTreeMap<&'static str, usize>,
}

pub struct Midtrans {
    pub url: String,
    state: Shared,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

type Shared = Arc<Mutex<State>>;

fn lock(state: &Shared) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Midtrans {
    pub fn start() -> Midtrans {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Shared::new(Mutex::new(State {
            behavior: Behavior::Normal,
            sales: BTreeMap::new(),
            requests: BTreeMap::new(),
        }));
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

    /// Configures a world to use this server.
    pub fn configure(&self, config: &mut Config) {
        config.gateway.base_url = self.url.clone();
        config.gateway.server_key = KEY.into();
        config.gateway.timeout_seconds = 1;
    }

    /// A TLS endpoint of the server: its URL and CA certificate.
    pub async fn over_tls(&self) -> (String, String) {
        let (acceptor, certificate) = self_signed_acceptor();
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

    pub fn set_behavior(&self, behavior: Behavior) {
        lock(&self.state).behavior = behavior;
    }

    /// The number of requests to an endpoint: `charge`, `status` or `refund`.
    pub fn request_count(&self, endpoint: &str) -> usize {
        lock(&self.state).requests.get(endpoint).copied().unwrap_or(0)
    }

    pub fn sale(&self, reference: &str) -> Option<Sale> {
        lock(&self.state).sales.get(reference).cloned()
    }

    pub fn references(&self) -> Vec<String> {
        lock(&self.state).sales.keys().cloned().collect()
    }

    /// Sets the status of a charge.
    pub fn set_status(&self, reference: &str, status: &'static str) {
        self.update_sale(reference, |sale| sale.status = status);
    }

    pub fn update_sale(&self, reference: &str, change: impl FnOnce(&mut Sale)) {
        change(lock(&self.state).sales.get_mut(reference).expect("it was asked to collect this"));
    }

    /// Adds a charge that another client requested.
    pub fn add_sale(&self, reference: &str, amount: i64, status: &'static str) {
        let sale = Sale { transaction: transaction(), amount: format!("{amount}.00"), status, refunds: Vec::new() };
        lock(&self.state).sales.insert(reference.to_owned(), sale);
    }

    /// The signed notification about a charge.
    pub fn notification(&self, reference: &str) -> Value {
        signed(status_body(reference, &self.sale(reference).expect("it was asked to collect this"), "200"), KEY)
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

/// Adds the signature with this key.
pub fn signed(mut body: Value, key: &str) -> Value {
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let hash = Sha512::digest(format!("{}{}{}{key}", text("order_id"), text("status_code"), text("gross_amount")));
    body["signature_key"] = json!(hex(&hash));
    body
}

fn transaction() -> String {
    uuid::Uuid::from_u128(rand::random()).to_string()
}

fn status_body(reference: &str, sale: &Sale, code: &str) -> Value {
    let mut body = json!({
        "transaction_time": "2026-11-23 14:31:02", "transaction_status": sale.status, "transaction_id": sale.transaction,
        "status_message": "Success, transaction is found", "status_code": code, "payment_type": "qris",
        "order_id": reference, "merchant_id": "G000000000", "gross_amount": sale.amount, "fraud_status": "accept",
        "currency": "IDR", "acquirer": "gopay",
    });
    if !sale.refunds.is_empty() {
        let sum: i64 = sale.refunds.iter().map(|(_, amount)| amount).sum();
        body["refund_amount"] = json!(format!("{sum}.00"));
        let each = sale.refunds.iter().map(|(key, amount)| {
            json!({"refund_key": key, "refund_amount": format!("{amount}.00"), "reason": "Pengembalian"})
        });
        body["refunds"] = each.collect();
    }
    body
}

fn json_response(code: u16, body: &Value) -> HttpResponse {
    HttpResponse::build(StatusCode::from_u16(code).unwrap()).json(body)
}

fn error_response(code: u16, message: &str) -> HttpResponse {
    let body = json!({"status_code": code.to_string(), "status_message": message, "id": transaction()});
    // Some errors have their own HTTP status, others have 200.
    json_response(if code == 406 { 200 } else { code }, &body)
}

/// Counts a request and processes it by the current behavior.
async fn handle(
    state: &Shared,
    endpoint: &'static str,
    request: &HttpRequest,
    process: impl FnOnce(&mut State) -> HttpResponse,
) -> HttpResponse {
    let expected = format!("Basic {}", STANDARD.encode(format!("{KEY}:")));
    let is_authorized =
        request.headers().get("authorization").is_some_and(|sent| sent.as_bytes() == expected.as_bytes());
    let (behavior, response) = {
        let mut state = lock(state);
        *state.requests.entry(endpoint).or_default() += 1;
        let behavior = state.behavior;
        let response = match behavior {
            _ if !is_authorized => {
                error_response(401, "Transaction cannot be authorized with the current client/server key.")
            }
            Behavior::Normal | Behavior::Dropping | Behavior::Slow => process(&mut state),
            Behavior::Down => error_response(503, "Service is temporarily unavailable."),
            Behavior::Malformed => HttpResponse::Ok().body("<html>Bad gateway</html>"),
            Behavior::Oversized => HttpResponse::Ok().body(format!("{{\"order_id\": \"{}\"}}", "x".repeat(100_000))),
            Behavior::Refusing(code) => error_response(code, "Refused."),
        };
        (behavior, response)
    };
    match behavior {
        Behavior::Dropping => {
            let broken = std::io::Error::other("the line is cut");
            HttpResponse::Ok().streaming(futures_util::stream::iter([Ok(Bytes::from_static(b"{")), Err(broken)]))
        }
        Behavior::Slow => {
            tokio::time::sleep(Duration::from_millis(1500)).await;
            response
        }
        _ => response,
    }
}

async fn charge(state: Data<Mutex<State>>, request: HttpRequest, body: Json<Value>) -> HttpResponse {
    let state = state.into_inner();
    handle(&state, "charge", &request, |state| {
        let details = &body["transaction_details"];
        let (Some(reference), Some(amount)) = (details["order_id"].as_str(), details["gross_amount"].as_i64()) else {
            return error_response(400, "transaction_details is required");
        };
        if body["payment_type"] != "qris" || amount <= 0 || body["custom_expiry"]["unit"] != "minute" {
            return error_response(400, "One or more parameters in the payload is invalid.");
        }
        if state.sales.contains_key(reference) {
            return error_response(406, "The request could not be completed due to a conflict with the current state.");
        }
        let (status, refunds) = ("pending", Vec::new());
        let sale = Sale { transaction: transaction(), amount: format!("{amount}.00"), status, refunds };
        let mut body = status_body(reference, &sale, "201");
        body["status_message"] = json!("QRIS transaction is created");
        body["qr_string"] = json!(format!("00020101021226{}63041234", sale.transaction));
        state.sales.insert(reference.to_owned(), sale);
        json_response(200, &body)
    })
    .await
}

async fn status(state: Data<Mutex<State>>, request: HttpRequest, order: Path<String>) -> HttpResponse {
    let state = state.into_inner();
    handle(&state, "status", &request, |state| match state.sales.get(&*order) {
        None => error_response(404, "Transaction doesn't exist."),
        Some(sale) => {
            let code = match sale.status {
                "pending" => "201",
                "deny" => "202",
                "expire" => "407",
                _ => "200",
            };
            json_response(200, &status_body(&order, sale, code))
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
    handle(&state, "refund", &request, |state| {
        let Some(sale) = state.sales.get_mut(&*order) else { return error_response(404, "Transaction doesn't exist.") };
        let (Some(key), Some(amount)) = (body["refund_key"].as_str(), body["amount"].as_i64()) else {
            return error_response(400, "refund_key is required");
        };
        if sale.refunds.iter().any(|(expected, _)| expected == key) {
            return error_response(406, "Refund key has been used.");
        }
        let collected: i64 = sale.amount.trim_end_matches(".00").parse().unwrap();
        let refunded: i64 = sale.refunds.iter().map(|(_, amount)| amount).sum();
        if !["settlement", "partial_refund"].contains(&sale.status) || amount <= 0 || refunded + amount > collected {
            return error_response(412, "Merchant cannot modify the status of the transaction.");
        }
        sale.refunds.push((key.to_owned(), amount));
        sale.status = if refunded + amount == collected { "refund" } else { "partial_refund" };
        let mut body = status_body(&order, sale, "200");
        body.as_object_mut().unwrap().remove("refunds");
        body["refund_key"] = json!(key);
        body["refund_amount"] = json!(format!("{amount}.00"));
        json_response(200, &body)
    })
    .await
}
