//! Prometheus metrics, on their own listener.

use std::net::TcpListener;
use std::sync::OnceLock;
use std::time::Instant as Stopwatch;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, Data};
use actix_web::{App, Error, HttpResponse, HttpServer};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::app::Application;
use crate::db::{self, Conn};
use crate::web::{AppState, Problem};
use crate::{jobs, mail};

/// The histogram buckets of durations, in seconds.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// The recorder of this process; `None` when another one is installed.
fn recorder() -> Option<&'static PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    RECORDER
        .get_or_init(|| {
            let recorder = PrometheusBuilder::new().set_buckets(&BUCKETS).ok()?.build_recorder();
            let handle = recorder.handle();
            metrics::set_global_recorder(recorder).ok()?;
            metrics::describe_counter!("http_requests_total", "Requests answered, by route, method and status");
            metrics::describe_histogram!("http_request_seconds", "Time to answer, by route and method");
            metrics::describe_histogram!("db_seconds", "Time a request waited for the database, by door");
            metrics::describe_gauge!("jobs_waiting", "Jobs that are not done yet");
            metrics::describe_gauge!("outbox_waiting", "Letters that are not sent yet");
            Some(handle)
        })
        .as_ref()
}

/// Installs the recorder. Further calls have no effect.
pub fn install_recorder() {
    let _ = recorder();
}

/// The metrics middleware: counts and times requests by route, because paths are unbounded.
pub async fn record_request<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let start = Stopwatch::now();
    let route = request.match_pattern().unwrap_or_else(|| "none".into());
    let method = method_label(request.method());
    let outcome = next.call(request).await;
    let status = match &outcome {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    let status = status.as_u16().to_string();
    metrics::counter!("http_requests_total", "route" => route.clone(), "method" => method, "status" => status)
        .increment(1);
    metrics::histogram!("http_request_seconds", "route" => route, "method" => method).record(start.elapsed());
    outcome
}

/// The label of a method; unknown methods share one, so that clients cannot create labels.
fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// Counts unfinished jobs and unsent letters.
fn count_pending(conn: &mut Conn) -> db::Result<(i64, i64)> {
    let (letters, _) = mail::count_pending(conn)?;
    Ok((jobs::count_pending(conn)?, letters))
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float, and counts are far below 2^52")]
async fn get_metrics(state: Data<AppState>) -> Result<HttpResponse, Problem> {
    if let Ok((jobs, letters)) = state.db.read::<_, db::Error, _>(count_pending).await {
        metrics::gauge!("jobs_waiting").set(jobs as f64);
        metrics::gauge!("outbox_waiting").set(letters as f64);
    }
    let text = recorder().map(PrometheusHandle::render).unwrap_or_default();
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text))
}

/// Serves `/metrics` on this listener.
pub fn serve(application: &Application, listener: TcpListener) -> std::io::Result<actix_web::dev::Server> {
    install_recorder();
    let state = Data::new(application.state.clone());
    Ok(HttpServer::new(move || {
        App::new()
            .wrap(from_fn(crate::web::middleware::finalize))
            .app_data(state.clone())
            .route("/metrics", web::get().to(get_metrics))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)?
    .run())
}
